//! Taking changes out of the parent of the working directory, where they stay; and taking back an amend.

use std::collections::{BTreeMap, BTreeSet};

use hg_format::changeset::ChangesetEntry;
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, HgDate, HgPath, HgPathBuf, Node, Phase, Result, Revision};
use hg_wdir::relocate::relocate;
use hg_wdir::{StatusOptions, WorkingDir, manifest_of};

use crate::commit::{NewCommit, StoredFiles, commit};
use crate::rewrite::{Replacement, Rewriting, check_rewrite};

/// What to take out, and what the rest is to look like.
pub struct UncommitRequest<'a> {
    /// The files.
    pub matcher: &'a Matcher,
    /// Whether files were named.
    pub named: bool,
    /// Whether a changeset without files may stay.
    pub keep_empty: bool,
    /// Whether the working directory may have changes already.
    pub allow_dirty: bool,
    /// The message, when that changes.
    pub message: Option<Vec<u8>>,
    /// Who made it, when that changes.
    pub user: Option<Vec<u8>>,
    /// When, if that changes.
    pub date: Option<HgDate>,
    /// Who does this and when.
    pub rewriting: Rewriting,
}

/// What became of the changeset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Uncommitted {
    /// Nothing: it has none of the files.
    Nothing,
    /// Nothing is left of it.
    Gone,
    /// This is left of it; whether it has no files.
    Left(Node, bool),
}

/// Takes changes out of the parent of the working directory.
///
/// # Errors
/// When that must not be rewritten, is a merge, does not change a file that was named, the working directory has changes,
/// or anything cannot be written.
pub fn uncommit(repo: &Repo, request: &UncommitRequest<'_>) -> Result<Uncommitted> {
    let wlock = repo.wlock()?;
    let lock = repo.lock()?;
    let mut wdir = WorkingDir::open(repo)?;
    if !request.allow_dirty {
        refuse_dirty(&mut wdir, request)?;
    }
    let old = wdir.dirstate().p1();
    let cl = repo.changelog()?;
    let rev = cl.rev(&old)?;
    let entry = check(repo, rev, "uncommit")?;
    let files: BTreeSet<HgPathBuf> = entry.files().map(HgPath::to_owned).collect();
    if request.named {
        check_named(repo, &old, request.matcher, &files)?;
    }
    let (taken, left): (BTreeSet<_>, BTreeSet<_>) =
        files.into_iter().partition(|path| request.matcher.matches(path));
    if taken.is_empty() {
        return Ok(Uncommitted::Nothing);
    }
    let parents = cl.parent_nodes(rev);
    let tr = repo.transaction("uncommit")?;
    let empty = left.is_empty();
    let made = if empty && !request.keep_empty {
        None
    } else {
        let new = NewCommit {
            parents,
            paths: left,
            user: request.user.clone().unwrap_or_else(|| entry.user().to_vec()),
            date: request.date.unwrap_or(entry.date()),
            description: request.message.clone().unwrap_or_else(|| entry.description().to_vec()),
            extra: entry.extra(),
            phase: Some(repo.phases()?.phase(rev)),
            ..NewCommit::default()
        };
        let mut source = StoredFiles::new(repo, parents[0], old)?;
        Some(commit(repo, &tr, &new, &mut source)?)
    };
    if made == Some(old) {
        tr.close()?;
        return Ok(Uncommitted::Nothing);
    }
    let replacements = [Replacement { old, new: made.into_iter().collect() }];
    request.rewriting.record(repo, &tr, &replacements)?;
    relocate(&mut wdir, made.unwrap_or(parents[0]))?;
    wdir.write()?;
    tr.close()?;
    drop(lock);
    request.rewriting.finish(repo, &replacements)?;
    drop(wlock);
    Ok(made.map_or(Uncommitted::Gone, |node| Uncommitted::Left(node, empty)))
}

/// The changeset, if it may be taken apart.
fn check(repo: &Repo, rev: Revision, action: &str) -> Result<ChangesetEntry> {
    check_rewrite(repo, &[rev], action)?;
    let cl = repo.changelog()?;
    if !cl.parents(rev)[1].is_null() {
        return Err(Error::input(format!("cannot {action} merge changeset")));
    }
    cl.entry(rev)
}

fn refuse_dirty(wdir: &mut WorkingDir, request: &UncommitRequest<'_>) -> Result<()> {
    let hint = "requires --allow-dirty-working-copy to uncommit";
    if wdir.dirstate().in_merge() {
        return Err(Error::state("outstanding uncommitted merge").hint(hint));
    }
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    let lists = [&status.modified, &status.added, &status.removed, &status.deleted];
    let mut changed = lists.into_iter().flatten();
    // Of names only those of files count: what changed elsewhere in a directory stays what it is.
    let is_dirty = match request.named {
        true => {
            let named: BTreeSet<HgPathBuf> = request.matcher.files().into_iter().collect();
            changed.any(|path| named.contains(path))
        }
        false => changed.next().is_some(),
    };
    if is_dirty {
        return Err(Error::state("uncommitted changes").hint(hint));
    }
    Ok(())
}

/// Refuses names of files that the changeset does not change.
fn check_named(
    repo: &Repo,
    old: &Node,
    matcher: &Matcher,
    changed: &BTreeSet<HgPathBuf>,
) -> Result<()> {
    if matcher.is_always() {
        return Ok(());
    }
    let manifest = manifest_of(repo, old)?;
    for path in matcher.files() {
        if changed.iter().any(|file| *file == path || file.is_below(&path)) {
            continue;
        }
        let hint = if manifest.contains(&path) {
            "file was not changed in working directory parent"
        } else if repo.wvfs().lexists(&path) {
            "file was untracked in working directory parent"
        } else {
            "file does not exist"
        };
        let message = [b"cannot uncommit \"", path.as_bytes(), b"\""].concat();
        return Err(Error::input(message).hint(hint));
    }
    Ok(())
}

/// Takes the last amend of the parent of the working directory back: its predecessor is made anew, and
/// what was amended stays in the working directory.
///
/// # Errors
/// When the parent is no amended changeset, must not be rewritten, or anything cannot be written.
pub fn unamend(repo: &Repo, rewriting: &Rewriting) -> Result<Node> {
    let wlock = repo.wlock()?;
    let lock = repo.lock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let old = wdir.dirstate().p1();
    let cl = repo.changelog()?;
    let rev = cl.rev(&old)?;
    let current = check(repo, rev, "unamend")?;
    let made_by = |key: &[u8]| current.extra().contains_key(key);
    if !made_by(b"amend_source") && !made_by(b"unamend_source") {
        let message = "working copy parent was not created by 'hg amend' or 'hg unamend'";
        return Err(Error::input(message));
    }
    let before = predecessor(repo, &old)?;
    let entry = cl.entry_of(&before)?;
    let mut extra: BTreeMap<Vec<u8>, Vec<u8>> = entry.extra();
    extra.insert(b"unamend_source".to_vec(), old.hex());
    let parents = cl.parent_nodes(rev);
    let base = manifest_of(repo, &parents[0])?;
    let wanted = manifest_of(repo, &before)?;
    let phase = repo.phases()?.phase(rev).max(Phase::Draft);
    let new = NewCommit {
        parents,
        paths: base.diff(&wanted).into_iter().map(|d| d.path.to_owned()).collect(),
        user: entry.user().to_vec(),
        date: entry.date(),
        description: entry.description().to_vec(),
        extra,
        phase: Some(phase),
        ..NewCommit::default()
    };
    let mut source = StoredFiles::new(repo, parents[0], before)?;
    let tr = repo.transaction("unamend")?;
    let node = commit(repo, &tr, &new, &mut source)?;
    let replacements = [Replacement { old, new: vec![node] }];
    rewriting.record(repo, &tr, &replacements)?;
    relocate(&mut wdir, node)?;
    wdir.write()?;
    tr.close()?;
    drop(lock);
    rewriting.finish(repo, &replacements)?;
    drop(wlock);
    Ok(node)
}

/// The one changeset that `node` replaced.
fn predecessor(repo: &Repo, node: &Node) -> Result<Node> {
    let store = repo.obsstore()?;
    let predecessors: BTreeSet<Node> =
        store.markers_to(node).map(|marker| marker.predecessor).collect();
    let count = predecessors.len();
    match (predecessors.into_iter().next(), count) {
        (Some(node), 1) => Ok(node),
        _ => {
            let message =
                format!("changeset must have one predecessor, found {count} predecessors");
            Err(Error::input(message))
        }
    }
}

//! Moving changesets to another named branch: they are made again, with what descends from them among
//! those named.

use std::collections::{BTreeMap, BTreeSet};

use hg_store::{Repo, Transaction};
use hg_types::{Error, HgPath, HgPathBuf, Node, Result, Revision};
use hg_wdir::manifest_of;
use hg_wdir::merge::{UpdateOptions, update};

use crate::amend::changed_since;
use crate::commit::{FileVersion, NewCommit, commit};
use crate::rewrite::{Replacement, Rewriting, check_rewrite};

/// Which changesets go to which branch.
pub struct Rebranch<'a> {
    /// The changesets, ascending.
    pub revs: &'a [Revision],
    /// The branch, in UTF-8.
    pub branch: &'a [u8],
    /// Whether the branch may exist already.
    pub force: bool,
    /// Who does it and when, for obsolescence markers.
    pub rewriting: Rewriting,
}

/// Moves changesets to another branch; `tell` hears how many have moved, before the old ones are
/// removed.
///
/// # Errors
/// When there are none, they do not hang together, must not be rewritten, or the branch exists.
pub fn rebranch(
    repo: &Repo,
    request: &Rebranch<'_>,
    interaction: &dyn hg_types::Interaction,
    tell: &dyn Fn(usize),
) -> Result<()> {
    let _wlock = repo.wlock()?;
    let lock = repo.lock()?;
    hg_wdir::unfinished::refuse_changes(repo)?;
    let root = check(repo, request)?;
    check_name(repo, request, root)?;
    let tr = repo.transaction("branch-change")?;
    let mut made: BTreeMap<Node, Node> = BTreeMap::new();
    let mut replacements = Vec::new();
    let mut moved = 0;
    for &rev in request.revs {
        if let Some(new) = remake(repo, &tr, request, rev, &made)? {
            let old = repo.changelog()?.node(rev);
            // Some are only made again because their parents are.
            moved += usize::from(repo.changelog()?.entry(rev)?.branch() != request.branch);
            made.insert(old, new);
            replacements.push(Replacement { old, new: vec![new] });
        }
    }
    request.rewriting.record(repo, &tr, &replacements)?;
    tell(moved);
    tr.close()?;
    if let Some(new) = made.get(&repo.wdir_parents()[0]) {
        update(repo, *new, &UpdateOptions::default(), interaction)?;
    }
    drop(lock);
    request.rewriting.finish(repo, &replacements)
}

/// Refuses what must not be moved; gives the changeset that all others descend from.
fn check(repo: &Repo, request: &Rebranch<'_>) -> Result<Revision> {
    let cl = repo.changelog()?;
    let is_root = |rev: &Revision| {
        !cl.parents(*rev).iter().any(|parent| request.revs.binary_search(parent).is_ok())
    };
    let roots: Vec<Revision> = request.revs.iter().copied().filter(is_root).collect();
    match roots[..] {
        [] => Err(Error::input("empty revision set")),
        [root] => {
            check_rewrite(repo, request.revs, "change branch of")?;
            Ok(root)
        }
        _ => Err(Error::input("cannot change branch of non-linear revisions")),
    }
}

fn check_name(repo: &Repo, request: &Rebranch<'_>, root: Revision) -> Result<()> {
    if request.force || !repo.branchmap()?.contains(request.branch) {
        return Ok(());
    }
    let cl = repo.changelog()?;
    for parent in cl.parents(root) {
        if !parent.is_null() && cl.entry(parent)?.branch() == request.branch {
            return Ok(());
        }
    }
    Err(Error::input("a branch of the same name already exists"))
}

/// Makes one changeset again; `None` when neither its branch nor its parents change.
fn remake(
    repo: &Repo,
    tr: &Transaction,
    request: &Rebranch<'_>,
    rev: Revision,
    made: &BTreeMap<Node, Node>,
) -> Result<Option<Node>> {
    let cl = repo.changelog()?;
    let (node, entry, old_parents) = (cl.node(rev), cl.entry(rev)?, cl.parent_nodes(rev));
    let parents = old_parents.map(|parent| made.get(&parent).copied().unwrap_or(parent));
    let old_branch = entry.branch();
    if old_branch == request.branch && parents == old_parents {
        return Ok(None);
    }
    let reporter = repo.reporter();
    let quote = |text: &[u8]| [b"'", text, b"'"].concat();
    let (from, to) = (quote(&old_branch), quote(request.branch));
    let what = quote(&node.hex());
    let text = [&b"changing branch of "[..], &what, b" from ", &from, b" to ", &to, b"\n"].concat();
    reporter.debug(&text);
    let mut extra = entry.extra();
    extra.insert(b"branch".to_vec(), request.branch.to_vec());
    extra.insert(b"branch_change".to_vec(), node.hex());
    let mut paths: BTreeSet<HgPathBuf> = entry.files().map(HgPath::to_owned).collect();
    if !parents[1].is_null() {
        // A merge lists what it changed itself; what it took from its second parent comes on top.
        paths.extend(changed_since(repo, old_parents[0], node)?);
    }
    let new = NewCommit {
        parents,
        paths,
        from_other: BTreeSet::new(),
        salvaged: BTreeSet::new(),
        user: entry.user().to_vec(),
        date: entry.date(),
        description: entry.description().to_vec(),
        extra,
        phase: Some(repo.phases()?.phase(rev)),
        subrepos: crate::subrepo::States::new(),
    };
    let manifest = manifest_of(repo, &node)?;
    let second = manifest_of(repo, &parents[1])?;
    let mut source = |path: &HgPath| -> Result<Option<FileVersion>> {
        let Some(entry) = manifest.get(path) else { return Ok(None) };
        let filelog = repo.filelog(path)?;
        let content = filelog.read_node(&entry.node)?.into_vec();
        let taken = second.node(path) == Some(entry.node);
        let copied_from = filelog.renamed(filelog.rev(&entry.node)?)?;
        let copied_from = copied_from.filter(|_| !taken).map(|(source, _)| source);
        Ok(Some(FileVersion { content, flags: entry.flags, copied_from }))
    };
    let new = commit(repo, tr, &new, &mut source)?;
    reporter.debug(&[b"new node id is ", &new.hex()[..], b"\n"].concat());
    Ok(Some(new))
}

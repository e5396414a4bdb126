//! The working directory as a changeset that is yet to be made.

use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_format::manifest::ManifestEntry;
use hg_match::Matcher;
use hg_store::{Manifest, Repo};
use hg_types::{Error, FileFlags, HgPath, Node, Result, Revision};
use hg_vfs::{IoResultExt as _, NodeStat};
use hg_wdir::{StatusOptions, WorkingDir};

use super::changeset::{Copied, DraftFacts, FileLists};
use super::history::History;

/// The parents of the working directory.
pub(super) fn parents(repo: &Repo) -> Result<[Revision; 2]> {
    let changelog = repo.changelog()?;
    let rev = |node: Node| changelog.find(&node).unwrap_or(Revision::NULL);
    Ok(repo.wdir_parents().map(rev))
}

/// What a commit would record, without files.
pub(super) fn entry(history: &History) -> Result<ChangesetEntry> {
    let repo = history.repo();
    let host = history.host();
    let date = match host.config().get("devel", "default-date") {
        Some(text) => hg_types::parse_date(text, host.clock())?,
        None => host.clock().date(),
    };
    let branch = branch(repo)?;
    let extra = match &branch[..] {
        b"default" => Vec::new(),
        branch => {
            let branch = [(b"branch".to_vec(), branch.to_vec())];
            [&b" "[..], &hg_format::changeset::encode_extra(&branch.into())].concat()
        }
    };
    let dates = format!("{} {}", date.seconds, date.offset);
    let user = host.username()?;
    let text = [&Node::WDIR.hex()[..], b"\n", &user, b"\n", dates.as_bytes(), &extra, b"\n\n"];
    ChangesetEntry::decode(Arc::new(text.concat())).map_err(|error| Error::abort(error.to_string()))
}

/// The text of a changeset that is about to be made, as it would be stored.
pub(super) fn draft_entry(facts: &DraftFacts) -> Result<ChangesetEntry> {
    let extra = match &facts.branch[..] {
        b"default" | b"" => Vec::new(),
        branch => {
            let branch = [(b"branch".to_vec(), branch.to_vec())];
            [&b" "[..], &hg_format::changeset::encode_extra(&branch.into())].concat()
        }
    };
    let dates = format!("{} {}", facts.date.seconds, facts.date.offset);
    let lists = &facts.files;
    let mut files: Vec<&HgPath> = [&lists.modified, &lists.added, &lists.removed]
        .into_iter()
        .flatten()
        .map(|path| &**path)
        .collect();
    files.sort_unstable();
    let files: Vec<u8> = files.iter().flat_map(|path| [path.as_bytes(), b"\n"].concat()).collect();
    let parts = [
        &Node::WDIR.hex()[..],
        b"\n",
        &facts.user,
        b"\n",
        dates.as_bytes(),
        &extra,
        b"\n",
        &files,
        b"\n",
        &facts.message,
    ];
    ChangesetEntry::decode(Arc::new(parts.concat()))
        .map_err(|error| Error::abort(error.to_string()))
}

/// The branch that a commit would be on, in UTF-8.
///
/// # Errors
/// When it cannot be read.
pub fn branch(repo: &Repo) -> Result<Vec<u8>> {
    let text = repo.vfs().try_read("branch")?.unwrap_or_default();
    let name = super::text::trim(&text);
    Ok(if name.is_empty() { b"default".to_vec() } else { name.to_vec() })
}

fn p1_manifest(repo: &Repo) -> Result<Arc<Manifest>> {
    let node = repo.changelog()?.entry(parents(repo)?[0])?.manifest();
    repo.manifest(&node)
}

/// The files that a commit would have.
pub(super) fn manifest(repo: &Repo) -> Result<Arc<Manifest>> {
    let base = p1_manifest(repo)?;
    let lists = file_lists(repo)?;
    let kept = base.iter().filter(|entry| !lists.removed.iter().any(|path| **path == *entry.path));
    let added = lists.added.iter().map(|path| ManifestEntry {
        path,
        node: Node::WDIR,
        flags: FileFlags::default(),
    });
    Ok(Arc::new(Manifest::from_entries(kept.chain(added))))
}

/// What a commit would change.
pub(super) fn file_lists(repo: &Repo) -> Result<FileLists> {
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    Ok(FileLists {
        modified: status.modified,
        added: status.added,
        removed: status.removed,
        missing: status.deleted,
    })
}

/// The copies that a commit would record.
pub(super) fn copies(repo: &Repo) -> Result<Vec<Copied>> {
    let copies = WorkingDir::open(repo)?.dirstate().copies()?;
    Ok(copies.into_iter().map(|(path, source)| Copied { path, source }).collect())
}

/// The size of a file, tracked or not.
pub(super) fn size(repo: &Repo, path: &HgPath) -> Result<i64> {
    let full = repo.wvfs().join(path);
    let stat = NodeStat::of_existing(&full).when("reading", full)?;
    Ok(i64::try_from(stat.size).unwrap_or(i64::MAX))
}

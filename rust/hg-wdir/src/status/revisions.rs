//! Status between two revisions, and between a revision and the working directory.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_store::Manifest;
use hg_types::{FileFlags, HgPath, HgPathBuf, Node, Result};

use super::{Status, StatusOptions};
use crate::WorkingDir;

/// What changed from the manifest `old` to `new`.
#[must_use]
pub fn between_manifests(
    old: &Manifest,
    new: &Manifest,
    matcher: &Matcher,
    list_clean: bool,
) -> Status {
    let mut status = Status::default();
    for diff in old.diff(new) {
        if !matcher.matches(diff.path) {
            continue;
        }
        let list = match (diff.old, diff.new) {
            (Some(_), Some(_)) => &mut status.modified,
            (None, _) => &mut status.added,
            (Some(_), None) => &mut status.removed,
        };
        list.push(diff.path.to_owned());
    }
    if list_clean {
        let changed: BTreeSet<&HgPathBuf> = status.modified.iter().chain(&status.added).collect();
        let clean: Vec<_> = new
            .paths()
            .filter(|path| !changed.contains(&(*path).to_owned()) && matcher.matches(path))
            .map(HgPath::to_owned)
            .collect();
        status.clean = clean;
    }
    status
}

/// What changed from the manifest `old`, of any revision, to the working directory.
///
/// # Errors
/// When the dirstate or the store is damaged.
pub fn status_against(
    wdir: &mut WorkingDir,
    old: &Manifest,
    matcher: &Matcher,
    options: StatusOptions,
) -> Result<Status> {
    let mut now = wdir.status(matcher, StatusOptions { clean: true, ..options })?;
    let p1 = wdir.p1_manifest()?;
    wdir.add_unseen(matcher, &p1, &mut now)?;
    let mut status = Status {
        deleted: now.deleted.clone(),
        // What `old` has is reported as removed.
        unknown: now.unknown.iter().filter(|path| !old.contains(path)).cloned().collect(),
        ignored: now.ignored.iter().filter(|path| !old.contains(path)).cloned().collect(),
        bad: now
            .bad
            .iter()
            .filter(|(path, _)| !old.contains(path) && !old.has_dir(path))
            .cloned()
            .collect(),
        ..Status::default()
    };
    // Files as they are now against `old`: clean ones are what the first parent has.
    for path in &now.clean {
        let current = p1.get(path).map(|entry| (entry.node, entry.flags));
        let before = old.get(path).map(|entry| (entry.node, entry.flags));
        match (before, current) {
            (None, _) => status.added.push(path.clone()),
            (before, current) if before == current => status.clean.push(path.clone()),
            (Some(before), Some((node, flags))) => {
                if same_content(wdir, path, before, (node, flags))? {
                    status.clean.push(path.clone());
                } else {
                    status.modified.push(path.clone());
                }
            }
            (Some(_), None) => status.modified.push(path.clone()),
        }
    }
    for path in now.modified.iter().chain(&now.added) {
        match old.get(path) {
            None => status.added.push(path.clone()),
            Some(entry) => {
                if wdir.differs_from(path, entry.node, entry.flags)? {
                    status.modified.push(path.clone());
                } else {
                    status.clean.push(path.clone());
                }
            }
        }
    }
    // What `old` has and the working directory does not track.
    let present: BTreeSet<&HgPathBuf> =
        now.clean.iter().chain(&now.modified).chain(&now.added).chain(&now.deleted).collect();
    for path in old.paths() {
        let owned = path.to_owned();
        if matcher.matches(path) && !present.contains(&owned) {
            status.removed.push(owned);
        }
    }
    if !options.clean {
        status.clean.clear();
    }
    for list in [&mut status.modified, &mut status.added, &mut status.removed, &mut status.clean] {
        list.sort_unstable();
    }
    Ok(status)
}

fn same_content(
    wdir: &WorkingDir,
    path: &HgPath,
    a: (Node, FileFlags),
    b: (Node, FileFlags),
) -> Result<bool> {
    if a.1 != b.1 {
        return Ok(false);
    }
    let filelog = wdir.repo().filelog(path)?;
    Ok(*filelog.read_node(&a.0)? == *filelog.read_node(&b.0)?)
}

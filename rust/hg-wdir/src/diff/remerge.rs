//! What a merge would have made by itself, as a snapshot: what is compared with it shows what was
//! done by hand (`diff.merge`, `diff --ignore-changes-from-ancestors`). Nothing is written.

use std::collections::{BTreeMap, BTreeSet};

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, FileFlags, HgDate, HgPath, HgPathBuf, Node, Result, Revision};

use super::Changes;
use crate::merge::{MergedFile, merge_with_markers};
use crate::snapshot::{FileVersion, RevisionSnapshot, Snapshot};
use crate::{StatusOptions, WorkingDir};

/// Three changesets to merge, and what they are called in conflict markers.
#[derive(Clone, Debug)]
pub struct Remerge {
    /// The first side.
    pub local: Revision,
    /// What the other side's changes are taken against.
    pub base: Revision,
    /// The second side.
    pub other: Revision,
    /// What local, other and base are called.
    pub names: [&'static [u8]; 3],
    /// The date of the result.
    pub date: HgDate,
}

impl Remerge {
    /// The parents of a merge, with their common ancestor. As in a merge that is written, no file may be missing in
    /// the working directory; other changes of it do not matter.
    ///
    /// # Errors
    /// When files are missing, or the changelog cannot be read.
    pub fn of_parents(repo: &Repo, [local, other]: [Revision; 2], date: HgDate) -> Result<Self> {
        let status =
            WorkingDir::open(repo)?.status(&Matcher::always(), StatusOptions::default())?;
        if !status.deleted.is_empty() {
            let hint = "use 'hg status' to list changes";
            return Err(Error::state("uncommitted changes").hint(hint));
        }
        let base = repo.changelog()?.ancestor(local, other);
        Ok(Self { local, base, other, names: [b"local", b"other", b"base"], date })
    }

    /// The first side of a comparison, with what the ancestors of the second one have changed: `other` is the
    /// nearest of these.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn of_ancestors(
        repo: &Repo,
        (from, other): (Revision, Revision),
        date: HgDate,
    ) -> Result<Self> {
        let base = repo.changelog()?.parents(from)[0];
        let names = [&b"from"[..], b"parent-of-to", b"parent-of-from"];
        Ok(Self { local: from, base, other, names, date })
    }

    /// Merges, and tells what `new` has changed in the result. `candidates` are the files in which `new` differs from
    /// the first side, or may do so.
    ///
    /// # Errors
    /// When a version cannot be read.
    pub fn compare(
        &self,
        repo: &Repo,
        new: &dyn Snapshot,
        candidates: &Changes,
        matcher: &Matcher,
    ) -> Result<(MergedSnapshot, Changes)> {
        let changelog = repo.changelog()?;
        let nodes = [self.local, self.other].map(|rev| changelog.node(rev));
        let labels = self.names.map(<[u8]>::to_vec);
        let merged = merge_with_markers(repo, nodes, self.base, labels)?;
        let mut paths: BTreeSet<HgPathBuf> =
            merged.keys().filter(|path| matcher.matches(path)).cloned().collect();
        for list in [&candidates.modified, &candidates.added, &candidates.removed] {
            paths.extend(list.iter().cloned());
        }
        let local = RevisionSnapshot::new(repo, self.local)?;
        let snapshot = MergedSnapshot { local, merged, date: self.date };
        let mut changes = Changes::default();
        for path in paths {
            let (before, after) = (snapshot.read(&path)?, new.read(&path)?);
            let list = match (&before, &after) {
                (None, None) => continue,
                (None, _) => &mut changes.added,
                (_, None) => &mut changes.removed,
                (Some(one), Some(two)) if one.content == two.content && one.flags == two.flags => {
                    continue;
                }
                _ => &mut changes.modified,
            };
            list.push(path);
        }
        Ok((snapshot, changes))
    }
}

/// The result of a merge; files that were not merged are those of the first side. All of it is of the same date.
pub struct MergedSnapshot {
    local: RevisionSnapshot,
    merged: BTreeMap<HgPathBuf, MergedFile>,
    date: HgDate,
}

impl Snapshot for MergedSnapshot {
    fn rev(&self) -> Revision {
        Revision::WDIR
    }

    fn node(&self) -> Node {
        Node::WDIR
    }

    fn flags(&self, path: &HgPath) -> Option<FileFlags> {
        match self.merged.get(path) {
            Some(merged) => merged.as_ref().map(|(_, flags)| *flags),
            None => self.local.flags(path),
        }
    }

    fn read(&self, path: &HgPath) -> Result<Option<FileVersion>> {
        let date = self.date;
        Ok(match self.merged.get(path) {
            Some(merged) => {
                merged.clone().map(|(content, flags)| FileVersion { content, flags, date })
            }
            None => self.local.read(path)?.map(|version| FileVersion { date, ..version }),
        })
    }
}

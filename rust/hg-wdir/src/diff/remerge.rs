//! What a merge would have made by itself, as a snapshot: what is compared with it shows what was
//! done by hand (`diff.merge`, `diff --ignore-changes-from-ancestors`). Nothing is written.
//!
//! Files are merged by their paths: renames on one side are not carried over to the other.

use std::collections::{BTreeMap, BTreeSet};

use hg_diff::binary::is_binary;
use hg_diff::merge3::{self, Labels, Style};
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{FileFlags, HgDate, HgPath, HgPathBuf, Node, Result, Revision};

use super::Changes;
use crate::snapshot::{FileVersion, RevisionSnapshot, Snapshot};

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
    /// The date of merged files.
    pub date: HgDate,
}

impl Remerge {
    /// The parents of a merge, with their common ancestor.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn of_parents(repo: &Repo, [local, other]: [Revision; 2], date: HgDate) -> Result<Self> {
        let base = repo.changelog()?.ancestor(local, other);
        Ok(Self { local, base, other, names: [b"local", b"other", b"base"], date })
    }

    /// The first side of a comparison, with what the ancestors of the second one have changed.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn of_ancestors(repo: &Repo, [from, to]: [Revision; 2], date: HgDate) -> Result<Self> {
        let changelog = repo.changelog()?;
        let [base, other] = [from, to].map(|rev| changelog.parents(rev)[0]);
        let names = [&b"from"[..], b"parent-of-to", b"parent-of-from"];
        Ok(Self { local: from, base, other, names, date })
    }

    /// Merges, and tells what `new` has changed in the result.
    ///
    /// # Errors
    /// When a version cannot be read.
    pub fn compare(
        &self,
        repo: &Repo,
        new: Revision,
        matcher: &Matcher,
    ) -> Result<(MergedSnapshot, Changes)> {
        let open = |rev| RevisionSnapshot::new(repo, rev);
        let (local, base, other) = (open(self.local)?, open(self.base)?, open(self.other)?);
        let new = open(new)?;
        let mut paths: BTreeSet<HgPathBuf> = BTreeSet::new();
        for (one, two) in [(&local, &new), (&base, &other), (&base, &local)] {
            let changes = Changes::between(one, two, matcher);
            paths.extend([changes.modified, changes.added, changes.removed].concat());
        }
        let labels = self.labels(repo)?;
        let mut snapshot = MergedSnapshot { local, merged: BTreeMap::new() };
        let mut changes = Changes::default();
        for path in paths {
            let mut merged = merge_file([&snapshot.local, &other, &base], &path, &labels)?;
            let node = |side: &RevisionSnapshot| side.manifest().node(&path);
            if let (Some(merged), true) = (&mut merged, node(&other) != node(&base)) {
                merged.date = self.date;
            }
            let wanted = new.read(&path)?;
            let same = match (&merged, &wanted) {
                (Some(merged), Some(new)) => {
                    merged.content == new.content && merged.flags == new.flags
                }
                (None, None) => true,
                _ => false,
            };
            if !same {
                let list = match (&merged, &wanted) {
                    (None, _) => &mut changes.added,
                    (_, None) => &mut changes.removed,
                    _ => &mut changes.modified,
                };
                list.push(path.clone());
            }
            snapshot.merged.insert(path, merged);
        }
        Ok((snapshot, changes))
    }

    /// The labels of conflict markers: local, other, base.
    fn labels(&self, repo: &Repo) -> Result<[Vec<u8>; 3]> {
        let changelog = repo.changelog()?;
        let config = repo.config();
        let template = config.get("command-templates", "mergemarker").unwrap_or_default();
        let width = self.names.iter().map(|name| name.len()).max().unwrap_or(0) + 1;
        let mut out = self.names.map(<[u8]>::to_vec);
        for (label, rev) in out.iter_mut().zip([self.local, self.other, self.base]) {
            label.push(b':');
            label.resize(width, b' ');
            *label = repo.hooks().conflict_marker(repo, &changelog.node(rev), template, label)?;
        }
        Ok(out)
    }
}

/// The merged version of a file: of local, other and base.
fn merge_file(
    [local, other, base]: [&RevisionSnapshot; 3],
    path: &HgPath,
    labels: &[Vec<u8>; 3],
) -> Result<Option<FileVersion>> {
    let entry =
        |side: &RevisionSnapshot| side.manifest().get(path).map(|entry| (entry.node, entry.flags));
    let (ours, theirs, before) = (entry(local), entry(other), entry(base));
    if ours == theirs || theirs == before {
        return local.read(path);
    }
    if ours == before {
        return other.read(path);
    }
    let (Some(mine), Some(yours)) = (local.read(path)?, other.read(path)?) else {
        // Removed on one side, changed on the other: the change stays.
        return if ours.is_some() { local.read(path) } else { other.read(path) };
    };
    let old = base.read(path)?;
    let old_flags = old.as_ref().map_or(FileFlags::Regular, |version| version.flags);
    let flags = if mine.flags == old_flags { yours.flags } else { mine.flags };
    let old = old.map(|version| version.content).unwrap_or_default();
    if [&old, &mine.content, &yours.content].into_iter().any(|content| is_binary(content)) {
        return Ok(Some(mine));
    }
    let [local, other, base] = labels;
    let labels = Labels { local, other, base };
    let merged = merge3::merge(&old, &mine.content, &yours.content, Style::Merge3, &labels);
    Ok(Some(FileVersion { content: merged.text, flags, date: mine.date }))
}

/// The result of a merge; files that were not merged are those of the first side.
pub struct MergedSnapshot {
    local: RevisionSnapshot,
    merged: BTreeMap<HgPathBuf, Option<FileVersion>>,
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
            Some(version) => version.as_ref().map(|version| version.flags),
            None => self.local.flags(path),
        }
    }

    fn read(&self, path: &HgPath) -> Result<Option<FileVersion>> {
        match self.merged.get(path) {
            Some(version) => Ok(version.clone()),
            None => self.local.read(path),
        }
    }
}

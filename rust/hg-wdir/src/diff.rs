//! The diff between two snapshots, file by file.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use hg_diff::file_diff::{Body, needs_git};
use hg_diff::unified::Hunk;
use hg_diff::{CopyKind, DiffOptions, FileChange, FileDiff, Side, file_diff};
use hg_match::Matcher;
use hg_types::{FileFlags, HgDate, HgPath, HgPathBuf, Result};
use rayon::prelude::*;

use crate::copies::Copies;
use crate::snapshot::{FileVersion, RevisionSnapshot, Snapshot, read_both};

pub mod options;
pub mod remerge;

/// Fewer files are not worth a thread.
const FEW_FILES: usize = 8;
/// So many files are compared before the first of them is written.
const WINDOW: usize = 128;

/// The files on which two snapshots differ, each list sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// In both, with other content or flags.
    pub modified: Vec<HgPathBuf>,
    /// Only in the second.
    pub added: Vec<HgPathBuf>,
    /// Only in the first.
    pub removed: Vec<HgPathBuf>,
}

impl Changes {
    /// The files on which two changesets differ.
    #[must_use]
    pub fn between(old: &RevisionSnapshot, new: &RevisionSnapshot, matcher: &Matcher) -> Self {
        let mut out = Self::default();
        for change in old.manifest().diff(new.manifest()) {
            if !matcher.matches(change.path) {
                continue;
            }
            let list = match (change.old, change.new) {
                (None, _) => &mut out.added,
                (_, None) => &mut out.removed,
                _ => &mut out.modified,
            };
            list.push(change.path.to_owned());
        }
        out
    }

    /// Whether there is no difference.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.modified.is_empty() && self.added.is_empty() && self.removed.is_empty()
    }
}

/// What a diff is made of.
pub struct DiffRequest<'a> {
    /// Before.
    pub old: &'a dyn Snapshot,
    /// After.
    pub new: &'a dyn Snapshot,
    /// The files that differ.
    pub changes: &'a Changes,
    /// Copies from `old` to `new`, for the git format.
    pub copies: &'a Copies,
    /// How to write it.
    pub options: &'a DiffOptions,
    /// Whether to write ids in full.
    pub full_ids: bool,
    /// How a path is shown, when not as it is.
    pub show_path: Option<&'a dyn Fn(&HgPath) -> Vec<u8>>,
    /// Which hunks are written, when not all are.
    pub keep: Option<&'a HunkFilter>,
}

/// Tells whether a hunk of a file is written; the path is that of the new version.
pub type HunkFilter = dyn Fn(&HgPath, &Hunk) -> bool;

/// Before and after of one file, by path.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Pair {
    old: Option<HgPathBuf>,
    new: Option<HgPathBuf>,
    copy: Option<CopyKind>,
}

impl DiffRequest<'_> {
    /// Makes the diff of each file that has one and hands it to `take`, in the order of paths.
    ///
    /// # Errors
    /// When a file cannot be read, or `take` fails.
    pub fn for_each(&self, mut take: impl FnMut(FileDiff) -> Result<()>) -> Result<()> {
        let revisions = self.revisions();
        let pairs = self.pairs();
        let sources = Sources { old: self.old, new: self.new, options: self.options };
        let mut finish = |pair: &Pair, diff: Result<Option<FileDiff>>| {
            let Some(mut diff) = diff? else { return Ok(()) };
            let path = pair.new.as_ref().or(pair.old.as_ref());
            if let (Some(keep), Some(path), Body::Text(hunks)) = (self.keep, path, &mut diff.body) {
                hunks.retain(|hunk| keep(path, hunk));
            }
            take(diff)
        };
        if pairs.len() < FEW_FILES {
            return pairs.iter().try_for_each(|pair| {
                finish(pair, sources.diff(pair, self.shown(pair), &revisions))
            });
        }
        for window in pairs.chunks(WINDOW) {
            let shown: Vec<_> = window.iter().map(|pair| (pair, self.shown(pair))).collect();
            let diffs: Vec<_> = shown
                .into_par_iter()
                .with_max_len(1)
                .map(|(pair, shown)| sources.diff(pair, shown, &revisions))
                .collect();
            for (pair, diff) in window.iter().zip(diffs) {
                finish(pair, diff)?;
            }
        }
        Ok(())
    }

    /// The whole diff as text, without labels.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        self.for_each(|diff| {
            diff.write(&mut out);
            Ok(())
        })?;
        Ok(out)
    }

    /// The files of which the classic format would lose data.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn losing_data(&self) -> Result<Vec<HgPathBuf>> {
        let mut out = Vec::new();
        for pair in self.pairs() {
            let sources = Sources { old: self.old, new: self.new, options: self.options };
            let loses = sources.with_change(&pair, self.shown(&pair), &[], needs_git)?;
            if loses {
                out.extend(pair.new.or(pair.old));
            }
        }
        Ok(out)
    }

    fn revisions(&self) -> Vec<Vec<u8>> {
        let sides = [self.old, self.new].into_iter().filter(|side| !side.rev().is_wdir());
        let hex = |side: &dyn Snapshot| {
            if self.full_ids { side.node().hex() } else { side.node().short() }
        };
        sides.map(hex).collect()
    }

    /// How a pair's paths are shown.
    fn shown(&self, pair: &Pair) -> [Vec<u8>; 2] {
        let show = |path: &HgPathBuf| match self.show_path {
            Some(show) => show(path),
            None => path.as_bytes().to_vec(),
        };
        let (old, new) = (pair.old.as_ref().map(show), pair.new.as_ref().map(show));
        let either = |first: &Option<Vec<u8>>, second: &Option<Vec<u8>>| {
            first.as_ref().or(second.as_ref()).cloned().unwrap_or_default()
        };
        [either(&old, &new), either(&new, &old)]
    }

    /// Pairs up the files, copies with their sources.
    fn pairs(&self) -> Vec<Pair> {
        let mut files: BTreeMap<&HgPathBuf, Pair> = BTreeMap::new();
        let plain = |old: Option<&HgPathBuf>, new: Option<&HgPathBuf>| Pair {
            old: old.cloned(),
            new: new.cloned(),
            copy: None,
        };
        for path in &self.changes.modified {
            // In a merge, a file may count as modified that the first parent does not have.
            let old = self.old.flags(path).map(|_| path);
            files.insert(path, plain(old, Some(path)));
        }
        for path in &self.changes.added {
            files.insert(path, plain(None, Some(path)));
        }
        // What came with the second parent of a merge and was removed again never was in the first.
        let known = |path: &&HgPathBuf| self.old.flags(path).is_some();
        for path in self.changes.removed.iter().filter(known) {
            files.insert(path, plain(Some(path), None));
        }
        if self.options.git {
            self.pair_copies(&mut files);
        }
        files.into_values().collect()
    }

    /// Makes copies of added files; the first copy of a removed file is its rename.
    fn pair_copies(&self, files: &mut BTreeMap<&HgPathBuf, Pair>) {
        let removed: HashSet<&HgPathBuf> = self.changes.removed.iter().collect();
        let mut renamed: BTreeSet<&HgPathBuf> = BTreeSet::new();
        for (path, pair) in files.iter_mut() {
            if pair.old.is_some() || pair.new.is_none() {
                continue;
            }
            let Some(source) = self.copies.get(*path) else { continue };
            let rename = removed.contains(source) && renamed.insert(source);
            pair.old = Some(source.clone());
            pair.copy = Some(if rename { CopyKind::Rename } else { CopyKind::Copy });
        }
        for source in renamed {
            files.remove(source);
        }
    }
}

/// What the diff of one file is made from; can be asked by several threads.
struct Sources<'a> {
    old: &'a dyn Snapshot,
    new: &'a dyn Snapshot,
    options: &'a DiffOptions,
}

impl Sources<'_> {
    fn diff(
        &self,
        pair: &Pair,
        shown: [Vec<u8>; 2],
        revisions: &[Vec<u8>],
    ) -> Result<Option<FileDiff>> {
        self.with_change(pair, shown, revisions, |change| file_diff(change, self.options))
    }

    fn with_change<T>(
        &self,
        pair: &Pair,
        [old_path, new_path]: [Vec<u8>; 2],
        revisions: &[Vec<u8>],
        make: impl FnOnce(&FileChange<'_>) -> T,
    ) -> Result<T> {
        let read = |snapshot: &dyn Snapshot, path: &Option<HgPathBuf>| match path {
            Some(path) => snapshot.read(path),
            None => Ok(None),
        };
        let [old, new] = match (&pair.old, &pair.new) {
            (Some(old), Some(new)) if old == new => read_both([self.old, self.new], old)?,
            (old, new) => [read(self.old, old)?, read(self.new, new)?],
        };
        Ok(make(&FileChange {
            old: side(&old_path, old.as_ref()),
            new: side(&new_path, new.as_ref()),
            copy: pair.copy,
            revisions,
        }))
    }
}

fn side<'a>(path: &'a [u8], version: Option<&'a FileVersion>) -> Side<'a> {
    match version {
        None => Side { path, content: None, flags: FileFlags::Regular, date: HgDate::default() },
        Some(version) => {
            Side { path, content: Some(&version.content), flags: version.flags, date: version.date }
        }
    }
}

//! What the file system says about every tracked file, in columns: asked on all processors, handed on
//! without a copy.

use hg_format::dirstate::{Entry, Timestamp};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::{DirHandle, NodeKind, NodeStat};
use rayon::prelude::*;

use crate::WorkingDir;

/// How a file stands to the dirstate, judged by its metadata alone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum FactState {
    /// As it was when it was last known to be clean.
    Clean = 0,
    /// Changed, or its content would have to be compared.
    Dirty = 1,
    /// Tracked and gone.
    Missing = 2,
    /// Newly tracked.
    Added = 3,
    /// No longer tracked.
    Removed = 4,
}

/// What is known about one file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileFact {
    /// Length in bytes; -1 for a file that is not there.
    pub size: i64,
    /// Time of the last change in nanoseconds since 1970.
    pub mtime_ns: i64,
    /// Type and permissions as `lstat` has them; 0 for a file that is not there.
    pub mode: u32,
    /// How it stands to the dirstate.
    pub state: FactState,
}

/// All tracked files, sorted by path.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// The paths.
    pub paths: Vec<HgPathBuf>,
    /// What is known about each of them.
    pub facts: Vec<FileFact>,
}

impl WorkingDir {
    /// Asks the file system about every file in the dirstate.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn facts(&self) -> Result<Facts> {
        let entries = self.dirstate().entries()?;
        let root = self.repo().root();
        let facts: Vec<FileFact> = entries
            .par_chunk_by(|a, b| a.0.parent() == b.0.parent())
            .flat_map_iter(|files| of_directory(root, files))
            .collect();
        Ok(Facts { paths: entries.into_iter().map(|(path, _)| path).collect(), facts })
    }
}

fn of_directory(root: &std::path::Path, files: &[(HgPathBuf, Entry)]) -> Vec<FileFact> {
    let directory = files.first().and_then(|(path, _)| path.parent()).unwrap_or(HgPath::new(""));
    // A directory that cannot be opened has no files that anybody could read.
    let handle = DirHandle::open(&root.join(hg_vfs::bytes_to_path(directory.as_bytes()))).ok();
    let stat = |path: &HgPath| handle.as_ref()?.stat(path.file_name()).ok()?;
    files.iter().map(|(path, entry)| judge(entry, stat(path).as_ref())).collect()
}

fn judge(entry: &Entry, stat: Option<&NodeStat>) -> FileFact {
    let Some(stat) = stat.filter(|stat| stat.kind.is_trackable()) else {
        let state = if entry.tracked { FactState::Missing } else { FactState::Removed };
        return FileFact { size: -1, mtime_ns: 0, mode: 0, state };
    };
    let kind = if stat.kind == NodeKind::Symlink { 0o120_000 } else { 0o100_000 };
    FileFact {
        size: i64::try_from(stat.size).unwrap_or(i64::MAX),
        mtime_ns: stat
            .mtime
            .saturating_mul(1_000_000_000)
            .saturating_add(stat.mtime_nanoseconds.into()),
        mode: stat.mode | kind,
        state: state(entry, stat),
    }
}

fn state(entry: &Entry, stat: &NodeStat) -> FactState {
    if entry.is_removed() {
        return FactState::Removed;
    }
    if entry.is_added() {
        return FactState::Added;
    }
    let (Some(known), Some(mtime)) = (entry.metadata, entry.mtime) else {
        return FactState::Dirty;
    };
    let seen = Timestamp::new(stat.mtime, stat.mtime_nanoseconds);
    let same = u64::from(known.size) == stat.size & 0x7fff_ffff
        && known.symlink == (stat.kind == NodeKind::Symlink)
        && known.executable == stat.is_executable()
        && mtime.likely_equal(seen);
    if same && !entry.p2_info { FactState::Clean } else { FactState::Dirty }
}

#[cfg(test)]
mod tests {
    use hg_format::dirstate::Metadata;

    use super::*;

    fn stat(size: u64) -> NodeStat {
        NodeStat { kind: NodeKind::File, mode: 0o644, size, mtime: 7, mtime_nanoseconds: 5 }
    }

    fn clean() -> Entry {
        let metadata = Metadata { size: 3, executable: false, symlink: false };
        Entry::clean(metadata, Some(Timestamp::new(7, 5)))
    }

    #[test]
    fn metadata_decides() {
        assert_eq!(judge(&clean(), Some(&stat(3))).state, FactState::Clean);
        assert_eq!(judge(&clean(), Some(&stat(4))).state, FactState::Dirty, "another size");
        let executable = NodeStat { mode: 0o755, ..stat(3) };
        assert_eq!(judge(&clean(), Some(&executable)).state, FactState::Dirty, "another mode");
        assert_eq!(judge(&Entry::possibly_dirty(), Some(&stat(3))).state, FactState::Dirty);
    }

    #[test]
    fn files_that_are_not_there() {
        assert_eq!(judge(&clean(), None).state, FactState::Missing);
        let directory = NodeStat { kind: NodeKind::Directory, ..stat(3) };
        let fact = judge(&clean(), Some(&directory));
        assert_eq!((fact.size, fact.state), (-1, FactState::Missing), "a directory took its place");
    }

    #[test]
    fn facts_hold_type_time_and_size() {
        let fact = judge(&Entry::added(), Some(&stat(3)));
        let expected =
            FileFact { size: 3, mtime_ns: 7_000_000_005, mode: 0o100_644, state: FactState::Added };
        assert_eq!(fact, expected);
    }
}

//! Identity of a file's content as far as `stat` can tell.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt as _;

/// What tells one version of a file from the next: a cache holds while it is equal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct FileStat {
    /// Size in bytes.
    pub size: u64,
    /// Device and inode.
    pub inode: (u64, u64),
    /// Modification time in nanoseconds.
    pub mtime_ns: i128,
    /// Change time in nanoseconds.
    pub ctime_ns: i128,
}

impl FileStat {
    /// Takes what matters from the system's answer.
    #[must_use]
    pub fn new(meta: &Metadata) -> Self {
        let nanos =
            |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Self {
            size: meta.size(),
            inode: (meta.dev(), meta.ino()),
            mtime_ns: nanos(meta.mtime(), meta.mtime_nsec()),
            ctime_ns: nanos(meta.ctime(), meta.ctime_nsec()),
        }
    }

    /// Modification time in whole seconds.
    #[must_use]
    pub fn mtime(&self) -> i64 {
        i64::try_from(self.mtime_ns.div_euclid(1_000_000_000)).unwrap_or(i64::MAX)
    }

    /// Change time in whole seconds.
    #[must_use]
    pub fn ctime(&self) -> i64 {
        i64::try_from(self.ctime_ns.div_euclid(1_000_000_000)).unwrap_or(i64::MAX)
    }

    /// Whether a reader that knows `old` could mistake this newer file for it: both were changed
    /// within one second.
    #[must_use]
    pub fn is_ambiguous(&self, old: &Self) -> bool {
        self.ctime() == old.ctime()
    }
}

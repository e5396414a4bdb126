//! Directories that need not be listed, because nothing was made or removed in them since a status
//! that noted when they last changed.

use std::sync::OnceLock;

use hg_format::dirstate::Timestamp;
use hg_format::dirstate::v2::DirectoryCache;
use hg_store::Repo;
use hg_vfs::{DirHandle, NodeStat};

use crate::FileClock;

/// What a walk may take from cached directories, and what it notes.
pub(crate) struct DirectoryCaches<'a> {
    repo: &'a Repo,
    /// Whether what was read holds: the same files are ignored as then.
    pub(crate) trusted: bool,
    /// Whether to note what is found.
    pub(crate) noted: bool,
    clock: OnceLock<Option<FileClock>>,
}

impl<'a> DirectoryCaches<'a> {
    pub(crate) fn new(repo: &'a Repo, trusted: bool, noted: bool) -> Self {
        Self { repo, trusted, noted, clock: OnceLock::new() }
    }

    /// Whether the open directory is as `cache` has it, ignored names included when they matter.
    pub(crate) fn holds(
        &self,
        cache: Option<DirectoryCache>,
        directory: &DirHandle,
        ignored: bool,
    ) -> bool {
        let complete = |cache: &DirectoryCache| {
            cache.all_unknown_recorded && (cache.all_ignored_recorded || !ignored)
        };
        let Some(cache) = cache.filter(|_| self.trusted).filter(complete) else { return false };
        directory.own_stat().is_ok_and(|stat| is_same(cache.mtime, &stat))
    }

    /// When the open directory was changed, if a later change will show. To be asked before it is
    /// listed.
    pub(crate) fn time_of(&self, directory: &DirHandle) -> Option<Timestamp> {
        // The clock first: what happens after it has another time.
        let clock = self.clock.get_or_init(|| FileClock::now(self.repo)).as_ref()?;
        clock.past(&directory.own_stat().ok()?)
    }
}

/// Exact where nanoseconds are known, never a guess: a directory may change often in one second.
fn is_same(known: Timestamp, stat: &NodeStat) -> bool {
    let observed = Timestamp::new(stat.mtime, stat.mtime_nanoseconds);
    known.seconds == observed.seconds
        && known.nanoseconds == observed.nanoseconds
        && !(known.second_ambiguous && known.nanoseconds == 0)
}

//! The parts of a repository that are loaded on first use.

use hg_vfs::FileStat;

use super::Repo;
use crate::part::Part;
use crate::{Changelog, ManifestLog};

/// The version of one or two files; `None` for one that is not there.
pub(crate) type Key = [Option<FileStat>; 2];

/// Everything loaded so far.
#[derive(Default, Debug)]
pub(super) struct Parts {
    pub(super) changelog: Part<Changelog, Key>,
    pub(super) manifest_log: Part<ManifestLog, Key>,
}

impl Repo {
    /// Looks at the files again before loaded parts are used next: another process may have
    /// written. Done by itself when a lock is taken.
    pub fn invalidate(&self) {
        self.store_vfs().fncache().iter().for_each(|fncache| fncache.invalidate());
        let parts = &self.0.parts;
        parts.changelog.doubt();
        parts.manifest_log.doubt();
    }

    /// Forgets everything loaded (after an abort).
    pub fn clear(&self) {
        self.store_vfs().fncache().iter().for_each(|fncache| fncache.invalidate());
        let parts = &self.0.parts;
        parts.changelog.clear();
        parts.manifest_log.clear();
    }

    /// A transaction has written its last: what is in memory is what the files hold now.
    pub(crate) fn transaction_ended(&self) {
        self.renew_history_keys();
    }
}

//! The parts of a repository that are loaded on first use.

use hg_vfs::FileStat;

use super::Repo;
use crate::bookmarks::{ACTIVE_FILE, Bookmarks};
use crate::part::Part;
use crate::phases::Phases;
use crate::{Changelog, ManifestLog};

/// The versions of the files a part is made of; `None` for one that is not there.
pub(crate) type Key = [Option<FileStat>; 3];

/// Everything loaded so far.
#[derive(Default, Debug)]
pub(super) struct Parts {
    pub(super) changelog: Part<Changelog, Key>,
    pub(super) manifest_log: Part<ManifestLog, Key>,
    phases: Part<Phases, Key>,
    bookmarks: Part<Bookmarks, Key>,
}

impl Repo {
    /// Looks at the files again before loaded parts are used next: another process may have
    /// written. Done by itself when a lock is taken.
    pub fn invalidate(&self) {
        self.store_vfs().fncache().iter().for_each(|fncache| fncache.invalidate());
        let parts = &self.0.parts;
        parts.changelog.doubt();
        parts.manifest_log.doubt();
        parts.phases.doubt();
        parts.bookmarks.doubt();
    }

    /// Forgets everything loaded (after an abort).
    pub fn clear(&self) {
        self.store_vfs().fncache().iter().for_each(|fncache| fncache.invalidate());
        let parts = &self.0.parts;
        parts.changelog.clear();
        parts.manifest_log.clear();
        parts.phases.clear();
        parts.bookmarks.clear();
    }

    /// A transaction has written its last: what is in memory is what the files hold now.
    pub(crate) fn transaction_ended(&self) {
        self.renew_history_keys();
        let parts = &self.0.parts;
        parts.phases.renew(self.phases_key());
        parts.bookmarks.renew(self.bookmarks_key());
    }

    pub(crate) fn phases_part(&self) -> &Part<Phases, Key> {
        &self.0.parts.phases
    }

    pub(crate) fn phases_key(&self) -> Key {
        let store = self.store_vfs();
        let pending = self.sees_pending().then(|| store.file_stat("phaseroots.pending")).flatten();
        [store.file_stat(crate::phases::FILE), pending, None]
    }

    pub(crate) fn bookmarks_part(&self) -> &Part<Bookmarks, Key> {
        &self.0.parts.bookmarks
    }

    pub(crate) fn bookmarks_key(&self) -> Key {
        let vfs = self.bookmarks_vfs();
        let pending = self.sees_pending().then(|| vfs.file_stat("bookmarks.pending")).flatten();
        [vfs.file_stat("bookmarks"), pending, self.vfs().file_stat(ACTIVE_FILE)]
    }
}

//! The parts of a repository that are loaded on first use.

use std::sync::{Arc, RwLock};

use hg_config::Config;
use hg_format::requirements::Requirements;
use hg_vfs::FileStat;

use super::Repo;
use crate::bookmarks::{ACTIVE_FILE, Bookmarks};
use crate::branches::{BranchMap, RevBranches};
use crate::obsstore::ObsStore;
use crate::part::Part;
use crate::phases::Phases;
use crate::revlog::RevlogOptions;
use crate::tags::Tags;
use crate::view::{PerView, ViewState};
use crate::{Changelog, ManifestLog};

/// The versions of the files a part is made of; `None` for one that is not there.
pub(crate) type Key = [Option<FileStat>; 3];

/// Everything loaded so far.
#[derive(Default)]
pub(super) struct Parts {
    pub(super) filelog_options: RwLock<Option<FilelogOptions>>,
    pub(super) changelog: Part<Changelog, Key>,
    pub(super) manifest_log: Part<ManifestLog, Key>,
    phases: Part<Phases, Key>,
    bookmarks: Part<Bookmarks, Key>,
    obsstore: Part<ObsStore, Key>,
    view: ViewState,
    branchmaps: PerView<BranchMap>,
    rev_branches: PerView<RevBranches>,
    tags: PerView<Tags>,
}

/// How filelogs are read and written, and the configuration and requirements that say so.
#[derive(Clone)]
pub(super) struct FilelogOptions {
    pub(super) config: Arc<Config>,
    pub(super) requirements: Arc<Requirements>,
    pub(super) revlog: Arc<RevlogOptions>,
    pub(super) ignore_censored: bool,
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
        parts.obsstore.doubt();
        // `localtags` has no key of its own.
        parts.tags.clear();
    }

    /// Asks again which tags there are: an extension names other changesets now.
    pub fn forget_tags(&self) {
        self.0.parts.tags.clear();
    }

    /// Forgets everything loaded (after an abort).
    pub fn clear(&self) {
        self.forget_wdir_parents();
        self.store_vfs().fncache().iter().for_each(|fncache| fncache.invalidate());
        let parts = &self.0.parts;
        parts.changelog.clear();
        parts.manifest_log.clear();
        parts.phases.clear();
        parts.bookmarks.clear();
        parts.obsstore.clear();
        parts.tags.clear();
        parts.branchmaps.clear();
        parts.rev_branches.clear();
    }

    /// A transaction has written its last: what is in memory is what the files hold now.
    pub(crate) fn transaction_ended(&self) {
        self.renew_history_keys();
        let parts = &self.0.parts;
        parts.phases.renew(self.phases_key());
        parts.bookmarks.renew(self.bookmarks_key());
        parts.obsstore.renew(self.obsstore_key());
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

    pub(crate) fn obsstore_part(&self) -> &Part<ObsStore, Key> {
        &self.0.parts.obsstore
    }

    pub(crate) fn obsstore_key(&self) -> Key {
        [self.store_vfs().file_stat(crate::obsstore::FILE), None, None]
    }

    pub(crate) fn view_state(&self) -> &ViewState {
        &self.0.parts.view
    }

    pub(crate) fn branchmaps(&self) -> &PerView<BranchMap> {
        &self.0.parts.branchmaps
    }

    pub(crate) fn rev_branches_cell(&self) -> &PerView<RevBranches> {
        &self.0.parts.rev_branches
    }

    pub(crate) fn tags_cell(&self) -> &PerView<Tags> {
        &self.0.parts.tags
    }
}

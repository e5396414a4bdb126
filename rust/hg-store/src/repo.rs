//! The open repository: configuration, requirements, directories, and the parts loaded on first use.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use hg_config::Config;
use hg_format::requirements::Requirements;
use hg_types::{Error, Reporter, Result, Silent};
use hg_vfs::Vfs;

use crate::extension::RepoExtension;
use crate::hooks::{HookRunner, NoHooks};
use crate::nested::NestedRepos;
use crate::overrides::Overrides;
use crate::store_vfs::StoreVfs;

mod history;
mod init;
mod lock;
mod open;
mod parts;

pub use init::{InitOptions, default_requirements};
pub use lock::RepoLock;
pub use open::{OpenOptions, SUPPORTED, find_root};

use lock::Locks;
use parts::Parts;

/// An open repository. Cheap to clone (all clones are the same repository) and `Sync`.
#[derive(Clone)]
pub struct Repo(Arc<Inner>);

struct Inner {
    root: PathBuf,
    display_root: Vec<u8>,
    config: RwLock<Arc<Config>>,
    requirements: RwLock<Arc<Requirements>>,
    wvfs: Vfs,
    vfs: Vfs,
    /// The `.hg` that holds the store: another one's for shares.
    shared_vfs: Vfs,
    store_vfs: StoreVfs,
    shared_bookmarks: bool,
    pending: bool,
    hooks: RwLock<Arc<dyn HookRunner>>,
    extension: RwLock<Option<Arc<dyn RepoExtension>>>,
    overrides: Overrides,
    nested: RwLock<Option<Arc<dyn NestedRepos>>>,
    reporter: RwLock<Arc<dyn Reporter + Send + Sync>>,
    locks: Locks,
    parts: Parts,
    transaction: Mutex<std::sync::Weak<crate::transaction::Running>>,
    carried: Mutex<crate::transaction::Carried>,
    late_failure: Mutex<Option<Error>>,
    /// The first changeset that lies in memory on top of the store.
    overlay_start: std::sync::OnceLock<usize>,
    /// File histories that lie in memory on top of the store.
    overlay: RwLock<std::collections::HashMap<hg_types::HgPathBuf, crate::Filelog>>,
}

impl Repo {
    /// The working directory's root.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.0.root
    }

    /// The working directory's root as bytes.
    #[must_use]
    pub fn root_bytes(&self) -> &[u8] {
        self.0.wvfs.base_bytes()
    }

    /// The root as the user named it, for messages.
    #[must_use]
    pub fn display_root(&self) -> &[u8] {
        &self.0.display_root
    }

    /// The configuration with the repository's layers.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.0.config.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the configuration.
    pub fn set_config(&self, config: Config) {
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(config);
    }

    /// The requirements of working directory and store.
    #[must_use]
    pub fn requirements(&self) -> Arc<Requirements> {
        self.0.requirements.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a requirement is set.
    #[must_use]
    pub fn requires(&self, name: &str) -> bool {
        self.requirements().contains(name.as_bytes())
    }

    /// The working directory.
    #[must_use]
    pub fn wvfs(&self) -> &Vfs {
        &self.0.wvfs
    }

    /// `.hg`.
    #[must_use]
    pub fn vfs(&self) -> &Vfs {
        &self.0.vfs
    }

    /// The `.hg` that holds the store: the source's for a share, else the same as [`Repo::vfs`].
    #[must_use]
    pub fn shared_vfs(&self) -> &Vfs {
        &self.0.shared_vfs
    }

    /// The store, by logical names.
    #[must_use]
    pub fn store_vfs(&self) -> &StoreVfs {
        &self.0.store_vfs
    }

    /// `.hg/cache` of the repository that holds the store.
    #[must_use]
    pub fn cache_vfs(&self) -> Vfs {
        self.0.shared_vfs.at("cache")
    }

    /// `.hg/wcache`: caches of the working directory.
    #[must_use]
    pub fn wcache_vfs(&self) -> Vfs {
        self.0.vfs.at("wcache")
    }

    /// Whether the store is another repository's.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.0.vfs.base() != self.0.shared_vfs.base()
    }

    /// Whether bookmarks are the share source's too (`.hg/shared`).
    #[must_use]
    pub fn shares_bookmarks(&self) -> bool {
        self.0.shared_bookmarks
    }

    /// Whether what a running transaction has written as pending is to be seen (hooks).
    #[must_use]
    pub fn sees_pending(&self) -> bool {
        self.0.pending
    }

    /// Remembers a failure met where none can be told, as in a matcher. Whatever goes on is to end in it.
    pub fn fail_late(&self, error: Error) {
        let mut slot = self.0.late_failure.lock().unwrap_or_else(PoisonError::into_inner);
        slot.get_or_insert(error);
    }

    /// Tells such a failure, once.
    ///
    /// # Errors
    /// When there was one.
    pub fn check_late(&self) -> Result<()> {
        let slot = self.0.late_failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        slot.map_or(Ok(()), Err)
    }

    pub(crate) fn transaction_cell(&self) -> &Mutex<std::sync::Weak<crate::transaction::Running>> {
        &self.0.transaction
    }

    pub(crate) fn carried_cell(&self) -> &Mutex<crate::transaction::Carried> {
        &self.0.carried
    }

    /// Whoever hears what there is to say.
    #[must_use]
    pub fn reporter(&self) -> Arc<dyn Reporter + Send + Sync> {
        self.0.reporter.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Installs whoever hears what there is to say.
    pub fn set_reporter(&self, reporter: Arc<dyn Reporter + Send + Sync>) {
        *self.0.reporter.write().unwrap_or_else(PoisonError::into_inner) = reporter;
    }

    /// Whether both are the same open repository.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn overrides(&self) -> &Overrides {
        &self.0.overrides
    }

    /// What is to be done about nested repositories; without it they are files that nobody looks into.
    #[must_use]
    pub fn nested(&self) -> Option<Arc<dyn NestedRepos>> {
        self.0.nested.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Installs what is to be done about nested repositories.
    pub fn set_nested(&self, nested: Arc<dyn NestedRepos>) {
        *self.0.nested.write().unwrap_or_else(PoisonError::into_inner) = Some(nested);
    }

    /// Whoever runs hooks.
    #[must_use]
    pub fn hooks(&self) -> Arc<dyn HookRunner> {
        self.0.hooks.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What an extension changes about this repository.
    #[must_use]
    pub fn extension(&self) -> Option<Arc<dyn RepoExtension>> {
        self.0.extension.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Installs what an extension changes, or takes it out; gives back what was there.
    pub fn set_extension(
        &self,
        extension: Option<Arc<dyn RepoExtension>>,
    ) -> Option<Arc<dyn RepoExtension>> {
        let mut slot = self.0.extension.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *slot, extension)
    }

    /// Installs whoever runs hooks.
    pub fn set_hooks(&self, hooks: Arc<dyn HookRunner>) {
        *self.0.hooks.write().unwrap_or_else(PoisonError::into_inner) = hooks;
    }
}

impl std::fmt::Debug for Repo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Repo({:?})", self.0.root)
    }
}

fn silent() -> Arc<dyn Reporter + Send + Sync> {
    Arc::new(Silent)
}

fn no_hooks() -> Arc<dyn HookRunner> {
    Arc::new(NoHooks)
}

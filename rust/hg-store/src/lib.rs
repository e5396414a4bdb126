//! The store: revlogs, changelog, manifests, filelogs, phases, bookmarks, tags, caches, transactions.
//!
//! [`Repo`] is the open repository, the value every operation works on.

mod bookmarks;
mod branches;
mod changed_files;
pub mod changelog;
pub mod extension;
pub mod filelog;
pub mod fncache;
pub mod hooks;
pub mod manifest;
mod nested;
mod obsstore;
mod overrides;
mod part;
mod phases;
mod repo;
pub mod revlog;
mod store_vfs;
mod tags;
pub mod transaction;
pub mod verify;
mod view;

pub use bookmarks::Bookmarks;
pub use branches::{BranchMap, RevBranches};
pub use changelog::Changelog;
pub use filelog::Filelog;
pub use hooks::{HookArgs, HookRunner, NoHooks};
pub use manifest::{Manifest, ManifestFinder, ManifestLog};
pub use nested::{NestedLocal, NestedRepos, NestedUpdate};
pub use obsstore::ObsStore;
pub use overrides::{Keeper, RepoMethod, RepoOverrides};
pub use phases::Phases;
pub use repo::{
    InitOptions, OpenOptions, Repo, RepoLock, SUPPORTED, default_requirements, find_root,
};
pub use store_vfs::StoreVfs;
pub use tags::{TagKind, Tags};
pub use transaction::{Changes, Location, Stage, Transaction};
pub use view::View;

//! The store: revlogs, changelog, manifests, filelogs, phases, bookmarks, tags, caches, transactions.
//!
//! [`Repo`] is the open repository, the value every operation works on.

mod bookmarks;
pub mod branchmap;
pub mod changelog;
pub mod filelog;
pub mod fncache;
pub mod hooks;
pub mod manifest;
mod part;
mod phases;
mod repo;
pub mod rev_branches;
pub mod revlog;
mod store_vfs;
pub mod transaction;
pub mod verify;

pub use bookmarks::Bookmarks;
pub use changelog::Changelog;
pub use filelog::Filelog;
pub use hooks::{HookArgs, HookRunner, NoHooks};
pub use manifest::{Manifest, ManifestLog};
pub use phases::Phases;
pub use repo::{
    InitOptions, OpenOptions, Repo, RepoLock, SUPPORTED, default_requirements, find_root,
};
pub use store_vfs::StoreVfs;
pub use transaction::{Changes, Location, Stage, Transaction};

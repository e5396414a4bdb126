//! Whole operations on a repository (commit, update, merge, clone, ...): what embedders depend on.

pub mod commit;
pub mod strip;
pub mod working;

pub use hg_store::Repo;

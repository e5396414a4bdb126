//! Whole operations on a repository (commit, update, merge, clone, ...): what embedders depend on.

pub mod amend;
pub mod clone;
pub mod commit;
pub mod revert;
pub mod rewrite;
pub mod strip;
pub mod working;

pub use hg_store::Repo;

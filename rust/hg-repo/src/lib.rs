//! Whole operations on a repository (commit, update, merge, clone, ...): what embedders depend on.

pub mod absorb;
pub mod amend;
pub mod archive;
pub mod clone;
pub mod commit;
pub mod dag;
pub mod graft;
pub mod histedit;
pub mod mq;
pub mod rebase;
pub mod rebranch;
pub mod recopy;
pub mod revert;
pub mod rewrite;
pub mod share;
pub mod shelve;
pub mod state_file;
pub mod strip;
pub mod subrepo;
pub mod uncommit;
pub mod upgrade;
pub mod working;

pub use hg_store::Repo;

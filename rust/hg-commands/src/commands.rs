//! The commands, one file each; [`crate::table`] lists them.

pub mod add;
pub mod addremove;
pub mod commit;
pub mod config;
pub mod copy;
pub mod debugstrip;
pub mod debugrevspec;
pub mod forget;
pub mod diff;
pub mod init;
pub mod merge;
pub mod pull;
pub mod recover;
pub mod remove;
pub mod rename;
pub mod resolve;
pub mod root;
pub mod status;
pub mod unbundle;
pub mod update;
pub mod verify;
pub mod version;

//! The commands, one file each; [`crate::table`] lists them.

pub mod config;
pub mod init;
pub mod pull;
pub mod root;
pub mod status;
pub mod unbundle;
pub mod version;

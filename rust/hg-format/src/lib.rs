//! Codecs between bytes and structs of every on-disk and on-wire format. No files.

pub mod branch_cache;
pub mod bundle2;
pub mod bundlespec;
pub mod changegroup;
pub mod changeset;
pub mod dirstate;
pub mod filelog;
pub mod manifest;
pub mod mergestate;
pub mod obs_markers;
pub mod percent;
pub mod rev_branch_cache;
pub mod revlog;
pub mod streamclone;
pub mod tags;

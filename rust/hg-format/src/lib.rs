//! Codecs between bytes and structs of every on-disk and on-wire format. No files.

pub mod bookmarks;
pub mod branch_cache;
pub mod bundle2;
pub mod bundlespec;
pub mod changegroup;
pub mod changeset;
pub mod dirstate;
pub mod filelog;
pub mod fncache;
pub mod journal;
pub mod manifest;
pub mod mergestate;
pub mod nodemap;
pub mod obs_markers;
pub mod percent;
pub mod phase_roots;
pub mod rebase_state;
pub mod requirements;
pub mod rev_branch_cache;
pub mod revlog;
pub mod store_path;
pub mod streamclone;
pub mod tags;
pub mod tar;
pub mod wire;
pub mod zip;

//! Codecs between bytes and structs of every on-disk and on-wire format. No files.

pub mod bundle2;
pub mod bundlespec;
pub mod changegroup;
pub mod changeset;
pub mod filelog;
pub mod manifest;
pub mod mergestate;
pub mod percent;
pub mod revlog;

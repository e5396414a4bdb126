//! Codecs between bytes and structs of every on-disk and on-wire format. No files.

pub mod bundle2;
pub mod bundlespec;
pub mod changegroup;
pub mod percent;

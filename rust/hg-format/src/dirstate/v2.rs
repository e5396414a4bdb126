//! Dirstate version 2: a docket, and a tree that is read in place
//! (`hg help internals.dirstate-v2`).
//!
//! Where the document and the format differ: a node takes 44 bytes, and the "position of the last
//! separator" is where the base name starts.

mod append;
mod docket;
mod tree;
mod writer;

pub use append::{Change, What, append_to_tree};
pub use docket::{Docket, TreeMetadata};
pub use tree::{Children, DirectoryCache, Iter, NodeRef, Tree};
pub use writer::{Item, TreeWriter, write_tree};

/// Bytes of a node.
const NODE_SIZE: usize = 44;

/// Offsets of the fields of a node.
mod field {
    pub(super) const PATH: usize = 0;
    pub(super) const PATH_LENGTH: usize = 4;
    pub(super) const BASE_NAME: usize = 6;
    pub(super) const COPY_SOURCE: usize = 8;
    pub(super) const COPY_SOURCE_LENGTH: usize = 12;
    pub(super) const CHILDREN: usize = 14;
    pub(super) const CHILD_COUNT: usize = 18;
    pub(super) const DESCENDANTS: usize = 22;
    pub(super) const TRACKED_DESCENDANTS: usize = 26;
    pub(super) const FLAGS: usize = 30;
    pub(super) const SIZE: usize = 32;
    pub(super) const MTIME_SECONDS: usize = 36;
    pub(super) const MTIME_NANOSECONDS: usize = 40;
}

/// Bits of the flags of a node.
mod flag {
    pub(super) const WDIR_TRACKED: u16 = 1;
    pub(super) const P1_TRACKED: u16 = 1 << 1;
    pub(super) const P2_INFO: u16 = 1 << 2;
    pub(super) const MODE_EXEC_PERM: u16 = 1 << 3;
    pub(super) const MODE_IS_SYMLINK: u16 = 1 << 4;
    pub(super) const EXPECTED_STATE_IS_MODIFIED: u16 = 1 << 9;
    pub(super) const HAS_MODE_AND_SIZE: u16 = 1 << 10;
    pub(super) const HAS_MTIME: u16 = 1 << 11;
    pub(super) const MTIME_SECOND_AMBIGUOUS: u16 = 1 << 12;
    pub(super) const DIRECTORY: u16 = 1 << 13;
    pub(super) const ALL_UNKNOWN_RECORDED: u16 = 1 << 14;
    pub(super) const ALL_IGNORED_RECORDED: u16 = 1 << 15;
}

#[cfg(test)]
mod tests;

//! Dirstate: what is known about each tracked file of the working directory.
//!
//! Version 1 ([`v1`]) is one flat file; version 2 ([`v2`]) is a docket and a tree that is read in
//! place. Both hold the same [`Entry`].

mod entry;
pub mod v1;
pub mod v2;

pub use entry::{Entry, FileState, Metadata, Timestamp};

/// Why a dirstate cannot be read.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The file ends in the middle of something.
    #[error("overflow in dirstate")]
    Truncated,
    /// An entry has an impossible state.
    #[error("unknown dirstate entry state {0:#x}")]
    State(u8),
    /// The file does not start as its version demands.
    #[error("not a dirstate-v2 docket")]
    Marker,
    /// Something points outside of the data or contradicts itself.
    #[error("corrupted dirstate-v2: {0}")]
    Corrupt(&'static str),
    /// More data than the format can address.
    #[error("dirstate-v2 data would be too large")]
    TooLarge,
}

/// Result of reading or writing a dirstate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

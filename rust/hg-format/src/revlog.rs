//! The revlog format: index headers, index entries and stored chunks
//! (`hg help internals.revlogs`).

pub mod chunk;
pub mod docket;
pub mod entry;
pub mod v0;

use thiserror::Error;

pub use chunk::{Compression, Compressor, decompress};
pub use entry::{ENTRY_LEN, Entry};

/// Why bytes are not a revlog, or not one that can be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum RevlogError {
    /// The version number in the header has no known format.
    #[error("unknown version ({0})")]
    UnknownVersion(u16),
    /// The version is known but its feature flags are not.
    #[error("unknown flags ({flags:#04x}) in version {version}")]
    UnknownFlags {
        /// The version the header names.
        version: u16,
        /// The unknown bits of the upper half.
        flags: u16,
    },
    /// The format exists but this program does not read it.
    #[error("revlog version {0} is not supported")]
    UnsupportedVersion(u16),
    /// The index ends inside an entry.
    #[error("index is truncated at byte {0}")]
    Truncated(usize),
    /// The first byte of a chunk names no known compression.
    #[error("unknown compression type {0:#04x}")]
    UnknownCompression(u8),
    /// A chunk does not decompress.
    #[error("decompression failed: {0}")]
    Decompress(String),
    /// A chunk decompresses to more than the caller allows.
    #[error("decompressed data is larger than {0} bytes")]
    TooLarge(usize),
}

/// Revision flag: the content was censored, its hash does not match.
pub const FLAG_CENSORED: u16 = 1 << 15;
/// Revision flag: parents were cut off (narrow clones), the hash does not match.
pub const FLAG_ELLIPSIS: u16 = 1 << 14;
/// Revision flag: the content is stored elsewhere.
pub const FLAG_EXTSTORED: u16 = 1 << 13;
/// Revision flag: the changeset's side data holds copies.
pub const FLAG_HAS_COPIES: u16 = 1 << 12;
/// Revision flag: the file revision's content starts with metadata.
pub const FLAG_HAS_META: u16 = 1 << 11;
/// Every revision flag that has a meaning.
pub const KNOWN_FLAGS: u16 =
    FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTSTORED | FLAG_HAS_COPIES | FLAG_HAS_META;

/// The first four bytes of an index: version and feature flags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The version: 0 or 1.
    pub version: u16,
    /// Chunks lie between the index entries.
    pub inline: bool,
    /// A delta may be against any earlier revision.
    pub general_delta: bool,
}

const INLINE: u16 = 1;
const GENERAL_DELTA: u16 = 2;

impl Header {
    /// Version 1 as every new revlog but the changelog starts: inline, general deltas.
    pub const NEW: Self = Self { version: 1, inline: true, general_delta: true };

    /// Reads the header at the start of an index.
    ///
    /// # Errors
    /// When the version or its flags are unknown or not supported.
    pub fn decode(index: &[u8]) -> Result<Self, RevlogError> {
        let Some(bytes) = index.first_chunk::<4>() else {
            return Err(RevlogError::Truncated(index.len()));
        };
        let flags = u16::from_be_bytes([bytes[0], bytes[1]]);
        let version = u16::from_be_bytes([bytes[2], bytes[3]]);
        match (version, flags) {
            (0, 0) => Ok(Self { version, inline: false, general_delta: false }),
            (0, flags) => Err(RevlogError::UnknownFlags { version, flags }),
            (1, flags) if flags & !(INLINE | GENERAL_DELTA) == 0 => Ok(Self {
                version,
                inline: flags & INLINE != 0,
                general_delta: flags & GENERAL_DELTA != 0,
            }),
            (1, flags) => {
                Err(RevlogError::UnknownFlags { version, flags: flags & !(INLINE | GENERAL_DELTA) })
            }
            (2 | 0xd34d | 0xdead, _) => Err(RevlogError::UnsupportedVersion(version)),
            (version, _) => Err(RevlogError::UnknownVersion(version)),
        }
    }

    /// The four bytes.
    #[must_use]
    pub fn encode(self) -> [u8; 4] {
        let flags = u16::from(self.inline) * INLINE + u16::from(self.general_delta) * GENERAL_DELTA;
        let [a, b] = flags.to_be_bytes();
        let [c, d] = self.version.to_be_bytes();
        [a, b, c, d]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_round_trip() {
        for bytes in [[0, 0, 0, 1], [0, 1, 0, 1], [0, 2, 0, 1], [0, 3, 0, 1], [0, 0, 0, 0]] {
            assert_eq!(Header::decode(&bytes).expect("known").encode(), bytes);
        }
    }

    #[test]
    fn strange_headers_are_refused() {
        let decode = |bytes: [u8; 4]| Header::decode(&bytes).expect_err("strange");
        assert_eq!(decode([0, 4, 0, 1]), RevlogError::UnknownFlags { version: 1, flags: 4 });
        assert_eq!(decode([0, 0, 0xde, 0xad]), RevlogError::UnsupportedVersion(0xdead));
        assert_eq!(decode([0, 0, 0, 9]), RevlogError::UnknownVersion(9));
        assert_eq!(Header::decode(b"ab"), Err(RevlogError::Truncated(2)));
    }
}

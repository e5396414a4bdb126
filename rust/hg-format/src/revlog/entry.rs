//! The 64-byte index entry of version 1 (`hg help internals.revlogs`, "Version 1 Format").
//!
//! | bytes | meaning |
//! | --- | --- |
//! | 0-5 | offset of the chunk among all chunks (entry 0: the header in the first four bytes) |
//! | 6-7 | revision flags |
//! | 8-11 | length of the chunk |
//! | 12-15 | length of the text, −1 when unknown |
//! | 16-19 | base: the delta parent (general delta) or start of the delta chain |
//! | 20-23 | link revision |
//! | 24-27, 28-31 | parents |
//! | 32-51 | node id, then twelve zero bytes |

use hg_types::{Node, UncheckedRevision};

use super::Header;

/// Length of an index entry in bytes.
pub const ENTRY_LEN: usize = 64;

/// One decoded index entry.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Where the chunk starts, counted over chunks only (also in inline revlogs).
    pub offset: u64,
    /// Revision flags, such as [`super::FLAG_CENSORED`].
    pub flags: u16,
    /// Length of the stored chunk.
    pub compressed_len: u32,
    /// Length of the text; negative when unknown.
    pub text_len: i32,
    /// The delta parent or start of the delta chain; the revision itself for a full text.
    pub base: UncheckedRevision,
    /// The changelog revision that introduced this one.
    pub linkrev: UncheckedRevision,
    /// The first parent.
    pub p1: UncheckedRevision,
    /// The second parent.
    pub p2: UncheckedRevision,
    /// The node id.
    pub node: Node,
}

impl Entry {
    /// Reads the entry of the revision at `position` in the index.
    #[must_use]
    pub fn decode(bytes: &[u8; ENTRY_LEN], position: usize) -> Self {
        Self {
            offset: offset(bytes, position),
            flags: u16::from_be_bytes([bytes[6], bytes[7]]),
            compressed_len: compressed_len(bytes),
            text_len: be_i32(bytes, 12),
            base: UncheckedRevision(be_i32(bytes, 16)),
            linkrev: UncheckedRevision(be_i32(bytes, 20)),
            p1: UncheckedRevision(be_i32(bytes, 24)),
            p2: UncheckedRevision(be_i32(bytes, 28)),
            node: node(bytes),
        }
    }

    /// The 64 bytes; `header` is written over the first four bytes of the first entry.
    #[must_use]
    pub fn encode(&self, header: Option<Header>) -> [u8; ENTRY_LEN] {
        let mut out = [0; ENTRY_LEN];
        out[..8].copy_from_slice(&(self.offset << 16 | u64::from(self.flags)).to_be_bytes());
        if let Some(header) = header {
            out[..4].copy_from_slice(&header.encode());
        }
        out[8..12].copy_from_slice(&self.compressed_len.to_be_bytes());
        out[12..16].copy_from_slice(&self.text_len.to_be_bytes());
        for (at, rev) in [(16, self.base), (20, self.linkrev), (24, self.p1), (28, self.p2)] {
            out[at..at + 4].copy_from_slice(&rev.0.to_be_bytes());
        }
        out[32..52].copy_from_slice(self.node.as_bytes());
        out
    }
}

/// The chunk offset of an undecoded entry.
#[must_use]
pub fn offset(bytes: &[u8; ENTRY_LEN], position: usize) -> u64 {
    let mut first = [0; 8];
    first[2..].copy_from_slice(&bytes[..6]);
    if position == 0 {
        // The header lies over the offset, which is zero.
        first[2..6].fill(0);
    }
    u64::from_be_bytes(first)
}

/// The chunk length of an undecoded entry.
#[must_use]
pub fn compressed_len(bytes: &[u8; ENTRY_LEN]) -> u32 {
    u32::from_be_bytes([bytes[8], bytes[9], bytes[10], bytes[11]])
}

/// The parents of an undecoded entry.
#[must_use]
pub fn parents(bytes: &[u8; ENTRY_LEN]) -> [i32; 2] {
    [be_i32(bytes, 24), be_i32(bytes, 28)]
}

/// The node id of an undecoded entry.
#[must_use]
pub fn node(bytes: &[u8; ENTRY_LEN]) -> Node {
    let mut node = [0; 20];
    node.copy_from_slice(&bytes[32..52]);
    Node(node)
}

fn be_i32(bytes: &[u8; ENTRY_LEN], at: usize) -> i32 {
    i32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn entries_round_trip(
            offset in 0u64..1 << 48,
            flags: u16,
            compressed_len: u32,
            revs: [i32; 5],
            node: [u8; 20],
        ) {
            let [text_len, base, linkrev, p1, p2] = revs;
            let entry = Entry {
                offset,
                flags,
                compressed_len,
                text_len,
                base: UncheckedRevision(base),
                linkrev: UncheckedRevision(linkrev),
                p1: UncheckedRevision(p1),
                p2: UncheckedRevision(p2),
                node: Node(node),
            };
            prop_assert_eq!(Entry::decode(&entry.encode(None), 7), entry);
            let first = Entry { offset: 0, ..entry };
            let bytes = first.encode(Some(Header::NEW));
            prop_assert_eq!(Header::decode(&bytes), Ok(Header::NEW));
            prop_assert_eq!(Entry::decode(&bytes, 0), first);
        }
    }
}

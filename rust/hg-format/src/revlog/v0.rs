//! The index of the original format, version 0: read only.
//!
//! An entry is 76 bytes: offset, length, base, link revision (32 bits each, big-endian), then the
//! node ids of the parents and of the revision. There is no header: the offset of the first chunk
//! is zero and is taken for one.

use std::collections::HashMap;

use hg_types::{Node, UncheckedRevision};

use super::{Entry, RevlogError};

/// Length of a version 0 entry.
pub const ENTRY_LEN: usize = 76;

/// Reads a whole version 0 index; parents become revision numbers, lengths of texts are unknown.
///
/// # Errors
/// When the index ends inside an entry.
pub fn decode(index: &[u8]) -> Result<Vec<Entry>, RevlogError> {
    let (entries, rest) = index.as_chunks::<ENTRY_LEN>();
    if !rest.is_empty() {
        return Err(RevlogError::Truncated(index.len()));
    }
    let mut revs = HashMap::with_capacity(entries.len() + 1);
    revs.insert(Node::NULL, -1);
    let mut out = Vec::with_capacity(entries.len());
    for bytes in entries {
        let be = |at: usize| {
            [0, 1, 2, 3].into_iter().fold(0u32, |sum, i| sum << 8 | u32::from(bytes[at + i]))
        };
        let node = |at: usize| {
            let mut node = [0; 20];
            node.copy_from_slice(&bytes[at..at + 20]);
            Node(node)
        };
        let parent = |at| UncheckedRevision(revs.get(&node(at)).copied().unwrap_or(-1));
        let signed = |at| UncheckedRevision(i32::from_be_bytes(be(at).to_be_bytes()));
        let entry = Entry {
            offset: be(0).into(),
            flags: 0,
            compressed_len: be(4),
            text_len: -1,
            base: signed(8),
            linkrev: signed(12),
            p1: parent(16),
            p2: parent(36),
            node: node(56),
        };
        let rev = i32::try_from(out.len()).map_err(|_| RevlogError::Truncated(index.len()))?;
        revs.insert(entry.node, rev);
        out.push(entry);
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_become_numbers() {
        let mut index = Vec::new();
        for (n, parent) in [(1u8, 0u8), (2, 1)] {
            index.extend_from_slice(&[0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 5]);
            index.extend_from_slice(&[parent; 20]);
            index.extend_from_slice(&[0; 20]);
            index.extend_from_slice(&[n; 20]);
        }
        let entries = decode(&index).expect("well formed");
        assert_eq!(entries.len(), 2);
        assert_eq!(entries[1].p1, UncheckedRevision(0));
        assert_eq!(entries[1].p2, UncheckedRevision(-1));
        assert_eq!(entries[1].linkrev, UncheckedRevision(5));
        assert_eq!(decode(&index[1..]), Err(RevlogError::Truncated(151)));
    }
}

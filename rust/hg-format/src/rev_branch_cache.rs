//! Branch of each changeset: `.hg/cache/rbc-names-v2` and `.hg/cache/rbc-revs-v2`.
//!
//! `rbc-names` holds branch names (UTF-8) separated by NUL, in order of first use. `rbc-revs` holds 8
//! bytes for each revision: the first 4 bytes of its node, then a big-endian u32 whose highest bit
//! says that the changeset closes its branch and whose other bits are the name's position. Eight zero
//! bytes: not known. Learned from files that upstream writes.

use hg_types::Node;

/// Size of a record in bytes.
pub const RECORD_LEN: usize = 8;

const CLOSE_BIT: u32 = 1 << 31;

/// One changeset's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevBranch {
    /// Position of the branch name.
    pub name: u32,
    /// Whether the changeset closes its branch.
    pub closes: bool,
}

/// Reads the record of `rev` if it is there and belongs to `node`.
#[must_use]
pub fn decode(revs: &[u8], rev: usize, node: &Node) -> Option<RevBranch> {
    let at = rev.checked_mul(RECORD_LEN)?;
    let record = revs.get(at..at.checked_add(RECORD_LEN)?)?;
    let (prefix, packed) = record.split_at(4);
    let packed = u32::from_be_bytes(packed.try_into().ok()?);
    let known = prefix == &node.0[..4] && record != [0; RECORD_LEN];
    known.then_some(RevBranch { name: packed & !CLOSE_BIT, closes: packed & CLOSE_BIT != 0 })
}

/// Appends a record.
pub fn encode(node: &Node, branch: RevBranch, out: &mut Vec<u8>) {
    out.extend_from_slice(&node.0[..4]);
    let packed = branch.name | if branch.closes { CLOSE_BIT } else { 0 };
    out.extend_from_slice(&packed.to_be_bytes());
}

/// The names, in order; none for an empty file.
#[must_use]
pub fn decode_names(names: &[u8]) -> Vec<Vec<u8>> {
    if names.is_empty() {
        return Vec::new();
    }
    names.split(|&b| b == 0).map(<[u8]>::to_vec).collect()
}

/// The text of the names' file.
#[must_use]
pub fn encode_names(names: &[Vec<u8>]) -> Vec<u8> {
    names.join(&0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_validation() {
        let node = Node([9; 20]);
        let branch = RevBranch { name: 3, closes: true };
        let mut revs = vec![0; RECORD_LEN];
        encode(&node, branch, &mut revs);
        assert_eq!(decode(&revs, 1, &node), Some(branch));
        assert_eq!(decode(&revs, 1, &Node([8; 20])), None, "another node's record");
        assert_eq!(decode(&revs, 0, &Node::NULL), None, "an empty record");
        assert_eq!(decode(&revs, 2, &node), None, "past the end");
        assert_eq!(decode(&revs, usize::MAX, &node), None);
    }

    #[test]
    fn names() {
        let names = vec![b"default".to_vec(), b"foo bar".to_vec()];
        assert_eq!(decode_names(&encode_names(&names)), names);
        assert!(decode_names(b"").is_empty());
    }
}

//! Tags: `.hgtags`, `.hg/localtags`, and the caches `tags2-FILTER` and `hgtagsfnodes1`.
//!
//! A line of `.hgtags` is a hexadecimal node, a space, a name in UTF-8. Later lines win; a null node
//! deletes. `tags2-FILTER` starts with a line of revision, node and (when revisions are filtered) a key,
//! then lines as in `.hgtags`. `hgtagsfnodes1` holds 24 bytes for each changeset: the first 4 bytes of
//! its node, then the file node of its `.hgtags` (null: none); 24 bytes of ones: not known.

use hg_types::Node;

/// One line of a tags file: what is named, and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagLine {
    /// The tagged changeset; null deletes the tag.
    pub node: Node,
    /// The name, trimmed, in UTF-8.
    pub name: Vec<u8>,
}

/// Why a line of a tags file is not used; upstream warns with these words and goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadLine {
    /// `cannot parse entry`.
    CannotParse,
    /// `node '...' is not well formed`.
    BadNode(Vec<u8>),
}

/// Reads the lines of a tags file, with 1-based line numbers; empty lines are skipped.
pub fn decode_lines(text: &[u8]) -> impl Iterator<Item = (usize, Result<TagLine, BadLine>)> + '_ {
    let lines = text.split(|&b| b == b'\n').enumerate();
    lines.filter(|(_, line)| !line.is_empty()).map(|(at, line)| (at + 1, decode_line(line)))
}

fn decode_line(line: &[u8]) -> Result<TagLine, BadLine> {
    let space = line.iter().position(|&b| b == b' ').ok_or(BadLine::CannotParse)?;
    let (hex, name) = (&line[..space], line[space + 1..].trim_ascii());
    let node = Node::from_hex(hex).ok_or_else(|| BadLine::BadNode(hex.to_vec()))?;
    Ok(TagLine { node, name: name.to_vec() })
}

/// Appends one line of a tags file.
pub fn encode_line(node: &Node, name: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&node.hex());
    out.push(b' ');
    out.extend_from_slice(name);
    out.push(b'\n');
}

/// What a `tags2-FILTER` cache is valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagsCacheKey {
    /// The newest visible revision.
    pub tip_rev: i32,
    /// Its node.
    pub tip: Node,
    /// Key of the filtered revisions, `None` when nothing is filtered.
    pub filtered: Option<Vec<u8>>,
}

/// Reads a `tags2-FILTER` cache: its key and the text of tag lines after it.
#[must_use]
pub fn decode_cache(bytes: &[u8]) -> Option<(TagsCacheKey, &[u8])> {
    let end = bytes.iter().position(|&b| b == b'\n')?;
    let mut words = bytes[..end].split(|&b| b == b' ');
    let tip_rev = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let tip = Node::from_hex(words.next()?)?;
    let filtered = words.next().map(<[u8]>::to_vec);
    Some((TagsCacheKey { tip_rev, tip, filtered }, &bytes[end + 1..]))
}

/// The first line of a `tags2-FILTER` cache.
#[must_use]
pub fn encode_cache_key(key: &TagsCacheKey) -> Vec<u8> {
    let mut out = format!("{} {}", key.tip_rev, key.tip).into_bytes();
    if let Some(filtered) = &key.filtered {
        out.push(b' ');
        out.extend_from_slice(filtered);
    }
    out.push(b'\n');
    out
}

/// Size of a record of `hgtagsfnodes1` in bytes.
pub const FNODE_RECORD_LEN: usize = 24;

/// What `hgtagsfnodes1` says about a changeset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FnodeRecord {
    /// Nothing.
    Missing,
    /// Something about another changeset.
    Stale,
    /// The file node of `.hgtags`.
    Known(Node),
}

/// Reads the record of the changeset `node` with number `rev`.
#[must_use]
pub fn fnode_record(cache: &[u8], rev: usize, node: &Node) -> FnodeRecord {
    let record = rev
        .checked_mul(FNODE_RECORD_LEN)
        .and_then(|at| cache.get(at..at.checked_add(FNODE_RECORD_LEN)?))
        .filter(|record| **record != [0xff; FNODE_RECORD_LEN]);
    let Some((prefix, fnode)) = record.and_then(|record| record.split_at_checked(4)) else {
        return FnodeRecord::Missing;
    };
    if *prefix != node.0[..4] {
        return FnodeRecord::Stale;
    }
    Node::from_slice(fnode).map_or(FnodeRecord::Missing, FnodeRecord::Known)
}

/// Reads the file node of `.hgtags` in the changeset `node` with number `rev`: `None` when not known.
#[must_use]
pub fn decode_fnode(cache: &[u8], rev: usize, node: &Node) -> Option<Node> {
    match fnode_record(cache, rev, node) {
        FnodeRecord::Known(fnode) if fnode.0 != [0xff; 20] => Some(fnode),
        _ => None,
    }
}

/// Puts the file node of `.hgtags` into the cache, growing it as needed.
pub fn set_fnode(cache: &mut Vec<u8>, rev: usize, node: &Node, fnode: &Node) {
    let at = rev * FNODE_RECORD_LEN;
    if cache.len() < at + FNODE_RECORD_LEN {
        cache.resize(at + FNODE_RECORD_LEN, 0xff);
    }
    cache[at..at + 4].copy_from_slice(&node.0[..4]);
    cache[at + 4..at + FNODE_RECORD_LEN].copy_from_slice(&fnode.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_their_faults() {
        let node = Node([0xab; 20]);
        let mut text = Vec::new();
        encode_line(&node, b"v1 final", &mut text);
        text.extend_from_slice(b"\nnospace\nzz name\n");
        let lines: Vec<_> = decode_lines(&text).collect();
        assert_eq!(lines[0], (1, Ok(TagLine { node, name: b"v1 final".to_vec() })));
        assert_eq!(lines[1], (3, Err(BadLine::CannotParse)));
        assert_eq!(lines[2], (4, Err(BadLine::BadNode(b"zz".to_vec()))));
    }

    #[test]
    fn cache_key_round_trip() {
        let key = TagsCacheKey { tip_rev: 7, tip: Node([3; 20]), filtered: None };
        let mut text = encode_cache_key(&key);
        text.extend_from_slice(b"rest");
        assert_eq!(decode_cache(&text), Some((key, &b"rest"[..])));
        assert_eq!(decode_cache(b"no newline"), None);
    }

    #[test]
    fn file_nodes() {
        let mut cache = Vec::new();
        set_fnode(&mut cache, 2, &Node([1; 20]), &Node::NULL);
        assert_eq!(decode_fnode(&cache, 2, &Node([1; 20])), Some(Node::NULL));
        assert_eq!(decode_fnode(&cache, 2, &Node([2; 20])), None);
        assert_eq!(decode_fnode(&cache, 1, &Node([0xff; 20])), None, "never written");
        assert_eq!(decode_fnode(&cache, 3, &Node([1; 20])), None);
        assert_eq!(fnode_record(&cache, 2, &Node([2; 20])), FnodeRecord::Stale);
        assert_eq!(fnode_record(&cache, 1, &Node([2; 20])), FnodeRecord::Missing);
    }
}

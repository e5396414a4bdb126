//! Branch heads cache: `.hg/cache/branch2-FILTER`.
//!
//! First line: hexadecimal node of the tip it was made for, its revision number, and, when revisions
//! were filtered, a key of the filtered ones. Then a line for each head: node, `o` (open) or `c`
//! (closed), branch name. Learned from files that upstream writes.

use hg_types::Node;

/// What the cache is valid for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchCacheKey {
    /// The newest visible changeset.
    pub tip: Node,
    /// Its revision number.
    pub tip_rev: i32,
    /// SHA-1 over the filtered revisions ([`crate::branch_cache`]), `None` when nothing is filtered.
    pub filtered: Option<Vec<u8>>,
}

/// One head of one branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BranchHead {
    /// The head.
    pub node: Node,
    /// Whether it closes its branch.
    pub closed: bool,
    /// The branch, in UTF-8.
    pub branch: Vec<u8>,
}

/// A cache that cannot be read; callers rebuild it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid branch cache, line {line}")]
pub struct Invalid {
    /// The line, from 1.
    pub line: usize,
}

/// Reads the first line only: enough to know whether the rest is worth reading.
#[must_use]
pub fn decode_key(bytes: &[u8]) -> Option<BranchCacheKey> {
    let line = bytes.split(|&b| b == b'\n').next()?;
    let mut words = line.split(|&b| b == b' ');
    let tip = Node::from_hex(words.next()?)?;
    let tip_rev = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let filtered = words.next().map(<[u8]>::to_vec);
    Some(BranchCacheKey { tip, tip_rev, filtered })
}

/// Reads the whole cache.
///
/// # Errors
///
/// When a line is not in the format; a cache is rebuilt then.
pub fn decode(bytes: &[u8]) -> Result<(BranchCacheKey, Vec<BranchHead>), Invalid> {
    let key = decode_key(bytes).ok_or(Invalid { line: 1 })?;
    let lines = bytes.split(|&b| b == b'\n').enumerate().skip(1);
    let heads = lines.filter(|(_, line)| !line.is_empty());
    let heads = heads.map(|(at, line)| head(line).ok_or(Invalid { line: at + 1 }));
    Ok((key, heads.collect::<Result<_, _>>()?))
}

fn head(line: &[u8]) -> Option<BranchHead> {
    let mut words = line.splitn(3, |&b| b == b' ');
    let node = Node::from_hex(words.next()?)?;
    let closed = match words.next()? {
        b"o" => false,
        b"c" => true,
        _ => return None,
    };
    Some(BranchHead { node, closed, branch: words.next()?.to_vec() })
}

/// Writes the cache; `heads` come sorted by branch, heads of a branch in revision order.
#[must_use]
pub fn encode<'a>(
    key: &BranchCacheKey,
    heads: impl IntoIterator<Item = &'a BranchHead>,
) -> Vec<u8> {
    let mut out = key.tip.hex();
    out.extend_from_slice(format!(" {}", key.tip_rev).as_bytes());
    if let Some(filtered) = &key.filtered {
        out.push(b' ');
        out.extend_from_slice(filtered);
    }
    out.push(b'\n');
    for head in heads {
        out.extend_from_slice(&head.node.hex());
        out.extend_from_slice(if head.closed { b" c " } else { b" o " });
        out.extend_from_slice(&head.branch);
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_with_strange_branch_names() {
        let key =
            BranchCacheKey { tip: Node([7; 20]), tip_rev: 12, filtered: Some(b"ab".to_vec()) };
        let head = |closed, branch: &[u8]| BranchHead {
            node: Node([1; 20]),
            closed,
            branch: branch.to_vec(),
        };
        let heads = vec![head(true, b"with spaces in"), head(false, b"default")];
        assert_eq!(decode(&encode(&key, &heads)), Ok((key, heads)));
    }

    #[test]
    fn anything_else_is_invalid() {
        assert_eq!(decode(b""), Err(Invalid { line: 1 }));
        let mut text = encode(&BranchCacheKey { tip: Node::NULL, tip_rev: 0, filtered: None }, []);
        text.extend_from_slice(b"nonsense\n");
        assert_eq!(decode(&text), Err(Invalid { line: 2 }));
    }
}

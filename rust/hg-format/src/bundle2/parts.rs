//! Payloads of the small parts: bookmarks, phase heads, heads, key lists, cached file nodes.

use hg_types::{NODE_LEN, Node, Phase};

use super::Error;

/// A bookmark in a payload; `None` as node says that there is none of that name.
pub type Bookmark = (Vec<u8>, Option<Node>);

/// Writes the payload of `bookmarks` and `check:bookmarks`.
pub fn encode_bookmarks(bookmarks: &[Bookmark]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    for (name, node) in bookmarks {
        let length = u16::try_from(name.len()).map_err(|_| Error::FieldTooLong)?;
        out.extend_from_slice(&node.unwrap_or(Node::WDIR).0);
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(name);
    }
    Ok(out)
}

/// Reads the payload of `bookmarks` and `check:bookmarks`.
pub fn decode_bookmarks(mut bytes: &[u8]) -> Result<Vec<Bookmark>, Error> {
    let bad = Error::Payload("bookmarks");
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let Some((head, rest)) = bytes.split_at_checked(NODE_LEN + 2) else {
            return Err(bad);
        };
        let node = Node::from_slice(&head[..NODE_LEN]).filter(|node| *node != Node::WDIR);
        let length = usize::from(u16::from_be_bytes([head[NODE_LEN], head[NODE_LEN + 1]]));
        let Some((name, rest)) = rest.split_at_checked(length) else {
            return Err(bad);
        };
        out.push((name.to_vec(), node));
        bytes = rest;
    }
    Ok(out)
}

/// Writes the payload of `phase-heads` and `check:phases`.
#[must_use]
pub fn encode_phase_heads(heads: &[(Phase, Node)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(heads.len() * (NODE_LEN + 4));
    for (phase, node) in heads {
        out.extend_from_slice(&i32::from(phase.number()).to_be_bytes());
        out.extend_from_slice(&node.0);
    }
    out
}

/// Reads the payload of `phase-heads` and `check:phases`.
pub fn decode_phase_heads(bytes: &[u8]) -> Result<Vec<(Phase, Node)>, Error> {
    let bad = || Error::Payload("phase-heads");
    let chunks = bytes.chunks_exact(NODE_LEN + 4);
    if !chunks.remainder().is_empty() {
        return Err(bad());
    }
    let entry = |chunk: &[u8]| {
        let number = u32::from_be_bytes([chunk[0], chunk[1], chunk[2], chunk[3]]);
        let phase = Phase::from_number(number.into())?;
        Some((phase, Node::from_slice(&chunk[4..])?))
    };
    chunks.map(|chunk| entry(chunk).ok_or_else(bad)).collect()
}

/// Writes node ids one after the other: `check:heads`, `check:updated-heads`.
#[must_use]
pub fn encode_nodes(nodes: &[Node]) -> Vec<u8> {
    nodes.iter().flat_map(|node| node.0).collect()
}

/// Reads node ids one after the other.
pub fn decode_nodes(bytes: &[u8]) -> Result<Vec<Node>, Error> {
    let chunks = bytes.chunks_exact(NODE_LEN);
    if !chunks.remainder().is_empty() {
        return Err(Error::Payload("nodes"));
    }
    Ok(chunks.filter_map(Node::from_slice).collect())
}

/// Reads the pairs of `hgtagsfnodes`: changeset, `.hgtags` file node. A trailing half is dropped.
#[must_use]
pub fn decode_node_pairs(bytes: &[u8]) -> Vec<(Node, Node)> {
    let pair = |chunk: &[u8]| {
        Some((Node::from_slice(&chunk[..NODE_LEN])?, Node::from_slice(&chunk[NODE_LEN..])?))
    };
    bytes.chunks_exact(2 * NODE_LEN).filter_map(pair).collect()
}

/// Writes a list of keys: `key TAB value`, one a line, without a last newline.
#[must_use]
pub fn encode_keys(keys: &[(Vec<u8>, Vec<u8>)]) -> Vec<u8> {
    let line = |(key, value): &(Vec<u8>, Vec<u8>)| [key.as_slice(), value.as_slice()].join(&b'\t');
    keys.iter().map(line).collect::<Vec<_>>().join(&b'\n')
}

/// Reads a list of keys.
pub fn decode_keys(bytes: &[u8]) -> Result<Vec<(Vec<u8>, Vec<u8>)>, Error> {
    let lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let entry = |line: &[u8]| {
        let tab = line.iter().position(|&b| b == b'\t').ok_or(Error::Payload("listkeys"))?;
        Ok((line[..tab].to_vec(), line[tab + 1..].to_vec()))
    };
    lines.map(entry).collect()
}

/// The heads and closed heads of one branch in a `cache:rev-branch-cache` part.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct BranchNodes {
    /// The branch.
    pub name: Vec<u8>,
    /// Its open changesets in the bundle.
    pub open: Vec<Node>,
    /// Its changesets in the bundle that close it.
    pub closed: Vec<Node>,
}

/// Writes the payload of `cache:rev-branch-cache`.
pub fn encode_branch_nodes(branches: &[BranchNodes]) -> Result<Vec<u8>, Error> {
    let number = |length: usize| u32::try_from(length).map_err(|_| Error::FieldTooLong);
    let mut out = Vec::new();
    for branch in branches {
        for length in [branch.name.len(), branch.open.len(), branch.closed.len()] {
            out.extend_from_slice(&number(length)?.to_be_bytes());
        }
        out.extend_from_slice(&branch.name);
        out.extend(encode_nodes(&branch.open));
        out.extend(encode_nodes(&branch.closed));
    }
    Ok(out)
}

/// Reads the payload of `cache:rev-branch-cache`.
pub fn decode_branch_nodes(mut bytes: &[u8]) -> Result<Vec<BranchNodes>, Error> {
    let bad = || Error::Payload("rev-branch-cache");
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let (head, rest) = bytes.split_at_checked(12).ok_or_else(bad)?;
        let number = |at: usize| {
            let field = [head[at], head[at + 1], head[at + 2], head[at + 3]];
            usize::try_from(u32::from_be_bytes(field)).map_err(|_| bad())
        };
        let (name_len, open, closed) = (number(0)?, number(4)?, number(8)?);
        let (name, rest) = rest.split_at_checked(name_len).ok_or_else(bad)?;
        let nodes = |count: usize| count.checked_mul(NODE_LEN).ok_or_else(bad);
        let (open, rest) = rest.split_at_checked(nodes(open)?).ok_or_else(bad)?;
        let (closed, rest) = rest.split_at_checked(nodes(closed)?).ok_or_else(bad)?;
        out.push(BranchNodes {
            name: name.to_vec(),
            open: decode_nodes(open)?,
            closed: decode_nodes(closed)?,
        });
        bytes = rest;
    }
    Ok(out)
}

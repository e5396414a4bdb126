//! The persistent node map: a docket `NAME.n` and a file of trie blocks `NAME-UID.nd`.
//!
//! The docket, big-endian:
//!
//! | offset | width | meaning |
//! | --- | --- | --- |
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | length of the uid |
//! | 2 | 8 | the last revision in the trie |
//! | 10 | 8 | length of the block file that counts |
//! | 18 | 8 | how much of that is superseded |
//! | 26 | 8 | length of the node id |
//! | 34 | | the uid, then the node id of the last revision |
//!
//! A block is sixteen 32-bit numbers, one for each value of a hexadecimal digit of a node id:
//! −1 for nothing, the number of the block for the next digit, or −2 − revision. The last block is
//! the root.

use hg_types::{Node, NodePrefix, Revision};
use thiserror::Error;

/// Length of a block in bytes.
pub const BLOCK_LEN: usize = 64;
const HEADER_LEN: usize = 34;
const VERSION: u8 = 1;

/// Why a node map cannot be used; it is a cache, so the answer is to do without.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum NodemapError {
    /// The docket is shorter than it says, or of another version.
    #[error("invalid node map docket")]
    Docket,
    /// The block file is no sequence of blocks.
    #[error("invalid node map data")]
    Data,
}

/// Which block file counts, and how far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Docket {
    /// Part of the block file's name.
    pub uid: Vec<u8>,
    /// The last revision in the trie.
    pub tip_rev: u64,
    /// Its node id.
    pub tip_node: Node,
    /// Length of the block file that counts.
    pub data_len: u64,
    /// How much of that is superseded.
    pub data_unused: u64,
}

impl Docket {
    /// Reads a docket.
    ///
    /// # Errors
    /// When it is too short or of another version.
    pub fn decode(bytes: &[u8]) -> Result<Self, NodemapError> {
        let header: &[u8; HEADER_LEN] = bytes.first_chunk().ok_or(NodemapError::Docket)?;
        let number = |at: usize| {
            let digits = header.iter().skip(at).take(8);
            digits.fold(0u64, |sum, &byte| sum << 8 | u64::from(byte))
        };
        let rest = &bytes[HEADER_LEN..];
        let (uid, node) = rest.split_at_checked(header[1].into()).ok_or(NodemapError::Docket)?;
        if header[0] != VERSION || number(26) != 20 || node.len() < 20 {
            return Err(NodemapError::Docket);
        }
        Ok(Self {
            uid: uid.to_vec(),
            tip_rev: number(2),
            data_len: number(10),
            data_unused: number(18),
            tip_node: Node::from_slice(&node[..20]).ok_or(NodemapError::Docket)?,
        })
    }

    /// The bytes of the docket.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION, u8::try_from(self.uid.len()).unwrap_or(u8::MAX)];
        for number in [self.tip_rev, self.data_len, self.data_unused, 20] {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&self.uid[..self.uid.len().min(255)]);
        out.extend_from_slice(self.tip_node.as_bytes());
        out
    }
}

/// What a slot of a block says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Slot {
    Free,
    Block(usize),
    Leaf(Revision),
}

fn slot(raw: i32) -> Slot {
    match raw {
        -1 => Slot::Free,
        raw => match usize::try_from(raw) {
            Ok(block) => Slot::Block(block),
            Err(_) => Slot::Leaf(Revision::new(-(raw + 2))),
        },
    }
}

type Block = [i32; 16];

const FREE: Block = [-1; 16];

/// The trie: blocks as stored, then blocks made since. Blocks are never changed where they are
/// stored; a changed one is made anew.
#[derive(Clone, Debug)]
pub struct Trie<D> {
    stored: D,
    stored_blocks: usize,
    made: Vec<Block>,
    root: Block,
    /// Stored blocks that were made anew; the stored root counts.
    superseded: usize,
}

/// What a look-up by prefix found; a leaf must still be compared with the prefix, since the trie
/// only holds the digits that tell the node ids in it apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Found {
    /// Nothing starts like this.
    Nothing,
    /// Only this revision may start like this.
    Leaf(Revision),
    /// Several revisions start like this.
    Several,
}

impl<D: AsRef<[u8]>> Trie<D> {
    /// Takes a block file, cut to the length that counts; empty for an empty trie.
    ///
    /// # Errors
    /// When it is no sequence of blocks.
    pub fn open(stored: D) -> Result<Self, NodemapError> {
        let len = stored.as_ref().len();
        if !len.is_multiple_of(BLOCK_LEN) {
            return Err(NodemapError::Data);
        }
        let stored_blocks = len / BLOCK_LEN;
        let mut trie = Self { stored, stored_blocks, made: Vec::new(), root: FREE, superseded: 0 };
        if let Some(last) = stored_blocks.checked_sub(1) {
            trie.root = trie.block(last).ok_or(NodemapError::Data)?;
            trie.superseded = 1;
        }
        Ok(trie)
    }

    /// The blocks as they were read.
    pub fn stored(&self) -> &D {
        &self.stored
    }

    fn block(&self, number: usize) -> Option<Block> {
        if number >= self.stored_blocks {
            return self.made.get(number - self.stored_blocks).copied();
        }
        let start = number * BLOCK_LEN;
        let bytes = self.stored.as_ref().get(start..start + BLOCK_LEN)?;
        let (numbers, _) = bytes.as_chunks::<4>();
        let mut block = FREE;
        for (slot, bytes) in block.iter_mut().zip(numbers) {
            *slot = i32::from_be_bytes(*bytes);
        }
        Some(block)
    }

    /// Looks a prefix up.
    #[must_use]
    pub fn find(&self, prefix: &NodePrefix) -> Found {
        let mut block = self.root;
        for at in 0..prefix.nibbles() {
            match slot(block[usize::from(prefix.nibble(at))]) {
                Slot::Free => return Found::Nothing,
                Slot::Leaf(rev) => return Found::Leaf(rev),
                Slot::Block(number) => match self.block(number) {
                    Some(next) => block = next,
                    None => return Found::Nothing,
                },
            }
        }
        Found::Several
    }

    /// Adds a revision; `node_of` gives the node ids of revisions that are in the trie.
    ///
    /// # Errors
    /// When the stored blocks cannot be right.
    pub fn insert(
        &mut self,
        rev: Revision,
        node: &Node,
        node_of: impl Fn(Revision) -> Node,
    ) -> Result<(), NodemapError> {
        let mut path = Vec::new();
        let mut block = self.root;
        let mut depth = 0;
        let leaf = -(rev.get() + 2);
        let changed = loop {
            let digit = nibble(node, depth).ok_or(NodemapError::Data)?;
            match slot(block[digit]) {
                Slot::Free => {
                    block[digit] = leaf;
                    break block;
                }
                Slot::Leaf(other) => {
                    let theirs = node_of(other);
                    block[digit] =
                        self.separate(depth + 1, (node, leaf), (&theirs, block[digit]))?;
                    break block;
                }
                Slot::Block(number) => {
                    path.push((block, digit, number));
                    block = self.block(number).ok_or(NodemapError::Data)?;
                    depth += 1;
                }
            }
        };
        self.replace(path, changed)
    }

    /// Puts a changed block into its parents, from the deepest up.
    fn replace(
        &mut self,
        path: Vec<(Block, usize, usize)>,
        mut changed: Block,
    ) -> Result<(), NodemapError> {
        for (mut parent, digit, number) in path.into_iter().rev() {
            if let Some(made) = number.checked_sub(self.stored_blocks) {
                *self.made.get_mut(made).ok_or(NodemapError::Data)? = changed;
                return Ok(());
            }
            self.superseded += 1;
            parent[digit] = self.push(changed)?;
            changed = parent;
        }
        self.root = changed;
        Ok(())
    }

    fn push(&mut self, block: Block) -> Result<i32, NodemapError> {
        self.made.push(block);
        i32::try_from(self.stored_blocks + self.made.len() - 1).map_err(|_| NodemapError::Data)
    }

    /// New blocks for two node ids that are the same up to `depth`.
    fn separate(
        &mut self,
        depth: usize,
        (a, leaf_a): (&Node, i32),
        (b, leaf_b): (&Node, i32),
    ) -> Result<i32, NodemapError> {
        let digit = |node, at| nibble(node, at).ok_or(NodemapError::Data);
        let mut shared = depth;
        while digit(a, shared)? == digit(b, shared)? {
            shared += 1;
        }
        let mut block = FREE;
        block[digit(a, shared)?] = leaf_a;
        block[digit(b, shared)?] = leaf_b;
        let mut number = self.push(block)?;
        for at in (depth..shared).rev() {
            let mut block = FREE;
            block[digit(a, at)?] = number;
            number = self.push(block)?;
        }
        Ok(number)
    }

    /// The blocks to append to the block file: those made since it was read, and the root.
    #[must_use]
    pub fn new_blocks(&self) -> Vec<u8> {
        let blocks = self.made.iter().chain([&self.root]);
        blocks.flatten().flat_map(|number| number.to_be_bytes()).collect()
    }

    /// How many bytes of the stored blocks are superseded by [`Trie::new_blocks`].
    #[must_use]
    pub fn superseded_len(&self) -> u64 {
        (self.superseded * BLOCK_LEN) as u64
    }
}

fn nibble(node: &Node, at: usize) -> Option<usize> {
    let byte = *node.0.get(at / 2)?;
    Some(usize::from(if at.is_multiple_of(2) { byte >> 4 } else { byte & 0xf }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn dockets_round_trip() {
        let docket = Docket {
            uid: b"f7bc55ce".to_vec(),
            tip_rev: 2,
            tip_node: Node([3; 20]),
            data_len: 64,
            data_unused: 0,
        };
        let bytes = docket.encode();
        assert_eq!(bytes.len(), 62);
        assert_eq!(Docket::decode(&bytes), Ok(docket));
        assert_eq!(Docket::decode(&bytes[..61]), Err(NodemapError::Docket));
    }

    proptest! {
        #[test]
        fn tries_find_what_was_put_in(
            nodes in proptest::collection::btree_set(any::<[u8; 3]>(), 1..90),
            cut in 0usize..90,
        ) {
            // Equal starts, so that the trie gets deep.
            let nodes: Vec<Node> = nodes
                .into_iter()
                .map(|[a, b, c]| { let mut n = [0; 20]; n[1] = a & 3; n[2] = b; n[19] = c; Node(n) })
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect();
            let node_of = |rev: Revision| nodes[rev.index().expect("real")];
            let mut trie = Trie::open(Vec::new()).expect("empty");
            let cut = cut.min(nodes.len());
            for (at, node) in nodes[..cut].iter().enumerate() {
                trie.insert(Revision::from_index(at), node, node_of).expect("sound");
            }
            let mut stored = trie.new_blocks();
            let mut trie = Trie::open(stored.clone()).expect("whole");
            for (at, node) in nodes.iter().enumerate().skip(cut) {
                trie.insert(Revision::from_index(at), node, node_of).expect("sound");
            }
            stored.extend(trie.new_blocks());
            prop_assert!(trie.superseded_len() <= stored.len() as u64);
            let trie = Trie::open(stored).expect("whole");
            for (at, node) in nodes.iter().enumerate() {
                let prefix = NodePrefix::from_hex(&node.hex()).expect("hex");
                prop_assert_eq!(trie.find(&prefix), Found::Leaf(Revision::from_index(at)));
            }
        }

        #[test]
        fn noise_never_panics(blocks: [[u8; 32]; 6], node: [u8; 20]) {
            let stored = blocks.concat();
            let mut trie = Trie::open(stored).expect("whole");
            let node = Node(node);
            let _ = trie.find(&NodePrefix::from_hex(&node.hex()).expect("hex"));
            let _ = trie.insert(Revision::new(5), &node, |_| Node::NULL);
        }
    }
}

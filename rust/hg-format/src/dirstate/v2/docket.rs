//! The docket: parents, tree metadata, and the name of the data file.

use hg_types::{NODE_LEN, Node};

use super::super::{Error, Result};

const MARKER: &[u8] = b"dirstate-v2\n";
const PARENT_FIELD: usize = 32;
const TREE_METADATA: usize = 76;
const TREE_METADATA_SIZE: usize = 44;
const DATA_SIZE: usize = TREE_METADATA + TREE_METADATA_SIZE;
const ID_LENGTH: usize = DATA_SIZE + 4;
const ID: usize = ID_LENGTH + 1;

/// Where the tree starts, and figures about it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TreeMetadata {
    /// Offset of the first root node.
    pub root_nodes: u32,
    /// Number of root nodes.
    pub root_count: u32,
    /// Number of nodes that have an entry.
    pub entries: u32,
    /// Number of nodes that have a copy source.
    pub copies: u32,
    /// Bytes of the data file that nothing points to any more, estimated.
    pub unreachable: u32,
    /// Digest of the ignore patterns of the status run that cached directory times; zeros when
    /// there is none.
    pub ignore_digest: [u8; 20],
}

/// The content of `.hg/dirstate`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Docket {
    /// Both parents.
    pub parents: [Node; 2],
    /// About the tree.
    pub tree: TreeMetadata,
    /// Used bytes of the data file.
    pub data_size: u32,
    /// What follows `dirstate.` in the name of the data file; empty for none.
    pub id: Vec<u8>,
}

impl Docket {
    /// Reads a docket; what follows the identifier is ignored.
    ///
    /// # Errors
    /// When it is too short or something else.
    pub fn decode(data: &[u8]) -> Result<Self> {
        if !data.starts_with(MARKER) {
            return Err(Error::Marker);
        }
        if data.len() < ID {
            return Err(Error::Truncated);
        }
        let parent = |at: usize| Node::from_slice(&data[at..at + NODE_LEN]).unwrap_or(Node::NULL);
        let number =
            |at: usize| u32::from_be_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        let mut ignore_digest = [0; 20];
        ignore_digest.copy_from_slice(&data[TREE_METADATA + 24..DATA_SIZE]);
        let id_length = usize::from(data[ID_LENGTH]);
        let id = data.get(ID..ID + id_length).ok_or(Error::Truncated)?;
        Ok(Self {
            parents: [parent(MARKER.len()), parent(MARKER.len() + PARENT_FIELD)],
            tree: TreeMetadata {
                root_nodes: number(TREE_METADATA),
                root_count: number(TREE_METADATA + 4),
                entries: number(TREE_METADATA + 8),
                copies: number(TREE_METADATA + 12),
                unreachable: number(TREE_METADATA + 16),
                ignore_digest,
            },
            data_size: number(DATA_SIZE),
            id: id.to_vec(),
        })
    }

    /// Writes a docket.
    ///
    /// # Errors
    /// When the identifier is longer than 255 bytes.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(ID + self.id.len());
        out.extend_from_slice(MARKER);
        for parent in &self.parents {
            out.extend_from_slice(parent.as_bytes());
            out.resize(out.len() + PARENT_FIELD - NODE_LEN, 0);
        }
        let tree = &self.tree;
        for number in
            [tree.root_nodes, tree.root_count, tree.entries, tree.copies, tree.unreachable, 0]
        {
            out.extend_from_slice(&number.to_be_bytes());
        }
        out.extend_from_slice(&tree.ignore_digest);
        out.extend_from_slice(&self.data_size.to_be_bytes());
        out.push(u8::try_from(self.id.len()).map_err(|_| Error::TooLarge)?);
        out.extend_from_slice(&self.id);
        Ok(out)
    }
}

//! The node map kept in files, so that no process has to build one
//! ([`hg_format::nodemap`] describes the files).
//!
//! It is a cache: one whose last revision is not what the index says is not used.

use std::hash::{BuildHasher as _, Hasher as _};

use hg_format::nodemap::{Docket, Found, NodemapError, Trie};
use hg_types::{Error, Node, NodePrefix, Result, Revision};
use hg_vfs::FileBytes;

use super::index::Index;
use super::{Revlog, RevlogFiles, RevlogName, RevlogTransaction};

/// One part in this many of the block file may be superseded before it is written anew.
const UNUSED_PART: u64 = 10;

/// A block file, cut to the length that counts.
#[derive(Clone, Debug)]
struct Blocks {
    bytes: FileBytes,
    len: usize,
}

impl AsRef<[u8]> for Blocks {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

/// A node map that was read from its files.
#[derive(Debug)]
pub(crate) struct StoredNodes {
    docket: Docket,
    trie: Trie<Blocks>,
    len: usize,
}

impl StoredNodes {
    /// Reads the node map of a revlog, if there is one that fits the index.
    pub(crate) fn load(
        files: &dyn RevlogFiles,
        name: &RevlogName,
        index: &Index,
    ) -> Result<Option<Self>> {
        let docket = files.try_map(&docket_file(name))?;
        let Some(Ok(docket)) = docket.map(|bytes| Docket::decode(&bytes)) else { return Ok(None) };
        let tip = usize::try_from(docket.tip_rev).unwrap_or(usize::MAX);
        if tip >= index.len() || index.node(tip) != docket.tip_node {
            return Ok(None);
        }
        let Some(bytes) = files.try_map(&block_file(name, &docket.uid))? else { return Ok(None) };
        let len = usize::try_from(docket.data_len).unwrap_or(usize::MAX);
        if len > bytes.len() {
            return Ok(None);
        }
        let trie = Trie::open(Blocks { bytes, len }).ok();
        Ok(trie.map(|trie| Self { docket, trie, len: tip + 1 }))
    }

    /// Number of revisions it knows.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn find(&self, index: &Index, node: &Node) -> Option<usize> {
        let prefix = NodePrefix::from_hex(&node.hex())?;
        match self.trie.find(&prefix) {
            Found::Leaf(rev) => rev.index().filter(|&at| at < self.len && index.node(at) == *node),
            Found::Nothing | Found::Several => None,
        }
    }

    /// The only revision it knows that starts with a prefix, if any; `None` when there are several.
    pub(crate) fn find_prefix(&self, index: &Index, prefix: &NodePrefix) -> Option<Option<usize>> {
        match self.trie.find(prefix) {
            Found::Nothing => Some(None),
            Found::Leaf(rev) => {
                let fits = |&at: &usize| at < self.len && prefix.matches(&index.node(at));
                Some(rev.index().filter(fits))
            }
            Found::Several => None,
        }
    }
}

fn docket_file(name: &RevlogName) -> Vec<u8> {
    [&name.radix[..], b".n"].concat()
}

fn block_file(name: &RevlogName, uid: &[u8]) -> Vec<u8> {
    [&name.radix[..], b"-", uid, b".nd"].concat()
}

/// Eight random hexadecimal digits.
pub(super) fn new_uid() -> Vec<u8> {
    let number = std::hash::RandomState::new().build_hasher().finish();
    format!("{:08x}", number & 0xffff_ffff).into_bytes()
}

/// What is to be written.
struct Update {
    docket: Docket,
    /// Where in the block file the new blocks go; zero for a new file.
    at: u64,
    blocks: Vec<u8>,
}

/// The files of a node map as they are.
#[derive(Clone, Debug)]
pub struct NodeMapFiles {
    /// What the docket says.
    pub docket: Docket,
    /// The blocks that count.
    pub blocks: Vec<u8>,
}

impl Revlog {
    /// The node map in the files, when it can be used with this revlog.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn stored_nodemap(&self) -> Result<Option<NodeMapFiles>> {
        let stored = StoredNodes::load(&*self.files, &self.name, &self.index)?;
        Ok(stored.map(|stored| NodeMapFiles {
            blocks: stored.trie.stored().as_ref().to_vec(),
            docket: stored.docket,
        }))
    }

    /// The blocks of a new node map of all revisions.
    ///
    /// # Errors
    /// When two revisions have the same node id.
    pub fn nodemap_blocks(&self) -> Result<Vec<u8>> {
        let mut trie = Trie::open(Vec::new()).map_err(|_| self.corrupted())?;
        self.insert_nodes(&mut trie, 0).map_err(|_| self.corrupted())?;
        Ok(trie.new_blocks())
    }

    /// Brings the stored node map up to date, for a revlog that has one and whose index file holds
    /// all revisions. Gives the name of a block file that is to be removed once the transaction is
    /// closed.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write_nodemap(&self, tr: &mut dyn RevlogTransaction) -> Result<Option<Vec<u8>>> {
        if !self.options.persistent_nodemap || self.header.inline || self.is_empty() {
            return Ok(None);
        }
        // Another process may have written since this revlog was opened.
        let stored = StoredNodes::load(&*self.files, &self.name, &self.index)?;
        if stored.as_ref().is_some_and(|stored| stored.len == self.len()) {
            return Ok(None);
        }
        let appended = stored.and_then(|stored| self.append_nodes(stored).transpose()).transpose();
        let broken = |source: NodemapError| {
            Error::storage([b"cannot write node map of ", &self.name.radix[..]].concat())
                .because(source)
        };
        let update = match appended {
            Ok(Some(update)) => update,
            Ok(None) | Err(NodemapError::Data | NodemapError::Docket) => {
                self.all_nodes().map_err(broken)?
            }
        };
        let old = self.files.try_map(&docket_file(&self.name))?;
        let old = old.and_then(|bytes| Docket::decode(&bytes).ok());
        let block_file = block_file(&self.name, &update.docket.uid);
        self.write_at(tr, &block_file, update.at, &update.blocks)?;
        tr.add_backup(&docket_file(&self.name))?;
        self.files.write_atomic(&docket_file(&self.name), &update.docket.encode())?;
        let old = old.filter(|old| old.uid != update.docket.uid);
        Ok(old.map(|old| self::block_file(&self.name, &old.uid)))
    }

    /// The blocks to append for the revisions that `stored` does not know; `None` when too much
    /// of the file would be superseded.
    fn append_nodes(&self, stored: StoredNodes) -> Result<Option<Update>, NodemapError> {
        let StoredNodes { docket, mut trie, len } = stored;
        self.insert_nodes(&mut trie, len)?;
        let blocks = trie.new_blocks();
        let data_len = docket.data_len + blocks.len() as u64;
        let data_unused = docket.data_unused + trie.superseded_len();
        if data_unused > data_len / UNUSED_PART {
            return Ok(None);
        }
        let at = docket.data_len;
        let docket = Docket { data_len, data_unused, ..self.docket(docket.uid) };
        Ok(Some(Update { docket, at, blocks }))
    }

    fn all_nodes(&self) -> Result<Update, NodemapError> {
        let mut trie = Trie::open(Vec::new())?;
        self.insert_nodes(&mut trie, 0)?;
        let blocks = trie.new_blocks();
        let docket = Docket { data_len: blocks.len() as u64, ..self.docket(new_uid()) };
        Ok(Update { docket, at: 0, blocks })
    }

    fn insert_nodes<D: AsRef<[u8]>>(
        &self,
        trie: &mut Trie<D>,
        from: usize,
    ) -> Result<(), NodemapError> {
        let node_of = |rev: Revision| self.node(rev);
        self.rev_range(from..self.len())
            .try_for_each(|rev| trie.insert(rev, &self.node(rev), node_of))
    }

    fn docket(&self, uid: Vec<u8>) -> Docket {
        let tip = self.tip();
        Docket {
            uid,
            tip_rev: tip.index().unwrap_or(0) as u64,
            tip_node: self.node(tip),
            data_len: 0,
            data_unused: 0,
        }
    }
}

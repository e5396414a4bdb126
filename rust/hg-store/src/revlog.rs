//! Revlogs: append-only collections of revisions of one text, stored as chains of deltas
//! (`hg help internals.revlogs`).
//!
//! A [`Revlog`] is a value that is cheap to clone: the files' content at the time it was opened,
//! shared, and what this process appended since. A writer clones it, appends through a
//! [`RevlogTransaction`], and puts the clone where readers find it.

mod bits;
mod cost;
mod data;
mod error;
mod files;
mod graph;
mod group;
mod index;
mod nodes;
mod persistent;
mod policy;
mod read;
mod side;
mod write;

use std::ops::Range;
use std::sync::{Arc, Mutex};

use hg_format::revlog::{Compression, Entry, Header, RevlogError};
use hg_types::{Error, Node, NodePrefix, Result, Revision};

use self::data::ChunkData;
use self::error::corrupted;
use self::index::Index;
use self::nodes::NodeMap;
use self::persistent::StoredNodes;
use self::side::Docketed;

pub use self::bits::RevBits;
pub use self::cost::{DeltaKind, SparseReading};
pub use self::error::no_node;
pub use self::files::{RevlogFiles, RevlogTransaction};
pub use self::graph::Ancestors;
pub use self::group::{GroupOutcome, IncomingRevision};
pub use self::nodes::PrefixMatch;
pub use self::persistent::NodeMapFiles;
pub use self::read::{FlagPolicy, Text, hash_text};
pub use self::side::DocketCut;
pub use self::write::NewRevision;

/// How new revisions are stored.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevlogOptions {
    /// How chunks are compressed.
    pub compression: Compression,
    /// New revlogs use general deltas (requirement `generaldelta`).
    pub general_delta: bool,
    /// Deltas may go through intermediate snapshots (requirement `sparserevlog`).
    pub sparse: bool,
    /// Longest delta chain (`format.maxchainlen`).
    pub max_chain_len: usize,
    /// Largest amount of chunk data in an inline revlog.
    pub max_inline: u64,
    /// New changelogs are of the second format (requirement `exp-changelog-v2`).
    pub changelog_v2: bool,
    /// What a running transaction of another process has written counts.
    pub pending: bool,
    /// A changelog: never inline, full texts only, index written when the transaction closes.
    pub changelog: bool,
    /// Deltas of an incoming group are stored as they are when the limits allow it
    /// (`storage.revlog.reuse-external-delta`).
    pub reuse_external_delta: bool,
    /// Keep the node map in files (requirement `persistent-nodemap`; changelog and manifest only).
    pub persistent_nodemap: bool,
}

impl Default for RevlogOptions {
    fn default() -> Self {
        Self {
            compression: Compression::default(),
            general_delta: true,
            sparse: true,
            max_chain_len: 1000,
            max_inline: 131_072,
            changelog_v2: false,
            pending: false,
            changelog: false,
            reuse_external_delta: true,
            persistent_nodemap: false,
        }
    }
}

/// What a revlog is called: in the store and in messages.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RevlogName {
    /// The files' common name without `.i` and `.d`, such as `data/dir/file`.
    pub radix: Vec<u8>,
    /// What messages call it, such as `dir/file` or `00manifest`.
    pub display: Vec<u8>,
}

impl RevlogName {
    /// A revlog that messages call what its files are called.
    pub fn new(radix: impl Into<Vec<u8>>) -> Self {
        let radix = radix.into();
        Self { display: radix.clone(), radix }
    }

    /// The name of the index file.
    #[must_use]
    pub fn index_file(&self) -> Vec<u8> {
        [&self.radix[..], b".i"].concat()
    }

    /// The name of the data file.
    #[must_use]
    pub fn data_file(&self) -> Vec<u8> {
        [&self.radix[..], b".d"].concat()
    }
}

/// Revisions of one text; cheap to clone.
#[derive(Clone, Debug)]
pub struct Revlog {
    name: Arc<RevlogName>,
    files: Arc<dyn RevlogFiles>,
    options: Arc<RevlogOptions>,
    header: Header,
    index: Index,
    data: ChunkData,
    nodes: NodeMap,
    cache: Arc<Mutex<Option<(Revision, Node, Text)>>>,
    /// Of changelogs of the second format.
    docketed: Option<Docketed>,
    /// Revisions before this one are in the files.
    written: usize,
}

impl Revlog {
    /// Opens a revlog; one whose index file is not there has no revisions.
    ///
    /// # Errors
    /// When the index cannot be read, is of an unknown format or damaged.
    pub fn open(
        files: Arc<dyn RevlogFiles>,
        name: RevlogName,
        options: Arc<RevlogOptions>,
    ) -> Result<Self> {
        let index_file = name.index_file();
        Self::open_index(files, name, options, &index_file)
    }

    /// Opens a revlog whose index is read from another file, such as the pending `00changelog.i.a`.
    ///
    /// # Errors
    /// When the index cannot be read, is of an unknown format or damaged.
    pub fn open_index(
        files: Arc<dyn RevlogFiles>,
        name: RevlogName,
        options: Arc<RevlogOptions>,
        index_file: &[u8],
    ) -> Result<Self> {
        let mut docketed = Docketed::open(&*files, index_file, &name, &options)?;
        let (header, index) = match read_index(&*files, index_file, &name, docketed.as_mut())? {
            Some(found) => found,
            None => {
                let general_delta = options.general_delta && !options.changelog;
                let inline = !options.changelog;
                (Header { version: 1, inline, general_delta }, Index::empty())
            }
        };
        let stored = if options.persistent_nodemap {
            StoredNodes::load(&*files, &name, &index)?
        } else {
            None
        };
        Ok(Self {
            data: ChunkData::new(index.data_end()),
            written: index.len(),
            name: Arc::new(name),
            files,
            options,
            header,
            index,
            nodes: NodeMap::with_stored(stored),
            docketed,
            cache: Arc::default(),
        })
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &RevlogName {
        &self.name
    }

    /// How it is stored.
    #[must_use]
    pub fn header(&self) -> Header {
        self.header
    }

    /// How new revisions are stored.
    #[must_use]
    pub fn options(&self) -> &RevlogOptions {
        &self.options
    }

    /// Number of revisions.
    #[must_use]
    pub fn len(&self) -> usize {
        self.index.len()
    }

    /// Whether there are no revisions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The last revision; null without revisions.
    #[must_use]
    pub fn tip(&self) -> Revision {
        self.len().checked_sub(1).map_or(Revision::NULL, Revision::from_index)
    }

    /// All revisions, first to last.
    pub fn revs(&self) -> impl DoubleEndedIterator<Item = Revision> + ExactSizeIterator + use<> {
        (0..self.len()).map(Revision::from_index)
    }

    /// Revisions of a range of positions; the part outside the revlog is left out.
    pub fn rev_range(&self, range: Range<usize>) -> impl DoubleEndedIterator<Item = Revision> {
        (range.start..range.end.min(self.len())).map(Revision::from_index)
    }

    /// Checks a number from outside against this revlog; `None` when it is neither null nor below
    /// the number of revisions.
    #[must_use]
    pub fn check_rev(&self, rev: i64) -> Option<Revision> {
        let number = i32::try_from(rev).ok()?;
        hg_types::UncheckedRevision(number).check(self.len())
    }

    /// The node id of a revision; the null id for null (and for what is not a revision here).
    #[must_use]
    pub fn node(&self, rev: Revision) -> Node {
        match rev.index() {
            Some(at) if !rev.is_wdir() => self.index.node(at),
            Some(_) => Node::WDIR,
            None => Node::NULL,
        }
    }

    /// The revision with a node id; null for the null id.
    #[must_use]
    pub fn find(&self, node: &Node) -> Option<Revision> {
        self.nodes.find(&self.index, node)
    }

    /// Whether there is a revision with this node id.
    #[must_use]
    pub fn has_node(&self, node: &Node) -> bool {
        self.find(node).is_some()
    }

    /// The revision with a node id.
    ///
    /// # Errors
    /// When there is none.
    pub fn rev(&self, node: &Node) -> Result<Revision> {
        self.find(node).ok_or_else(|| no_node(&self.name.display, node))
    }

    /// The only revision whose node id starts with a prefix, as far as `visible` lets see. The
    /// null id counts.
    pub fn find_prefix(
        &self,
        prefix: &NodePrefix,
        visible: impl Fn(Revision) -> bool,
    ) -> PrefixMatch {
        if prefix.nibbles() == 40 {
            return match self.find(&prefix.lowest()) {
                Some(rev) if rev.is_null() || visible(rev) => PrefixMatch::One(rev),
                _ => PrefixMatch::None,
            };
        }
        let mut out = match prefix.matches(&Node::NULL) {
            true => PrefixMatch::One(Revision::NULL),
            false => PrefixMatch::None,
        };
        self.nodes.each_match(&self.index, prefix, |rev| {
            if visible(rev) {
                out = match out {
                    PrefixMatch::None => PrefixMatch::One(rev),
                    _ => PrefixMatch::Many,
                };
            }
            out != PrefixMatch::Many
        });
        out
    }

    /// Number of digits that tell `node` from every other node id here (hidden ones included) and
    /// from the null id.
    #[must_use]
    pub fn shortest_prefix_len(&self, node: &Node) -> usize {
        (self.nodes.shared_digits(&self.index, node) + 1).min(40)
    }

    /// Both parents, null where there is none.
    #[must_use]
    pub fn parents(&self, rev: Revision) -> [Revision; 2] {
        rev.index().map_or([Revision::NULL; 2], |at| self.index.parents(at))
    }

    /// The node ids of both parents.
    #[must_use]
    pub fn parent_nodes(&self, rev: Revision) -> [Node; 2] {
        self.parents(rev).map(|parent| self.node(parent))
    }

    /// The whole index entry.
    ///
    /// # Errors
    /// When there is no such revision.
    pub fn entry(&self, rev: Revision) -> Result<Entry> {
        rev.index().and_then(|at| self.index.entry(at)).ok_or_else(|| self.no_revision(rev))
    }

    /// The changelog revision that introduced a revision. Unchecked: `-1` and numbers beyond the
    /// changelog occur in damaged repositories.
    #[must_use]
    pub fn linkrev(&self, rev: Revision) -> Revision {
        let entry = rev.index().and_then(|at| self.index.entry(at));
        entry.map_or(Revision::NULL, |entry| Revision::new(entry.linkrev.0.max(-1)))
    }

    /// Flags of a revision, such as [`hg_format::revlog::FLAG_CENSORED`].
    #[must_use]
    pub fn flags(&self, rev: Revision) -> u16 {
        rev.index().and_then(|at| self.index.entry(at)).map_or(0, |entry| entry.flags)
    }

    /// The names of its files.
    #[must_use]
    pub fn file_names(&self) -> Vec<Vec<u8>> {
        let mut out = vec![self.name.index_file()];
        if let Some(docketed) = &self.docketed {
            out.extend(docketed.file_names(&self.name));
            return out;
        }
        if !self.header.inline {
            out.push(self.name.data_file());
        }
        out
    }

    /// Where the chunk of the next revision starts: the sum of all chunks' lengths.
    #[must_use]
    pub fn data_end(&self) -> u64 {
        self.index.data_end()
    }

    fn no_revision(&self, rev: Revision) -> Error {
        let number = rev.to_string();
        let message = [&self.name.display[..], b"@", number.as_bytes(), b": no node"].concat();
        Error::new(hg_types::ErrorKind::UnknownRevision, message)
    }

    fn corrupted(&self) -> Error {
        corrupted(&self.name)
    }
}

/// Reads an index; `None` when there is none. Another process may be appending to it: what ends
/// in the middle of an entry is read again for as long as it changes.
fn read_index(
    files: &dyn RevlogFiles,
    file: &[u8],
    name: &RevlogName,
    docketed: Option<&mut Docketed>,
) -> Result<Option<(Header, Index)>> {
    if let Some(docketed) = docketed {
        return docketed.read_index(files, name).map(Some);
    }
    let mut seen = None;
    loop {
        let bytes = files.try_map(file)?.unwrap_or_default();
        if bytes.is_empty() {
            return Ok(None);
        }
        let read = || {
            let header = Header::decode(&bytes)?;
            Ok((header, Index::open(bytes.clone(), header)?))
        };
        match read() {
            Err(RevlogError::Truncated(_)) if seen != Some(bytes.len()) => {
                seen = Some(bytes.len());
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            other => return other.map(Some).map_err(|source| error::index_error(name, source)),
        }
    }
}

#[cfg(test)]
mod tests;

//! The tree of nodes in a data file, read in place.

use hg_types::HgPath;

use super::super::{Entry, Error, Metadata, Result, Timestamp};
use super::{NODE_SIZE, TreeMetadata, field, flag};

/// Components of a path, at most: what keeps hostile trees from exhausting the stack.
const MAX_DEPTH: usize = 2048;

/// A data file and where its tree starts.
#[derive(Clone, Copy, Debug)]
pub struct Tree<'a> {
    data: &'a [u8],
    metadata: TreeMetadata,
}

/// A run of sibling nodes, in order of their base names.
#[derive(Clone, Copy, Debug)]
pub struct Children<'a> {
    data: &'a [u8],
    nodes: &'a [u8],
    parent: &'a HgPath,
    depth: usize,
}

/// A node, whose references were checked to lie inside the data.
#[derive(Clone, Copy, Debug)]
pub struct NodeRef<'a> {
    data: &'a [u8],
    bytes: &'a [u8; NODE_SIZE],
    /// What says what is below: the same, but for twins.
    below: &'a [u8; NODE_SIZE],
    path: &'a HgPath,
    base_name: usize,
    depth: usize,
}

/// What is cached about a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DirectoryCache {
    /// When it was last changed.
    pub mtime: Timestamp,
    /// Whether the nodes below it name all its unknown files.
    pub all_unknown_recorded: bool,
    /// Whether the nodes below it name all its ignored files.
    pub all_ignored_recorded: bool,
}

impl<'a> Tree<'a> {
    /// The tree in `data`, the used part of a data file.
    #[must_use]
    pub fn new(data: &'a [u8], metadata: TreeMetadata) -> Self {
        Self { data, metadata }
    }

    /// Bytes of the data.
    pub(super) fn len(&self) -> usize {
        self.data.len()
    }

    /// The nodes at the root.
    ///
    /// # Errors
    /// When they lie outside of the data.
    pub fn root(&self) -> Result<Children<'a>> {
        let nodes = slice(self.data, self.metadata.root_nodes, self.metadata.root_count)?;
        Ok(Children { data: self.data, nodes, parent: HgPath::new(""), depth: 0 })
    }

    /// The node at `path`.
    ///
    /// # Errors
    /// When the tree is corrupt on the way there.
    pub fn node(&self, path: &HgPath) -> Result<Option<NodeRef<'a>>> {
        let mut children = self.root()?;
        let mut components = path.components().peekable();
        while let Some(name) = components.next() {
            let Some(node) = children.find(name)? else {
                return Ok(None);
            };
            if components.peek().is_none() {
                return Ok(Some(node));
            }
            children = node.children()?;
        }
        Ok(None)
    }
}

/// `count` nodes that start at `start`.
fn slice(data: &[u8], start: u32, count: u32) -> Result<&[u8]> {
    if count == 0 {
        return Ok(&[]);
    }
    let outside = || Error::Corrupt("nodes outside of the data");
    let start = usize::try_from(start).map_err(|_| outside())?;
    let count = usize::try_from(count).map_err(|_| outside())?;
    let length = count.checked_mul(NODE_SIZE).ok_or_else(outside)?;
    let end = start.checked_add(length).ok_or_else(outside)?;
    data.get(start..end).ok_or_else(outside)
}

impl<'a> Children<'a> {
    /// How many.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.nodes.len() / NODE_SIZE
    }

    /// Whether there is none.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node at `index`.
    ///
    /// # Errors
    /// When the node is corrupt, or there is none.
    #[inline]
    pub fn get(&self, index: usize) -> Result<NodeRef<'a>> {
        let bytes = self
            .nodes
            .get(index * NODE_SIZE..)
            .and_then(|rest| rest.first_chunk::<NODE_SIZE>())
            .ok_or(Error::Corrupt("node outside of its siblings"))?;
        NodeRef::new(self.data, bytes, self.parent, self.depth)
    }

    /// The node whose base name is `name`, by binary search.
    ///
    /// # Errors
    /// When a node on the way is corrupt.
    pub fn find(&self, name: &[u8]) -> Result<Option<NodeRef<'a>>> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let node = self.get(middle)?;
            match node.base_name().cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => {
                    let before = middle.checked_sub(1).map(|at| self.joined(node, at));
                    let node = before.transpose()?.unwrap_or(node);
                    return self.joined(node, middle + 1).map(Some);
                }
            }
        }
        Ok(None)
    }

    /// A node with its twin at `index`, if that is one: some writers have one node for a file that
    /// is no longer tracked and another for the directory that took its place.
    fn joined(&self, node: NodeRef<'a>, index: usize) -> Result<NodeRef<'a>> {
        let length = node.bytes[field::PATH_LENGTH..field::PATH_LENGTH + 2].as_ref();
        let at = index * NODE_SIZE + field::PATH_LENGTH;
        if self.nodes.get(at..at + 2) != Some(length) {
            return Ok(node);
        }
        let twin = self.get(index)?;
        if twin.path != node.path {
            return Ok(node);
        }
        match (node.entry().is_some(), twin.entry().is_some()) {
            (true, false) if node.children()?.is_empty() => Ok(Self::twins(node, twin)),
            (false, true) if twin.children()?.is_empty() => Ok(Self::twins(twin, node)),
            _ => Err(Error::Corrupt("two nodes of one name")),
        }
    }

    fn twins(file: NodeRef<'a>, directory: NodeRef<'a>) -> NodeRef<'a> {
        NodeRef { below: directory.bytes, ..file }
    }

    /// All nodes in order; an error when one is corrupt or out of order.
    #[must_use]
    pub fn iter(&self) -> Iter<'a> {
        Iter { children: *self, at: 0, ahead: None, last: b"" }
    }
}

/// Iterator over sibling nodes.
#[derive(Clone, Debug)]
pub struct Iter<'a> {
    children: Children<'a>,
    at: usize,
    /// The node at `at`, when it was looked at already and stands behind `last`.
    ahead: Option<NodeRef<'a>>,
    last: &'a [u8],
}

impl<'a> Iter<'a> {
    #[inline]
    fn advance(&mut self) -> Result<NodeRef<'a>> {
        let mut node = match self.ahead.take() {
            Some(node) => node,
            None => {
                let node = self.children.get(self.at)?;
                // Strict order also means that no node is met twice, however its pointers lie.
                // Names are never empty.
                if self.last >= node.base_name() {
                    return Err(Error::Corrupt("siblings out of order"));
                }
                node
            }
        };
        self.at += 1;
        // Each node is looked at once: comparing it with the next tells both their order and
        // whether they are twins. What is wrong with the next is told in its turn.
        if let Some(Ok(next)) = (self.at < self.children.len()).then(|| self.children.get(self.at))
        {
            match node.base_name().cmp(next.base_name()) {
                std::cmp::Ordering::Less => self.ahead = Some(next),
                std::cmp::Ordering::Equal => {
                    node = self.children.joined(node, self.at)?;
                    self.at += usize::from(node.is_twins());
                }
                std::cmp::Ordering::Greater => {}
            }
        }
        self.last = node.base_name();
        Ok(node)
    }
}

impl<'a> Iterator for Iter<'a> {
    type Item = Result<NodeRef<'a>>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.children.len() {
            return None;
        }
        let next = self.advance();
        if next.is_err() {
            self.at = usize::MAX;
        }
        Some(next)
    }
}

impl<'a> NodeRef<'a> {
    #[inline]
    fn new(
        data: &'a [u8],
        bytes: &'a [u8; NODE_SIZE],
        parent: &HgPath,
        depth: usize,
    ) -> Result<Self> {
        let path = text(data, bytes, field::PATH, field::PATH_LENGTH)?;
        let base_name = usize::from(short(bytes, field::BASE_NAME));
        let above = if parent.is_empty() { 0 } else { parent.len() + 1 };
        // Full paths must agree with the tree, or one node could stand at many places of it.
        let fits = base_name == above
            && base_name < path.len()
            && path.as_bytes().starts_with(parent.as_bytes())
            && (above == 0 || path.as_bytes()[above - 1] == b'/')
            && !holds_slash(&path.as_bytes()[above..]);
        if !fits {
            return Err(Error::Corrupt("path of a node contradicts its place"));
        }
        if depth >= MAX_DEPTH {
            return Err(Error::Corrupt("directories too deep"));
        }
        Ok(Self { data, bytes, below: bytes, path: HgPath::new(path), base_name, depth })
    }

    #[inline]
    fn is_twins(&self) -> bool {
        !std::ptr::eq(self.bytes, self.below)
    }

    /// The node as it stands in the file, twins as one.
    pub(super) fn raw(&self) -> [u8; NODE_SIZE] {
        let mut raw = *self.bytes;
        let below = field::CHILDREN..field::FLAGS;
        raw[below.clone()].copy_from_slice(&self.below[below]);
        raw
    }

    /// The path from the root.
    #[must_use]
    #[inline]
    pub fn path(&self) -> &'a HgPath {
        self.path
    }

    /// The last component of the path.
    #[must_use]
    #[inline]
    pub fn base_name(&self) -> &'a [u8] {
        &self.path.as_bytes()[self.base_name..]
    }

    /// What it is a copy of.
    ///
    /// # Errors
    /// When that lies outside of the data.
    pub fn copy_source(&self) -> Result<Option<&'a HgPath>> {
        if number(self.bytes, field::COPY_SOURCE) == 0 {
            return Ok(None);
        }
        text(self.data, self.bytes, field::COPY_SOURCE, field::COPY_SOURCE_LENGTH).map(Some)
    }

    /// The nodes below.
    ///
    /// # Errors
    /// When they lie outside of the data.
    pub fn children(&self) -> Result<Children<'a>> {
        let start = number(self.below, field::CHILDREN);
        let nodes = slice(self.data, start, number(self.below, field::CHILD_COUNT))?;
        Ok(Children { data: self.data, nodes, parent: self.path, depth: self.depth + 1 })
    }

    /// How many nodes below have an entry.
    #[must_use]
    pub fn descendants(&self) -> u32 {
        number(self.below, field::DESCENDANTS)
    }

    /// How many nodes below are tracked in the working directory.
    #[must_use]
    pub fn tracked_descendants(&self) -> u32 {
        number(self.below, field::TRACKED_DESCENDANTS)
    }

    /// The raw flags.
    #[must_use]
    #[inline]
    pub fn flags(&self) -> u16 {
        short(self.bytes, field::FLAGS)
    }

    #[inline]
    fn has(&self, flag: u16) -> bool {
        self.flags() & flag != 0
    }

    #[inline]
    fn mtime(&self) -> Option<Timestamp> {
        if !self.has(flag::HAS_MTIME) {
            return None;
        }
        let nanoseconds = number(self.bytes, field::MTIME_NANOSECONDS);
        if nanoseconds >= 1_000_000_000 {
            return None;
        }
        let seconds = number(self.bytes, field::MTIME_SECONDS);
        Some(Timestamp {
            second_ambiguous: self.has(flag::MTIME_SECOND_AMBIGUOUS),
            ..Timestamp::new(seconds.into(), nanoseconds)
        })
    }

    /// What is known about the file here; `None` when it is a mere directory.
    #[must_use]
    #[inline]
    pub fn entry(&self) -> Option<Entry> {
        let anywhere = flag::WDIR_TRACKED | flag::P1_TRACKED | flag::P2_INFO;
        if !self.has(anywhere) {
            return None;
        }
        let metadata = self.has(flag::HAS_MODE_AND_SIZE).then(|| Metadata {
            size: number(self.bytes, field::SIZE) & 0x7fff_ffff,
            executable: self.has(flag::MODE_EXEC_PERM),
            symlink: self.has(flag::MODE_IS_SYMLINK),
        });
        // A file that was found modified is compared again: the flag says nothing about content.
        let trusted = metadata.is_some() && !self.has(flag::EXPECTED_STATE_IS_MODIFIED);
        Some(Entry {
            tracked: self.has(flag::WDIR_TRACKED),
            p1_tracked: self.has(flag::P1_TRACKED),
            p2_info: self.has(flag::P2_INFO),
            metadata,
            mtime: self.mtime().filter(|_| trusted),
        })
    }

    /// What is known about the file here, when that is all that the node says.
    #[must_use]
    #[inline]
    pub fn mere_entry(&self) -> Option<Entry> {
        let alone = number(self.below, field::CHILD_COUNT) == 0
            && number(self.bytes, field::COPY_SOURCE) == 0;
        if alone { self.entry() } else { None }
    }

    /// Whether the node stands for a file that was on disk without being tracked.
    #[must_use]
    pub fn is_untracked_file(&self) -> bool {
        !self.has(flag::DIRECTORY)
            && self.entry().is_none()
            && number(self.below, field::CHILD_COUNT) == 0
    }

    /// What is cached about the directory here.
    #[must_use]
    pub fn directory_cache(&self) -> Option<DirectoryCache> {
        if !self.has(flag::DIRECTORY) || self.entry().is_some() {
            return None;
        }
        Some(DirectoryCache {
            mtime: self.mtime()?,
            all_unknown_recorded: self.has(flag::ALL_UNKNOWN_RECORDED),
            all_ignored_recorded: self.has(flag::ALL_IGNORED_RECORDED),
        })
    }
}

#[inline]
fn number(bytes: &[u8; NODE_SIZE], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[inline]
fn short(bytes: &[u8; NODE_SIZE], at: usize) -> u16 {
    u16::from_be_bytes([bytes[at], bytes[at + 1]])
}

/// The path whose place and length stand in a node.
#[inline]
fn text<'a>(
    data: &'a [u8],
    node: &[u8; NODE_SIZE],
    at: usize,
    length_at: usize,
) -> Result<&'a HgPath> {
    let outside = || Error::Corrupt("path outside of the data");
    let start = usize::try_from(number(node, at)).map_err(|_| outside())?;
    let end = start.checked_add(short(node, length_at).into()).ok_or_else(outside)?;
    data.get(start..end).map(HgPath::new).ok_or_else(outside)
}

/// Whether a name holds a slash: eight bytes at a time, since every name is asked about.
#[inline]
fn holds_slash(name: &[u8]) -> bool {
    const LOW: u64 = u64::from_ne_bytes([1; 8]);
    let Some(tail) = name.last_chunk::<8>() else {
        return name.contains(&b'/');
    };
    let in_word = |word: &[u8; 8]| {
        let differing = u64::from_ne_bytes(*word) ^ (LOW * b'/' as u64);
        differing.wrapping_sub(LOW) & !differing & (LOW << 7) != 0
    };
    name.as_chunks::<8>().0.iter().any(in_word) || in_word(tail)
}

#[cfg(test)]
mod tests {
    use super::holds_slash;

    #[test]
    fn slashes_are_found_wherever_they_are() {
        for length in 0..40 {
            let mut name = vec![b'.'; length];
            assert!(!holds_slash(&name));
            for at in 0..length {
                name[at] = b'/';
                assert!(holds_slash(&name), "at {at} of {length}");
                name[at] = [0, 1, b'0', 0x80, 0xaf, 0xff][at % 6];
                assert!(!holds_slash(&name));
            }
        }
    }
}

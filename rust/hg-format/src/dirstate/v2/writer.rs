//! Writing a whole tree.

use hg_types::HgPath;

use super::super::{Entry, Error, Result, Timestamp};
use super::{DirectoryCache, NODE_SIZE, TreeMetadata, field, flag};

/// A node to be written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item<'a> {
    /// The file, or a directory with a cache.
    pub path: &'a HgPath,
    /// What is known about the file.
    pub entry: Option<Entry>,
    /// What it is a copy of.
    pub copy_source: Option<&'a HgPath>,
    /// What is cached about the directory.
    pub directory: Option<DirectoryCache>,
}

/// Builds the data of a tree of `items`, which must be in order of their *components* (`a/b`
/// before `a.c`, as a walk meets them) and without duplicates.
///
/// # Errors
/// When the format cannot hold so much, or the order is wrong.
pub fn write_tree<'a>(items: impl Iterator<Item = Item<'a>>) -> Result<(Vec<u8>, TreeMetadata)> {
    let mut writer = TreeWriter::default();
    for item in items {
        writer.add(&item)?;
    }
    writer.finish()
}

/// A directory whose nodes are being collected.
#[derive(Default)]
struct Level<'a> {
    path: &'a [u8],
    nodes: Vec<u8>,
    last_name: Option<&'a [u8]>,
    descendants: u32,
    tracked: u32,
    /// The node of the directory itself, when there is something to say about it.
    own: Option<Item<'a>>,
}

/// A tree that is being written, item by item: see [`write_tree`].
pub struct TreeWriter<'a> {
    data: Vec<u8>,
    open: Vec<Level<'a>>,
    metadata: TreeMetadata,
}

/// What a finished level leaves to its node.
#[derive(Clone, Copy, Default)]
struct Below {
    start: u32,
    count: u32,
    descendants: u32,
    tracked: u32,
}

impl Default for TreeWriter<'_> {
    fn default() -> Self {
        Self { data: Vec::new(), open: vec![Level::default()], metadata: TreeMetadata::default() }
    }
}

impl<'a> TreeWriter<'a> {
    /// For data of about so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { data: Vec::with_capacity(bytes), ..Self::default() }
    }

    fn top(&mut self) -> &mut Level<'a> {
        self.open.last_mut().expect("the root stays open until the end")
    }

    /// Adds the next item.
    ///
    /// # Errors
    /// When the format cannot hold so much, or the order is wrong.
    pub fn add(&mut self, item: &Item<'a>) -> Result<()> {
        let path = item.path.as_bytes();
        if path.is_empty() {
            return Ok(());
        }
        while !below(path, self.top().path) {
            self.close()?;
        }
        // Every item opens a level, since only the next one tells whether something lies below.
        loop {
            let above = self.top().path.len();
            let from = if above == 0 { 0 } else { above + 1 };
            let rest = path.get(from..).filter(|rest| !rest.is_empty());
            let Some(rest) = rest else { break };
            let end = rest.iter().position(|&byte| byte == b'/').map_or(path.len(), |at| from + at);
            let name = &path[from..end];
            if name.is_empty() || self.top().last_name.is_some_and(|last| last >= name) {
                return Err(Error::Corrupt("entries out of order"));
            }
            self.top().last_name = Some(name);
            self.open.push(Level { path: &path[..end], ..Level::default() });
        }
        self.top().own = Some(*item);
        Ok(())
    }

    /// The data of the tree.
    ///
    /// # Errors
    /// When the format cannot hold so much.
    pub fn finish(mut self) -> Result<(Vec<u8>, TreeMetadata)> {
        while self.open.len() > 1 {
            self.close()?;
        }
        let root = self.open.pop().unwrap_or_default();
        let mut metadata = self.metadata;
        metadata.root_count = count(root.nodes.len() / NODE_SIZE)?;
        metadata.root_nodes = offset(self.data.len())?;
        self.data.extend_from_slice(&root.nodes);
        offset(self.data.len())?;
        Ok((self.data, metadata))
    }

    /// Finishes the innermost level and adds its node to the one above.
    fn close(&mut self) -> Result<()> {
        let level = self.open.pop().expect("only called below the root");
        let mut below =
            Below { descendants: level.descendants, tracked: level.tracked, ..Below::default() };
        let path_at = offset(self.data.len())?;
        self.data.extend_from_slice(level.path);
        let item = level.own.unwrap_or(Item {
            path: HgPath::new(level.path),
            entry: None,
            copy_source: None,
            directory: None,
        });
        let copy_at = offset(self.data.len())?;
        self.data.extend_from_slice(item.copy_source.map_or(b"", HgPath::as_bytes));
        if !level.nodes.is_empty() {
            below.start = offset(self.data.len())?;
            below.count = count(level.nodes.len() / NODE_SIZE)?;
            self.data.extend_from_slice(&level.nodes);
        }
        let entry = item.entry.filter(Entry::any_tracked);
        self.metadata.entries += u32::from(entry.is_some());
        self.metadata.copies += u32::from(item.copy_source.is_some());
        let node = node_bytes(&item, path_at, copy_at, below)?;
        let parent = self.top();
        parent.nodes.extend_from_slice(&node);
        parent.descendants += below.descendants + u32::from(entry.is_some());
        parent.tracked += below.tracked + u32::from(entry.is_some_and(|entry| entry.tracked));
        Ok(())
    }
}

/// Whether `path` lies strictly below the directory `above`.
fn below(path: &[u8], above: &[u8]) -> bool {
    above.is_empty()
        || path.strip_prefix(above).is_some_and(|rest| rest.len() > 1 && rest[0] == b'/')
}

fn node_bytes(item: &Item, path_at: u32, copy_at: u32, below: Below) -> Result<[u8; NODE_SIZE]> {
    let path = item.path.as_bytes();
    let base_name = path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
    let mut out = [0; NODE_SIZE];
    let mut put = |at: usize, number: u32| out[at..at + 4].copy_from_slice(&number.to_be_bytes());
    put(field::PATH, path_at);
    if item.copy_source.is_some() {
        put(field::COPY_SOURCE, copy_at);
    }
    put(field::CHILDREN, below.start);
    put(field::CHILD_COUNT, below.count);
    put(field::DESCENDANTS, below.descendants);
    put(field::TRACKED_DESCENDANTS, below.tracked);
    let (mut flags, mut size, mut mtime) = (0, 0, None);
    match (&item.entry.filter(Entry::any_tracked), &item.directory) {
        (Some(entry), _) => (flags, size, mtime) = entry_fields(entry),
        (None, Some(cache)) => {
            flags |= flag::DIRECTORY;
            flags |= if cache.all_unknown_recorded { flag::ALL_UNKNOWN_RECORDED } else { 0 };
            flags |= if cache.all_ignored_recorded { flag::ALL_IGNORED_RECORDED } else { 0 };
            mtime = Some(cache.mtime);
        }
        (None, None) if below.count > 0 => flags |= flag::DIRECTORY,
        (None, None) => {}
    }
    if let Some(mtime) = mtime {
        flags |= flag::HAS_MTIME;
        flags |= if mtime.second_ambiguous { flag::MTIME_SECOND_AMBIGUOUS } else { 0 };
    }
    let mtime = mtime.unwrap_or_default();
    put(field::SIZE, size);
    put(field::MTIME_SECONDS, mtime.seconds);
    put(field::MTIME_NANOSECONDS, mtime.nanoseconds);
    let mut put = |at: usize, number: u16| out[at..at + 2].copy_from_slice(&number.to_be_bytes());
    put(field::PATH_LENGTH, length(path)?);
    put(field::BASE_NAME, length(&path[..base_name])?);
    if let Some(source) = item.copy_source {
        put(field::COPY_SOURCE_LENGTH, length(source.as_bytes())?);
    }
    put(field::FLAGS, flags);
    Ok(out)
}

pub(super) fn entry_fields(entry: &Entry) -> (u16, u32, Option<Timestamp>) {
    let mut flags = 0;
    let mut set = |condition: bool, flag: u16| flags |= if condition { flag } else { 0 };
    set(entry.tracked, flag::WDIR_TRACKED);
    set(entry.p1_tracked, flag::P1_TRACKED);
    set(entry.p2_info, flag::P2_INFO);
    if let Some(metadata) = entry.metadata {
        set(true, flag::HAS_MODE_AND_SIZE);
        set(metadata.executable, flag::MODE_EXEC_PERM);
        set(metadata.symlink, flag::MODE_IS_SYMLINK);
    }
    (flags, entry.metadata.map_or(0, |metadata| metadata.size), entry.mtime)
}

pub(super) fn length(path: &[u8]) -> Result<u16> {
    u16::try_from(path.len()).map_err(|_| Error::TooLarge)
}

pub(super) fn offset(position: usize) -> Result<u32> {
    u32::try_from(position).map_err(|_| Error::TooLarge)
}

pub(super) fn count(number: usize) -> Result<u32> {
    u32::try_from(number).map_err(|_| Error::TooLarge)
}

//! Appending changes to a data file: what has not changed stays where it is.
//!
//! Nodes of one directory stand next to each other, so a change writes the nodes of its directory
//! and of all directories above it; everything else, paths included, is referred to.

use hg_types::HgPath;

use super::super::{Entry, Error, Result};
use super::tree::{Children, NodeRef, Tree};
use super::writer::{count, entry_fields, length, offset};
use super::{DirectoryCache, NODE_SIZE, TreeMetadata, field, flag};

/// Something to be changed in a tree.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change<'a> {
    /// The file or directory.
    pub path: &'a HgPath,
    /// What is to be known about it from now on.
    pub what: What<'a>,
}

/// What is to be known about a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What<'a> {
    /// Nothing.
    Forget,
    /// A file, and what it is a copy of.
    File(Entry, Option<&'a HgPath>),
    /// How a directory looked. What was known about untracked files in it is forgotten.
    Directory(DirectoryCache),
    /// A file that is not tracked.
    Untracked,
}

/// Bytes to be written at the end of the used part of a data file, and the tree that then starts
/// there. `changes` must be in order of components, without duplicates.
///
/// # Errors
/// When the tree is corrupt, the order is wrong, or the format cannot hold so much.
pub fn append_to_tree(
    tree: &Tree,
    metadata: &TreeMetadata,
    changes: &[Change],
) -> Result<(Vec<u8>, TreeMetadata)> {
    let mut appender =
        Appender { start: tree.len(), out: Vec::new(), metadata: *metadata, entries: 0, copies: 0 };
    let root = Old { children: Some(tree.root()?), listed: false };
    let root = appender.directory(root, b"", changes, 0)?;
    let Appender { out, mut metadata, entries, copies, .. } = appender;
    metadata.root_nodes = root.start;
    metadata.root_count = root.count;
    metadata.entries = adjusted(metadata.entries, entries)?;
    metadata.copies = adjusted(metadata.copies, copies)?;
    offset(tree.len().saturating_add(out.len()))?;
    Ok((out, metadata))
}

fn adjusted(number: u32, by: i64) -> Result<u32> {
    u32::try_from(i64::from(number) + by).map_err(|_| Error::Corrupt("figures of the tree"))
}

/// A node as it stands in a file.
type Raw = [u8; NODE_SIZE];

struct Appender {
    /// Where in the file `out` will stand.
    start: usize,
    out: Vec<u8>,
    metadata: TreeMetadata,
    /// Entries gained or lost.
    entries: i64,
    copies: i64,
}

/// A directory that is being written, and what came of it.
#[derive(Default)]
struct Below {
    nodes: Vec<u8>,
    start: u32,
    count: u32,
    descendants: u32,
    tracked: u32,
    /// Whether it has lost a name: that of a file that may be unknown from now on.
    lost: bool,
}

/// A directory before it is changed.
struct Old<'a> {
    children: Option<Children<'a>>,
    /// It was listed anew: untracked files that were not seen are gone.
    listed: bool,
}

/// Directories deeper than this are refused, as by readers.
const MAX_DEPTH: usize = 2048;

impl Appender {
    /// Writes the nodes of the directory `path`, changed ones and others.
    fn directory(
        &mut self,
        old: Old,
        path: &[u8],
        changes: &[Change],
        depth: usize,
    ) -> Result<Below> {
        let Old { children: old, listed } = old;
        if depth >= MAX_DEPTH {
            return Err(Error::Corrupt("directories too deep"));
        }
        let prefix = if path.is_empty() { 0 } else { path.len() + 1 };
        let size = old.as_ref().map_or(0, Children::len);
        let nodes = Vec::with_capacity((size + 1) * NODE_SIZE);
        let mut below = Below { nodes, ..Below::default() };
        let mut rest = changes;
        for node in old.iter().flat_map(Children::iter) {
            let node = node?;
            let name = node.base_name();
            while let Some(next) = rest.first()
                && component(next, prefix)? < name
            {
                let here = take(&mut rest, prefix)?;
                self.child(None, here, prefix, depth, &mut below)?;
            }
            let changed = match rest.first() {
                Some(change) => component(change, prefix)? == name,
                None => false,
            };
            if changed {
                let here = take(&mut rest, prefix)?;
                self.child(Some(node), here, prefix, depth, &mut below)?;
            } else if !(listed && node.is_untracked_file()) {
                add_node(&node.raw(), &mut below);
            }
        }
        while !rest.is_empty() {
            let here = take(&mut rest, prefix)?;
            self.child(None, here, prefix, depth, &mut below)?;
        }
        self.metadata.unreachable =
            self.metadata.unreachable.saturating_add(count(size * NODE_SIZE)?);
        below.start = self.position()?;
        below.count = count(below.nodes.len() / NODE_SIZE)?;
        self.out.append(&mut below.nodes);
        Ok(below)
    }

    fn position(&self) -> Result<u32> {
        offset(self.start.saturating_add(self.out.len()))
    }

    /// Writes one child with its changes: its own, then those below it.
    fn child(
        &mut self,
        old: Option<NodeRef>,
        changes: &[Change],
        prefix: usize,
        depth: usize,
        level: &mut Below,
    ) -> Result<()> {
        let Some(first) = changes.first() else { return Ok(()) };
        let path = &first.path.as_bytes()[..prefix + component(first, prefix)?.len()];
        let (own, below) = match first.path.len() == path.len() {
            true => (Some(first.what), &changes[1..]),
            false => (None, changes),
        };
        let mut raw = match old {
            Some(node) => node.raw(),
            None => self.new_node(path)?,
        };
        let mut lost = false;
        let children = old.map(|node| node.children()).transpose()?;
        let listed = matches!(own, Some(What::Directory(_)));
        if !below.is_empty() || listed && has_untracked_files(children)? {
            let written = self.directory(Old { children, listed }, path, below, depth + 1)?;
            lost = written.lost;
            put(&mut raw, field::CHILDREN, if written.count > 0 { written.start } else { 0 });
            put(&mut raw, field::CHILD_COUNT, written.count);
            put(&mut raw, field::DESCENDANTS, written.descendants);
            put(&mut raw, field::TRACKED_DESCENDANTS, written.tracked);
            if !has_entry(&raw) && short(&raw, field::FLAGS) & flag::DIRECTORY == 0 {
                // What was an untracked file is a directory now.
                set_cache(&mut raw, None);
            }
        }
        match own {
            None => {}
            Some(What::Forget) => self.set_file(&mut raw, None, None)?,
            Some(What::File(entry, source)) => self.set_file(&mut raw, Some(entry), source)?,
            Some(What::Directory(cache)) if old.is_some() && !has_entry(&raw) => {
                set_cache(&mut raw, Some(cache));
            }
            Some(What::Untracked) if !has_entry(&raw) && number(&raw, field::CHILD_COUNT) == 0 => {
                set_cache(&mut raw, None);
                put_short(&mut raw, field::FLAGS, 0);
                add_node(&raw, level);
                return Ok(());
            }
            Some(What::Directory(_) | What::Untracked) => {}
        }
        if lost && !has_entry(&raw) {
            set_cache(&mut raw, None);
        }
        if !has_entry(&raw) && number(&raw, field::CHILD_COUNT) == 0 {
            level.lost |= old.is_some();
            return Ok(());
        }
        add_node(&raw, level);
        Ok(())
    }

    fn new_node(&mut self, path: &[u8]) -> Result<Raw> {
        let mut raw = [0; NODE_SIZE];
        put(&mut raw, field::PATH, self.position()?);
        self.out.extend_from_slice(path);
        put_short(&mut raw, field::PATH_LENGTH, length(path)?);
        let base_name = path.iter().rposition(|&byte| byte == b'/').map_or(0, |slash| slash + 1);
        put_short(&mut raw, field::BASE_NAME, length(&path[..base_name])?);
        put_short(&mut raw, field::FLAGS, flag::DIRECTORY);
        Ok(raw)
    }

    /// Notes what is known about a file; what is below a directory of this name is left alone.
    fn set_file(
        &mut self,
        raw: &mut Raw,
        entry: Option<Entry>,
        source: Option<&HgPath>,
    ) -> Result<()> {
        let entry = entry.filter(Entry::any_tracked);
        self.entries += i64::from(entry.is_some()) - i64::from(has_entry(raw));
        let source = source.filter(|_| entry.is_some());
        let had_source = number(raw, field::COPY_SOURCE) != 0;
        self.copies += i64::from(source.is_some()) - i64::from(had_source);
        match source {
            Some(source) => {
                put(raw, field::COPY_SOURCE, self.position()?);
                put_short(raw, field::COPY_SOURCE_LENGTH, length(source.as_bytes())?);
                self.out.extend_from_slice(source.as_bytes());
            }
            None => {
                put(raw, field::COPY_SOURCE, 0);
                put_short(raw, field::COPY_SOURCE_LENGTH, 0);
            }
        }
        match entry {
            Some(entry) => {
                let (mut flags, size, mtime) = entry_fields(&entry);
                if let Some(mtime) = mtime {
                    flags |= flag::HAS_MTIME;
                    flags |= if mtime.second_ambiguous { flag::MTIME_SECOND_AMBIGUOUS } else { 0 };
                }
                let mtime = mtime.unwrap_or_default();
                put_short(raw, field::FLAGS, flags);
                put(raw, field::SIZE, size);
                put(raw, field::MTIME_SECONDS, mtime.seconds);
                put(raw, field::MTIME_NANOSECONDS, mtime.nanoseconds);
            }
            None => {
                put(raw, field::SIZE, 0);
                set_cache(raw, None);
            }
        }
        Ok(())
    }
}

/// Whether nodes of untracked files are among `children`.
fn has_untracked_files(children: Option<Children>) -> Result<bool> {
    for node in children.iter().flat_map(Children::iter) {
        if node?.is_untracked_file() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The changes at the front that share their next component.
fn take<'c, 'p>(rest: &mut &'c [Change<'p>], prefix: usize) -> Result<&'c [Change<'p>]> {
    let Some(first) = rest.first() else { return Ok(&[]) };
    let name = component(first, prefix)?;
    let mut end = 1;
    while let Some(change) = rest.get(end) {
        if component(change, prefix)? != name {
            break;
        }
        end += 1;
    }
    let (here, after) = rest.split_at(end);
    *rest = after;
    Ok(here)
}

/// The component of a change's path that starts at `prefix`.
fn component<'a>(change: &Change<'a>, prefix: usize) -> Result<&'a [u8]> {
    let rest = change.path.as_bytes().get(prefix..).filter(|rest| !rest.is_empty());
    let rest = rest.ok_or(Error::Corrupt("changes out of order"))?;
    let end = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
    Ok(&rest[..end])
}

fn add_node(raw: &Raw, level: &mut Below) {
    let tracked = short(raw, field::FLAGS) & flag::WDIR_TRACKED != 0;
    // Figures of a damaged file can be anything.
    let descendants = number(raw, field::DESCENDANTS).saturating_add(has_entry(raw).into());
    let tracked = number(raw, field::TRACKED_DESCENDANTS).saturating_add(tracked.into());
    level.descendants = level.descendants.saturating_add(descendants);
    level.tracked = level.tracked.saturating_add(tracked);
    level.nodes.extend_from_slice(raw);
}

fn has_entry(raw: &Raw) -> bool {
    short(raw, field::FLAGS) & (flag::WDIR_TRACKED | flag::P1_TRACKED | flag::P2_INFO) != 0
}

/// Makes a node that of a mere directory, with or without cache.
fn set_cache(raw: &mut Raw, cache: Option<DirectoryCache>) {
    let mut flags = flag::DIRECTORY;
    let mut mtime = super::super::Timestamp::default();
    if let Some(cache) = cache {
        mtime = cache.mtime;
        flags |= flag::HAS_MTIME;
        flags |= if mtime.second_ambiguous { flag::MTIME_SECOND_AMBIGUOUS } else { 0 };
        flags |= if cache.all_unknown_recorded { flag::ALL_UNKNOWN_RECORDED } else { 0 };
        flags |= if cache.all_ignored_recorded { flag::ALL_IGNORED_RECORDED } else { 0 };
    }
    put_short(raw, field::FLAGS, flags);
    put(raw, field::MTIME_SECONDS, mtime.seconds);
    put(raw, field::MTIME_NANOSECONDS, mtime.nanoseconds);
}

fn put(raw: &mut Raw, at: usize, number: u32) {
    raw[at..at + 4].copy_from_slice(&number.to_be_bytes());
}

fn put_short(raw: &mut Raw, at: usize, number: u16) {
    raw[at..at + 2].copy_from_slice(&number.to_be_bytes());
}

fn number(raw: &Raw, at: usize) -> u32 {
    u32::from_be_bytes([raw[at], raw[at + 1], raw[at + 2], raw[at + 3]])
}

fn short(raw: &Raw, at: usize) -> u16 {
    u16::from_be_bytes([raw[at], raw[at + 1]])
}

//! The entries that were read: a sorted list or a mapped tree, with one interface for walks.

use std::ops::Range;

use bstr::ByteSlice as _;
use hg_format::dirstate::v2::{self, Children, DirectoryCache, NodeRef, Tree, TreeMetadata};
use hg_format::dirstate::{self, Entry};
use hg_types::{HgPath, Result};
use hg_vfs::FileBytes;

use super::Item;
use super::flat::{Flat, damaged};

/// The entries that were read.
pub(crate) enum Base {
    /// A sorted list.
    Flat(Flat),
    /// A tree of version 2, read in place.
    Tree(MappedTree),
}

/// A data file of version 2.
pub(crate) struct MappedTree {
    pub(crate) data: FileBytes,
    pub(crate) used: usize,
    pub(crate) metadata: TreeMetadata,
    /// What follows `dirstate.` in the name of the file.
    pub(crate) id: Vec<u8>,
}

impl MappedTree {
    pub(crate) fn tree(&self) -> Tree<'_> {
        Tree::new(&self.data[..self.used.min(self.data.len())], self.metadata)
    }
}

/// A directory of the dirstate, for walks.
#[derive(Clone)]
pub(crate) enum Directory<'a> {
    /// A range of a sorted list, and the length of the directory's path with its slash.
    Flat(&'a Flat, Range<usize>, usize),
    /// Nodes of a tree.
    Tree(Children<'a>),
    /// Nothing of it is tracked.
    Empty,
}

/// A name in a directory of the dirstate.
pub(crate) struct Child<'a> {
    /// The name.
    pub(crate) name: &'a [u8],
    /// The whole path.
    pub(crate) path: &'a HgPath,
    /// What is known about the file of this name.
    pub(crate) entry: Option<Entry>,
    /// Whether that file is a copy.
    pub(crate) copied: bool,
    /// The directory of this name; empty when nothing below is tracked.
    pub(crate) below: Directory<'a>,
    /// What is cached about the directory of this name.
    pub(crate) cache: Option<DirectoryCache>,
    /// A file that was seen without being tracked.
    pub(crate) untracked: bool,
}

impl Base {
    pub(crate) fn get(&self, path: &HgPath) -> Result<Option<Item<'_>>> {
        match self {
            Self::Flat(flat) => Ok(flat.find(path).map(|index| flat.item(index))),
            Self::Tree(mapped) => {
                let node = mapped.tree().node(path).map_err(damaged)?;
                node.map_or(Ok(None), |node| item_of(&node))
            }
        }
    }

    pub(crate) fn for_each<'a>(
        &'a self,
        visit: &mut dyn FnMut(Item<'a>) -> Result<()>,
    ) -> Result<()> {
        match self {
            Self::Flat(flat) => (0..flat.len()).try_for_each(|index| visit(flat.item(index))),
            Self::Tree(mapped) => each_node(mapped.tree().root().map_err(damaged)?, visit),
        }
    }

    pub(crate) fn any_below(
        &self,
        directory: &HgPath,
        accepts: &dyn Fn(Item) -> bool,
    ) -> Result<bool> {
        match self {
            Self::Flat(flat) => Ok(flat.below(directory).any(|index| accepts(flat.item(index)))),
            Self::Tree(mapped) => {
                let children = if directory.is_empty() {
                    mapped.tree().root().map_err(damaged)?
                } else {
                    match mapped.tree().node(directory).map_err(damaged)? {
                        Some(node) => node.children().map_err(damaged)?,
                        None => return Ok(false),
                    }
                };
                any_node(children, accepts)
            }
        }
    }

    /// How many entries there are; an estimate when the file is damaged.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Flat(flat) => flat.len(),
            Self::Tree(mapped) => usize::try_from(mapped.metadata.entries).unwrap_or(usize::MAX),
        }
    }

    /// Whether anything may be a copy.
    pub(crate) fn has_copies(&self) -> bool {
        match self {
            Self::Flat(flat) => flat.has_copies(),
            Self::Tree(mapped) => mapped.metadata.copies > 0,
        }
    }

    /// The root directory.
    pub(crate) fn root(&self) -> Result<Directory<'_>> {
        Ok(match self {
            Self::Flat(flat) => Directory::Flat(flat, 0..flat.len(), 0),
            Self::Tree(mapped) => Directory::Tree(mapped.tree().root().map_err(damaged)?),
        })
    }

    /// The directory of a path.
    pub(crate) fn directory(&self, path: &HgPath) -> Result<Directory<'_>> {
        Ok(match self {
            Self::Flat(flat) => Directory::Flat(flat, flat.below(path), path.len() + 1),
            Self::Tree(mapped) => match mapped.tree().node(path).map_err(damaged)? {
                Some(node) => Directory::Tree(node.children().map_err(damaged)?),
                None => Directory::Empty,
            },
        })
    }

    /// The digest of ignore patterns that goes with cached directories.
    pub(crate) fn ignore_digest(&self) -> [u8; 20] {
        match self {
            Self::Flat(_) => [0; 20],
            Self::Tree(mapped) => mapped.metadata.ignore_digest,
        }
    }
}

fn item_of<'a>(node: &NodeRef<'a>) -> Result<Option<Item<'a>>> {
    let Some(entry) = node.entry() else { return Ok(None) };
    let copy_source = node.copy_source().map_err(damaged)?;
    Ok(Some(Item { path: node.path(), entry, copy_source }))
}

fn each_node<'a>(
    children: Children<'a>,
    visit: &mut dyn FnMut(Item<'a>) -> Result<()>,
) -> Result<()> {
    for node in children.iter() {
        let node = node.map_err(damaged)?;
        if let Some(item) = item_of(&node)? {
            visit(item)?;
        }
        each_node(node.children().map_err(damaged)?, visit)?;
    }
    Ok(())
}

fn any_node(children: Children, accepts: &dyn Fn(Item) -> bool) -> Result<bool> {
    for node in children.iter() {
        let node = node.map_err(damaged)?;
        if item_of(&node)?.is_some_and(accepts) {
            return Ok(true);
        }
        if node.descendants() > 0 && any_node(node.children().map_err(damaged)?, accepts)? {
            return Ok(true);
        }
    }
    Ok(false)
}

impl<'a> Directory<'a> {
    /// Whether nothing in it is known.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Flat(_, range, _) => range.is_empty(),
            Self::Tree(children) => children.is_empty(),
            Self::Empty => true,
        }
    }

    /// The names in it, in order.
    pub(crate) fn children(&self) -> Siblings<'a> {
        match self {
            Self::Flat(flat, range, prefix) => {
                Siblings::Flat { flat, at: range.start, end: range.end, prefix: *prefix }
            }
            Self::Tree(children) => Siblings::Tree(children.iter()),
            Self::Empty => Siblings::Empty,
        }
    }
}

/// Iterator over the names in a directory.
pub(crate) enum Siblings<'a> {
    Flat { flat: &'a Flat, at: usize, end: usize, prefix: usize },
    Tree(v2::Iter<'a>),
    Empty,
}

impl<'a> Iterator for Siblings<'a> {
    type Item = Result<Child<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Flat { flat, at, end, prefix } => {
                (*at < *end).then(|| Ok(flat_child(flat, at, *end, *prefix)))
            }
            Self::Tree(nodes) => {
                Some(nodes.next()?.and_then(|node| Child::of_node(&node)).map_err(damaged))
            }
            Self::Empty => None,
        }
    }
}

impl<'a> Child<'a> {
    /// What a node of a tree says.
    pub(crate) fn of_node(node: &NodeRef<'a>) -> Result<Self, dirstate::Error> {
        Ok(Self {
            name: node.base_name(),
            path: node.path(),
            entry: node.entry(),
            copied: node.copy_source()?.is_some(),
            below: Directory::Tree(node.children()?),
            cache: node.directory_cache(),
            untracked: node.is_untracked_file(),
        })
    }
}

/// The name at `at`, which moves behind it and everything below.
fn flat_child<'a>(flat: &'a Flat, at: &mut usize, end: usize, prefix: usize) -> Child<'a> {
    let path = flat.path(*at).as_bytes();
    let rest = path.get(prefix..).unwrap_or_default();
    let slash = rest.find_byte(b'/');
    let name = &rest[..slash.unwrap_or(rest.len())];
    let mut child = Child {
        name,
        path: HgPath::new(&path[..prefix + name.len()]),
        entry: None,
        copied: false,
        below: Directory::Empty,
        cache: None,
        untracked: false,
    };
    if slash.is_none() {
        let item = flat.item(*at);
        child.entry = Some(item.entry);
        child.copied = item.copy_source.is_some();
        *at += 1;
    }
    // Below a file, too: one was replaced by the other.
    if *at < end && flat.is_below(*at, child.path) {
        let below = flat.end_of(*at..end, child.path).max(*at + 1);
        child.below = Directory::Flat(flat, *at..below, prefix + name.len() + 1);
        *at = below;
    }
    child
}

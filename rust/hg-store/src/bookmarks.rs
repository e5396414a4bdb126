//! Bookmarks: names that move with the changesets committed on top of them.
//!
//! `bookmarks` (in `.hg`, or in the store with the requirement `bookmarksinstore`) has the names,
//! `bookmarks.current` in `.hg` the active one.

mod moving;

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_format::bookmarks;
use hg_format::requirements::name;
use hg_types::{Node, Result};
use hg_vfs::Vfs;

use crate::Repo;
use crate::transaction::{Location, Stage, Transaction};

/// The name of the file.
const FILE: &str = "bookmarks";
/// The name of the file with the active bookmark, in `.hg`.
pub(crate) const ACTIVE_FILE: &str = "bookmarks.current";

/// All bookmarks.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Bookmarks {
    marks: BTreeMap<Vec<u8>, Node>,
    by_node: BTreeMap<Node, Vec<Vec<u8>>>,
    active: Option<Vec<u8>>,
}

impl Bookmarks {
    fn new(marks: BTreeMap<Vec<u8>, Node>, active: Option<Vec<u8>>) -> Self {
        let mut by_node: BTreeMap<Node, Vec<Vec<u8>>> = BTreeMap::new();
        for (name, node) in &marks {
            by_node.entry(*node).or_default().push(name.clone());
        }
        let active = active.filter(|name| marks.contains_key(name));
        Self { marks, by_node, active }
    }

    /// Where a bookmark is.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<Node> {
        self.marks.get(name).copied()
    }

    /// Names and places, by name.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], Node)> {
        self.marks.iter().map(|(name, node)| (&name[..], *node))
    }

    /// The number of bookmarks.
    #[must_use]
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.marks.is_empty()
    }

    /// The names at a changeset, sorted.
    #[must_use]
    pub fn names_of(&self, node: &Node) -> &[Vec<u8>] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }

    /// The active bookmark.
    #[must_use]
    pub fn active(&self) -> Option<&[u8]> {
        self.active.as_deref()
    }

    /// Expands `.` to the active bookmark.
    #[must_use]
    pub fn expand<'a>(&'a self, name: &'a [u8]) -> Option<&'a [u8]> {
        if name == b"." { self.active() } else { Some(name) }
    }
}

impl Repo {
    /// All bookmarks, with the changes of the running transaction.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn bookmarks(&self) -> Result<Arc<Bookmarks>> {
        self.bookmarks_part().get(|| self.bookmarks_key(), || self.load_bookmarks())
    }

    /// The directory of the file with the bookmarks.
    pub(crate) fn bookmarks_vfs(&self) -> &Vfs {
        if self.requires(name::BOOKMARKS_IN_STORE) {
            self.store_vfs().raw()
        } else if self.shares_bookmarks() {
            self.shared_vfs()
        } else {
            self.vfs()
        }
    }

    fn load_bookmarks(&self) -> Result<Bookmarks> {
        let vfs = self.bookmarks_vfs();
        let pending = if self.sees_pending() { vfs.try_read("bookmarks.pending")? } else { None };
        let text = match pending {
            Some(text) => text,
            None => vfs.try_read(FILE)?.unwrap_or_default(),
        };
        let (mut marks, bad) = bookmarks::decode(&text);
        for line in bad {
            let shown = hg_types::quoted(&line);
            self.reporter()
                .warn(&[b"malformed line in .hg/bookmarks: ", &shown[..], b"\n"].concat());
        }
        let changelog = self.changelog()?;
        marks.retain(|_, node| changelog.has_node(node));
        let active = self.vfs().try_read(ACTIVE_FILE)?.unwrap_or_default();
        let active = active.split(|&b| b == b'\n').next().unwrap_or_default();
        Ok(Bookmarks::new(marks, (!active.is_empty()).then(|| active.to_vec())))
    }

    /// Moves, makes (`Some`) and deletes (`None`) bookmarks.
    ///
    /// # Errors
    /// When bookmarks cannot be read, or the transaction is over.
    pub fn change_bookmarks(
        &self,
        tr: &Transaction,
        changes: &[(Vec<u8>, Option<Node>)],
    ) -> Result<()> {
        let old = self.bookmarks()?;
        let mut marks = old.marks.clone();
        for (name, node) in changes {
            let before = match node {
                Some(node) => marks.insert(name.clone(), *node),
                None => marks.remove(name),
            };
            tr.changes(|noted| noted.move_bookmark(name, before, *node))?;
        }
        let new = Bookmarks::new(marks, old.active.clone());
        self.bookmarks_part().put(Arc::new(new), self.bookmarks_key());
        tr.set_hook_arg("bookmark_moved", "1")?;
        let location =
            if self.requires(name::BOOKMARKS_IN_STORE) { Location::Store } else { Location::Hg };
        let text = |repo: &Self| Ok(bookmarks::encode(&repo.bookmarks()?.marks));
        tr.add_file(location, FILE, Stage::AfterFinalize, text)?;
        if location == Location::Hg && self.shares_bookmarks() {
            // The file that counts is in the source's `.hg`, where the journal cannot reach.
            tr.add_post_close("share-bookmarks", move |tr| {
                let repo = tr.repo();
                Ok(repo.shared_vfs().write_atomic_checked(FILE, &text(repo)?)?)
            })?;
        }
        Ok(())
    }

    /// Makes a bookmark the active one, or none. Hold the working directory's lock.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_active_bookmark(&self, active: Option<&[u8]>) -> Result<()> {
        let old = self.bookmarks()?;
        if old.active() == active {
            return Ok(());
        }
        match active {
            Some(name) => self.vfs().write_atomic_checked(ACTIVE_FILE, name)?,
            None => {
                self.vfs().try_remove(ACTIVE_FILE)?;
            }
        }
        let new = Bookmarks { active: active.map(<[u8]>::to_vec), ..(*old).clone() };
        self.bookmarks_part().put(Arc::new(new), self.bookmarks_key());
        Ok(())
    }
}

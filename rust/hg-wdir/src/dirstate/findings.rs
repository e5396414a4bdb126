//! What a status found out about files that nobody changed, to be written over what was read.

use std::collections::HashSet;

use hg_format::dirstate::v2::DirectoryCache;
use hg_format::dirstate::{Entry, Metadata, Timestamp};
use hg_types::{HgPath, HgPathBuf, Result};

use super::{Dirstate, Item, compare_by_components};

/// What version 2 keeps beside entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Cached {
    /// How a directory looked when all that is in it was known.
    Directory(DirectoryCache),
    /// A file in such a directory that is not tracked.
    Untracked,
}

/// What a status found. There may be as many files as the dirstate has, so their paths are its own.
#[derive(Default)]
pub(crate) struct Findings<'a> {
    /// Files that are as in the first parent, and how they look; in order of components.
    clean: Vec<(&'a HgPath, Metadata, Option<Timestamp>)>,
    /// Directories that need not be listed again, and the untracked files in them; in order of
    /// components.
    caches: Vec<(HgPathBuf, Cached)>,
    /// The digest of what was ignored when the directories were listed.
    ignore_digest: Option<[u8; 20]>,
}

impl<'a> Findings<'a> {
    /// These files are clean.
    pub(crate) fn new(mut clean: Vec<(&'a HgPath, Metadata, Option<Timestamp>)>) -> Self {
        clean.sort_unstable_by(|a, b| compare_by_components(a.0, b.0));
        Self { clean, ..Self::default() }
    }

    /// Adds directories; those of `untracked` that lie in one of them are all untracked files that
    /// it has. `digest` is that of what is ignored.
    pub(crate) fn add_directories(
        &mut self,
        digest: [u8; 20],
        directories: Vec<(HgPathBuf, DirectoryCache)>,
        untracked: &[HgPathBuf],
    ) {
        let noted: HashSet<&HgPath> = directories.iter().map(|(path, _)| &**path).collect();
        let inside = |path: &&HgPathBuf| path.parent().is_some_and(|above| noted.contains(above));
        let files = untracked.iter().filter(inside).map(|path| (path.clone(), Cached::Untracked));
        let mut caches: Vec<_> = files.collect();
        caches
            .extend(directories.into_iter().map(|(path, cache)| (path, Cached::Directory(cache))));
        caches.sort_unstable_by(|a, b| compare_by_components(&a.0, &b.0));
        self.caches = caches;
        self.ignore_digest = Some(digest);
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.clean.is_empty() && self.caches.is_empty()
    }

    /// The clean files with their entries.
    pub(super) fn clean(&self) -> impl ExactSizeIterator<Item = (&'a HgPath, Entry)> {
        self.clean.iter().map(|&(path, metadata, mtime)| (path, Entry::clean(metadata, mtime)))
    }

    /// Directories and untracked files.
    pub(super) fn caches(&self) -> &[(HgPathBuf, Cached)] {
        &self.caches
    }

    /// The digest to be written.
    pub(super) fn digest_or(&self, read: [u8; 20]) -> [u8; 20] {
        self.ignore_digest.unwrap_or(read)
    }
}

impl Dirstate {
    /// [`Dirstate::for_each`], with what was found about the files.
    pub(super) fn for_each_found<'a>(
        &'a self,
        found: &Findings<'a>,
        visit: &mut dyn FnMut(Item<'a>) -> Result<()>,
    ) -> Result<()> {
        let mut clean = found.clean().peekable();
        self.for_each(&mut |item| match clean.next_if(|(path, _)| *path == item.path) {
            Some((_, entry)) => visit(Item { entry, copy_source: None, ..item }),
            None => visit(item),
        })
    }
}

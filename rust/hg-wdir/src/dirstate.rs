//! The dirstate in memory: what was read, and what has changed since.
//!
//! What was read stays as it is (mapped, for version 2 not even parsed); changes lie over it until
//! they are written.

mod base;
mod data_file;
mod file;
mod findings;
mod flat;
mod order;
mod saved;

use std::collections::BTreeMap;

use hg_format::dirstate::{Entry, Metadata, Timestamp};
use hg_types::{Error, HgPath, HgPathBuf, Node, Result};
use hg_vfs::{FileStat, Vfs};

pub(crate) use base::{Base, Child, Directory};
pub use data_file::DataUpdate;
pub(crate) use file::Written;
pub use file::{random_hex, remove_tracked_hint, write_tracked_hint};
pub(crate) use findings::{Cached, Findings};
pub(crate) use flat::{Flat, damaged};
pub use order::compare_by_components;
pub use saved::SavedDirstate;

/// A file's entry and what it is a copy of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Record {
    /// What is known about the file.
    pub entry: Entry,
    /// What it is a copy of.
    pub copy_source: Option<HgPathBuf>,
}

/// The same, borrowed, with its path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item<'a> {
    /// The file.
    pub path: &'a HgPath,
    /// What is known about it.
    pub entry: Entry,
    /// What it is a copy of.
    pub copy_source: Option<&'a HgPath>,
}

/// What the changed parents and working directory have to say about a file; see
/// [`Dirstate::update_file`].
#[derive(Clone, Copy, Default, Debug)]
pub struct FileUpdate {
    /// Whether the working directory tracks it.
    pub tracked: bool,
    /// Whether the first parent has it.
    pub p1_tracked: bool,
    /// Whether the second parent or a merge has a say in it.
    pub p2_info: bool,
    /// Whether its content must be compared by the next status, whatever it looks like.
    pub possibly_dirty: bool,
    /// How it looked when it was written.
    pub clean: Option<(Metadata, Option<Timestamp>)>,
}

/// How the file of a dirstate is found and written.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Whether version 2 is in use.
    pub v2: bool,
    /// Whether `.hg/dirstate-tracked-hint` is kept.
    pub tracked_hint: bool,
    /// Whether to read what a running transaction has written for hooks, if anything.
    pub pending: bool,
    /// How data files of version 2 are written.
    pub update: DataUpdate,
}

/// The dirstate of a working directory.
pub struct Dirstate {
    vfs: Vfs,
    format: Format,
    parents: [Node; 2],
    base: Base,
    changes: BTreeMap<HgPathBuf, Option<Record>>,
    /// Everything as a list, when there are changes and a walk has asked.
    merged: Option<Base>,
    parents_changed: bool,
    tracked_changed: bool,
    identity: Option<FileStat>,
    ignore_digest: [u8; 20],
    /// The data file that the running transaction will put in place.
    pending_data: Option<Vec<u8>>,
}

impl Dirstate {
    /// The parents of the working directory; the second is null outside of a merge.
    #[must_use]
    pub fn parents(&self) -> [Node; 2] {
        self.parents
    }

    /// The first parent.
    #[must_use]
    pub fn p1(&self) -> Node {
        self.parents[0]
    }

    /// The second parent; null outside of a merge.
    #[must_use]
    pub fn p2(&self) -> Node {
        self.parents[1]
    }

    /// Whether there are two parents.
    #[must_use]
    pub fn in_merge(&self) -> bool {
        !self.parents[1].is_null()
    }

    /// Whether anything is to be written.
    #[must_use]
    pub fn is_dirty(&self) -> bool {
        self.parents_changed || !self.changes.is_empty()
    }

    /// What is known about `path`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn get(&self, path: &HgPath) -> Result<Option<Entry>> {
        if let Some(change) = self.changes.get(path) {
            return Ok(change.as_ref().map(|record| record.entry));
        }
        Ok(self.base.get(path)?.map(|item| item.entry))
    }

    /// What is known about `path`, with its copy source.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn record(&self, path: &HgPath) -> Result<Option<Record>> {
        if let Some(change) = self.changes.get(path) {
            return Ok(change.clone());
        }
        Ok(self.base.get(path)?.map(|item| Record {
            entry: item.entry,
            copy_source: item.copy_source.map(HgPath::to_owned),
        }))
    }

    /// Whether the working directory tracks `path`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn is_tracked(&self, path: &HgPath) -> Result<bool> {
        Ok(self.get(path)?.is_some_and(|entry| entry.tracked))
    }

    /// What `path` is a copy of.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn copy_source(&self, path: &HgPath) -> Result<Option<HgPathBuf>> {
        Ok(self.record(path)?.and_then(|record| record.copy_source))
    }

    /// Calls `visit` for every entry in order of components (`a/b` before `a.c`).
    ///
    /// # Errors
    /// When the dirstate is damaged, or `visit` fails.
    pub fn for_each<'a>(&'a self, visit: &mut dyn FnMut(Item<'a>) -> Result<()>) -> Result<()> {
        let mut changes: Vec<(&HgPathBuf, &Option<Record>)> = self.changes.iter().collect();
        changes.sort_unstable_by(|a, b| compare_by_components(a.0, b.0));
        let mut changes = changes.into_iter().peekable();
        let emit = |path: &'a HgPath,
                    change: &'a Option<Record>,
                    visit: &mut dyn FnMut(Item<'a>) -> Result<()>| {
            let Some(record) = change else { return Ok(()) };
            let copy_source = record.copy_source.as_deref();
            visit(Item { path, entry: record.entry, copy_source })
        };
        self.base.for_each(&mut |item| {
            while let Some((path, change)) =
                changes.next_if(|(path, _)| compare_by_components(path, item.path).is_lt())
            {
                emit(path, change, visit)?;
            }
            match changes.next_if(|(path, _)| ***path == *item.path) {
                Some((path, change)) => emit(path, change, visit),
                None => visit(item),
            }
        })?;
        changes.try_for_each(|(path, change)| emit(path, change, visit))
    }

    /// All entries, in order of their bytes as users expect lists to be.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn entries(&self) -> Result<Vec<(HgPathBuf, Entry)>> {
        let mut out = Vec::new();
        self.for_each(&mut |item| {
            out.push((item.path.to_owned(), item.entry));
            Ok(())
        })?;
        out.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        Ok(out)
    }

    /// The directories and untracked files of a tree of version 2, with what is cached about them;
    /// none for version 1.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn directories(&self) -> Result<Vec<(HgPathBuf, Option<Timestamp>)>> {
        let mut out = Vec::new();
        if let Base::Tree(_) = &self.base {
            collect_directories(&self.base.root()?, &mut out)?;
        }
        Ok(out)
    }

    /// All copies: destination and source, in order of the destination.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn copies(&self) -> Result<Vec<(HgPathBuf, HgPathBuf)>> {
        let mut out = Vec::new();
        if self.base.has_copies() {
            self.for_each(&mut |item| {
                out.extend(
                    item.copy_source.map(|source| (item.path.to_owned(), source.to_owned())),
                );
                Ok(())
            })?;
        } else {
            let sources = self.changes.iter().filter_map(|(path, record)| {
                Some((path.clone(), record.as_ref()?.copy_source.clone()?))
            });
            out.extend(sources);
        }
        out.sort_unstable();
        Ok(out)
    }

    /// Whether a tracked file lies below `directory`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn has_tracked_below(&self, directory: &HgPath) -> Result<bool> {
        self.any_below(directory, |entry| entry.tracked)
    }

    /// Whether any entry lies below `directory`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn has_below(&self, directory: &HgPath) -> Result<bool> {
        self.any_below(directory, |_| true)
    }

    fn any_below(&self, directory: &HgPath, accepts: fn(&Entry) -> bool) -> Result<bool> {
        // Paths below a directory stand together, behind the directory with its slash.
        let mut start = directory.as_bytes().to_vec();
        if !start.is_empty() {
            start.push(b'/');
        }
        let start = HgPathBuf::from_vec(start);
        let below = self.changes.range(start.clone()..);
        let below = below.take_while(|(path, _)| path.as_bytes().starts_with(start.as_bytes()));
        for (_, change) in below {
            if change.as_ref().is_some_and(|record| accepts(&record.entry)) {
                return Ok(true);
            }
        }
        self.base.any_below(directory, &|item| {
            accepts(&item.entry) && !self.changes.contains_key(item.path)
        })
    }

    fn put(&mut self, path: &HgPath, record: Option<Record>, was_tracked: bool) {
        let tracked = record.as_ref().is_some_and(|record| record.entry.tracked);
        self.tracked_changed |= tracked != was_tracked;
        let record = record.filter(|record| record.entry.any_tracked());
        self.changes.insert(path.to_owned(), record);
        self.merged = None;
    }

    /// Starts tracking `path`; says whether it was not tracked before.
    ///
    /// # Errors
    /// When the name cannot be tracked, clashes with another, or the dirstate is damaged.
    pub fn set_tracked(&mut self, path: &HgPath) -> Result<bool> {
        let old = self.record(path)?;
        match old {
            Some(Record { entry, .. }) if entry.tracked => Ok(false),
            Some(mut record) => {
                self.check_new_name(path)?;
                record.entry = Entry { tracked: true, ..record.entry.without_metadata() };
                self.put(path, Some(record), false);
                Ok(true)
            }
            None => {
                self.check_new_name(path)?;
                self.put(path, Some(Record { entry: Entry::added(), copy_source: None }), false);
                Ok(true)
            }
        }
    }

    /// Refuses names that cannot stand beside those that are tracked.
    fn check_new_name(&self, path: &HgPath) -> Result<()> {
        crate::portable::check_line_breaks(path)?;
        if self.has_tracked_below(path)? {
            let message = [b"directory '", path.as_bytes(), b"' already in dirstate"].concat();
            return Err(Error::abort(message));
        }
        for above in path.ancestors() {
            if !above.is_empty() && self.get(above)?.is_some_and(|entry| !entry.is_removed()) {
                let message = [
                    b"file '",
                    above.as_bytes(),
                    b"' in dirstate clashes with '",
                    path.as_bytes(),
                    b"'",
                ]
                .concat();
                return Err(Error::abort(message));
            }
        }
        Ok(())
    }

    /// Stops tracking `path`; says whether there was anything to do.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn set_untracked(&mut self, path: &HgPath) -> Result<bool> {
        let Some(record) = self.record(path)? else { return Ok(false) };
        let entry = Entry { tracked: false, ..record.entry.without_metadata() };
        // A merge may track the file again: then it is still a copy.
        let copy_source = record.copy_source.filter(|_| record.entry.p2_info);
        self.put(path, Some(Record { entry, copy_source }), record.entry.tracked);
        Ok(true)
    }

    /// Notes that `path` is as in the first parent, and how it looks.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn set_clean(
        &mut self,
        path: &HgPath,
        metadata: Metadata,
        mtime: Option<Timestamp>,
    ) -> Result<()> {
        let was_tracked = self.is_tracked(path)?;
        let entry = Entry::clean(metadata, mtime);
        self.put(path, Some(Record { entry, copy_source: None }), was_tracked);
        Ok(())
    }

    /// Makes the next status compare the content of `path`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn set_possibly_dirty(&mut self, path: &HgPath) -> Result<()> {
        if let Some(mut record) = self.record(path)? {
            let tracked = record.entry.tracked;
            record.entry = record.entry.without_metadata();
            self.put(path, Some(record), tracked);
        }
        Ok(())
    }

    /// Says everything about a file whose parents changed. Nothing is left of an earlier entry, the
    /// copy source included.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn update_file(&mut self, path: &HgPath, update: FileUpdate) -> Result<()> {
        let FileUpdate { tracked, p1_tracked, p2_info, possibly_dirty, clean } = update;
        // Nobody else wants to know whether the set of tracked files changes.
        let was_tracked = if self.format.tracked_hint { self.is_tracked(path)? } else { tracked };
        let mut entry = Entry { tracked, p1_tracked, p2_info, metadata: None, mtime: None };
        if let (true, Some((metadata, mtime))) = (entry.maybe_clean() && !possibly_dirty, clean) {
            entry.metadata = Some(metadata);
            entry.mtime = mtime;
        }
        self.put(path, Some(Record { entry, copy_source: None }), was_tracked);
        Ok(())
    }

    /// Forgets `path` altogether.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn drop_file(&mut self, path: &HgPath) -> Result<()> {
        if let Some(entry) = self.get(path)? {
            self.put(path, None, entry.tracked);
        }
        Ok(())
    }

    /// Notes that `path` is a copy of `source`, or of nothing.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn set_copy(&mut self, path: &HgPath, source: Option<&HgPath>) -> Result<()> {
        if source.is_some_and(|source| source == path) {
            return Ok(());
        }
        if let Some(mut record) = self.record(path)?
            && record.copy_source.as_deref() != source
        {
            record.copy_source = source.map(HgPath::to_owned);
            let tracked = record.entry.tracked;
            self.put(path, Some(record), tracked);
        }
        Ok(())
    }

    /// Changes the parents. Leaving a merge drops what the second parent had to say; returned are
    /// the copies that were recorded for such files, for the caller to judge anew.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn set_parents(&mut self, p1: Node, p2: Node) -> Result<Vec<(HgPathBuf, HgPathBuf)>> {
        let leaving_merge = self.in_merge() && p2.is_null();
        self.parents = [p1, p2];
        self.parents_changed = true;
        let mut copies = Vec::new();
        if leaving_merge {
            let mut folded = Vec::new();
            self.for_each(&mut |item| {
                if item.entry.p2_info {
                    let source = item.copy_source.map(HgPath::to_owned);
                    folded.push((item.path.to_owned(), item.entry, source));
                }
                Ok(())
            })?;
            for (path, entry, source) in folded {
                let tracked = entry.tracked;
                let entry = Entry { p2_info: false, ..entry.without_metadata() };
                self.put(&path, Some(Record { entry, copy_source: None }), tracked);
                copies.extend(source.map(|source| (path, source)));
            }
        }
        Ok(copies)
    }

    /// Forgets all entries, or makes them those of `files`: tracked in the first parent, content
    /// to be compared.
    pub fn rebuild<'a>(&mut self, files: impl Iterator<Item = &'a HgPath>) {
        self.base = Base::Flat(Flat::default());
        self.merged = None;
        self.changes.clear();
        for file in files {
            let record = Record { entry: Entry::possibly_dirty(), copy_source: None };
            self.changes.insert(file.to_owned(), Some(record));
        }
        self.parents_changed = true;
        self.tracked_changed = true;
    }

    /// Makes [`Dirstate::tree`] ready.
    pub(crate) fn prepare_tree(&mut self) -> Result<()> {
        if !self.changes.is_empty() && self.merged.is_none() {
            let mut flat = Flat::default();
            self.for_each(&mut |item| flat.push(item))?;
            self.merged = Some(Base::Flat(flat));
        }
        Ok(())
    }

    /// The entries as a tree to be walked, changes included when it was prepared.
    pub(crate) fn tree(&self) -> &Base {
        self.merged.as_ref().unwrap_or(&self.base)
    }
}

fn collect_directories(
    directory: &Directory,
    out: &mut Vec<(HgPathBuf, Option<Timestamp>)>,
) -> Result<()> {
    for child in directory.children() {
        let child = child?;
        if child.entry.is_none() {
            out.push((child.path.to_owned(), child.cache.map(|cache| cache.mtime)));
        }
        collect_directories(&child.below, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;

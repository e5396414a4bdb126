//! Entries in one sorted list over one buffer of paths: version 1, or a changed dirstate.

use std::cmp::Ordering;
use std::ops::{Deref, Range};
use std::sync::OnceLock;

use hg_format::dirstate::{self, Entry, v1};
use hg_types::{Error, ErrorKind, HgPath, Result};
use hg_vfs::FileBytes;

use super::{Item, compare_by_components};

enum Buffer {
    Owned(Vec<u8>),
    File(FileBytes),
}

impl Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::File(bytes) => bytes,
        }
    }
}

#[derive(Clone, Copy)]
struct Place {
    start: u32,
    length: u32,
}

#[derive(Clone, Copy)]
struct FlatItem {
    path: Place,
    /// Without length when there is none.
    copy_source: Place,
    entry: Entry,
}

/// Entries sorted by components.
pub(crate) struct Flat {
    buffer: Buffer,
    /// Read when first asked for, where the file was just written: most commands end there.
    items: OnceLock<Vec<FlatItem>>,
}

impl Default for Flat {
    fn default() -> Self {
        Self { buffer: Buffer::Owned(Vec::new()), items: OnceLock::from(Vec::new()) }
    }
}

impl Flat {
    /// Reads a file of version 1.
    pub(crate) fn from_v1(bytes: FileBytes) -> Result<Self> {
        let items = OnceLock::from(read_items(&bytes)?);
        Ok(Self { buffer: Buffer::File(bytes), items })
    }

    /// Takes a file of version 1 that this process has just written.
    pub(crate) fn from_written_v1(bytes: Vec<u8>) -> Result<Self> {
        check_length(bytes.len())?;
        Ok(Self { buffer: Buffer::Owned(bytes), items: OnceLock::new() })
    }

    fn items(&self) -> &[FlatItem] {
        self.items.get_or_init(|| read_items(&self.buffer).expect("what was written can be read"))
    }

    /// Adds an entry, which must stand after all others.
    pub(crate) fn push(&mut self, item: Item) -> Result<()> {
        let Buffer::Owned(buffer) = &mut self.buffer else {
            return Err(Error::new(ErrorKind::Programming, "entry added to a file"));
        };
        let too_large = |_| Error::storage("working directory state is too large");
        let mut add = |path: &HgPath| {
            let start = u32::try_from(buffer.len()).map_err(too_large)?;
            buffer.extend_from_slice(path.as_bytes());
            Ok::<_, Error>(Place { start, length: u32::try_from(path.len()).map_err(too_large)? })
        };
        let path = add(item.path)?;
        let copy_source = add(item.copy_source.unwrap_or(HgPath::new("")))?;
        let item = FlatItem { path, copy_source, entry: item.entry };
        match self.items.get_mut() {
            Some(items) => items.push(item),
            None => return Err(Error::new(ErrorKind::Programming, "entry added to a file")),
        }
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.items().len()
    }

    pub(crate) fn has_copies(&self) -> bool {
        self.items().iter().any(|item| item.copy_source.length > 0)
    }

    pub(crate) fn path(&self, index: usize) -> &HgPath {
        path_in(&self.buffer, self.items()[index].path)
    }

    /// Whether the entry at `index` lies below `directory`, which a slash ends.
    pub(crate) fn is_below(&self, index: usize, directory: &HgPath) -> bool {
        let path = self.path(index).as_bytes();
        path.get(directory.len()) == Some(&b'/') && path.starts_with(directory.as_bytes())
    }

    pub(crate) fn item(&self, index: usize) -> Item<'_> {
        let item = &self.items()[index];
        let copy = item.copy_source;
        Item {
            path: path_in(&self.buffer, item.path),
            entry: item.entry,
            copy_source: (copy.length > 0).then(|| path_in(&self.buffer, copy)),
        }
    }

    pub(crate) fn find(&self, path: &HgPath) -> Option<usize> {
        self.items()
            .binary_search_by(|item| compare_by_components(path_in(&self.buffer, item.path), path))
            .ok()
    }

    /// The entries strictly below `directory`.
    pub(crate) fn below(&self, directory: &HgPath) -> Range<usize> {
        if directory.is_empty() {
            return 0..self.len();
        }
        let from = self.items().partition_point(|item| {
            compare_by_components(path_in(&self.buffer, item.path), directory) != Ordering::Greater
        });
        let to = self.end_of(from..self.len(), directory);
        from..to
    }

    /// Where in `range`, which starts below `directory`, what is below it ends.
    pub(crate) fn end_of(&self, range: Range<usize>, directory: &HgPath) -> usize {
        let inside = |item: &FlatItem| path_in(&self.buffer, item.path).is_below(directory);
        // Most directories are small: gallop before searching.
        let mut step = 1;
        let mut low = range.start;
        while low + step < range.end && inside(&self.items()[low + step]) {
            low += step;
            step *= 2;
        }
        let high = range.end.min(low + step);
        low + self.items()[low..high].partition_point(inside)
    }
}

fn check_length(bytes: usize) -> Result<()> {
    match u32::try_from(bytes) {
        Ok(_) => Ok(()),
        Err(_) => Err(Error::storage("working directory state is too large")),
    }
}

/// The entries of a file of version 1, sorted.
fn read_items(bytes: &[u8]) -> Result<Vec<FlatItem>> {
    check_length(bytes.len())?;
    let start = bytes.as_ptr() as usize;
    // Everything lies inside the buffer, whose length fits.
    let place = |path: &HgPath| Place {
        start: u32::try_from(path.as_bytes().as_ptr() as usize - start).unwrap_or(0),
        length: u32::try_from(path.len()).unwrap_or(0),
    };
    let read = v1::items(bytes);
    let mut items = Vec::with_capacity(read.upper_bound().min(bytes.len() / 24));
    let mut sorted = true;
    let mut last: Option<&HgPath> = None;
    for item in read {
        let item = item.map_err(damaged)?;
        let in_order = |last: &HgPath| compare_by_components(last, item.path).is_lt();
        sorted = sorted && last.is_none_or(in_order);
        last = Some(item.path);
        let none = Place { start: 0, length: 0 };
        let copy_source = item.copy_source.map_or(none, place);
        items.push(FlatItem { path: place(item.path), copy_source, entry: item.entry });
    }
    if !sorted {
        sort(bytes, &mut items);
    }
    Ok(items)
}

fn sort(bytes: &[u8], items: &mut Vec<FlatItem>) {
    // Stable: of entries with one name the last read counts, as for a map filled in order.
    items.sort_by(|a, b| compare_by_components(path_in(bytes, a.path), path_in(bytes, b.path)));
    items.reverse();
    items.dedup_by(|a, b| path_in(bytes, a.path) == path_in(bytes, b.path));
    items.reverse();
}

fn path_in(buffer: &[u8], place: Place) -> &HgPath {
    let start = place.start as usize;
    HgPath::new(buffer.get(start..start + place.length as usize).unwrap_or_default())
}

/// A dirstate that cannot be read.
pub(crate) fn damaged(error: dirstate::Error) -> Error {
    match error {
        dirstate::Error::Truncated => Error::abort("working directory state appears damaged!"),
        other => Error::abort("working directory state appears damaged!").because(other),
    }
}

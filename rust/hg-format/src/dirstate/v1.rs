//! Dirstate version 1: one flat file.
//!
//! Both parents (20 bytes each), then entries in any order: state letter (1 byte), mode, size,
//! modification time and length of the name (four big-endian 32-bit integers), then the name,
//! with the source of a copy after a NUL byte.

use bstr::ByteSlice as _;
use hg_types::{HgPath, NODE_LEN, Node};

use super::{Entry, Error, Result};

/// Bytes of an entry before its name.
const ENTRY_HEADER: usize = 17;

/// An entry with its name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Item<'a> {
    /// The file.
    pub path: &'a HgPath,
    /// What is known about it.
    pub entry: Entry,
    /// What it is a copy of.
    pub copy_source: Option<&'a HgPath>,
}

/// The parents in `data`; null for both when it is empty.
///
/// # Errors
/// When there is less than two parents.
pub fn parents(data: &[u8]) -> Result<[Node; 2]> {
    if data.is_empty() {
        return Ok([Node::NULL; 2]);
    }
    let parent = |at: usize| data.get(at..at + NODE_LEN).and_then(Node::from_slice);
    match (parent(0), parent(NODE_LEN)) {
        (Some(p1), Some(p2)) => Ok([p1, p2]),
        _ => Err(Error::Truncated),
    }
}

/// The entries of a file, in its order.
#[must_use]
pub fn items(data: &[u8]) -> Items<'_> {
    Items { rest: data.get(2 * NODE_LEN..).unwrap_or_default() }
}

/// Iterator over the entries of a file; ends after the first error.
#[derive(Clone, Debug)]
pub struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Items<'a> {
    /// How many entries there can be at most, for reserving memory.
    #[must_use]
    pub fn upper_bound(&self) -> usize {
        self.rest.len() / (ENTRY_HEADER + 1)
    }

    fn item(&mut self) -> Result<Item<'a>> {
        let (header, rest) =
            self.rest.split_first_chunk::<ENTRY_HEADER>().ok_or(Error::Truncated)?;
        let field = |at: usize| {
            i32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let length = usize::try_from(field(13)).map_err(|_| Error::Truncated)?;
        if length > rest.len() {
            return Err(Error::Truncated);
        }
        let (name, rest) = rest.split_at(length);
        self.rest = rest;
        let entry = Entry::from_v1(header[0], field(1).cast_unsigned(), field(5), field(9))
            .ok_or(Error::State(header[0]))?;
        let (path, copy_source) = match name.find_byte(0) {
            Some(nul) => (&name[..nul], Some(HgPath::new(&name[nul + 1..]))),
            None => (name, None),
        };
        Ok(Item { path: HgPath::new(path), entry, copy_source })
    }
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let item = self.item();
        if item.is_err() {
            self.rest = &[];
        }
        Some(item)
    }
}

/// Appends the parents: how a file starts.
pub fn write_parents(parents: &[Node; 2], out: &mut Vec<u8>) {
    for parent in parents {
        out.extend_from_slice(parent.as_bytes());
    }
}

/// Appends an entry.
///
/// # Errors
/// When the names do not fit the format.
pub fn write_item(item: &Item, out: &mut Vec<u8>) -> Result<()> {
    let mut length = item.path.len();
    if let Some(source) = item.copy_source {
        length += 1 + source.len();
    }
    let length = i32::try_from(length).map_err(|_| Error::TooLarge)?;
    out.push(item.entry.state().letter());
    out.extend_from_slice(&item.entry.v1_mode().to_be_bytes());
    out.extend_from_slice(&item.entry.v1_size().to_be_bytes());
    out.extend_from_slice(&item.entry.v1_mtime().to_be_bytes());
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(item.path.as_bytes());
    if let Some(source) = item.copy_source {
        out.push(0);
        out.extend_from_slice(source.as_bytes());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        let mut data = Vec::new();
        let p1 = Node([7; 20]);
        write_parents(&[p1, Node::NULL], &mut data);
        let item = Item {
            path: HgPath::new("a/b"),
            entry: Entry::added(),
            copy_source: Some(HgPath::new("c")),
        };
        write_item(&item, &mut data).expect("short");
        assert_eq!(parents(&data), Ok([p1, Node::NULL]));
        assert_eq!(items(&data).collect::<Result<Vec<_>>>(), Ok(vec![item]));
        for end in 0..data.len() {
            let cut = &data[..end];
            let whole = end == 40 || end == 0;
            let read = parents(cut).and_then(|_| items(cut).collect::<Result<Vec<_>>>());
            assert_eq!(read.is_ok(), whole, "cut at {end}");
        }
    }

    #[test]
    fn any_bytes_do_not_panic() {
        proptest::proptest!(|(data: Vec<u8>)| {
            let _ = parents(&data);
            let _ = items(&data).count();
        });
    }
}

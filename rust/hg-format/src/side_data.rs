//! Side data of changesets (requirement `exp-copies-sidedata-changeset`): what a changeset does to
//! files, copies included (`hg help internals.revlogs`).

use std::collections::BTreeMap;

use hg_types::{HgPath, HgPathBuf};
use sha1::{Digest as _, Sha1};
use thiserror::Error;

/// The key of what a changeset does to files.
pub const FILES: u16 = 12;

/// Why bytes are no side data.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SideDataError {
    /// It ends too early.
    #[error("side data is cut off")]
    Truncated,
    /// A block has not the hash that is noted.
    #[error("side data has another hash")]
    Hash,
    /// A source of a copy is not among the files.
    #[error("side data names a file it does not have")]
    UnknownFile,
}

/// What a changeset does to a file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Action {
    /// No parent has it.
    Added,
    /// Its history has two parents, or it is the result of a merge in another way.
    Merged,
    /// It goes.
    Removed,
    /// A merge kept what one side had removed.
    Salvaged,
    /// It changes.
    Touched,
}

impl Action {
    const fn bits(self) -> u8 {
        match self {
            Self::Added => 0b00100,
            Self::Merged => 0b01000,
            Self::Removed => 0b01100,
            Self::Salvaged => 0b10000,
            Self::Touched => 0b10100,
        }
    }

    const fn of(bits: u8) -> Option<Self> {
        match bits & 0b11100 {
            0b00100 => Some(Self::Added),
            0b01000 => Some(Self::Merged),
            0b01100 => Some(Self::Removed),
            0b10000 => Some(Self::Salvaged),
            0b10100 => Some(Self::Touched),
            _ => None,
        }
    }
}

/// From which parent a file was copied.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Parent {
    /// The first.
    First,
    /// The second.
    Second,
}

/// What becomes of one file.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileChange {
    /// What is done to it; nothing for a file that is only a source.
    pub action: Option<Action>,
    /// What it was copied from, and in which parent that is.
    pub copy: Option<(Parent, HgPathBuf)>,
}

/// What a changeset does to files.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChangedFiles(pub BTreeMap<HgPathBuf, FileChange>);

impl ChangedFiles {
    /// Whether it says anything of copies.
    #[must_use]
    pub fn has_copies(&self) -> bool {
        self.0.values().any(|change| change.copy.is_some())
    }

    /// Whether the action on a file is the given one.
    #[must_use]
    pub fn is(&self, path: &HgPath, action: Action) -> bool {
        self.0.get(path).is_some_and(|change| change.action == Some(action))
    }

    /// Copies from one of the parents: destination and source.
    pub fn copies(&self, parent: Parent) -> impl Iterator<Item = (&HgPathBuf, &HgPathBuf)> {
        self.0.iter().filter_map(move |(to, change)| match &change.copy {
            Some((side, from)) if *side == parent => Some((to, from)),
            _ => None,
        })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut all: BTreeMap<&HgPath, (u8, Option<&HgPath>)> = BTreeMap::new();
        for (path, change) in &self.0 {
            let action = change.action.map_or(0, Action::bits);
            let (side, source) = match &change.copy {
                None => (0, None),
                Some((Parent::First, from)) => (0b10, Some(&**from)),
                Some((Parent::Second, from)) => (0b11, Some(&**from)),
            };
            if let Some(from) = source {
                all.entry(from).or_default();
            }
            all.insert(path, (action | side, source));
        }
        let places: BTreeMap<&HgPath, u32> = all.keys().copied().zip(0..).collect();
        let mut out = word(all.len()).to_vec();
        let mut end = 0;
        for (path, (flags, source)) in &all {
            end += path.as_bytes().len();
            out.push(*flags);
            out.extend_from_slice(&word(end));
            let place = source.and_then(|from| places.get(from)).copied().unwrap_or(0);
            out.extend_from_slice(&place.to_be_bytes());
        }
        all.keys().for_each(|path| out.extend_from_slice(path.as_bytes()));
        out
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is cut off, or a copy has no source.
    pub fn decode(bytes: &[u8]) -> Result<Self, SideDataError> {
        const RECORD: usize = 9;
        let (count, rest) = bytes.split_first_chunk().ok_or(SideDataError::Truncated)?;
        let count = length(*count);
        let size = count.checked_mul(RECORD).ok_or(SideDataError::Truncated)?;
        let (records, names) = rest.split_at_checked(size).ok_or(SideDataError::Truncated)?;
        let mut paths: Vec<&HgPath> = Vec::with_capacity(count);
        let mut start = 0;
        let field = |record: &[u8], at: usize| {
            record[at..].first_chunk().map_or(0, |bytes: &[u8; 4]| length(*bytes))
        };
        for record in records.chunks_exact(RECORD) {
            let end = field(record, 1);
            let name = names.get(start..end).ok_or(SideDataError::Truncated)?;
            paths.push(HgPath::new(name));
            start = end;
        }
        let mut out = BTreeMap::new();
        for (record, path) in records.chunks_exact(RECORD).zip(&paths) {
            let side = match record[0] & 0b11 {
                0b10 => Some(Parent::First),
                0b11 => Some(Parent::Second),
                _ => None,
            };
            let mut change = FileChange { action: Action::of(record[0]), copy: None };
            if let Some(side) = side {
                let from = paths.get(field(record, 5)).ok_or(SideDataError::UnknownFile)?;
                change.copy = Some((side, (*from).to_owned()));
            }
            if change != FileChange::default() {
                out.insert((*path).to_owned(), change);
            }
        }
        Ok(Self(out))
    }
}

fn word(number: usize) -> [u8; 4] {
    u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes()
}

fn length(bytes: [u8; 4]) -> usize {
    usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX)
}

/// Writes the side data of a revision: blocks by their keys.
#[must_use]
pub fn encode(blocks: &BTreeMap<u16, Vec<u8>>) -> Vec<u8> {
    let mut out = u16::try_from(blocks.len()).unwrap_or(u16::MAX).to_be_bytes().to_vec();
    for (key, block) in blocks {
        out.extend_from_slice(&key.to_be_bytes());
        out.extend_from_slice(&word(block.len()));
        out.extend_from_slice(&Sha1::digest(block));
    }
    blocks.values().for_each(|block| out.extend_from_slice(block));
    out
}

/// Reads the side data of a revision.
///
/// # Errors
/// When it is cut off, or a block has not its hash.
pub fn decode(bytes: &[u8]) -> Result<BTreeMap<u16, Vec<u8>>, SideDataError> {
    const HEADER: usize = 26;
    let (count, rest) = bytes.split_first_chunk().ok_or(SideDataError::Truncated)?;
    let count = usize::from(u16::from_be_bytes(*count));
    let (headers, mut content) =
        rest.split_at_checked(count * HEADER).ok_or(SideDataError::Truncated)?;
    let mut out = BTreeMap::new();
    for header in headers.chunks_exact(HEADER) {
        let key = u16::from_be_bytes([header[0], header[1]]);
        let size = length([header[2], header[3], header[4], header[5]]);
        let (block, rest) = content.split_at_checked(size).ok_or(SideDataError::Truncated)?;
        if Sha1::digest(block)[..] != header[6..] {
            return Err(SideDataError::Hash);
        }
        out.insert(key, block.to_vec());
        content = rest;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files() -> ChangedFiles {
        let path = |name: &str| HgPathBuf::from(name);
        let change = |action, copy| FileChange { action: Some(action), copy };
        ChangedFiles(BTreeMap::from([
            (path("a"), change(Action::Removed, None)),
            (path("b"), change(Action::Removed, None)),
            (path("c"), change(Action::Added, Some((Parent::First, path("a"))))),
            (path("n"), change(Action::Added, None)),
        ]))
    }

    #[test]
    fn changed_files_are_written_as_upstream_does() {
        let expected =
            b"\0\0\0\x04\x0c\0\0\0\x01\0\0\0\0\x0c\0\0\0\x02\0\0\0\0\x06\0\0\0\x03\0\0\0\
            \0\x04\0\0\0\x04\0\0\0\0abcn";
        assert_eq!(files().encode(), expected);
        assert_eq!(ChangedFiles::decode(expected), Ok(files()));
        assert!(files().has_copies());
    }

    #[test]
    fn blocks_round_trip_and_damage_is_seen() {
        let bytes = encode(&BTreeMap::from([(FILES, files().encode())]));
        assert_eq!(decode(&bytes).map(|blocks| blocks[&FILES].clone()), Ok(files().encode()));
        for len in 0..bytes.len() {
            assert!(decode(&bytes[..len]).is_err(), "cut to {len} bytes");
        }
        let mut bad = bytes;
        *bad.last_mut().expect("not empty") ^= 1;
        assert_eq!(decode(&bad), Err(SideDataError::Hash));
    }
}

//! Manifest text: sorted lines `path \0 40 hex digits, flags \n`.

use hg_types::{FileFlags, HgPath, Node};
use thiserror::Error;

/// Why a manifest line cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ManifestError {
    /// The line at this byte is not `path \0 hex flags \n`.
    #[error("invalid manifest line at byte {0}")]
    InvalidLine(usize),
    /// Paths are not in ascending order.
    #[error("manifest lines not in sorted order at byte {0}")]
    NotSorted(usize),
}

/// One file (or, in tree manifests, one directory) of a manifest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManifestEntry<'a> {
    /// The path, relative to what the manifest describes.
    pub path: &'a HgPath,
    /// The file revision, or the directory's manifest revision.
    pub node: Node,
    /// Executable, symbolic link, directory.
    pub flags: FileFlags,
}

impl<'a> ManifestEntry<'a> {
    /// Reads one line, given without its newline; `None` when it is malformed.
    #[must_use]
    pub fn decode(line: &'a [u8]) -> Option<Self> {
        let nul = line.iter().position(|&b| b == 0)?;
        let (hex, flags) = line[nul + 1..].split_at_checked(40)?;
        Some(Self {
            path: HgPath::new(&line[..nul]),
            node: Node::from_hex(hex)?,
            flags: FileFlags::from_bytes(flags)?,
        })
    }

    /// Appends the line with its newline.
    pub fn encode(&self, out: &mut Vec<u8>) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        out.extend_from_slice(self.path.as_bytes());
        out.push(0);
        for byte in self.node.as_bytes() {
            out.push(DIGITS[usize::from(byte >> 4)]);
            out.push(DIGITS[usize::from(byte & 0xf)]);
        }
        out.extend_from_slice(self.flags.as_bytes());
        out.push(b'\n');
    }
}

/// Iterates over the entries of a manifest text, front to back.
#[derive(Clone, Debug)]
pub struct Entries<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Entries<'a> {
    /// Starts at the first line of `text`.
    #[must_use]
    pub fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The byte at which the next line starts.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<ManifestEntry<'a>, ManifestError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let start = self.at;
        // A line has at least 41 bytes after its path, without newline.
        let entry = line_end(rest).and_then(|end| {
            self.at += end + 1;
            ManifestEntry::decode(&rest[..end])
        });
        if entry.is_none() {
            self.at = self.text.len();
        }
        Some(entry.ok_or(ManifestError::InvalidLine(start)))
    }
}

fn line_end(rest: &[u8]) -> Option<usize> {
    bstr::ByteSlice::find_byte(rest, b'\n')
}

/// Where `path` stands in `text`: the range of its line with newline, or the empty range at which
/// it would be inserted.
///
/// Costs a binary search over the bytes; nothing but the lines visited is read.
///
/// # Errors
/// The byte at which the path would be inserted, when it is not there.
pub fn search(text: &[u8], path: &HgPath) -> Result<std::ops::Range<usize>, usize> {
    let (mut low, mut high) = (0, text.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bstr::ByteSlice::rfind_byte(&text[low..middle], b'\n')
            .map_or(low, |newline| low + newline + 1);
        let end = line_end(&text[middle..high]).map_or(high, |newline| middle + newline + 1);
        let line = &text[start..end];
        let name = &line[..line.iter().position(|&b| b == 0).unwrap_or(line.len())];
        match name.cmp(path.as_bytes()) {
            std::cmp::Ordering::Equal => return Ok(start..end),
            std::cmp::Ordering::Less => low = end,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    Err(low)
}

/// The same from a line on before which the path does not stand: cheap when it is near.
///
/// # Errors
/// As for [`search`].
pub fn search_from(
    text: &[u8],
    from: usize,
    path: &HgPath,
) -> Result<std::ops::Range<usize>, usize> {
    let (mut low, mut high, mut step) = (from.min(text.len()), text.len(), 256);
    while let Some(rest) = text.get(low + step..).filter(|rest| !rest.is_empty()) {
        let start = line_end(rest).map_or(text.len(), |end| low + step + end + 1);
        match line_path(text, start) {
            Some(name) if name <= path.as_bytes() => low = start,
            Some(_) => {
                high = start;
                break;
            }
            None => break,
        }
        step *= 2;
    }
    match search(&text[low..high], path) {
        Ok(range) => Ok(low + range.start..low + range.end),
        Err(at) => Err(low + at),
    }
}

/// The path of the line that starts at `start`, if there is one.
#[must_use]
pub fn line_path(text: &[u8], start: usize) -> Option<&[u8]> {
    let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
    Some(&rest[..bstr::ByteSlice::find_byte(rest, 0).unwrap_or(rest.len())])
}

/// Checks that every line is well formed and paths ascend.
///
/// # Errors
/// At the first offending line.
pub fn check(text: &[u8]) -> Result<(), ManifestError> {
    let mut last: Option<&HgPath> = None;
    let mut entries = Entries::new(text);
    loop {
        let at = entries.position();
        let Some(entry) = entries.next() else { return Ok(()) };
        let path = entry?.path;
        if last.is_some_and(|last| last >= path) {
            return Err(ManifestError::NotSorted(at));
        }
        last = Some(path);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn text(files: &BTreeMap<Vec<u8>, (u8, usize)>) -> Vec<u8> {
        let flags =
            [FileFlags::Regular, FileFlags::Executable, FileFlags::Symlink, FileFlags::Tree];
        let mut out = Vec::new();
        for (path, (fill, flag)) in files {
            let path = HgPath::new(path);
            ManifestEntry { path, node: Node([*fill; 20]), flags: flags[*flag] }.encode(&mut out);
        }
        out
    }

    proptest! {
        #[test]
        fn entries_round_trip_and_are_found(
            files in proptest::collection::btree_map("[a-f/.]{1,9}", (any::<u8>(), 0usize..4), 0..40),
            missing in "[a-g/.]{1,9}",
        ) {
            let files: BTreeMap<_, _> =
                files.into_iter().map(|(path, value)| (path.into_bytes(), value)).collect();
            let text = text(&files);
            prop_assert_eq!(check(&text), Ok(()));
            let entries: Vec<_> =
                Entries::new(&text).collect::<Result<_, _>>().expect("well formed");
            prop_assert_eq!(entries.len(), files.len());
            for entry in &entries {
                let range = search(&text, entry.path).expect("present");
                let line = &text[range.start..range.end - 1];
                prop_assert_eq!(ManifestEntry::decode(line), Some(*entry));
            }
            if !files.contains_key(missing.as_bytes()) {
                let at = search(&text, HgPath::new(&missing)).expect_err("absent");
                let before = files.keys().filter(|path| &path[..] < missing.as_bytes()).count();
                prop_assert_eq!(Entries::new(&text[..at]).count(), before);
            }
        }

        #[test]
        fn noise_never_panics(text: Vec<u8>, path: Vec<u8>) {
            let _ = check(&text);
            let _ = search(&text, HgPath::new(&path));
        }
    }
}

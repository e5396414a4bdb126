//! What differs between two manifests.

use std::cmp::Ordering;

use bstr::ByteSlice as _;
use hg_format::manifest::ManifestEntry;
use hg_types::{FileFlags, HgPath, Node};

use super::Manifest;

/// A file that two manifests do not agree on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ManifestDiff<'a> {
    /// The path.
    pub path: &'a HgPath,
    /// What the first manifest says.
    pub old: Option<(Node, FileFlags)>,
    /// What the second manifest says.
    pub new: Option<(Node, FileFlags)>,
}

impl Manifest {
    /// The files on which `self` (old) and `other` (new) differ, sorted by path.
    #[must_use]
    pub fn diff<'a>(&'a self, other: &'a Self) -> Vec<ManifestDiff<'a>> {
        let (old, new) = (&self.text()[..], &other.text()[..]);
        let mut out = Vec::new();
        if std::ptr::eq(old, new) {
            return out;
        }
        let start = common_lines(old, new);
        let (mut old, mut new) = (&old[start..], &new[start..]);
        loop {
            let (a, b) = (first_line(old), first_line(new));
            let order = match (a, b) {
                (None, None) => return out,
                (Some(a), Some(b)) if a == b => {
                    old = &old[a.len() + 1..];
                    new = &new[b.len() + 1..];
                    continue;
                }
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(a), Some(b)) => path(a).cmp(path(b)),
            };
            let a = a.filter(|_| order.is_le());
            let b = b.filter(|_| order.is_ge());
            let line = a.or(b).unwrap_or_default();
            let value = |line: Option<&[u8]>| {
                line.and_then(ManifestEntry::decode).map(|entry| (entry.node, entry.flags))
            };
            out.push(ManifestDiff { path: HgPath::new(path(line)), old: value(a), new: value(b) });
            old = &old[a.map_or(0, |line| line.len() + 1)..];
            new = &new[b.map_or(0, |line| line.len() + 1)..];
        }
    }
}

/// The first line without its newline.
fn first_line(text: &[u8]) -> Option<&[u8]> {
    if text.is_empty() {
        return None;
    }
    // Texts were checked to end with a newline.
    text.find_byte(b'\n').map(|end| &text[..end])
}

fn path(line: &[u8]) -> &[u8] {
    &line[..line.find_byte(0).unwrap_or(line.len())]
}

/// Length of the lines that two texts start with in common.
fn common_lines(a: &[u8], b: &[u8]) -> usize {
    const BLOCK: usize = 4096;
    let len = a.len().min(b.len());
    let mut same = 0;
    while same < len {
        let end = (same + BLOCK).min(len);
        if a[same..end] == b[same..end] {
            same = end;
            continue;
        }
        same += a[same..end].iter().zip(&b[same..end]).take_while(|(a, b)| a == b).count();
        break;
    }
    a[..same].rfind_byte(b'\n').map_or(0, |newline| newline + 1)
}

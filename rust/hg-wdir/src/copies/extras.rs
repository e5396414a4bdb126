//! Copies that changesets name in their extras.
//!
//! `p1copies` and `p2copies` are lists of lines: the place of the copy in the changeset's list of files,
//! a zero byte, and the source.

use hg_format::changeset::ChangesetEntry;
use hg_format::side_data::{Action, ChangedFiles, FileChange, Parent};
use hg_types::{HgPath, HgPathBuf};

const COPIES: [(&[u8], Parent); 2] = [(b"p1copies", Parent::First), (b"p2copies", Parent::Second)];

/// Whether the extras say which copies there are, be it none.
pub(super) fn says_copies(entry: &ChangesetEntry) -> bool {
    let extra = entry.extra();
    COPIES.iter().any(|(key, _)| extra.contains_key(*key))
}

/// Puts the copies of the extras into what a changeset does to files, in place of other ones.
pub(super) fn put_copies(entry: &ChangesetEntry, files: &mut ChangedFiles) {
    let listed: Vec<&HgPath> = entry.files().collect();
    let extra = entry.extra();
    files.0.values_mut().for_each(|change| change.copy = None);
    for (key, parent) in COPIES {
        for (to, from) in extra.get(key).map(|text| copies(text, &listed)).unwrap_or_default() {
            let change = files
                .0
                .entry(to)
                .or_insert_with(|| FileChange { action: Some(Action::Touched), copy: None });
            change.copy = Some((parent, from));
        }
    }
}

/// Reads a list of copies; nothing where it is damaged.
fn copies(text: &[u8], files: &[&HgPath]) -> Vec<(HgPathBuf, HgPathBuf)> {
    if text.is_empty() {
        return Vec::new();
    }
    let line = |line: &[u8]| {
        let at = line.iter().position(|&byte| byte == 0)?;
        let place: usize = std::str::from_utf8(&line[..at]).ok()?.parse().ok()?;
        let to = *files.get(place)?;
        Some((to.to_owned(), HgPath::new(&line[at + 1..]).to_owned()))
    };
    text.split(|&byte| byte == b'\n').map(line).collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_are_read_by_place() {
        let files = [HgPath::new(b"a"), HgPath::new(b"b")];
        let expected = vec![(HgPathBuf::from("b"), HgPathBuf::from("x y"))];
        assert_eq!(copies(b"1\0x y", &files), expected);
        assert_eq!(copies(b"", &files), Vec::new());
        assert_eq!(copies(b"7\0x", &files), Vec::new(), "no such place");
        assert_eq!(copies(b"1", &files), Vec::new(), "no source");
    }
}

//! The journal of a transaction: which files to cut back to which length, which to put back from
//! a copy, should it not be finished.
//!
//! `journal` has entries `name NUL length LF`. `journal.backupfiles` begins with the line `2` and
//! has entries `location NUL name NUL backup NUL cache LF`: `location` is empty for the store and
//! `plain` for `.hg`; an empty `backup` means that the file did not exist; an empty `name` means that
//! `backup` is a temporary file; `cache` is `1` when nothing is lost if the file cannot be restored.

/// Something that is not a journal.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum JournalError {
    /// The journal is of a version that this program does not know.
    #[error("unknown journal version {0:?}")]
    UnknownVersion(Vec<u8>),
    /// An entry has the wrong number of fields or a number that is none.
    #[error("malformed journal entry {0:?}")]
    Malformed(Vec<u8>),
}

/// A file that was appended to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appended {
    /// Logical name in the store.
    pub name: Vec<u8>,
    /// Length before.
    pub length: u64,
}

/// A file that was replaced, made, or is temporary.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Backup {
    /// `plain` for `.hg`, empty for the store.
    pub location: Vec<u8>,
    /// The file; empty for a temporary one.
    pub name: Vec<u8>,
    /// The copy of what it was; empty when there was nothing.
    pub backup: Vec<u8>,
    /// Whether the file is a cache.
    pub cache: bool,
}

/// Reads `journal`: the entries, and the lines that are none.
#[must_use]
pub fn decode(text: &[u8]) -> (Vec<Appended>, Vec<Vec<u8>>) {
    let mut entries = Vec::new();
    let mut bad = Vec::new();
    for line in text.split_inclusive(|&b| b == b'\n') {
        match decode_line(line) {
            Some(entry) => entries.push(entry),
            None => bad.push(line.to_vec()),
        }
    }
    (entries, bad)
}

fn decode_line(line: &[u8]) -> Option<Appended> {
    let line = line.strip_suffix(b"\n")?;
    let at = line.iter().rposition(|&b| b == 0)?;
    Some(Appended { name: line[..at].to_vec(), length: number(&line[at + 1..])? })
}

/// Appends one entry of `journal`.
pub fn encode(entry: &Appended, out: &mut Vec<u8>) {
    out.extend_from_slice(&entry.name);
    out.push(0);
    out.extend_from_slice(entry.length.to_string().as_bytes());
    out.push(b'\n');
}

/// The first line of `journal.backupfiles`.
pub const BACKUP_HEADER: &[u8] = b"2\n";

/// Reads `journal.backupfiles`; a torn last line is dropped.
///
/// # Errors
/// When the version is unknown or a whole line is no entry.
pub fn decode_backups(text: &[u8]) -> Result<Vec<Backup>, JournalError> {
    let mut lines = whole_lines(text);
    match lines.next() {
        None => return Ok(Vec::new()),
        Some(b"2") => {}
        Some(other) => return Err(JournalError::UnknownVersion(other.to_vec())),
    }
    lines
        .map(|line| {
            let fields: Vec<&[u8]> = line.split(|&b| b == 0).collect();
            match fields[..] {
                [location, name, backup, cache @ (b"0" | b"1")] => Ok(Backup {
                    location: location.to_vec(),
                    name: name.to_vec(),
                    backup: backup.to_vec(),
                    cache: cache == b"1",
                }),
                _ => Err(JournalError::Malformed(line.to_vec())),
            }
        })
        .collect()
}

/// Appends one entry of `journal.backupfiles`.
pub fn encode_backup(entry: &Backup, out: &mut Vec<u8>) {
    let cache: &[u8] = if entry.cache { b"1" } else { b"0" };
    out.extend_from_slice(&[&entry.location[..], &entry.name, &entry.backup, cache].join(&0));
    out.push(b'\n');
}

fn whole_lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split_inclusive(|&b| b == b'\n').filter_map(|line| line.strip_suffix(b"\n"))
}

fn number(digits: &[u8]) -> Option<u64> {
    let plain = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    plain.then(|| std::str::from_utf8(digits).ok()?.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips() {
        let entries = [
            Appended { name: b"data/a.i".to_vec(), length: 67 },
            Appended { name: b"00changelog.i".to_vec(), length: 0 },
        ];
        let mut text = Vec::new();
        entries.iter().for_each(|entry| encode(entry, &mut text));
        assert_eq!(text, b"data/a.i\x0067\n00changelog.i\x000\n");
        assert_eq!(decode(&text), (entries.to_vec(), vec![]));
        let torn = decode(b"data/a.i\x0067\n00chan");
        assert_eq!(torn, (entries[..1].to_vec(), vec![b"00chan".to_vec()]));
        assert_eq!(decode(b"x\nx\0-1\n").1.len(), 2);

        let backup = Backup {
            location: b"plain".to_vec(),
            name: b"dirstate".to_vec(),
            backup: b"undo.backup.dirstate.bck".to_vec(),
            cache: false,
        };
        let mut text = BACKUP_HEADER.to_vec();
        encode_backup(&backup, &mut text);
        assert_eq!(text, b"2\nplain\0dirstate\0undo.backup.dirstate.bck\x000\n");
        assert_eq!(decode_backups(&text).expect("whole"), [backup]);
        assert!(decode_backups(b"3\n").is_err() && decode_backups(b"2\na\0b\n").is_err());
    }
}

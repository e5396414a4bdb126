//! `.hgsubstate`: which changeset every nested repository is at (`hg help subrepos`).

use std::collections::BTreeMap;

use hg_types::HgPathBuf;
use thiserror::Error;

/// The name of the file, in the root of the working directory.
pub const FILE_NAME: &[u8] = b".hgsubstate";

/// The name of the file that says which nested repositories there are.
pub const SPEC_NAME: &[u8] = b".hgsub";

/// A line without a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
#[error("line {line} has no path")]
pub struct Error {
    /// The number of the line, from 1.
    pub line: usize,
}

/// Reads the revisions by path; a path that comes again has the last one. Blank lines do not count.
///
/// # Errors
/// The first line that is no pair of revision and path.
pub fn decode(text: &[u8]) -> Result<BTreeMap<HgPathBuf, Vec<u8>>, Error> {
    let mut out = BTreeMap::new();
    let text = text.strip_suffix(b"\n").unwrap_or(text);
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.trim_ascii_start();
        if line.is_empty() {
            continue;
        }
        let space = line.iter().position(|&byte| byte == b' ').ok_or(Error { line: index + 1 })?;
        out.insert(HgPathBuf::from(&line[space + 1..]), line[..space].to_vec());
    }
    Ok(out)
}

/// Writes revisions and paths, in the order of the paths.
pub fn encode<'a>(states: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Vec<u8> {
    let mut out = Vec::new();
    for (path, revision) in states {
        out.extend_from_slice(revision);
        out.push(b' ');
        out.extend_from_slice(path);
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_revision_and_path() {
        let states = decode(b"\n12ab s/a b\n   \t \n  34 t\n").expect("well formed");
        let shown: Vec<_> = states.iter().map(|(path, rev)| (path.as_bytes(), &rev[..])).collect();
        assert_eq!(shown, [(&b"s/a b"[..], &b"12ab"[..]), (b"t", b"34")]);
        let states = states.iter().map(|(path, rev)| (path.as_bytes(), &rev[..]));
        assert_eq!(encode(states), b"12ab s/a b\n34 t\n");
    }

    #[test]
    fn the_line_without_a_path_is_named() {
        assert_eq!(decode(b"\ninvalid"), Err(Error { line: 2 }));
        assert_eq!(decode(b""), Ok(BTreeMap::new()));
    }
}

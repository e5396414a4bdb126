//! Changeset text: manifest id, user, date with extras, files, an empty line, description.
//!
//! ```text
//! 40 hex digits of the manifest
//! user
//! seconds offset [extras]
//! file
//! ...
//!
//! description
//! ```
//! Extras are `key:value` pairs, escaped, sorted by key and joined with NUL bytes.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_types::{HgDate, HgPath, HgPathBuf, Node};
use thiserror::Error;

/// The branch of changesets that name none.
pub const DEFAULT_BRANCH: &[u8] = b"default";

/// Why a text is not a changeset.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ChangesetError {
    /// The empty line before the description is missing.
    #[error("changeset text has no end of header")]
    NoHeaderEnd,
    /// A header line is missing or malformed.
    #[error("changeset text has an invalid {0} line")]
    InvalidLine(&'static str),
}

/// A decoded changeset; cheap to clone, everything is borrowed from the shared text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangesetEntry {
    text: Arc<Vec<u8>>,
    manifest: Node,
    user: Range<usize>,
    date: HgDate,
    extra: Range<usize>,
    files: Range<usize>,
    description: usize,
}

impl ChangesetEntry {
    /// The changeset before the first: no manifest, no user, no files.
    #[must_use]
    pub fn null() -> Self {
        Self {
            text: Arc::default(),
            manifest: Node::NULL,
            user: 0..0,
            date: HgDate::default(),
            extra: 0..0,
            files: 0..0,
            description: 0,
        }
    }

    /// Reads a changeset text; the empty text is the null changeset.
    ///
    /// # Errors
    /// When a part of the header is missing or malformed.
    pub fn decode(text: Arc<Vec<u8>>) -> Result<Self, ChangesetError> {
        if text.is_empty() {
            return Ok(Self::null());
        }
        let mut lines = text.splitn_str(4, b"\n");
        let mut line = |what| lines.next().ok_or(ChangesetError::InvalidLine(what));
        let manifest = line("manifest")?;
        let user = line("user")?;
        let dates = line("date")?;
        let user_start = manifest.len() + 1;
        let date_start = user_start + user.len() + 1;
        let (date, extra_at) = date(dates).ok_or(ChangesetError::InvalidLine("date"))?;
        let date_end = date_start + dates.len();
        let end = text.get(date_end..).and_then(|rest| rest.find(b"\n\n"));
        let end = date_end + end.ok_or(ChangesetError::NoHeaderEnd)?;
        Ok(Self {
            manifest: Node::from_hex(manifest).ok_or(ChangesetError::InvalidLine("manifest"))?,
            user: user_start..user_start + user.len(),
            date,
            extra: date_start + extra_at..date_end,
            files: (date_end + 1).min(end)..end,
            description: end + 2,
            text,
        })
    }

    /// The manifest's node id.
    #[must_use]
    pub fn manifest(&self) -> Node {
        self.manifest
    }

    /// Who made it.
    #[must_use]
    pub fn user(&self) -> &[u8] {
        &self.text[self.user.clone()]
    }

    /// When it was made.
    #[must_use]
    pub fn date(&self) -> HgDate {
        self.date
    }

    /// The files it names as touched, in stored (sorted) order.
    pub fn files(&self) -> impl DoubleEndedIterator<Item = &HgPath> + Clone {
        let files = &self.text[self.files.clone()];
        files.split(|&b| b == b'\n').filter(|name| !name.is_empty()).map(HgPath::new)
    }

    /// The description.
    #[must_use]
    pub fn description(&self) -> &[u8] {
        self.text.get(self.description..).unwrap_or_default()
    }

    /// The extras as stored, escaped.
    #[must_use]
    pub fn raw_extra(&self) -> &[u8] {
        &self.text[self.extra.clone()]
    }

    /// All extras; `branch` is always there.
    #[must_use]
    pub fn extra(&self) -> BTreeMap<Vec<u8>, Vec<u8>> {
        decode_extra(self.raw_extra())
    }

    /// The named branch.
    #[must_use]
    pub fn branch(&self) -> Vec<u8> {
        match self.raw_extra() {
            [] => DEFAULT_BRANCH.to_vec(),
            _ => self.extra().remove(&b"branch"[..]).unwrap_or_default(),
        }
    }

    /// Whether it closes its branch.
    #[must_use]
    pub fn closes_branch(&self) -> bool {
        !self.raw_extra().is_empty() && self.extra().contains_key(&b"close"[..])
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.text
    }
}

/// Seconds and offset, and where the extras start.
fn date(line: &[u8]) -> Option<(HgDate, usize)> {
    let mut parts = line.splitn(3, |&b| b == b' ');
    let seconds_text = parts.next()?;
    let seconds = number(seconds_text)?;
    let Some(offset_text) = parts.next() else {
        return Some((HgDate::new(seconds, 0), line.len()));
    };
    // Conversions from other systems left offsets that are not numbers: they count as none.
    let offset = number(offset_text).and_then(|n| i32::try_from(n).ok()).unwrap_or(0);
    let extra = (seconds_text.len() + offset_text.len() + 2).min(line.len());
    Some((HgDate::new(seconds, offset), extra))
}

fn number(text: &[u8]) -> Option<i64> {
    let text = text.to_str().ok()?.trim();
    // Very old texts hold fractions of seconds.
    text.parse().ok().or_else(|| {
        let (whole, fraction) = text.split_once('.')?;
        fraction.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
        whole.parse().ok()
    })
}

/// Reads escaped extras; the default branch is filled in.
#[must_use]
pub fn decode_extra(text: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut out = BTreeMap::from([(b"branch".to_vec(), DEFAULT_BRANCH.to_vec())]);
    for pair in text.split(|&b| b == 0).filter(|pair| !pair.is_empty()) {
        let pair = unescape(pair);
        if let Some(colon) = pair.find_byte(b':') {
            out.insert(pair[..colon].to_vec(), pair[colon + 1..].to_vec());
        }
    }
    out
}

/// The escaped form of extras, sorted by key.
#[must_use]
pub fn encode_extra(extra: &BTreeMap<Vec<u8>, Vec<u8>>) -> Vec<u8> {
    let pairs = extra.iter().map(|(key, value)| {
        let mut pair = escape(key);
        pair.push(b':');
        pair.extend(escape(value));
        pair
    });
    bstr::join(b"\0", pairs)
}

fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &b in text {
        match b {
            b'\\' => out.extend(b"\\\\"),
            b'\n' => out.extend(b"\\n"),
            b'\r' => out.extend(b"\\r"),
            0 => out.extend(b"\\0"),
            b => out.push(b),
        }
    }
    out
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.iter().copied();
    while let Some(b) = bytes.next() {
        if b != b'\\' {
            out.push(b);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(b'0') => out.push(0),
            Some(b'\\') | None => out.push(b'\\'),
            Some(other) => out.extend([b'\\', other]),
        }
    }
    out
}

/// A changeset to be stored.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct NewChangeset {
    /// The manifest's node id; `None` writes the null id.
    pub manifest: Option<Node>,
    /// Who made it, without newlines.
    pub user: Vec<u8>,
    /// When.
    pub date: HgDate,
    /// The touched files, in any order.
    pub files: Vec<HgPathBuf>,
    /// Extras; a `branch` of `default` is not stored.
    pub extra: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The description, stored as [`strip_description`] leaves it.
    pub description: Vec<u8>,
}

impl NewChangeset {
    /// The text to store.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut extra = self.extra.clone();
        if extra.get(&b"branch"[..]).is_some_and(|branch| matches!(&branch[..], b"" | b"default")) {
            extra.remove(&b"branch"[..]);
        }
        let mut files: Vec<_> = self.files.iter().collect();
        files.sort_unstable();
        let mut out = self.manifest.unwrap_or(Node::NULL).hex();
        out.push(b'\n');
        out.extend_from_slice(&self.user);
        out.push(b'\n');
        out.extend_from_slice(format!("{} {}", self.date.seconds, self.date.offset).as_bytes());
        if !extra.is_empty() {
            out.push(b' ');
            out.extend(encode_extra(&extra));
        }
        out.push(b'\n');
        for file in files {
            out.extend_from_slice(file.as_bytes());
            out.push(b'\n');
        }
        out.push(b'\n');
        out.extend(strip_description(&self.description));
        out
    }
}

/// Removes white space at the ends of lines and empty lines at both ends.
#[must_use]
pub fn strip_description(text: &[u8]) -> Vec<u8> {
    let lines =
        text.lines().map(|line| line.trim_end_with(|c| c.is_ascii_whitespace() || c == '\x0b'));
    let joined = bstr::join(b"\n", lines);
    joined.trim_with(|c| c == '\n').to_vec()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_texts_are_read() {
        let text =
            [&[b'0'; 40][..], b"\nme <me@x>\n12 -3600 branch:x\\ny\0close:1\na\nb c\n\none\n\ntwo"]
                .concat();
        let entry = ChangesetEntry::decode(Arc::new(text)).expect("well formed");
        assert_eq!(entry.user(), b"me <me@x>");
        assert_eq!(entry.date(), HgDate::new(12, -3600));
        assert_eq!(entry.branch(), b"x\ny");
        assert!(entry.closes_branch());
        assert_eq!(entry.files().map(HgPath::as_bytes).collect::<Vec<_>>(), [&b"a"[..], b"b c"]);
        assert_eq!(entry.description(), b"one\n\ntwo");
    }

    #[test]
    fn no_files() {
        let text = [&[b'0'; 40][..], b"\nme\n0 0\n\nx"].concat();
        let entry = ChangesetEntry::decode(Arc::new(text)).expect("well formed");
        assert_eq!(entry.files().count(), 0);
        assert_eq!(entry.description(), b"x");
        assert_eq!(entry.branch(), b"default");
    }

    #[test]
    fn descriptions_are_stripped() {
        assert_eq!(strip_description(b"\n a \t\r\n\nb  \n\n"), b" a\n\nb");
    }

    proptest! {
        #[test]
        fn changesets_round_trip(
            user in "[a-z <>@]{0,20}",
            seconds: i64,
            offset: i32,
            files in proptest::collection::btree_set("[a-z/ ]{1,9}", 0..9),
            extra in proptest::collection::btree_map("[a-z_]{1,9}", any::<Vec<u8>>(), 0..4),
            description in "[a-z]([ -~\n]{0,40}[!-~])?",
        ) {
            let new = NewChangeset {
                manifest: Some(Node([9; 20])),
                user: user.clone().into_bytes(),
                date: HgDate::new(seconds, offset),
                files: files.iter().map(|file| HgPathBuf::from(file.as_str())).collect(),
                extra: extra.into_iter().map(|(key, value)| (key.into_bytes(), value)).collect(),
                description: description.into_bytes(),
            };
            let entry = ChangesetEntry::decode(Arc::new(new.encode())).expect("own text");
            prop_assert_eq!(entry.manifest(), Node([9; 20]));
            prop_assert_eq!(entry.user(), user.as_bytes());
            prop_assert_eq!(entry.date(), new.date);
            prop_assert!(entry.files().eq(new.files.iter().map(|file| &**file)));
            let mut extra = new.extra.clone();
            extra.entry(b"branch".to_vec()).or_insert_with(|| DEFAULT_BRANCH.to_vec());
            prop_assert_eq!(entry.extra(), extra);
            prop_assert_eq!(entry.description(), strip_description(&new.description));
        }

        #[test]
        fn noise_never_panics(text: Vec<u8>) {
            let _ = ChangesetEntry::decode(Arc::new(text));
        }
    }
}

//! Patterns for texts: `re:regex`, `literal:text`, `text` (`hg help revisions.patterns`).

use hg_match::PythonRegex;
use hg_types::{Encoding, Error, Result};

/// How a pattern was written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PatternKind {
    /// With `literal:`, or plain.
    Literal,
    /// With `re:`.
    Regex,
}

/// A pattern for texts.
pub struct StringPattern {
    /// How it was written.
    pub kind: PatternKind,
    /// What follows the kind.
    pub text: Vec<u8>,
    test: Test,
}

enum Test {
    Equal(Vec<u8>),
    EqualFolded(Vec<u8>, Encoding),
    Contains(Vec<u8>),
    ContainsFolded(Vec<u8>, Encoding),
    Regex(PythonRegex),
}

fn split(pattern: &[u8]) -> (PatternKind, &[u8]) {
    if let Some(text) = pattern.strip_prefix(b"re:") {
        return (PatternKind::Regex, text);
    }
    (PatternKind::Literal, pattern.strip_prefix(b"literal:").unwrap_or(pattern))
}

fn regex(text: &[u8], case_sensitive: bool) -> Result<Test> {
    let regex = PythonRegex::with_case(text, case_sensitive);
    let complain = |why| Error::parse(format!("invalid regular expression: {why}"), None);
    Ok(Test::Regex(regex.map_err(complain)?))
}

impl StringPattern {
    /// A pattern for whole texts.
    ///
    /// # Errors
    /// When the regular expression is malformed.
    pub fn whole(pattern: &[u8]) -> Result<Self> {
        let (kind, text) = split(pattern);
        let test = match kind {
            PatternKind::Regex => regex(text, true)?,
            PatternKind::Literal => Test::Equal(text.to_vec()),
        };
        Ok(Self { kind, text: text.to_vec(), test })
    }

    /// A pattern for whole texts in which case does not matter.
    ///
    /// # Errors
    /// When the regular expression is malformed.
    pub fn whole_folded(pattern: &[u8], encoding: Encoding) -> Result<Self> {
        let (kind, text) = split(pattern);
        let test = match kind {
            PatternKind::Regex => regex(text, false)?,
            PatternKind::Literal => Test::EqualFolded(encoding.lower(text), encoding),
        };
        Ok(Self { kind, text: text.to_vec(), test })
    }

    /// A pattern for parts of texts.
    ///
    /// # Errors
    /// When the regular expression is malformed.
    pub fn part(pattern: &[u8]) -> Result<Self> {
        let (kind, text) = split(pattern);
        let test = match kind {
            PatternKind::Regex => regex(text, true)?,
            PatternKind::Literal => Test::Contains(text.to_vec()),
        };
        Ok(Self { kind, text: text.to_vec(), test })
    }

    /// A pattern for parts of texts in which case does not matter.
    ///
    /// # Errors
    /// When the regular expression is malformed.
    pub fn part_folded(pattern: &[u8], encoding: Encoding) -> Result<Self> {
        let (kind, text) = split(pattern);
        let test = match kind {
            PatternKind::Regex => regex(text, false)?,
            PatternKind::Literal => Test::ContainsFolded(encoding.lower(text), encoding),
        };
        Ok(Self { kind, text: text.to_vec(), test })
    }

    /// Whether it was written without `re:`.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.kind == PatternKind::Literal
    }

    /// Whether `text` matches.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        use bstr::ByteSlice as _;
        match &self.test {
            Test::Equal(wanted) => text == &wanted[..],
            Test::EqualFolded(wanted, encoding) => encoding.lower(text) == *wanted,
            Test::Contains(wanted) => text.contains_str(wanted),
            Test::ContainsFolded(wanted, encoding) => {
                contains_in_characters(&encoding.lower(text), wanted, *encoding)
            }
            Test::Regex(regex) => regex.is_match(text),
        }
    }
}

/// Whether `part` occurs in `text`, both in `encoding`: byte by byte for ASCII and UTF-8, by characters where
/// the second byte of one may look like another.
pub(crate) fn contains_in_characters(text: &[u8], part: &[u8], encoding: Encoding) -> bool {
    use bstr::ByteSlice as _;
    let found = text.contains_str(part);
    if !found || encoding.is_utf8() || text.is_ascii() {
        return found;
    }
    encoding.decode_lossy(text).contains(&encoding.decode_lossy(part))
}

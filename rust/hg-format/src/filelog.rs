//! The metadata in front of a file revision's content: `\x01\n`, lines `key: value`, `\x01\n`.

use hg_types::Node;

const MARK: &[u8] = b"\x01\n";

/// A file revision's text in its two parts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FileText<'a> {
    /// The `key: value` lines; `None` without a metadata block.
    pub metadata: Option<&'a [u8]>,
    /// What the user stored.
    pub content: &'a [u8],
}

impl<'a> FileText<'a> {
    /// Splits a stored text. A block that is not closed counts as content.
    #[must_use]
    pub fn decode(text: &'a [u8]) -> Self {
        let plain = Self { metadata: None, content: text };
        let Some(rest) = text.strip_prefix(MARK) else { return plain };
        match rest.windows(2).position(|pair| pair == MARK) {
            Some(end) => Self { metadata: Some(&rest[..end]), content: &rest[end + 2..] },
            None => plain,
        }
    }

    /// The metadata as keys and values, in stored order.
    pub fn pairs(&self) -> impl Iterator<Item = (&'a [u8], &'a [u8])> + use<'a> {
        self.metadata.unwrap_or_default().split(|&b| b == b'\n').filter_map(|line| {
            let colon = line.windows(2).position(|pair| pair == b": ")?;
            Some((&line[..colon], &line[colon + 2..]))
        })
    }

    /// The value of `key`.
    #[must_use]
    pub fn value(&self, key: &[u8]) -> Option<&'a [u8]> {
        self.pairs().find(|(name, _)| *name == key).map(|(_, value)| value)
    }

    /// The path this revision was copied or renamed from, and the revision there.
    #[must_use]
    pub fn copy(&self) -> Option<(&'a [u8], Node)> {
        Some((self.value(b"copy")?, Node::from_hex(self.value(b"copyrev")?)?))
    }

    /// Whether the content was censored.
    #[must_use]
    pub fn is_censored(&self) -> bool {
        self.value(b"censored").is_some()
    }
}

/// The text to store for `content`: with a block when there is metadata, or when the content
/// itself would be taken for one. Keys are stored in sorted order.
#[must_use]
pub fn encode(metadata: &[(&[u8], &[u8])], content: &[u8]) -> Vec<u8> {
    if metadata.is_empty() && !content.starts_with(MARK) {
        return content.to_vec();
    }
    let mut sorted = metadata.to_vec();
    sorted.sort_unstable();
    let mut out = Vec::with_capacity(content.len() + 128);
    out.extend_from_slice(MARK);
    for (key, value) in sorted {
        for part in [key, b": ", value, b"\n"] {
            out.extend_from_slice(part);
        }
    }
    out.extend_from_slice(MARK);
    out.extend_from_slice(content);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn copies_are_found() {
        let node = Node([7; 20]);
        let hex = node.hex();
        let text = encode(&[(b"copyrev", &hex), (b"copy", b"a: b")], b"body");
        assert!(text.starts_with(b"\x01\ncopy: a: b\ncopyrev: 0707"));
        let decoded = FileText::decode(&text);
        assert_eq!(decoded.copy(), Some((&b"a: b"[..], node)));
        assert_eq!(decoded.content, b"body");
        assert!(!decoded.is_censored());
    }

    proptest! {
        #[test]
        fn contents_round_trip(mut content: Vec<u8>, marked: bool) {
            if marked {
                content.splice(..0, *b"\x01\n");
            }
            let text = encode(&[], &content);
            prop_assert_eq!(FileText::decode(&text).content, &content[..]);
        }
    }
}

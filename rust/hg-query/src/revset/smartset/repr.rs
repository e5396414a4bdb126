//! The printed structure of a set: `<filteredset <spanset+ 0:9>, <branch 'x'>>`.

/// A node of the printed structure.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Repr {
    /// What stands before the parts.
    pub head: Vec<u8>,
    /// The parts, printed on lines of their own.
    pub parts: Vec<Self>,
    /// Whether angle brackets enclose it.
    pub bare: bool,
}

impl Repr {
    /// A node with parts.
    #[must_use]
    pub fn of(head: &str, parts: impl IntoIterator<Item = Self>) -> Self {
        Self { head: head.as_bytes().to_vec(), parts: parts.into_iter().collect(), bare: false }
    }

    /// A node without parts.
    #[must_use]
    pub fn text(head: impl Into<Vec<u8>>) -> Self {
        Self { head: head.into(), parts: Vec::new(), bare: false }
    }

    /// Text without brackets.
    #[must_use]
    pub fn bare(head: impl Into<Vec<u8>>) -> Self {
        Self { bare: true, ..Self::text(head) }
    }

    /// The form on one line.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        if self.bare {
            return self.head.clone();
        }
        let mut out = [b"<", &self.head[..]].concat();
        for (index, part) in self.parts.iter().enumerate() {
            out.extend_from_slice(if index > 0 || part.bare { b", " } else { b" " });
            out.extend(part.line());
        }
        out.push(b'>');
        out
    }

    /// The indented form, without a final newline.
    #[must_use]
    pub fn pretty(&self) -> Vec<u8> {
        hg_match::pretty_repr(&self.line())
    }
}

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

    /// The indented form, without a final newline.
    #[must_use]
    pub fn pretty(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.pretty_into(0, &mut out);
        out
    }

    fn pretty_into(&self, level: usize, out: &mut Vec<u8>) {
        if self.bare {
            out.extend_from_slice(&self.head);
            return;
        }
        out.push(b'<');
        // Texts are not told from structure: a bracket in one starts a line too.
        for (at, &c) in self.head.iter().enumerate() {
            if c == b'<' && at > 0 {
                out.push(b'\n');
                out.resize(out.len() + 2 * (level + 1), b' ');
            }
            out.push(c);
        }
        for (index, part) in self.parts.iter().enumerate() {
            if index > 0 {
                out.push(b',');
            }
            if part.bare {
                out.push(b' ');
            } else {
                out.push(b'\n');
                out.resize(out.len() + 2 * (level + 1), b' ');
            }
            part.pretty_into(level + 1, out);
        }
        out.push(b'>');
    }
}

//! The file `series`: the patches of a queue in order, each with its guards, and comments.

use hg_types::{Error, Result};

/// A line of the file.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Line {
    /// As it stands there, without what ends it.
    text: Vec<u8>,
    /// The patch, if it names one.
    name: Option<Vec<u8>>,
    /// Its guards with their signs.
    guards: Vec<Vec<u8>>,
}

impl Line {
    fn parse(text: &[u8]) -> Self {
        let start = text.iter().position(|&byte| byte == b'#');
        let name = text[..start.unwrap_or(text.len())].trim_ascii();
        let name = (!name.is_empty()).then(|| name.to_vec());
        let comment = start.map_or(&[][..], |start| &text[start..]);
        let guards = spans(comment).into_iter().map(|(from, to)| comment[from..to].to_vec());
        Self { text: text.to_vec(), name, guards: guards.collect() }
    }
}

/// Where guards stand in the comment of a line, their signs included and the `#` not.
fn spans(comment: &[u8]) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < comment.len() {
        let signed = comment[at] == b'#' && matches!(comment.get(at + 1), Some(b'+' | b'-'));
        let named = comment.get(at + 2).is_some_and(|&byte| {
            !matches!(byte, b'+' | b'-' | b'#') && !byte.is_ascii_whitespace()
        });
        if !(signed && named) {
            at += 1;
            continue;
        }
        let ends = |byte: &u8| *byte == b'#' || byte.is_ascii_whitespace();
        let end = comment[at + 1..].iter().position(ends).map_or(comment.len(), |n| at + 1 + n);
        out.push((at + 1, end));
        at = end;
    }
    out
}

/// A text without its guards, and without the white space before each.
fn without_guards(text: &[u8]) -> Vec<u8> {
    let start = text.iter().position(|&byte| byte == b'#').unwrap_or(text.len());
    let mut out = text[..start].to_vec();
    let mut from = start;
    for (begin, end) in spans(&text[start..]) {
        let hash = start + begin - 1;
        out.extend_from_slice(&text[from..hash]);
        if out.last().is_some_and(u8::is_ascii_whitespace) {
            out.pop();
        }
        from = start + end;
    }
    out.extend_from_slice(&text[from..]);
    out
}

/// The patches of a queue in order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Series {
    lines: Vec<Line>,
    /// Which lines name patches.
    patches: Vec<usize>,
}

impl Series {
    /// Reads the file; `path` names it in messages.
    ///
    /// # Errors
    /// When a patch is named twice.
    pub fn parse(text: &[u8], path: &[u8]) -> Result<Self> {
        let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        let mut out =
            Self { lines: lines.into_iter().map(Line::parse).collect(), ..Self::default() };
        out.number();
        let mut seen = std::collections::HashSet::new();
        for name in out.names() {
            if !seen.insert(name) {
                let parts = [name, b" appears more than once in ", path];
                return Err(Error::abort(parts.concat()));
            }
        }
        Ok(out)
    }

    fn number(&mut self) {
        let named = |(at, line): (usize, &Line)| line.name.is_some().then_some(at);
        self.patches = self.lines.iter().enumerate().filter_map(named).collect();
    }

    /// The file's text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.lines.iter().flat_map(|line| [&line.text[..], b"\n"].concat()).collect()
    }

    /// The number of patches.
    #[must_use]
    pub fn len(&self) -> usize {
        self.patches.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.patches.is_empty()
    }

    /// The patches in order.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.patches.iter().filter_map(|&at| self.lines[at].name.as_deref())
    }

    /// The patch at a place.
    #[must_use]
    pub fn name(&self, index: usize) -> Option<&[u8]> {
        self.patches.get(index).and_then(|&at| self.lines[at].name.as_deref())
    }

    /// The place of a patch.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<usize> {
        self.names().position(|known| known == name)
    }

    /// The guards of a patch with their signs.
    #[must_use]
    pub fn guards(&self, index: usize) -> &[Vec<u8>] {
        self.patches.get(index).map_or(&[], |&at| &self.lines[at].guards)
    }

    /// Replaces the guards of a patch.
    pub fn set_guards(&mut self, index: usize, guards: &[Vec<u8>]) {
        let Some(&at) = self.patches.get(index) else { return };
        let mut text = without_guards(&self.lines[at].text);
        for guard in guards {
            text.extend_from_slice(&[b" #", &guard[..]].concat());
        }
        self.lines[at] = Line::parse(&text);
    }

    /// The line behind a patch; the first one without.
    #[must_use]
    pub fn line_behind(&self, name: Option<&[u8]>) -> usize {
        let place = name.and_then(|name| self.find(name));
        place.and_then(|index| self.patches.get(index)).map_or(0, |at| at + 1)
    }

    /// Adds a patch at a line.
    pub fn insert(&mut self, line: usize, name: &[u8]) {
        self.lines.insert(line.min(self.lines.len()), Line::parse(name));
        self.number();
    }

    /// Takes the line of a patch out and gives its text.
    pub fn remove(&mut self, index: usize) -> Option<Vec<u8>> {
        let at = *self.patches.get(index)?;
        let line = self.lines.remove(at);
        self.number();
        Some(line.text)
    }

    /// Puts back a line that was taken out.
    pub fn insert_line(&mut self, line: usize, text: &[u8]) {
        self.insert(line, text);
    }

    /// The line of a patch.
    #[must_use]
    pub fn line_of(&self, index: usize) -> usize {
        self.patches.get(index).copied().unwrap_or(self.lines.len())
    }

    /// Gives a patch another name; its guards stay.
    pub fn rename(&mut self, index: usize, name: &[u8]) {
        let Some(&at) = self.patches.get(index) else { return };
        let mut text = name.to_vec();
        for guard in &self.lines[at].guards {
            text.extend_from_slice(&[b" #", &guard[..]].concat());
        }
        self.lines[at] = Line::parse(&text);
        self.number();
    }
}

/// The first character of a guard that cannot stand there.
const BAD_FIRST: &[u8] = b"-+";
/// Characters that no guard has.
const BAD: &[u8] = b"# \t\r\n\x0c";

/// Says what is wrong with the name of a guard.
#[must_use]
pub fn bad_guard(guard: &[u8]) -> Option<Error> {
    let shown = hg_types::quoted(guard);
    let Some(first) = guard.first() else {
        return Some(Error::abort("guard cannot be an empty string"));
    };
    if BAD_FIRST.contains(first) {
        let parts = [&b"guard b"[..], &shown, b" starts with invalid character: "];
        let code = first.to_string();
        return Some(Error::abort([&parts.concat()[..], code.as_bytes()].concat()));
    }
    let code = guard.iter().find(|byte| BAD.contains(byte))?.to_string();
    let parts = [&b"invalid character in guard b"[..], &shown, b": ", code.as_bytes()];
    Some(Error::abort(parts.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guards_and_comments() {
        let text = b"p1\np2 #+g1 #-g2\n# comment\n\np3#+a,-b   #x\n p4 # text #+g\n";
        let mut series = Series::parse(text, b"series").expect("nothing is there twice");
        let names: Vec<&[u8]> = series.names().collect();
        assert_eq!(names, [&b"p1"[..], b"p2", b"p3", b"p4"]);
        assert_eq!(series.guards(1), [b"+g1".to_vec(), b"-g2".to_vec()]);
        assert_eq!(series.guards(2), [b"+a,-b".to_vec()]);
        assert_eq!(series.to_bytes(), text);
        series.set_guards(2, &[b"+z".to_vec()]);
        series.set_guards(3, &[]);
        series.set_guards(1, &[]);
        let expected = b"p1\np2\n# comment\n\np3   #x #+z\n p4 # text\n";
        assert_eq!(series.to_bytes(), expected);
    }

    #[test]
    fn places() {
        let mut series = Series::parse(b"# c\np1\np2\n", b"series").expect("fine");
        assert_eq!(series.line_behind(None), 0);
        let line = series.line_behind(Some(b"p1"));
        series.insert(line, b"new");
        series.rename(0, b"first");
        series.remove(2);
        assert_eq!(series.to_bytes(), b"# c\nfirst\nnew\n");
        assert!(Series::parse(b"a\na\n", b"s").is_err());
    }

    #[test]
    fn names_of_guards() {
        assert!(bad_guard(b"stable").is_none());
        assert!(bad_guard(b"+x").is_some() && bad_guard(b"a b").is_some());
    }
}

//! What stands before the diff in a patch of a queue: author, date, parent and message, in one of three
//! forms: as `hg export` writes it, as mail, or plain text.

use hg_types::Node;

/// The first line of exported changesets.
const EXPORT: &[u8] = b"# HG changeset patch";

/// Lines of an exported changeset that are kept up to date, in their order.
const EXPORT_FIELDS: [&[u8]; 3] = [b"# User ", b"# Date ", b"# Parent  "];

/// The lines before the diff, and what they say.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PatchHeader {
    /// The lines, without those that end them.
    lines: Vec<Vec<u8>>,
    /// The description, line by line.
    message: Vec<Vec<u8>>,
    /// The author.
    pub user: Option<Vec<u8>>,
    /// The date, as written.
    pub date: Option<Vec<u8>>,
    /// The parent, as written.
    pub parent: Option<Vec<u8>>,
    /// Whether a diff follows.
    pub has_diff: bool,
    /// Whether the diff is in git's format.
    pub is_git: bool,
    /// No lines for programs are added: the queue wants it so, or the header is that of a mail.
    plain: bool,
}

/// Where in the header the reader is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start, or in text.
    Text,
    /// In the lines of an exported changeset.
    Export,
    /// In the lines of a mail.
    Mail,
    /// Behind the lines of a mail.
    Body,
}

/// The lines before the diff, and the first line of it.
fn head(text: &[u8]) -> (Vec<&[u8]>, Option<&[u8]>) {
    let mut lines = Vec::new();
    let mut rest = text.split(|&byte| byte == b'\n').peekable();
    while let Some(line) = rest.next() {
        if rest.peek().is_none() && line.is_empty() {
            break;
        }
        let is_diff = line.starts_with(b"diff --git")
            || line.starts_with(b"diff -")
            || (line.starts_with(b"--- ")
                && rest.peek().is_some_and(|next| next.starts_with(b"+++ ")));
        if is_diff {
            return (lines, Some(line));
        }
        if !line.starts_with(b"--- ") {
            lines.push(line.trim_ascii_end());
        }
    }
    (lines, None)
}

/// The value behind one of two spellings of a name.
fn field<'a>(line: &'a [u8], names: [&[u8]; 2]) -> Option<&'a [u8]> {
    names.iter().find_map(|name| line.strip_prefix(*name))
}

impl PatchHeader {
    /// Reads the header of a patch; `plain` says that the queue wants no lines for programs.
    #[must_use]
    pub fn parse(text: &[u8], plain: bool) -> Self {
        let (lines, diff) = head(text);
        let mut out = Self {
            has_diff: diff.is_some(),
            is_git: diff.is_some_and(|line| line.starts_with(b"diff --git")),
            ..Self::default()
        };
        let mut subject = None;
        let mut place = Place::Text;
        for line in lines {
            place = out.take(line, place, &mut subject);
            out.lines.push(line.to_vec());
        }
        if let Some(subject) = subject {
            out.message.insert(0, subject);
        }
        while out.message.last().is_some_and(Vec::is_empty) {
            out.message.pop();
        }
        while out.lines.last().is_some_and(Vec::is_empty) {
            out.lines.pop();
        }
        let is_mail = |line: &Vec<u8>| line.starts_with(b"From: ") || line.starts_with(b"Date: ");
        let exported = out.lines.iter().any(|line| line.starts_with(EXPORT));
        out.plain = !exported && (plain || out.lines.iter().any(is_mail));
        out
    }

    fn take(&mut self, line: &[u8], place: Place, subject: &mut Option<Vec<u8>>) -> Place {
        if place == Place::Export {
            if let Some(user) = line.strip_prefix(b"# User ") {
                self.user = Some(user.to_vec());
            } else if let Some(date) = line.strip_prefix(b"# Date ") {
                self.date = Some(date.to_vec());
            } else if let Some(parent) = line.strip_prefix(b"# Parent ") {
                self.parent = Some(parent.trim_ascii().to_vec());
            } else if !line.starts_with(b"# ") && !line.is_empty() {
                self.message.push(line.to_vec());
                return Place::Text;
            }
            return Place::Export;
        }
        if line == EXPORT {
            self.message.clear();
            *subject = None;
            return Place::Export;
        }
        if place != Place::Body {
            if let Some(text) = field(line, [b"Subject: ", b"subject: "]) {
                *subject = Some(text.to_vec());
                return Place::Mail;
            }
            if let Some(user) = field(line, [b"From: ", b"from: "]) {
                self.user = Some(user.to_vec());
                return Place::Mail;
            }
            if let Some(date) = field(line, [b"Date: ", b"date: "]) {
                self.date = Some(date.to_vec());
                return Place::Mail;
            }
        }
        if place == Place::Mail && line.is_empty() {
            return Place::Body;
        }
        if !self.message.is_empty() || !line.is_empty() {
            self.message.push(line.to_vec());
        }
        place
    }

    /// A header without anything.
    #[must_use]
    pub fn empty(plain: bool) -> Self {
        Self { plain, ..Self::default() }
    }

    /// The description.
    #[must_use]
    pub fn message(&self) -> Vec<u8> {
        self.message.join(&b'\n')
    }

    /// The first line of the description.
    #[must_use]
    pub fn summary(&self) -> &[u8] {
        self.message.first().map_or(&[], Vec::as_slice)
    }

    /// The lines of the description.
    #[must_use]
    pub fn message_lines(&self) -> &[Vec<u8>] {
        &self.message
    }

    /// Replaces the description.
    pub fn set_message(&mut self, text: &[u8]) {
        self.drop_message();
        self.message = match text.is_empty() {
            true => Vec::new(),
            false => text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect(),
        };
        if !self.message.is_empty() {
            if self.plain && self.lines.last().is_some_and(|line| !line.is_empty()) {
                self.lines.push(Vec::new());
            }
            self.lines.extend_from_slice(&self.message);
        }
    }

    /// Takes the lines of the description out.
    fn drop_message(&mut self) {
        let Some(first) = self.message.first() else { return };
        let subject = [&b"subject: "[..], &first.to_ascii_lowercase()].concat();
        let is_subject = |line: &Vec<u8>| line.to_ascii_lowercase() == subject;
        let mut rest = &self.message[..];
        if let Some(at) = self.lines.iter().position(is_subject) {
            self.lines.remove(at);
            // The line behind the subject stays: old programs take it for the empty one.
            rest = rest.get(2..).unwrap_or_default();
        }
        let mut at = 0;
        for line in rest {
            let Some(found) = self.lines.iter().skip(at).position(|known| known == line) else {
                break;
            };
            at += found;
            self.lines.remove(at);
        }
    }

    /// Sets the author.
    pub fn set_user(&mut self, user: &[u8]) {
        self.set_field(b"From: ", 0, user);
        self.user = Some(user.to_vec());
    }

    /// Sets the date.
    pub fn set_date(&mut self, date: &[u8]) {
        self.set_field(b"Date: ", 1, date);
        self.date = Some(date.to_vec());
    }

    /// Sets the parent, which is told in exported changesets only.
    pub fn set_parent(&mut self, parent: &Node) {
        let hex = parent.hex();
        if !self.plain {
            self.set_field(b"", 2, &hex);
        }
        self.parent = Some(hex);
    }

    fn set_field(&mut self, mail: &[u8], number: usize, value: &[u8]) {
        if self.plain {
            return self.set_mail_field(mail, number, value);
        }
        let line = [EXPORT_FIELDS[number], value].concat();
        let Some(start) = self.lines.iter().position(|line| line.starts_with(EXPORT)) else {
            let rest = std::mem::take(&mut self.lines);
            self.lines = [vec![EXPORT.to_vec(), line], rest].concat();
            return;
        };
        let mut place = None;
        let mut at = start + 1;
        while at < self.lines.len() && self.lines[at].starts_with(b"# ") {
            if self.lines[at].starts_with(EXPORT_FIELDS[number]) {
                self.lines[at] = line;
                return;
            }
            let is_later =
                EXPORT_FIELDS[number + 1..].iter().any(|field| self.lines[at].starts_with(field));
            if is_later && place.is_none() {
                place = Some(at);
            }
            at += 1;
        }
        self.lines.insert(place.unwrap_or(at), line);
    }

    fn set_mail_field(&mut self, name: &[u8], number: usize, value: &[u8]) {
        let line = [name, value].concat();
        let head = self.lines.iter().take_while(|line| !line.is_empty()).count();
        if let Some(known) = self.lines[..head].iter_mut().find(|line| line.starts_with(name)) {
            *known = line;
            return;
        }
        let behind_user =
            number == 1 && self.lines.first().is_some_and(|l| l.starts_with(b"From: "));
        let at = usize::from(behind_user);
        let text_follows = !self.message.is_empty() && self.lines.get(at) == self.message.first();
        self.lines.insert(at, line);
        if text_follows {
            self.lines.insert(at + 1, Vec::new());
        }
    }

    /// The header as it stands in the file, with the empty line that ends it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.lines.is_empty() {
            return Vec::new();
        }
        let mut out = self.lines.join(&b'\n');
        out.extend_from_slice(b"\n\n");
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn changed(text: &str, change: impl Fn(&mut PatchHeader)) -> String {
        let mut header = PatchHeader::parse(text.as_bytes(), false);
        change(&mut header);
        String::from_utf8(header.to_bytes()).expect("the header is ASCII")
    }

    #[test]
    fn exported() {
        let text = "# HG changeset patch\n# User bob\n# Branch foo\nmsg\nmore\n\ndiff -r 0 a\n";
        let header = PatchHeader::parse(text.as_bytes(), false);
        assert_eq!(header.message(), b"msg\nmore");
        assert_eq!(header.user.as_deref(), Some(&b"bob"[..]));
        assert!(header.has_diff && !header.is_git);
        let out = changed(text, |header| {
            header.set_user(b"joe");
            header.set_date(b"9 0");
            header.set_message(b"new");
        });
        assert_eq!(out, "# HG changeset patch\n# User joe\n# Branch foo\n# Date 9 0\nnew\n\n");
    }

    #[test]
    fn plain_text_becomes_exported() {
        let out = changed("msg\n\ndiff --git a/a b/a\n", |header| {
            header.set_parent(&Node::NULL);
            header.set_date(b"9 0");
        });
        let parent = "0".repeat(40);
        let expected = format!("# HG changeset patch\n# Date 9 0\n# Parent  {parent}\nmsg\n\n");
        assert_eq!(out, expected);
    }

    #[test]
    fn mail_stays_mail() {
        let text = "From: joe\nSubject: sub\n\nbody1\nbody2\n\ndiff -r 0 a\n";
        let header = PatchHeader::parse(text.as_bytes(), false);
        assert_eq!(header.message(), b"sub\nbody1\nbody2");
        let out = changed(text, |header| {
            header.set_date(b"9 0");
            header.set_parent(&Node::NULL);
        });
        assert_eq!(out, "From: joe\nDate: 9 0\nSubject: sub\n\nbody1\nbody2\n\n");
        let out = changed(text, |header| header.set_message(b"new"));
        assert_eq!(out, "From: joe\n\nbody1\n\nnew\n\n");
    }

    #[test]
    fn text_after_a_user() {
        let out = changed("msg\n\nFrom: joe\n\ndiff -r 0 a\n", |header| header.set_user(b"U"));
        assert_eq!(out, "From: U\n\nmsg\n\nFrom: joe\n\n");
    }

    #[test]
    fn nothing() {
        let header = PatchHeader::parse(b"", true);
        assert_eq!(header.to_bytes(), b"");
        assert!(!header.has_diff && header.message().is_empty());
    }
}

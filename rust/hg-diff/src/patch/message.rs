//! Patches with descriptions: what `hg export` writes, mail messages, mailboxes, or nothing of
//! the kind.

use hg_types::Encoding;

use super::chomp;
use crate::lines;

mod mime;

use mime::Message;

/// What starts an exported changeset.
const EXPORT_HEADER: &[u8] = b"# HG changeset patch";
/// Kinds of message parts that can hold a patch.
const PATCH_TYPES: [&[u8]; 3] = [b"text/plain", b"text/x-diff", b"text/x-patch"];

/// A patch and what is told about it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PatchMessage {
    /// The text with the patch; `None` when there is none.
    pub patch: Option<Vec<u8>>,
    /// The description, in the user's character set; may be empty.
    pub message: Vec<u8>,
    /// The author.
    pub user: Option<Vec<u8>>,
    /// The date, as written.
    pub date: Option<Vec<u8>>,
    /// The named branch.
    pub branch: Option<Vec<u8>>,
    /// The id of the exported changeset, as written.
    pub node: Option<Vec<u8>>,
    /// The id of its first parent, as written.
    pub p1: Option<Vec<u8>>,
    /// The id of its second parent, as written.
    pub p2: Option<Vec<u8>>,
}

/// Splits a file into its patches: exported changesets, messages of a mailbox, parts of a
/// message.
#[must_use]
pub fn split(text: &[u8]) -> Vec<Vec<u8>> {
    let all = lines::split_vec(text);
    let mut in_header = false;
    for (at, line) in all.iter().enumerate() {
        if line.starts_with(EXPORT_HEADER) {
            return split_exports(&all, at);
        }
        if line.starts_with(b"From ") {
            return split_mailbox(&all, at);
        }
        if is_header(line, in_header) {
            in_header = true;
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default();
            if name.eq_ignore_ascii_case(b"content-type") {
                return split_message(text);
            }
        } else if line.starts_with(b"--- ") && in_header {
            return split_headers(&all, at);
        }
    }
    vec![text.to_vec()]
}

/// Whether a line looks like one of a mail header; `after` tells that the line before did.
fn is_header(line: &[u8], after: bool) -> bool {
    if after && matches!(line.first(), Some(b' ' | b'\t')) {
        return true;
    }
    if matches!(line.first(), Some(b' ' | b'-' | b'+')) {
        return false;
    }
    let colon = line.windows(2).position(|two| two == b": ");
    colon.is_some_and(|at| !line[..at].contains(&b' '))
}

/// Splits before each exported changeset, the first of which stands at `first`.
fn split_exports(all: &[&[u8]], first: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut in_header = true;
    for (at, line) in all.iter().enumerate().skip(first + 1) {
        if line.trim_ascii().is_empty() {
            in_header = false;
        }
        if !in_header && line.starts_with(EXPORT_HEADER) {
            out.push(all[start..at].concat());
            start = at;
            in_header = true;
        }
    }
    out.push(all[start..].concat());
    out
}

/// Splits a mailbox, the first message of which stands at `first`.
fn split_mailbox(all: &[&[u8]], first: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut start = 0;
    let begins = |(at, line): &(usize, &&[u8])| *at > first && line.starts_with(b"From ");
    for (at, _) in all.iter().enumerate().filter(begins) {
        out.extend(split(&all[start + 1..at].concat()));
        start = at;
    }
    out.extend(split(&all[start + 1..].concat()));
    out
}

/// The parts of a message that can hold patches.
fn split_message(text: &[u8]) -> Vec<Vec<u8>> {
    let message = Message::parse(text);
    if !message.is_multipart() {
        return vec![text.to_vec()];
    }
    let parts = message.walk();
    let parts = parts.into_iter().filter(|part| PATCH_TYPES.contains(&&part.content_type()[..]));
    parts.map(|part| part.source().to_vec()).collect()
}

/// Splits before each block of header lines behind a patch.
fn split_headers(all: &[&[u8]], first: usize) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut in_header = false;
    for (at, line) in all.iter().enumerate().skip(first + 1) {
        if !in_header && is_header(line, in_header) {
            out.push(all[start..at].concat());
            start = at;
            in_header = true;
        }
        in_header = in_header && is_header(line, in_header);
    }
    out.push(all[start..].concat());
    out
}

/// Finds the patch in a text, and what is told about it. `debug` hears what was found.
#[must_use]
pub fn extract(text: &[u8], encoding: &Encoding, debug: &mut dyn FnMut(&[u8])) -> PatchMessage {
    let message = Message::parse(text);
    let mut search = Search::new(&message, encoding, debug);
    for part in message.walk() {
        search.part(part, debug);
    }
    search.finish()
}

/// What was found so far.
struct Search {
    found: PatchMessage,
    subject: Option<Vec<u8>>,
    patches: usize,
}

impl Search {
    fn new(message: &Message, encoding: &Encoding, debug: &mut dyn FnMut(&[u8])) -> Self {
        let decoded = |name: &[u8]| {
            let value = message.header(name).filter(|value| !value.is_empty())?;
            Some(mime::decode_header(value, encoding))
        };
        let (mut subject, user) = (decoded(b"subject"), decoded(b"from"));
        if subject.is_none() && user.is_none() {
            // No mail: what looked like a header is part of the description.
            let lines =
                message.headers().iter().map(|(name, value)| [&name[..], b": ", value].concat());
            let lines: Vec<Vec<u8>> = lines.collect();
            subject = Some([&lines.join(&b'\n')[..], b"\n"].concat());
        }
        let mut found = PatchMessage { user, ..PatchMessage::default() };
        if let Some(node) = message.header(b"x-mercurial-node") {
            debug(&[b"Node ID: ", node, b"\n"].concat());
            found.node = Some(node.to_vec());
        }
        let subject = subject.map(|subject| clean_subject(&subject));
        if let Some(subject) = &subject {
            debug(&[b"Subject: ", &subject[..], b"\n"].concat());
        }
        if let Some(user) = &found.user {
            debug(&[b"From: ", &user[..], b"\n"].concat());
        }
        Self { found, subject, patches: 0 }
    }

    fn part(&mut self, part: &Message, debug: &mut dyn FnMut(&[u8])) {
        let content_type = part.content_type();
        debug(&[b"Content-Type: ", &content_type[..], b"\n"].concat());
        if !PATCH_TYPES.contains(&&content_type[..]) {
            return;
        }
        let payload = part.payload();
        if let Some(start) = find_patch(&payload) {
            debug(format!("found patch at byte {start}\n").as_bytes());
            self.patches += 1;
            self.found.message = self.description(&payload[..start], debug);
            let patch = self.found.patch.get_or_insert_default();
            patch.extend_from_slice(&payload);
            if payload.last() != Some(&b'\n') {
                patch.push(b'\n');
            }
        } else if self.patches == 0
            && !self.found.message.is_empty()
            && content_type == b"text/plain"
        {
            self.found.message.push(b'\n');
            self.found.message.extend_from_slice(&payload);
        }
    }

    /// Reads what stands before a patch: a header of `hg export`, and the description.
    fn description(&mut self, text: &[u8], debug: &mut dyn FnMut(&[u8])) -> Vec<u8> {
        let mut out = Vec::new();
        let (mut exported, mut in_header, mut ignored) = (false, false, false);
        for line in lines::split(text).map(chomp_newline) {
            if line.starts_with(EXPORT_HEADER) && !exported {
                debug(b"patch generated by hg export\n");
                exported = true;
                in_header = true;
                // What stands before is no part of the description.
                out.clear();
                self.subject = None;
            } else if in_header {
                in_header = self.header_line(line, debug);
            } else if line == b"---" {
                ignored = true;
            }
            if !in_header && !ignored {
                out.extend_from_slice(line);
                out.push(b'\n');
            }
        }
        out
    }

    /// Takes in a line of the header; tells whether it was one.
    fn header_line(&mut self, line: &[u8], debug: &mut dyn FnMut(&[u8])) -> bool {
        let after = |start: &[u8]| line.strip_prefix(start).map(<[u8]>::to_vec);
        if let Some(user) = after(b"# User ") {
            debug(&[b"From: ", &user[..], b"\n"].concat());
            self.found.user = Some(user);
        } else if let Some(parent) = after(b"# Parent ") {
            let parent = parent.trim_ascii_start().to_vec();
            let found = &mut self.found;
            let slot = if found.p1.is_none() { &mut found.p1 } else { &mut found.p2 };
            slot.get_or_insert(parent);
        } else if !line.starts_with(b"# ") {
            return false;
        } else {
            let slots = [
                ("Date", &mut self.found.date),
                ("Branch", &mut self.found.branch),
                ("Node ID", &mut self.found.node),
            ];
            for (name, slot) in slots {
                if let Some(value) = after(format!("# {name} ").as_bytes()) {
                    debug(&[name.as_bytes(), b": ", &value[..], b"\n"].concat());
                    *slot = Some(value);
                }
            }
        }
        true
    }

    fn finish(mut self) -> PatchMessage {
        if let Some(subject) = self.subject.filter(|subject| !subject.is_empty())
            && !self.found.message.starts_with(&subject)
        {
            self.found.message = [&subject[..], b"\n", &self.found.message].concat();
        }
        self.found
    }
}

/// A line without its newline; a carriage return stays.
fn chomp_newline(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").map_or(line, |line| line.strip_suffix(b"\r").unwrap_or(line))
}

/// A subject without `[PATCH ...]`, on one line.
fn clean_subject(subject: &[u8]) -> Vec<u8> {
    let mut subject = subject;
    if subject.starts_with(b"[PATCH")
        && let Some(end) = subject.iter().position(|&byte| byte == b']')
    {
        subject = subject[end + 1..].trim_ascii_start();
    }
    let mut out = Vec::with_capacity(subject.len());
    let mut rest = subject;
    while let Some(newline) = rest.iter().position(|&byte| byte == b'\n') {
        let blanks =
            rest[newline + 1..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        out.extend_from_slice(&rest[..newline]);
        out.push(if blanks > 0 { b' ' } else { b'\n' });
        rest = &rest[newline + 1 + blanks..];
    }
    out.extend_from_slice(rest);
    out
}

/// Where a patch starts in a text.
fn find_patch(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    let all = lines::split_vec(text);
    for (number, line) in all.iter().enumerate() {
        if starts_patch(line, &all[number..]) {
            return Some(at);
        }
        at += line.len();
    }
    None
}

/// Whether a line starts a patch; `rest` are the lines from it on.
fn starts_patch(line: &[u8], rest: &[&[u8]]) -> bool {
    let with_blank = |start: &[u8]| {
        line.strip_prefix(start).is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\t')))
    };
    let later = |start: &[u8]| {
        rest[1..].iter().any(|line| {
            line.strip_prefix(start).is_some_and(|rest| matches!(rest.first(), Some(b' ' | b'\t')))
        })
    };
    let diff = line.starts_with(b"diff -") || line.starts_with(b"diff\t-");
    let retrieving = || {
        let rest = line.strip_prefix(b"retrieving revision ").map(chomp);
        let parts = rest.map(|rest| rest.split(|&byte| byte == b'.'));
        let number = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        parts.is_some_and(|mut parts| parts.all(number))
    };
    with_blank(b"Index:")
        || diff
        || line.starts_with(b"RCS file: ")
        || retrieving()
        || (with_blank(b"---") && later(b"+++"))
        || (with_blank(b"***") && later(b"---"))
}

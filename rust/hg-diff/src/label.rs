//! Diffs with labels, for colours: what each piece of a line is.

use crate::file_diff::{Body, FileDiff};
use crate::options::DiffOptions;
use crate::{lines, word_diff};

/// Takes pieces of output with their labels, empty for none.
pub type Put<'a> = dyn FnMut(&[u8], &'static str) + 'a;

/// What starts a header line, and its label.
const HEADERS: [(&[u8], &str); 9] = [
    (b"diff", "diff.diffline"),
    (b"--- ", "diff.file_a"),
    (b"+++ ", "diff.file_b"),
    (b"index ", "diff.extended"),
    (b"similarity ", "diff.extended"),
    (b"copy ", "diff.extended"),
    (b"rename ", "diff.extended"),
    (b"old mode ", "diff.extended"),
    (b"new ", "diff.extended"),
];

/// Hands the pieces of a file's diff to `put`.
pub fn spans(diff: &FileDiff, options: &DiffOptions, put: &mut Put<'_>) {
    for line in &diff.header {
        let known = HEADERS.iter().find(|(start, _)| line.starts_with(start));
        labelled(line, known.map_or("diff.extended", |(_, label)| label), put);
    }
    match &diff.body {
        Body::Binary(text) => put(text, ""),
        Body::Text(hunks) => {
            for hunk in hunks {
                labelled(&hunk.header(), "diff.hunk", put);
                hunk_lines(&hunk.lines, options, put);
            }
        }
    }
}

fn hunk_lines(text: &[u8], options: &DiffOptions, put: &mut Put<'_>) {
    let mut block: Vec<&[u8]> = Vec::new();
    let word_diff = options.word_diff;
    for line in lines::split(text) {
        if matches!(line.first(), Some(b'-' | b'+')) && word_diff {
            block.push(line);
            continue;
        }
        flush(&mut block, put);
        match line.first() {
            Some(b'-') => changed(line, "diff.deleted", put),
            Some(b'+') => changed(line, "diff.inserted", put),
            _ => put(line, ""),
        }
    }
    flush(&mut block, put);
}

/// Writes changed lines that stand together, with their changed words.
fn flush(block: &mut Vec<&[u8]>, put: &mut Put<'_>) {
    let lines = std::mem::take(block);
    let is = |sign: u8| lines.iter().any(|line| line.first() == Some(&sign));
    if is(b'-') && is(b'+') {
        word_diff::spans(&lines, put);
        return;
    }
    for line in lines {
        let label = if line[0] == b'-' { "diff.deleted" } else { "diff.inserted" };
        changed(line, label, put);
    }
}

/// A header line: all of it has the label but white space at its end.
fn labelled(line: &[u8], label: &'static str, put: &mut Put<'_>) {
    let (text, space, end) = split_end(line);
    put(text, label);
    space_and_end(space, end, put);
}

/// A changed line: tabs have a label of their own.
fn changed(line: &[u8], label: &'static str, put: &mut Put<'_>) {
    let (text, space, end) = split_end(line);
    tabs(text, |tab| if tab { "diff.tab" } else { label }, put);
    space_and_end(space, end, put);
}

/// Writes runs of tabs and of what is between them.
pub(crate) fn tabs(text: &[u8], label: impl Fn(bool) -> &'static str, put: &mut Put<'_>) {
    for run in text.chunk_by(|a, b| (*a == b'\t') == (*b == b'\t')) {
        put(run, label(run[0] == b'\t'));
    }
}

pub(crate) fn space_and_end(space: &[u8], end: &[u8], put: &mut Put<'_>) {
    if !space.is_empty() {
        put(space, "diff.trailingwhitespace");
    }
    if !end.is_empty() {
        put(end, "");
    }
}

/// Splits a line into text, white space behind it, and line ending.
pub(crate) fn split_end(line: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let text_len = |text: &[u8], strip: &[u8]| {
        text.iter().rposition(|byte| !strip.contains(byte)).map_or(0, |at| at + 1)
    };
    let (text, end) = line.split_at(text_len(line, b"\r\n"));
    let (text, space) = text.split_at(text_len(text, b" \t\r\n\x0b\x0c"));
    (text, space, end)
}

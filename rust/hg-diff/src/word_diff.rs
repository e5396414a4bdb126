//! Changed words of changed lines, for highlighting.
//!
//! The removed lines that stand together and the added ones are compared as two lists of words.

use crate::blocks;
use crate::label::{Put, space_and_end, tabs};
use crate::lines;

/// A piece of text, at most up to the end of its line, and whether it changed.
type Piece = (Vec<u8>, bool);

/// Writes removed and added lines with labels for changed and unchanged words: the removed ones
/// first.
pub(crate) fn spans(lines: &[&[u8]], put: &mut Put<'_>) {
    let text = |sign: u8| -> Vec<u8> {
        lines.iter().filter(|line| line[0] == sign).flat_map(|line| &line[1..]).copied().collect()
    };
    let (removed, added) = (text(b'-'), text(b'+'));
    let (removed, added) = (words(&removed), words(&added));
    let (mut old, mut new) = (Vec::new(), Vec::new());
    let (mut a, mut b) = (0, 0);
    for block in blocks::matching(&removed, &added) {
        push(&mut old, &removed[a..block.a1], true);
        push(&mut new, &added[b..block.b1], true);
        push(&mut old, &removed[block.a1..block.a2], false);
        push(&mut new, &added[block.b1..block.b2], false);
        (a, b) = (block.a2, block.b2);
    }
    let deleted = ["diff.deleted", "diff.deleted.changed", "diff.deleted.unchanged"];
    let inserted = ["diff.inserted", "diff.inserted.changed", "diff.inserted.unchanged"];
    write(b"-", deleted, &old, put);
    write(b"+", inserted, &new, put);
}

/// Runs of tabs, of spaces, of letters and digits, and single other characters.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let together =
        |a: &u8, b: &u8| (a == b && matches!(a, b'\t' | b' ')) || (is_word(*a) && is_word(*b));
    text.chunk_by(together).collect()
}

fn push(out: &mut Vec<Piece>, words: &[&[u8]], changed: bool) {
    let text = words.concat();
    out.extend(lines::split(&text).map(|piece| (piece.to_vec(), changed)));
}

fn write(sign: &[u8], labels: [&'static str; 3], pieces: &[Piece], put: &mut Put<'_>) {
    let [own, changed, unchanged] = labels;
    let mut starts = true;
    for (piece, is_changed) in pieces {
        if std::mem::take(&mut starts) {
            put(sign, own);
        }
        let label = if *is_changed { changed } else { unchanged };
        let (mut text, mut space, mut end) = (&piece[..], &b""[..], &b""[..]);
        if let Some(line) = piece.strip_suffix(b"\n") {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            text = trim_end(line);
            (space, end) = (&line[text.len()..], &piece[line.len()..]);
            starts = true;
        }
        tabs(text, |tab| if tab { "diff.tab" } else { label }, put);
        space_and_end(space, end, put);
    }
}

fn trim_end(line: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| b" \t\r\n\x0b\x0c".contains(byte);
    &line[..line.iter().rposition(|byte| !is_space(byte)).map_or(0, |at| at + 1)]
}

//! Texts cut, wrapped and indented for filters and functions.

use hg_types::{Encoding, Result};

/// Lines without their ends, which are `\n`, `\r\n` or `\r`.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    lines_with_ends(text).map(|line| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        line.strip_suffix(b"\r").unwrap_or(line)
    })
}

/// Lines with their ends.
pub(super) fn lines_with_ends(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = match rest.iter().position(|&c| c == b'\n' || c == b'\r') {
            Some(at) if rest[at..].starts_with(b"\r\n") => at + 2,
            Some(at) => at + 1,
            None => rest.len(),
        };
        let (line, after) = rest.split_at(end);
        rest = after;
        Some(line)
    })
}

/// Whether Python's `bytes.strip` removes it.
pub(super) fn is_space(c: u8) -> bool {
    matches!(c, b'\t'..=b'\r' | b' ')
}

/// Without blanks on both sides.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|&c| !is_space(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|&c| !is_space(c)).map_or(start, |at| at + 1);
    &text[start..end]
}

/// Indents every line that is not blank; the first with `first`. Lines end with `\n` afterwards.
pub(super) fn indent(text: &[u8], first: &[u8], rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + rest.len());
    for (at, line) in lines(text).enumerate() {
        if at > 0 {
            out.push(b'\n');
        }
        if !trim(line).is_empty() {
            out.extend_from_slice(if at == 0 { first } else { rest });
        }
        out.extend_from_slice(line);
    }
    if text.ends_with(b"\n") {
        out.push(b'\n');
    }
    out
}

/// Widths and indentation of wrapped paragraphs.
pub(super) struct Filling<'a> {
    pub(super) encoding: Encoding,
    pub(super) width: i64,
    pub(super) first: &'a [u8],
    pub(super) rest: &'a [u8],
}

/// Wraps each paragraph of a text. Empty lines and list bullets separate paragraphs and stay.
///
/// # Errors
/// When a part is no text in the user's character set.
pub(super) fn fill(text: &[u8], filling: &Filling<'_>) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    loop {
        let (paragraph, separator) = next_paragraph(rest);
        let end = paragraph.len() + separator.len();
        let is_last = end == rest.len();
        filling.encoding.from_local(if is_last { rest } else { paragraph })?;
        // Wrapped once with its own blanks and line ends, then again: where the first wrapping has broken at a hyphen,
        // a blank stays.
        let once = Filling { first: b"", rest: b"", ..*filling };
        let joined = join_blanks(&wrap(&plain_blanks(paragraph), &once));
        out.extend_from_slice(&wrap(&joined, filling));
        out.extend_from_slice(separator);
        rest = &rest[end..];
        if is_last {
            return Ok(out);
        }
    }
}

/// A paragraph and what separates it from the next: an empty line or a bullet on a new line.
fn next_paragraph(text: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    while let Some(newline) = text[at..].iter().position(|&c| c == b'\n').map(|found| at + found) {
        if text.get(newline + 1) == Some(&b'\n') {
            return (&text[..newline], &text[newline..newline + 2]);
        }
        let after = &text[newline + 1..];
        let bullet = after.iter().position(|&c| !is_space(c)).unwrap_or(after.len());
        if matches!(after.get(bullet), Some(b'-' | b'*')) {
            let behind = &after[bullet + 1..];
            let blanks = behind.iter().position(|&c| !is_space(c)).unwrap_or(behind.len());
            let end = newline + 1 + bullet + 1 + blanks;
            return (&text[..newline], &text[newline..end]);
        }
        at = newline + 1;
    }
    // Blanks at the end of the text stay as they are.
    let end = text.iter().rposition(|&c| !is_space(c)).map_or(0, |at| at + 1);
    text.split_at(end)
}

/// With a space for every other blank, and tabs expanded.
fn plain_blanks(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut column = 0;
    for &c in text {
        match c {
            b'\t' => {
                let count = 8 - column % 8;
                out.resize(out.len() + count, b' ');
                column += count;
            }
            b'\n' | b'\r' => {
                out.push(b' ');
                column = 0;
            }
            _ => {
                out.push(if is_space(c) { b' ' } else { c });
                column += 1;
            }
        }
    }
    out
}

fn join_blanks(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        if !is_space(c) {
            out.push(c);
        } else if out.last() != Some(&b' ') {
            out.push(b' ');
        }
    }
    out
}

/// Breaks one paragraph into lines.
pub(super) fn wrap(text: &[u8], filling: &Filling<'_>) -> Vec<u8> {
    let encoding = filling.encoding;
    let count = |bytes: &[u8]| encoding.decode_lossy(bytes).chars().count();
    let longest = count(filling.first).max(count(filling.rest));
    let longest = i64::try_from(longest).unwrap_or(i64::MAX - 78);
    let width = if filling.width <= longest { 78.max(longest + 1) } else { filling.width };
    let width = usize::try_from(width).unwrap_or(78);
    let text = encoding.decode_lossy(text);
    let mut chunks: Vec<Vec<char>> = split_chunks(&text);
    chunks.reverse();
    let mut lines: Vec<Vec<u8>> = Vec::new();
    while !chunks.is_empty() {
        let indent = if lines.is_empty() { filling.first } else { filling.rest };
        let room = width.saturating_sub(count(indent)).max(1);
        if !lines.is_empty() && chunks.last().is_some_and(|chunk| is_blank(chunk)) {
            chunks.pop();
        }
        let line = fill_line(&mut chunks, room, encoding);
        if !line.is_empty() {
            let line: String = line.into_iter().flatten().collect();
            lines.push([indent, &encoding.encode(&line).0].concat());
        }
    }
    lines.join(&b'\n')
}

/// Takes what fits from the end of `chunks`; a chunk that fits no line is cut.
fn fill_line(chunks: &mut Vec<Vec<char>>, room: usize, encoding: Encoding) -> Vec<Vec<char>> {
    let columns = |chunk: &[char]| -> usize { chunk.iter().map(|&c| encoding.char_width(c)).sum() };
    let mut line: Vec<Vec<char>> = Vec::new();
    let mut used = 0;
    while let Some(chunk) = chunks.last() {
        let wide = columns(chunk);
        if used + wide > room {
            break;
        }
        used += wide;
        line.extend(chunks.pop());
    }
    if let Some(chunk) = chunks.last_mut()
        && columns(chunk) > room
    {
        let space = room.saturating_sub(used).max(1);
        let mut taken = 0;
        let fits = chunk.iter().take_while(|&&c| {
            taken += encoding.char_width(c);
            taken <= space
        });
        let cut = match fits.count() {
            // Nothing would ever be taken from a line that is too narrow for one character.
            0 if line.is_empty() => 1,
            count => count,
        };
        if cut > 0 {
            let rest = chunk.split_off(cut);
            line.push(std::mem::replace(chunk, rest));
        }
    }
    if line.last().is_some_and(|chunk| is_blank(chunk)) {
        line.pop();
    }
    line
}

fn is_blank(chunk: &[char]) -> bool {
    chunk.iter().all(|c| c.is_whitespace())
}

/// Blanks, words, and parts of words that end with a hyphen between letters.
fn split_chunks(text: &str) -> Vec<Vec<char>> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let blank = first.is_whitespace();
        let end = rest.find(|c: char| c.is_whitespace() != blank).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        let run: Vec<char> = run.chars().collect();
        if blank {
            chunks.push(run);
        } else {
            split_word(&run, &mut chunks);
        }
        rest = after;
    }
    chunks
}

fn split_word(word: &[char], chunks: &mut Vec<Vec<char>>) {
    let letter = |at: usize| word.get(at).is_some_and(|&c| is_letter(c));
    let word_part =
        |at: usize| word.get(at).is_some_and(|&c| c.is_alphanumeric() || "_!\"'&.,?".contains(c));
    let mut start = 0;
    let mut at = 0;
    while at < word.len() {
        if word[at] != '-' {
            at += 1;
            continue;
        }
        let dashes = word[at..].iter().take_while(|&&c| c == '-').count();
        let next = at + dashes;
        let dash_before_word = word.get(next).is_some_and(|&c| c.is_alphanumeric() || c == '_');
        if dashes >= 2 && at > start && word_part(at - 1) && dash_before_word {
            chunks.push(word[start..at].to_vec());
            chunks.push(word[at..next].to_vec());
            start = next;
        } else if dashes == 1 && at > start {
            let before = at >= 2 && letter(at - 1) && (letter(at - 2) || hyphen_letter(word, at));
            let after = letter(next) && (letter(next + 1) || hyphen_at(word, next + 1));
            if before && after {
                chunks.push(word[start..next].to_vec());
                start = next;
            }
        }
        at = next;
    }
    if start < word.len() {
        chunks.push(word[start..].to_vec());
    }
}

/// What may stand beside a hyphen at which a word is broken.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

/// `a-b-`: single letters joined by hyphens.
fn hyphen_letter(word: &[char], at: usize) -> bool {
    at >= 3 && word[at - 2] == '-' && is_letter(word[at - 3])
}

fn hyphen_at(word: &[char], at: usize) -> bool {
    word.get(at) == Some(&'-') && word.get(at + 1).is_some_and(|&c| is_letter(c))
}

/// `%XX` for every byte that is not a letter, a digit or in `safe`.
pub(super) fn percent_encode(text: &[u8], safe: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        if c.is_ascii_alphanumeric() || b"_.-~".contains(&c) || safe.contains(&c) {
            out.push(c);
        } else {
            out.extend_from_slice(format!("%{c:02X}").as_bytes());
        }
    }
    out
}

/// The part of a path before its last `/`, without the slashes between.
pub(super) fn dirname(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&c| c == b'/').map_or(0, |at| at + 1);
    let head = &path[..end];
    match head.iter().rposition(|&c| c != b'/') {
        Some(last) => &head[..=last],
        None => head,
    }
}

/// The part of a path behind its last `/`.
pub(super) fn basename(path: &[u8]) -> &[u8] {
    &path[path.iter().rposition(|&c| c == b'/').map_or(0, |at| at + 1)..]
}

/// The mail address in `Name <address>`.
pub(super) fn email(author: &[u8]) -> &[u8] {
    let end = author.iter().position(|&c| c == b'>').unwrap_or(author.len());
    let start = author.iter().position(|&c| c == b'<').map_or(0, |at| at + 1);
    author.get(start..end).unwrap_or_default()
}

/// The name in `Name <address>`, or one made of the address.
pub(super) fn person(author: &[u8]) -> Vec<u8> {
    let Some(at) = author.iter().position(|&c| c == b'@') else {
        return author.to_vec();
    };
    if let Some(angle) = author.iter().position(|&c| c == b'<') {
        let name = &author[..angle];
        let keep = |&c: &u8| c != b' ' && c != b'"';
        let start = name.iter().position(keep).unwrap_or(name.len());
        let end = name.iter().rposition(keep).map_or(start, |at| at + 1);
        return replace(&name[start..end], b"\\\"", b"\"");
    }
    author[..at].iter().map(|&c| if c == b'.' { b' ' } else { c }).collect()
}

/// The short name of an author: the first word of the mail address's user or of the name.
pub fn short_user(author: &[u8]) -> &[u8] {
    let until = |text: &'_ [u8], c: u8| text.iter().position(|&other| other == c);
    let mut user = author;
    user = until(user, b'@').map_or(user, |at| &user[..at]);
    user = until(user, b'<').map_or(user, |at| &user[at + 1..]);
    user = until(user, b' ').map_or(user, |at| &user[..at]);
    until(user, b'.').map_or(user, |at| &user[..at])
}

/// Replaces every occurrence of `from`.
pub(super) fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    bstr::ByteSlice::replace(text, from, to)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, width: i64, first: &str, rest: &str) -> String {
        let filling = Filling {
            encoding: Encoding::default(),
            width,
            first: first.as_bytes(),
            rest: rest.as_bytes(),
        };
        String::from_utf8(fill(text.as_bytes(), &filling).expect("text")).expect("utf-8")
    }

    #[test]
    fn paragraphs_are_wrapped() {
        assert_eq!(
            filled("the quick-brown fox jumped over the lazy dog", 10, "", ""),
            "the quick-\nbrown fox\njumped\nover the\nlazy dog"
        );
        assert_eq!(
            filled(
                "the quick brown\n  - item one two three\n  * item\n\nnext para\n and more",
                12,
                "> ",
                ">>>"
            ),
            "> the quick\n>>>brown\n  - > item one\n>>>two three\n  * > item\n\n> next para\n>>>and more"
        );
        assert_eq!(filled("a  b\n c\t d\n\n\n\ne", 30, "", ""), "a b c d\n\n\n\ne");
        assert_eq!(filled("\n\n a", 30, "", ""), "\n\n a");
        assert_eq!(filled("abc", 5, "123456", ""), "123456abc");
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(
            filled("x--y foo-bar-baz a_b e.g. http://foo.bar/baz-qux", 8, "", ""),
            "x--y\nfoo-bar-\nbaz a_b\ne.g. htt\np://foo.\nbar/baz-\nqux"
        );
        assert_eq!(
            filled("日本語 日本語日本語日本語", 8, "", ""),
            "日本語\n日本語日\n本語日本\n語"
        );
    }

    #[test]
    fn indented_lines_end_alike() {
        assert_eq!(indent(b"a\r\nb\rc\n\n d\n", b"1", b"2"), b"1a\n2b\n2c\n\n2 d\n");
        assert_eq!(indent(b"a\r", b"1", b"2"), b"1a");
        assert_eq!(indent(b"\r\n", b"1", b"2"), b"\n");
    }

    #[test]
    fn authors() {
        assert_eq!(person(br#""Foo\" Bar" <foo@x>"#), b"Foo\" Bar");
        assert_eq!(person(b"foo.bar_baz@x"), b"foo bar_baz");
        assert_eq!(short_user(b"Foo <a.b@c>"), b"a");
        assert_eq!(short_user(b"Foo Bar"), b"Foo");
        assert_eq!(email(b"x>"), b"x");
        assert_eq!(dirname(b"//a"), b"//");
        assert_eq!(dirname(b"a//b"), b"a");
    }
}

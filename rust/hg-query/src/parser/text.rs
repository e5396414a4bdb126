//! Texts around a parser: string escapes, quoting for debug output, and the hint that points at
//! the place of a syntax error.

use hg_types::{Error, Result};

use super::Token;

/// Undoes the backslash escapes of a quoted string: `\n`, `\x41`, `\101`, `\'`, a line
/// continuation. Unknown escapes stay as they are.
///
/// # Errors
/// On `\x` without two hexadecimal digits and on a lone backslash at the end.
pub fn unescape(text: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&c) = text.get(at) {
        at += 1;
        if c != b'\\' {
            out.push(c);
            continue;
        }
        let Some(&escape) = text.get(at) else {
            return Err(Error::parse("Trailing \\ in string", None));
        };
        at += 1;
        match escape {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => out.push(escape),
            b'a' => out.push(7),
            b'b' => out.push(8),
            b'f' => out.push(12),
            b'n' => out.push(b'\n'),
            b'r' => out.push(b'\r'),
            b't' => out.push(b'\t'),
            b'v' => out.push(11),
            b'x' => {
                let digits = text.get(at..at + 2).and_then(|hex| std::str::from_utf8(hex).ok());
                let Some(byte) = digits
                    .filter(|hex| hex.bytes().all(|c| c.is_ascii_hexdigit()))
                    .and_then(|hex| u8::from_str_radix(hex, 16).ok())
                else {
                    let message = format!("invalid \\x escape at position {}", at - 2);
                    return Err(Error::parse(message, None));
                };
                out.push(byte);
                at += 2;
            }
            b'0'..=b'7' => {
                let mut value = u32::from(escape - b'0');
                let end = text.len().min(at + 2);
                while at < end && matches!(text[at], b'0'..=b'7') {
                    value = value * 8 + u32::from(text[at] - b'0');
                    at += 1;
                }
                out.push(u8::try_from(value & 0xff).expect("masked"));
            }
            _ => out.extend_from_slice(&[b'\\', escape]),
        }
    }
    Ok(out)
}

/// Escapes bytes so that they can stand between single quotes.
#[must_use]
pub fn escape(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        match c {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\'' => out.extend_from_slice(b"\\'"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            b' '..=b'~' => out.push(c),
            _ => out.extend_from_slice(format!("\\x{c:02x}").as_bytes()),
        }
    }
    out
}

/// Escapes and encloses in single quotes.
#[must_use]
pub fn quote(text: &[u8]) -> Vec<u8> {
    [b"'", &escape(text)[..], b"'"].concat()
}

/// The line that shows `text` with a caret below `location`; line breaks in it are shown as `newline`.
///
/// The hint will be printed after a parenthesis, which is what the caret's extra column is for.
#[must_use]
pub fn parse_error_hint(text: &[u8], location: usize, newline: &[u8]) -> Vec<u8> {
    let location = location.min(text.len());
    let one_line = |text: &[u8]| text.split(|&c| c == b'\n').collect::<Vec<_>>().join(newline);
    let column = one_line(&text[..location]).len();
    let indent = vec![b' '; column + 1];
    [&one_line(text)[..], b"\n", &indent, b"^ here"].concat()
}

/// Gives a syntax error that has a position and no hint the hint that shows the place in `text`.
#[must_use]
pub fn describe_location(mut error: Error, text: &[u8], newline: &[u8]) -> Error {
    if let (Some(location), None) = (error.location, &error.hint) {
        error.hint = Some(parse_error_hint(text, location, newline));
    }
    error
}

/// Reads the quoted string that starts at `at` of `text`, with an `r` in front when `raw`; returns its token and where it ends.
///
/// # Errors
/// A string that does not end, or a bad escape in one that is not raw.
pub fn string_token(text: &[u8], at: usize, raw: bool) -> Result<(Token, usize)> {
    let open = at + usize::from(raw);
    let quote = text[open];
    let first = open + 1;
    let mut end = first;
    while let Some(&c) = text.get(end) {
        if c == quote {
            let inside = &text[first..end];
            let value = if raw { inside.to_vec() } else { unescape(inside)? };
            return Ok((Token::text("string", value, first), end + 1));
        }
        end += if c == b'\\' { 2 } else { 1 };
    }
    Err(Error::parse("unterminated string", Some(first)))
}

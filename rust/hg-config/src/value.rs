//! Typed readings of configuration text: booleans, numbers, byte quantities, lists.

use bstr::ByteSlice as _;

/// Reads a boolean word (`yes`, `on`, `1`, `true`, `always` and their opposites).
#[must_use]
pub fn parse_bool(text: &[u8]) -> Option<bool> {
    match &*text.to_ascii_lowercase() {
        b"1" | b"yes" | b"true" | b"on" | b"always" => Some(true),
        b"0" | b"no" | b"false" | b"off" | b"never" => Some(false),
        _ => None,
    }
}

/// Reads a decimal whole number with optional sign, surrounding blanks and `_` between digits.
#[must_use]
pub fn parse_int(text: &[u8]) -> Option<i64> {
    let text = text.trim().to_str().ok()?;
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let well_formed = digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.ends_with(|c: char| c.is_ascii_digit())
        && !digits.contains("__");
    if !well_formed {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// Reads a number.
#[must_use]
pub fn parse_float(text: &[u8]) -> Option<f64> {
    text.trim().to_str().ok()?.parse().ok()
}

/// Reads a quantity of bytes: a number, then `b`, `k`, `kb`, `m`, `mb`, `g`, `gb` or nothing.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "saturates; fractions of a byte do not count")]
#[expect(clippy::cast_precision_loss, reason = "the units are powers of two")]
pub fn parse_bytes(text: &[u8]) -> Option<i64> {
    const UNITS: &[(&[u8], i64)] = &[
        (b"kb", 1 << 10),
        (b"mb", 1 << 20),
        (b"gb", 1 << 30),
        (b"k", 1 << 10),
        (b"m", 1 << 20),
        (b"g", 1 << 30),
        (b"b", 1),
    ];
    let text = text.trim().to_ascii_lowercase();
    for (unit, factor) in UNITS {
        if let Some(number) = text.strip_suffix(*unit) {
            return parse_float(number).map(|number| (number * *factor as f64) as i64);
        }
    }
    parse_int(&text)
}

/// Reads a list: words between blanks and commas; a word that starts with a quotation mark goes
/// to the next one that no backslash precedes.
#[must_use]
pub fn parse_list(text: &[u8]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = text.trim_start_with(is_separator);
    while !rest.is_empty() {
        if let Some((word, after)) = rest.strip_prefix(b"\"").and_then(quoted) {
            out.push(word);
            rest = after.trim_start_with(is_separator);
            continue;
        }
        let end = rest.find_byteset(b" ,\n\t\r").unwrap_or(rest.len());
        out.push(rest[..end].to_vec());
        rest = rest[end..].trim_start_with(is_separator);
    }
    out
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | ',' | '\n' | '\t' | '\r')
}

/// The word up to the closing quotation mark and what follows it.
fn quoted(text: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut word = Vec::new();
    let mut bytes = text.iter().enumerate();
    while let Some((at, &byte)) = bytes.next() {
        match byte {
            b'"' => return Some((word, &text[at + 1..])),
            b'\\' if text.get(at + 1) == Some(&b'"') => {
                word.push(b'"');
                bytes.next();
            }
            _ => word.push(byte),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Vec<String> {
        let words = parse_list(text.as_bytes());
        words.into_iter().map(|word| String::from_utf8(word).unwrap()).collect()
    }

    #[test]
    fn lists() {
        assert_eq!(list("a b,c"), ["a", "b", "c"]);
        assert_eq!(list("\"a b\" c"), ["a b", "c"]);
        assert_eq!(list("a\"b c\""), ["a\"b", "c\""]);
        assert_eq!(list("\"foo\"bar baz"), ["foo", "bar", "baz"]);
        assert_eq!(list("\"a\\\"b\" c"), ["a\"b", "c"]);
        assert_eq!(list(",a,,b,"), ["a", "b"]);
        assert_eq!(list("\"a b"), ["\"a", "b"]);
        assert_eq!(list("\"\" a"), ["", "a"]);
    }

    #[test]
    fn numbers() {
        assert_eq!(parse_int(b" 10 "), Some(10));
        assert_eq!(parse_int(b"-1_0"), Some(-10));
        assert_eq!(parse_int(b"0x10"), None);
        assert_eq!(parse_int(b""), None);
        assert_eq!(parse_bytes(b"1.5 kB"), Some(1536));
        assert_eq!(parse_bytes(b"5q"), None);
        assert_eq!(parse_bool(b"Never"), Some(false));
        assert_eq!(parse_bool(b""), None);
    }
}

//! Sets of bytes: character classes, shorthands and escapes of Python's dialect.

use std::fmt::Write as _;

use super::{Malformed, Result};

/// A set of byte values.
#[derive(Clone, Copy, Default)]
pub(super) struct ByteSet([u64; 4]);

impl ByteSet {
    pub(super) fn all() -> Self {
        Self([u64::MAX; 4])
    }

    pub(super) fn insert(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] |= 1 << (byte & 63);
    }

    pub(super) fn remove(&mut self, byte: u8) {
        self.0[usize::from(byte >> 6)] &= !(1 << (byte & 63));
    }

    fn contains(&self, byte: u8) -> bool {
        self.0[usize::from(byte >> 6)] >> (byte & 63) & 1 == 1
    }

    fn insert_range(&mut self, low: u8, high: u8) {
        (low..=high).for_each(|byte| self.insert(byte));
    }

    fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    fn complement(&mut self) {
        self.0.iter_mut().for_each(|word| *word = !*word);
    }

    pub(super) fn fold_case(&mut self) {
        for letter in b'a'..=b'z' {
            let upper = letter.to_ascii_uppercase();
            if self.contains(letter) || self.contains(upper) {
                self.insert(letter);
                self.insert(upper);
            }
        }
    }

    /// Writes an expression that matches exactly one byte of this set.
    pub(super) fn write(&self, out: &mut String) {
        let ranges = self.ranges();
        match ranges[..] {
            // Nothing can match; an empty class is not allowed, a contradiction is.
            [] => out.push_str(r"[a&&b]"),
            [(low, high)] if low == high => write_byte(low, out),
            _ => {
                out.push('[');
                for (low, high) in ranges {
                    write_byte(low, out);
                    if high > low {
                        if high > low + 1 {
                            out.push('-');
                        }
                        write_byte(high, out);
                    }
                }
                out.push(']');
            }
        }
    }

    fn ranges(&self) -> Vec<(u8, u8)> {
        let mut ranges: Vec<(u8, u8)> = Vec::new();
        for byte in (0..=u8::MAX).filter(|&byte| self.contains(byte)) {
            match ranges.last_mut() {
                Some((_, high)) if *high + 1 == byte => *high = byte,
                _ => ranges.push((byte, byte)),
            }
        }
        ranges
    }
}

fn write_byte(byte: u8, out: &mut String) {
    if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'/' {
        out.push(byte.into());
    } else if byte.is_ascii_punctuation() && !matches!(byte, b'<' | b'>') {
        out.push('\\');
        out.push(byte.into());
    } else {
        // Writing to a string cannot fail.
        let _ = write!(out, r"\x{byte:02x}");
    }
}

/// The set of `\d`, `\s`, `\w` and their opposites.
pub(super) fn shorthand(letter: u8) -> Option<ByteSet> {
    let mut set = ByteSet::default();
    match letter.to_ascii_lowercase() {
        b'd' => set.insert_range(b'0', b'9'),
        b's' => b" \t\n\r\x0b\x0c".iter().for_each(|&byte| set.insert(byte)),
        b'w' => {
            set.insert_range(b'0', b'9');
            set.insert_range(b'a', b'z');
            set.insert_range(b'A', b'Z');
            set.insert(b'_');
        }
        _ => return None,
    }
    if letter.is_ascii_uppercase() {
        set.complement();
    }
    Some(set)
}

/// The byte that an escape stands for, after the backslash and its first character `byte`.
pub(super) fn escaped_literal(input: &[u8], at: &mut usize, byte: u8) -> Result<u8> {
    Ok(match byte {
        b'a' => 7,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 11,
        b'x' => {
            let digits: String = input[*at..]
                .iter()
                .take(2)
                .take_while(|byte| byte.is_ascii_hexdigit())
                .map(|&byte| char::from(byte))
                .collect();
            let start = *at - 2;
            let incomplete = || Malformed::at(start, format!(r"incomplete escape \x{digits}"));
            if digits.len() < 2 {
                return Err(incomplete());
            }
            *at += 2;
            u8::from_str_radix(&digits, 16).map_err(|_| incomplete())?
        }
        b'0' => {
            let mut value = 0;
            for _ in 0..2 {
                let Some(digit @ b'0'..=b'7') = input.get(*at).copied() else { break };
                value = value * 8 + (digit - b'0');
                *at += 1;
            }
            value
        }
        byte if byte.is_ascii_alphanumeric() => {
            let why = format!(r"bad escape \{}", char::from(byte));
            return Err(Malformed::at(*at - 2, why));
        }
        byte => byte,
    })
}

/// A member of a class: a byte, or a shorthand that cannot end a range.
enum Member {
    Byte(u8),
    Set(ByteSet),
}

/// Parses a class after its opening bracket.
pub(super) fn parse(input: &[u8], at: &mut usize, ignore_case: bool) -> Result<ByteSet> {
    let mut set = ByteSet::default();
    let negated = input.get(*at) == Some(&b'^');
    if negated {
        *at += 1;
    }
    let open = *at - 1 - usize::from(negated);
    let start = *at;
    loop {
        let from = *at;
        if input.get(*at) == Some(&b']') && *at > start {
            *at += 1;
            break;
        }
        let low = match member(input, at, open)? {
            Member::Byte(low) => low,
            Member::Set(members) => {
                // A range cannot start with a set, but a hyphen before the end is itself.
                if input.get(*at) == Some(&b'-') && input.get(*at + 1) != Some(&b']') {
                    *at += 1;
                    member(input, at, open)?;
                    return Err(bad_range(input, from..*at));
                }
                set.merge(&members);
                continue;
            }
        };
        if input.get(*at) == Some(&b'-') && input.get(*at + 1).is_some_and(|&next| next != b']') {
            *at += 1;
            match member(input, at, open)? {
                Member::Byte(high) if high >= low => set.insert_range(low, high),
                _ => return Err(bad_range(input, from..*at)),
            }
        } else {
            set.insert(low);
        }
    }
    if ignore_case {
        set.fold_case();
    }
    if negated {
        set.complement();
    }
    Ok(set)
}

fn bad_range(input: &[u8], range: std::ops::Range<usize>) -> Malformed {
    let shown: String = input[range.clone()].iter().map(|&byte| char::from(byte)).collect();
    Malformed::at(range.start, format!("bad character range {shown}"))
}

/// The complaint about an escape that starts at a place and is of no byte.
pub(super) fn large_octal(start: usize, value: u32) -> Malformed {
    Malformed::at(start, format!(r"octal escape value \{value:o} outside of range 0-0o377"))
}

fn member(input: &[u8], at: &mut usize, open: usize) -> Result<Member> {
    let unterminated = || Malformed::at(open, "unterminated character set");
    let byte = *input.get(*at).ok_or_else(unterminated)?;
    *at += 1;
    if byte != b'\\' {
        return Ok(Member::Byte(byte));
    }
    let ended = || Malformed::at(*at - 1, "bad escape (end of pattern)");
    let escape = *input.get(*at).ok_or_else(ended)?;
    *at += 1;
    if let Some(set) = shorthand(escape) {
        return Ok(Member::Set(set));
    }
    Ok(Member::Byte(match escape {
        b'b' => 8,
        b'1'..=b'7' => {
            let start = *at - 2;
            let mut value = u32::from(escape - b'0');
            for _ in 0..2 {
                let Some(digit @ b'0'..=b'7') = input.get(*at).copied() else { break };
                value = value * 8 + u32::from(digit - b'0');
                *at += 1;
            }
            u8::try_from(value).map_err(|_| large_octal(start, value))?
        }
        _ => escaped_literal(input, at, escape)?,
    }))
}

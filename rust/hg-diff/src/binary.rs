//! Binary patches of the git diff format: deflated data in base 85, and git's blob ids.

use std::io::Read as _;

use flate2::Compression;
use flate2::read::{ZlibDecoder, ZlibEncoder};
use sha1::{Digest as _, Sha1};

/// Bytes of data on a full line.
const LINE: usize = 52;
const DIGITS: &[u8; 85] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";

/// Whether a file counts as binary: it has a NUL byte.
#[must_use]
pub fn is_binary(content: &[u8]) -> bool {
    memchr::memchr(0, content).is_some()
}

/// The hexadecimal id git gives to a file's content.
#[must_use]
pub fn blob_id(content: &[u8]) -> Vec<u8> {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()));
    hash.update(content);
    hg_types::to_hex(&hash.finalize())
}

/// The text of a binary patch that sets the whole content, from `GIT binary patch` to the empty
/// line at its end.
#[must_use]
pub fn literal_patch(content: &[u8]) -> Vec<u8> {
    let mut deflated = Vec::new();
    let read = ZlibEncoder::new(content, Compression::new(6)).read_to_end(&mut deflated);
    read.expect("deflating memory into memory does not fail");
    let mut out = format!("GIT binary patch\nliteral {}\n", content.len()).into_bytes();
    for line in deflated.chunks(LINE) {
        let len = u8::try_from(line.len()).expect("at most 52");
        out.push(if len <= 26 { b'A' + len - 1 } else { b'a' + len - 27 });
        encode85(line, &mut out);
        out.push(b'\n');
    }
    out.push(b'\n');
    out
}

/// Writes bytes as base 85, padded with zeros to whole groups of five digits.
pub fn encode85(bytes: &[u8], out: &mut Vec<u8>) {
    for group in bytes.chunks(4) {
        let mut padded = [0; 4];
        padded[..group.len()].copy_from_slice(group);
        let mut number = u32::from_be_bytes(padded);
        let mut digits = [0; 5];
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS[(number % 85) as usize];
            number /= 85;
        }
        out.extend_from_slice(&digits);
    }
}

/// Why base 85 or a binary patch cannot be read. The texts are those of the oracle.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// A character that is no digit, at a position counted from 0.
    #[error("bad base85 character at position {0}")]
    Character(usize),
    /// A group of digits that is above 32 bits.
    #[error("base85 overflow in hunk starting at byte {0}")]
    Overflow(usize),
    /// A line that starts with no length, or is too short for it.
    #[error("length mismatch")]
    Length,
    /// Deflated data that cannot be inflated.
    #[error("cannot inflate")]
    Inflate,
    /// A delta that cannot be applied.
    #[error("bad delta")]
    Delta,
}

/// Reads base 85; an incomplete last group gives the bytes it holds.
///
/// # Errors
/// When a character is no digit, or a group is too big.
pub fn decode85(text: &[u8]) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(text.len() / 5 * 4 + 4);
    for (at, group) in text.chunks(5).enumerate() {
        let mut number: u64 = 0;
        for place in 0..5 {
            // Missing digits count as the highest one, so that the bytes before them come out.
            let digit = match group.get(place) {
                None => 84,
                Some(byte) => DIGITS
                    .iter()
                    .position(|digit| digit == byte)
                    .ok_or(Error::Character(at * 5 + place))?,
            };
            number = number * 85 + digit as u64;
        }
        let number = u32::try_from(number).map_err(|_| Error::Overflow(at * 5))?;
        let keep = if group.len() == 5 { 4 } else { group.len().saturating_sub(1) };
        out.extend_from_slice(&number.to_be_bytes()[..keep]);
    }
    Ok(out)
}

/// Reads one line of a binary patch: its length and its digits, without the newline.
///
/// # Errors
/// When the length does not fit the data.
pub fn decode_line(line: &[u8]) -> Result<Vec<u8>, Error> {
    let (first, digits) = line.split_first().ok_or(Error::Length)?;
    let len = match first {
        b'A'..=b'Z' => first - b'A' + 1,
        b'a'..=b'z' => first - b'a' + 27,
        _ => return Err(Error::Length),
    };
    let mut data = decode85(digits)?;
    if data.len() < usize::from(len) {
        return Err(Error::Length);
    }
    data.truncate(len.into());
    Ok(data)
}

/// Inflates the data of a binary patch. No more than `limit` bytes and one are read.
///
/// # Errors
/// When the data is damaged.
pub fn inflate(data: &[u8], limit: usize) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    ZlibDecoder::new(data).take(bound).read_to_end(&mut out).map_err(|_| Error::Inflate)?;
    Ok(out)
}

/// Applies a git delta: two lengths, then commands that copy from `base` or carry data.
///
/// # Errors
/// When a command reaches out of the delta or of `base`.
pub fn apply_git_delta(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, Error> {
    let mut rest = skip_length(skip_length(delta)?)?;
    let mut out = Vec::new();
    while let Some((&command, tail)) = rest.split_first() {
        rest = tail;
        if command & 0x80 == 0 {
            let len = usize::from(command);
            if len == 0 || len > rest.len() {
                return Err(Error::Delta);
            }
            out.extend_from_slice(&rest[..len]);
            rest = &rest[len..];
            continue;
        }
        let mut field = |bits: std::ops::Range<u8>| -> Result<usize, Error> {
            let mut value = 0;
            for (place, bit) in bits.enumerate() {
                if command & (1 << bit) != 0 {
                    let (&byte, tail) = rest.split_first().ok_or(Error::Delta)?;
                    rest = tail;
                    value |= usize::from(byte) << (8 * place);
                }
            }
            Ok(value)
        };
        let start = field(0..4)?;
        let len = match field(4..7)? {
            0 => 0x10000,
            len => len,
        };
        out.extend_from_slice(base.get(start..start + len).ok_or(Error::Delta)?);
    }
    Ok(out)
}

fn skip_length(delta: &[u8]) -> Result<&[u8], Error> {
    let last = delta.iter().position(|byte| byte & 0x80 == 0).ok_or(Error::Delta)?;
    Ok(&delta[last + 1..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn base85_round_trip(data in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut text = Vec::new();
            encode85(&data, &mut text);
            let mut back = decode85(&text).expect("just encoded");
            back.truncate(data.len());
            prop_assert_eq!(back, data);
        }

        #[test]
        fn garbage_never_panics(data in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode85(&data);
            let _ = decode_line(&data);
            let _ = inflate(&data, 1000);
            let _ = apply_git_delta(b"some base text", &data);
        }
    }

    #[test]
    fn literal_of_one_byte() {
        let patch = literal_patch(b"\0");
        assert_eq!(patch, b"GIT binary patch\nliteral 1\nIc${MZ000310RR91\n\n");
        let line = decode_line(b"Ic${MZ000310RR91").expect("well-formed");
        assert_eq!(inflate(&line, 1), Ok(vec![0]));
    }

    #[test]
    fn blob_ids() {
        assert_eq!(blob_id(b""), b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }
}

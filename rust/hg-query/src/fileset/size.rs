//! Sizes of files: `1k`, `< 20k`, `>= .5MB`, `4k - 1MB`.

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

/// A range of sizes in bytes, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct SizeRange {
    least: u64,
    most: u64,
}

impl SizeRange {
    pub(super) fn parse(text: &[u8]) -> Result<Self> {
        let text = text.trim();
        if let Some(dash) = text.find_byte(b'-') {
            let (first, last) = (&text[..dash], &text[dash + 1..]);
            return Ok(Self { least: exact(first)?, most: highest(last)? });
        }
        let open = |rest: &[u8]| exact(rest.trim());
        if let Some(rest) = text.strip_prefix(b"<=") {
            return Ok(Self { least: 0, most: open(rest)? });
        }
        if let Some(rest) = text.strip_prefix(b"<") {
            return match open(rest)?.checked_sub(1) {
                Some(most) => Ok(Self { least: 0, most }),
                None => Ok(Self { least: 1, most: 0 }),
            };
        }
        if let Some(rest) = text.strip_prefix(b">=") {
            return Ok(Self { least: open(rest)?, most: u64::MAX });
        }
        if let Some(rest) = text.strip_prefix(b">") {
            return Ok(Self { least: open(rest)?.saturating_add(1), most: u64::MAX });
        }
        if text.first().is_some_and(|c| c.is_ascii_digit() || *c == b'.') {
            return Ok(Self { least: exact(text)?, most: highest(text)? });
        }
        Err(bad(text))
    }

    pub(super) fn contains(self, size: u64) -> bool {
        (self.least..=self.most).contains(&size)
    }
}

fn bad(text: &[u8]) -> Error {
    Error::parse([b"couldn't parse size: ", text].concat(), None)
}

const UNITS: [(&str, f64); 9] = [
    ("kb", 1024.0),
    ("mb", 1_048_576.0),
    ("gb", 1_073_741_824.0),
    ("k", 1024.0),
    ("m", 1_048_576.0),
    ("g", 1_073_741_824.0),
    ("b", 1.0),
    ("", 1.0),
    ("", 1.0),
];

/// The number as written and its unit in bytes.
fn split(text: &[u8]) -> Result<(String, f64)> {
    let lower = text.to_str().map_err(|_| bad(text))?.trim().to_ascii_lowercase();
    for (unit, bytes) in UNITS {
        if let Some(number) = lower.strip_suffix(unit) {
            return Ok((number.trim().to_owned(), bytes));
        }
    }
    Err(bad(text))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes are rounded down, and saturate"
)]
fn to_bytes(number: f64) -> u64 {
    number as u64
}

fn exact(text: &[u8]) -> Result<u64> {
    let (number, unit) = split(text)?;
    let number: f64 = number.parse().map_err(|_| bad(text))?;
    Ok(to_bytes(number * unit))
}

/// The greatest size that rounds down to what was written.
fn highest(text: &[u8]) -> Result<u64> {
    let (number, unit) = split(text)?;
    let digits = number.split_once('.').map_or(0, |(_, digits)| digits.len());
    let value: f64 = number.parse().map_err(|_| bad(text))?;
    let step = 10f64.powi(-i32::try_from(digits).unwrap_or(0));
    Ok(to_bytes((value + step) * unit).saturating_sub(1))
}

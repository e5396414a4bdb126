//! Binary deltas between two revisions of a text (`hg help internals.revlogs`, and
//! `hg help internals.changegroups`, section "Delta Group").
//!
//! A delta is a sequence of hunks. Each says "replace bytes `start..end` of the old text by this
//! data":
//!
//! | offset | width | meaning |
//! | --- | --- | --- |
//! | 0 | 4 | start, big-endian |
//! | 4 | 4 | end, big-endian |
//! | 8 | 4 | length of the data, big-endian |
//! | 12 | | the data |
//!
//! Hunks are sorted and do not overlap.

use crate::blocks;
use crate::lines;

mod fold;
#[cfg(test)]
mod tests;

/// Width of the numbers before a hunk's data.
pub const HUNK_HEADER_LEN: usize = 12;

/// A delta that cannot be applied.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// The delta ends inside a hunk.
    #[error("delta is truncated at byte {0}")]
    Truncated(usize),
    /// A hunk ends before it starts, or starts before the one before it ends.
    #[error("delta hunk {start}..{end} is out of order")]
    Order {
        /// First byte it replaces.
        start: u64,
        /// The byte after the last it replaces.
        end: u64,
    },
    /// A hunk reaches past the end of the text it applies to.
    #[error("delta hunk ends at {end}, past the end of the text ({len} bytes)")]
    Range {
        /// The byte after the last it replaces.
        end: u64,
        /// Length of the text.
        len: usize,
    },
    /// A text is too long for the 32-bit numbers of a delta.
    #[error("text of {0} bytes is too long for a delta")]
    TooLong(usize),
}

/// One hunk of a delta.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Hunk<'d> {
    /// First byte of the old text that is replaced.
    pub start: u32,
    /// The byte after the last that is replaced.
    pub end: u32,
    /// What stands there in the new text.
    pub data: &'d [u8],
}

impl Hunk<'_> {
    /// Appends the hunk as it stands in a delta.
    ///
    /// # Errors
    /// When the data is too long for its 32-bit length.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(&self.start.to_be_bytes());
        out.extend_from_slice(&self.end.to_be_bytes());
        out.extend_from_slice(&offset(self.data.len())?.to_be_bytes());
        out.extend_from_slice(self.data);
        Ok(())
    }
}

/// Iterates over the hunks of a delta, checking that they are whole, sorted and disjoint; stops
/// after the first error.
#[derive(Clone, Debug)]
pub struct Hunks<'d> {
    delta: &'d [u8],
    at: usize,
    last_end: u32,
}

/// The hunks of `delta`.
#[must_use]
pub fn hunks(delta: &[u8]) -> Hunks<'_> {
    Hunks { delta, at: 0, last_end: 0 }
}

impl<'d> Hunks<'d> {
    fn parse(&mut self) -> Result<Hunk<'d>, Error> {
        let rest = &self.delta[self.at..];
        let truncated = Error::Truncated(self.at);
        let (header, body) = rest.split_first_chunk::<HUNK_HEADER_LEN>().ok_or(truncated)?;
        let number = |at: usize| {
            u32::from_be_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let (start, end) = (number(0), number(4));
        let len = usize::try_from(number(8)).map_err(|_| truncated)?;
        let data = body.get(..len).ok_or(truncated)?;
        if start > end || start < self.last_end {
            return Err(Error::Order { start: start.into(), end: end.into() });
        }
        self.at += HUNK_HEADER_LEN + len;
        self.last_end = end;
        Ok(Hunk { start, end, data })
    }
}

impl<'d> Iterator for Hunks<'d> {
    type Item = Result<Hunk<'d>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.delta.len() {
            return None;
        }
        let hunk = self.parse();
        if hunk.is_err() {
            self.at = self.delta.len();
        }
        Some(hunk)
    }
}

/// Applies one delta.
///
/// # Errors
/// When the delta is malformed or does not fit `base`.
pub fn apply(base: &[u8], delta: &[u8]) -> Result<Vec<u8>, Error> {
    if let Some(whole) = whole_replacement(base, delta) {
        return Ok(whole.to_vec());
    }
    let mut out = Vec::with_capacity(base.len() + delta.len());
    let mut copied = 0;
    for hunk in hunks(delta) {
        let hunk = hunk?;
        copy_until(base, &mut copied, u64::from(hunk.start), u64::from(hunk.end), &mut out)?;
        out.extend_from_slice(hunk.data);
    }
    out.extend_from_slice(&base[copied..]);
    Ok(out)
}

/// Applies deltas one after the other, `deltas[0]` to `base`. They are first folded into one, so
/// that the cost is the sum of their sizes and not the length of the text times their number.
///
/// # Errors
/// When a delta is malformed or does not fit the text before it.
pub fn apply_chain<D: AsRef<[u8]>>(base: &[u8], deltas: &[D]) -> Result<Vec<u8>, Error> {
    match deltas {
        [] => Ok(base.to_vec()),
        [only] => apply(base, only.as_ref()),
        _ => fold::fold(deltas)?.apply(base),
    }
}

/// Folds deltas that apply one after the other into one delta.
///
/// # Errors
/// When a delta is malformed, or the result does not fit the 32-bit numbers of a delta.
pub fn combine<D: AsRef<[u8]>>(deltas: &[D]) -> Result<Vec<u8>, Error> {
    match deltas {
        [] => Ok(Vec::new()),
        [only] => Ok(only.as_ref().to_vec()),
        _ => fold::fold(deltas)?.encode(),
    }
}

/// The length of the text that `delta` makes of one of `base_len` bytes.
///
/// # Errors
/// When the delta is malformed or reaches past the end of the base.
pub fn patched_len(base_len: usize, delta: &[u8]) -> Result<usize, Error> {
    let (mut removed, mut added) = (0, 0);
    for hunk in hunks(delta) {
        let hunk = hunk?;
        let end = usize::try_from(hunk.end).ok().filter(|&end| end <= base_len);
        end.ok_or(Error::Range { end: hunk.end.into(), len: base_len })?;
        removed += (hunk.end - hunk.start) as usize;
        added += hunk.data.len();
    }
    Ok(base_len - removed + added)
}

/// The header of a delta that replaces a whole text of `old_len` bytes by one of `new_len`.
///
/// # Errors
/// When a length does not fit 32 bits.
pub fn full_replacement_header(
    old_len: usize,
    new_len: usize,
) -> Result<[u8; HUNK_HEADER_LEN], Error> {
    let mut out = [0; HUNK_HEADER_LEN];
    out[4..8].copy_from_slice(&offset(old_len)?.to_be_bytes());
    out[8..].copy_from_slice(&offset(new_len)?.to_be_bytes());
    Ok(out)
}

/// Makes a delta from `old` to `new`, line by line: the same one as the oracle makes.
///
/// # Errors
/// When a text does not fit the 32-bit numbers of a delta.
pub fn make(old: &[u8], new: &[u8]) -> Result<Vec<u8>, Error> {
    offset(old.len())?;
    offset(new.len())?;
    // Lines that both texts start or end with are left out before matching. What they end with
    // is found byte by byte and then cut behind its first newline, so that one whole line of it
    // may stay in; leaving it out too would give other deltas than the oracle's.
    let same = &old[..lines::common_prefix(old, new)];
    let skipped = memchr::memrchr(b'\n', same).map_or(0, |at| at + 1);
    let (old, new) = (&old[skipped..], &new[skipped..]);
    let tail = &old[old.len() - lines::common_suffix(old, new)..];
    let tail = tail.len() - memchr::memchr(b'\n', tail).map_or(tail.len(), |at| at + 1);
    let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
    let (old_lines, new_lines) = (lines::split_vec(old), lines::split_vec(new));
    let old_at = starts(&old_lines, skipped);
    let new_at = starts(&new_lines, 0);
    let mut out = Vec::new();
    let (mut old_line, mut new_line) = (0, 0);
    for block in blocks::matching(&old_lines, &new_lines) {
        if block.a1 != old_line || block.b1 != new_line {
            Hunk {
                start: offset(old_at[old_line])?,
                end: offset(old_at[block.a1])?,
                data: &new[new_at[new_line]..new_at[block.b1]],
            }
            .encode(&mut out)?;
        }
        (old_line, new_line) = (block.a2, block.b2);
    }
    Ok(out)
}

/// Where each line starts, and where the last ends.
fn starts(lines: &[&[u8]], first: usize) -> Vec<usize> {
    let mut out = Vec::with_capacity(lines.len() + 1);
    out.push(first);
    let mut at = first;
    out.extend(lines.iter().map(|line| {
        at += line.len();
        at
    }));
    out
}

/// The data of a delta that is one hunk over the whole base.
fn whole_replacement<'d>(base: &[u8], delta: &'d [u8]) -> Option<&'d [u8]> {
    let hunk = hunks(delta).next()?.ok()?;
    let whole = hunk.start == 0
        && hunk.end as usize == base.len()
        && HUNK_HEADER_LEN + hunk.data.len() == delta.len();
    whole.then_some(hunk.data)
}

/// Copies `base` from `*copied` up to `start` and skips to `end`.
fn copy_until(
    base: &[u8],
    copied: &mut usize,
    start: u64,
    end: u64,
    out: &mut Vec<u8>,
) -> Result<(), Error> {
    let len = base.len();
    let inside = |at: u64| usize::try_from(at).ok().filter(|&at| at <= len);
    let (from, to) = inside(start).zip(inside(end)).ok_or(Error::Range { end, len })?;
    let unchanged = base.get(*copied..from).ok_or(Error::Order { start, end })?;
    out.extend_from_slice(unchanged);
    *copied = to;
    Ok(())
}

fn offset(at: usize) -> Result<u32, Error> {
    u32::try_from(at).map_err(|_| Error::TooLong(at))
}

//! Lines: splitting a text, and interning lines of two texts to small numbers so that comparing
//! two lines is comparing two integers.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Splits a text after each newline; the last line may lack one. An empty text has no lines.
pub fn split(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        let (line, tail) = rest.split_at(end);
        rest = tail;
        Some(line)
    })
}

/// Splits a text after each newline, collected.
#[must_use]
pub fn split_vec(text: &[u8]) -> Vec<&[u8]> {
    split(text).collect()
}

/// How many bytes two texts start with alike.
#[must_use]
pub fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let same = a.chunks_exact(STEP).zip(b.chunks_exact(STEP)).take_while(|(a, b)| a == b).count();
    let at = same * STEP;
    at + a[at..].iter().zip(&b[at..]).take_while(|(a, b)| a == b).count()
}

/// How many bytes two texts end with alike.
#[must_use]
pub fn common_suffix(a: &[u8], b: &[u8]) -> usize {
    const STEP: usize = 64;
    let same = a.rchunks_exact(STEP).zip(b.rchunks_exact(STEP)).take_while(|(a, b)| a == b).count();
    let (a, b) = (&a[..a.len() - same * STEP], &b[..b.len() - same * STEP]);
    same * STEP + a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count()
}

/// Gives equal lines equal numbers, counted from 0 in order of first sight.
#[derive(Default, Debug)]
pub struct Interner<'t> {
    ids: HashMap<&'t [u8], u32, foldhash::fast::RandomState>,
}

impl<'t> Interner<'t> {
    /// The numbers of some lines.
    pub fn intern<'l>(&mut self, lines: &'l [&'t [u8]]) -> Vec<u32>
    where
        't: 'l,
    {
        self.ids.reserve(lines.len() / 2);
        lines.iter().map(|line| self.id(line)).collect()
    }

    /// The number of one line.
    pub fn id(&mut self, line: &'t [u8]) -> u32 {
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        match self.ids.entry(line) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(new) => *new.insert(next),
        }
    }

    /// How many different lines were seen.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether no line was seen yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Gives equal lines of any number of texts equal numbers; keeps its own copy of each line.
#[derive(Default, Debug)]
pub struct LineNumbers {
    ids: HashMap<Box<[u8]>, u32, foldhash::fast::RandomState>,
}

impl LineNumbers {
    /// The numbers of a text's lines.
    pub fn of(&mut self, text: &[u8]) -> Vec<u32> {
        split(text).map(|line| self.id(line)).collect()
    }

    fn id(&mut self, line: &[u8]) -> u32 {
        if let Some(known) = self.ids.get(line) {
            return *known;
        }
        let next = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        self.ids.insert(line.into(), next);
        next
    }

    /// How many different lines were seen.
    #[must_use]
    pub fn distinct(&self) -> usize {
        self.ids.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_after_newlines() {
        assert_eq!(split_vec(b"a\nb"), [&b"a\n"[..], b"b"]);
        assert_eq!(split_vec(b"a\n\n"), [&b"a\n"[..], b"\n"]);
        assert!(split_vec(b"").is_empty());
    }

    #[test]
    fn common_ends() {
        let mut other = vec![b'x'; 200];
        let text = other.clone();
        assert_eq!((common_prefix(&text, &other), common_suffix(&text, &other)), (200, 200));
        other[70] = b'y';
        assert_eq!((common_prefix(&text, &other), common_suffix(&text, &other)), (70, 129));
        assert_eq!(common_suffix(&text, &other[..70]), 70);
    }

    #[test]
    fn equal_lines_share_a_number() {
        let mut interner = Interner::default();
        assert_eq!(interner.intern(&[b"x", b"y", b"x"]), [0, 1, 0]);
        assert_eq!(interner.intern(&[b"z", b"y"]), [2, 1]);
    }
}

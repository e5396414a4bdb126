//! Folding a chain of deltas into one.
//!
//! Two deltas in a row, `first` from text 0 to text 1 and `second` from text 1 to text 2, are
//! merged into one from text 0 to text 2 in a single walk over both. A chain is folded as a
//! balanced tree, so every hunk is looked at O(log n) times.

use super::{Error, Hunk, copy_until, hunks};

/// A hunk whose positions may exceed 32 bits while folding.
#[derive(Clone, Copy, Debug)]
struct Piece<'d> {
    start: u64,
    end: u64,
    data: &'d [u8],
}

/// A delta as hunks, in order.
#[derive(Debug)]
pub(super) struct Folded<'d>(Vec<Piece<'d>>);

/// Folds a chain of deltas.
pub(super) fn fold<D: AsRef<[u8]>>(deltas: &[D]) -> Result<Folded<'_>, Error> {
    match deltas {
        [] => Ok(Folded(Vec::new())),
        [only] => parse(only.as_ref()),
        _ => {
            let (first, second) = deltas.split_at(deltas.len() / 2);
            Ok(Folded(merge(&fold(first)?.0, &fold(second)?.0)))
        }
    }
}

impl Folded<'_> {
    /// Applies the delta to a text.
    pub(super) fn apply(&self, base: &[u8]) -> Result<Vec<u8>, Error> {
        let added: usize = self.0.iter().map(|piece| piece.data.len()).sum();
        let mut out = Vec::with_capacity(base.len() + added);
        let mut copied = 0;
        for piece in &self.0 {
            copy_until(base, &mut copied, piece.start, piece.end, &mut out)?;
            out.extend_from_slice(piece.data);
        }
        out.extend_from_slice(&base[copied..]);
        Ok(out)
    }

    /// Writes the delta, joining hunks that touch.
    pub(super) fn encode(&self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        let mut data = Vec::new();
        let mut pieces = self.0.iter().peekable();
        while let Some(first) = pieces.next() {
            let mut end = first.end;
            data.clear();
            data.extend_from_slice(first.data);
            while let Some(next) = pieces.next_if(|next| next.start == end) {
                end = next.end;
                data.extend_from_slice(next.data);
            }
            let narrow = |at: u64| u32::try_from(at).map_err(|_| Error::TooLong(data.len()));
            Hunk { start: narrow(first.start)?, end: narrow(end)?, data: &data }
                .encode(&mut out)?;
        }
        Ok(out)
    }
}

fn parse(delta: &[u8]) -> Result<Folded<'_>, Error> {
    let piece = |hunk: Hunk<'_>| (u64::from(hunk.start), u64::from(hunk.end));
    let parsed = hunks(delta).map(|hunk| {
        hunk.map(|hunk| {
            let (start, end) = piece(hunk);
            Piece { start, end, data: hunk.data }
        })
    });
    Ok(Folded(parsed.collect::<Result<_, _>>()?))
}

/// Walks over the pieces of the first delta, knowing where each stands in text 1.
struct Cursor<'a, 'd> {
    rest: &'a [Piece<'d>],
    /// What is left of a piece whose data was cut.
    cut: Option<Piece<'d>>,
    /// Bytes added minus bytes removed by the pieces behind the cursor.
    shift: i128,
}

impl<'d> Cursor<'_, 'd> {
    fn peek(&self) -> Option<Piece<'d>> {
        self.cut.or_else(|| self.rest.first().copied())
    }

    /// Where a piece starts in text 1.
    fn position(&self, piece: &Piece<'d>) -> i128 {
        i128::from(piece.start) + self.shift
    }

    fn advance(&mut self, piece: &Piece<'d>) {
        self.shift += piece.data.len() as i128 - i128::from(piece.end - piece.start);
        if self.cut.take().is_none() {
            self.rest = &self.rest[1..];
        }
    }

    /// Hands every piece, or the part of it, that stands before `limit` in text 1 to `take`.
    fn pass(&mut self, limit: u64, mut take: impl FnMut(Piece<'d>)) {
        let limit = i128::from(limit);
        while let Some(piece) = self.peek() {
            let at = self.position(&piece);
            if at > limit || (at == limit && !piece.data.is_empty()) {
                return;
            }
            let room = usize::try_from(limit - at).unwrap_or(usize::MAX);
            if piece.data.len() <= room {
                self.advance(&piece);
                take(piece);
                continue;
            }
            // The limit is inside the data: the part before it keeps the replaced range.
            let (before, after) = piece.data.split_at(room);
            let head = Piece { data: before, ..piece };
            self.advance(&head);
            self.cut = Some(Piece { start: piece.end, end: piece.end, data: after });
            take(head);
            return;
        }
    }

    /// The place in text 0 of a place in text 1 that no piece ahead covers.
    fn back(&self, at: u64) -> u64 {
        u64::try_from(i128::from(at) - self.shift).unwrap_or(0)
    }
}

fn merge<'d>(first: &[Piece<'d>], second: &[Piece<'d>]) -> Vec<Piece<'d>> {
    let mut out = Vec::with_capacity(first.len() + second.len());
    let mut cursor = Cursor { rest: first, cut: None, shift: 0 };
    for piece in second {
        cursor.pass(piece.start, |earlier| out.push(earlier));
        let start = cursor.back(piece.start);
        cursor.pass(piece.end, |_| ());
        let end = cursor.back(piece.end);
        out.push(Piece { start, end, data: piece.data });
    }
    cursor.pass(u64::MAX, |earlier| out.push(earlier));
    out
}

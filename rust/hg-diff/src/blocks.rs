//! Matching blocks: which runs of lines two texts have in common. Deltas, text diffs, annotate
//! and merges all start from them.
//!
//! The longest run that both texts share is found first, then the same is done to what lies
//! before it and to what lies behind it. Lines that are very common in the new text do not start
//! a run, they only extend one. Ties are broken so that the pieces left on both sides are of
//! similar size, which keeps the recursion shallow.

use std::cmp::{Ordering, Reverse};

use crate::lines::Interner;

/// Lines `a1..a2` of the old text equal lines `b1..b2` of the new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Block {
    /// First line in the old text.
    pub a1: usize,
    /// The line after the last in the old text.
    pub a2: usize,
    /// First line in the new text.
    pub b1: usize,
    /// The line after the last in the new text.
    pub b2: usize,
}

/// From this number of lines on, the limit from which a line is popular grows with the text.
const MANY_LINES: usize = 31_000;
/// In longer regions of the old text, only so many lines from the end are searched for a match.
const WINDOW: usize = 30_000;
/// A run known to exist must be so long to make a sparse search worth while.
const SURE_RUN: usize = 8;
/// End of a chain of equal lines.
const NONE: u32 = u32::MAX;

/// The matching blocks of two lists of lines, in order, closed by an empty block behind the last
/// line of both.
#[must_use]
pub fn matching(old: &[&[u8]], new: &[&[u8]]) -> Vec<Block> {
    let mut interner = Interner::default();
    let (a, b) = (interner.intern(old), interner.intern(new));
    matching_ids(&a, &b, interner.len())
}

/// The matching blocks of two lists of numbered lines; all numbers are below `distinct`.
#[must_use]
pub fn matching_ids(a: &[u32], b: &[u32], distinct: usize) -> Vec<Block> {
    let mut out = Matcher::new(a, b, distinct).run();
    out.push(Block { a1: a.len(), a2: a.len(), b1: b.len(), b2: b.len() });
    slide_down(&mut out, a, b);
    out
}

/// How far the run that ends at a line of the new text reaches back, and with which old line.
#[derive(Clone, Copy)]
struct Run {
    old_line: u32,
    len: u32,
}

struct Matcher<'l> {
    a: &'l [u32],
    b: &'l [u32],
    /// For each number, the last line of the new text that has it.
    last: Vec<u32>,
    /// For each number, whether it is too common to end a run.
    popular: Vec<bool>,
    /// For each line of the new text, the nearest earlier one with the same number.
    earlier: Vec<u32>,
    runs: Vec<Run>,
}

/// The best run so far, by its last lines. Ties are broken by the order of candidates: old lines
/// upwards, for each of them new lines downwards.
#[derive(Clone, Copy)]
struct Best {
    len: usize,
    end_a: usize,
    end_b: usize,
    first: usize,
    half: usize,
    b1: usize,
    b_half: usize,
}

impl Best {
    fn new(region: Region, first: usize) -> Self {
        let Region { a2, b1, b2, .. } = region;
        let (half, b_half) = ((first + a2 - 1) / 2, (b1 + b2 - 1) / 2);
        Self { len: 0, end_a: first, end_b: b1, first, half, b1, b_half }
    }

    fn offer(&mut self, len: usize, end_a: usize, end_b: usize) {
        let better = match len.cmp(&self.len) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal if end_a > self.end_a => end_a <= self.half && end_b > self.b1,
            Ordering::Equal => {
                end_a == self.end_a && (self.end_b > self.b_half || end_a == self.first)
            }
        };
        if better {
            (self.len, self.end_a, self.end_b) = (len, end_a, end_b);
        }
    }
}

/// A region of both texts still to be matched.
#[derive(Clone, Copy)]
struct Region {
    a1: usize,
    a2: usize,
    b1: usize,
    b2: usize,
}

impl<'l> Matcher<'l> {
    fn new(a: &'l [u32], b: &'l [u32], distinct: usize) -> Self {
        let mut last = vec![NONE; distinct];
        let mut earlier = vec![NONE; b.len()];
        let mut counts = vec![0_usize; distinct];
        for (at, &id) in b.iter().enumerate() {
            let id = id as usize;
            earlier[at] = last[id];
            last[id] = u32::try_from(at).unwrap_or(NONE);
            counts[id] += 1;
        }
        let limit = if b.len() >= MANY_LINES { b.len() / 1000 } else { 1_000_000 / (b.len() + 1) };
        let popular = counts.iter().map(|&count| count > limit).collect();
        let runs = vec![Run { old_line: NONE, len: 0 }; b.len()];
        Self { a, b, last, popular, earlier, runs }
    }

    fn run(&mut self) -> Vec<Block> {
        let mut out = Vec::new();
        let whole = Region { a1: 0, a2: self.a.len(), b1: 0, b2: self.b.len() };
        // Regions and finished blocks still to be handled, the first in the texts on top.
        let mut todo = vec![Step::Search(whole)];
        while let Some(step) = todo.pop() {
            match step {
                Step::Done(block) => out.push(block),
                Step::Search(region) => {
                    let Some(block) = self.longest(region) else { continue };
                    todo.push(Step::Search(Region { a1: block.a2, b1: block.b2, ..region }));
                    todo.push(Step::Done(block));
                    todo.push(Step::Search(Region { a2: block.a1, b2: block.b1, ..region }));
                }
            }
        }
        out
    }

    /// The longest run of lines common to both sides of a region.
    fn longest(&mut self, region: Region) -> Option<Block> {
        let Region { a1, a2, b1, b2 } = region;
        if a1 >= a2 || b1 >= b2 {
            return None;
        }
        let first = a1.max(a2.saturating_sub(WINDOW));
        let mut best = Best::new(region, first);
        let sure = self.common_ends(region, first);
        if sure >= SURE_RUN {
            self.search_sparsely(region, sure, &mut best);
        } else {
            self.search(region, &mut best);
        }
        let Best { mut len, end_a, end_b, .. } = best;
        // Popular lines behind the run belong to it; where all lines are popular, those that both
        // sides start with are the run.
        let (start_a, start_b) =
            if len == 0 { (a1, b1) } else { (end_a + 1 - len, end_b + 1 - len) };
        while start_a + len < a2
            && start_b + len < b2
            && self.a[start_a + len] == self.b[start_b + len]
        {
            len += 1;
        }
        (len > 0).then_some(Block {
            a1: start_a,
            a2: start_a + len,
            b1: start_b,
            b2: start_b + len,
        })
    }

    /// Looks at every pair of equal lines.
    fn search(&mut self, region: Region, best: &mut Best) {
        let Region { a2, b1, b2, .. } = region;
        for i in best.first..a2 {
            if self.is_popular(i) {
                continue;
            }
            let mut next = self.last_before(self.a[i], b2);
            while next != NONE && next as usize >= b1 {
                let j = next as usize;
                next = self.earlier[j];
                let k = self.run_length(i, j, best.first, b1);
                self.runs[j] = Run { old_line: i as u32, len: k as u32 };
                best.offer(k, i, j);
            }
        }
    }

    /// Looks for runs that are at least as long as one that is known to exist: each of them
    /// covers one of the old lines that stand as far apart as that.
    fn search_sparsely(&self, region: Region, sure: usize, best: &mut Best) {
        let Region { a2, b1, b2, .. } = region;
        let first = best.first;
        let mut longest = sure;
        let mut found: Vec<(usize, Reverse<usize>, usize)> = Vec::new();
        let mut i = first + longest - 1;
        while i < a2 {
            let mut next = self.last_before(self.a[i], b2);
            while next != NONE && next as usize >= b1 {
                let j = next as usize;
                next = self.earlier[j];
                let (old, new) = (&self.a[first..i], &self.b[b1..j]);
                let before = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b);
                let (old, new) = (&self.a[i..a2], &self.b[j..b2]);
                let behind = old.iter().zip(new).take_while(|(a, b)| a == b);
                let (start, end) = (i - before.count(), i + behind.count());
                let len = self.without_popular_end(start, end) - start;
                if len >= longest {
                    longest = len;
                    found.push((start + len - 1, Reverse(j + len - 1 - (i - start)), len));
                }
            }
            i += longest;
        }
        found.retain(|&(_, _, len)| len == longest);
        found.sort_unstable();
        found.dedup();
        for (end_a, Reverse(end_b), len) in found {
            best.offer(len, end_a, end_b);
        }
    }

    /// The length of the longer of the runs that both sides of a region start and end with.
    fn common_ends(&self, region: Region, first: usize) -> usize {
        let (a, b) = (&self.a[first..region.a2], &self.b[region.b1..region.b2]);
        let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
        let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
        let start = region.a2 - tail;
        let head = self.without_popular_end(first, first + head) - first;
        head.max(self.without_popular_end(start, region.a2) - start)
    }

    /// Whether an old line is too common to end a run.
    fn is_popular(&self, old_line: usize) -> bool {
        self.popular[self.a[old_line] as usize]
    }

    /// The end of a run of old lines without popular ones behind it.
    fn without_popular_end(&self, start: usize, mut end: usize) -> usize {
        while end > start && self.is_popular(end - 1) {
            end -= 1;
        }
        end
    }

    /// The last line of the new text before `limit` that has a number.
    fn last_before(&self, id: u32, limit: usize) -> u32 {
        let mut at = self.last[id as usize];
        while at != NONE && at as usize >= limit {
            at = self.earlier[at as usize];
        }
        at
    }

    /// How many equal lines end at line `i` of the old and `j` of the new text.
    fn run_length(&self, i: usize, j: usize, first: usize, b1: usize) -> usize {
        let mut k = 1;
        while i >= first + k && j >= b1 + k {
            let run = self.runs[j - k];
            if run.old_line as usize == i - k {
                return k + run.len as usize;
            }
            if self.a[i - k] != self.b[j - k] {
                break;
            }
            k += 1;
        }
        k
    }
}

enum Step {
    Search(Region),
    Done(Block),
}

/// Moves blocks towards the end of the texts where the gap behind them is on one side only, so
/// that a change in repeated lines is shown at their end; blocks that meet this way are joined.
fn slide_down(blocks: &mut [Block], a: &[u32], b: &[u32]) {
    for at in 1..blocks.len() {
        let (head, tail) = blocks.split_at_mut(at);
        let (current, next) = (&mut head[at - 1], &mut tail[0]);
        if current.a2 != next.a1 && current.b2 != next.b1 {
            continue;
        }
        while next.a1 < next.a2
            && next.b1 < next.b2
            && current.a2 < a.len()
            && current.b2 < b.len()
            && a[current.a2] == b[current.b2]
        {
            current.a2 += 1;
            current.b2 += 1;
            next.a1 += 1;
            next.b1 += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn sparse_search_finds_the_same(
            base in prop::collection::vec(0_u32..4, 20..120),
            edits in prop::collection::vec((0_usize..120, 0_usize..6, prop::collection::vec(0_u32..4, 0..5)), 0..4),
            popular: [bool; 2],
        ) {
            let mut other = base.clone();
            for (at, len, new) in edits {
                let at = at.min(other.len());
                let end = (at + len).min(other.len());
                other.splice(at..end, new);
            }
            let mut matcher = Matcher::new(&base, &other, 4);
            matcher.popular[..2].copy_from_slice(&popular);
            let region = Region { a1: 0, a2: base.len(), b1: 0, b2: other.len() };
            prop_assume!(!other.is_empty());
            let sure = matcher.common_ends(region, 0);
            prop_assume!(sure > 0);
            let mut sparse = Best::new(region, 0);
            matcher.search_sparsely(region, sure, &mut sparse);
            let mut full = Best::new(region, 0);
            matcher.search(region, &mut full);
            prop_assert_eq!(
                (sparse.len, sparse.end_a, sparse.end_b),
                (full.len, full.end_a, full.end_b)
            );
        }
    }
}

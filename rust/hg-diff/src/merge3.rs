//! Three-way merge: two texts that came out of one base.
//!
//! Lines that both sides share with the base keep the three texts in step. Between them, a side
//! that still equals the base gives way to the other; where both changed differently there is a
//! conflict.

use std::cmp::Ordering;
use std::ops::Range;

use crate::blocks::{self, Block};
use crate::lines;
use crate::unified::{self, ChangeKind};

/// Lines of one text.
pub type Span = Range<usize>;

/// A part of the merged text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Region {
    /// Lines of the base that nobody changed.
    Unchanged(Span),
    /// Lines of the first side, where both sides made the same change.
    Same(Span),
    /// Lines of the first side, the only one that changed.
    Local(Span),
    /// Lines of the second side, the only one that changed.
    Other(Span),
    /// Both sides changed, in different ways.
    Conflict {
        /// Lines of the base.
        base: Span,
        /// Lines of the first side.
        local: Span,
        /// Lines of the second side.
        other: Span,
    },
}

/// What to do about conflicts, and how to show them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Style {
    /// Markers with both sides.
    #[default]
    Merge,
    /// Markers with both sides and the base between them.
    Merge3,
    /// Markers with one side and the change from the base to the other.
    MergeDiff,
    /// Both sides, the first one first, without markers.
    Union,
    /// Both sides, the second one first, without markers.
    UnionOtherFirst,
    /// The first side.
    Local,
    /// The second side.
    Other,
}

/// What the three texts are called in conflict markers; empty for no name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Labels<'a> {
    /// The first side.
    pub local: &'a [u8],
    /// The second side.
    pub other: &'a [u8],
    /// The base.
    pub base: &'a [u8],
}

/// A merged text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merged {
    /// The text, with markers where there are conflicts.
    pub text: Vec<u8>,
    /// How many conflicts are shown in it.
    pub conflicts: usize,
}

/// Three texts, split into lines.
#[derive(Debug)]
pub struct Merge3<'t> {
    base: Vec<&'t [u8]>,
    local: Vec<&'t [u8]>,
    other: Vec<&'t [u8]>,
    sync: Sync,
}

/// What it takes for changes of both sides not to be a conflict.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Sync {
    /// A line between them that neither changed.
    #[default]
    Strict,
    /// That they touch different lines, with nothing needed between them
    /// (`experimental.relaxed-block-sync-merge`).
    Relaxed,
}

/// Merges `local` and `other`, which both came out of `base`.
#[must_use]
pub fn merge(base: &[u8], local: &[u8], other: &[u8], style: Style, labels: &Labels<'_>) -> Merged {
    merge_lines(&Merge3::new(base, local, other), style, labels)
}

/// As [`merge`], for texts that are split already.
#[must_use]
pub fn merge_lines(merge: &Merge3<'_>, style: Style, labels: &Labels<'_>) -> Merged {
    let mut regions = merge.regions();
    if style == Style::Merge {
        regions = merge.minimize(regions);
    }
    merge.render(&regions, style, labels)
}

/// Lines of the three texts that are equal.
#[derive(Clone, Copy)]
struct Step {
    base: (usize, usize),
    local: usize,
    other: usize,
}

impl<'t> Merge3<'t> {
    /// Splits the three texts.
    #[must_use]
    pub fn new(base: &'t [u8], local: &'t [u8], other: &'t [u8]) -> Self {
        Self {
            base: lines::split_vec(base),
            local: lines::split_vec(local),
            other: lines::split_vec(other),
            sync: Sync::Strict,
        }
    }

    /// Sets what it takes for changes not to be in conflict.
    #[must_use]
    pub fn with_sync(self, sync: Sync) -> Self {
        Self { sync, ..self }
    }

    /// The lines of the base.
    #[must_use]
    pub fn base(&self) -> &[&'t [u8]] {
        &self.base
    }

    /// The lines of the first side.
    #[must_use]
    pub fn local(&self) -> &[&'t [u8]] {
        &self.local
    }

    /// The lines of the second side.
    #[must_use]
    pub fn other(&self) -> &[&'t [u8]] {
        &self.other
    }

    /// The parts of the merged text, in order.
    #[must_use]
    pub fn regions(&self) -> Vec<Region> {
        let mut out = Vec::new();
        let (mut base, mut local, mut other) = (0, 0, 0);
        for step in self.steps() {
            let conflict = Region::Conflict {
                base: base..step.base.0,
                local: local..step.local,
                other: other..step.other,
            };
            if local < step.local || other < step.other {
                out.push(self.judge(conflict));
            }
            let len = step.base.1 - step.base.0;
            if len > 0 {
                out.push(Region::Unchanged(step.base.0..step.base.1));
            }
            (base, local, other) = (step.base.1, step.local + len, step.other + len);
        }
        out
    }

    /// Whether a gap between equal lines is a conflict after all.
    fn judge(&self, gap: Region) -> Region {
        let Region::Conflict { base, local, other } = gap.clone() else { return gap };
        let base_lines = &self.base[base];
        let (local_lines, other_lines) = (&self.local[local.clone()], &self.other[other.clone()]);
        if local_lines == other_lines {
            Region::Same(local)
        } else if local_lines == base_lines {
            Region::Other(other)
        } else if other_lines == base_lines {
            Region::Local(local)
        } else {
            gap
        }
    }

    /// The lines that all three texts share, closed by an empty step behind their ends.
    fn steps(&self) -> Vec<Step> {
        let (local, other) = (self.matching(&self.local), self.matching(&self.other));
        let relaxed = self.sync == Sync::Relaxed;
        let mut out = Vec::new();
        let (mut i, mut j) = (0, 0);
        while let (Some(a), Some(b)) = (local.get(i), other.get(j)) {
            let (start, end) = (a.a1.max(b.a1), a.a2.min(b.a2));
            if start < end || (start == end && relaxed) {
                let at = |block: &Block| block.b1 + (start - block.a1);
                out.push(Step { base: (start, end), local: at(a), other: at(b) });
            }
            let inserts = |block: &Block, next: Option<&Block>| {
                next.is_some_and(|next| next.a1 == block.a2 && next.b1 > block.b2)
            };
            // Lines that both sides insert at one place stay in one gap; those that one side inserts
            // come before what the other side does to the lines behind that place.
            let (next_a, next_b) = match a.a2.cmp(&b.a2) {
                Ordering::Less => (true, false),
                Ordering::Greater => (false, true),
                Ordering::Equal => {
                    let inserted = (inserts(a, local.get(i + 1)), inserts(b, other.get(j + 1)));
                    if inserted.0 == inserted.1 { (true, true) } else { inserted }
                }
            };
            i += usize::from(next_a);
            j += usize::from(next_b);
        }
        let end = self.base.len();
        out.push(Step { base: (end, end), local: self.local.len(), other: self.other.len() });
        out
    }

    /// The lines that a side shares with the base, with an empty block at the end where that counts (at the start none
    /// does: there the oracle sees conflicts as ever).
    fn matching(&self, side: &[&[u8]]) -> Vec<Block> {
        let blocks = blocks::matching(&self.base, side);
        if self.sync == Sync::Strict {
            return blocks;
        }
        let (base, side) = (self.base.len(), side.len());
        let end = Block { a1: base, a2: base, b1: side, b2: side };
        [blocks, vec![end]].concat()
    }

    /// Takes lines that both sides of a conflict start or end with out of it. As in the oracle,
    /// both counts are independent: a line may count twice.
    #[must_use]
    pub fn minimize(&self, regions: Vec<Region>) -> Vec<Region> {
        let mut out = Vec::with_capacity(regions.len());
        for region in regions {
            let Region::Conflict { base, local, other } = region else {
                out.push(region);
                continue;
            };
            let (a, b) = (&self.local[local.clone()], &self.other[other.clone()]);
            let head = a.iter().zip(b).take_while(|(a, b)| a == b).count();
            let tail = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
            if head > 0 {
                out.push(Region::Same(local.start..local.start + head));
            }
            out.push(Region::Conflict {
                base,
                local: local.start + head..(local.end - tail).max(local.start + head),
                other: other.start + head..(other.end - tail).max(other.start + head),
            });
            if tail > 0 {
                out.push(Region::Same(local.end - tail..local.end));
            }
        }
        out
    }

    /// Writes the merged text.
    #[must_use]
    pub fn render(&self, regions: &[Region], style: Style, labels: &Labels<'_>) -> Merged {
        let mut out = Merged { text: Vec::new(), conflicts: 0 };
        let marker = Markers { newline: self.newline(), labels };
        for region in regions {
            let text = &mut out.text;
            match region {
                Region::Unchanged(span) => put(text, &self.base[span.clone()]),
                Region::Same(span) | Region::Local(span) => put(text, &self.local[span.clone()]),
                Region::Other(span) => put(text, &self.other[span.clone()]),
                Region::Conflict { base, local, other } => {
                    let sides = Sides {
                        base: &self.base[base.clone()],
                        local: &self.local[local.clone()],
                        other: &self.other[other.clone()],
                    };
                    marker.conflict(text, &sides, style);
                    let shown = matches!(style, Style::Merge | Style::Merge3 | Style::MergeDiff);
                    out.conflicts += usize::from(shown);
                }
            }
        }
        out
    }

    /// The line ending of the first side's first line, for markers.
    fn newline(&self) -> &'static [u8] {
        match self.local.first() {
            Some(line) if line.ends_with(b"\r\n") => b"\r\n",
            Some(line) if line.ends_with(b"\r") => b"\r",
            _ => b"\n",
        }
    }
}

fn put(text: &mut Vec<u8>, lines: &[&[u8]]) {
    lines.iter().for_each(|line| text.extend_from_slice(line));
}

struct Sides<'a> {
    base: &'a [&'a [u8]],
    local: &'a [&'a [u8]],
    other: &'a [&'a [u8]],
}

struct Markers<'a> {
    newline: &'static [u8],
    labels: &'a Labels<'a>,
}

impl Markers<'_> {
    fn conflict(&self, text: &mut Vec<u8>, sides: &Sides<'_>, style: Style) {
        match style {
            Style::Local => put(text, sides.local),
            Style::Other => put(text, sides.other),
            Style::Union => {
                put(text, sides.local);
                put(text, sides.other);
            }
            Style::UnionOtherFirst => {
                put(text, sides.other);
                put(text, sides.local);
            }
            Style::Merge | Style::Merge3 => {
                self.line(text, b"<<<<<<<", self.labels.local);
                put(text, sides.local);
                if style == Style::Merge3 {
                    self.line(text, b"|||||||", self.labels.base);
                    put(text, sides.base);
                }
                self.line(text, b"=======", b"");
                put(text, sides.other);
                self.line(text, b">>>>>>>", self.labels.other);
            }
            Style::MergeDiff => self.diff_conflict(text, sides),
        }
    }

    /// One side as a change from the base and the other in full, whichever way round is shorter.
    fn diff_conflict(&self, text: &mut Vec<u8>, sides: &Sides<'_>) {
        let local = diff(sides.base, sides.local);
        let other = diff(sides.base, sides.other);
        self.line(text, b"<<<<<<<", b"");
        if local.len() + sides.other.len() <= other.len() + sides.local.len() {
            self.change(text, &local, self.labels.local);
            self.line(text, b"=======", self.labels.other);
            put(text, sides.other);
        } else {
            self.line(text, b"=======", self.labels.local);
            put(text, sides.local);
            self.change(text, &other, self.labels.other);
        }
        self.line(text, b">>>>>>>", b"");
    }

    fn change(&self, text: &mut Vec<u8>, lines: &[Vec<u8>], label: &[u8]) {
        self.line(text, b"-------", self.labels.base);
        self.line(text, b"+++++++", label);
        lines.iter().for_each(|line| text.extend_from_slice(line));
    }

    fn line(&self, text: &mut Vec<u8>, sign: &[u8], label: &[u8]) {
        text.extend_from_slice(sign);
        if !label.is_empty() {
            text.push(b' ');
            text.extend_from_slice(label);
        }
        text.extend_from_slice(self.newline);
    }
}

/// All lines of two texts with ` `, `-` or `+` before them.
fn diff(old: &[&[u8]], new: &[&[u8]]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut push = |sign: &[u8], lines: &[&[u8]]| {
        out.extend(lines.iter().map(|line| [sign, line].concat()));
    };
    for change in unified::changes(old, new, &crate::DiffOptions::default()) {
        let block = change.block;
        if change.kind == ChangeKind::Equal {
            push(b" ", &old[block.a1..block.a2]);
        } else {
            push(b"-", &old[block.a1..block.a2]);
            push(b"+", &new[block.b1..block.b2]);
        }
    }
    out
}

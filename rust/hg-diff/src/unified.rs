//! Hunks of a unified diff.

use crate::blocks::{self, Block};
use crate::lines::{self, Interner};
use crate::options::DiffOptions;
use crate::whitespace;

/// What follows a line that ends its file without a newline.
pub const NO_NEWLINE: &[u8] = b"\\ No newline at end of file\n";
/// Characters of a function name behind `@@`.
const FUNCTION_LEN: usize = 40;

/// One hunk: where it stands in both texts, and its lines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hunk {
    /// First line in the old text, as printed.
    pub old_start: i64,
    /// Number of lines of the old text.
    pub old_len: i64,
    /// First line in the new text, as printed.
    pub new_start: i64,
    /// Number of lines of the new text.
    pub new_len: i64,
    /// The function behind `@@`, empty for none.
    pub function: Vec<u8>,
    /// The lines, each with ` `, `-` or `+` before it, and the markers of missing newlines.
    pub lines: Vec<u8>,
    /// How many lines are added.
    pub added: usize,
    /// How many lines are removed.
    pub removed: usize,
}

impl Hunk {
    /// The `@@` line.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let mut out = format!(
            "@@ -{},{} +{},{} @@",
            self.old_start, self.old_len, self.new_start, self.new_len
        )
        .into_bytes();
        if !self.function.is_empty() {
            out.push(b' ');
            out.extend_from_slice(&self.function);
        }
        out.push(b'\n');
        out
    }

    /// Appends the hunk as text.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.header());
        out.extend_from_slice(&self.lines);
    }
}

/// A region of two texts, as the diff sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change {
    /// The lines, first and behind the last, on both sides.
    pub block: Block,
    /// What became of them.
    pub kind: ChangeKind,
}

/// What became of a region.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ChangeKind {
    /// Both sides are equal (as far as white space counts).
    Equal,
    /// The sides differ.
    Changed,
    /// The sides differ in what the options ignore.
    Ignored,
}

/// The matching blocks of two texts, white space folded as the options say.
#[must_use]
pub fn matching(old: &[&[u8]], new: &[&[u8]], options: &DiffOptions) -> Vec<Block> {
    if !options.folds_space() {
        return blocks::matching(old, new);
    }
    let fold = |lines: &[&[u8]]| -> Vec<Vec<u8>> {
        // A last line of nothing but ignored white space is no line at all.
        let clean = lines.iter().map(|line| whitespace::clean(line, options).into_owned());
        clean.filter(|line| !line.is_empty()).collect()
    };
    let (old, new) = (fold(old), fold(new));
    let mut interner = Interner::default();
    let a: Vec<u32> = old.iter().map(|line| interner.id(line)).collect();
    let b: Vec<u32> = new.iter().map(|line| interner.id(line)).collect();
    blocks::matching_ids(&a, &b, interner.len())
}

/// All regions of two texts in order, equal ones included.
#[must_use]
pub fn changes(old: &[&[u8]], new: &[&[u8]], options: &DiffOptions) -> Vec<Change> {
    regions(&matching(old, new, options), |gap| {
        options.ignore_blank_lines
            && whitespace::differ_in_blank_lines(
                &old[gap.a1..gap.a2],
                &new[gap.b1..gap.b2],
                options,
            )
    })
}

/// All regions of two texts whose lines are numbered (all numbers are below `distinct`), when no
/// option ignores anything.
#[must_use]
pub fn changes_of_ids(old: &[u32], new: &[u32], distinct: usize) -> Vec<Change> {
    regions(&blocks::matching_ids(old, new, distinct), |_| false)
}

fn regions(matching: &[Block], ignored: impl Fn(&Block) -> bool) -> Vec<Change> {
    let mut out = Vec::new();
    let (mut a, mut b) = (0, 0);
    for &block in matching {
        if block.a1 > a || block.b1 > b {
            let gap = Block { a1: a, a2: block.a1, b1: b, b2: block.b1 };
            let kind = if ignored(&gap) { ChangeKind::Ignored } else { ChangeKind::Changed };
            out.push(Change { block: gap, kind });
        }
        if block.a1 < block.a2 {
            out.push(Change { block, kind: ChangeKind::Equal });
        }
        (a, b) = (block.a2, block.b2);
    }
    out
}

/// The hunks that turn `old` into `new`. `None` stands for a file that does not exist.
#[must_use]
pub fn hunks(old: &[u8], new: &[u8], options: &DiffOptions) -> Vec<Hunk> {
    if old == new {
        return Vec::new();
    }
    let (old_lines, new_lines) = (lines::split_vec(old), lines::split_vec(new));
    if old.is_empty() || new.is_empty() {
        return vec![whole(&old_lines, &new_lines)];
    }
    let texts = Texts { old: &old_lines, new: &new_lines, options };
    let mut functions = Functions::default();
    let mut out = Vec::new();
    for group in groups(&changes(&old_lines, &new_lines, options), options.context) {
        out.push(texts.hunk(&group, &mut functions));
    }
    out
}

/// A text that comes into being, or goes.
fn whole(old: &[&[u8]], new: &[&[u8]]) -> Hunk {
    let mut hunk = Hunk {
        old_start: i64::from(!old.is_empty()),
        old_len: count(old.len()),
        new_start: i64::from(!new.is_empty()),
        new_len: count(new.len()),
        ..Hunk::default()
    };
    old.iter().for_each(|line| hunk.remove(line, true));
    new.iter().for_each(|line| hunk.add(line, true));
    hunk
}

impl Hunk {
    fn push(&mut self, sign: u8, line: &[u8], mark: bool) {
        self.lines.push(sign);
        self.lines.extend_from_slice(line);
        if mark && line.last() != Some(&b'\n') {
            self.lines.push(b'\n');
            self.lines.extend_from_slice(NO_NEWLINE);
        }
    }

    fn add(&mut self, line: &[u8], mark: bool) {
        self.push(b'+', line, mark);
        self.added += 1;
    }

    fn remove(&mut self, line: &[u8], mark: bool) {
        self.push(b'-', line, mark);
        self.removed += 1;
    }
}

/// A changed region, and how many lines the new text has more than the old one because of
/// ignored regions before it.
#[derive(Clone, Copy)]
struct Edit {
    block: Block,
    ignored: i64,
}

/// The changed regions that share a hunk.
fn groups(changes: &[Change], context: i64) -> Vec<Vec<Edit>> {
    let mut out: Vec<Vec<Edit>> = Vec::new();
    let mut ignored = 0;
    for change in changes {
        let block = change.block;
        match change.kind {
            ChangeKind::Equal => {}
            ChangeKind::Ignored => {
                ignored += count(block.b2 - block.b1) - count(block.a2 - block.a1);
            }
            ChangeKind::Changed => {
                let edit = Edit { block, ignored };
                let near = |last: &Vec<Edit>| {
                    let end = last.last().map_or(0, |edit| count(edit.block.a2));
                    (count(block.a1) - context).max(0) <= end + context
                };
                match out.last_mut().filter(|last| near(last)) {
                    Some(last) => last.push(edit),
                    None => out.push(vec![edit]),
                }
            }
        }
    }
    out
}

struct Texts<'t> {
    old: &'t [&'t [u8]],
    new: &'t [&'t [u8]],
    options: &'t DiffOptions,
}

impl Texts<'_> {
    fn hunk(&self, edits: &[Edit], functions: &mut Functions) -> Hunk {
        let (first, last) = (edits[0], edits[edits.len() - 1]);
        let context = self.options.context;
        let total = count(self.old.len());
        let old_start = (count(first.block.a1) - context).max(0);
        let new_start = count(first.block.b1) - first.ignored - (count(first.block.a1) - old_start);
        let old_end = (count(last.block.a2) + context).min(total);
        let new_end = count(last.block.b2) - last.ignored + old_end - count(last.block.a2);
        let mut hunk =
            Hunk { old_len: old_end - old_start, new_len: new_end - new_start, ..Hunk::default() };
        hunk.old_start = old_start + i64::from(hunk.old_len != 0);
        hunk.new_start = new_start + i64::from(hunk.new_len != 0);
        if self.options.show_function {
            hunk.function = functions.above(self.old, old_start);
        }
        // As the oracle: with ignored lines before it, the end of the new text is not recognised.
        let mark = new_end == count(self.new.len());
        // Nor is that of the old one, with less context than none.
        let old_mark = old_end == total;
        let mut at = old_start;
        for edit in edits {
            self.context(&mut hunk, at, count(edit.block.a1));
            self.old[edit.block.a1..edit.block.a2]
                .iter()
                .for_each(|line| hunk.remove(line, old_mark));
            self.new[edit.block.b1..edit.block.b2].iter().for_each(|line| hunk.add(line, mark));
            at = count(edit.block.a2);
        }
        self.context(&mut hunk, at, old_end);
        hunk
    }

    /// Adds lines of the old text as context.
    fn context(&self, hunk: &mut Hunk, from: i64, to: i64) {
        let index = |at: i64| usize::try_from(at).unwrap_or(0);
        for line in self.old.get(index(from)..index(to)).unwrap_or_default() {
            hunk.push(b' ', line, true);
        }
    }
}

/// Looks for the function a hunk is in; what was found for the hunk before it is the fallback.
#[derive(Default)]
struct Functions {
    searched: usize,
    last: Vec<u8>,
}

impl Functions {
    fn above(&mut self, old: &[&[u8]], start: i64) -> Vec<u8> {
        let start = usize::try_from(start).unwrap_or(0).min(old.len());
        let from = self.searched.min(start);
        let is_function = |line: &&&[u8]| {
            line.first().is_some_and(|b| b.is_ascii_alphabetic() || b"_$".contains(b))
        };
        if let Some(line) = old[from..start].iter().rev().find(is_function) {
            self.last = shorten(line);
        }
        self.searched = start;
        self.last.clone()
    }
}

/// A line without white space at its end; ASCII is cut at 40 characters, anything else is not cut
/// (it might be cut inside a character).
fn shorten(line: &[u8]) -> Vec<u8> {
    let line = line.trim_ascii_end();
    let shown = if line.is_ascii() { FUNCTION_LEN.min(line.len()) } else { line.len() };
    line[..shown].to_vec()
}

fn count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

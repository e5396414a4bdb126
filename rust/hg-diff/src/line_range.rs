//! What becomes of a range of lines from one version of a text to another.

use std::ops::Range;

use crate::unified::{Change, ChangeKind};

/// Which way a range is carried.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// From the new text to the old one.
    Back,
    /// From the old text to the new one.
    Forward,
}

/// A range of lines carried to the other text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried {
    /// The lines there, counted from 0.
    pub range: Range<usize>,
    /// Whether a change touches the range.
    pub changed: bool,
}

/// Carries a range of lines across the regions of two texts. An end inside a changed region goes
/// to that region's end. `None` when the range is longer than its text.
#[must_use]
pub fn carry(changes: &[Change], range: &Range<usize>, way: Way) -> Option<Carried> {
    let mut start = None;
    let mut end = None;
    let mut changed = false;
    for change in changes {
        let block = change.block;
        let (from, to) = match way {
            Way::Back => (block.b1..block.b2, block.a1..block.a2),
            Way::Forward => (block.a1..block.a2, block.b1..block.b2),
        };
        let equal = change.kind == ChangeKind::Equal;
        if range.is_empty() && from == *range {
            end = Some(to.end);
        }
        if from.contains(&range.start) {
            start = Some(if equal { to.start + (range.start - from.start) } else { to.start });
        }
        if from.start < range.end && range.end <= from.end {
            end = Some(if equal { to.start + (range.end - from.start) } else { to.end });
        }
        changed |= change.kind == ChangeKind::Changed && overlap(&from, range);
    }
    // An empty range may stand behind the last line.
    let end = end?;
    let start = start.unwrap_or(end);
    Some(Carried { range: start..end, changed })
}

/// Whether two ranges share a line; an empty one must lie within the other.
#[must_use]
pub fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::DiffOptions;
    use crate::{lines, unified};

    fn back(old: &str, new: &str, range: Range<usize>) -> Option<(Range<usize>, bool)> {
        let (old, new) = (lines::split_vec(old.as_bytes()), lines::split_vec(new.as_bytes()));
        let changes = unified::changes(&old, &new, &DiffOptions::default());
        carry(&changes, &range, Way::Back).map(|carried| (carried.range, carried.changed))
    }

    #[test]
    fn ends_in_changed_regions_widen() {
        assert_eq!(back("a\nb\nc\n", "a\nX\nY\nc\n", 2..4), Some((1..3, true)));
        assert_eq!(back("a\nb\n", "a\nb\nc\n", 2..3), Some((2..2, true)));
    }

    #[test]
    fn removed_lines_count_between_lines_of_the_range() {
        assert_eq!(back("a\nb\nc\n", "a\nc\n", 0..2), Some((0..3, true)));
        assert_eq!(back("a\nb\nc\n", "a\nc\n", 1..2), Some((2..3, false)));
    }

    #[test]
    fn too_long() {
        assert_eq!(back("a\n", "a\nb\n", 1..3), None);
    }
}

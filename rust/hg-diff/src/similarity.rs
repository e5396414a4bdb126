//! How alike two texts are: the share of bytes in lines they have in common.

use crate::blocks;
use crate::lines;

/// From 0 (nothing in common) to 1 (equal). Two empty texts have nothing in common.
#[must_use]
pub fn score(old: &[u8], new: &[u8]) -> f64 {
    score_lines(&lines::split_vec(old), &lines::split_vec(new))
}

/// As [`score`], over texts that are split already.
#[must_use]
pub fn score_lines(old: &[&[u8]], new: &[&[u8]]) -> f64 {
    let bytes = |lines: &[&[u8]]| -> usize { lines.iter().map(|line| line.len()).sum() };
    let total = bytes(old) + bytes(new);
    if total == 0 {
        return 0.0;
    }
    let equal: usize =
        blocks::matching(old, new).iter().map(|block| bytes(&new[block.b1..block.b2])).sum();
    equal as f64 * 2.0 / total as f64
}

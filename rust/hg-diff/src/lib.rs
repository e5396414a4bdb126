//! Binary deltas, text diff, three-way merge and patch text.
//!
//! Pure functions over bytes: this crate opens no file, prints nothing and reads no clock. What
//! the two sides of a diff are called, where they come from and which of them to show is decided
//! by its callers.

pub mod binary;
pub mod blocks;
pub mod delta;
pub mod file_diff;
pub mod label;
pub mod line_range;
pub mod lines;
pub mod merge3;
pub mod options;
pub mod patch;
pub mod select;
pub mod similarity;
pub mod stat;
pub mod unified;
pub mod weave;
pub mod whitespace;
mod word_diff;

pub use file_diff::{CopyKind, FileChange, FileDiff, Side, file_diff};
pub use options::DiffOptions;

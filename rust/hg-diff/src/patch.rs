//! Patches as text: reading and applying them.
//!
//! [`Parser`] reads classic, git and context diffs; [`apply`] applies them to files that a
//! [`Backend`] gives and takes; [`message`] finds patches and their descriptions in mail and in
//! what `hg export` writes.

mod apply;
mod file;
mod hunk;
pub mod message;
mod parse;
mod strip;
#[cfg(test)]
mod tests;

pub use apply::{ApplyOptions, Backend, EolMode, Outcome, apply};
pub use hunk::{BinaryHunk, Hunk, TextHunk};
pub use parse::{Event, GitChange, GitPatch, Parser};
pub use strip::strip_path;

/// Why a patch cannot be read or applied.
#[derive(Debug, thiserror::Error)]
pub enum PatchError {
    /// The text is malformed.
    #[error("{}", bstr::BStr::new(.0))]
    Parse(Vec<u8>),
    /// The text does not fit the files.
    #[error("{}", bstr::BStr::new(.0))]
    Apply(Vec<u8>),
    /// A file cannot be read or written.
    #[error(transparent)]
    Backend(#[from] hg_types::Error),
}

/// Result of reading or applying a patch.
pub type Result<T> = std::result::Result<T, PatchError>;

pub(crate) fn parse_error<T>(message: impl Into<Vec<u8>>) -> Result<T> {
    Err(PatchError::Parse(message.into()))
}

pub(crate) fn apply_error<T>(message: impl Into<Vec<u8>>) -> Result<T> {
    Err(PatchError::Apply(message.into()))
}

/// A line without its ending.
pub(crate) fn chomp(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !matches!(byte, b'\r' | b'\n'));
    &line[..end.map_or(0, |at| at + 1)]
}

/// Reads lines, and goes back.
pub(crate) struct Lines<'p> {
    lines: Vec<&'p [u8]>,
    at: usize,
}

impl<'p> Lines<'p> {
    pub(crate) fn new(text: &'p [u8]) -> Self {
        Self { lines: crate::lines::split_vec(text), at: 0 }
    }

    pub(crate) fn next(&mut self) -> Option<&'p [u8]> {
        let line = self.lines.get(self.at).copied();
        self.at += usize::from(line.is_some());
        line
    }

    pub(crate) fn peek(&self) -> Option<&'p [u8]> {
        self.lines.get(self.at).copied()
    }

    pub(crate) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn seek(&mut self, position: usize) {
        self.at = position;
    }
}

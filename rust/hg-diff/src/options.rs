//! What a diff shows and how: the switches of `hg diff` and of the `[diff]` configuration section.

/// How a diff is made and written.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DiffOptions {
    /// Lines of context around a change. Negative numbers are allowed for what they are worth.
    pub context: i64,
    /// Write the extended git format.
    pub git: bool,
    /// Diff binary files as text.
    pub text: bool,
    /// Leave dates out of the headers.
    pub nodates: bool,
    /// Leave `a/` and `b/` out of the headers.
    pub noprefix: bool,
    /// Do not write binary patches in git format.
    pub nobinary: bool,
    /// Show the nearest function above a hunk.
    pub show_function: bool,
    /// Ignore all white space.
    pub ignore_space: bool,
    /// Ignore changes in the amount of white space.
    pub ignore_space_amount: bool,
    /// Ignore white space at the ends of lines.
    pub ignore_space_at_eol: bool,
    /// Ignore changes whose lines are all blank.
    pub ignore_blank_lines: bool,
    /// Digits of the blob ids in an `index` line of the git format; 0 for no such line.
    pub index_digits: usize,
    /// Write `similarity index` lines for copies in git format.
    pub similarity: bool,
    /// Highlight changed words (labels only).
    pub word_diff: bool,
    /// Find the changes with the xdiff algorithm and its indentation heuristic.
    pub xdiff: bool,
}

impl Default for DiffOptions {
    fn default() -> Self {
        Self {
            context: 3,
            git: false,
            text: false,
            nodates: false,
            noprefix: false,
            nobinary: false,
            show_function: false,
            ignore_space: false,
            ignore_space_amount: false,
            ignore_space_at_eol: false,
            ignore_blank_lines: false,
            index_digits: 0,
            similarity: false,
            word_diff: false,
            xdiff: false,
        }
    }
}

impl DiffOptions {
    /// Whether lines that differ in white space may be equal.
    #[must_use]
    pub fn folds_space(&self) -> bool {
        self.ignore_space || self.ignore_space_amount || self.ignore_space_at_eol
    }
}

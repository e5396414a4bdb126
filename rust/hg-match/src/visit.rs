//! What a matcher says about whole directories, so that walks can leave them out.

use std::collections::BTreeSet;

/// Whether a walk must look into a directory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum VisitDir {
    /// Nothing in it can match.
    No,
    /// Something in it may match; ask again for each directory in it.
    This,
    /// Something anywhere below may match: no need to ask again for directories.
    Recursive,
    /// Everything below matches.
    All,
}

impl VisitDir {
    /// Whether the directory is to be entered.
    #[must_use]
    pub fn enters(self) -> bool {
        self != Self::No
    }
}

/// Which entries of a directory a walk must look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum VisitChildren {
    /// None.
    Empty,
    /// All of them; ask again for directories.
    This,
    /// These names only; ask again for directories.
    Set(BTreeSet<Vec<u8>>),
    /// Everything below.
    Recursive,
}

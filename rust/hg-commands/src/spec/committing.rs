//! Command lines: creating changesets. Facts of the interface, not code.

use super::{Category, Need, Spec};
use super::shared::{ADDREMOVE, AMEND, CLOSE_BRANCH, DATE, DRAFT, EDIT, EXCLUDE, FORCE_CLOSE_BRANCH, INCLUDE, INTERACTIVE, LOGFILE, MESSAGE, SECRET, SUBREPOS, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&COMMIT];

/// `hg commit`.
pub static COMMIT: Spec = Spec {
    names: "commit|ci",
    summary: "commit the specified files or all outstanding changes",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::Committing,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        ADDREMOVE, CLOSE_BRANCH, AMEND, SECRET, DRAFT, EDIT, FORCE_CLOSE_BRANCH, INTERACTIVE, INCLUDE,
        EXCLUDE, MESSAGE, LOGFILE, DATE, USER, SUBREPOS,
    ],
};

//! Command lines: changing changesets. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{CURRENTDATE, CURRENTUSER, DATE, DRY_RUN, EDIT, EXCLUDE, INCLUDE, LOGFILE, MESSAGE, TOOL, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ABORT, &BACKOUT, &CONTINUE, &GRAFT, &MERGE];

/// `hg abort`.
pub static ABORT: Spec = Spec {
    names: "abort",
    summary: "abort an unfinished operation (EXPERIMENTAL)",
    synopsis: "",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "",
    options: &[
        DRY_RUN,
    ],
};

/// `hg backout`.
pub static BACKOUT: Spec = Spec {
    names: "backout",
    summary: "reverse effect of earlier changeset",
    synopsis: "[OPTION]... [-r] REV",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "merge", "merge with old dirstate parent after backout"),
        flag("", "commit", "commit if no conflicts were encountered (DEPRECATED)"),
        flag("", "no-commit", "do not commit"),
        text("", "parent", "REV", "parent to choose when backing out merge (DEPRECATED)"),
        text("r", "rev", "REV", "revision to backout"),
        EDIT.or("off"), TOOL, INCLUDE, EXCLUDE, MESSAGE, LOGFILE, DATE, USER,
    ],
};

/// `hg continue`.
pub static CONTINUE: Spec = Spec {
    names: "continue",
    summary: "resumes an interrupted operation (EXPERIMENTAL)",
    synopsis: "",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "",
    options: &[
        DRY_RUN,
    ],
};

/// `hg graft`.
pub static GRAFT: Spec = Spec {
    names: "graft",
    summary: "copy changes from other branches onto the current branch",
    synopsis: "[OPTION]... [-r REV]... REV...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "",
    options: &[
        list("r", "rev", "REV", "revisions to graft"),
        text("", "base", "REV", "base revision when doing the graft merge (ADVANCED)"),
        text("", "to", "VALUE", "graft to this destination, in-memory (EXPERIMENTAL)"),
        flag("c", "continue", "resume interrupted graft").or("off"),
        flag("", "stop", "stop interrupted graft").or("off"),
        flag("", "abort", "abort interrupted graft").or("off"),
        EDIT.or("off"),
        flag("", "log", "append graft info to log message"),
        flag("", "no-commit", "don't commit, just apply the changes in working directory"),
        flag("f", "force", "force graft").or("off"),
        CURRENTDATE.or("off"), CURRENTUSER.or("off"), DATE, USER, TOOL, DRY_RUN,
    ],
};

/// `hg merge`.
pub static MERGE: Spec = Spec {
    names: "merge",
    summary: "merge another revision into working directory",
    synopsis: "[-P] [[-r] REV]",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "force a merge including outstanding changes (DEPRECATED)"),
        text("r", "rev", "REV", "revision to merge"),
        flag("P", "preview", "review revisions to merge (no merge is performed)"),
        flag("", "abort", "abort the ongoing merge"),
        TOOL,
    ],
};

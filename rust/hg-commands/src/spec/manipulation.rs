//! Command lines of upstream's commands: manipulation. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg abort`.
pub static ABORT: CommandSpec = CommandSpec {
    names: "abort",
    synopsis: "",
    summary: "abort an unfinished operation (EXPERIMENTAL)",
    category: Category::Manipulation,
    extension: None,
    options: &[flag("n", "dry-run", "do not perform actions, just print output")],
};

/// `hg backout`.
pub static BACKOUT: CommandSpec = CommandSpec {
    names: "backout",
    synopsis: "[OPTION]... [-r] REV",
    summary: "reverse effect of earlier changeset",
    category: Category::Manipulation,
    extension: None,
    options: &[
        flag("", "merge", "merge with old dirstate parent after backout"),
        flag("", "commit", "commit if no conflicts were encountered (DEPRECATED)"),
        flag("", "no-commit", "do not commit"),
        text("", "parent", "REV", "", "parent to choose when backing out merge (DEPRECATED)"),
        text("r", "rev", "REV", "", "revision to backout"),
        flag("e", "edit", "invoke editor on commit messages"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
    ],
};

/// `hg continue`.
pub static CONTINUE: CommandSpec = CommandSpec {
    names: "continue",
    synopsis: "",
    summary: "resumes an interrupted operation (EXPERIMENTAL)",
    category: Category::Manipulation,
    extension: None,
    options: &[flag("n", "dry-run", "do not perform actions, just print output")],
};

/// `hg graft`.
pub static GRAFT: CommandSpec = CommandSpec {
    names: "graft",
    synopsis: "[OPTION]... [-r REV]... REV...",
    summary: "copy changes from other branches onto the current branch",
    category: Category::Manipulation,
    extension: None,
    options: &[
        list("r", "rev", "REV", "revisions to graft"),
        text("", "base", "REV", "", "base revision when doing the graft merge (ADVANCED)"),
        text("", "to", "VALUE", "", "graft to this destination, in-memory (EXPERIMENTAL)"),
        flag("c", "continue", "resume interrupted graft"),
        flag("", "stop", "stop interrupted graft"),
        flag("", "abort", "abort interrupted graft"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag("", "log", "append graft info to log message"),
        flag("", "no-commit", "don't commit, just apply the changes in working directory"),
        flag("f", "force", "force graft"),
        flag("D", "currentdate", "record the current date as commit date"),
        flag("U", "currentuser", "record the current user as committer"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg merge`.
pub static MERGE: CommandSpec = CommandSpec {
    names: "merge",
    synopsis: "[-P] [[-r] REV]",
    summary: "merge another revision into working directory",
    category: Category::Manipulation,
    extension: None,
    options: &[
        flag("f", "force", "force a merge including outstanding changes (DEPRECATED)"),
        text("r", "rev", "REV", "", "revision to merge"),
        flag("P", "preview", "review revisions to merge (no merge is performed)"),
        flag("", "abort", "abort the ongoing merge"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
    ],
};

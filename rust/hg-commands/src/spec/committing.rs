//! Command lines: creating changesets. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};

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
        flag("A", "addremove", "mark new/missing files as added/removed before committing"),
        flag("", "close-branch", "mark a branch head as closed"),
        flag("", "amend", "amend the parent of the working directory"),
        flag("s", "secret", "use the secret phase for committing"),
        flag("", "draft", "use the draft phase for committing"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag("", "force-close-branch", "forcibly close branch from a non-head changeset (ADVANCED)"),
        flag("i", "interactive", "use interactive mode"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "use text as commit message"),
        text("l", "logfile", "FILE", "read commit message from file"),
        text("d", "date", "DATE", "record the specified date as commit date"),
        text("u", "user", "USER", "record the specified user as committer"),
        flag("S", "subrepos", "recurse into subrepositories"),
    ],
};

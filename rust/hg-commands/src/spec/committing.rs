//! Command lines of upstream's commands: committing. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg commit`.
pub static COMMIT: CommandSpec = CommandSpec {
    names: "commit|ci",
    synopsis: "[OPTION]... [FILE]...",
    summary: "commit the specified files or all outstanding changes",
    category: Category::Committing,
    extension: None,
    options: &[
        flag("A", "addremove", "mark new/missing files as added/removed before committing"),
        flag("", "close-branch", "mark a branch head as closed"),
        flag("", "amend", "amend the parent of the working directory"),
        flag("s", "secret", "use the secret phase for committing"),
        flag("", "draft", "use the draft phase for committing"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag(
            "",
            "force-close-branch",
            "forcibly close branch from a non-head changeset (ADVANCED)",
        ),
        flag("i", "interactive", "use interactive mode"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        flag("S", "subrepos", "recurse into subrepositories"),
    ],
};

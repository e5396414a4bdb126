//! Command lines of upstream's commands: working directory. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg add`.
pub static ADD: CommandSpec = CommandSpec {
    names: "add",
    synopsis: "[OPTION]... [FILE]...",
    summary: "add the specified files on the next commit",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("S", "subrepos", "recurse into subrepositories"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg addremove`.
pub static ADDREMOVE: CommandSpec = CommandSpec {
    names: "addremove",
    synopsis: "[OPTION]... [FILE]...",
    summary: "add all new files, delete all missing files",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        text("s", "similarity", "SIMILARITY", "", "guess renamed files by similarity (0<=s<=100)"),
        flag("S", "subrepos", "recurse into subrepositories"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg files`.
pub static FILES: CommandSpec = CommandSpec {
    names: "files",
    synopsis: "[OPTION]... [FILE]...",
    summary: "list tracked files",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "search the repository as it is in REV"),
        flag("0", "print0", "end filenames with NUL, for use with xargs"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("T", "template", "TEMPLATE", "", "display with template"),
        flag("S", "subrepos", "recurse into subrepositories"),
    ],
};

/// `hg forget`.
pub static FORGET: CommandSpec = CommandSpec {
    names: "forget",
    synopsis: "[OPTION]... FILE...",
    summary: "forget the specified files on the next commit",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("i", "interactive", "use interactive mode"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg locate`.
pub static LOCATE: CommandSpec = CommandSpec {
    names: "locate",
    synopsis: "[OPTION]... [PATTERN]...",
    summary: "locate files matching specific patterns (DEPRECATED)",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "search the repository as it is in REV"),
        flag("0", "print0", "end filenames with NUL, for use with xargs"),
        flag("f", "fullpath", "print complete paths from the filesystem root"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg purge`.
pub static PURGE: CommandSpec = CommandSpec {
    names: "purge|clean",
    synopsis: "[OPTION]... [DIR]...",
    summary: "removes files not tracked by Mercurial",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("a", "abort-on-err", "abort if an error occurs"),
        flag("", "all", "purge ignored files too"),
        flag("i", "ignored", "purge only ignored files"),
        flag("", "dirs", "purge empty directories"),
        flag("", "files", "purge files"),
        flag("p", "print", "print filenames instead of deleting them"),
        flag("0", "print0", "end filenames with NUL, for use with xargs (implies -p/--print)"),
        flag("", "confirm", "ask before permanently deleting files"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg remove`.
pub static REMOVE: CommandSpec = CommandSpec {
    names: "remove|rm",
    synopsis: "[OPTION]... FILE...",
    summary: "remove the specified files on the next commit",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("A", "after", "record delete for missing files"),
        flag("f", "force", "forget added files, delete modified files"),
        flag("S", "subrepos", "recurse into subrepositories"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg rename`.
pub static RENAME: CommandSpec = CommandSpec {
    names: "rename|move|mv",
    synopsis: "[OPTION]... SOURCE... DEST",
    summary: "rename files; equivalent of copy + remove",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("", "forget", "unmark a destination file as renamed"),
        flag("A", "after", "record a rename that has already occurred"),
        text("", "at-rev", "REV", "", "(un)mark renames in the given revision (EXPERIMENTAL)"),
        flag("f", "force", "forcibly move over an existing managed file"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg resolve`.
pub static RESOLVE: CommandSpec = CommandSpec {
    names: "resolve",
    synopsis: "[OPTION]... [FILE]...",
    summary: "redo merges or set/view the merge status of files",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("a", "all", "select all unresolved files"),
        flag("l", "list", "list state of files needing merge"),
        flag("m", "mark", "mark files as resolved"),
        flag("u", "unmark", "mark files as unresolved"),
        flag("n", "no-status", "hide status prefix"),
        flag("", "re-merge", "re-merge files"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg revert`.
pub static REVERT: CommandSpec = CommandSpec {
    names: "revert",
    synopsis: "[OPTION]... [-r REV] [NAME]...",
    summary: "restore files to their checkout state",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("a", "all", "revert all changes when no arguments given"),
        text("d", "date", "DATE", "", "tipmost revision matching date"),
        text("r", "rev", "REV", "", "revert to the specified revision"),
        flag("C", "no-backup", "do not save backup copies of files"),
        flag("i", "interactive", "interactively select the changes"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg root`.
pub static ROOT: CommandSpec = CommandSpec {
    names: "root",
    synopsis: "",
    summary: "print the root (top) of the current working directory",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("", "share-source", "print the share source root instead"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg shelve`.
pub static SHELVE: CommandSpec = CommandSpec {
    names: "shelve",
    synopsis: "[OPTION]... [FILE]...",
    summary: "save and set aside changes from the working directory",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("A", "addremove", "mark new/missing files as added/removed before shelving"),
        flag("u", "unknown", "store unknown files in the shelve"),
        flag("", "cleanup", "delete all shelved changes"),
        text("", "date", "DATE", "", "shelve with the specified commit date"),
        flag("d", "delete", "delete the named shelved change(s)"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag("k", "keep", "shelve, but keep changes in the working directory"),
        flag("l", "list", "list current shelves"),
        text("m", "message", "TEXT", "", "use text as shelve message"),
        text("n", "name", "NAME", "", "use the given name for the shelved commit"),
        flag(
            "p",
            "patch",
            "output patches for changes (provide the names of the shelved changes as positional arguments)",
        ),
        flag("i", "interactive", "interactive mode"),
        flag(
            "",
            "stat",
            "output diffstat-style summary of changes (provide the names of the shelved changes as positional arguments)",
        ),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg status`.
pub static STATUS: CommandSpec = CommandSpec {
    names: "status|st",
    synopsis: "[OPTION]... [FILE]...",
    summary: "show changed files in the working directory",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("A", "all", "show status of all files"),
        flag("m", "modified", "show only modified files"),
        flag("a", "added", "show only added files"),
        flag("r", "removed", "show only removed files"),
        flag("d", "deleted", "show only missing files"),
        flag("c", "clean", "show only files without changes"),
        flag("u", "unknown", "show only unknown (not tracked) files"),
        flag("i", "ignored", "show only ignored files"),
        flag("n", "no-status", "hide status prefix"),
        text("t", "terse", "VALUE", "nothing", "show the terse output (EXPERIMENTAL)"),
        flag("C", "copies", "show source of copied files"),
        flag("0", "print0", "end filenames with NUL, for use with xargs"),
        list("", "rev", "REV", "show difference from revision"),
        text("", "change", "REV", "", "list the changed files of a revision"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("S", "subrepos", "recurse into subrepositories"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg summary`.
pub static SUMMARY: CommandSpec = CommandSpec {
    names: "summary|sum",
    synopsis: "[--remote]",
    summary: "summarize working directory state",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[flag("", "remote", "check for push and pull")],
};

/// `hg unshelve`.
pub static UNSHELVE: CommandSpec = CommandSpec {
    names: "unshelve",
    synopsis: "[OPTION]... [[-n] SHELVED]",
    summary: "restore a shelved change to the working directory",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("a", "abort", "abort an incomplete unshelve operation"),
        flag("c", "continue", "continue an incomplete unshelve operation"),
        flag("i", "interactive", "use interactive mode (EXPERIMENTAL)"),
        flag("k", "keep", "keep shelve after unshelving"),
        text("n", "name", "NAME", "", "restore shelved change with given name"),
        text("t", "tool", "VALUE", "", "specify merge tool"),
        text("", "date", "DATE", "", "set date for temporary commits (DEPRECATED)"),
    ],
};

/// `hg update`.
pub static UPDATE: CommandSpec = CommandSpec {
    names: "update|up|checkout|co",
    synopsis: "[-C|-c|-m] [-d DATE] [[-r] REV]",
    summary: "update working directory (or switch revisions)",
    category: Category::WorkingDirectory,
    extension: None,
    options: &[
        flag("C", "clean", "discard uncommitted changes (no backup)"),
        flag("c", "check", "require clean working directory"),
        flag("m", "merge", "merge uncommitted changes"),
        text("d", "date", "DATE", "", "tipmost revision matching date"),
        text("r", "rev", "REV", "", "revision"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
    ],
};

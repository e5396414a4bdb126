//! Command lines: the working directory. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{DRY_RUN, EDIT, EXCLUDE, INCLUDE, INTERACTIVE, PRINT0, SUBREPOS, TEMPLATE, TOOL};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ADD, &ADDREMOVE, &FILES, &FORGET, &LOCATE, &PURGE, &REMOVE, &RENAME, &RESOLVE, &REVERT, &ROOT, &SHELVE, &STATUS, &SUMMARY, &UNSHELVE, &UPDATE];

/// `hg add`.
pub static ADD: Spec = Spec {
    names: "add",
    summary: "add the specified files on the next commit",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        INCLUDE, EXCLUDE, SUBREPOS, DRY_RUN,
    ],
};

/// `hg addremove`.
pub static ADDREMOVE: Spec = Spec {
    names: "addremove",
    summary: "add all new files, delete all missing files",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        text("s", "similarity", "SIMILARITY", "guess renamed files by similarity (0<=s<=100)"),
        SUBREPOS, INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg files`.
pub static FILES: Spec = Spec {
    names: "files",
    summary: "list tracked files",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "search the repository as it is in REV"),
        PRINT0, INCLUDE, EXCLUDE, TEMPLATE, SUBREPOS,
    ],
};

/// `hg forget`.
pub static FORGET: Spec = Spec {
    names: "forget",
    summary: "forget the specified files on the next commit",
    synopsis: "[OPTION]... FILE...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        INTERACTIVE, INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg locate`.
pub static LOCATE: Spec = Spec {
    names: "locate",
    summary: "locate files matching specific patterns (DEPRECATED)",
    synopsis: "[OPTION]... [PATTERN]...",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "search the repository as it is in REV"),
        PRINT0,
        flag("f", "fullpath", "print complete paths from the filesystem root"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg purge`.
pub static PURGE: Spec = Spec {
    names: "purge|clean",
    summary: "removes files not tracked by Mercurial",
    synopsis: "[OPTION]... [DIR]...",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("a", "abort-on-err", "abort if an error occurs"),
        flag("", "all", "purge ignored files too"),
        flag("i", "ignored", "purge only ignored files"),
        flag("", "dirs", "purge empty directories"),
        flag("", "files", "purge files"),
        flag("p", "print", "print filenames instead of deleting them"),
        flag("0", "print0", "end filenames with NUL, for use with xargs (implies -p/--print)"),
        flag("", "confirm", "ask before permanently deleting files"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg remove`.
pub static REMOVE: Spec = Spec {
    names: "remove|rm",
    summary: "remove the specified files on the next commit",
    synopsis: "[OPTION]... FILE...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        flag("A", "after", "record delete for missing files"),
        flag("f", "force", "forget added files, delete modified files"),
        SUBREPOS, INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg rename`.
pub static RENAME: Spec = Spec {
    names: "rename|move|mv",
    summary: "rename files; equivalent of copy + remove",
    synopsis: "[OPTION]... SOURCE... DEST",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "forget", "unmark a destination file as renamed"),
        flag("A", "after", "record a rename that has already occurred"),
        text("", "at-rev", "REV", "(un)mark renames in the given revision (EXPERIMENTAL)"),
        flag("f", "force", "forcibly move over an existing managed file"),
        INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg resolve`.
pub static RESOLVE: Spec = Spec {
    names: "resolve",
    summary: "redo merges or set/view the merge status of files",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        flag("a", "all", "select all unresolved files"),
        flag("l", "list", "list state of files needing merge"),
        flag("m", "mark", "mark files as resolved"),
        flag("u", "unmark", "mark files as unresolved"),
        flag("n", "no-status", "hide status prefix"),
        flag("", "re-merge", "re-merge files"),
        TOOL, INCLUDE, EXCLUDE, TEMPLATE,
    ],
};

/// `hg revert`.
pub static REVERT: Spec = Spec {
    names: "revert",
    summary: "restore files to their checkout state",
    synopsis: "[OPTION]... [-r REV] [NAME]...",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("a", "all", "revert all changes when no arguments given"),
        text("d", "date", "DATE", "tipmost revision matching date"),
        text("r", "rev", "REV", "revert to the specified revision"),
        flag("C", "no-backup", "do not save backup copies of files"),
        flag("i", "interactive", "interactively select the changes"),
        INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg root`.
pub static ROOT: Spec = Spec {
    names: "root",
    summary: "print the root (top) of the current working directory",
    synopsis: "",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "share-source", "print the share source root instead"),
        TEMPLATE,
    ],
};

/// `hg shelve`.
pub static SHELVE: Spec = Spec {
    names: "shelve",
    summary: "save and set aside changes from the working directory",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("A", "addremove", "mark new/missing files as added/removed before shelving"),
        flag("u", "unknown", "store unknown files in the shelve"),
        flag("", "cleanup", "delete all shelved changes"),
        text("", "date", "DATE", "shelve with the specified commit date"),
        flag("d", "delete", "delete the named shelved change(s)"),
        EDIT.or("off"),
        flag("k", "keep", "shelve, but keep changes in the working directory").or("off"),
        flag("l", "list", "list current shelves"),
        text("m", "message", "TEXT", "use text as shelve message"),
        text("n", "name", "NAME", "use the given name for the shelved commit"),
        flag("p", "patch", "output patches for changes (provide the names of the shelved changes as positional arguments)"),
        flag("i", "interactive", "interactive mode"),
        flag("", "stat", "output diffstat-style summary of changes (provide the names of the shelved changes as positional arguments)"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg status`.
pub static STATUS: Spec = Spec {
    names: "status|st",
    summary: "show changed files in the working directory",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::WorkingDirectory,
    need: Need::RepoOfFile,
    extension: "",
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
        text("t", "terse", "VALUE", "show the terse output (EXPERIMENTAL)").or("nothing"),
        flag("C", "copies", "show source of copied files"),
        PRINT0,
        list("", "rev", "REV", "show difference from revision"),
        text("", "change", "REV", "list the changed files of a revision"),
        INCLUDE, EXCLUDE, SUBREPOS, TEMPLATE,
    ],
};

/// `hg summary`.
pub static SUMMARY: Spec = Spec {
    names: "summary|sum",
    summary: "summarize working directory state",
    synopsis: "[--remote]",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "remote", "check for push and pull"),
    ],
};

/// `hg unshelve`.
pub static UNSHELVE: Spec = Spec {
    names: "unshelve",
    summary: "restore a shelved change to the working directory",
    synopsis: "[OPTION]... [[-n] SHELVED]",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("a", "abort", "abort an incomplete unshelve operation"),
        flag("c", "continue", "continue an incomplete unshelve operation"),
        flag("i", "interactive", "use interactive mode (EXPERIMENTAL)"),
        flag("k", "keep", "keep shelve after unshelving"),
        text("n", "name", "NAME", "restore shelved change with given name"),
        text("t", "tool", "VALUE", "specify merge tool"),
        text("", "date", "DATE", "set date for temporary commits (DEPRECATED)"),
    ],
};

/// `hg update`.
pub static UPDATE: Spec = Spec {
    names: "update|up|checkout|co",
    summary: "update working directory (or switch revisions)",
    synopsis: "[-C|-c|-m] [-d DATE] [[-r] REV]",
    category: Category::WorkingDirectory,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("C", "clean", "discard uncommitted changes (no backup)"),
        flag("c", "check", "require clean working directory"),
        flag("m", "merge", "merge uncommitted changes"),
        text("d", "date", "DATE", "tipmost revision matching date"),
        text("r", "rev", "REV", "revision"),
        TOOL,
    ],
};

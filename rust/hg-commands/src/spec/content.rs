//! Command lines: contents of files. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{AS_TEXT, BINARY, DRY_RUN, EXCLUDE, GIT, IGNORE_ALL_SPACE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, IGNORE_SPACE_CHANGE, INCLUDE, NODATES, SHOW_DATE, SHOW_USER, STAT, SUBREPOS, TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ANNOTATE, &CAT, &COPY, &DIFF, &GREP];

/// `hg annotate`.
pub static ANNOTATE: Spec = Spec {
    names: "annotate|blame",
    summary: "show changeset information by line for each file",
    synopsis: "[-r REV] [-f] [-a] [-u] [-d] [-n] [-c] [-l] FILE...",
    category: Category::FileContents,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        text("r", "rev", "REV", "annotate the specified revision"),
        flag("", "follow", "follow copies/renames and list the filename (DEPRECATED)"),
        flag("", "no-follow", "don't follow copies and renames"),
        AS_TEXT, SHOW_USER,
        flag("f", "file", "list the filename"),
        SHOW_DATE,
        flag("n", "number", "list the revision number (default)"),
        flag("c", "changeset", "list the changeset"),
        flag("l", "line-number", "show line number at the first appearance"),
        list("", "skip", "REV", "revset to not display (EXPERIMENTAL)"),
        list("L", "line-range", "FILE,RANGE", "follow line range of specified file (EXPERIMENTAL)"),
        IGNORE_ALL_SPACE, IGNORE_SPACE_CHANGE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, INCLUDE, EXCLUDE,
        TEMPLATE,
    ],
};

/// `hg cat`.
pub static CAT: Spec = Spec {
    names: "cat",
    summary: "output the current or given revision of files",
    synopsis: "[OPTION]... FILE...",
    category: Category::FileContents,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        text("o", "output", "FORMAT", "print output to file with formatted name"),
        text("r", "rev", "REV", "print the given revision"),
        flag("", "decode", "apply any matching decode filter"),
        INCLUDE, EXCLUDE, TEMPLATE,
    ],
};

/// `hg copy`.
pub static COPY: Spec = Spec {
    names: "copy|cp",
    summary: "mark files as copied for the next commit",
    synopsis: "[OPTION]... (SOURCE... DEST | --forget DEST...)",
    category: Category::FileContents,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "forget", "unmark a destination file as copied"),
        flag("A", "after", "record a copy that has already occurred"),
        text("", "at-rev", "REV", "(un)mark copies in the given revision (EXPERIMENTAL)"),
        flag("f", "force", "forcibly copy over an existing managed file"),
        INCLUDE, EXCLUDE, DRY_RUN,
    ],
};

/// `hg diff`.
pub static DIFF: Spec = Spec {
    names: "diff",
    summary: "diff repository (or selected files)",
    synopsis: "[OPTION]... ([-c REV] | [--from REV1] [--to REV2]) [FILE]...",
    category: Category::FileContents,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        list("r", "rev", "REV", "revision (DEPRECATED)"),
        text("", "from", "REV1", "revision to diff from"),
        text("", "to", "REV2", "revision to diff to"),
        text("c", "change", "REV", "change made by revision"),
        flag("", "ignore-changes-from-ancestors", "only compare the change made by the selected revision (EXPERIMENTAL)").or("off"),
        AS_TEXT, GIT, BINARY, NODATES,
        flag("", "noprefix", "omit a/ and b/ prefixes from filenames"),
        flag("p", "show-function", "show which function each change is in"),
        flag("", "reverse", "produce a diff that undoes the changes"),
        IGNORE_ALL_SPACE, IGNORE_SPACE_CHANGE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL,
        text("U", "unified", "NUM", "number of lines of context to show"),
        STAT,
        text("", "root", "DIR", "produce diffs relative to subdirectory"),
        INCLUDE, EXCLUDE, SUBREPOS,
    ],
};

/// `hg grep`.
pub static GREP: Spec = Spec {
    names: "grep",
    summary: "search for a pattern in specified files",
    synopsis: "[--diff] [OPTION]... PATTERN [FILE]...",
    category: Category::FileContents,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        flag("0", "print0", "end fields with NUL"),
        flag("", "all", "an alias to --diff (DEPRECATED)"),
        flag("", "diff", "search revision differences for when the pattern was added or removed"),
        AS_TEXT,
        flag("f", "follow", "follow changeset history, or file history across copies and renames"),
        flag("i", "ignore-case", "ignore case when matching"),
        flag("l", "files-with-matches", "print only filenames and revisions that match"),
        flag("n", "line-number", "print matching line numbers"),
        list("r", "rev", "REV", "search files changed within revision range"),
        flag("", "all-files", "include all files in the changeset while grepping (DEPRECATED)"),
        SHOW_USER, SHOW_DATE, TEMPLATE, INCLUDE, EXCLUDE,
    ],
};

//! Command lines: navigation. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{EXCLUDE, GIT, GRAPH, INCLUDE, INSECURE, LIMIT, NO_MERGES, PATCH, REMOTECMD, SSH, STAT, STYLE, TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&BISECT, &HEADS, &IDENTIFY, &LOG, &PARENTS, &TIP];

/// `hg bisect`.
pub static BISECT: Spec = Spec {
    names: "bisect",
    summary: "subdivision search of changesets",
    synopsis: "[-gbsr] [-U] [-c CMD] [REV]",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("r", "reset", "reset bisect state").or("off"),
        flag("g", "good", "mark changeset good").or("off"),
        flag("b", "bad", "mark changeset bad").or("off"),
        flag("s", "skip", "skip testing changeset").or("off"),
        flag("e", "extend", "extend the bisect range").or("off"),
        text("c", "command", "CMD", "use command to check changeset state"),
        flag("U", "noupdate", "do not update to target").or("off"),
    ],
};

/// `hg heads`.
pub static HEADS: Spec = Spec {
    names: "heads",
    summary: "show branch heads",
    synopsis: "[-ct] [-r STARTREV] [REV]...",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "STARTREV", "show only heads which are descendants of STARTREV"),
        flag("t", "topo", "show topological heads only").or("off"),
        flag("a", "active", "show active branchheads only (DEPRECATED)").or("off"),
        flag("c", "closed", "show normal and closed branch heads").or("off"),
        STYLE, TEMPLATE,
    ],
};

/// `hg identify`.
pub static IDENTIFY: Spec = Spec {
    names: "identify|id",
    summary: "identify the working directory or specified revision",
    synopsis: "[-nibtB] [-r REV] [SOURCE]",
    category: Category::ChangeNavigation,
    need: Need::Optional,
    extension: "",
    options: &[
        text("r", "rev", "REV", "identify the specified revision"),
        flag("n", "num", "show local revision number"),
        flag("i", "id", "show global revision id"),
        flag("b", "branch", "show branch"),
        flag("t", "tags", "show tags"),
        flag("B", "bookmarks", "show bookmarks"),
        SSH, REMOTECMD, INSECURE, TEMPLATE,
    ],
};

/// `hg log`.
pub static LOG: Spec = Spec {
    names: "log|history",
    summary: "show revision history of entire repository or files",
    synopsis: "[OPTION]... [FILE]",
    category: Category::ChangeNavigation,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        flag("f", "follow", "follow changeset history, or file history across copies and renames"),
        flag("", "follow-first", "only follow the first parent of merge changesets (DEPRECATED)"),
        text("d", "date", "DATE", "show revisions matching date spec"),
        flag("C", "copies", "show copied files"),
        list("k", "keyword", "TEXT", "do case-insensitive search for a given text"),
        list("r", "rev", "REV", "revisions to select or follow from"),
        list("L", "line-range", "FILE,RANGE", "follow line range of specified file (EXPERIMENTAL)"),
        flag("", "removed", "include revisions where files were removed"),
        flag("m", "only-merges", "show only merges (DEPRECATED) (use -r \"merge()\" instead)"),
        list("u", "user", "USER", "revisions committed by user"),
        list("", "only-branch", "BRANCH", "show only changesets within the given named branch (DEPRECATED)"),
        list("b", "branch", "BRANCH", "show changesets within the given named branch"),
        list("B", "bookmark", "BOOKMARK", "show changesets within the given bookmark"),
        list("P", "prune", "REV", "do not display revision or any of its ancestors"),
        PATCH, GIT, LIMIT, NO_MERGES, STAT, GRAPH, STYLE, TEMPLATE, INCLUDE, EXCLUDE,
    ],
};

/// `hg parents`.
pub static PARENTS: Spec = Spec {
    names: "parents",
    summary: "show the parents of the working directory or revision (DEPRECATED)",
    synopsis: "[-r REV] [FILE]",
    category: Category::ChangeNavigation,
    need: Need::RepoOfFile,
    extension: "",
    options: &[
        text("r", "rev", "REV", "show parents of the specified revision"),
        STYLE, TEMPLATE,
    ],
};

/// `hg tip`.
pub static TIP: Spec = Spec {
    names: "tip",
    summary: "show the tip revision (DEPRECATED)",
    synopsis: "[-p] [-g]",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "",
    options: &[
        PATCH, GIT, STYLE, TEMPLATE,
    ],
};

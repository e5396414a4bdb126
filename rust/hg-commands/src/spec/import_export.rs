//! Command lines: import and export. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, int, list, text};
use super::shared::{AS_TEXT, BINARY, DATE, EDIT, EXCLUDE, GIT, INCLUDE, INSECURE, LOGFILE, MESSAGE, NODATES, REMOTECMD, SSH, SUBREPOS, TEMPLATE, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ARCHIVE, &BUNDLE, &EXPORT, &IMPORT, &UNBUNDLE];

/// `hg archive`.
pub static ARCHIVE: Spec = Spec {
    names: "archive",
    summary: "create an unversioned archive of a repository revision",
    synopsis: "[OPTION]... DEST",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "no-decode", "do not pass files through decoders"),
        text("p", "prefix", "PREFIX", "directory prefix for files in archive"),
        text("r", "rev", "REV", "revision to distribute"),
        text("t", "type", "TYPE", "type of distribution to create"),
        SUBREPOS, INCLUDE, EXCLUDE,
    ],
};

/// `hg bundle`.
pub static BUNDLE: Spec = Spec {
    names: "bundle",
    summary: "create a bundle file",
    synopsis: "[-f] [-t BUNDLESPEC] [-a] [-r REV]... [--base REV]... FILE [DEST]...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "exact", "compute the base from the revision specified"),
        flag("f", "force", "run even when the destination is unrelated"),
        list("r", "rev", "REV", "a changeset intended to be added to the destination"),
        list("b", "branch", "BRANCH", "a specific branch you would like to bundle"),
        list("", "base", "REV", "a base changeset assumed to be available at the destination"),
        flag("a", "all", "bundle all changesets in the repository"),
        text("t", "type", "TYPE", "bundle compression type to use").or("bzip2"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg export`.
pub static EXPORT: Spec = Spec {
    names: "export",
    summary: "dump the header and diffs for one or more changesets",
    synopsis: "[OPTION]... [-o OUTFILESPEC] [-r] [REV]...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[
        text("B", "bookmark", "BOOKMARK", "export changes only reachable by given bookmark"),
        text("o", "output", "FORMAT", "print output to file with formatted name"),
        flag("", "switch-parent", "diff against the second parent"),
        list("r", "rev", "REV", "revisions to export"),
        AS_TEXT, GIT, BINARY, NODATES, TEMPLATE,
    ],
};

/// `hg import`.
pub static IMPORT: Spec = Spec {
    names: "import|patch",
    summary: "import an ordered set of patches",
    synopsis: "[OPTION]... PATCH...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[
        int("p", "strip", "NUM", "directory strip option for patch. This has the same meaning as the corresponding patch option").or("1"),
        text("b", "base", "PATH", "base path (DEPRECATED)"),
        flag("", "secret", "use the secret phase for committing"),
        EDIT.or("off"),
        flag("f", "force", "skip check for outstanding uncommitted changes (DEPRECATED)"),
        flag("", "no-commit", "don't commit, just update the working directory"),
        flag("", "bypass", "apply patch without touching the working directory"),
        flag("", "partial", "commit even if some hunks fail"),
        flag("", "exact", "abort if patch would apply lossily"),
        text("", "prefix", "DIR", "apply patch to subdirectory"),
        flag("", "import-branch", "use any branch information in patch (implied by --exact)"),
        MESSAGE, LOGFILE, DATE, USER,
        text("s", "similarity", "SIMILARITY", "guess renamed files by similarity (0<=s<=100)"),
    ],
};

/// `hg unbundle`.
pub static UNBUNDLE: Spec = Spec {
    names: "unbundle",
    summary: "apply one or more bundle files",
    synopsis: "[-u] FILE...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("u", "update", "update to new branch head if changesets were unbundled"),
    ],
};

//! Command lines: bundled extensions, first half. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, int, list, text};
use super::shared::{ADDREMOVE, CURRENTDATE, CURRENTUSER, DATE, DRAFT, DRY_RUN, EDIT, EXCLUDE, GIT, INCLUDE, INSECURE, INTERACTIVE, LIMIT, LOGFILE, MESSAGE, PATCH, REMOTECMD, SECRET, SSH, STAT, STYLE, SUBREPOS, TEMPLATE, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ABSORB, &AMEND, &BLACKBOX, &CENSOR, &CHURN, &CLOSE_HEAD, &CONVERT, &DEBUG_CAT_FILE, &DEBUG_DIFF_TREE, &DEBUG_MERGE_BASE, &DEBUG_REV_LIST, &DEBUG_LFS_LOCAL_CACHE, &DEBUGCVSPS, &DEBUGLFPUT, &DEBUGLFSUPLOAD, &DEBUGSVNLOG, &EXTDIFF, &FETCH, &FIX, &HISTEDIT, &JOURNAL, &KWDEMO, &KWEXPAND, &KWFILES, &KWSHRINK, &LFCONVERT, &LFPULL, &SIGCHECK, &SIGN, &SIGS, &VIEW];

/// `hg absorb`.
pub static ABSORB: Spec = Spec {
    names: "absorb",
    summary: "incorporate corrections into the stack of draft changesets",
    synopsis: "[OPTION] [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "absorb",
    options: &[
        flag("a", "apply-changes", "apply changes without prompting for confirmation"),
        flag("p", "print-changes", "always print which changesets are modified by which changes"),
        flag("i", "interactive", "interactively select which chunks to apply"),
        flag("e", "edit-lines", "edit what lines belong to which changesets before commit (EXPERIMENTAL)"),
        DRY_RUN, STYLE, TEMPLATE, INCLUDE, EXCLUDE,
    ],
};

/// `hg amend`.
pub static AMEND: Spec = Spec {
    names: "amend",
    summary: "amend the working copy parent with all or specified outstanding changes",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "amend",
    options: &[
        ADDREMOVE, EDIT, INTERACTIVE,
        flag("", "close-branch", "mark a branch as closed, hiding it from the branch list"),
        SECRET, DRAFT,
        text("n", "note", "VALUE", "store a note on the amend"),
        INCLUDE, EXCLUDE, MESSAGE, LOGFILE, DATE, USER, CURRENTDATE, CURRENTUSER,
    ],
};

/// `hg blackbox`.
pub static BLACKBOX: Spec = Spec {
    names: "blackbox",
    summary: "view the recent repository events",
    synopsis: "[OPTION]...",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "blackbox",
    options: &[
        int("l", "limit", "VALUE", "the number of events to show").or("10"),
    ],
};

/// `hg censor`.
pub static CENSOR: Spec = Spec {
    names: "censor",
    summary: "",
    synopsis: "-r REV [-t TEXT] [FILE]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "censor",
    options: &[
        list("r", "rev", "REV", "censor file from specified revision"),
        flag("", "check-heads", "check that repository heads are not affected").or("on").no(),
        text("t", "tombstone", "TEXT", "replacement tombstone data"),
    ],
};

/// `hg churn`.
pub static CHURN: Spec = Spec {
    names: "churn",
    summary: "histogram of changes to the repository",
    synopsis: "[-d DATE] [-r REV] [--aliases FILE] [FILE]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "churn",
    options: &[
        list("r", "rev", "REV", "count rate for the specified revision or revset"),
        text("d", "date", "DATE", "count rate for revisions matching date spec"),
        text("t", "oldtemplate", "TEMPLATE", "template to group changesets (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "template to group changesets").or("{author|email}"),
        text("f", "dateformat", "FORMAT", "strftime-compatible format for grouping by date"),
        flag("c", "changesets", "count rate by number of changesets").or("off"),
        flag("s", "sort", "sort by key").or("sort by count"),
        flag("", "diffstat", "display added/removed lines separately").or("off"),
        text("", "aliases", "FILE", "file with email aliases"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg close-head`.
pub static CLOSE_HEAD: Spec = Spec {
    names: "close-head|close-heads|closehead|closeheads",
    summary: "close the given head revisions",
    synopsis: "[OPTION]... [REV]...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "closehead",
    options: &[
        MESSAGE, LOGFILE, DATE, USER,
        list("r", "rev", "REV", "revision to check"),
    ],
};

/// `hg convert`.
pub static CONVERT: Spec = Spec {
    names: "convert",
    summary: "convert a foreign SCM repository to a Mercurial one.",
    synopsis: "[OPTION]... SOURCE [DEST [REVMAP]]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "convert",
    options: &[
        text("", "authors", "FILE", "username mapping filename (DEPRECATED) (use --authormap instead)"),
        text("s", "source-type", "TYPE", "source repository type"),
        text("d", "dest-type", "TYPE", "destination repository type"),
        list("r", "rev", "REV", "import up to source revision REV"),
        text("A", "authormap", "FILE", "remap usernames using this file"),
        text("", "filemap", "FILE", "remap file names using contents of file"),
        flag("", "full", "apply filemap changes by converting all files again"),
        text("", "splicemap", "FILE", "splice synthesized history into place"),
        text("", "branchmap", "FILE", "change branch names while converting"),
        flag("", "branchsort", "try to sort changesets by branches"),
        flag("", "datesort", "try to sort changesets by date"),
        flag("", "sourcesort", "preserve source changesets order"),
        flag("", "closesort", "try to reorder closed revisions"),
    ],
};

/// `hg debug-cat-file`.
pub static DEBUG_CAT_FILE: Spec = Spec {
    names: "debug-cat-file|debugcatfile",
    summary: "cat a specific revision",
    synopsis: "[OPTION]... TYPE FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "hgk",
    options: &[
        flag("s", "stdin", "stdin"),
    ],
};

/// `hg debug-diff-tree`.
pub static DEBUG_DIFF_TREE: Spec = Spec {
    names: "debug-diff-tree|debugdifftree",
    summary: "diff trees from two commits",
    synopsis: "[OPTION]... NODE1 NODE2 [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "hgk",
    options: &[
        flag("p", "patch", "generate patch"),
        flag("r", "recursive", "recursive"),
        flag("P", "pretty", "pretty"),
        flag("s", "stdin", "stdin"),
        flag("C", "copy", "detect copies"),
        text("S", "search", "VALUE", "search"),
    ],
};

/// `hg debug-merge-base`.
pub static DEBUG_MERGE_BASE: Spec = Spec {
    names: "debug-merge-base|debugmergebase",
    summary: "output common ancestor information",
    synopsis: "REV REV",
    category: Category::None,
    need: Need::Repo,
    extension: "hgk",
    options: &[],
};

/// `hg debug-rev-list`.
pub static DEBUG_REV_LIST: Spec = Spec {
    names: "debug-rev-list|debugrevlist",
    summary: "print revisions",
    synopsis: "[OPTION]... REV...",
    category: Category::None,
    need: Need::Repo,
    extension: "hgk",
    options: &[
        flag("H", "header", "header"),
        flag("t", "topo-order", "topo-order"),
        flag("p", "parents", "parents"),
        int("n", "max-count", "VALUE", "max-count"),
    ],
};

/// `hg debug::lfs-local-cache`.
pub static DEBUG_LFS_LOCAL_CACHE: Spec = Spec {
    names: "debug::lfs-local-cache|debug::lfslocalcache",
    summary: "print information about the local blob cache",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "lfs",
    options: &[
        TEMPLATE,
    ],
};

/// `hg debugcvsps`.
pub static DEBUGCVSPS: Spec = Spec {
    names: "debugcvsps",
    summary: "create changeset information from CVS",
    synopsis: "[OPTION]... [PATH]...",
    category: Category::None,
    need: Need::NoRepo,
    extension: "convert",
    options: &[
        list("b", "branches", "VALUE", "only return changes on specified branches"),
        text("p", "prefix", "VALUE", "prefix to remove from file names"),
        list("r", "revisions", "VALUE", "only return changes after or between specified tags"),
        flag("u", "update-cache", "update cvs log cache"),
        flag("x", "new-cache", "create new cvs log cache"),
        int("z", "fuzz", "VALUE", "set commit time fuzz in seconds").or("60"),
        text("", "root", "VALUE", "specify cvsroot"),
        text("", "parents", "VALUE", "show parent changesets"),
        text("", "ancestors", "VALUE", "show current changeset in ancestor branches"),
        flag("A", "cvs-direct", "ignored for compatibility"),
    ],
};

/// `hg debuglfput`.
pub static DEBUGLFPUT: Spec = Spec {
    names: "debuglfput",
    summary: "",
    synopsis: "FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "largefiles",
    options: &[
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg debuglfsupload`.
pub static DEBUGLFSUPLOAD: Spec = Spec {
    names: "debuglfsupload",
    summary: "upload lfs blobs added by the working copy parent or given revisions",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "lfs",
    options: &[
        list("r", "rev", "VALUE", "upload large files introduced by REV"),
    ],
};

/// `hg debugsvnlog`.
pub static DEBUGSVNLOG: Spec = Spec {
    names: "debugsvnlog",
    summary: "",
    synopsis: "",
    category: Category::None,
    need: Need::NoRepo,
    extension: "convert",
    options: &[],
};

/// `hg extdiff`.
pub static EXTDIFF: Spec = Spec {
    names: "extdiff",
    summary: "use external program to diff repository (or selected files)",
    synopsis: "[OPT]... [FILE]...",
    category: Category::FileContents,
    need: Need::Repo,
    extension: "extdiff",
    options: &[
        text("p", "program", "CMD", "comparison program to run"),
        list("o", "option", "OPT", "pass option to comparison program"),
        list("r", "rev", "REV", "revision (DEPRECATED)"),
        text("", "from", "REV1", "revision to diff from"),
        text("", "to", "REV2", "revision to diff to"),
        text("c", "change", "REV", "change made by revision"),
        flag("", "per-file", "compare each file instead of revision snapshots").or("off"),
        flag("", "confirm", "prompt user before each external program invocation").or("off"),
        flag("", "patch", "compare patches for two revisions"),
        INCLUDE, EXCLUDE, SUBREPOS,
    ],
};

/// `hg fetch`.
pub static FETCH: Spec = Spec {
    names: "fetch",
    summary: "pull changes from a remote repository, merge new changes if needed.",
    synopsis: "[SOURCE]",
    category: Category::Remote,
    need: Need::Repo,
    extension: "fetch",
    options: &[
        list("r", "rev", "REV", "a specific revision you would like to pull"),
        flag("", "edit", "invoke editor on commit messages"),
        flag("", "force-editor", "edit commit message (DEPRECATED)"),
        flag("", "switch-parent", "switch parents when merging"),
        MESSAGE, LOGFILE, DATE, USER, SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg fix`.
pub static FIX: Spec = Spec {
    names: "fix",
    summary: "rewrite file content in changesets or working directory",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::FileContents,
    need: Need::Repo,
    extension: "fix",
    options: &[
        flag("", "all", "fix all non-public non-obsolete revisions").or("off"),
        list("", "base", "REV", "revisions to diff against (overrides automatic selection, and applies to every revision being fixed)"),
        list("r", "rev", "REV", "revisions to fix (ADVANCED)"),
        list("s", "source", "REV", "fix the specified revisions and their descendants"),
        flag("w", "working-dir", "fix the working directory").or("off"),
        flag("", "whole", "always fix every line of a file").or("off"),
    ],
};

/// `hg histedit`.
pub static HISTEDIT: Spec = Spec {
    names: "histedit",
    summary: "interactively edit changeset history",
    synopsis: "[OPTIONS] ([ANCESTOR] | --outgoing [URL])",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "histedit",
    options: &[
        text("", "commands", "FILE", "read history edits from the specified file"),
        flag("c", "continue", "continue an edit already in progress").or("off"),
        flag("", "edit-plan", "edit remaining actions list").or("off"),
        flag("k", "keep", "don't strip old nodes after edit is complete").or("off"),
        flag("", "abort", "abort an edit in progress").or("off"),
        flag("o", "outgoing", "changesets not found in destination").or("off"),
        flag("f", "force", "force outgoing even for unrelated repositories").or("off"),
        list("r", "rev", "REV", "first revision to be edited"),
        TEMPLATE,
    ],
};

/// `hg journal`.
pub static JOURNAL: Spec = Spec {
    names: "journal",
    summary: "show the previous position of bookmarks and the working copy",
    synopsis: "[OPTION]... [BOOKMARKNAME]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "journal",
    options: &[
        flag("", "all", "show history for all names"),
        flag("c", "commits", "show commit metadata"),
        PATCH, GIT, LIMIT, STAT, STYLE, TEMPLATE,
    ],
};

/// `hg kwdemo`.
pub static KWDEMO: Spec = Spec {
    names: "kwdemo",
    summary: "print [keywordmaps] configuration and an expansion example",
    synopsis: "[-d] [-f RCFILE] [TEMPLATEMAP]...",
    category: Category::None,
    need: Need::NoRepo,
    extension: "keyword",
    options: &[
        flag("d", "default", "show default keyword template maps"),
        text("f", "rcfile", "FILE", "read maps from rcfile"),
    ],
};

/// `hg kwexpand`.
pub static KWEXPAND: Spec = Spec {
    names: "kwexpand",
    summary: "expand keywords in the working directory",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "keyword",
    options: &[
        INCLUDE, EXCLUDE,
    ],
};

/// `hg kwfiles`.
pub static KWFILES: Spec = Spec {
    names: "kwfiles",
    summary: "show files configured for keyword expansion",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "keyword",
    options: &[
        flag("A", "all", "show keyword status flags of all files"),
        flag("i", "ignore", "show files excluded from expansion"),
        flag("u", "unknown", "only show unknown (not tracked) files"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg kwshrink`.
pub static KWSHRINK: Spec = Spec {
    names: "kwshrink",
    summary: "revert expanded keywords in the working directory",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "keyword",
    options: &[
        INCLUDE, EXCLUDE,
    ],
};

/// `hg lfconvert`.
pub static LFCONVERT: Spec = Spec {
    names: "lfconvert",
    summary: "convert a normal repository to a largefiles repository",
    synopsis: "SOURCE DEST [FILE ...]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "largefiles",
    options: &[
        text("s", "size", "SIZE", "minimum size (MB) for files to be converted as largefiles"),
        flag("", "to-normal", "convert from a largefiles repo to a normal repo").or("off"),
    ],
};

/// `hg lfpull`.
pub static LFPULL: Spec = Spec {
    names: "lfpull",
    summary: "pull largefiles for the specified revisions from the specified source",
    synopsis: "-r REV... [-e CMD] [--remotecmd CMD] [SOURCE]",
    category: Category::None,
    need: Need::Repo,
    extension: "largefiles",
    options: &[
        list("r", "rev", "VALUE", "pull largefiles for these revisions"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg sigcheck`.
pub static SIGCHECK: Spec = Spec {
    names: "sigcheck",
    summary: "verify all the signatures there may be for a particular revision",
    synopsis: "REV",
    category: Category::None,
    need: Need::Repo,
    extension: "gpg",
    options: &[],
};

/// `hg sign`.
pub static SIGN: Spec = Spec {
    names: "sign",
    summary: "add a signature for the current or given revision",
    synopsis: "[OPTION]... [REV]...",
    category: Category::None,
    need: Need::Repo,
    extension: "gpg",
    options: &[
        flag("l", "local", "make the signature local"),
        flag("f", "force", "sign even if the sigfile is modified"),
        flag("", "no-commit", "do not commit the sigfile after signing"),
        text("k", "key", "ID", "the key id to sign with"),
        MESSAGE, EDIT.or("off"), DATE, USER,
    ],
};

/// `hg sigs`.
pub static SIGS: Spec = Spec {
    names: "sigs",
    summary: "list signed changesets",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "gpg",
    options: &[],
};

/// `hg view`.
pub static VIEW: Spec = Spec {
    names: "view",
    summary: "start interactive history viewer",
    synopsis: "[-l LIMIT] [REVRANGE]",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "hgk",
    options: &[
        LIMIT,
    ],
};

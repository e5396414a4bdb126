//! Command lines of upstream's commands: extensions a m. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, switch, text};

/// `hg absorb`.
pub static ABSORB: CommandSpec = CommandSpec {
    names: "absorb",
    synopsis: "[OPTION] [FILE]...",
    summary: "incorporate corrections into the stack of draft changesets",
    category: Category::Committing,
    extension: Some("absorb"),
    options: &[
        flag("a", "apply-changes", "apply changes without prompting for confirmation"),
        flag("p", "print-changes", "always print which changesets are modified by which changes"),
        flag("i", "interactive", "interactively select which chunks to apply"),
        flag(
            "e",
            "edit-lines",
            "edit what lines belong to which changesets before commit (EXPERIMENTAL)",
        ),
        flag("n", "dry-run", "do not perform actions, just print output"),
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg amend`.
pub static AMEND: CommandSpec = CommandSpec {
    names: "amend",
    synopsis: "[OPTION]... [FILE]...",
    summary: "amend the working copy parent with all or specified outstanding changes",
    category: Category::Committing,
    extension: Some("amend"),
    options: &[
        flag("A", "addremove", "mark new/missing files as added/removed before committing"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag("i", "interactive", "use interactive mode"),
        flag("", "close-branch", "mark a branch as closed, hiding it from the branch list"),
        flag("s", "secret", "use the secret phase for committing"),
        flag("", "draft", "use the draft phase for committing"),
        text("n", "note", "VALUE", "", "store a note on the amend"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        flag("D", "currentdate", "record the current date as commit date"),
        flag("U", "currentuser", "record the current user as committer"),
    ],
};

/// `hg blackbox`.
pub static BLACKBOX: CommandSpec = CommandSpec {
    names: "blackbox",
    synopsis: "[OPTION]...",
    summary: "view the recent repository events",
    category: Category::Maintenance,
    extension: Some("blackbox"),
    options: &[flag("l", "limit", "VALUE the number of events to show (default: 10)")],
};

/// `hg censor`.
pub static CENSOR: CommandSpec = CommandSpec {
    names: "censor",
    synopsis: "-r REV [-t TEXT] [FILE]",
    summary: "",
    category: Category::Maintenance,
    extension: Some("censor"),
    options: &[
        list("r", "rev", "REV", "censor file from specified revision"),
        switch("", "check-heads", "check that repository heads are not affected"),
        text("t", "tombstone", "TEXT", "", "replacement tombstone data"),
    ],
};

/// `hg churn`.
pub static CHURN: CommandSpec = CommandSpec {
    names: "churn",
    synopsis: "[-d DATE] [-r REV] [--aliases FILE] [FILE]",
    summary: "histogram of changes to the repository",
    category: Category::Maintenance,
    extension: Some("churn"),
    options: &[
        list("r", "rev", "REV", "count rate for the specified revision or revset"),
        text("d", "date", "DATE", "", "count rate for revisions matching date spec"),
        text("t", "oldtemplate", "TEMPLATE", "", "template to group changesets (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "{author|email}", "template to group changesets"),
        text("f", "dateformat", "FORMAT", "", "strftime-compatible format for grouping by date"),
        flag("c", "changesets", "count rate by number of changesets"),
        flag("s", "sort", "sort by key (default: sort by count)"),
        flag("", "diffstat", "display added/removed lines separately"),
        text("", "aliases", "FILE", "", "file with email aliases"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg close-head`.
pub static CLOSE_HEAD: CommandSpec = CommandSpec {
    names: "close-head|close-heads|closehead|closeheads",
    synopsis: "[OPTION]... [REV]...",
    summary: "close the given head revisions",
    category: Category::Manipulation,
    extension: Some("closehead"),
    options: &[
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        list("r", "rev", "REV", "revision to check"),
    ],
};

/// `hg convert`.
pub static CONVERT: CommandSpec = CommandSpec {
    names: "convert",
    synopsis: "[OPTION]... SOURCE [DEST [REVMAP]]",
    summary: "convert a foreign SCM repository to a Mercurial one.",
    category: Category::None,
    extension: Some("convert"),
    options: &[
        text(
            "",
            "authors",
            "FILE",
            "",
            "username mapping filename (DEPRECATED) (use --authormap instead)",
        ),
        text("s", "source-type", "TYPE", "", "source repository type"),
        text("d", "dest-type", "TYPE", "", "destination repository type"),
        list("r", "rev", "REV", "import up to source revision REV"),
        text("A", "authormap", "FILE", "", "remap usernames using this file"),
        text("", "filemap", "FILE", "", "remap file names using contents of file"),
        flag("", "full", "apply filemap changes by converting all files again"),
        text("", "splicemap", "FILE", "", "splice synthesized history into place"),
        text("", "branchmap", "FILE", "", "change branch names while converting"),
        flag("", "branchsort", "try to sort changesets by branches"),
        flag("", "datesort", "try to sort changesets by date"),
        flag("", "sourcesort", "preserve source changesets order"),
        flag("", "closesort", "try to reorder closed revisions"),
    ],
};

/// `hg debug-cat-file`.
pub static DEBUG_CAT_FILE: CommandSpec = CommandSpec {
    names: "debug-cat-file|debugcatfile",
    synopsis: "[OPTION]... TYPE FILE",
    summary: "cat a specific revision",
    category: Category::None,
    extension: Some("hgk"),
    options: &[flag("s", "stdin", "stdin")],
};

/// `hg debug-diff-tree`.
pub static DEBUG_DIFF_TREE: CommandSpec = CommandSpec {
    names: "debug-diff-tree|debugdifftree",
    synopsis: "[OPTION]... NODE1 NODE2 [FILE]...",
    summary: "diff trees from two commits",
    category: Category::None,
    extension: Some("hgk"),
    options: &[
        flag("p", "patch", "generate patch"),
        flag("r", "recursive", "recursive"),
        flag("P", "pretty", "pretty"),
        flag("s", "stdin", "stdin"),
        flag("C", "copy", "detect copies"),
        text("S", "search", "VALUE", "", "search"),
    ],
};

/// `hg debug-merge-base`.
pub static DEBUG_MERGE_BASE: CommandSpec = CommandSpec {
    names: "debug-merge-base|debugmergebase",
    synopsis: "REV REV",
    summary: "output common ancestor information",
    category: Category::None,
    extension: Some("hgk"),
    options: &[],
};

/// `hg debug-rev-list`.
pub static DEBUG_REV_LIST: CommandSpec = CommandSpec {
    names: "debug-rev-list|debugrevlist",
    synopsis: "[OPTION]... REV...",
    summary: "print revisions",
    category: Category::None,
    extension: Some("hgk"),
    options: &[
        flag("H", "header", "header"),
        flag("t", "topo-order", "topo-order"),
        flag("p", "parents", "parents"),
        text("n", "max-count", "VALUE", "", "max-count"),
    ],
};

/// `hg debug::lfs-local-cache`.
pub static DEBUG_LFS_LOCAL_CACHE: CommandSpec = CommandSpec {
    names: "debug::lfs-local-cache|debug::lfslocalcache",
    synopsis: "",
    summary: "print information about the local blob cache",
    category: Category::None,
    extension: Some("lfs"),
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

/// `hg debugcvsps`.
pub static DEBUGCVSPS: CommandSpec = CommandSpec {
    names: "debugcvsps",
    synopsis: "[OPTION]... [PATH]...",
    summary: "create changeset information from CVS",
    category: Category::None,
    extension: Some("convert"),
    options: &[
        list("b", "branches", "VALUE", "only return changes on specified branches"),
        text("p", "prefix", "VALUE", "", "prefix to remove from file names"),
        list("r", "revisions", "VALUE", "only return changes after or between specified tags"),
        flag("u", "update-cache", "update cvs log cache"),
        flag("x", "new-cache", "create new cvs log cache"),
        text("z", "fuzz", "VALUE", "60", "set commit time fuzz in seconds"),
        text("", "root", "VALUE", "", "specify cvsroot"),
        text("", "parents", "VALUE", "", "show parent changesets"),
        text("", "ancestors", "VALUE", "", "show current changeset in ancestor branches"),
        flag("A", "cvs-direct", "ignored for compatibility"),
    ],
};

/// `hg debuglfput`.
pub static DEBUGLFPUT: CommandSpec = CommandSpec {
    names: "debuglfput",
    synopsis: "FILE",
    summary: "",
    category: Category::None,
    extension: Some("largefiles"),
    options: &[
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg debuglfsupload`.
pub static DEBUGLFSUPLOAD: CommandSpec = CommandSpec {
    names: "debuglfsupload",
    synopsis: "",
    summary: "upload lfs blobs added by the working copy parent or given revisions",
    category: Category::None,
    extension: Some("lfs"),
    options: &[flag("r", "rev", "VALUE [+] upload large files introduced by REV")],
};

/// `hg debugsvnlog`.
pub static DEBUGSVNLOG: CommandSpec = CommandSpec {
    names: "debugsvnlog",
    synopsis: "",
    summary: "",
    category: Category::None,
    extension: Some("convert"),
    options: &[],
};

/// `hg extdiff`.
pub static EXTDIFF: CommandSpec = CommandSpec {
    names: "extdiff",
    synopsis: "[OPT]... [FILE]...",
    summary: "use external program to diff repository (or selected files)",
    category: Category::Content,
    extension: Some("extdiff"),
    options: &[
        text("p", "program", "CMD", "", "comparison program to run"),
        list("o", "option", "OPT", "pass option to comparison program"),
        list("r", "rev", "REV", "revision (DEPRECATED)"),
        text("", "from", "REV1", "", "revision to diff from"),
        text("", "to", "REV2", "", "revision to diff to"),
        text("c", "change", "REV", "", "change made by revision"),
        flag("", "per-file", "compare each file instead of revision snapshots"),
        flag("", "confirm", "prompt user before each external program invocation"),
        flag("", "patch", "compare patches for two revisions"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        flag("S", "subrepos", "recurse into subrepositories"),
    ],
};

/// `hg fastexport`.
pub static FASTEXPORT: CommandSpec = CommandSpec {
    names: "fastexport",
    synopsis: "[OPTION]... [REV]...",
    summary: "export repository as git fast-import stream",
    category: Category::ImportExport,
    extension: Some("fastexport"),
    options: &[
        list("r", "rev", "REV", "revisions to export"),
        text("i", "import-marks", "FILE", "", "old marks file to read"),
        text("e", "export-marks", "FILE", "", "new marks file to write"),
        text("A", "authormap", "FILE", "", "remap usernames using this file"),
    ],
};

/// `hg fetch`.
pub static FETCH: CommandSpec = CommandSpec {
    names: "fetch",
    synopsis: "[SOURCE]",
    summary: "pull changes from a remote repository, merge new changes if needed.",
    category: Category::Remote,
    extension: Some("fetch"),
    options: &[
        list("r", "rev", "REV", "a specific revision you would like to pull"),
        flag("", "edit", "invoke editor on commit messages"),
        flag("", "force-editor", "edit commit message (DEPRECATED)"),
        flag("", "switch-parent", "switch parents when merging"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg fix`.
pub static FIX: CommandSpec = CommandSpec {
    names: "fix",
    synopsis: "[OPTION]... [FILE]...",
    summary: "rewrite file content in changesets or working directory",
    category: Category::Content,
    extension: Some("fix"),
    options: &[
        flag("", "all", "fix all non-public non-obsolete revisions"),
        list(
            "",
            "base",
            "REV",
            "revisions to diff against (overrides automatic selection, and applies to every revision being fixed)",
        ),
        list("r", "rev", "REV", "revisions to fix (ADVANCED)"),
        list("s", "source", "REV", "fix the specified revisions and their descendants"),
        flag("w", "working-dir", "fix the working directory"),
        flag("", "whole", "always fix every line of a file"),
    ],
};

/// `hg githelp`.
pub static GITHELP: CommandSpec = CommandSpec {
    names: "githelp|git",
    synopsis: "",
    summary: "suggests the Mercurial equivalent of the given git command",
    category: Category::Help,
    extension: Some("githelp"),
    options: &[],
};

/// `hg glog`.
pub static GLOG: CommandSpec = CommandSpec {
    names: "glog",
    synopsis: "[OPTION]... [FILE]",
    summary: "show revision history alongside an ASCII revision graph",
    category: Category::Navigation,
    extension: Some("graphlog"),
    options: &[
        flag("f", "follow", "follow changeset history, or file history across copies and renames"),
        flag("", "follow-first", "only follow the first parent of merge changesets (DEPRECATED)"),
        text("d", "date", "DATE", "", "show revisions matching date spec"),
        flag("C", "copies", "show copied files"),
        list("k", "keyword", "TEXT", "do case-insensitive search for a given text"),
        list("r", "rev", "REV", "show the specified revision or revset"),
        flag("", "removed", "include revisions where files were removed"),
        flag("m", "only-merges", "show only merges (DEPRECATED)"),
        list("u", "user", "USER", "revisions committed by user"),
        list(
            "",
            "only-branch",
            "BRANCH",
            "show only changesets within the given named branch (DEPRECATED)",
        ),
        list("b", "branch", "BRANCH", "show changesets within the given named branch"),
        list("P", "prune", "REV", "do not display revision or any of its ancestors"),
        flag("p", "patch", "show patch"),
        flag("g", "git", "use git extended diff format"),
        text("l", "limit", "NUM", "", "limit number of changes displayed"),
        flag("M", "no-merges", "do not show merges"),
        flag("", "stat", "output diffstat-style summary of changes"),
        flag("G", "graph", "show the revision DAG"),
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg histedit`.
pub static HISTEDIT: CommandSpec = CommandSpec {
    names: "histedit",
    synopsis: "[OPTIONS] ([ANCESTOR] | --outgoing [URL])",
    summary: "interactively edit changeset history",
    category: Category::Manipulation,
    extension: Some("histedit"),
    options: &[
        text("", "commands", "FILE", "", "read history edits from the specified file"),
        flag("c", "continue", "continue an edit already in progress"),
        flag("", "edit-plan", "edit remaining actions list"),
        flag("k", "keep", "don't strip old nodes after edit is complete"),
        flag("", "abort", "abort an edit in progress"),
        flag("o", "outgoing", "changesets not found in destination"),
        flag("f", "force", "force outgoing even for unrelated repositories"),
        list("r", "rev", "REV", "first revision to be edited"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg journal`.
pub static JOURNAL: CommandSpec = CommandSpec {
    names: "journal",
    synopsis: "[OPTION]... [BOOKMARKNAME]",
    summary: "show the previous position of bookmarks and the working copy",
    category: Category::Organization,
    extension: Some("journal"),
    options: &[
        flag("", "all", "show history for all names"),
        flag("c", "commits", "show commit metadata"),
        flag("p", "patch", "show patch"),
        flag("g", "git", "use git extended diff format"),
        text("l", "limit", "NUM", "", "limit number of changes displayed"),
        flag("", "stat", "output diffstat-style summary of changes"),
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg kwdemo`.
pub static KWDEMO: CommandSpec = CommandSpec {
    names: "kwdemo",
    synopsis: "[-d] [-f RCFILE] [TEMPLATEMAP]...",
    summary: "print [keywordmaps] configuration and an expansion example",
    category: Category::None,
    extension: Some("keyword"),
    options: &[
        flag("d", "default", "show default keyword template maps"),
        text("f", "rcfile", "FILE", "", "read maps from rcfile"),
    ],
};

/// `hg kwexpand`.
pub static KWEXPAND: CommandSpec = CommandSpec {
    names: "kwexpand",
    synopsis: "[OPTION]... [FILE]...",
    summary: "expand keywords in the working directory",
    category: Category::None,
    extension: Some("keyword"),
    options: &[
        flag("I", "include", "PATTERN [+] include names matching the given patterns"),
        flag("X", "exclude", "PATTERN [+] exclude names matching the given patterns"),
    ],
};

/// `hg kwfiles`.
pub static KWFILES: CommandSpec = CommandSpec {
    names: "kwfiles",
    synopsis: "[OPTION]... [FILE]...",
    summary: "show files configured for keyword expansion",
    category: Category::None,
    extension: Some("keyword"),
    options: &[
        flag("A", "all", "show keyword status flags of all files"),
        flag("i", "ignore", "show files excluded from expansion"),
        flag("u", "unknown", "only show unknown (not tracked) files"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg kwshrink`.
pub static KWSHRINK: CommandSpec = CommandSpec {
    names: "kwshrink",
    synopsis: "[OPTION]... [FILE]...",
    summary: "revert expanded keywords in the working directory",
    category: Category::None,
    extension: Some("keyword"),
    options: &[
        flag("I", "include", "PATTERN [+] include names matching the given patterns"),
        flag("X", "exclude", "PATTERN [+] exclude names matching the given patterns"),
    ],
};

/// `hg lfconvert`.
pub static LFCONVERT: CommandSpec = CommandSpec {
    names: "lfconvert",
    synopsis: "SOURCE DEST [FILE ...]",
    summary: "convert a normal repository to a largefiles repository",
    category: Category::None,
    extension: Some("largefiles"),
    options: &[
        text("s", "size", "SIZE", "", "minimum size (MB) for files to be converted as largefiles"),
        flag("", "to-normal", "convert from a largefiles repo to a normal repo"),
    ],
};

/// `hg lfpull`.
pub static LFPULL: CommandSpec = CommandSpec {
    names: "lfpull",
    synopsis: "-r REV... [-e CMD] [--remotecmd CMD] [SOURCE]",
    summary: "pull largefiles for the specified revisions from the specified source",
    category: Category::None,
    extension: Some("largefiles"),
    options: &[
        list("r", "rev", "VALUE", "pull largefiles for these revisions"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg sigcheck`.
pub static SIGCHECK: CommandSpec = CommandSpec {
    names: "sigcheck",
    synopsis: "REV",
    summary: "verify all the signatures there may be for a particular revision",
    category: Category::None,
    extension: Some("gpg"),
    options: &[],
};

/// `hg sign`.
pub static SIGN: CommandSpec = CommandSpec {
    names: "sign",
    synopsis: "[OPTION]... [REV]...",
    summary: "add a signature for the current or given revision",
    category: Category::None,
    extension: Some("gpg"),
    options: &[
        flag("l", "local", "make the signature local"),
        flag("f", "force", "sign even if the sigfile is modified"),
        flag("", "no-commit", "do not commit the sigfile after signing"),
        text("k", "key", "ID", "", "the key id to sign with"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        flag("e", "edit", "invoke editor on commit messages"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
    ],
};

/// `hg sigs`.
pub static SIGS: CommandSpec = CommandSpec {
    names: "sigs",
    synopsis: "",
    summary: "list signed changesets",
    category: Category::None,
    extension: Some("gpg"),
    options: &[],
};

/// `hg view`.
pub static VIEW: CommandSpec = CommandSpec {
    names: "view",
    synopsis: "[-l LIMIT] [REVRANGE]",
    summary: "start interactive history viewer",
    category: Category::Navigation,
    extension: Some("hgk"),
    options: &[flag("l", "limit", "NUM limit number of changes displayed")],
};

//! Command lines: bundled extensions, second half. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{ADDREMOVE, AMEND, CHANGELOG, CLOSE_BRANCH, CURRENTDATE, CURRENTUSER, DATE, DIR, DRAFT, DRY_RUN, EDIT, EXCLUDE, FORCE_CLOSE_BRANCH, GIT, IGNORE_ALL_SPACE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, IGNORE_SPACE_CHANGE, INCLUDE, INSECURE, LOGFILE, MANIFEST, MESSAGE, REMOTECMD, SECRET, SSH, STYLE, SUBREPOS, TEMPLATE, TEST_VCR, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&DEBUG_CLONEBUNDLE_MANIFEST, &DEBUG_FAST_UPGRADE, &DEBUG_FILE_INDEX, &DEBUG_REVLOG_REENCODED_DELTA_INFO, &DEBUG_STABLE_TAIL_SORT, &DEBUG_STABLE_TAIL_SORT_LEAPS, &DEBUG_UNBUNDLE, &DEBUGCALLCONDUIT, &DEBUGDATAPACK, &DEBUGHISTORYPACK, &DEBUGKEEPSET, &DEBUGPARSERELEASENOTES, &DEBUGREMOTEFILELOG, &DEBUGSPARSE, &DEBUGWAITONPREFETCH, &DEBUGWAITONREPACK, &EMAIL, &GC, &PHABIMPORT, &PHABREAD, &PHABSEND, &PHABUPDATE, &PREFETCH, &QRECORD, &REBASE, &RECORD, &RELEASENOTES, &RELINK, &REPACK, &SHARE, &SHOW, &SPLIT, &STRIP, &TRACKED, &TRANSPLANT, &UNAMEND, &UNCOMMIT, &UNSHARE, &VERIFYREMOTEFILELOG];

/// `hg debug::clonebundle-manifest`.
pub static DEBUG_CLONEBUNDLE_MANIFEST: Spec = Spec {
    names: "debug::clonebundle-manifest|debug::clonebundlemanifest",
    summary: "fetch a display a clone bundle manifest from a peer",
    synopsis: "REPO",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("", "stream", "disply stream bundle only"),
        flag("", "raw", "show the raw manifest instead of parsing and filtering it"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg debug::fast-upgrade`.
pub static DEBUG_FAST_UPGRADE: Spec = Spec {
    names: "debug::fast-upgrade|debug::fastupgrade",
    summary: "",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debug::file-index`.
pub static DEBUG_FILE_INDEX: Spec = Spec {
    names: "debug::file-index|debug::fileindex",
    summary: "inspect or manipulate the file index",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "docket", "dump docket file"),
        text("T", "template", "VALUE", "template for --docket"),
        flag("", "tree", "dump tree file"),
        text("p", "path", "PATH", "look up path"),
        text("t", "token", "TOKEN", "look up token"),
        flag("", "vacuum", "vacuum the tree file"),
        flag("", "gc", "run garbage collection"),
    ],
};

/// `hg debug::revlog-reencoded-delta-info`.
pub static DEBUG_REVLOG_REENCODED_DELTA_INFO: Spec = Spec {
    names: "debug::revlog-reencoded-delta-info|debug::revlogreencodeddeltainfo",
    summary: "show revlog statistic if delta where to be reencoded",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
        text("", "start-rev", "VALUE", "start at rev"),
        text("", "stop-rev", "VALUE", "stop at rev"),
        flag("", "delete", "delete the result").or("on").no(),
        flag("", "report", "report statistic about the result").or("on").no(),
        flag("", "reuse-stored-delta", "reuse stored delta when using the same base").or("on").no(),
    ],
};

/// `hg debug::stable-tail-sort`.
pub static DEBUG_STABLE_TAIL_SORT: Spec = Spec {
    names: "debug::stable-tail-sort|debug::stabletailsort",
    summary: "display the stable-tail sort of the ancestors of a given node",
    synopsis: "REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("T", "template", "TEMPLATE", "display with template").or("{rev} "),
    ],
};

/// `hg debug::stable-tail-sort-leaps`.
pub static DEBUG_STABLE_TAIL_SORT_LEAPS: Spec = Spec {
    names: "debug::stable-tail-sort-leaps|debug::stabletailsortleaps",
    summary: "display the leaps in the stable-tail sort of a node, one per line",
    synopsis: "REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("T", "template", "TEMPLATE", "display with template").or("{rev}"),
        flag("s", "specific", "restrict to specific leaps"),
    ],
};

/// `hg debug::unbundle`.
pub static DEBUG_UNBUNDLE: Spec = Spec {
    names: "debug::unbundle",
    summary: "same as 'hg unbundle', but pretent to come from a push",
    synopsis: "FILE...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugcallconduit`.
pub static DEBUGCALLCONDUIT: Spec = Spec {
    names: "debugcallconduit",
    summary: "call Conduit API",
    synopsis: "METHOD",
    category: Category::None,
    need: Need::NoRepo,
    extension: "phabricator",
    options: &[
        TEST_VCR,
    ],
};

/// `hg debugdatapack`.
pub static DEBUGDATAPACK: Spec = Spec {
    names: "debugdatapack",
    summary: "",
    synopsis: "<paths>",
    category: Category::None,
    need: Need::NoRepo,
    extension: "remotefilelog",
    options: &[
        flag("", "long", "print the long hashes"),
        text("", "node", "NODE", "dump the contents of node"),
    ],
};

/// `hg debughistorypack`.
pub static DEBUGHISTORYPACK: Spec = Spec {
    names: "debughistorypack",
    summary: "",
    synopsis: "<path>",
    category: Category::None,
    need: Need::NoRepo,
    extension: "remotefilelog",
    options: &[],
};

/// `hg debugkeepset`.
pub static DEBUGKEEPSET: Spec = Spec {
    names: "debugkeepset",
    summary: "",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "remotefilelog",
    options: &[],
};

/// `hg debugparsereleasenotes`.
pub static DEBUGPARSERELEASENOTES: Spec = Spec {
    names: "debugparsereleasenotes",
    summary: "parse release notes and print resulting data structure",
    synopsis: "",
    category: Category::None,
    need: Need::NoRepo,
    extension: "releasenotes",
    options: &[],
};

/// `hg debugremotefilelog`.
pub static DEBUGREMOTEFILELOG: Spec = Spec {
    names: "debugremotefilelog",
    summary: "",
    synopsis: "<path>",
    category: Category::None,
    need: Need::NoRepo,
    extension: "remotefilelog",
    options: &[
        flag("d", "decompress", "decompress the filelog first"),
    ],
};

/// `hg debugsparse`.
pub static DEBUGSPARSE: Spec = Spec {
    names: "debugsparse",
    summary: "make the current checkout sparse, or edit the existing checkout",
    synopsis: "[--OPTION]",
    category: Category::None,
    need: Need::Repo,
    extension: "sparse",
    options: &[
        list("I", "include", "PATTERN", "include files in the sparse checkout"),
        list("X", "exclude", "PATTERN", "exclude files in the sparse checkout"),
        list("d", "delete", "PATTERN", "delete an include/exclude rule"),
        flag("f", "force", "allow changing rules even with pending changes").or("off"),
        list("", "enable-profile", "PATTERN", "enables the specified profile"),
        list("", "disable-profile", "PATTERN", "disables the specified profile"),
        list("", "import-rules", "PATTERN", "imports rules from a file"),
        flag("", "clear-rules", "clears local include/exclude rules").or("off"),
        flag("", "refresh", "updates the working after sparseness changes").or("off"),
        flag("", "reset", "makes the repo full again").or("off"),
        STYLE, TEMPLATE,
    ],
};

/// `hg debugwaitonprefetch`.
pub static DEBUGWAITONPREFETCH: Spec = Spec {
    names: "debugwaitonprefetch",
    summary: "",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "remotefilelog",
    options: &[],
};

/// `hg debugwaitonrepack`.
pub static DEBUGWAITONREPACK: Spec = Spec {
    names: "debugwaitonrepack",
    summary: "",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "remotefilelog",
    options: &[],
};

/// `hg email`.
pub static EMAIL: Spec = Spec {
    names: "email",
    summary: "send changesets by email",
    synopsis: "[OPTION]... [DEST]...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "patchbomb",
    options: &[
        GIT,
        flag("", "plain", "omit hg patch header"),
        flag("o", "outgoing", "send changes not found in the target repository"),
        flag("b", "bundle", "send changes not in target as a binary bundle"),
        text("B", "bookmark", "BOOKMARK", "send changes only reachable by given bookmark"),
        text("", "bundlename", "NAME", "name of the bundle attachment file").or("bundle"),
        list("r", "rev", "REV", "a revision to send"),
        flag("", "force", "run even when remote repository is unrelated (with -b/--bundle)"),
        list("", "base", "REV", "a base changeset to specify instead of a destination (with -b/--bundle)"),
        flag("", "intro", "send an introduction email for a single patch"),
        flag("", "body", "send patches as inline message text (default)"),
        flag("a", "attach", "send patches as attachments"),
        flag("i", "inline", "send patches as inline attachments"),
        list("", "bcc", "EMAIL", "email addresses of blind carbon copy recipients"),
        list("c", "cc", "EMAIL", "email addresses of copy recipients"),
        flag("", "confirm", "ask for confirmation before sending"),
        flag("d", "diffstat", "add diffstat output to messages"),
        text("", "date", "DATE", "use the given date as the sending date"),
        text("", "desc", "FILE", "use the given file as the series description"),
        text("f", "from", "EMAIL", "email address of sender"),
        flag("n", "test", "print messages that would be sent"),
        text("m", "mbox", "FILE", "write messages to mbox file instead of sending them"),
        list("", "reply-to", "EMAIL", "email addresses replies should be sent to"),
        text("s", "subject", "TEXT", "subject of first message (intro or single patch)"),
        text("", "in-reply-to", "MSGID", "message identifier to reply to"),
        list("", "flag", "FLAG", "flags to add in subject prefixes"),
        list("t", "to", "EMAIL", "email addresses of recipients"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg gc`.
pub static GC: Spec = Spec {
    names: "gc",
    summary: "garbage collect the client and server filelog caches",
    synopsis: "[REPO...]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "remotefilelog",
    options: &[],
};

/// `hg phabimport`.
pub static PHABIMPORT: Spec = Spec {
    names: "phabimport",
    summary: "import patches from Phabricator for the specified Differential Revisions",
    synopsis: "DREVSPEC... [OPTIONS]",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "phabricator",
    options: &[
        flag("", "stack", "import dependencies as well").or("off"),
        TEST_VCR,
    ],
};

/// `hg phabread`.
pub static PHABREAD: Spec = Spec {
    names: "phabread",
    summary: "print patches from Phabricator suitable for importing",
    synopsis: "DREVSPEC... [OPTIONS]",
    category: Category::ImportExport,
    need: Need::NoRepo,
    extension: "phabricator",
    options: &[
        flag("", "stack", "read dependencies").or("off"),
        TEST_VCR,
    ],
};

/// `hg phabsend`.
pub static PHABSEND: Spec = Spec {
    names: "phabsend",
    summary: "upload changesets to Phabricator",
    synopsis: "REV [OPTIONS]",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "phabricator",
    options: &[
        list("r", "rev", "REV", "revisions to send"),
        flag("", "amend", "update commit messages").or("on").no(),
        list("", "reviewer", "VALUE", "specify reviewers"),
        list("", "blocker", "VALUE", "specify blocking reviewers"),
        text("m", "comment", "VALUE", "add a comment to Revisions with new/updated Diffs"),
        flag("", "confirm", "ask for confirmation before sending"),
        flag("", "fold", "combine the revisions into one review").or("off"),
        TEST_VCR,
    ],
};

/// `hg phabupdate`.
pub static PHABUPDATE: Spec = Spec {
    names: "phabupdate",
    summary: "update Differential Revision in batch",
    synopsis: "[DREVSPEC...| -r REV...] [OPTIONS]",
    category: Category::ImportExport,
    need: Need::NoRepo,
    extension: "phabricator",
    options: &[
        flag("", "accept", "accept revisions").or("off"),
        flag("", "reject", "reject revisions").or("off"),
        flag("", "request-review", "request review on revisions").or("off"),
        flag("", "abandon", "abandon revisions").or("off"),
        flag("", "reclaim", "reclaim revisions").or("off"),
        flag("", "close", "close revisions").or("off"),
        flag("", "reopen", "reopen revisions").or("off"),
        flag("", "plan-changes", "plan changes for revisions").or("off"),
        flag("", "resign", "resign as a reviewer from revisions").or("off"),
        flag("", "commandeer", "commandeer revisions").or("off"),
        text("m", "comment", "VALUE", "comment on the last revision"),
        text("r", "rev", "REV", "local revision to update"),
        TEST_VCR,
    ],
};

/// `hg prefetch`.
pub static PREFETCH: Spec = Spec {
    names: "prefetch",
    summary: "prefetch file revisions from the server",
    synopsis: "[OPTIONS] [FILE...]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "remotefilelog",
    options: &[
        list("r", "rev", "REV", "prefetch the specified revisions"),
        flag("", "repack", "run repack after prefetch").or("off"),
        text("b", "base", "VALUE", "rev that is assumed to already be local"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg qrecord`.
pub static QRECORD: Spec = Spec {
    names: "qrecord",
    summary: "interactively record a new patch",
    synopsis: "[OPTION]... PATCH [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "record",
    options: &[],
};

/// `hg rebase`.
pub static REBASE: Spec = Spec {
    names: "rebase",
    summary: "move changeset (and descendants) to a different branch",
    synopsis: "[[-s REV]... | [-b REV]... | [-r REV]...] [-d REV] [OPTION]...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "rebase",
    options: &[
        list("s", "source", "REV", "rebase the specified changesets and their descendants"),
        list("b", "base", "REV", "rebase everything from branching point of specified changeset"),
        list("r", "rev", "REV", "rebase these revisions"),
        text("d", "dest", "REV", "rebase onto the specified changeset"),
        flag("", "collapse", "collapse the rebased changesets").or("off"),
        text("m", "message", "TEXT", "use text as collapse commit message"),
        EDIT.or("off"),
        text("l", "logfile", "FILE", "read collapse commit message from file"),
        flag("k", "keep", "keep original changesets").or("off"),
        flag("", "keepbranches", "keep original branch names").or("off"),
        flag("D", "detach", "(DEPRECATED)").or("off"),
        flag("i", "interactive", "(DEPRECATED)").or("off"),
        text("t", "tool", "VALUE", "specify merge tool"),
        flag("", "stop", "stop interrupted rebase").or("off"),
        flag("c", "continue", "continue an interrupted rebase").or("off"),
        flag("a", "abort", "abort an interrupted rebase").or("off"),
        text("", "auto-orphans", "VALUE", "automatically rebase orphan revisions in the specified revset (EXPERIMENTAL)"),
        DRY_RUN, TEMPLATE,
        flag("", "confirm", "ask before applying actions"),
    ],
};

/// `hg record`.
pub static RECORD: Spec = Spec {
    names: "record",
    summary: "interactively select changes to commit",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "record",
    options: &[
        ADDREMOVE, CLOSE_BRANCH, AMEND, SECRET, DRAFT, EDIT, FORCE_CLOSE_BRANCH, INCLUDE, EXCLUDE, MESSAGE,
        LOGFILE, DATE, USER, SUBREPOS, IGNORE_ALL_SPACE, IGNORE_SPACE_CHANGE, IGNORE_BLANK_LINES,
        IGNORE_SPACE_AT_EOL,
    ],
};

/// `hg releasenotes`.
pub static RELEASENOTES: Spec = Spec {
    names: "releasenotes",
    summary: "parse release notes from commit messages into an output file",
    synopsis: "[-r REV] [-c] FILE",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "releasenotes",
    options: &[
        text("r", "rev", "REV", "revisions to process for release notes"),
        flag("c", "check", "checks for validity of admonitions (if any)").or("off"),
        flag("l", "list", "list the available admonitions with their title").or("off"),
    ],
};

/// `hg relink`.
pub static RELINK: Spec = Spec {
    names: "relink",
    summary: "recreate hardlinks between two repositories",
    synopsis: "[ORIGIN]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "relink",
    options: &[],
};

/// `hg repack`.
pub static REPACK: Spec = Spec {
    names: "repack",
    summary: "",
    synopsis: "[OPTIONS]",
    category: Category::None,
    need: Need::Repo,
    extension: "remotefilelog",
    options: &[
        flag("", "background", "run in a background process"),
        flag("", "incremental", "do an incremental repack"),
        flag("", "packsonly", "only repack packs (skip loose objects)"),
    ],
};

/// `hg share`.
pub static SHARE: Spec = Spec {
    names: "share",
    summary: "create a new shared repository",
    synopsis: "[-U] [-B] SOURCE [DEST]",
    category: Category::RepoCreation,
    need: Need::NoRepo,
    extension: "share",
    options: &[
        flag("U", "noupdate", "do not create a working directory"),
        flag("B", "bookmarks", "also share bookmarks"),
        flag("", "relative", "point to source using a relative path"),
    ],
};

/// `hg show`.
pub static SHOW: Spec = Spec {
    names: "show",
    summary: "show various repository information",
    synopsis: "VIEW",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "show",
    options: &[
        TEMPLATE,
    ],
};

/// `hg split`.
pub static SPLIT: Spec = Spec {
    names: "split",
    summary: "split a changeset into smaller ones",
    synopsis: "[--no-rebase] [[-r] REV]",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "split",
    options: &[
        text("r", "rev", "REV", "revision to split"),
        flag("", "rebase", "rebase descendants after split").or("on").no(),
        DATE, USER,
    ],
};

/// `hg strip`.
pub static STRIP: Spec = Spec {
    names: "strip",
    summary: "",
    synopsis: "[-k] [-f] [-B bookmark] [-r] REV...",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "strip",
    options: &[
        list("r", "rev", "REV", "strip specified revision (optional, can specify revisions without this option)"),
        flag("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
        flag("", "no-backup", "do not save backup bundle"),
        flag("", "nobackup", "do not save backup bundle (DEPRECATED)"),
        flag("n", "", "ignored  (DEPRECATED)"),
        flag("k", "keep", "do not modify working directory during strip"),
        list("B", "bookmark", "BOOKMARK", "remove revs only reachable from given bookmark"),
        flag("", "soft", "simply drop changesets from visible history (EXPERIMENTAL)"),
        flag("", "permit-empty-revset", "return success even if no revision was stripped").or("off"),
    ],
};

/// `hg tracked`.
pub static TRACKED: Spec = Spec {
    names: "tracked",
    summary: "show or change the current narrowspec",
    synopsis: "[OPTIONS]... [REMOTE]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "narrow",
    options: &[
        list("", "addinclude", "VALUE", "new paths to include"),
        list("", "removeinclude", "VALUE", "old paths to no longer include"),
        flag("", "auto-remove-includes", "automatically choose unused includes to remove").or("off"),
        list("", "addexclude", "VALUE", "new paths to exclude"),
        text("", "import-rules", "VALUE", "import narrowspecs from a file"),
        list("", "removeexclude", "VALUE", "old paths to no longer exclude"),
        flag("", "clear", "whether to replace the existing narrowspec").or("off"),
        flag("", "force-delete-local-changes", "forces deletion of local changes when narrowing").or("off"),
        flag("", "backup", "back up local changes when narrowing").or("on").no(),
        flag("", "update-working-copy", "update working copy when the store has changed").or("off"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg transplant`.
pub static TRANSPLANT: Spec = Spec {
    names: "transplant",
    summary: "transplant changesets from another branch",
    synopsis: "[-s REPO] [-b BRANCH [-a]] [-p REV] [-m REV] [REV]...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "transplant",
    options: &[
        text("s", "source", "REPO", "transplant changesets from REPO"),
        list("b", "branch", "REV", "use this source changeset as head"),
        flag("a", "all", "pull all changesets up to the --branch revisions"),
        list("p", "prune", "REV", "skip over REV"),
        list("m", "merge", "REV", "merge at REV"),
        text("", "parent", "REV", "parent to choose when transplanting merge"),
        EDIT.or("off"),
        flag("", "log", "append transplant info to log message"),
        flag("", "stop", "stop interrupted transplant").or("off"),
        flag("c", "continue", "continue last transplant session after fixing conflicts"),
        text("", "filter", "CMD", "filter changesets through command"),
    ],
};

/// `hg unamend`.
pub static UNAMEND: Spec = Spec {
    names: "unamend",
    summary: "undo the most recent amend operation on a current changeset",
    synopsis: "",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "uncommit",
    options: &[],
};

/// `hg uncommit`.
pub static UNCOMMIT: Spec = Spec {
    names: "uncommit",
    summary: "uncommit part or all of a local changeset",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "uncommit",
    options: &[
        flag("", "keep", "allow an empty commit after uncommitting"),
        flag("", "allow-dirty-working-copy", "allow uncommit with outstanding changes").or("off"),
        text("n", "note", "TEXT", "store a note on uncommit"),
        INCLUDE, EXCLUDE, MESSAGE, LOGFILE, DATE, USER, CURRENTDATE, CURRENTUSER,
    ],
};

/// `hg unshare`.
pub static UNSHARE: Spec = Spec {
    names: "unshare",
    summary: "convert a shared repository to a normal one",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "share",
    options: &[],
};

/// `hg verifyremotefilelog`.
pub static VERIFYREMOTEFILELOG: Spec = Spec {
    names: "verifyremotefilelog",
    summary: "",
    synopsis: "s <directory>",
    category: Category::None,
    need: Need::NoRepo,
    extension: "remotefilelog",
    options: &[
        flag("d", "decompress", "decompress the filelogs first"),
    ],
};

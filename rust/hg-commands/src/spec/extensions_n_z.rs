//! Command lines of upstream's commands: extensions n z. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, switch, text};

/// `hg admin::chainsaw-update`.
pub static ADMIN_CHAINSAW_UPDATE: CommandSpec = CommandSpec {
    names: "admin::chainsaw-update|admin::chainsawupdate",
    synopsis: "[OPTION] --rev REV --source SOURCE --dest DEST",
    summary: "pull and update to a given revision, no matter what, (EXPERIMENTAL)",
    category: Category::None,
    extension: Some("rebase"),
    options: &[
        switch(
            "",
            "purge-unknown",
            "Remove unversioned files before update. Disabling this can in some cases interfere with the update.See also :hg:`purge`.",
        ),
        switch(
            "",
            "purge-ignored",
            "Remove ignored files before update. Disable this for instance to reuse previous compiler object files. See also :hg:`purge`.",
        ),
        text("", "rev", "VALUE", "", "revision to update to"),
        text("", "source", "VALUE", "", "repository to clone from"),
        text("", "dest", "VALUE", "", "repository to update to REV (possibly cloning)"),
        flag(
            "",
            "initial-clone-minimal",
            "Pull only the prescribed revision upon initial cloning. This has the side effect of ignoring clone-bundles, which if often slower on the client side and stressful to the server than applying available clone bundles.",
        ),
    ],
};

/// `hg admin::narrow-client`.
pub static ADMIN_NARROW_CLIENT: CommandSpec = CommandSpec {
    names: "admin::narrow-client|admin::narrowclient",
    synopsis: "",
    summary: "Narrow-related client administration utils. (EXPERIMENTAL)",
    category: Category::Maintenance,
    extension: Some("rebase"),
    options: &[flag(
        "",
        "store-fingerprint",
        "get the fingerprint for this repo's store narrowspec",
    )],
};

/// `hg admin::narrow-server`.
pub static ADMIN_NARROW_SERVER: CommandSpec = CommandSpec {
    names: "admin::narrow-server|admin::narrowserver",
    synopsis: "",
    summary: "Narrow-related server administration utils. (EXPERIMENTAL)",
    category: Category::Maintenance,
    extension: Some("rebase"),
    options: &[
        flag("", "shape-fingerprints", "list the fingerprint for each shape"),
        text(
            "",
            "shape-patterns",
            "SHAPE-PATTERNS",
            "",
            "list the path patterns for the given shape",
        ),
        text(
            "",
            "shape-narrow-patterns",
            "SHAPE-NARROW-PATTERNS",
            "",
            "list the legacy narrow-style patterns for the given shape",
        ),
        text("", "shape-files", "VALUE", "", "list the files covered by the given shape"),
        text(
            "",
            "shape-files-hidden",
            "VALUE",
            "",
            "list this shape's files that are not in the working copy",
        ),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg admin::verify`.
pub static ADMIN_VERIFY: CommandSpec = CommandSpec {
    names: "admin::verify",
    synopsis: "",
    summary: "verify the integrity of the repository",
    category: Category::Maintenance,
    extension: Some("rebase"),
    options: &[
        list("c", "check", "CHECK", "add a check"),
        list("o", "option", "OPTION", "pass an option to a check"),
    ],
};

/// `hg debug::clonebundle-manifest`.
pub static DEBUG_CLONEBUNDLE_MANIFEST: CommandSpec = CommandSpec {
    names: "debug::clonebundle-manifest|debug::clonebundlemanifest",
    synopsis: "REPO",
    summary: "fetch a display a clone bundle manifest from a peer",
    category: Category::None,
    extension: Some("rebase"),
    options: &[
        flag("", "stream", "disply stream bundle only"),
        flag("", "raw", "show the raw manifest instead of parsing and filtering it"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg debug::fast-upgrade`.
pub static DEBUG_FAST_UPGRADE: CommandSpec = CommandSpec {
    names: "debug::fast-upgrade|debug::fastupgrade",
    synopsis: "",
    summary: "",
    category: Category::None,
    extension: Some("rebase"),
    options: &[],
};

/// `hg debug::file-index`.
pub static DEBUG_FILE_INDEX: CommandSpec = CommandSpec {
    names: "debug::file-index|debug::fileindex",
    synopsis: "",
    summary: "inspect or manipulate the file index",
    category: Category::None,
    extension: Some("rebase"),
    options: &[
        flag("", "docket", "dump docket file"),
        text("T", "template", "VALUE", "", "template for --docket"),
        flag("", "tree", "dump tree file"),
        text("p", "path", "PATH", "", "look up path"),
        text("t", "token", "TOKEN", "", "look up token"),
        flag("", "vacuum", "vacuum the tree file"),
        flag("", "gc", "run garbage collection"),
    ],
};

/// `hg debug::revlog-reencoded-delta-info`.
pub static DEBUG_REVLOG_REENCODED_DELTA_INFO: CommandSpec = CommandSpec {
    names: "debug::revlog-reencoded-delta-info|debug::revlogreencodeddeltainfo",
    synopsis: "-c|-m|FILE",
    summary: "show revlog statistic if delta where to be reencoded",
    category: Category::None,
    extension: Some("rebase"),
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        text("", "start-rev", "VALUE", "", "start at rev"),
        text("", "stop-rev", "VALUE", "", "stop at rev"),
        switch("", "delete", "delete the result"),
        switch("", "report", "report statistic about the result"),
        switch("", "reuse-stored-delta", "reuse stored delta when using the same base"),
    ],
};

/// `hg debug::stable-tail-sort`.
pub static DEBUG_STABLE_TAIL_SORT: CommandSpec = CommandSpec {
    names: "debug::stable-tail-sort|debug::stabletailsort",
    synopsis: "REV",
    summary: "display the stable-tail sort of the ancestors of a given node",
    category: Category::None,
    extension: Some("rebase"),
    options: &[flag("T", "template", "TEMPLATE display with template (default: {rev} )")],
};

/// `hg debug::stable-tail-sort-leaps`.
pub static DEBUG_STABLE_TAIL_SORT_LEAPS: CommandSpec = CommandSpec {
    names: "debug::stable-tail-sort-leaps|debug::stabletailsortleaps",
    synopsis: "REV",
    summary: "display the leaps in the stable-tail sort of a node, one per line",
    category: Category::None,
    extension: Some("rebase"),
    options: &[
        text("T", "template", "TEMPLATE", "{rev}", "display with template"),
        flag("s", "specific", "restrict to specific leaps"),
    ],
};

/// `hg debug::unbundle`.
pub static DEBUG_UNBUNDLE: CommandSpec = CommandSpec {
    names: "debug::unbundle",
    synopsis: "FILE...",
    summary: "same as 'hg unbundle', but pretent to come from a push",
    category: Category::ImportExport,
    extension: Some("rebase"),
    options: &[],
};

/// `hg debugcallconduit`.
pub static DEBUGCALLCONDUIT: CommandSpec = CommandSpec {
    names: "debugcallconduit",
    synopsis: "METHOD",
    summary: "call Conduit API",
    category: Category::None,
    extension: Some("phabricator"),
    options: &[flag(
        "",
        "test-vcr",
        "VALUE Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)",
    )],
};

/// `hg debugdatapack`.
pub static DEBUGDATAPACK: CommandSpec = CommandSpec {
    names: "debugdatapack",
    synopsis: "<paths>",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[
        flag("", "long", "print the long hashes"),
        text("", "node", "NODE", "", "dump the contents of node"),
    ],
};

/// `hg debughistorypack`.
pub static DEBUGHISTORYPACK: CommandSpec = CommandSpec {
    names: "debughistorypack",
    synopsis: "<path>",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[],
};

/// `hg debugkeepset`.
pub static DEBUGKEEPSET: CommandSpec = CommandSpec {
    names: "debugkeepset",
    synopsis: "",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[],
};

/// `hg debugparsereleasenotes`.
pub static DEBUGPARSERELEASENOTES: CommandSpec = CommandSpec {
    names: "debugparsereleasenotes",
    synopsis: "",
    summary: "parse release notes and print resulting data structure",
    category: Category::None,
    extension: Some("releasenotes"),
    options: &[],
};

/// `hg debugremotefilelog`.
pub static DEBUGREMOTEFILELOG: CommandSpec = CommandSpec {
    names: "debugremotefilelog",
    synopsis: "<path>",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[flag("d", "decompress", "decompress the filelog first")],
};

/// `hg debugsparse`.
pub static DEBUGSPARSE: CommandSpec = CommandSpec {
    names: "debugsparse",
    synopsis: "[--OPTION]",
    summary: "make the current checkout sparse, or edit the existing checkout",
    category: Category::None,
    extension: Some("sparse"),
    options: &[
        list("I", "include", "PATTERN", "include files in the sparse checkout"),
        list("X", "exclude", "PATTERN", "exclude files in the sparse checkout"),
        list("d", "delete", "PATTERN", "delete an include/exclude rule"),
        flag("f", "force", "allow changing rules even with pending changes"),
        list("", "enable-profile", "PATTERN", "enables the specified profile"),
        list("", "disable-profile", "PATTERN", "disables the specified profile"),
        list("", "import-rules", "PATTERN", "imports rules from a file"),
        flag("", "clear-rules", "clears local include/exclude rules"),
        flag("", "refresh", "updates the working after sparseness changes"),
        flag("", "reset", "makes the repo full again"),
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugwaitonprefetch`.
pub static DEBUGWAITONPREFETCH: CommandSpec = CommandSpec {
    names: "debugwaitonprefetch",
    synopsis: "",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[],
};

/// `hg debugwaitonrepack`.
pub static DEBUGWAITONREPACK: CommandSpec = CommandSpec {
    names: "debugwaitonrepack",
    synopsis: "",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[],
};

/// `hg email`.
pub static EMAIL: CommandSpec = CommandSpec {
    names: "email",
    synopsis: "[OPTION]... [DEST]...",
    summary: "send changesets by email",
    category: Category::ImportExport,
    extension: Some("patchbomb"),
    options: &[
        flag("g", "git", "use git extended diff format"),
        flag("", "plain", "omit hg patch header"),
        flag("o", "outgoing", "send changes not found in the target repository"),
        flag("b", "bundle", "send changes not in target as a binary bundle"),
        text("B", "bookmark", "BOOKMARK", "", "send changes only reachable by given bookmark"),
        text("", "bundlename", "NAME", "bundle", "name of the bundle attachment file"),
        list("r", "rev", "REV", "a revision to send"),
        flag("", "force", "run even when remote repository is unrelated (with -b/--bundle)"),
        list(
            "",
            "base",
            "REV",
            "a base changeset to specify instead of a destination (with -b/--bundle)",
        ),
        flag("", "intro", "send an introduction email for a single patch"),
        flag("", "body", "send patches as inline message text (default)"),
        flag("a", "attach", "send patches as attachments"),
        flag("i", "inline", "send patches as inline attachments"),
        list("", "bcc", "EMAIL", "email addresses of blind carbon copy recipients"),
        list("c", "cc", "EMAIL", "email addresses of copy recipients"),
        flag("", "confirm", "ask for confirmation before sending"),
        flag("d", "diffstat", "add diffstat output to messages"),
        text("", "date", "DATE", "", "use the given date as the sending date"),
        text("", "desc", "FILE", "", "use the given file as the series description"),
        text("f", "from", "EMAIL", "", "email address of sender"),
        flag("n", "test", "print messages that would be sent"),
        text("m", "mbox", "FILE", "", "write messages to mbox file instead of sending them"),
        list("", "reply-to", "EMAIL", "email addresses replies should be sent to"),
        text("s", "subject", "TEXT", "", "subject of first message (intro or single patch)"),
        text("", "in-reply-to", "MSGID", "", "message identifier to reply to"),
        list("", "flag", "FLAG", "flags to add in subject prefixes"),
        list("t", "to", "EMAIL", "email addresses of recipients"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg gc`.
pub static GC: CommandSpec = CommandSpec {
    names: "gc",
    synopsis: "[REPO...]",
    summary: "garbage collect the client and server filelog caches",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[],
};

/// `hg phabimport`.
pub static PHABIMPORT: CommandSpec = CommandSpec {
    names: "phabimport",
    synopsis: "DREVSPEC... [OPTIONS]",
    summary: "import patches from Phabricator for the specified Differential Revisions",
    category: Category::ImportExport,
    extension: Some("phabricator"),
    options: &[
        flag("", "stack", "import dependencies as well"),
        text(
            "",
            "test-vcr",
            "VALUE",
            "",
            "Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)",
        ),
    ],
};

/// `hg phabread`.
pub static PHABREAD: CommandSpec = CommandSpec {
    names: "phabread",
    synopsis: "DREVSPEC... [OPTIONS]",
    summary: "print patches from Phabricator suitable for importing",
    category: Category::ImportExport,
    extension: Some("phabricator"),
    options: &[
        flag("", "stack", "read dependencies"),
        text(
            "",
            "test-vcr",
            "VALUE",
            "",
            "Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)",
        ),
    ],
};

/// `hg phabsend`.
pub static PHABSEND: CommandSpec = CommandSpec {
    names: "phabsend",
    synopsis: "REV [OPTIONS]",
    summary: "upload changesets to Phabricator",
    category: Category::ImportExport,
    extension: Some("phabricator"),
    options: &[
        list("r", "rev", "REV", "revisions to send"),
        switch("", "amend", "update commit messages"),
        list("", "reviewer", "VALUE", "specify reviewers"),
        list("", "blocker", "VALUE", "specify blocking reviewers"),
        text("m", "comment", "VALUE", "", "add a comment to Revisions with new/updated Diffs"),
        flag("", "confirm", "ask for confirmation before sending"),
        flag("", "fold", "combine the revisions into one review"),
        text(
            "",
            "test-vcr",
            "VALUE",
            "",
            "Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)",
        ),
    ],
};

/// `hg phabupdate`.
pub static PHABUPDATE: CommandSpec = CommandSpec {
    names: "phabupdate",
    synopsis: "[DREVSPEC...| -r REV...] [OPTIONS]",
    summary: "update Differential Revision in batch",
    category: Category::ImportExport,
    extension: Some("phabricator"),
    options: &[
        flag("", "accept", "accept revisions"),
        flag("", "reject", "reject revisions"),
        flag("", "request-review", "request review on revisions"),
        flag("", "abandon", "abandon revisions"),
        flag("", "reclaim", "reclaim revisions"),
        flag("", "close", "close revisions"),
        flag("", "reopen", "reopen revisions"),
        flag("", "plan-changes", "plan changes for revisions"),
        flag("", "resign", "resign as a reviewer from revisions"),
        flag("", "commandeer", "commandeer revisions"),
        text("m", "comment", "VALUE", "", "comment on the last revision"),
        text("r", "rev", "REV", "", "local revision to update"),
        text(
            "",
            "test-vcr",
            "VALUE",
            "",
            "Path to a vcr file. If nonexistent, will record a new vcr transcript, otherwise will mock all http requests using the specified vcr file. (ADVANCED)",
        ),
    ],
};

/// `hg prefetch`.
pub static PREFETCH: CommandSpec = CommandSpec {
    names: "prefetch",
    synopsis: "[OPTIONS] [FILE...]",
    summary: "prefetch file revisions from the server",
    category: Category::Maintenance,
    extension: Some("remotefilelog"),
    options: &[
        list("r", "rev", "REV", "prefetch the specified revisions"),
        flag("", "repack", "run repack after prefetch"),
        text("b", "base", "VALUE", "", "rev that is assumed to already be local"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg qrecord`.
pub static QRECORD: CommandSpec = CommandSpec {
    names: "qrecord",
    synopsis: "[OPTION]... PATCH [FILE]...",
    summary: "interactively record a new patch",
    category: Category::Committing,
    extension: Some("record"),
    options: &[],
};

/// `hg rebase`.
pub static REBASE: CommandSpec = CommandSpec {
    names: "rebase",
    synopsis: "[[-s REV]... | [-b REV]... | [-r REV]...] [-d REV] [OPTION]...",
    summary: "move changeset (and descendants) to a different branch",
    category: Category::Manipulation,
    extension: Some("rebase"),
    options: &[
        list("s", "source", "REV", "rebase the specified changesets and their descendants"),
        list("b", "base", "REV", "rebase everything from branching point of specified changeset"),
        list("r", "rev", "REV", "rebase these revisions"),
        text("d", "dest", "REV", "", "rebase onto the specified changeset"),
        flag("", "collapse", "collapse the rebased changesets"),
        text("m", "message", "TEXT", "", "use text as collapse commit message"),
        flag("e", "edit", "invoke editor on commit messages"),
        text("l", "logfile", "FILE", "", "read collapse commit message from file"),
        flag("k", "keep", "keep original changesets"),
        flag("", "keepbranches", "keep original branch names"),
        flag("D", "detach", "(DEPRECATED)"),
        flag("i", "interactive", "(DEPRECATED)"),
        text("t", "tool", "VALUE", "", "specify merge tool"),
        flag("", "stop", "stop interrupted rebase"),
        flag("c", "continue", "continue an interrupted rebase"),
        flag("a", "abort", "abort an interrupted rebase"),
        text(
            "",
            "auto-orphans",
            "VALUE",
            "",
            "automatically rebase orphan revisions in the specified revset (EXPERIMENTAL)",
        ),
        flag("n", "dry-run", "do not perform actions, just print output"),
        text("T", "template", "TEMPLATE", "", "display with template"),
        flag("", "confirm", "ask before applying actions"),
    ],
};

/// `hg record`.
pub static RECORD: CommandSpec = CommandSpec {
    names: "record",
    synopsis: "[OPTION]... [FILE]...",
    summary: "interactively select changes to commit",
    category: Category::Committing,
    extension: Some("record"),
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
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        flag("S", "subrepos", "recurse into subrepositories"),
        flag("w", "ignore-all-space", "ignore white space when comparing lines"),
        flag("b", "ignore-space-change", "ignore changes in the amount of white space"),
        flag("B", "ignore-blank-lines", "ignore changes whose lines are all blank"),
        flag("Z", "ignore-space-at-eol", "ignore changes in whitespace at EOL"),
    ],
};

/// `hg releasenotes`.
pub static RELEASENOTES: CommandSpec = CommandSpec {
    names: "releasenotes",
    synopsis: "[-r REV] [-c] FILE",
    summary: "parse release notes from commit messages into an output file",
    category: Category::Navigation,
    extension: Some("releasenotes"),
    options: &[
        text("r", "rev", "REV", "", "revisions to process for release notes"),
        flag("c", "check", "checks for validity of admonitions (if any)"),
        flag("l", "list", "list the available admonitions with their title"),
    ],
};

/// `hg relink`.
pub static RELINK: CommandSpec = CommandSpec {
    names: "relink",
    synopsis: "[ORIGIN]",
    summary: "recreate hardlinks between two repositories",
    category: Category::Maintenance,
    extension: Some("relink"),
    options: &[],
};

/// `hg repack`.
pub static REPACK: CommandSpec = CommandSpec {
    names: "repack",
    synopsis: "[OPTIONS]",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[
        flag("", "background", "run in a background process"),
        flag("", "incremental", "do an incremental repack"),
        flag("", "packsonly", "only repack packs (skip loose objects)"),
    ],
};

/// `hg share`.
pub static SHARE: CommandSpec = CommandSpec {
    names: "share",
    synopsis: "[-U] [-B] SOURCE [DEST]",
    summary: "create a new shared repository",
    category: Category::Creation,
    extension: Some("share"),
    options: &[
        flag("U", "noupdate", "do not create a working directory"),
        flag("B", "bookmarks", "also share bookmarks"),
        flag("", "relative", "point to source using a relative path"),
    ],
};

/// `hg show`.
pub static SHOW: CommandSpec = CommandSpec {
    names: "show",
    synopsis: "VIEW",
    summary: "show various repository information",
    category: Category::Navigation,
    extension: Some("show"),
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

/// `hg split`.
pub static SPLIT: CommandSpec = CommandSpec {
    names: "split",
    synopsis: "[--no-rebase] [[-r] REV]",
    summary: "split a changeset into smaller ones",
    category: Category::Manipulation,
    extension: Some("split"),
    options: &[
        text("r", "rev", "REV", "", "revision to split"),
        switch("", "rebase", "rebase descendants after split"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
    ],
};

/// `hg strip`.
pub static STRIP: CommandSpec = CommandSpec {
    names: "strip",
    synopsis: "[-k] [-f] [-B bookmark] [-r] REV...",
    summary: "",
    category: Category::Maintenance,
    extension: Some("strip"),
    options: &[
        list(
            "r",
            "rev",
            "REV",
            "strip specified revision (optional, can specify revisions without this option)",
        ),
        flag("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
        flag("", "no-backup", "do not save backup bundle"),
        flag("", "nobackup", "do not save backup bundle (DEPRECATED)"),
        flag("k", "keep", "do not modify working directory during strip"),
        list("B", "bookmark", "BOOKMARK", "remove revs only reachable from given bookmark"),
        flag("", "soft", "simply drop changesets from visible history (EXPERIMENTAL)"),
        flag("", "permit-empty-revset", "return success even if no revision was stripped"),
    ],
};

/// `hg tracked`.
pub static TRACKED: CommandSpec = CommandSpec {
    names: "tracked",
    synopsis: "[OPTIONS]... [REMOTE]",
    summary: "show or change the current narrowspec",
    category: Category::Maintenance,
    extension: Some("narrow"),
    options: &[
        list("", "addinclude", "VALUE", "new paths to include"),
        list("", "removeinclude", "VALUE", "old paths to no longer include"),
        flag("", "auto-remove-includes", "automatically choose unused includes to remove"),
        list("", "addexclude", "VALUE", "new paths to exclude"),
        text("", "import-rules", "VALUE", "", "import narrowspecs from a file"),
        list("", "removeexclude", "VALUE", "old paths to no longer exclude"),
        flag("", "clear", "whether to replace the existing narrowspec"),
        flag("", "force-delete-local-changes", "forces deletion of local changes when narrowing"),
        switch("", "backup", "back up local changes when narrowing"),
        flag("", "update-working-copy", "update working copy when the store has changed"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg transplant`.
pub static TRANSPLANT: CommandSpec = CommandSpec {
    names: "transplant",
    synopsis: "[-s REPO] [-b BRANCH [-a]] [-p REV] [-m REV] [REV]...",
    summary: "transplant changesets from another branch",
    category: Category::Manipulation,
    extension: Some("transplant"),
    options: &[
        text("s", "source", "REPO", "", "transplant changesets from REPO"),
        list("b", "branch", "REV", "use this source changeset as head"),
        flag("a", "all", "pull all changesets up to the --branch revisions"),
        list("p", "prune", "REV", "skip over REV"),
        list("m", "merge", "REV", "merge at REV"),
        text("", "parent", "REV", "", "parent to choose when transplanting merge"),
        flag("e", "edit", "invoke editor on commit messages"),
        flag("", "log", "append transplant info to log message"),
        flag("", "stop", "stop interrupted transplant"),
        flag("c", "continue", "continue last transplant session after fixing conflicts"),
        text("", "filter", "CMD", "", "filter changesets through command"),
    ],
};

/// `hg unamend`.
pub static UNAMEND: CommandSpec = CommandSpec {
    names: "unamend",
    synopsis: "",
    summary: "undo the most recent amend operation on a current changeset",
    category: Category::Manipulation,
    extension: Some("uncommit"),
    options: &[],
};

/// `hg uncommit`.
pub static UNCOMMIT: CommandSpec = CommandSpec {
    names: "uncommit",
    synopsis: "[OPTION]... [FILE]...",
    summary: "uncommit part or all of a local changeset",
    category: Category::Manipulation,
    extension: Some("uncommit"),
    options: &[
        flag("", "keep", "allow an empty commit after uncommitting"),
        flag("", "allow-dirty-working-copy", "allow uncommit with outstanding changes"),
        text("n", "note", "TEXT", "", "store a note on uncommit"),
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

/// `hg unshare`.
pub static UNSHARE: CommandSpec = CommandSpec {
    names: "unshare",
    synopsis: "",
    summary: "convert a shared repository to a normal one",
    category: Category::Maintenance,
    extension: Some("share"),
    options: &[],
};

/// `hg verifyremotefilelog`.
pub static VERIFYREMOTEFILELOG: CommandSpec = CommandSpec {
    names: "verifyremotefilelog",
    synopsis: "s <directory>",
    summary: "",
    category: Category::None,
    extension: Some("remotefilelog"),
    options: &[flag("d", "decompress", "decompress the filelogs first")],
};

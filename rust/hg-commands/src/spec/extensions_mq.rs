//! Command lines of upstream's commands: extensions mq. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg qapplied`.
pub static QAPPLIED: CommandSpec = CommandSpec {
    names: "qapplied",
    synopsis: "[-1] [-s] [PATCH]",
    summary: "print the patches already applied",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("1", "last", "show only the preceding applied patch"),
        flag("s", "summary", "print first line of patch header"),
    ],
};

/// `hg qclone`.
pub static QCLONE: CommandSpec = CommandSpec {
    names: "qclone",
    synopsis: "[OPTION]... SOURCE [DEST]",
    summary: "clone main and patch repository at same time",
    category: Category::Creation,
    extension: Some("mq"),
    options: &[
        flag("", "pull", "use pull protocol to copy metadata"),
        flag("U", "noupdate", "do not update the new working directories"),
        flag("", "uncompressed", "use uncompressed transfer (fast over LAN)"),
        text("p", "patches", "REPO", "", "location of source patch repository"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg qcommit`.
pub static QCOMMIT: CommandSpec = CommandSpec {
    names: "qcommit|qci",
    synopsis: "[OPTION]... [FILE]...",
    summary: "commit changes in the queue repository (DEPRECATED)",
    category: Category::Committing,
    extension: Some("mq"),
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

/// `hg qdelete`.
pub static QDELETE: CommandSpec = CommandSpec {
    names: "qdelete|qremove|qrm",
    synopsis: "[-k] [PATCH]...",
    summary: "remove patches from queue",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("k", "keep", "keep patch file"),
        list("r", "rev", "REV", "stop managing a revision (DEPRECATED)"),
    ],
};

/// `hg qdiff`.
pub static QDIFF: CommandSpec = CommandSpec {
    names: "qdiff",
    synopsis: "[OPTION]... [FILE]...",
    summary: "diff of the current patch and subsequent modifications",
    category: Category::Content,
    extension: Some("mq"),
    options: &[
        flag("a", "text", "treat all files as text"),
        flag("g", "git", "use git extended diff format"),
        flag("", "binary", "generate binary diffs in git mode (default)"),
        flag("", "nodates", "omit dates from diff headers"),
        flag("", "noprefix", "omit a/ and b/ prefixes from filenames"),
        flag("p", "show-function", "show which function each change is in"),
        flag("", "reverse", "produce a diff that undoes the changes"),
        flag("w", "ignore-all-space", "ignore white space when comparing lines"),
        flag("b", "ignore-space-change", "ignore changes in the amount of white space"),
        flag("B", "ignore-blank-lines", "ignore changes whose lines are all blank"),
        flag("Z", "ignore-space-at-eol", "ignore changes in whitespace at EOL"),
        text("U", "unified", "NUM", "", "number of lines of context to show"),
        flag("", "stat", "output diffstat-style summary of changes"),
        text("", "root", "DIR", "", "produce diffs relative to subdirectory"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
    ],
};

/// `hg qfinish`.
pub static QFINISH: CommandSpec = CommandSpec {
    names: "qfinish",
    synopsis: "[-a] [REV]...",
    summary: "move applied patches into repository history",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[flag("a", "applied", "finish all applied changesets")],
};

/// `hg qfold`.
pub static QFOLD: CommandSpec = CommandSpec {
    names: "qfold",
    synopsis: "[-e] [-k] [-m TEXT] [-l FILE] PATCH...",
    summary: "fold the named patches into the current patch",
    category: Category::Manipulation,
    extension: Some("mq"),
    options: &[
        flag("e", "edit", "invoke editor on commit messages"),
        flag("k", "keep", "keep folded patch files"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
    ],
};

/// `hg qgoto`.
pub static QGOTO: CommandSpec = CommandSpec {
    names: "qgoto",
    synopsis: "[OPTION]... PATCH",
    summary: "push or pop patches until named patch is at top of stack",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("", "keep-changes", "tolerate non-conflicting local changes"),
        flag("f", "force", "overwrite any local changes"),
        flag("", "no-backup", "do not save backup copies of files"),
    ],
};

/// `hg qguard`.
pub static QGUARD: CommandSpec = CommandSpec {
    names: "qguard",
    synopsis: "[-l] [-n] [PATCH] [-- [+GUARD]... [-GUARD]...]",
    summary: "set or print guards for a patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("l", "list", "list all patches and guards"),
        flag("n", "none", "drop all guards"),
    ],
};

/// `hg qheader`.
pub static QHEADER: CommandSpec = CommandSpec {
    names: "qheader",
    synopsis: "[PATCH]",
    summary: "print the header of the topmost or specified patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[],
};

/// `hg qimport`.
pub static QIMPORT: CommandSpec = CommandSpec {
    names: "qimport",
    synopsis: "[-e] [-n NAME] [-f] [-g] [-P] [-r REV]... [FILE]...",
    summary: "import a patch or existing changeset",
    category: Category::ImportExport,
    extension: Some("mq"),
    options: &[
        flag("e", "existing", "import file in patch directory"),
        text("n", "name", "NAME", "", "name of patch file"),
        flag("f", "force", "overwrite existing files"),
        list("r", "rev", "REV", "place existing revisions under mq control"),
        flag("g", "git", "use git extended diff format"),
        flag("P", "push", "qpush after importing"),
    ],
};

/// `hg qinit`.
pub static QINIT: CommandSpec = CommandSpec {
    names: "qinit",
    synopsis: "[-c]",
    summary: "init a new queue repository (DEPRECATED)",
    category: Category::Creation,
    extension: Some("mq"),
    options: &[flag("c", "create-repo", "create queue repository")],
};

/// `hg qnew`.
pub static QNEW: CommandSpec = CommandSpec {
    names: "qnew",
    synopsis: "[-e] [-m TEXT] [-l FILE] PATCH [FILE]...",
    summary: "create a new patch",
    category: Category::Committing,
    extension: Some("mq"),
    options: &[
        flag("e", "edit", "invoke editor on commit messages"),
        flag("f", "force", "import uncommitted changes (DEPRECATED)"),
        flag("g", "git", "use git extended diff format"),
        flag("U", "currentuser", "add \"From: <current user>\" to patch"),
        text("u", "user", "USER", "", "add \"From: <USER>\" to patch"),
        flag("D", "currentdate", "add \"Date: <current date>\" to patch"),
        text("d", "date", "DATE", "", "add \"Date: <DATE>\" to patch"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
    ],
};

/// `hg qnext`.
pub static QNEXT: CommandSpec = CommandSpec {
    names: "qnext",
    synopsis: "[-s]",
    summary: "print the name of the next pushable patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[flag("s", "summary", "print first line of patch header")],
};

/// `hg qpop`.
pub static QPOP: CommandSpec = CommandSpec {
    names: "qpop",
    synopsis: "[-a] [-f] [PATCH | INDEX]",
    summary: "pop the current patch off the stack",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("a", "all", "pop all patches"),
        text("n", "name", "NAME", "", "queue name to pop (DEPRECATED)"),
        flag("", "keep-changes", "tolerate non-conflicting local changes"),
        flag("f", "force", "forget any local changes to patched files"),
        flag("", "no-backup", "do not save backup copies of files"),
    ],
};

/// `hg qprev`.
pub static QPREV: CommandSpec = CommandSpec {
    names: "qprev",
    synopsis: "[-s]",
    summary: "print the name of the preceding applied patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[flag("s", "summary", "print first line of patch header")],
};

/// `hg qpush`.
pub static QPUSH: CommandSpec = CommandSpec {
    names: "qpush",
    synopsis: "[-f] [-l] [-a] [--move] [PATCH | INDEX]",
    summary: "push the next patch onto the stack",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("", "keep-changes", "tolerate non-conflicting local changes"),
        flag("f", "force", "apply on top of local changes"),
        flag("e", "exact", "apply the target patch to its recorded parent"),
        flag("l", "list", "list patch name in commit text"),
        flag("a", "all", "apply all patches"),
        flag("m", "merge", "merge from another queue (DEPRECATED)"),
        text("n", "name", "NAME", "", "merge queue name (DEPRECATED)"),
        flag("", "move", "reorder patch series and apply only the patch"),
        flag("", "no-backup", "do not save backup copies of files"),
    ],
};

/// `hg qqueue`.
pub static QQUEUE: CommandSpec = CommandSpec {
    names: "qqueue",
    synopsis: "[OPTION] [QUEUE]",
    summary: "manage multiple patch queues",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("l", "list", "list all available queues"),
        flag("", "active", "print name of active queue"),
        flag("c", "create", "create new queue"),
        flag("", "rename", "rename active queue"),
        flag("", "delete", "delete reference to queue"),
        flag("", "purge", "delete queue, and remove patch dir"),
    ],
};

/// `hg qrefresh`.
pub static QREFRESH: CommandSpec = CommandSpec {
    names: "qrefresh",
    synopsis: "[-I] [-X] [-e] [-m TEXT] [-l FILE] [-s] [FILE]...",
    summary: "update the current patch",
    category: Category::Committing,
    extension: Some("mq"),
    options: &[
        flag("e", "edit", "invoke editor on commit messages"),
        flag("g", "git", "use git extended diff format"),
        flag("s", "short", "refresh only files already in the patch and specified files"),
        flag("U", "currentuser", "add/update author field in patch with current user"),
        text("u", "user", "USER", "", "add/update author field in patch with given user"),
        flag("D", "currentdate", "add/update date field in patch with current date"),
        text("d", "date", "DATE", "", "add/update date field in patch with given date"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
    ],
};

/// `hg qrename`.
pub static QRENAME: CommandSpec = CommandSpec {
    names: "qrename|qmv",
    synopsis: "PATCH1 [PATCH2]",
    summary: "rename a patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[],
};

/// `hg qrestore`.
pub static QRESTORE: CommandSpec = CommandSpec {
    names: "qrestore",
    synopsis: "[-d] [-u] REV",
    summary: "restore the queue state saved by a revision (DEPRECATED)",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("d", "delete", "delete save entry"),
        flag("u", "update", "update queue working directory"),
    ],
};

/// `hg qsave`.
pub static QSAVE: CommandSpec = CommandSpec {
    names: "qsave",
    synopsis: "[-m TEXT] [-l FILE] [-c] [-n NAME] [-e] [-f]",
    summary: "save current queue state (DEPRECATED)",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("c", "copy", "copy patch directory"),
        text("n", "name", "NAME", "", "copy directory name"),
        flag("e", "empty", "clear queue status file"),
        flag("f", "force", "force copy"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("l", "logfile", "FILE", "", "read commit message from file"),
    ],
};

/// `hg qselect`.
pub static QSELECT: CommandSpec = CommandSpec {
    names: "qselect",
    synopsis: "[OPTION]... [GUARD]...",
    summary: "set or print guarded patches to push",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("n", "none", "disable all guards"),
        flag("s", "series", "list all guards in series file"),
        flag("", "pop", "pop to before first guarded applied patch"),
        flag("", "reapply", "pop, then reapply patches"),
    ],
};

/// `hg qseries`.
pub static QSERIES: CommandSpec = CommandSpec {
    names: "qseries",
    synopsis: "[-ms]",
    summary: "print the entire series file",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("m", "missing", "print patches not in series"),
        flag("s", "summary", "print first line of patch header"),
    ],
};

/// `hg qtop`.
pub static QTOP: CommandSpec = CommandSpec {
    names: "qtop",
    synopsis: "[-s]",
    summary: "print the name of the current patch",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[flag("s", "summary", "print first line of patch header")],
};

/// `hg qunapplied`.
pub static QUNAPPLIED: CommandSpec = CommandSpec {
    names: "qunapplied",
    synopsis: "[-1] [-s] [PATCH]",
    summary: "print the patches not yet applied",
    category: Category::Organization,
    extension: Some("mq"),
    options: &[
        flag("1", "first", "show only the first patch"),
        flag("s", "summary", "print first line of patch header"),
    ],
};

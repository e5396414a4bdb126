//! Command lines: patch queues. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{ADDREMOVE, AMEND, AS_TEXT, BINARY, CLOSE_BRANCH, DATE, DRAFT, EDIT, EXCLUDE, FORCE_CLOSE_BRANCH, GIT, IGNORE_ALL_SPACE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, IGNORE_SPACE_CHANGE, INCLUDE, INSECURE, INTERACTIVE, KEEP_CHANGES, LOGFILE, MESSAGE, NODATES, NO_BACKUP, REMOTECMD, SECRET, SSH, STAT, SUBREPOS, SUMMARY, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&QAPPLIED, &QCLONE, &QCOMMIT, &QDELETE, &QDIFF, &QFINISH, &QFOLD, &QGOTO, &QGUARD, &QHEADER, &QIMPORT, &QINIT, &QNEW, &QNEXT, &QPOP, &QPREV, &QPUSH, &QQUEUE, &QREFRESH, &QRENAME, &QRESTORE, &QSAVE, &QSELECT, &QSERIES, &QTOP, &QUNAPPLIED];

/// `hg qapplied`.
pub static QAPPLIED: Spec = Spec {
    names: "qapplied",
    summary: "print the patches already applied",
    synopsis: "[-1] [-s] [PATCH]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("1", "last", "show only the preceding applied patch"),
        SUMMARY,
    ],
};

/// `hg qclone`.
pub static QCLONE: Spec = Spec {
    names: "qclone",
    summary: "clone main and patch repository at same time",
    synopsis: "[OPTION]... SOURCE [DEST]",
    category: Category::RepoCreation,
    need: Need::NoRepo,
    extension: "mq",
    options: &[
        flag("", "pull", "use pull protocol to copy metadata"),
        flag("U", "noupdate", "do not update the new working directories"),
        flag("", "uncompressed", "use uncompressed transfer (fast over LAN)"),
        text("p", "patches", "REPO", "location of source patch repository"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg qcommit`.
pub static QCOMMIT: Spec = Spec {
    names: "qcommit|qci",
    summary: "commit changes in the queue repository (DEPRECATED)",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "mq",
    options: &[
        ADDREMOVE, CLOSE_BRANCH, AMEND, SECRET, DRAFT, EDIT, FORCE_CLOSE_BRANCH, INTERACTIVE, INCLUDE,
        EXCLUDE, MESSAGE, LOGFILE, DATE, USER, SUBREPOS,
    ],
};

/// `hg qdelete`.
pub static QDELETE: Spec = Spec {
    names: "qdelete|qremove|qrm",
    summary: "remove patches from queue",
    synopsis: "[-k] [PATCH]...",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("k", "keep", "keep patch file"),
        list("r", "rev", "REV", "stop managing a revision (DEPRECATED)"),
    ],
};

/// `hg qdiff`.
pub static QDIFF: Spec = Spec {
    names: "qdiff",
    summary: "diff of the current patch and subsequent modifications",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::FileContents,
    need: Need::Repo,
    extension: "mq",
    options: &[
        AS_TEXT, GIT, BINARY, NODATES,
        flag("", "noprefix", "omit a/ and b/ prefixes from filenames"),
        flag("p", "show-function", "show which function each change is in"),
        flag("", "reverse", "produce a diff that undoes the changes"),
        IGNORE_ALL_SPACE, IGNORE_SPACE_CHANGE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL,
        text("U", "unified", "NUM", "number of lines of context to show"),
        STAT,
        text("", "root", "DIR", "produce diffs relative to subdirectory"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg qfinish`.
pub static QFINISH: Spec = Spec {
    names: "qfinish",
    summary: "move applied patches into repository history",
    synopsis: "[-a] [REV]...",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("a", "applied", "finish all applied changesets"),
    ],
};

/// `hg qfold`.
pub static QFOLD: Spec = Spec {
    names: "qfold",
    summary: "fold the named patches into the current patch",
    synopsis: "[-e] [-k] [-m TEXT] [-l FILE] PATCH...",
    category: Category::ChangeManagement,
    need: Need::Repo,
    extension: "mq",
    options: &[
        EDIT,
        flag("k", "keep", "keep folded patch files"),
        MESSAGE, LOGFILE,
    ],
};

/// `hg qgoto`.
pub static QGOTO: Spec = Spec {
    names: "qgoto",
    summary: "push or pop patches until named patch is at top of stack",
    synopsis: "[OPTION]... PATCH",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        KEEP_CHANGES,
        flag("f", "force", "overwrite any local changes"),
        NO_BACKUP,
    ],
};

/// `hg qguard`.
pub static QGUARD: Spec = Spec {
    names: "qguard",
    summary: "set or print guards for a patch",
    synopsis: "[-l] [-n] [PATCH] [-- [+GUARD]... [-GUARD]...]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("l", "list", "list all patches and guards"),
        flag("n", "none", "drop all guards"),
    ],
};

/// `hg qheader`.
pub static QHEADER: Spec = Spec {
    names: "qheader",
    summary: "print the header of the topmost or specified patch",
    synopsis: "[PATCH]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[],
};

/// `hg qimport`.
pub static QIMPORT: Spec = Spec {
    names: "qimport",
    summary: "import a patch or existing changeset",
    synopsis: "[-e] [-n NAME] [-f] [-g] [-P] [-r REV]... [FILE]...",
    category: Category::ImportExport,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("e", "existing", "import file in patch directory"),
        text("n", "name", "NAME", "name of patch file"),
        flag("f", "force", "overwrite existing files"),
        list("r", "rev", "REV", "place existing revisions under mq control"),
        GIT,
        flag("P", "push", "qpush after importing"),
    ],
};

/// `hg qinit`.
pub static QINIT: Spec = Spec {
    names: "qinit",
    summary: "init a new queue repository (DEPRECATED)",
    synopsis: "[-c]",
    category: Category::RepoCreation,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("c", "create-repo", "create queue repository"),
    ],
};

/// `hg qnew`.
pub static QNEW: Spec = Spec {
    names: "qnew",
    summary: "create a new patch",
    synopsis: "[-e] [-m TEXT] [-l FILE] PATCH [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "mq",
    options: &[
        EDIT,
        flag("f", "force", "import uncommitted changes (DEPRECATED)"),
        GIT,
        flag("U", "currentuser", "add \"From: <current user>\" to patch"),
        text("u", "user", "USER", "add \"From: <USER>\" to patch"),
        flag("D", "currentdate", "add \"Date: <current date>\" to patch"),
        text("d", "date", "DATE", "add \"Date: <DATE>\" to patch"),
        INCLUDE, EXCLUDE, MESSAGE, LOGFILE,
    ],
};

/// `hg qnext`.
pub static QNEXT: Spec = Spec {
    names: "qnext",
    summary: "print the name of the next pushable patch",
    synopsis: "[-s]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        SUMMARY,
    ],
};

/// `hg qpop`.
pub static QPOP: Spec = Spec {
    names: "qpop",
    summary: "pop the current patch off the stack",
    synopsis: "[-a] [-f] [PATCH | INDEX]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("a", "all", "pop all patches"),
        text("n", "name", "NAME", "queue name to pop (DEPRECATED)"),
        KEEP_CHANGES,
        flag("f", "force", "forget any local changes to patched files"),
        NO_BACKUP,
    ],
};

/// `hg qprev`.
pub static QPREV: Spec = Spec {
    names: "qprev",
    summary: "print the name of the preceding applied patch",
    synopsis: "[-s]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        SUMMARY,
    ],
};

/// `hg qpush`.
pub static QPUSH: Spec = Spec {
    names: "qpush",
    summary: "push the next patch onto the stack",
    synopsis: "[-f] [-l] [-a] [--move] [PATCH | INDEX]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        KEEP_CHANGES,
        flag("f", "force", "apply on top of local changes"),
        flag("e", "exact", "apply the target patch to its recorded parent"),
        flag("l", "list", "list patch name in commit text"),
        flag("a", "all", "apply all patches"),
        flag("m", "merge", "merge from another queue (DEPRECATED)"),
        text("n", "name", "NAME", "merge queue name (DEPRECATED)"),
        flag("", "move", "reorder patch series and apply only the patch"),
        NO_BACKUP,
    ],
};

/// `hg qqueue`.
pub static QQUEUE: Spec = Spec {
    names: "qqueue",
    summary: "manage multiple patch queues",
    synopsis: "[OPTION] [QUEUE]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("l", "list", "list all available queues").or("off"),
        flag("", "active", "print name of active queue").or("off"),
        flag("c", "create", "create new queue").or("off"),
        flag("", "rename", "rename active queue").or("off"),
        flag("", "delete", "delete reference to queue").or("off"),
        flag("", "purge", "delete queue, and remove patch dir").or("off"),
    ],
};

/// `hg qrefresh`.
pub static QREFRESH: Spec = Spec {
    names: "qrefresh",
    summary: "update the current patch",
    synopsis: "[-I] [-X] [-e] [-m TEXT] [-l FILE] [-s] [FILE]...",
    category: Category::Committing,
    need: Need::Repo,
    extension: "mq",
    options: &[
        EDIT, GIT,
        flag("s", "short", "refresh only files already in the patch and specified files"),
        flag("U", "currentuser", "add/update author field in patch with current user"),
        text("u", "user", "USER", "add/update author field in patch with given user"),
        flag("D", "currentdate", "add/update date field in patch with current date"),
        text("d", "date", "DATE", "add/update date field in patch with given date"),
        INCLUDE, EXCLUDE, MESSAGE, LOGFILE,
    ],
};

/// `hg qrename`.
pub static QRENAME: Spec = Spec {
    names: "qrename|qmv",
    summary: "rename a patch",
    synopsis: "PATCH1 [PATCH2]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[],
};

/// `hg qrestore`.
pub static QRESTORE: Spec = Spec {
    names: "qrestore",
    summary: "restore the queue state saved by a revision (DEPRECATED)",
    synopsis: "[-d] [-u] REV",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("d", "delete", "delete save entry"),
        flag("u", "update", "update queue working directory"),
    ],
};

/// `hg qsave`.
pub static QSAVE: Spec = Spec {
    names: "qsave",
    summary: "save current queue state (DEPRECATED)",
    synopsis: "[-m TEXT] [-l FILE] [-c] [-n NAME] [-e] [-f]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("c", "copy", "copy patch directory"),
        text("n", "name", "NAME", "copy directory name"),
        flag("e", "empty", "clear queue status file"),
        flag("f", "force", "force copy"),
        MESSAGE, LOGFILE,
    ],
};

/// `hg qselect`.
pub static QSELECT: Spec = Spec {
    names: "qselect",
    summary: "set or print guarded patches to push",
    synopsis: "[OPTION]... [GUARD]...",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("n", "none", "disable all guards"),
        flag("s", "series", "list all guards in series file"),
        flag("", "pop", "pop to before first guarded applied patch"),
        flag("", "reapply", "pop, then reapply patches"),
    ],
};

/// `hg qseries`.
pub static QSERIES: Spec = Spec {
    names: "qseries",
    summary: "print the entire series file",
    synopsis: "[-ms]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("m", "missing", "print patches not in series"),
        SUMMARY,
    ],
};

/// `hg qtop`.
pub static QTOP: Spec = Spec {
    names: "qtop",
    summary: "print the name of the current patch",
    synopsis: "[-s]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        SUMMARY,
    ],
};

/// `hg qunapplied`.
pub static QUNAPPLIED: Spec = Spec {
    names: "qunapplied",
    summary: "print the patches not yet applied",
    synopsis: "[-1] [-s] [PATCH]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "mq",
    options: &[
        flag("1", "first", "show only the first patch"),
        SUMMARY,
    ],
};

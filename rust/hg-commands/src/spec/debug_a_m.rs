//! Command lines: debugging, first half. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{CHANGELOG, DIR, DRY_RUN, GIT, GRAPH, INSECURE, LIMIT, MANIFEST, NO_MERGES, PATCH, REMOTECMD, SSH, STAT, STYLE, TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&DEBUG_DELTA_FIND, &DEBUG_REPAIR_ISSUE6528, &DEBUG_REVLOG_INDEX, &DEBUG_REVLOG_STATS, &DEBUGANCESTOR, &DEBUGANTIVIRUSRUNNING, &DEBUGAPPLYSTREAMCLONEBUNDLE, &DEBUGBACKUPBUNDLE, &DEBUGBUILDDAG, &DEBUGBUNDLE, &DEBUGCAPABILITIES, &DEBUGCHANGEDFILES, &DEBUGCHECKSTATE, &DEBUGCOLOR, &DEBUGCOMMANDS, &DEBUGCOMPLETE, &DEBUGCREATESTREAMCLONEBUNDLE, &DEBUGDAG, &DEBUGDATA, &DEBUGDATE, &DEBUGDELTACHAIN, &DEBUGDIRSTATE, &DEBUGDIRSTATEIGNOREPATTERNSHASH, &DEBUGDISCOVERY, &DEBUGDOWNLOAD, &DEBUGEXTENSIONS, &DEBUGFILESET, &DEBUGFORMAT, &DEBUGFSINFO, &DEBUGGETBUNDLE, &DEBUGIGNORE, &DEBUGINDEXDOT, &DEBUGINDEXSTATS, &DEBUGINSTALL, &DEBUGKNOWN, &DEBUGLABELCOMPLETE, &DEBUGLOCKS, &DEBUGMANIFESTFULLTEXTCACHE, &DEBUGMERGESTATE];

/// `hg debug-delta-find`.
pub static DEBUG_DELTA_FIND: Spec = Spec {
    names: "debug-delta-find|debugdeltafind",
    summary: "display the computation to get to a valid delta for storing REV",
    synopsis: "-c|-m|FILE REV",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR, TEMPLATE,
        text("", "source", "VALUE", "input data feed to the process (full, storage, p1, p2, prev)").or("full"),
    ],
};

/// `hg debug-repair-issue6528`.
pub static DEBUG_REPAIR_ISSUE6528: Spec = Spec {
    names: "debug-repair-issue6528|debugrepairissue6528",
    summary: "find affected revisions and repair them. See issue6528 for more details.",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("", "to-report", "FILE", "build a report of affected revisions to this file"),
        text("", "from-report", "FILE", "repair revisions listed in this report file"),
        flag("", "paranoid", "check that both detection methods do the same thing").or("off"),
        DRY_RUN,
    ],
};

/// `hg debug-revlog-index`.
pub static DEBUG_REVLOG_INDEX: Spec = Spec {
    names: "debug-revlog-index|debugindex|debugrevlogindex",
    summary: "dump index data for a revlog",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR, TEMPLATE,
    ],
};

/// `hg debug-revlog-stats`.
pub static DEBUG_REVLOG_STATS: Spec = Spec {
    names: "debug-revlog-stats|debugrevlogstats",
    summary: "display statistics about revlogs in the store",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("c", "changelog", "Display changelog statistics"),
        flag("m", "manifest", "Display manifest statistics"),
        flag("f", "filelogs", "Display filelogs statistics"),
        TEMPLATE,
    ],
};

/// `hg debugancestor`.
pub static DEBUGANCESTOR: Spec = Spec {
    names: "debugancestor",
    summary: "find the ancestor revision of two revisions in a given index",
    synopsis: "[INDEX] REV1 REV2",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[],
};

/// `hg debugantivirusrunning`.
pub static DEBUGANTIVIRUSRUNNING: Spec = Spec {
    names: "debugantivirusrunning",
    summary: "attempt to trigger an antivirus scanner to see if one is active",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugapplystreamclonebundle`.
pub static DEBUGAPPLYSTREAMCLONEBUNDLE: Spec = Spec {
    names: "debugapplystreamclonebundle",
    summary: "apply a stream clone bundle file",
    synopsis: "FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugbackupbundle`.
pub static DEBUGBACKUPBUNDLE: Spec = Spec {
    names: "debugbackupbundle",
    summary: "lists the changesets available in backup bundles",
    synopsis: "[--recover HASH]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("", "recover", "VALUE", "brings the specified changeset back into the repository"),
        PATCH, GIT, LIMIT, NO_MERGES, STAT, GRAPH, STYLE, TEMPLATE,
    ],
};

/// `hg debugbuilddag`.
pub static DEBUGBUILDDAG: Spec = Spec {
    names: "debugbuilddag",
    summary: "builds a repo with a given DAG from scratch in the current empty repo",
    synopsis: "[OPTION]... [TEXT]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("m", "mergeable-file", "add single file mergeable changes"),
        flag("o", "overwritten-file", "add single file all revs overwrite"),
        flag("n", "new-file", "add new file at each rev"),
        flag("", "from-existing", "continue from a non-empty repository"),
    ],
};

/// `hg debugbundle`.
pub static DEBUGBUNDLE: Spec = Spec {
    names: "debugbundle",
    summary: "lists the contents of a bundle",
    synopsis: "FILE",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("a", "all", "show all details"),
        list("", "part-type", "VALUE", "show only the named part type"),
        flag("", "spec", "print the bundlespec of the bundle"),
    ],
};

/// `hg debugcapabilities`.
pub static DEBUGCAPABILITIES: Spec = Spec {
    names: "debugcapabilities",
    summary: "lists the capabilities of a remote peer",
    synopsis: "PATH",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        list("", "bundle2-cap", "VALUE", "only display the matching capabilities"),
    ],
};

/// `hg debugchangedfiles`.
pub static DEBUGCHANGEDFILES: Spec = Spec {
    names: "debugchangedfiles",
    summary: "list the stored files changes for a revision",
    synopsis: "REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "compute", "compute information instead of reading it from storage").or("off"),
    ],
};

/// `hg debugcheckstate`.
pub static DEBUGCHECKSTATE: Spec = Spec {
    names: "debugcheckstate",
    summary: "validate the correctness of the current dirstate",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugcolor`.
pub static DEBUGCOLOR: Spec = Spec {
    names: "debugcolor",
    summary: "show available color, effects or style",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "style", "show all configured styles"),
    ],
};

/// `hg debugcommands`.
pub static DEBUGCOMMANDS: Spec = Spec {
    names: "debugcommands",
    summary: "list all available commands and options",
    synopsis: "[COMMAND]",
    category: Category::Help,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debugcomplete`.
pub static DEBUGCOMPLETE: Spec = Spec {
    names: "debugcomplete",
    summary: "returns the completion list associated with the given command",
    synopsis: "[-o] CMD",
    category: Category::Help,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("o", "options", "show the command options"),
    ],
};

/// `hg debugcreatestreamclonebundle`.
pub static DEBUGCREATESTREAMCLONEBUNDLE: Spec = Spec {
    names: "debugcreatestreamclonebundle",
    summary: "create a stream clone bundle file",
    synopsis: "FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugdag`.
pub static DEBUGDAG: Spec = Spec {
    names: "debugdag",
    summary: "format the changelog or an index DAG as a concise textual description",
    synopsis: "[OPTION]... [FILE [REV]...]",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        flag("t", "tags", "use tags as labels"),
        flag("b", "branches", "annotate with branch names"),
        flag("", "dots", "use dots for runs"),
        flag("s", "spaces", "separate elements by spaces"),
    ],
};

/// `hg debugdata`.
pub static DEBUGDATA: Spec = Spec {
    names: "debugdata",
    summary: "dump the contents of a data file revision",
    synopsis: "-c|-m|FILE REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
    ],
};

/// `hg debugdate`.
pub static DEBUGDATE: Spec = Spec {
    names: "debugdate",
    summary: "parse and display a date",
    synopsis: "[-e] DATE [RANGE]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("e", "extended", "try extended date formats"),
    ],
};

/// `hg debugdeltachain`.
pub static DEBUGDELTACHAIN: Spec = Spec {
    names: "debugdeltachain",
    summary: "dump information about delta chains in a revlog",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        list("r", "rev", "VALUE", "restrict processing to these revlog revisions"),
        flag("", "all-info", "compute all information unless specified otherwise").or("off"),
        flag("", "size-info", "compute information related to deltas size"),
        flag("", "dist-info", "compute information related to base distance"),
        flag("", "sparse-info", "compute information related to sparse read"),
        CHANGELOG, MANIFEST, DIR, TEMPLATE,
    ],
};

/// `hg debugdirstate`.
pub static DEBUGDIRSTATE: Spec = Spec {
    names: "debugdirstate|debugstate",
    summary: "show the contents of the current dirstate",
    synopsis: "[OPTION]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "nodates", "do not display the saved mtime (DEPRECATED)"),
        flag("", "dates", "display the saved mtime").or("on").no(),
        flag("", "datesort", "sort by saved mtime"),
        flag("", "docket", "display the docket (metadata file) instead").or("off"),
        flag("", "all", "display dirstate-v2 tree nodes that would not exist in v1").or("off"),
    ],
};

/// `hg debugdirstateignorepatternshash`.
pub static DEBUGDIRSTATEIGNOREPATTERNSHASH: Spec = Spec {
    names: "debugdirstateignorepatternshash",
    summary: "show the hash of ignore patterns stored in dirstate if v2,",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugdiscovery`.
pub static DEBUGDISCOVERY: Spec = Spec {
    names: "debugdiscovery",
    summary: "runs the changeset discovery protocol in isolation",
    synopsis: "[--rev REV] [OTHER]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "old", "use old-style discovery"),
        flag("", "nonheads", "use old-style discovery with non-heads included"),
        list("", "rev", "VALUE", "restrict discovery to this set of revs"),
        text("", "seed", "VALUE", "specify the random seed use for discovery").or("12323"),
        text("", "local-as-revs", "VALUE", "treat local has having these revisions only"),
        text("", "remote-as-revs", "VALUE", "use local as remote, with only these revisions"),
        SSH, REMOTECMD, INSECURE, TEMPLATE,
    ],
};

/// `hg debugdownload`.
pub static DEBUGDOWNLOAD: Spec = Spec {
    names: "debugdownload",
    summary: "download a resource using Mercurial logic and config",
    synopsis: "",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        text("o", "output", "VALUE", "path"),
    ],
};

/// `hg debugextensions`.
pub static DEBUGEXTENSIONS: Spec = Spec {
    names: "debugextensions",
    summary: "show information about active extensions",
    synopsis: "",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

/// `hg debugfileset`.
pub static DEBUGFILESET: Spec = Spec {
    names: "debugfileset",
    summary: "parse and apply a fileset specification",
    synopsis: "[-r REV] [--all-files] [OPTION]... FILESPEC",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "apply the filespec on this revision"),
        flag("", "all-files", "test files from all revisions and working directory").or("off"),
        flag("s", "show-matcher", "print internal representation of matcher"),
        list("p", "show-stage", "NAME", "print parsed tree at the given stage"),
    ],
};

/// `hg debugformat`.
pub static DEBUGFORMAT: Spec = Spec {
    names: "debugformat",
    summary: "display format information about the current repository",
    synopsis: "[PATTERN] ... [PATTERN]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

/// `hg debugfsinfo`.
pub static DEBUGFSINFO: Spec = Spec {
    names: "debugfsinfo",
    summary: "show information detected about current filesystem",
    synopsis: "[PATH]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debuggetbundle`.
pub static DEBUGGETBUNDLE: Spec = Spec {
    names: "debuggetbundle",
    summary: "retrieves a bundle from a repo",
    synopsis: "REPO FILE [-H|-C ID]...",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        list("H", "head", "ID", "id of head node"),
        list("C", "common", "ID", "id of common node"),
        text("t", "type", "TYPE", "bundle compression type to use").or("bzip2"),
    ],
};

/// `hg debugignore`.
pub static DEBUGIGNORE: Spec = Spec {
    names: "debugignore",
    summary: "display the combined ignore pattern and information about ignored files",
    synopsis: "[FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugindexdot`.
pub static DEBUGINDEXDOT: Spec = Spec {
    names: "debugindexdot",
    summary: "dump an index DAG as a graphviz dot file",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
        list("i", "include", "VALUE", "arbitrary graphviz statement to include"),
        text("T", "template", "TEMPLATE", "label template").or("{rev}"),
        list("r", "rev", "REV", "only show these revisions"),
        flag("", "common", "also show common ancestors").or("off"),
    ],
};

/// `hg debugindexstats`.
pub static DEBUGINDEXSTATS: Spec = Spec {
    names: "debugindexstats",
    summary: "show stats related to the changelog index",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debuginstall`.
pub static DEBUGINSTALL: Spec = Spec {
    names: "debuginstall",
    summary: "test Mercurial installation",
    synopsis: "",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

/// `hg debugknown`.
pub static DEBUGKNOWN: Spec = Spec {
    names: "debugknown",
    summary: "test whether node ids are known to a repo",
    synopsis: "REPO ID...",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debuglabelcomplete`.
pub static DEBUGLABELCOMPLETE: Spec = Spec {
    names: "debuglabelcomplete",
    summary: "backwards compatibility with old bash completion scripts (DEPRECATED)",
    synopsis: "LABEL...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debuglocks`.
pub static DEBUGLOCKS: Spec = Spec {
    names: "debuglocks",
    summary: "show or modify state of locks",
    synopsis: "[OPTION]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("L", "force-free-lock", "free the store lock (DANGEROUS)"),
        flag("W", "force-free-wlock", "free the working state lock (DANGEROUS)"),
        flag("s", "set-lock", "set the store lock until stopped"),
        flag("S", "set-wlock", "set the working state lock until stopped"),
    ],
};

/// `hg debugmanifestfulltextcache`.
pub static DEBUGMANIFESTFULLTEXTCACHE: Spec = Spec {
    names: "debugmanifestfulltextcache",
    summary: "show, clear or amend the contents of the manifest fulltext cache",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "clear", "clear the cache").or("off"),
        list("a", "add", "NODE", "add the given manifest nodes to the cache"),
    ],
};

/// `hg debugmergestate`.
pub static DEBUGMERGESTATE: Spec = Spec {
    names: "debugmergestate",
    summary: "print merge state",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        STYLE, TEMPLATE,
    ],
};

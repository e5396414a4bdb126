//! Command lines of upstream's commands: debug a m. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, switch, text};

/// `hg debug`.
pub static DEBUG: CommandSpec = CommandSpec {
    names: "debug",
    synopsis: "",
    summary: "debug commands (internal and unsupported):",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debug-delta-find`.
pub static DEBUG_DELTA_FIND: CommandSpec = CommandSpec {
    names: "debug-delta-find|debugdeltafind",
    synopsis: "-c|-m|FILE REV",
    summary: "display the computation to get to a valid delta for storing REV",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        text("T", "template", "TEMPLATE", "", "display with template"),
        text(
            "",
            "source",
            "VALUE",
            "full",
            "input data feed to the process (full, storage, p1, p2, prev)",
        ),
    ],
};

/// `hg debug-repair-issue6528`.
pub static DEBUG_REPAIR_ISSUE6528: CommandSpec = CommandSpec {
    names: "debug-repair-issue6528|debugrepairissue6528",
    synopsis: "",
    summary: "find affected revisions and repair them. See issue6528 for more details.",
    category: Category::None,
    extension: None,
    options: &[
        text("", "to-report", "FILE", "", "build a report of affected revisions to this file"),
        text("", "from-report", "FILE", "", "repair revisions listed in this report file"),
        flag("", "paranoid", "check that both detection methods do the same thing"),
        flag("n", "dry-run", "do not perform actions, just print output"),
    ],
};

/// `hg debug-revlog-index`.
pub static DEBUG_REVLOG_INDEX: CommandSpec = CommandSpec {
    names: "debug-revlog-index|debugindex|debugrevlogindex",
    synopsis: "-c|-m|FILE",
    summary: "dump index data for a revlog",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debug-revlog-stats`.
pub static DEBUG_REVLOG_STATS: CommandSpec = CommandSpec {
    names: "debug-revlog-stats|debugrevlogstats",
    synopsis: "",
    summary: "display statistics about revlogs in the store",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "Display changelog statistics"),
        flag("m", "manifest", "Display manifest statistics"),
        flag("f", "filelogs", "Display filelogs statistics"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugancestor`.
pub static DEBUGANCESTOR: CommandSpec = CommandSpec {
    names: "debugancestor",
    synopsis: "[INDEX] REV1 REV2",
    summary: "find the ancestor revision of two revisions in a given index",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugantivirusrunning`.
pub static DEBUGANTIVIRUSRUNNING: CommandSpec = CommandSpec {
    names: "debugantivirusrunning",
    synopsis: "",
    summary: "attempt to trigger an antivirus scanner to see if one is active",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugapplystreamclonebundle`.
pub static DEBUGAPPLYSTREAMCLONEBUNDLE: CommandSpec = CommandSpec {
    names: "debugapplystreamclonebundle",
    synopsis: "FILE",
    summary: "apply a stream clone bundle file",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugbackupbundle`.
pub static DEBUGBACKUPBUNDLE: CommandSpec = CommandSpec {
    names: "debugbackupbundle",
    synopsis: "[--recover HASH]",
    summary: "lists the changesets available in backup bundles",
    category: Category::None,
    extension: None,
    options: &[
        text("", "recover", "VALUE", "", "brings the specified changeset back into the repository"),
        flag("p", "patch", "show patch"),
        flag("g", "git", "use git extended diff format"),
        text("l", "limit", "NUM", "", "limit number of changes displayed"),
        flag("M", "no-merges", "do not show merges"),
        flag("", "stat", "output diffstat-style summary of changes"),
        flag("G", "graph", "show the revision DAG"),
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugbuilddag`.
pub static DEBUGBUILDDAG: CommandSpec = CommandSpec {
    names: "debugbuilddag",
    synopsis: "[OPTION]... [TEXT]",
    summary: "builds a repo with a given DAG from scratch in the current empty repo",
    category: Category::None,
    extension: None,
    options: &[
        flag("m", "mergeable-file", "add single file mergeable changes"),
        flag("o", "overwritten-file", "add single file all revs overwrite"),
        flag("n", "new-file", "add new file at each rev"),
        flag("", "from-existing", "continue from a non-empty repository"),
    ],
};

/// `hg debugbundle`.
pub static DEBUGBUNDLE: CommandSpec = CommandSpec {
    names: "debugbundle",
    synopsis: "FILE",
    summary: "lists the contents of a bundle",
    category: Category::None,
    extension: None,
    options: &[
        flag("a", "all", "show all details"),
        list("", "part-type", "VALUE", "show only the named part type"),
        flag("", "spec", "print the bundlespec of the bundle"),
    ],
};

/// `hg debugcapabilities`.
pub static DEBUGCAPABILITIES: CommandSpec = CommandSpec {
    names: "debugcapabilities",
    synopsis: "PATH",
    summary: "lists the capabilities of a remote peer",
    category: Category::None,
    extension: None,
    options: &[flag("", "bundle2-cap", "VALUE [+] only display the matching capabilities")],
};

/// `hg debugchangedfiles`.
pub static DEBUGCHANGEDFILES: CommandSpec = CommandSpec {
    names: "debugchangedfiles",
    synopsis: "REV",
    summary: "list the stored files changes for a revision",
    category: Category::None,
    extension: None,
    options: &[flag("", "compute", "compute information instead of reading it from storage")],
};

/// `hg debugcheckstate`.
pub static DEBUGCHECKSTATE: CommandSpec = CommandSpec {
    names: "debugcheckstate",
    synopsis: "",
    summary: "validate the correctness of the current dirstate",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugcolor`.
pub static DEBUGCOLOR: CommandSpec = CommandSpec {
    names: "debugcolor",
    synopsis: "",
    summary: "show available color, effects or style",
    category: Category::None,
    extension: None,
    options: &[flag("", "style", "show all configured styles")],
};

/// `hg debugcommands`.
pub static DEBUGCOMMANDS: CommandSpec = CommandSpec {
    names: "debugcommands",
    synopsis: "[COMMAND]",
    summary: "list all available commands and options",
    category: Category::Help,
    extension: None,
    options: &[],
};

/// `hg debugcomplete`.
pub static DEBUGCOMPLETE: CommandSpec = CommandSpec {
    names: "debugcomplete",
    synopsis: "[-o] CMD",
    summary: "returns the completion list associated with the given command",
    category: Category::Help,
    extension: None,
    options: &[flag("o", "options", "show the command options")],
};

/// `hg debugcreatestreamclonebundle`.
pub static DEBUGCREATESTREAMCLONEBUNDLE: CommandSpec = CommandSpec {
    names: "debugcreatestreamclonebundle",
    synopsis: "FILE",
    summary: "create a stream clone bundle file",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugdag`.
pub static DEBUGDAG: CommandSpec = CommandSpec {
    names: "debugdag",
    synopsis: "[OPTION]... [FILE [REV]...]",
    summary: "format the changelog or an index DAG as a concise textual description",
    category: Category::None,
    extension: None,
    options: &[
        flag("t", "tags", "use tags as labels"),
        flag("b", "branches", "annotate with branch names"),
        flag("", "dots", "use dots for runs"),
        flag("s", "spaces", "separate elements by spaces"),
    ],
};

/// `hg debugdata`.
pub static DEBUGDATA: CommandSpec = CommandSpec {
    names: "debugdata",
    synopsis: "-c|-m|FILE REV",
    summary: "dump the contents of a data file revision",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
    ],
};

/// `hg debugdate`.
pub static DEBUGDATE: CommandSpec = CommandSpec {
    names: "debugdate",
    synopsis: "[-e] DATE [RANGE]",
    summary: "parse and display a date",
    category: Category::None,
    extension: None,
    options: &[flag("e", "extended", "try extended date formats")],
};

/// `hg debugdeltachain`.
pub static DEBUGDELTACHAIN: CommandSpec = CommandSpec {
    names: "debugdeltachain",
    synopsis: "-c|-m|FILE",
    summary: "dump information about delta chains in a revlog",
    category: Category::None,
    extension: None,
    options: &[
        list("r", "rev", "VALUE", "restrict processing to these revlog revisions"),
        flag("", "all-info", "compute all information unless specified otherwise"),
        flag("", "size-info", "compute information related to deltas size"),
        flag("", "dist-info", "compute information related to base distance"),
        flag("", "sparse-info", "compute information related to sparse read"),
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugdirstate`.
pub static DEBUGDIRSTATE: CommandSpec = CommandSpec {
    names: "debugdirstate|debugstate",
    synopsis: "[OPTION]...",
    summary: "show the contents of the current dirstate",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "nodates", "do not display the saved mtime (DEPRECATED)"),
        switch("", "dates", "display the saved mtime"),
        flag("", "datesort", "sort by saved mtime"),
        flag("", "docket", "display the docket (metadata file) instead"),
        flag("", "all", "display dirstate-v2 tree nodes that would not exist in v1"),
    ],
};

/// `hg debugdirstateignorepatternshash`.
pub static DEBUGDIRSTATEIGNOREPATTERNSHASH: CommandSpec = CommandSpec {
    names: "debugdirstateignorepatternshash",
    synopsis: "",
    summary: "show the hash of ignore patterns stored in dirstate if v2, or nothing for dirstate-v2",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugdiscovery`.
pub static DEBUGDISCOVERY: CommandSpec = CommandSpec {
    names: "debugdiscovery",
    synopsis: "[--rev REV] [OTHER]",
    summary: "runs the changeset discovery protocol in isolation",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "old", "use old-style discovery"),
        flag("", "nonheads", "use old-style discovery with non-heads included"),
        list("", "rev", "VALUE", "restrict discovery to this set of revs"),
        text("", "seed", "VALUE", "12323", "specify the random seed use for discovery"),
        text("", "local-as-revs", "VALUE", "", "treat local has having these revisions only"),
        text("", "remote-as-revs", "VALUE", "", "use local as remote, with only these revisions"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugdownload`.
pub static DEBUGDOWNLOAD: CommandSpec = CommandSpec {
    names: "debugdownload",
    synopsis: "",
    summary: "download a resource using Mercurial logic and config",
    category: Category::None,
    extension: None,
    options: &[flag("o", "output", "VALUE path")],
};

/// `hg debugextensions`.
pub static DEBUGEXTENSIONS: CommandSpec = CommandSpec {
    names: "debugextensions",
    synopsis: "",
    summary: "show information about active extensions",
    category: Category::None,
    extension: None,
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

/// `hg debugfileset`.
pub static DEBUGFILESET: CommandSpec = CommandSpec {
    names: "debugfileset",
    synopsis: "[-r REV] [--all-files] [OPTION]... FILESPEC",
    summary: "parse and apply a fileset specification",
    category: Category::None,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "apply the filespec on this revision"),
        flag("", "all-files", "test files from all revisions and working directory"),
        flag("s", "show-matcher", "print internal representation of matcher"),
        list("p", "show-stage", "NAME", "print parsed tree at the given stage"),
    ],
};

/// `hg debugformat`.
pub static DEBUGFORMAT: CommandSpec = CommandSpec {
    names: "debugformat",
    synopsis: "[PATTERN] ... [PATTERN]",
    summary: "display format information about the current repository",
    category: Category::None,
    extension: None,
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

/// `hg debugfsinfo`.
pub static DEBUGFSINFO: CommandSpec = CommandSpec {
    names: "debugfsinfo",
    synopsis: "[PATH]",
    summary: "show information detected about current filesystem",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debuggetbundle`.
pub static DEBUGGETBUNDLE: CommandSpec = CommandSpec {
    names: "debuggetbundle",
    synopsis: "REPO FILE [-H|-C ID]...",
    summary: "retrieves a bundle from a repo",
    category: Category::None,
    extension: None,
    options: &[
        list("H", "head", "ID", "id of head node"),
        list("C", "common", "ID", "id of common node"),
        text("t", "type", "TYPE", "bzip2", "bundle compression type to use"),
    ],
};

/// `hg debugignore`.
pub static DEBUGIGNORE: CommandSpec = CommandSpec {
    names: "debugignore",
    synopsis: "[FILE]...",
    summary: "display the combined ignore pattern and information about ignored files",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugindexdot`.
pub static DEBUGINDEXDOT: CommandSpec = CommandSpec {
    names: "debugindexdot",
    synopsis: "-c|-m|FILE",
    summary: "dump an index DAG as a graphviz dot file",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        list("i", "include", "VALUE", "arbitrary graphviz statement to include"),
        text("T", "template", "TEMPLATE", "{rev}", "label template"),
        list("r", "rev", "REV", "only show these revisions"),
        flag("", "common", "also show common ancestors"),
    ],
};

/// `hg debugindexstats`.
pub static DEBUGINDEXSTATS: CommandSpec = CommandSpec {
    names: "debugindexstats",
    synopsis: "",
    summary: "show stats related to the changelog index",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debuginstall`.
pub static DEBUGINSTALL: CommandSpec = CommandSpec {
    names: "debuginstall",
    synopsis: "",
    summary: "test Mercurial installation",
    category: Category::None,
    extension: None,
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

/// `hg debugknown`.
pub static DEBUGKNOWN: CommandSpec = CommandSpec {
    names: "debugknown",
    synopsis: "REPO ID...",
    summary: "test whether node ids are known to a repo",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debuglabelcomplete`.
pub static DEBUGLABELCOMPLETE: CommandSpec = CommandSpec {
    names: "debuglabelcomplete",
    synopsis: "LABEL...",
    summary: "backwards compatibility with old bash completion scripts (DEPRECATED)",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debuglocks`.
pub static DEBUGLOCKS: CommandSpec = CommandSpec {
    names: "debuglocks",
    synopsis: "[OPTION]...",
    summary: "show or modify state of locks",
    category: Category::None,
    extension: None,
    options: &[
        flag("L", "force-free-lock", "free the store lock (DANGEROUS)"),
        flag("W", "force-free-wlock", "free the working state lock (DANGEROUS)"),
        flag("s", "set-lock", "set the store lock until stopped"),
        flag("S", "set-wlock", "set the working state lock until stopped"),
    ],
};

/// `hg debugmanifestfulltextcache`.
pub static DEBUGMANIFESTFULLTEXTCACHE: CommandSpec = CommandSpec {
    names: "debugmanifestfulltextcache",
    synopsis: "",
    summary: "show, clear or amend the contents of the manifest fulltext cache",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "clear", "clear the cache"),
        list("a", "add", "NODE", "add the given manifest nodes to the cache"),
    ],
};

/// `hg debugmergestate`.
pub static DEBUGMERGESTATE: CommandSpec = CommandSpec {
    names: "debugmergestate",
    synopsis: "",
    summary: "print merge state",
    category: Category::None,
    extension: None,
    options: &[
        text("", "style", "STYLE", "", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

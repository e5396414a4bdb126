//! Command lines of upstream's commands: debug n z. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, switch, text};

/// `hg debugnamecomplete`.
pub static DEBUGNAMECOMPLETE: CommandSpec = CommandSpec {
    names: "debugnamecomplete",
    synopsis: "NAME...",
    summary: "complete \"names\" - tags, open branch names, bookmark names",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugnodemap`.
pub static DEBUGNODEMAP: CommandSpec = CommandSpec {
    names: "debugnodemap",
    synopsis: "-c|-m|FILE",
    summary: "write and inspect on disk nodemap",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        flag("", "dump-new", "write a (new) persistent binary nodemap on stdout"),
        flag("", "dump-disk", "dump on-disk data on stdout"),
        flag("", "check", "check that the data on disk data are correct."),
        flag("", "metadata", "display the on disk meta data for the nodemap"),
    ],
};

/// `hg debugobsolete`.
pub static DEBUGOBSOLETE: CommandSpec = CommandSpec {
    names: "debugobsolete",
    synopsis: "[OBSOLETED [REPLACEMENT ...]]",
    summary: "create arbitrary obsolete marker",
    category: Category::None,
    extension: None,
    options: &[
        text("", "flags", "VALUE", "", "markers flag"),
        flag("", "record-parents", "record parent information for the precursor"),
        list("r", "rev", "VALUE", "display markers relevant to REV"),
        flag("", "exclusive", "restrict display to markers only relevant to REV"),
        flag("", "index", "display index of the marker"),
        list("", "delete", "VALUE", "delete markers specified by indices"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg debugp1copies`.
pub static DEBUGP1COPIES: CommandSpec = CommandSpec {
    names: "debugp1copies",
    synopsis: "[-r REV]",
    summary: "dump copy information compared to p1",
    category: Category::None,
    extension: None,
    options: &[flag("r", "rev", "REV revision to debug")],
};

/// `hg debugp2copies`.
pub static DEBUGP2COPIES: CommandSpec = CommandSpec {
    names: "debugp2copies",
    synopsis: "[-r REV]",
    summary: "dump copy information compared to p2",
    category: Category::None,
    extension: None,
    options: &[flag("r", "rev", "REV revision to debug")],
};

/// `hg debugpathcomplete`.
pub static DEBUGPATHCOMPLETE: CommandSpec = CommandSpec {
    names: "debugpathcomplete",
    synopsis: "FILESPEC...",
    summary: "complete part or all of a tracked path",
    category: Category::None,
    extension: None,
    options: &[
        flag("f", "full", "complete an entire path"),
        flag("n", "normal", "show only normal files"),
        flag("a", "added", "show only added files"),
        flag("r", "removed", "show only removed files"),
    ],
};

/// `hg debugpathcopies`.
pub static DEBUGPATHCOPIES: CommandSpec = CommandSpec {
    names: "debugpathcopies",
    synopsis: "REV1 REV2 [FILE]",
    summary: "show copies between two revisions",
    category: Category::None,
    extension: None,
    options: &[
        flag("I", "include", "PATTERN [+] include names matching the given patterns"),
        flag("X", "exclude", "PATTERN [+] exclude names matching the given patterns"),
    ],
};

/// `hg debugpeer`.
pub static DEBUGPEER: CommandSpec = CommandSpec {
    names: "debugpeer",
    synopsis: "PATH",
    summary: "establish a connection to a peer repository",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugpickmergetool`.
pub static DEBUGPICKMERGETOOL: CommandSpec = CommandSpec {
    names: "debugpickmergetool",
    synopsis: "[PATTERN]...",
    summary: "examine which merge tool is chosen for specified file",
    category: Category::None,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "check for files in this revision"),
        flag("", "changedelete", "emulate merging change and delete"),
        list("I", "include", "PATTERN", "include names matching the given patterns"),
        list("X", "exclude", "PATTERN", "exclude names matching the given patterns"),
        text("t", "tool", "TOOL", "", "specify merge tool"),
    ],
};

/// `hg debugpushkey`.
pub static DEBUGPUSHKEY: CommandSpec = CommandSpec {
    names: "debugpushkey",
    synopsis: "REPO NAMESPACE [KEY OLD NEW]",
    summary: "access the pushkey key/value protocol",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugpvec`.
pub static DEBUGPVEC: CommandSpec = CommandSpec {
    names: "debugpvec",
    synopsis: "A B",
    summary: "",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugrebuilddirstate`.
pub static DEBUGREBUILDDIRSTATE: CommandSpec = CommandSpec {
    names: "debugrebuilddirstate|debugrebuildstate",
    synopsis: "[-r REV]",
    summary: "rebuild the dirstate as it would look like for the given revision",
    category: Category::None,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "revision to rebuild to"),
        flag(
            "",
            "minimal",
            "only rebuild files that are inconsistent with the working copy parent",
        ),
    ],
};

/// `hg debugrebuildfncache`.
pub static DEBUGREBUILDFNCACHE: CommandSpec = CommandSpec {
    names: "debugrebuildfncache",
    synopsis: "",
    summary: "rebuild the fncache file",
    category: Category::None,
    extension: None,
    options: &[flag("", "only-data", "only look for wrong .d files (much faster)")],
};

/// `hg debugrename`.
pub static DEBUGRENAME: CommandSpec = CommandSpec {
    names: "debugrename",
    synopsis: "[-r REV] [FILE]...",
    summary: "dump rename information",
    category: Category::None,
    extension: None,
    options: &[flag("r", "rev", "REV revision to debug")],
};

/// `hg debugrequires`.
pub static DEBUGREQUIRES: CommandSpec = CommandSpec {
    names: "debugrequires|debugrequirements",
    synopsis: "",
    summary: "print the current repo requirements",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugrevlog`.
pub static DEBUGREVLOG: CommandSpec = CommandSpec {
    names: "debugrevlog",
    synopsis: "-c|-m|FILE",
    summary: "show data and statistics about a revlog",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        flag("d", "dump", "dump index data"),
    ],
};

/// `hg debugrevlogindex`.
pub static DEBUGREVLOGINDEX: CommandSpec = CommandSpec {
    names: "debugrevlogindex",
    synopsis: "[-f FORMAT] -c|-m|FILE",
    summary: "dump the contents of a revlog index",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
        text("f", "format", "FORMAT", "", "revlog format"),
    ],
};

/// `hg debugrevspec`.
pub static DEBUGREVSPEC: CommandSpec = CommandSpec {
    names: "debugrevspec",
    synopsis: "REVSPEC",
    summary: "parse and apply a revision specification",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "optimize", "print parsed tree after optimizing (DEPRECATED)"),
        switch("", "show-revs", "print list of result revisions (default)"),
        flag("s", "show-set", "print internal representation of result set"),
        list("p", "show-stage", "NAME", "print parsed tree at the given stage"),
        flag("", "no-optimized", "evaluate tree without optimization"),
        flag("", "verify-optimized", "verify optimized result"),
    ],
};

/// `hg debugserve`.
pub static DEBUGSERVE: CommandSpec = CommandSpec {
    names: "debugserve",
    synopsis: "",
    summary: "run a server with advanced settings",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "sshstdio", "run an SSH server bound to process handles"),
        text("", "logiofd", "VALUE", "", "file descriptor to log server I/O to"),
        text("", "logiofile", "VALUE", "", "file to log server I/O to"),
    ],
};

/// `hg debugsetparents`.
pub static DEBUGSETPARENTS: CommandSpec = CommandSpec {
    names: "debugsetparents",
    synopsis: "REV1 [REV2]",
    summary: "manually set the parents of the current working directory (DANGEROUS)",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugshell`.
pub static DEBUGSHELL: CommandSpec = CommandSpec {
    names: "debugshell",
    synopsis: "[-c COMMAND]",
    summary: "run an interactive Python interpreter",
    category: Category::None,
    extension: None,
    options: &[flag("c", "command", "COMMAND program passed in as a string")],
};

/// `hg debugsidedata`.
pub static DEBUGSIDEDATA: CommandSpec = CommandSpec {
    names: "debugsidedata",
    synopsis: "-c|-m|FILE REV",
    summary: "dump the side data for a cl/manifest/file revision",
    category: Category::None,
    extension: None,
    options: &[
        flag("c", "changelog", "open changelog"),
        flag("m", "manifest", "open manifest"),
        text("", "dir", "VALUE", "", "open directory manifest"),
    ],
};

/// `hg debugssl`.
pub static DEBUGSSL: CommandSpec = CommandSpec {
    names: "debugssl",
    synopsis: "[SOURCE]",
    summary: "test a secure connection to a server",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugstrip`.
pub static DEBUGSTRIP: CommandSpec = CommandSpec {
    names: "debugstrip",
    synopsis: "[-k] [-f] [-B bookmark] [-r] REV...",
    summary: "strip changesets and all their descendants from the repository",
    category: Category::Maintenance,
    extension: None,
    options: &[
        list(
            "r",
            "rev",
            "REV",
            "strip specified revision (optional, can specify revisions without this option)",
        ),
        flag("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
        flag("", "no-backup", "do not save backup bundle"),
        flag("k", "keep", "do not modify working directory during strip"),
        list("B", "bookmark", "BOOKMARK", "remove revs only reachable from given bookmark"),
        flag("", "soft", "simply drop changesets from visible history (EXPERIMENTAL)"),
    ],
};

/// `hg debugsub`.
pub static DEBUGSUB: CommandSpec = CommandSpec {
    names: "debugsub",
    synopsis: "[-r REV] [REV]",
    summary: "",
    category: Category::None,
    extension: None,
    options: &[flag("r", "rev", "REV revision to check")],
};

/// `hg debugsuccessorssets`.
pub static DEBUGSUCCESSORSSETS: CommandSpec = CommandSpec {
    names: "debugsuccessorssets",
    synopsis: "[REV]",
    summary: "show set of successors for revision",
    category: Category::None,
    extension: None,
    options: &[flag("", "closest", "return closest successors sets only")],
};

/// `hg debugtagscache`.
pub static DEBUGTAGSCACHE: CommandSpec = CommandSpec {
    names: "debugtagscache",
    synopsis: "",
    summary: "display the contents of .hg/cache/hgtagsfnodes1",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugtemplate`.
pub static DEBUGTEMPLATE: CommandSpec = CommandSpec {
    names: "debugtemplate",
    synopsis: "[-r REV]... [-D KEY=VALUE]... TEMPLATE",
    summary: "parse and apply a template",
    category: Category::None,
    extension: None,
    options: &[
        list("r", "rev", "REV", "apply template on changesets"),
        list("D", "define", "KEY=VALUE", "define template keyword"),
    ],
};

/// `hg debuguigetpass`.
pub static DEBUGUIGETPASS: CommandSpec = CommandSpec {
    names: "debuguigetpass",
    synopsis: "[-p TEXT]",
    summary: "show prompt to type password",
    category: Category::None,
    extension: None,
    options: &[flag("p", "prompt", "TEXT prompt text")],
};

/// `hg debuguiprompt`.
pub static DEBUGUIPROMPT: CommandSpec = CommandSpec {
    names: "debuguiprompt",
    synopsis: "[-p TEXT]",
    summary: "show plain prompt",
    category: Category::None,
    extension: None,
    options: &[flag("p", "prompt", "TEXT prompt text")],
};

/// `hg debugupdatecaches`.
pub static DEBUGUPDATECACHES: CommandSpec = CommandSpec {
    names: "debugupdatecaches",
    synopsis: "",
    summary: "warm all known caches in the repository",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugupgraderepo`.
pub static DEBUGUPGRADEREPO: CommandSpec = CommandSpec {
    names: "debugupgraderepo",
    synopsis: "",
    summary: "upgrade a repository to use different features",
    category: Category::None,
    extension: None,
    options: &[
        list("o", "optimize", "NAME", "extra optimization to perform"),
        flag("", "run", "performs an upgrade"),
        switch("", "backup", "keep the old repository content around"),
        flag("", "changelog", "select the changelog for upgrade"),
        flag("", "manifest", "select the manifest for upgrade"),
        flag("", "filelogs", "select all filelogs for upgrade"),
    ],
};

/// `hg debugwalk`.
pub static DEBUGWALK: CommandSpec = CommandSpec {
    names: "debugwalk",
    synopsis: "[OPTION]... [FILE]...",
    summary: "show how files match on given patterns",
    category: Category::None,
    extension: None,
    options: &[
        flag("I", "include", "PATTERN [+] include names matching the given patterns"),
        flag("X", "exclude", "PATTERN [+] exclude names matching the given patterns"),
    ],
};

/// `hg debugwhyunstable`.
pub static DEBUGWHYUNSTABLE: CommandSpec = CommandSpec {
    names: "debugwhyunstable",
    synopsis: "REV",
    summary: "explain instabilities of a changeset",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg debugwireargs`.
pub static DEBUGWIREARGS: CommandSpec = CommandSpec {
    names: "debugwireargs",
    synopsis: "REPO [OPTIONS]... [ONE [TWO]]",
    summary: "",
    category: Category::None,
    extension: None,
    options: &[
        text("", "three", "VALUE", "", "three"),
        text("", "four", "VALUE", "", "four"),
        text("", "five", "VALUE", "", "five"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg debugwireproto`.
pub static DEBUGWIREPROTO: CommandSpec = CommandSpec {
    names: "debugwireproto",
    synopsis: "[PATH]",
    summary: "send wire protocol commands to a server",
    category: Category::None,
    extension: None,
    options: &[
        flag("", "localssh", "start an SSH server for this repo"),
        text("", "peer", "VALUE", "", "construct a specific version of the peer"),
        flag("", "noreadstderr", "do not read from stderr of the remote"),
        flag("", "nologhandshake", "do not log I/O related to the peer handshake"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

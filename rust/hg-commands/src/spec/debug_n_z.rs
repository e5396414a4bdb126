//! Command lines: debugging, second half. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, int, list, text};
use super::shared::{CHANGELOG, DATE, DEBUG_REV, DIR, EXCLUDE, INCLUDE, INSECURE, MANIFEST, REMOTECMD, SSH, TEMPLATE, TOOL, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&DEBUGNAMECOMPLETE, &DEBUGNODEMAP, &DEBUGOBSOLETE, &DEBUGP1COPIES, &DEBUGP2COPIES, &DEBUGPATHCOMPLETE, &DEBUGPATHCOPIES, &DEBUGPEER, &DEBUGPICKMERGETOOL, &DEBUGPUSHKEY, &DEBUGPVEC, &DEBUGREBUILDDIRSTATE, &DEBUGREBUILDFNCACHE, &DEBUGRENAME, &DEBUGREQUIRES, &DEBUGREVLOG, &DEBUGREVLOGINDEX, &DEBUGREVSPEC, &DEBUGSERVE, &DEBUGSETPARENTS, &DEBUGSHELL, &DEBUGSIDEDATA, &DEBUGSSL, &DEBUGSTRIP, &DEBUGSUB, &DEBUGSUCCESSORSSETS, &DEBUGTAGSCACHE, &DEBUGTEMPLATE, &DEBUGUIGETPASS, &DEBUGUIPROMPT, &DEBUGUPDATECACHES, &DEBUGUPGRADEREPO, &DEBUGWALK, &DEBUGWHYUNSTABLE, &DEBUGWIREARGS, &DEBUGWIREPROTO];

/// `hg debugnamecomplete`.
pub static DEBUGNAMECOMPLETE: Spec = Spec {
    names: "debugnamecomplete",
    summary: "complete \"names\" - tags, open branch names, bookmark names",
    synopsis: "NAME...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugnodemap`.
pub static DEBUGNODEMAP: Spec = Spec {
    names: "debugnodemap",
    summary: "write and inspect on disk nodemap",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
        flag("", "dump-new", "write a (new) persistent binary nodemap on stdout").or("off"),
        flag("", "dump-disk", "dump on-disk data on stdout").or("off"),
        flag("", "check", "check that the data on disk data are correct.").or("off"),
        flag("", "metadata", "display the on disk meta data for the nodemap").or("off"),
    ],
};

/// `hg debugobsolete`.
pub static DEBUGOBSOLETE: Spec = Spec {
    names: "debugobsolete",
    summary: "create arbitrary obsolete marker",
    synopsis: "[OBSOLETED [REPLACEMENT ...]]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        int("", "flags", "VALUE", "markers flag"),
        flag("", "record-parents", "record parent information for the precursor").or("off"),
        list("r", "rev", "VALUE", "display markers relevant to REV"),
        flag("", "exclusive", "restrict display to markers only relevant to REV").or("off"),
        flag("", "index", "display index of the marker").or("off"),
        list("", "delete", "VALUE", "delete markers specified by indices"),
        DATE, USER, TEMPLATE,
    ],
};

/// `hg debugp1copies`.
pub static DEBUGP1COPIES: Spec = Spec {
    names: "debugp1copies",
    summary: "dump copy information compared to p1",
    synopsis: "[-r REV]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        DEBUG_REV,
    ],
};

/// `hg debugp2copies`.
pub static DEBUGP2COPIES: Spec = Spec {
    names: "debugp2copies",
    summary: "dump copy information compared to p2",
    synopsis: "[-r REV]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        DEBUG_REV,
    ],
};

/// `hg debugpathcomplete`.
pub static DEBUGPATHCOMPLETE: Spec = Spec {
    names: "debugpathcomplete",
    summary: "complete part or all of a tracked path",
    synopsis: "FILESPEC...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "full", "complete an entire path"),
        flag("n", "normal", "show only normal files"),
        flag("a", "added", "show only added files"),
        flag("r", "removed", "show only removed files"),
    ],
};

/// `hg debugpathcopies`.
pub static DEBUGPATHCOPIES: Spec = Spec {
    names: "debugpathcopies",
    summary: "show copies between two revisions",
    synopsis: "REV1 REV2 [FILE]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        INCLUDE, EXCLUDE,
    ],
};

/// `hg debugpeer`.
pub static DEBUGPEER: Spec = Spec {
    names: "debugpeer",
    summary: "establish a connection to a peer repository",
    synopsis: "PATH",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debugpickmergetool`.
pub static DEBUGPICKMERGETOOL: Spec = Spec {
    names: "debugpickmergetool",
    summary: "examine which merge tool is chosen for specified file",
    synopsis: "[PATTERN]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "check for files in this revision"),
        flag("", "changedelete", "emulate merging change and delete"),
        INCLUDE, EXCLUDE, TOOL,
    ],
};

/// `hg debugpushkey`.
pub static DEBUGPUSHKEY: Spec = Spec {
    names: "debugpushkey",
    summary: "access the pushkey key/value protocol",
    synopsis: "REPO NAMESPACE [KEY OLD NEW]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debugpvec`.
pub static DEBUGPVEC: Spec = Spec {
    names: "debugpvec",
    summary: "",
    synopsis: "A B",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugrebuilddirstate`.
pub static DEBUGREBUILDDIRSTATE: Spec = Spec {
    names: "debugrebuilddirstate|debugrebuildstate",
    summary: "rebuild the dirstate as it would look like for the given revision",
    synopsis: "[-r REV]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "revision to rebuild to"),
        flag("", "minimal", "only rebuild files that are inconsistent with the working copy parent"),
    ],
};

/// `hg debugrebuildfncache`.
pub static DEBUGREBUILDFNCACHE: Spec = Spec {
    names: "debugrebuildfncache",
    summary: "rebuild the fncache file",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "only-data", "only look for wrong .d files (much faster)").or("off"),
    ],
};

/// `hg debugrename`.
pub static DEBUGRENAME: Spec = Spec {
    names: "debugrename",
    summary: "dump rename information",
    synopsis: "[-r REV] [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        DEBUG_REV,
    ],
};

/// `hg debugrequires`.
pub static DEBUGREQUIRES: Spec = Spec {
    names: "debugrequires|debugrequirements",
    summary: "print the current repo requirements",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugrevlog`.
pub static DEBUGREVLOG: Spec = Spec {
    names: "debugrevlog",
    summary: "show data and statistics about a revlog",
    synopsis: "-c|-m|FILE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
        flag("d", "dump", "dump index data").or("off"),
    ],
};

/// `hg debugrevlogindex`.
pub static DEBUGREVLOGINDEX: Spec = Spec {
    names: "debugrevlogindex",
    summary: "dump the contents of a revlog index",
    synopsis: "[-f FORMAT] -c|-m|FILE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
        int("f", "format", "FORMAT", "revlog format"),
    ],
};

/// `hg debugrevspec`.
pub static DEBUGREVSPEC: Spec = Spec {
    names: "debugrevspec",
    summary: "parse and apply a revision specification",
    synopsis: "REVSPEC",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "optimize", "print parsed tree after optimizing (DEPRECATED)"),
        flag("", "show-revs", "print list of result revisions (default)").or("on").no(),
        flag("s", "show-set", "print internal representation of result set"),
        list("p", "show-stage", "NAME", "print parsed tree at the given stage"),
        flag("", "no-optimized", "evaluate tree without optimization").or("off"),
        flag("", "verify-optimized", "verify optimized result").or("off"),
    ],
};

/// `hg debugserve`.
pub static DEBUGSERVE: Spec = Spec {
    names: "debugserve",
    summary: "run a server with advanced settings",
    synopsis: "",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        flag("", "sshstdio", "run an SSH server bound to process handles").or("off"),
        text("", "logiofd", "VALUE", "file descriptor to log server I/O to"),
        text("", "logiofile", "VALUE", "file to log server I/O to"),
    ],
};

/// `hg debugsetparents`.
pub static DEBUGSETPARENTS: Spec = Spec {
    names: "debugsetparents",
    summary: "manually set the parents of the current working directory (DANGEROUS)",
    synopsis: "REV1 [REV2]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugshell`.
pub static DEBUGSHELL: Spec = Spec {
    names: "debugshell",
    summary: "run an interactive Python interpreter",
    synopsis: "[-c COMMAND]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        text("c", "command", "COMMAND", "program passed in as a string"),
    ],
};

/// `hg debugsidedata`.
pub static DEBUGSIDEDATA: Spec = Spec {
    names: "debugsidedata",
    summary: "dump the side data for a cl/manifest/file revision",
    synopsis: "-c|-m|FILE REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        CHANGELOG, MANIFEST, DIR,
    ],
};

/// `hg debugssl`.
pub static DEBUGSSL: Spec = Spec {
    names: "debugssl",
    summary: "test a secure connection to a server",
    synopsis: "[SOURCE]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[],
};

/// `hg debugstrip`.
pub static DEBUGSTRIP: Spec = Spec {
    names: "debugstrip",
    summary: "strip changesets and all their descendants from the repository",
    synopsis: "[-k] [-f] [-B bookmark] [-r] REV...",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        list("r", "rev", "REV", "strip specified revision (optional, can specify revisions without this option)"),
        flag("f", "force", "force removal of changesets, discard uncommitted changes (no backup)"),
        flag("", "no-backup", "do not save backup bundle"),
        flag("k", "keep", "do not modify working directory during strip"),
        list("B", "bookmark", "BOOKMARK", "remove revs only reachable from given bookmark"),
        flag("", "soft", "simply drop changesets from visible history (EXPERIMENTAL)"),
    ],
};

/// `hg debugsub`.
pub static DEBUGSUB: Spec = Spec {
    names: "debugsub",
    summary: "",
    synopsis: "[-r REV] [REV]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "revision to check"),
    ],
};

/// `hg debugsuccessorssets`.
pub static DEBUGSUCCESSORSSETS: Spec = Spec {
    names: "debugsuccessorssets",
    summary: "show set of successors for revision",
    synopsis: "[REV]",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "closest", "return closest successors sets only").or("off"),
    ],
};

/// `hg debugtagscache`.
pub static DEBUGTAGSCACHE: Spec = Spec {
    names: "debugtagscache",
    summary: "display the contents of .hg/cache/hgtagsfnodes1",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugtemplate`.
pub static DEBUGTEMPLATE: Spec = Spec {
    names: "debugtemplate",
    summary: "parse and apply a template",
    synopsis: "[-r REV]... [-D KEY=VALUE]... TEMPLATE",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        list("r", "rev", "REV", "apply template on changesets"),
        list("D", "define", "KEY=VALUE", "define template keyword"),
    ],
};

/// `hg debuguigetpass`.
pub static DEBUGUIGETPASS: Spec = Spec {
    names: "debuguigetpass",
    summary: "show prompt to type password",
    synopsis: "[-p TEXT]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        text("p", "prompt", "TEXT", "prompt text"),
    ],
};

/// `hg debuguiprompt`.
pub static DEBUGUIPROMPT: Spec = Spec {
    names: "debuguiprompt",
    summary: "show plain prompt",
    synopsis: "[-p TEXT]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        text("p", "prompt", "TEXT", "prompt text"),
    ],
};

/// `hg debugupdatecaches`.
pub static DEBUGUPDATECACHES: Spec = Spec {
    names: "debugupdatecaches",
    summary: "warm all known caches in the repository",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugupgraderepo`.
pub static DEBUGUPGRADEREPO: Spec = Spec {
    names: "debugupgraderepo",
    summary: "upgrade a repository to use different features",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        list("o", "optimize", "NAME", "extra optimization to perform"),
        flag("", "run", "performs an upgrade").or("off"),
        flag("", "backup", "keep the old repository content around").or("on").no(),
        flag("", "changelog", "select the changelog for upgrade"),
        flag("", "manifest", "select the manifest for upgrade"),
        flag("", "filelogs", "select all filelogs for upgrade"),
    ],
};

/// `hg debugwalk`.
pub static DEBUGWALK: Spec = Spec {
    names: "debugwalk",
    summary: "show how files match on given patterns",
    synopsis: "[OPTION]... [FILE]...",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[
        INCLUDE, EXCLUDE,
    ],
};

/// `hg debugwhyunstable`.
pub static DEBUGWHYUNSTABLE: Spec = Spec {
    names: "debugwhyunstable",
    summary: "explain instabilities of a changeset",
    synopsis: "REV",
    category: Category::None,
    need: Need::Repo,
    extension: "",
    options: &[],
};

/// `hg debugwireargs`.
pub static DEBUGWIREARGS: Spec = Spec {
    names: "debugwireargs",
    summary: "",
    synopsis: "REPO [OPTIONS]... [ONE [TWO]]",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        text("", "three", "VALUE", "three"),
        text("", "four", "VALUE", "four"),
        text("", "five", "VALUE", "five"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg debugwireproto`.
pub static DEBUGWIREPROTO: Spec = Spec {
    names: "debugwireproto",
    summary: "send wire protocol commands to a server",
    synopsis: "[PATH]",
    category: Category::None,
    need: Need::Optional,
    extension: "",
    options: &[
        flag("", "localssh", "start an SSH server for this repo").or("off"),
        text("", "peer", "VALUE", "construct a specific version of the peer"),
        flag("", "noreadstderr", "do not read from stderr of the remote").or("off"),
        flag("", "nologhandshake", "do not log I/O related to the peer handshake").or("off"),
        SSH, REMOTECMD, INSECURE,
    ],
};

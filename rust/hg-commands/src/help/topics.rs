//! The topics of `hg help` and their texts.

/// A topic.
#[derive(Debug)]
pub struct Topic {
    /// Names, the first one is shown.
    pub names: &'static [&'static str],
    /// Its heading.
    pub title: &'static str,
    /// The group it is listed in.
    pub group: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The groups of topics in the order of `hg help`.
pub const GROUPS: &[&str] = &[
    "Mercurial identifiers",
    "Mercurial output",
    "Mercurial configuration",
    "Concepts",
    "Miscellaneous",
];

macro_rules! topic {
    ($file:literal, $names:expr, $title:literal, $group:literal) => {
        Topic {
            names: &$names,
            title: $title,
            group: $group,
            text: include_str!(concat!("topics/", $file, ".txt")),
        }
    };
}

/// All topics, sorted by name.
#[rustfmt::skip]
pub static TOPICS: &[Topic] = &[
    topic!("bundlespec", ["bundlespec"], "Bundle File Formats", "Concepts"),
    topic!("color", ["color"], "Colorizing Outputs", "Mercurial output"),
    topic!("config", ["config", "hgrc"], "Configuration Files", "Mercurial configuration"),
    topic!("dates", ["dates"], "Date Formats", "Mercurial output"),
    topic!("deprecated", ["deprecated"], "Deprecated Features", "Miscellaneous"),
    topic!("diffs", ["diffs"], "Diff Formats", "Mercurial output"),
    topic!("environment", ["environment", "env"], "Environment Variables", "Mercurial configuration"),
    topic!("evolution", ["evolution"], "Safely rewriting history (EXPERIMENTAL)", "Concepts"),
    topic!("extensions", ["extensions"], "Using Additional Features", "Mercurial configuration"),
    topic!("filesets", ["filesets", "fileset"], "Specifying File Sets", "Mercurial identifiers"),
    topic!("flags", ["flags"], "Command-line flags", "Mercurial configuration"),
    topic!("glossary", ["glossary"], "Glossary", "Concepts"),
    topic!("hgignore", ["hgignore", "ignore"], "Syntax for Mercurial Ignore Files", "Mercurial identifiers"),
    topic!("hgweb", ["hgweb"], "Configuring hgweb", "Mercurial configuration"),
    topic!("internals", ["internals"], "Technical implementation topics", "Miscellaneous"),
    topic!("merge-tools", ["merge-tools", "mergetools", "mergetool"], "Merge Tools", "Mercurial configuration"),
    topic!("pager", ["pager"], "Pager Support", "Mercurial configuration"),
    topic!("patterns", ["patterns"], "File Name Patterns", "Mercurial identifiers"),
    topic!("phases", ["phases"], "Working with Phases", "Concepts"),
    topic!("revisions", ["revisions", "revs", "revsets", "revset", "multirevs", "mrevs"], "Specifying Revisions", "Mercurial identifiers"),
    topic!("rust", ["rust"], "Rust in Mercurial", "Mercurial configuration"),
    topic!("scripting", ["scripting"], "Using Mercurial from scripts and automation", "Miscellaneous"),
    topic!("subrepos", ["subrepos", "subrepo"], "Subrepositories", "Concepts"),
    topic!("templating", ["templating", "templates", "template", "style"], "Template Usage", "Mercurial output"),
    topic!("urls", ["urls"], "URL Paths", "Mercurial identifiers"),
];

/// The parts of `hg help internals` and their headings.
#[rustfmt::skip]
pub const INTERNALS: &[(&str, &str, &str)] = &[
    ("bid-merge", "Bid Merge Algorithm", "When two changesets have several greatest common ancestors, a merge is computed against each of them, and for each file the action that most ancestors bid for, or the least drastic one, is taken."),
    ("bundle2", "Bundle2", "A bundle2 stream is a magic number, parameters, and parts, each with a type, parameters and a payload in chunks. Mandatory parts have types in upper case."),
    ("bundles", "Bundles", "A bundle file is a header that names its version and compression (``HG10UN``, ``HG20``, ``HGS1``), followed by a changegroup or by bundle2 parts."),
    ("cbor", "CBOR", "Structured data is exchanged in a subset of CBOR (RFC 8949): byte strings, integers, arrays, maps, sets, booleans and null."),
    ("censor", "Censor", "A censored revision of a file keeps its node id; its content is replaced by metadata that say so."),
    ("changegroups", "Changegroups", "A changegroup carries the revisions of changelog, manifests and files as deltas, in groups of chunks, each with its length. Versions 1 to 5 differ in the header of a revision."),
    ("config", "Config Registrar", "Every configuration item is registered with its default; reading an item that nobody registered is a mistake."),
    ("dirstate-v2", "dirstate-v2 file format", "The docket ``.hg/dirstate`` names a data file ``.hg/dirstate.ID`` that holds a tree of nodes: paths, states, sizes, times, and times of directories."),
    ("extensions", "Extension API", "An extension is a Python module that registers commands, predicates, keywords and hooks, or wraps existing ones."),
    ("file-index", "File Index", "The file index assigns numbers to tracked paths and finds them by a prefix tree."),
    ("mergestate", "Mergestate", "``.hg/merge/state2`` records an unfinished merge: the changesets, the files with their three versions, and what was decided about them."),
    ("requirements", "Repository Requirements", "``.hg/requires`` and ``.hg/store/requires`` list the features that a program must know to open the repository."),
    ("revlogs", "Revision Logs", "A revlog stores the revisions of one text: an index of fixed-size entries and, inline or in a second file, compressed deltas."),
    ("wireprotocol", "Wire Protocol", "Clients talk to servers over HTTP or SSH with commands such as ``capabilities``, ``heads``, ``known``, ``getbundle`` and ``unbundle``."),
    ("wireprotocolrpc", "Wire Protocol RPC", "Frames carry requests and responses of the second version of the wire protocol."),
    ("wireprotocolv2", "Wire Protocol Version 2", "The second version of the wire protocol has commands with structured arguments and results."),
];

/// The topic with this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.names.contains(&name))
}

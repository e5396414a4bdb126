//! Command lines: other repositories. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{GIT, GRAPH, INSECURE, LIMIT, NO_MERGES, PATCH, REMOTECMD, SSH, STAT, STYLE, SUBREPOS, TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&INCOMING, &OUTGOING, &PATHS, &PULL, &PUSH, &SERVE];

/// `hg incoming`.
pub static INCOMING: Spec = Spec {
    names: "incoming|in",
    summary: "show new changesets found in source",
    synopsis: "[-p] [-n] [-M] [-f] [-r REV]... [--bundle FILENAME] [SOURCE]",
    category: Category::Remote,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "run even if remote repository is unrelated"),
        flag("n", "newest-first", "show newest record first"),
        text("", "bundle", "FILE", "file to store the bundles into"),
        list("r", "rev", "REV", "a remote changeset intended to be added"),
        flag("B", "bookmarks", "compare bookmarks").or("off"),
        list("b", "branch", "BRANCH", "a specific branch you would like to pull"),
        flag("", "remote-hidden", "include changesets hidden on the remote (EXPERIMENTAL)").or("off"),
        PATCH, GIT, LIMIT, NO_MERGES, STAT, GRAPH, STYLE, TEMPLATE, SSH, REMOTECMD, INSECURE, SUBREPOS,
    ],
};

/// `hg outgoing`.
pub static OUTGOING: Spec = Spec {
    names: "outgoing|out",
    summary: "show changesets not found in the destination",
    synopsis: "[-M] [-p] [-n] [-f] [-r REV]... [DEST]...",
    category: Category::Remote,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "run even when the destination is unrelated"),
        list("r", "rev", "REV", "a changeset intended to be included in the destination"),
        flag("n", "newest-first", "show newest record first"),
        flag("B", "bookmarks", "compare bookmarks").or("off"),
        list("b", "branch", "BRANCH", "a specific branch you would like to push"),
        PATCH, GIT, LIMIT, NO_MERGES, STAT, GRAPH, STYLE, TEMPLATE, SSH, REMOTECMD, INSECURE, SUBREPOS,
    ],
};

/// `hg paths`.
pub static PATHS: Spec = Spec {
    names: "paths",
    summary: "show aliases for remote repositories",
    synopsis: "[NAME]",
    category: Category::Remote,
    need: Need::Optional,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

/// `hg pull`.
pub static PULL: Spec = Spec {
    names: "pull",
    summary: "pull changes from the specified source",
    synopsis: "[-u] [-f] [-r REV]... [-e CMD] [--remotecmd CMD] [SOURCE]...",
    category: Category::Remote,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("u", "update", "update to new branch head if new descendants were pulled"),
        flag("f", "force", "run even when remote repository is unrelated"),
        flag("", "confirm", "confirm pull before applying changes"),
        list("r", "rev", "REV", "a remote changeset intended to be added"),
        list("B", "bookmark", "BOOKMARK", "bookmark to pull"),
        list("b", "branch", "BRANCH", "a specific branch you would like to pull"),
        flag("", "remote-hidden", "include changesets hidden on the remote (EXPERIMENTAL)").or("off"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg push`.
pub static PUSH: Spec = Spec {
    names: "push",
    summary: "push changes to the specified destination",
    synopsis: "[-f] [-r REV]... [-e CMD] [--remotecmd CMD] [DEST]...",
    category: Category::Remote,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "force push"),
        list("r", "rev", "REV", "a changeset intended to be included in the destination"),
        list("B", "bookmark", "BOOKMARK", "bookmark to push"),
        flag("", "all-bookmarks", "push all bookmarks (EXPERIMENTAL)"),
        list("b", "branch", "BRANCH", "a specific branch you would like to push"),
        flag("", "new-branch", "allow pushing a new branch").or("off"),
        list("", "pushvars", "VALUE", "variables that can be sent to server (ADVANCED)"),
        flag("", "publish", "push the changeset as public (EXPERIMENTAL)").or("off"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg serve`.
pub static SERVE: Spec = Spec {
    names: "serve",
    summary: "start stand-alone webserver",
    synopsis: "[OPTION]...",
    category: Category::Remote,
    need: Need::Optional,
    extension: "",
    options: &[
        text("A", "accesslog", "FILE", "name of access log file to write to"),
        flag("d", "daemon", "run server in background"),
        list("", "daemon-postexec", "VALUE", "used internally by daemon mode"),
        text("E", "errorlog", "FILE", "name of error log file to write to"),
        text("p", "port", "PORT", "port to listen on").or("8000"),
        text("a", "address", "ADDR", "address to listen on").or("all interfaces"),
        text("", "prefix", "PREFIX", "prefix path to serve from").or("server root"),
        text("n", "name", "NAME", "name to show in web pages").or("working directory"),
        text("", "web-conf", "FILE", "name of the hgweb config file (see 'hg help hgweb')"),
        text("", "webdir-conf", "FILE", "name of the hgweb config file (DEPRECATED)"),
        text("", "pid-file", "FILE", "name of file to write process ID to"),
        flag("", "stdio", "for remote clients (ADVANCED)"),
        text("", "cmdserver", "MODE", "for remote clients (ADVANCED)"),
        text("t", "templates", "TEMPLATE", "web templates to use"),
        text("", "style", "STYLE", "template style to use"),
        flag("6", "ipv6", "use IPv6 instead of IPv4"),
        text("", "certificate", "FILE", "SSL certificate file"),
        flag("", "print-url", "start and print only the URL"),
        SUBREPOS,
    ],
};

//! Command lines: other repositories. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};

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
        flag("B", "bookmarks", "compare bookmarks"),
        list("b", "branch", "BRANCH", "a specific branch you would like to pull"),
        flag("", "remote-hidden", "include changesets hidden on the remote (EXPERIMENTAL)"),
        flag("p", "patch", "show patch"),
        flag("g", "git", "use git extended diff format"),
        text("l", "limit", "NUM", "limit number of changes displayed"),
        flag("M", "no-merges", "do not show merges"),
        flag("", "stat", "output diffstat-style summary of changes"),
        flag("G", "graph", "show the revision DAG"),
        text("", "style", "STYLE", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "display with template"),
        text("e", "ssh", "CMD", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
        flag("S", "subrepos", "recurse into subrepositories"),
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
        flag("B", "bookmarks", "compare bookmarks"),
        list("b", "branch", "BRANCH", "a specific branch you would like to push"),
        flag("p", "patch", "show patch"),
        flag("g", "git", "use git extended diff format"),
        text("l", "limit", "NUM", "limit number of changes displayed"),
        flag("M", "no-merges", "do not show merges"),
        flag("", "stat", "output diffstat-style summary of changes"),
        flag("G", "graph", "show the revision DAG"),
        text("", "style", "STYLE", "display using template map file (DEPRECATED)"),
        text("T", "template", "TEMPLATE", "display with template"),
        text("e", "ssh", "CMD", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
        flag("S", "subrepos", "recurse into subrepositories"),
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
        text("T", "template", "TEMPLATE", "display with template"),
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
        flag("", "remote-hidden", "include changesets hidden on the remote (EXPERIMENTAL)"),
        text("e", "ssh", "CMD", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
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
        flag("", "new-branch", "allow pushing a new branch"),
        list("", "pushvars", "VALUE", "variables that can be sent to server (ADVANCED)"),
        flag("", "publish", "push the changeset as public (EXPERIMENTAL)"),
        text("e", "ssh", "CMD", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
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
        flag("S", "subrepos", "recurse into subrepositories"),
    ],
};

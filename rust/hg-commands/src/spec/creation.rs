//! Command lines of upstream's commands: creation. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg clone`.
pub static CLONE: CommandSpec = CommandSpec {
    names: "clone",
    synopsis: "[OPTION]... SOURCE [DEST]",
    summary: "make a copy of an existing repository",
    category: Category::Creation,
    extension: None,
    options: &[
        flag(
            "U",
            "noupdate",
            "the clone will include an empty working directory (only a repository)",
        ),
        text("u", "updaterev", "REV", "", "revision, tag, or branch to check out"),
        list(
            "r",
            "rev",
            "REV",
            "do not clone everything, but include this changeset and its ancestors",
        ),
        list(
            "b",
            "branch",
            "BRANCH",
            "do not clone everything, but include this branch's changesets and their ancestors",
        ),
        flag("", "pull", "use pull protocol to copy metadata"),
        flag("", "uncompressed", "an alias to --stream (DEPRECATED)"),
        flag("", "stream", "clone with minimal data processing"),
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

/// `hg init`.
pub static INIT: CommandSpec = CommandSpec {
    names: "init",
    synopsis: "[-e CMD] [--remotecmd CMD] [DEST]",
    summary: "create a new repository in the given directory",
    category: Category::Creation,
    extension: None,
    options: &[
        text("e", "ssh", "CMD", "", "specify ssh command to use"),
        text("", "remotecmd", "CMD", "", "specify hg command to run on the remote side"),
        flag("", "insecure", "do not verify server certificate (ignoring web.cacerts config)"),
    ],
};

//! Command lines: creating repositories. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{INSECURE, REMOTECMD, SSH};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&CLONE, &INIT];

/// `hg clone`.
pub static CLONE: Spec = Spec {
    names: "clone",
    summary: "make a copy of an existing repository",
    synopsis: "[OPTION]... SOURCE [DEST]",
    category: Category::RepoCreation,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("U", "noupdate", "the clone will include an empty working directory (only a repository)"),
        text("u", "updaterev", "REV", "revision, tag, or branch to check out"),
        list("r", "rev", "REV", "do not clone everything, but include this changeset and its ancestors"),
        list("b", "branch", "BRANCH", "do not clone everything, but include this branch's changesets and their ancestors"),
        flag("", "pull", "use pull protocol to copy metadata"),
        flag("", "uncompressed", "an alias to --stream (DEPRECATED)"),
        flag("", "stream", "clone with minimal data processing"),
        SSH, REMOTECMD, INSECURE,
    ],
};

/// `hg init`.
pub static INIT: Spec = Spec {
    names: "init",
    summary: "create a new repository in the given directory",
    synopsis: "[-e CMD] [--remotecmd CMD] [DEST]",
    category: Category::RepoCreation,
    need: Need::NoRepo,
    extension: "",
    options: &[
        SSH, REMOTECMD, INSECURE,
    ],
};

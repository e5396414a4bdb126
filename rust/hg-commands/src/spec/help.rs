//! Command lines: help. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list};
use super::shared::{TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&CONFIG, &HELP, &VERSION];

/// `hg config`.
pub static CONFIG: Spec = Spec {
    names: "config|showconfig|debugconfig",
    summary: "show combined config settings from all hgrc files",
    synopsis: "[-u] [NAME]...",
    category: Category::Help,
    need: Need::Optional,
    extension: "",
    options: &[
        flag("u", "untrusted", "show untrusted configuration options"),
        flag("", "exp-all-known", "show all known config option (EXPERIMENTAL)"),
        flag("e", "edit", "edit user config"),
        flag("l", "local", "edit repository config"),
        flag("", "source", "show source of configuration value"),
        flag("", "shared", "edit shared source repository config"),
        flag("", "non-shared", "edit non shared config"),
        flag("g", "global", "edit global config"),
        TEMPLATE,
    ],
};

/// `hg help`.
pub static HELP: Spec = Spec {
    names: "help",
    summary: "show help for a given topic or a help overview",
    synopsis: "[-eck] [-s PLATFORM] [TOPIC]",
    category: Category::Help,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("e", "extension", "show only help for extensions"),
        flag("c", "command", "show only help for commands"),
        flag("k", "keyword", "show topics matching keyword"),
        list("s", "system", "PLATFORM", "show help for specific platform(s)"),
    ],
};

/// `hg version`.
pub static VERSION: Spec = Spec {
    names: "version",
    summary: "output version and copyright information",
    synopsis: "",
    category: Category::Help,
    need: Need::NoRepo,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

//! Command lines of upstream's commands: help. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list};

/// `hg config`.
pub static CONFIG: CommandSpec = CommandSpec {
    names: "config|showconfig|debugconfig",
    synopsis: "",
    summary: "Configuration Files",
    category: Category::Help,
    extension: None,
    options: &[],
};

/// `hg help`.
pub static HELP: CommandSpec = CommandSpec {
    names: "help",
    synopsis: "[-eck] [-s PLATFORM] [TOPIC]",
    summary: "show help for a given topic or a help overview",
    category: Category::Help,
    extension: None,
    options: &[
        flag("e", "extension", "show only help for extensions"),
        flag("c", "command", "show only help for commands"),
        flag("k", "keyword", "show topics matching keyword"),
        list("s", "system", "PLATFORM", "show help for specific platform(s)"),
    ],
};

/// `hg version`.
pub static VERSION: CommandSpec = CommandSpec {
    names: "version",
    synopsis: "",
    summary: "output version and copyright information",
    category: Category::Help,
    extension: None,
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

//! Command lines of upstream's commands: maintenance. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, text};

/// `hg admin`.
pub static ADMIN: CommandSpec = CommandSpec {
    names: "admin",
    synopsis: "",
    summary: "list of commands:",
    category: Category::None,
    extension: None,
    options: &[],
};

/// `hg manifest`.
pub static MANIFEST: CommandSpec = CommandSpec {
    names: "manifest",
    synopsis: "[-r REV]",
    summary: "output the current or given revision of the project manifest",
    category: Category::Maintenance,
    extension: None,
    options: &[
        text("r", "rev", "REV", "", "revision to display"),
        flag("", "all", "list files from all revisions"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg recover`.
pub static RECOVER: CommandSpec = CommandSpec {
    names: "recover",
    synopsis: "",
    summary: "roll back an interrupted transaction",
    category: Category::Maintenance,
    extension: None,
    options: &[flag("", "verify", "run `hg verify` after successful recover")],
};

/// `hg rollback`.
pub static ROLLBACK: CommandSpec = CommandSpec {
    names: "rollback",
    synopsis: "",
    summary: "roll back the last transaction (DANGEROUS) (DEPRECATED)",
    category: Category::Maintenance,
    extension: None,
    options: &[
        flag("n", "dry-run", "do not perform actions, just print output"),
        flag("f", "force", "ignore safety measures"),
    ],
};

/// `hg verify`.
pub static VERIFY: CommandSpec = CommandSpec {
    names: "verify",
    synopsis: "",
    summary: "verify the integrity of the repository",
    category: Category::Maintenance,
    extension: None,
    options: &[flag("", "full", "perform more checks (EXPERIMENTAL)")],
};

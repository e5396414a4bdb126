//! Command lines: organization of changesets. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{DATE, EDIT, MESSAGE, TEMPLATE, USER};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&BOOKMARKS, &BRANCH, &BRANCHES, &PHASE, &TAG, &TAGS];

/// `hg bookmarks`.
pub static BOOKMARKS: Spec = Spec {
    names: "bookmarks|bookmark",
    summary: "create a new bookmark or list existing bookmarks",
    synopsis: "[OPTIONS]... [NAME]...",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "force").or("off"),
        text("r", "rev", "REV", "revision for bookmark action"),
        flag("d", "delete", "delete a given bookmark").or("off"),
        text("m", "rename", "OLD", "rename a given bookmark"),
        flag("i", "inactive", "mark a bookmark inactive").or("off"),
        flag("l", "list", "list existing bookmarks").or("off"),
        TEMPLATE,
    ],
};

/// `hg branch`.
pub static BRANCH: Spec = Spec {
    names: "branch",
    summary: "set or show the current branch name",
    synopsis: "[-fC] [NAME]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "set branch name even if it shadows an existing branch"),
        flag("C", "clean", "reset branch name to parent branch name"),
        list("r", "rev", "VALUE", "change branches of the given revs (EXPERIMENTAL)"),
    ],
};

/// `hg branches`.
pub static BRANCHES: Spec = Spec {
    names: "branches",
    summary: "list repository named branches",
    synopsis: "[-c]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("a", "active", "show only branches that have unmerged heads (DEPRECATED)").or("off"),
        flag("c", "closed", "show normal and closed branches").or("off"),
        list("r", "rev", "VALUE", "show branch name(s) of the given rev"),
        TEMPLATE,
    ],
};

/// `hg phase`.
pub static PHASE: Spec = Spec {
    names: "phase",
    summary: "set or show the current phase name",
    synopsis: "[-p|-d|-s] [-f] [-r] [REV...]",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("p", "public", "set changeset phase to public").or("off"),
        flag("d", "draft", "set changeset phase to draft").or("off"),
        flag("s", "secret", "set changeset phase to secret").or("off"),
        flag("f", "force", "allow to move boundary backward").or("off"),
        list("r", "rev", "REV", "target revision"),
    ],
};

/// `hg tag`.
pub static TAG: Spec = Spec {
    names: "tag",
    summary: "add one or more tags for the current or given revision",
    synopsis: "[-f] [-l] [-m TEXT] [-d DATE] [-u USER] [-r REV] NAME...",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("f", "force", "force tag"),
        flag("l", "local", "make the tag local"),
        text("r", "rev", "REV", "revision to tag"),
        flag("", "remove", "remove a tag"),
        EDIT, MESSAGE, DATE, USER,
    ],
};

/// `hg tags`.
pub static TAGS: Spec = Spec {
    names: "tags",
    summary: "list repository tags",
    synopsis: "",
    category: Category::ChangeOrganization,
    need: Need::Repo,
    extension: "",
    options: &[
        TEMPLATE,
    ],
};

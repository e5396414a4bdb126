//! Command lines of upstream's commands: organization. Facts of the interface, not code.

use super::{Category, CommandSpec, flag, list, text};

/// `hg bookmarks`.
pub static BOOKMARKS: CommandSpec = CommandSpec {
    names: "bookmarks|bookmark",
    synopsis: "[OPTIONS]... [NAME]...",
    summary: "create a new bookmark or list existing bookmarks",
    category: Category::Organization,
    extension: None,
    options: &[
        flag("f", "force", "force"),
        text("r", "rev", "REV", "", "revision for bookmark action"),
        flag("d", "delete", "delete a given bookmark"),
        text("m", "rename", "OLD", "", "rename a given bookmark"),
        flag("i", "inactive", "mark a bookmark inactive"),
        flag("l", "list", "list existing bookmarks"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg branch`.
pub static BRANCH: CommandSpec = CommandSpec {
    names: "branch",
    synopsis: "[-fC] [NAME]",
    summary: "set or show the current branch name",
    category: Category::Organization,
    extension: None,
    options: &[
        flag("f", "force", "set branch name even if it shadows an existing branch"),
        flag("C", "clean", "reset branch name to parent branch name"),
        list("r", "rev", "VALUE", "change branches of the given revs (EXPERIMENTAL)"),
    ],
};

/// `hg branches`.
pub static BRANCHES: CommandSpec = CommandSpec {
    names: "branches",
    synopsis: "[-c]",
    summary: "list repository named branches",
    category: Category::Organization,
    extension: None,
    options: &[
        flag("a", "active", "show only branches that have unmerged heads (DEPRECATED)"),
        flag("c", "closed", "show normal and closed branches"),
        list("r", "rev", "VALUE", "show branch name(s) of the given rev"),
        text("T", "template", "TEMPLATE", "", "display with template"),
    ],
};

/// `hg phase`.
pub static PHASE: CommandSpec = CommandSpec {
    names: "phase",
    synopsis: "[-p|-d|-s] [-f] [-r] [REV...]",
    summary: "set or show the current phase name",
    category: Category::Organization,
    extension: None,
    options: &[
        flag("p", "public", "set changeset phase to public"),
        flag("d", "draft", "set changeset phase to draft"),
        flag("s", "secret", "set changeset phase to secret"),
        flag("f", "force", "allow to move boundary backward"),
        list("r", "rev", "REV", "target revision"),
    ],
};

/// `hg tag`.
pub static TAG: CommandSpec = CommandSpec {
    names: "tag",
    synopsis: "[-f] [-l] [-m TEXT] [-d DATE] [-u USER] [-r REV] NAME...",
    summary: "add one or more tags for the current or given revision",
    category: Category::Organization,
    extension: None,
    options: &[
        flag("f", "force", "force tag"),
        flag("l", "local", "make the tag local"),
        text("r", "rev", "REV", "", "revision to tag"),
        flag("", "remove", "remove a tag"),
        flag("e", "edit", "invoke editor on commit messages"),
        text("m", "message", "TEXT", "", "use text as commit message"),
        text("d", "date", "DATE", "", "record the specified date as commit date"),
        text("u", "user", "USER", "", "record the specified user as committer"),
    ],
};

/// `hg tags`.
pub static TAGS: CommandSpec = CommandSpec {
    names: "tags",
    synopsis: "",
    summary: "list repository tags",
    category: Category::Organization,
    extension: None,
    options: &[flag("T", "template", "TEMPLATE display with template")],
};

//! Command lines: maintenance. Facts of the interface, not code.

use super::{Category, Need, Spec, flag, list, text};
use super::shared::{DRY_RUN, EXCLUDE, IGNORE_ALL_SPACE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, IGNORE_SPACE_CHANGE, INCLUDE, SHOW_DATE, SHOW_USER, STYLE, TEMPLATE};

/// All of them, sorted by name.
pub(super) static ALL: &[&Spec] = &[&ADMIN_CHAINSAW_UPDATE, &ADMIN_CLONE_BUNDLES_CLEAR, &ADMIN_CLONE_BUNDLES_REFRESH, &ADMIN_NARROW_CLIENT, &ADMIN_NARROW_SERVER, &ADMIN_VERIFY, &CHILDREN, &DEBUG_INTERNAL_MAKE_CLONE_BUNDLES, &DEBUGBUILDANNOTATECACHE, &DEBUGEXPANDSCHEME, &FASTANNOTATE, &MANIFEST, &RECOVER, &ROLLBACK, &VERIFY];

/// `hg admin::chainsaw-update`.
pub static ADMIN_CHAINSAW_UPDATE: Spec = Spec {
    names: "admin::chainsaw-update|admin::chainsawupdate",
    summary: "pull and update to a given revision, no matter what, (EXPERIMENTAL)",
    synopsis: "[OPTION] --rev REV --source SOURCE --dest DEST",
    category: Category::None,
    need: Need::NoRepo,
    extension: "",
    options: &[
        flag("", "purge-unknown", "Remove unversioned files before update. Disabling this can in some cases interfere with the update.See also :hg:`purge`.").or("on").no(),
        flag("", "purge-ignored", "Remove ignored files before update. Disable this for instance to reuse previous compiler object files. See also :hg:`purge`.").or("on").no(),
        text("", "rev", "VALUE", "revision to update to"),
        text("", "source", "VALUE", "repository to clone from"),
        text("", "dest", "VALUE", "repository to update to REV (possibly cloning)"),
        flag("", "initial-clone-minimal", "Pull only the prescribed revision upon initial cloning. This has the side effect of ignoring clone-bundles, which if often slower on the client side and stressful to the server than applying available clone bundles."),
    ],
};

/// `hg admin::clone-bundles-clear`.
pub static ADMIN_CLONE_BUNDLES_CLEAR: Spec = Spec {
    names: "admin::clone-bundles-clear|admin::clonebundlesclear",
    summary: "remove existing clone bundle caches",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "clonebundles",
    options: &[],
};

/// `hg admin::clone-bundles-refresh`.
pub static ADMIN_CLONE_BUNDLES_REFRESH: Spec = Spec {
    names: "admin::clone-bundles-refresh|admin::clonebundlesrefresh",
    summary: "generate clone bundles according to the configuration",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "clonebundles",
    options: &[
        flag("", "background", "start bundle generation in the background"),
    ],
};

/// `hg admin::narrow-client`.
pub static ADMIN_NARROW_CLIENT: Spec = Spec {
    names: "admin::narrow-client|admin::narrowclient",
    summary: "Narrow-related client administration utils. (EXPERIMENTAL)",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "store-fingerprint", "get the fingerprint for this repo's store narrowspec"),
    ],
};

/// `hg admin::narrow-server`.
pub static ADMIN_NARROW_SERVER: Spec = Spec {
    names: "admin::narrow-server|admin::narrowserver",
    summary: "Narrow-related server administration utils. (EXPERIMENTAL)",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "shape-fingerprints", "list the fingerprint for each shape"),
        text("", "shape-patterns", "SHAPE-PATTERNS", "list the path patterns for the given shape"),
        text("", "shape-narrow-patterns", "SHAPE-NARROW-PATTERNS", "list the legacy narrow-style patterns for the given shape"),
        text("", "shape-files", "VALUE", "list the files covered by the given shape"),
        text("", "shape-files-hidden", "VALUE", "list this shape's files that are not in the working copy"),
        TEMPLATE,
    ],
};

/// `hg admin::verify`.
pub static ADMIN_VERIFY: Spec = Spec {
    names: "admin::verify",
    summary: "verify the integrity of the repository",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        list("c", "check", "CHECK", "add a check"),
        list("o", "option", "OPTION", "pass an option to a check"),
    ],
};

/// `hg children`.
pub static CHILDREN: Spec = Spec {
    names: "children",
    summary: "show the children of the given or working directory revision",
    synopsis: "[-r REV] [FILE]",
    category: Category::ChangeNavigation,
    need: Need::Repo,
    extension: "children",
    options: &[
        text("r", "rev", "REV", "show children of the specified revision").or("."),
        STYLE, TEMPLATE,
    ],
};

/// `hg debug::internal-make-clone-bundles`.
pub static DEBUG_INTERNAL_MAKE_CLONE_BUNDLES: Spec = Spec {
    names: "debug::internal-make-clone-bundles|debug::internalmakeclonebundles",
    summary: "Internal command to auto-generate debug bundles",
    synopsis: "",
    category: Category::None,
    need: Need::Repo,
    extension: "clonebundles",
    options: &[],
};

/// `hg debugbuildannotatecache`.
pub static DEBUGBUILDANNOTATECACHE: Spec = Spec {
    names: "debugbuildannotatecache",
    summary: "incrementally build fastannotate cache up to REV for specified files",
    synopsis: "[-r REV] FILE...",
    category: Category::None,
    need: Need::Repo,
    extension: "fastannotate",
    options: &[
        text("r", "rev", "REV", "build up to the specific revision"),
        INCLUDE, EXCLUDE,
    ],
};

/// `hg debugexpandscheme`.
pub static DEBUGEXPANDSCHEME: Spec = Spec {
    names: "debugexpandscheme",
    summary: "given a repo path, provide the scheme-expanded path",
    synopsis: "",
    category: Category::None,
    need: Need::NoRepo,
    extension: "schemes",
    options: &[],
};

/// `hg fastannotate`.
pub static FASTANNOTATE: Spec = Spec {
    names: "fastannotate|fastblame|fa",
    summary: "show changeset information by line for each file",
    synopsis: "[-r REV] [-f] [-a] [-u] [-d] [-n] [-c] [-l] FILE...",
    category: Category::None,
    need: Need::Repo,
    extension: "fastannotate",
    options: &[
        text("r", "rev", "REV", "annotate the specified revision").or("."),
        SHOW_USER,
        flag("f", "file", "list the filename"),
        SHOW_DATE,
        flag("n", "number", "list the revision number (default)"),
        flag("c", "changeset", "list the changeset"),
        flag("l", "line-number", "show line number at the first appearance"),
        flag("e", "deleted", "show deleted lines (slow) (EXPERIMENTAL)"),
        flag("", "no-content", "do not show file content (EXPERIMENTAL)"),
        flag("", "no-follow", "don't follow copies and renames"),
        flag("", "linear", "enforce linear history, ignore second parent of merges (EXPERIMENTAL)"),
        flag("", "long-hash", "show long changeset hash (EXPERIMENTAL)"),
        flag("", "rebuild", "rebuild cache even if it exists (EXPERIMENTAL)"),
        IGNORE_ALL_SPACE, IGNORE_SPACE_CHANGE, IGNORE_BLANK_LINES, IGNORE_SPACE_AT_EOL, INCLUDE, EXCLUDE,
        TEMPLATE,
    ],
};

/// `hg manifest`.
pub static MANIFEST: Spec = Spec {
    names: "manifest",
    summary: "output the current or given revision of the project manifest",
    synopsis: "[-r REV]",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        text("r", "rev", "REV", "revision to display"),
        flag("", "all", "list files from all revisions").or("off"),
        TEMPLATE,
    ],
};

/// `hg recover`.
pub static RECOVER: Spec = Spec {
    names: "recover",
    summary: "roll back an interrupted transaction",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "verify", "run `hg verify` after successful recover").or("off"),
    ],
};

/// `hg rollback`.
pub static ROLLBACK: Spec = Spec {
    names: "rollback",
    summary: "roll back the last transaction (DANGEROUS) (DEPRECATED)",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        DRY_RUN,
        flag("f", "force", "ignore safety measures").or("off"),
    ],
};

/// `hg verify`.
pub static VERIFY: Spec = Spec {
    names: "verify",
    summary: "verify the integrity of the repository",
    synopsis: "",
    category: Category::Maintenance,
    need: Need::Repo,
    extension: "",
    options: &[
        flag("", "full", "perform more checks (EXPERIMENTAL)").or("off"),
    ],
};

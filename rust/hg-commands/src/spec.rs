//! The command lines of upstream's commands: names, synopsis, options. Interface facts, gathered from
//! what `hg help -v COMMAND` prints; parser, help, completion and the Python command table are all read
//! from here, whether a command is implemented yet or not.

pub mod committing;
pub mod content;
pub mod creation;
pub mod debug_a_m;
pub mod debug_n_z;
pub mod extensions_a_m;
pub mod extensions_mq;
pub mod extensions_n_z;
pub mod help;
pub mod import_export;
pub mod maintenance;
pub mod manipulation;
pub mod navigation;
pub mod organization;
pub mod remote;
pub mod working_directory;

/// Where `hg help` lists a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord)]
pub enum Category {
    /// Repository creation.
    Creation,
    /// Remote repository management.
    Remote,
    /// Change creation.
    Committing,
    /// Change manipulation.
    Manipulation,
    /// Change organization.
    Organization,
    /// File content management.
    Content,
    /// Change navigation.
    Navigation,
    /// Working directory management.
    WorkingDirectory,
    /// Change import/export.
    ImportExport,
    /// Repository maintenance.
    Maintenance,
    /// Help.
    Help,
    /// Miscellaneous commands.
    Misc,
    /// Uncategorized commands.
    None,
}

impl Category {
    /// The heading in `hg help`, without the colon.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Creation => "Repository creation",
            Self::Remote => "Remote repository management",
            Self::Committing => "Change creation",
            Self::Manipulation => "Change manipulation",
            Self::Organization => "Change organization",
            Self::Content => "File content management",
            Self::Navigation => "Change navigation",
            Self::WorkingDirectory => "Working directory management",
            Self::ImportExport => "Change import/export",
            Self::Maintenance => "Repository maintenance",
            Self::Help => "Help",
            Self::Misc => "Miscellaneous commands",
            Self::None => "Uncategorized commands",
        }
    }
}

/// What an option takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptKind {
    /// Nothing; off unless given. `--no-NAME` switches it off again.
    Flag,
    /// Nothing; on unless `--no-NAME` is given.
    Switch,
    /// One value; the last one given counts.
    Text,
    /// A value each time; all count.
    List,
}

/// One option of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opt {
    /// The letter, or empty.
    pub short: &'static str,
    /// The long name, without dashes.
    pub long: &'static str,
    /// What it takes.
    pub kind: OptKind,
    /// What help calls the value; empty for flags.
    pub metavar: &'static str,
    /// The value when not given; empty for none.
    pub default: &'static str,
    /// One line of help. `(DEPRECATED)`, `(EXPERIMENTAL)` and `(ADVANCED)` hide it from short help.
    pub help: &'static str,
}

/// The command line of one command.
#[derive(Clone, Copy, Debug)]
pub struct CommandSpec {
    /// The name, then aliases, separated by `|`.
    pub names: &'static str,
    /// What follows `hg NAME` in the first line of help; several lines for several forms.
    pub synopsis: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// Where `hg help` lists it.
    pub category: Category,
    /// The bundled extension that brings it.
    pub extension: Option<&'static str>,
    /// Its options, in the order of help.
    pub options: &'static [Opt],
}

impl CommandSpec {
    /// The main name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.split('|').next().unwrap_or(self.names)
    }
}

const fn flag(short: &'static str, long: &'static str, help: &'static str) -> Opt {
    Opt { short, long, kind: OptKind::Flag, metavar: "", default: "", help }
}

const fn switch(short: &'static str, long: &'static str, help: &'static str) -> Opt {
    Opt { short, long, kind: OptKind::Switch, metavar: "", default: "on", help }
}

const fn text(
    short: &'static str,
    long: &'static str,
    metavar: &'static str,
    default: &'static str,
    help: &'static str,
) -> Opt {
    Opt { short, long, kind: OptKind::Text, metavar, default, help }
}

const fn list(
    short: &'static str,
    long: &'static str,
    metavar: &'static str,
    help: &'static str,
) -> Opt {
    Opt { short, long, kind: OptKind::List, metavar, default: "", help }
}

/// Every command that upstream has, sorted by name; not all are implemented.
pub static SPECS: &[&CommandSpec] = &[
    &manipulation::ABORT,
    &extensions_a_m::ABSORB,
    &working_directory::ADD,
    &working_directory::ADDREMOVE,
    &maintenance::ADMIN,
    &extensions_n_z::ADMIN_CHAINSAW_UPDATE,
    &extensions_n_z::ADMIN_NARROW_CLIENT,
    &extensions_n_z::ADMIN_NARROW_SERVER,
    &extensions_n_z::ADMIN_VERIFY,
    &extensions_a_m::AMEND,
    &content::ANNOTATE,
    &import_export::ARCHIVE,
    &manipulation::BACKOUT,
    &navigation::BISECT,
    &extensions_a_m::BLACKBOX,
    &organization::BOOKMARKS,
    &organization::BRANCH,
    &organization::BRANCHES,
    &import_export::BUNDLE,
    &content::CAT,
    &extensions_a_m::CENSOR,
    &extensions_a_m::CHURN,
    &creation::CLONE,
    &extensions_a_m::CLOSE_HEAD,
    &committing::COMMIT,
    &help::CONFIG,
    &manipulation::CONTINUE,
    &extensions_a_m::CONVERT,
    &content::COPY,
    &debug_a_m::DEBUG,
    &debug_a_m::DEBUGANCESTOR,
    &debug_a_m::DEBUGANTIVIRUSRUNNING,
    &debug_a_m::DEBUGAPPLYSTREAMCLONEBUNDLE,
    &debug_a_m::DEBUGBACKUPBUNDLE,
    &debug_a_m::DEBUGBUILDDAG,
    &debug_a_m::DEBUGBUNDLE,
    &extensions_n_z::DEBUGCALLCONDUIT,
    &debug_a_m::DEBUGCAPABILITIES,
    &debug_a_m::DEBUGCHANGEDFILES,
    &debug_a_m::DEBUGCHECKSTATE,
    &debug_a_m::DEBUGCOLOR,
    &debug_a_m::DEBUGCOMMANDS,
    &debug_a_m::DEBUGCOMPLETE,
    &debug_a_m::DEBUGCREATESTREAMCLONEBUNDLE,
    &extensions_a_m::DEBUGCVSPS,
    &debug_a_m::DEBUGDAG,
    &debug_a_m::DEBUGDATA,
    &extensions_n_z::DEBUGDATAPACK,
    &debug_a_m::DEBUGDATE,
    &debug_a_m::DEBUGDELTACHAIN,
    &debug_a_m::DEBUGDIRSTATE,
    &debug_a_m::DEBUGDIRSTATEIGNOREPATTERNSHASH,
    &debug_a_m::DEBUGDISCOVERY,
    &debug_a_m::DEBUGDOWNLOAD,
    &debug_a_m::DEBUGEXTENSIONS,
    &debug_a_m::DEBUGFILESET,
    &debug_a_m::DEBUGFORMAT,
    &debug_a_m::DEBUGFSINFO,
    &debug_a_m::DEBUGGETBUNDLE,
    &extensions_n_z::DEBUGHISTORYPACK,
    &debug_a_m::DEBUGIGNORE,
    &debug_a_m::DEBUGINDEXDOT,
    &debug_a_m::DEBUGINDEXSTATS,
    &debug_a_m::DEBUGINSTALL,
    &extensions_n_z::DEBUGKEEPSET,
    &debug_a_m::DEBUGKNOWN,
    &debug_a_m::DEBUGLABELCOMPLETE,
    &extensions_a_m::DEBUGLFPUT,
    &extensions_a_m::DEBUGLFSUPLOAD,
    &debug_a_m::DEBUGLOCKS,
    &debug_a_m::DEBUGMANIFESTFULLTEXTCACHE,
    &debug_a_m::DEBUGMERGESTATE,
    &debug_n_z::DEBUGNAMECOMPLETE,
    &debug_n_z::DEBUGNODEMAP,
    &debug_n_z::DEBUGOBSOLETE,
    &debug_n_z::DEBUGP1COPIES,
    &debug_n_z::DEBUGP2COPIES,
    &extensions_n_z::DEBUGPARSERELEASENOTES,
    &debug_n_z::DEBUGPATHCOMPLETE,
    &debug_n_z::DEBUGPATHCOPIES,
    &debug_n_z::DEBUGPEER,
    &debug_n_z::DEBUGPICKMERGETOOL,
    &debug_n_z::DEBUGPUSHKEY,
    &debug_n_z::DEBUGPVEC,
    &debug_n_z::DEBUGREBUILDDIRSTATE,
    &debug_n_z::DEBUGREBUILDFNCACHE,
    &extensions_n_z::DEBUGREMOTEFILELOG,
    &debug_n_z::DEBUGRENAME,
    &debug_n_z::DEBUGREQUIRES,
    &debug_n_z::DEBUGREVLOG,
    &debug_n_z::DEBUGREVLOGINDEX,
    &debug_n_z::DEBUGREVSPEC,
    &debug_n_z::DEBUGSERVE,
    &debug_n_z::DEBUGSETPARENTS,
    &debug_n_z::DEBUGSHELL,
    &debug_n_z::DEBUGSIDEDATA,
    &extensions_n_z::DEBUGSPARSE,
    &debug_n_z::DEBUGSSL,
    &debug_n_z::DEBUGSTRIP,
    &debug_n_z::DEBUGSUB,
    &debug_n_z::DEBUGSUCCESSORSSETS,
    &extensions_a_m::DEBUGSVNLOG,
    &debug_n_z::DEBUGTAGSCACHE,
    &debug_n_z::DEBUGTEMPLATE,
    &debug_n_z::DEBUGUIGETPASS,
    &debug_n_z::DEBUGUIPROMPT,
    &debug_n_z::DEBUGUPDATECACHES,
    &debug_n_z::DEBUGUPGRADEREPO,
    &extensions_n_z::DEBUGWAITONPREFETCH,
    &extensions_n_z::DEBUGWAITONREPACK,
    &debug_n_z::DEBUGWALK,
    &debug_n_z::DEBUGWHYUNSTABLE,
    &debug_n_z::DEBUGWIREARGS,
    &debug_n_z::DEBUGWIREPROTO,
    &extensions_a_m::DEBUG_CAT_FILE,
    &extensions_n_z::DEBUG_CLONEBUNDLE_MANIFEST,
    &debug_a_m::DEBUG_DELTA_FIND,
    &extensions_a_m::DEBUG_DIFF_TREE,
    &extensions_n_z::DEBUG_FAST_UPGRADE,
    &extensions_n_z::DEBUG_FILE_INDEX,
    &extensions_a_m::DEBUG_LFS_LOCAL_CACHE,
    &extensions_a_m::DEBUG_MERGE_BASE,
    &debug_a_m::DEBUG_REPAIR_ISSUE6528,
    &debug_a_m::DEBUG_REVLOG_INDEX,
    &extensions_n_z::DEBUG_REVLOG_REENCODED_DELTA_INFO,
    &debug_a_m::DEBUG_REVLOG_STATS,
    &extensions_a_m::DEBUG_REV_LIST,
    &extensions_n_z::DEBUG_STABLE_TAIL_SORT,
    &extensions_n_z::DEBUG_STABLE_TAIL_SORT_LEAPS,
    &extensions_n_z::DEBUG_UNBUNDLE,
    &content::DIFF,
    &extensions_n_z::EMAIL,
    &import_export::EXPORT,
    &extensions_a_m::EXTDIFF,
    &extensions_a_m::FASTEXPORT,
    &extensions_a_m::FETCH,
    &working_directory::FILES,
    &extensions_a_m::FIX,
    &working_directory::FORGET,
    &extensions_n_z::GC,
    &extensions_a_m::GITHELP,
    &extensions_a_m::GLOG,
    &manipulation::GRAFT,
    &content::GREP,
    &navigation::HEADS,
    &help::HELP,
    &extensions_a_m::HISTEDIT,
    &navigation::IDENTIFY,
    &import_export::IMPORT,
    &remote::INCOMING,
    &creation::INIT,
    &extensions_a_m::JOURNAL,
    &extensions_a_m::KWDEMO,
    &extensions_a_m::KWEXPAND,
    &extensions_a_m::KWFILES,
    &extensions_a_m::KWSHRINK,
    &extensions_a_m::LFCONVERT,
    &extensions_a_m::LFPULL,
    &working_directory::LOCATE,
    &navigation::LOG,
    &maintenance::MANIFEST,
    &manipulation::MERGE,
    &remote::OUTGOING,
    &navigation::PARENTS,
    &remote::PATHS,
    &extensions_n_z::PHABIMPORT,
    &extensions_n_z::PHABREAD,
    &extensions_n_z::PHABSEND,
    &extensions_n_z::PHABUPDATE,
    &organization::PHASE,
    &extensions_n_z::PREFETCH,
    &remote::PULL,
    &working_directory::PURGE,
    &remote::PUSH,
    &extensions_mq::QAPPLIED,
    &extensions_mq::QCLONE,
    &extensions_mq::QCOMMIT,
    &extensions_mq::QDELETE,
    &extensions_mq::QDIFF,
    &extensions_mq::QFINISH,
    &extensions_mq::QFOLD,
    &extensions_mq::QGOTO,
    &extensions_mq::QGUARD,
    &extensions_mq::QHEADER,
    &extensions_mq::QIMPORT,
    &extensions_mq::QINIT,
    &extensions_mq::QNEW,
    &extensions_mq::QNEXT,
    &extensions_mq::QPOP,
    &extensions_mq::QPREV,
    &extensions_mq::QPUSH,
    &extensions_mq::QQUEUE,
    &extensions_n_z::QRECORD,
    &extensions_mq::QREFRESH,
    &extensions_mq::QRENAME,
    &extensions_mq::QRESTORE,
    &extensions_mq::QSAVE,
    &extensions_mq::QSELECT,
    &extensions_mq::QSERIES,
    &extensions_mq::QTOP,
    &extensions_mq::QUNAPPLIED,
    &extensions_n_z::REBASE,
    &extensions_n_z::RECORD,
    &maintenance::RECOVER,
    &extensions_n_z::RELEASENOTES,
    &extensions_n_z::RELINK,
    &working_directory::REMOVE,
    &working_directory::RENAME,
    &extensions_n_z::REPACK,
    &working_directory::RESOLVE,
    &working_directory::REVERT,
    &maintenance::ROLLBACK,
    &working_directory::ROOT,
    &remote::SERVE,
    &extensions_n_z::SHARE,
    &working_directory::SHELVE,
    &extensions_n_z::SHOW,
    &extensions_a_m::SIGCHECK,
    &extensions_a_m::SIGN,
    &extensions_a_m::SIGS,
    &extensions_n_z::SPLIT,
    &working_directory::STATUS,
    &extensions_n_z::STRIP,
    &working_directory::SUMMARY,
    &organization::TAG,
    &organization::TAGS,
    &navigation::TIP,
    &extensions_n_z::TRACKED,
    &extensions_n_z::TRANSPLANT,
    &extensions_n_z::UNAMEND,
    &import_export::UNBUNDLE,
    &extensions_n_z::UNCOMMIT,
    &extensions_n_z::UNSHARE,
    &working_directory::UNSHELVE,
    &working_directory::UPDATE,
    &maintenance::VERIFY,
    &extensions_n_z::VERIFYREMOTEFILELOG,
    &help::VERSION,
    &extensions_a_m::VIEW,
];

/// The options every command takes.
pub static GLOBAL_OPTIONS: &[Opt] = &[
    text("R", "repository", "REPO", "", "repository root directory or name of overlay bundle file"),
    text("", "cwd", "DIR", "", "change working directory"),
    flag(
        "y",
        "noninteractive",
        "do not prompt, automatically pick the first choice for all prompts",
    ),
    flag("q", "quiet", "suppress output"),
    flag("v", "verbose", "enable additional output"),
    text("", "color", "TYPE", "", "when to colorize (boolean, always, auto, never, or debug)"),
    list("", "config", "CONFIG", "set/override config option (use 'section.name=value')"),
    list("", "config-file", "HGRC", "load config file to set/override config options"),
    flag("", "debug", "enable debugging output"),
    flag("", "debugger", "start debugger"),
    text("", "encoding", "ENCODE", "UTF-8", "set the charset encoding"),
    text("", "encodingmode", "MODE", "strict", "set the charset encoding mode"),
    flag("", "traceback", "always print a traceback on exception"),
    flag("", "time", "time how long the command takes"),
    flag("", "profile", "print command execution profile"),
    flag("", "version", "output version information and exit"),
    flag("h", "help", "display help and exit"),
    flag("", "hidden", "consider hidden changesets"),
    text("", "pager", "TYPE", "auto", "when to paginate (boolean, always, auto, or never)"),
];

//! What is known about a command before it runs: names, options, category, needs.
//!
//! Specifications cover every command of the program this one is compatible with; a command exists
//! for users once a [`crate::Command`] with a `run` stands in the table ([`crate::table`]).

#[rustfmt::skip]
pub mod committing;
#[rustfmt::skip]
pub mod content;
#[rustfmt::skip]
pub mod creation;
#[rustfmt::skip]
pub mod debug_a_m;
#[rustfmt::skip]
pub mod debug_n_z;
#[rustfmt::skip]
pub mod extensions_a_m;
#[rustfmt::skip]
pub mod extensions_mq;
#[rustfmt::skip]
pub mod extensions_n_z;
pub mod global;
#[rustfmt::skip]
pub mod help;
#[rustfmt::skip]
pub mod import_export;
#[rustfmt::skip]
pub mod maintenance;
#[rustfmt::skip]
pub mod manipulation;
#[rustfmt::skip]
pub mod navigation;
#[rustfmt::skip]
pub mod organization;
#[rustfmt::skip]
pub mod remote;
#[rustfmt::skip]
mod shared;
#[rustfmt::skip]
pub mod working_directory;

/// How an option takes its value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OptKind {
    /// No value; `--no-NAME` turns it off.
    Flag,
    /// One text, the last one given counts.
    Text,
    /// A whole number, the last one given counts.
    Int,
    /// A text each time it is given.
    List,
}

/// An option of a command.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Opt {
    /// The letter, or the empty text.
    pub short: &'static str,
    /// The name without dashes.
    pub long: &'static str,
    /// How it takes a value.
    pub kind: OptKind,
    /// What help shows for the value.
    pub metavar: &'static str,
    /// One line of help.
    pub help: &'static str,
    /// The value when it is not given, as help shows it. Empty for none; flags: `on`, or `off` for those that are false
    /// rather than not known, which hooks and extensions tell apart and help does not show.
    pub default: &'static str,
    /// Whether help shows `--[no-]NAME`.
    pub shows_no: bool,
}

impl Opt {
    const fn new(
        short: &'static str,
        long: &'static str,
        kind: OptKind,
        metavar: &'static str,
        help: &'static str,
    ) -> Self {
        Self { short, long, kind, metavar, help, default: "", shows_no: false }
    }

    /// Gives the option a default.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    /// Makes help show `--[no-]NAME`.
    #[must_use]
    pub const fn no(mut self) -> Self {
        self.shows_no = true;
        self
    }

    /// Whether help hides it unless `--verbose` is given.
    #[must_use]
    pub fn is_hidden(&self) -> bool {
        is_hidden_text(self.help)
    }
}

/// Whether a help text carries a mark that hides it from ordinary users.
pub(crate) fn is_hidden_text(help: &str) -> bool {
    ["(DEPRECATED)", "(EXPERIMENTAL)", "(ADVANCED)"].iter().any(|mark| help.contains(mark))
}

/// A flag.
#[must_use]
pub const fn flag(short: &'static str, long: &'static str, help: &'static str) -> Opt {
    Opt::new(short, long, OptKind::Flag, "", help)
}

/// An option with one text.
#[must_use]
pub const fn text(
    short: &'static str,
    long: &'static str,
    metavar: &'static str,
    help: &'static str,
) -> Opt {
    Opt::new(short, long, OptKind::Text, metavar, help)
}

/// An option with a whole number.
#[must_use]
pub const fn int(
    short: &'static str,
    long: &'static str,
    metavar: &'static str,
    help: &'static str,
) -> Opt {
    Opt::new(short, long, OptKind::Int, metavar, help)
}

/// An option that can be repeated.
#[must_use]
pub const fn list(
    short: &'static str,
    long: &'static str,
    metavar: &'static str,
    help: &'static str,
) -> Opt {
    Opt::new(short, long, OptKind::List, metavar, help)
}

/// The heading below which `hg help` lists a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Category {
    /// Repository creation.
    RepoCreation,
    /// Remote repository management.
    Remote,
    /// Change creation.
    Committing,
    /// Change manipulation.
    ChangeManagement,
    /// Change organization.
    ChangeOrganization,
    /// File content management.
    FileContents,
    /// Change navigation.
    ChangeNavigation,
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
    /// The heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::RepoCreation => "Repository creation",
            Self::Remote => "Remote repository management",
            Self::Committing => "Change creation",
            Self::ChangeManagement => "Change manipulation",
            Self::ChangeOrganization => "Change organization",
            Self::FileContents => "File content management",
            Self::ChangeNavigation => "Change navigation",
            Self::WorkingDirectory => "Working directory management",
            Self::ImportExport => "Change import/export",
            Self::Maintenance => "Repository maintenance",
            Self::Help => "Help",
            Self::Misc => "Miscellaneous commands",
            Self::None => "Uncategorized commands",
        }
    }

    /// All categories in the order of `hg help`.
    pub const ALL: [Self; 13] = [
        Self::RepoCreation,
        Self::Remote,
        Self::Committing,
        Self::ChangeManagement,
        Self::ChangeOrganization,
        Self::FileContents,
        Self::ChangeNavigation,
        Self::WorkingDirectory,
        Self::ImportExport,
        Self::Maintenance,
        Self::Help,
        Self::Misc,
        Self::None,
    ];
}

/// Whether a command works on a repository.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// It must have one.
    Repo,
    /// It must have one, which may be found from a file argument.
    RepoOfFile,
    /// It uses one when there is one.
    Optional,
    /// It never opens the one it runs in.
    NoRepo,
}

/// What is known about a command.
#[derive(Debug)]
pub struct Spec {
    /// Name and aliases: `commit|ci`.
    pub names: &'static str,
    /// One line: what it does.
    pub summary: &'static str,
    /// Arguments as usage shows them, without `hg NAME `.
    pub synopsis: &'static str,
    /// Its place in `hg help`.
    pub category: Category,
    /// Whether it works on a repository.
    pub need: Need,
    /// The bundled extension that brings it; empty when it is always there.
    pub extension: &'static str,
    /// Its own options; the global ones come on top.
    pub options: &'static [Opt],
}

impl Spec {
    /// The name without aliases.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names.split('|').next().unwrap_or(self.names)
    }

    /// The other names.
    pub fn aliases(&self) -> impl Iterator<Item = &'static str> {
        self.names.split('|').skip(1)
    }

    /// Whether help lists it only with `--debug` or by name.
    #[must_use]
    pub fn is_debug(&self) -> bool {
        self.name().starts_with("debug")
    }
}

/// The tables of specifications.
static TABLES: &[&[&Spec]] = &[
    committing::ALL,
    content::ALL,
    creation::ALL,
    debug_a_m::ALL,
    debug_n_z::ALL,
    extensions_a_m::ALL,
    extensions_mq::ALL,
    extensions_n_z::ALL,
    help::ALL,
    import_export::ALL,
    maintenance::ALL,
    manipulation::ALL,
    navigation::ALL,
    organization::ALL,
    remote::ALL,
    working_directory::ALL,
];

/// Every specification.
pub fn all() -> impl Iterator<Item = &'static Spec> {
    TABLES.iter().flat_map(|table| table.iter().copied())
}

/// The specification of a command by name or alias.
#[must_use]
pub fn find(name: &[u8]) -> Option<&'static Spec> {
    let has_name =
        |spec: &&Spec| spec.names.split('|').any(|candidate| candidate.as_bytes() == name);
    all().find(|spec| spec.names.as_bytes() == name).or_else(|| all().find(has_name))
}

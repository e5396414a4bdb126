//! What an update or a merge has to do with one file.

use std::collections::{BTreeMap, BTreeSet};

use hg_types::{FileFlags, HgPathBuf};

/// What to do with one file; the path it stands under is the path in the result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Write the other side's version.
    Get {
        /// The file's kind afterwards.
        flags: FileFlags,
        /// Whether to keep what is there as `.orig` first.
        backup: bool,
    },
    /// The other side created the file; becomes [`Action::Get`] or [`Action::Merge`] once it is known
    /// whether an untracked file is in the way.
    Created {
        /// The file's kind.
        flags: FileFlags,
        /// Merge with a differing untracked file instead of refusing.
        merge_untracked: bool,
    },
    /// Delete the file.
    Remove,
    /// Stop tracking the file, leave it on disk.
    Forget,
    /// Track the file again.
    Add,
    /// Only change the executable bit or make the file what `flags` says.
    Exec {
        /// The file's kind afterwards.
        flags: FileFlags,
    },
    /// Nothing: the local version is the result.
    Keep,
    /// Nothing: absent here, and to stay so.
    KeepAbsent,
    /// Nothing: created here, unknown to the other side.
    KeepNew,
    /// Merge three versions.
    Merge(Merge),
    /// Changed here, deleted by the other side.
    ChangedDeleted(Merge),
    /// Deleted here, changed by the other side.
    DeletedChanged(Merge),
    /// The other side renamed the directory: move the local file `from` here.
    MoveLocal {
        /// Where the file is now.
        from: HgPathBuf,
        /// Its kind.
        flags: FileFlags,
    },
    /// This side renamed the directory: write the other side's file `from` here.
    GetMoved {
        /// The path on the other side.
        from: HgPathBuf,
        /// Its kind.
        flags: FileFlags,
    },
    /// A file and a directory want this name: the file goes to `moved_to`.
    PathConflict {
        /// Where the file goes.
        moved_to: HgPathBuf,
        /// Whose file it is: `l` or `r`.
        origin: u8,
    },
    /// Makes way for a directory of the other side: move the local file `from` here.
    PathConflictResolve {
        /// Where the file is now.
        from: HgPathBuf,
    },
}

impl Action {
    /// The letter that `--debug` prints for it.
    #[must_use]
    pub const fn letter(&self) -> &'static str {
        match self {
            Self::Get { .. } | Self::Created { .. } => "g",
            Self::Remove => "r",
            Self::Forget => "f",
            Self::Add => "a",
            Self::Exec { .. } => "e",
            Self::Keep => "k",
            Self::KeepAbsent => "ka",
            Self::KeepNew => "kn",
            Self::Merge(_) | Self::ChangedDeleted(_) | Self::DeletedChanged(_) => "m",
            Self::MoveLocal { .. } => "dm",
            Self::GetMoved { .. } => "dg",
            Self::PathConflict { .. } => "p",
            Self::PathConflictResolve { .. } => "pr",
        }
    }
}

impl Action {
    /// The letters of the action as a bid: they tell conflicts with deletions apart.
    #[must_use]
    pub const fn bid_letters(&self) -> &'static str {
        match self {
            Self::ChangedDeleted(_) => "cd",
            Self::DeletedChanged(_) => "dc",
            _ => self.letter(),
        }
    }
}

/// The paths of a file that is merged.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Merge {
    /// Path on the local side, if it has the file.
    pub local: Option<HgPathBuf>,
    /// Path on the other side, if it has the file.
    pub other: Option<HgPathBuf>,
    /// Path in the ancestor, if it has the file.
    pub ancestor: Option<HgPathBuf>,
    /// Whether the local file is moved away from `local`.
    pub moves: bool,
}

/// An action and the reason `--debug` prints for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reasoned {
    /// What to do.
    pub action: Action,
    /// Why, in upstream's words.
    pub reason: Vec<u8>,
}

/// All actions of an update or merge, by path in the result.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// What to do with each file.
    pub actions: BTreeMap<HgPathBuf, Reasoned>,
    /// Files renamed differently by the two sides: source, and where each went.
    pub diverged: BTreeMap<HgPathBuf, Vec<HgPathBuf>>,
    /// Files one side renamed and the other deleted: source, and where it went.
    pub rename_deleted: BTreeMap<HgPathBuf, Vec<HgPathBuf>>,
    /// Files whose result is the other side's revision as it is, although both sides have it:
    /// commits must then record that revision.
    pub from_other: Vec<HgPathBuf>,
    /// Files that one side of a merge deleted: the commit may have to say that they were kept.
    pub removal_candidates: Vec<HgPathBuf>,
    /// Untracked files and directories that are saved under other names to make room.
    pub displaced: BTreeSet<HgPathBuf>,
    /// Untracked files and directories that are removed to make room.
    pub cleared: BTreeSet<HgPathBuf>,
    /// Whether several ancestors bid for the files.
    pub auctioned: bool,
    /// For files that are not merged from the first ancestor: the number of theirs.
    pub base_of: BTreeMap<HgPathBuf, usize>,
}

impl Plan {
    /// Sets what to do with `path`.
    pub fn set(&mut self, path: HgPathBuf, action: Action, reason: impl Into<Vec<u8>>) {
        self.actions.insert(path, Reasoned { action, reason: reason.into() });
    }

    /// The paths whose action fits `wanted`, in order.
    pub fn paths<'a>(
        &'a self,
        wanted: impl Fn(&Action) -> bool + 'a,
    ) -> impl Iterator<Item = &'a HgPathBuf> + 'a {
        self.actions.iter().filter(move |(_, r)| wanted(&r.action)).map(|(path, _)| path)
    }
}

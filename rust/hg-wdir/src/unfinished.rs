//! Operations that stopped halfway: which files tell so, and what the user can do.

use hg_store::Repo;
use hg_types::{Error, Result};

use crate::working_dir::parents;

/// An operation that can stop halfway.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Operation {
    /// Its name: `merge`, `graft`, ...
    pub name: &'static str,
    /// The file below `.hg` that is there while it is unfinished.
    pub file: &'static str,
    /// The extension that knows it: without that it counts for nothing. Empty for none.
    pub extension: &'static str,
    /// Whether `hg update --clean` clears it.
    pub clearable: bool,
    /// Whether commits are allowed meanwhile.
    pub allows_commit: bool,
    /// Whether it is only reported and does not stop other operations.
    pub report_only: bool,
    /// What to do, as a hint of an error.
    pub hint: &'static str,
    /// What to do, as lines of a status.
    pub advice: &'static str,
}

/// The operations, in the order in which they are looked for.
pub const OPERATIONS: [Operation; 8] = [
    Operation {
        name: "rebase",
        file: "rebasestate",
        extension: "rebase",
        clearable: false,
        allows_commit: false,
        report_only: false,
        hint: "use 'hg rebase --continue', 'hg rebase --abort', or 'hg rebase --stop'",
        advice: "To continue:    hg rebase --continue\nTo abort:       hg rebase --abort\n\
            To stop:        hg rebase --stop",
    },
    Operation {
        name: "unshelve",
        file: "shelvedstate",
        extension: "",
        clearable: false,
        allows_commit: false,
        report_only: false,
        hint: "use 'hg unshelve --continue' or 'hg unshelve --abort'",
        advice: "To continue:    hg unshelve --continue\nTo abort:       hg unshelve --abort",
    },
    Operation {
        name: "graft",
        file: "graftstate",
        extension: "",
        clearable: true,
        allows_commit: false,
        report_only: false,
        hint: "use 'hg graft --continue' or 'hg graft --stop' to stop",
        advice: "To continue:    hg graft --continue\nTo abort:       hg graft --abort\n\
            To stop:        hg graft --stop",
    },
    Operation {
        name: "transplant",
        file: "transplant/journal",
        extension: "transplant",
        clearable: true,
        allows_commit: false,
        report_only: false,
        hint: "use 'hg transplant --continue' or 'hg transplant --stop'",
        advice: "To continue:    hg transplant --continue\nTo abort:       hg transplant --abort\n\
            To stop:        hg transplant --stop",
    },
    Operation {
        name: "histedit",
        file: "histedit-state",
        extension: "histedit",
        clearable: false,
        allows_commit: true,
        report_only: false,
        hint: "use 'hg histedit --continue' or 'hg histedit --abort'",
        advice: "To continue:    hg histedit --continue\nTo abort:       hg histedit --abort",
    },
    UPDATE,
    BISECT,
    MERGE,
];

/// An interrupted update.
pub const UPDATE: Operation = Operation {
    name: "update",
    file: "updatestate",
    extension: "",
    clearable: true,
    allows_commit: false,
    report_only: false,
    hint: "use 'hg update' to get a consistent checkout",
    advice: "To continue:    hg update .",
};

const BISECT: Operation = Operation {
    name: "bisect",
    file: "bisect.state",
    extension: "",
    clearable: false,
    allows_commit: true,
    report_only: true,
    hint: "use 'hg bisect --reset'",
    advice: "To mark the changeset good:    hg bisect --good\n\
        To mark the changeset bad:     hg bisect --bad\n\
        To abort:                      hg bisect --reset",
};

/// A merge that is not committed.
pub const MERGE: Operation = Operation {
    name: "merge",
    file: "",
    extension: "",
    clearable: true,
    allows_commit: true,
    report_only: true,
    hint: "",
    advice: "To continue:    hg commit\nTo abort:       hg merge --abort",
};

impl Operation {
    /// Whether it is unfinished in `repo`.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn is_unfinished(&self, repo: &Repo) -> Result<bool> {
        if !self.extension.is_empty() && !is_enabled(repo, self.extension) {
            return Ok(false);
        }
        if self.file.is_empty() {
            return Ok(!parents(repo)?[1].is_null());
        }
        Ok(repo.vfs().exists(self.file))
    }

    /// The error for what cannot be done meanwhile.
    #[must_use]
    pub fn error(&self) -> Error {
        let message = match self.name {
            "update" => "last update was interrupted".to_owned(),
            "unshelve" => "unshelve already in progress".to_owned(),
            name => format!("{name} in progress"),
        };
        Error::state(message).hint(self.hint)
    }
}

fn is_enabled(repo: &Repo, extension: &str) -> bool {
    let config = repo.config();
    let enabled =
        |name: String| config.get("extensions", name).is_some_and(|path| !path.starts_with(b"!"));
    enabled(extension.to_owned()) || enabled(format!("hgext.{extension}"))
}

/// The first unfinished operation, and whether only those that stop other operations count.
///
/// # Errors
/// When the dirstate is damaged.
pub fn find_unfinished(repo: &Repo, with_report_only: bool) -> Result<Option<Operation>> {
    for operation in OPERATIONS {
        if (with_report_only || !operation.report_only) && operation.is_unfinished(repo)? {
            return Ok(Some(operation));
        }
    }
    Ok(None)
}

/// Fails when an operation is unfinished: for `commit`, those that do not allow it; without
/// `skip_merge`, an uncommitted merge too is not looked at here.
///
/// # Errors
/// The operation's error.
pub fn check_unfinished(repo: &Repo, commit: bool) -> Result<()> {
    for operation in OPERATIONS {
        let allowed = operation.report_only || (commit && operation.allows_commit);
        if !allowed && operation.is_unfinished(repo)? {
            return Err(operation.error());
        }
    }
    Ok(())
}

/// Fails when the working directory has changes, or is in the middle of a merge.
///
/// # Errors
/// When it has, or when it cannot be looked at.
pub fn refuse_changes(repo: &Repo) -> Result<()> {
    let mut wdir = crate::WorkingDir::open(repo)?;
    if wdir.dirstate().in_merge() {
        return Err(Error::state("outstanding uncommitted merge"));
    }
    let matcher = hg_match::Matcher::always();
    let status = wdir.status(&matcher, crate::StatusOptions::default())?;
    if status.has_changes() || !status.deleted.is_empty() {
        return Err(Error::state("uncommitted changes"));
    }
    repo.nested().map_or(Ok(()), |nested| nested.refuse_changes(repo))
}

/// Fails for operations that an update cannot clear, clears the others.
///
/// # Errors
/// The error of the first that cannot be cleared.
pub fn clear_unfinished(repo: &Repo) -> Result<()> {
    let hinders = |operation: &&Operation| !operation.clearable && !operation.report_only;
    for operation in OPERATIONS.iter().filter(hinders) {
        if operation.is_unfinished(repo)? {
            return Err(operation.error());
        }
    }
    for operation in OPERATIONS.iter().filter(|operation| operation.clearable) {
        if !operation.file.is_empty() {
            repo.vfs().try_remove(operation.file)?;
        }
    }
    Ok(())
}

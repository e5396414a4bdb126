//! Telling the dirstate what an update or merge did.

use hg_format::dirstate::{Metadata, Timestamp};
use hg_types::{HgPath, Result};

use super::action::{Action, Merge, Plan};
use crate::dirstate::{Dirstate, FileUpdate};

/// What one file is after the update, as the dirstate must know it.
#[derive(Clone, Debug)]
pub(super) enum Settled {
    /// As the plan said.
    AsPlanned,
    /// The file went away.
    Deleted,
    /// The file is tracked although the target does not have it.
    KeptChanged,
    /// The file was left deleted although the target has it.
    KeptDeleted,
}

/// How a file that was just written looks.
pub(super) type Clean = (Metadata, Option<Timestamp>);

/// Looks at a file that was just written.
pub(super) type Look<'a> = dyn Fn(&HgPath) -> Option<Clean> + 'a;

/// Writes the results of a plan into a dirstate whose parents are about to change.
pub(super) struct Recorder<'a> {
    pub(super) dirstate: &'a mut Dirstate,
    /// A merge: the first parent stays.
    pub(super) branch_merge: bool,
}

const TRACKED: FileUpdate = FileUpdate {
    tracked: true,
    p1_tracked: true,
    p2_info: false,
    possibly_dirty: false,
    clean: None,
};
const GONE: FileUpdate = FileUpdate { tracked: false, p1_tracked: false, ..TRACKED };
const REMOVED: FileUpdate = FileUpdate { tracked: false, ..TRACKED };
const ADDED: FileUpdate = FileUpdate { p1_tracked: false, ..TRACKED };
const DIRTY: FileUpdate = FileUpdate { possibly_dirty: true, ..TRACKED };
const MERGED: FileUpdate = FileUpdate { p2_info: true, ..TRACKED };

impl Recorder<'_> {
    /// Records everything in a plan but merges, which [`Recorder::merged`] records one by one.
    pub(super) fn record(&mut self, plan: &Plan, look: &Look<'_>) -> Result<()> {
        for (path, planned) in &plan.actions {
            match &planned.action {
                Action::Remove => {
                    let update = if self.branch_merge { REMOVED } else { GONE };
                    self.dirstate.update_file(path, update)?;
                }
                Action::Forget => self.dirstate.update_file(path, GONE)?,
                Action::Add => self.dirstate.update_file(path, ADDED)?,
                Action::Exec { .. } => {
                    let update = FileUpdate { p2_info: self.branch_merge, ..DIRTY };
                    self.dirstate.update_file(path, update)?;
                }
                Action::Get { .. } => self.got(path, look(path))?,
                Action::PathConflictResolve { from } => self.made_way(path, from)?,
                Action::MoveLocal { from, .. } => self.moved_local(path, from)?,
                Action::GetMoved { from, .. } => {
                    let update = if self.branch_merge { ADDED } else { TRACKED };
                    self.dirstate.update_file(path, update)?;
                    if self.branch_merge {
                        self.dirstate.set_copy(path, Some(from))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn got(&mut self, path: &HgPath, clean: Option<Clean>) -> Result<()> {
        if self.branch_merge {
            let p1_tracked = self.dirstate.get(path)?.is_some_and(|entry| entry.p1_tracked);
            return self.dirstate.update_file(path, FileUpdate { p1_tracked, ..MERGED });
        }
        self.dirstate.update_file(path, FileUpdate { clean, ..TRACKED })
    }

    /// The local file `from` is `path` now; what it was a copy of it still is. Otherwise it is a copy of
    /// itself under the old name, which counts as removed even where no parent has it.
    fn made_way(&mut self, path: &HgPath, from: &HgPath) -> Result<()> {
        let source = self.dirstate.copy_source(from)?;
        self.dirstate.update_file(path, ADDED)?;
        self.dirstate.set_copy(path, Some(source.as_deref().unwrap_or(from)))?;
        let update = if source.is_none() { REMOVED } else { GONE };
        self.dirstate.update_file(from, update)
    }

    fn moved_local(&mut self, path: &HgPath, from: &HgPath) -> Result<()> {
        if self.branch_merge {
            self.dirstate.update_file(path, ADDED)?;
            self.dirstate.update_file(from, REMOVED)?;
            self.dirstate.set_copy(path, Some(from))
        } else {
            self.dirstate.update_file(path, TRACKED)?;
            self.dirstate.update_file(from, GONE)
        }
    }

    /// Records one merged file.
    pub(super) fn merged(&mut self, path: &HgPath, merge: &Merge, settled: &Settled) -> Result<()> {
        match settled {
            Settled::Deleted => {
                let update = if self.branch_merge { REMOVED } else { GONE };
                return self.dirstate.update_file(path, update);
            }
            Settled::KeptDeleted => {
                let update = if self.branch_merge { GONE } else { REMOVED };
                return self.dirstate.update_file(path, update);
            }
            // To the first parent nothing has changed.
            Settled::KeptChanged => {
                let update = if self.branch_merge { DIRTY } else { ADDED };
                return self.dirstate.update_file(path, update);
            }
            Settled::AsPlanned => {}
        }
        if self.branch_merge { self.merged_lines(path, merge) } else { self.updated(path, merge) }
    }

    fn merged_lines(&mut self, path: &HgPath, merge: &Merge) -> Result<()> {
        // The file may be new to the first parent: then only its second parent knows it.
        let old = self.dirstate.get(path)?.is_some_and(|entry| entry.p1_tracked);
        let p1_tracked = old || merge.local.as_deref() == Some(path);
        self.dirstate.update_file(path, FileUpdate { p1_tracked, ..MERGED })?;
        let (Some(local), Some(other)) = (&merge.local, &merge.other) else { return Ok(()) };
        if local != other {
            if merge.moves {
                self.dirstate.update_file(local, REMOVED)?;
            }
            let source = if **local == *path { other } else { local };
            self.dirstate.set_copy(path, Some(source))?;
        }
        Ok(())
    }

    fn updated(&mut self, path: &HgPath, merge: &Merge) -> Result<()> {
        let known = merge.other.as_deref() == Some(path);
        if known {
            // The target has the file, and local changes were merged into it.
            self.dirstate.update_file(path, DIRTY)?;
        }
        if let (true, Some(local)) = (merge.moves, &merge.local) {
            self.dirstate.update_file(local, GONE)?;
        }
        Ok(())
    }
}

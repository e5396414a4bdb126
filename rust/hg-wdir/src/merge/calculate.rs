//! From three manifests and the copies between them to a [`Plan`].

use std::collections::BTreeMap;

use hg_types::{FileFlags, HgPath, HgPathBuf, Node};

use super::action::{Action, Merge, Plan};

/// File node of a file that is modified in the working directory.
pub const MODIFIED_NODE: Node = Node(*b"!!!!!!!!!!!!modified");
/// File node of a file that was added in the working directory.
pub const ADDED_NODE: Node = Node(*b"!!!!!!!!!!!!!!!added");

/// One side's version of a file.
pub type Version = (Node, FileFlags);

/// A path at which local and other differ.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The path.
    pub path: HgPathBuf,
    /// The local version, pseudo nodes included.
    pub local: Option<Version>,
    /// The other side's version.
    pub other: Option<Version>,
}

/// Copies and renames that one side made since the ancestor.
#[derive(Clone, Debug, Default)]
pub struct SideCopies {
    /// Destination to source, for copies whose source the other side has or had too.
    pub copies: BTreeMap<HgPathBuf, HgPathBuf>,
    /// Directories that this side renamed as a whole: old to new, both ending in `/`.
    pub renamed_dirs: BTreeMap<HgPathBuf, HgPathBuf>,
    /// Files of the *other* side below a directory that this side renamed: path to new path.
    pub moved_with_dir: BTreeMap<HgPathBuf, HgPathBuf>,
}

/// Copies and renames of both sides of a merge.
#[derive(Clone, Debug, Default)]
pub struct MergeCopies {
    /// What the local side did.
    pub local: SideCopies,
    /// What the other side did.
    pub other: SideCopies,
    /// Sources that the two sides renamed differently, and where each went.
    pub diverged: BTreeMap<HgPathBuf, Vec<HgPathBuf>>,
    /// Sources that one side renamed and the other deleted.
    pub rename_deleted: BTreeMap<HgPathBuf, Vec<HgPathBuf>>,
}

impl MergeCopies {
    fn source(&self, path: &HgPath) -> Option<&HgPathBuf> {
        self.local.copies.get(path).or_else(|| self.other.copies.get(path))
    }
}

/// What a calculation cannot do without.
pub struct Sides<'a> {
    /// Looks a path up on the local side.
    pub local: &'a dyn Fn(&HgPath) -> Option<Version>,
    /// Looks a path up on the other side.
    pub other: &'a dyn Fn(&HgPath) -> Option<Version>,
    /// Looks a path up in the ancestor.
    pub ancestor: &'a dyn Fn(&HgPath) -> Option<Version>,
    /// Copies and renames.
    pub copies: &'a MergeCopies,
}

/// How to decide.
#[derive(Clone, Copy, Debug, Default)]
pub struct CalculateOptions {
    /// A merge of two lines, not an update.
    pub branch_merge: bool,
    /// Overwrite without asking.
    pub force: bool,
    /// Take the other side where one deleted what the other changed.
    pub accept_remote: bool,
}

/// Decides what to do at every path where local and other differ.
pub fn calculate(
    differences: impl IntoIterator<Item = Difference>,
    sides: &Sides<'_>,
    options: CalculateOptions,
) -> Plan {
    let mut plan = Plan {
        diverged: sides.copies.diverged.clone(),
        rename_deleted: sides.copies.rename_deleted.clone(),
        ..Plan::default()
    };
    let mut calculation = Calculation { sides, options, plan: &mut plan };
    for difference in differences {
        let path = difference.path;
        match (difference.local, difference.other) {
            (Some(local), Some(other)) => calculation.both(path, local, other),
            (Some(local), None) => calculation.only_local(path, local),
            (None, Some(other)) => calculation.only_other(path, other),
            (None, None) => {}
        }
    }
    plan
}

struct Calculation<'a, 'b> {
    sides: &'a Sides<'b>,
    options: CalculateOptions,
    plan: &'a mut Plan,
}

/// A merge with the same path on both sides.
fn same_path(path: &HgPathBuf, ancestor: Option<&HgPathBuf>) -> Action {
    Action::Merge(Merge {
        local: Some(path.clone()),
        other: Some(path.clone()),
        ancestor: ancestor.cloned(),
        moves: false,
    })
}

fn merge(
    local: &HgPathBuf,
    other: &HgPathBuf,
    ancestor: Option<&HgPathBuf>,
    moves: bool,
) -> Action {
    Action::Merge(Merge {
        local: Some(local.clone()),
        other: Some(other.clone()),
        ancestor: ancestor.cloned(),
        moves,
    })
}

fn reason(text: &str, path: &HgPath) -> Vec<u8> {
    [text.as_bytes(), path.as_bytes()].concat()
}

impl Calculation<'_, '_> {
    fn both(&mut self, path: HgPathBuf, local: Version, other: Version) {
        let Some(ancestor) = (self.sides.ancestor)(&path) else {
            let source = self.sides.copies.source(&path).cloned();
            let why = match &source {
                Some(source) => reason("both renamed from ", source),
                None => b"both created".to_vec(),
            };
            let action = same_path(&path, source.as_ref());
            return self.plan.set(path, action, why);
        };
        let is_link = |(_, flags): Version| flags == FileFlags::Symlink;
        let no_links = ![local, other, ancestor].into_iter().any(is_link);
        if other == ancestor {
            self.plan.set(path, Action::Keep, "remote unchanged");
        } else if local == ancestor {
            if local.0 == other.0 {
                self.plan.set(path, Action::Exec { flags: other.1 }, "update permissions");
            } else {
                if self.options.branch_merge {
                    self.plan.from_other.push(path.clone());
                }
                let get = Action::Get { flags: other.1, backup: false };
                self.plan.set(path, get, "remote is newer");
            }
        } else if no_links && other.0 == ancestor.0 {
            self.plan.set(path, Action::Exec { flags: other.1 }, "update permissions");
        } else if no_links && local.0 == ancestor.0 {
            if self.options.branch_merge {
                self.plan.from_other.push(path.clone());
            }
            let get = Action::Get { flags: local.1, backup: false };
            self.plan.set(path, get, "remote is newer");
        } else {
            let action = same_path(&path, Some(&path));
            self.plan.set(path, action, "versions differ");
        }
    }

    fn only_local(&mut self, path: HgPathBuf, local: Version) {
        let copies = self.sides.copies;
        if copies.other.copies.values().any(|source| *source == path) {
            // Dealt with at the destination, which the other side has.
        } else if let Some(target) = copies.other.moved_with_dir.get(&path) {
            self.remote_moved_directory(&path, target, local);
        } else if let Some(source) = copies.local.copies.get(&path) {
            let why = reason("local copied/moved from ", source);
            let action = merge(&path, source, Some(source), false);
            self.plan.set(path, action, why);
        } else if let Some(ancestor) = (self.sides.ancestor)(&path) {
            self.remote_deleted(path, local, ancestor);
        } else if !self.plan.actions.contains_key(&path) {
            // Unless a file that moves along with its directory meets it here.
            self.plan.set(path, Action::KeepNew, "ancestor missing, remote missing");
        }
    }

    fn remote_moved_directory(&mut self, path: &HgPathBuf, target: &HgPathBuf, local: Version) {
        if (self.sides.other)(target).is_some() {
            let action = merge(path, target, None, true);
            self.plan.set(target.clone(), action, "remote directory rename, both created");
        } else {
            let why = reason("remote directory rename - move from ", path);
            let action = Action::MoveLocal { from: path.clone(), flags: local.1 };
            self.plan.set(target.clone(), action, why);
        }
    }

    fn remote_deleted(&mut self, path: HgPathBuf, local: Version, ancestor: Version) {
        if self.options.branch_merge && local.0 != ADDED_NODE {
            self.plan.removal_candidates.push(path.clone());
        }
        if local.0 == ADDED_NODE {
            self.plan.set(path, Action::Forget, "remote deleted");
        } else if local.0 == ancestor.0 {
            self.plan.set(path, Action::Remove, "other deleted");
        } else if self.options.accept_remote {
            self.plan.set(path, Action::Remove, "remote delete");
        } else {
            let sides = Merge {
                local: Some(path.clone()),
                other: None,
                ancestor: Some(path.clone()),
                moves: false,
            };
            self.plan.set(path, Action::ChangedDeleted(sides), "prompt changed/deleted");
        }
    }

    fn only_other(&mut self, path: HgPathBuf, other: Version) {
        let copies = self.sides.copies;
        if copies.local.copies.values().any(|source| *source == path) {
            // Dealt with at the destination, which the local side has.
        } else if let Some(target) = copies.local.moved_with_dir.get(&path) {
            if (self.sides.local)(target).is_some() {
                let action = merge(target, &path, None, false);
                self.plan.set(target.clone(), action, "local directory rename, both created");
            } else {
                let why = reason("local directory rename - get from ", &path);
                let action = Action::GetMoved { from: path, flags: other.1 };
                self.plan.set(target.clone(), action, why);
            }
        } else if let Some(source) = copies.other.copies.get(&path) {
            let moves = (self.sides.other)(source).is_none();
            let text = if moves { "remote moved from " } else { "remote copied from " };
            let action = merge(source, &path, Some(source), moves);
            self.plan.set(path, action, reason(text, source));
        } else {
            match (self.sides.ancestor)(&path) {
                None if self.plan.actions.contains_key(&path) => {}
                None => self.remote_created(path, other),
                Some(ancestor) if ancestor.0 == other.0 => {
                    if self.options.branch_merge {
                        self.plan.removal_candidates.push(path.clone());
                    }
                    let why = "local not present, remote unchanged";
                    self.plan.set(path, Action::KeepAbsent, why);
                }
                Some(_) => self.local_deleted(path, other),
            }
        }
    }

    fn remote_created(&mut self, path: HgPathBuf, other: Version) {
        let merge_untracked = self.options.force && self.options.branch_merge;
        let why = if merge_untracked { "remote created, get or merge" } else { "remote created" };
        self.plan.set(path, Action::Created { flags: other.1, merge_untracked }, why);
    }

    fn local_deleted(&mut self, path: HgPathBuf, other: Version) {
        if let Some(moved) = self.moved_by_local_directory(&path) {
            let why = reason("local directory rename - respect move from ", &path);
            let action = merge(&moved, &path, Some(&path), false);
            self.plan.set(moved, action, why);
        } else if self.options.accept_remote {
            let action = Action::Created { flags: other.1, merge_untracked: false };
            self.plan.set(path, action, "remote recreating");
        } else {
            if self.options.branch_merge {
                self.plan.removal_candidates.push(path.clone());
            }
            let sides = Merge {
                local: None,
                other: Some(path.clone()),
                ancestor: Some(path.clone()),
                moves: false,
            };
            self.plan.set(path, Action::DeletedChanged(sides), "prompt deleted/changed");
        }
    }

    /// Where the local side's rename of a directory put `path`, if a file stands there.
    fn moved_by_local_directory(&self, path: &HgPath) -> Option<HgPathBuf> {
        let dirs = &self.sides.copies.local.renamed_dirs;
        dirs.iter().find_map(|(from, to)| {
            let rest = path.as_bytes().strip_prefix(from.as_bytes())?;
            let moved = HgPathBuf::from_vec([to.as_bytes(), rest].concat());
            (self.sides.local)(&moved).is_some().then_some(moved)
        })
    }
}

#[cfg(test)]
#[path = "calculate/tests.rs"]
mod tests;

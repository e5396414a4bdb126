//! Files of one side where the other has directories (`experimental.merge.checkpathconflicts`).
//!
//! Whichever side's file is in the way gets another name, and the user says what becomes of it.

use std::collections::{BTreeSet, HashSet};

use hg_store::Manifest;
use hg_types::{FileFlags, HgPath, HgPathBuf, Interaction, Node};

use super::action::{Action, Plan};

/// Whose files are looked at.
pub(super) struct Conflicting<'a> {
    /// The local side and its changeset.
    pub(super) local: (&'a Manifest, Node),
    /// The other side and its changeset.
    pub(super) other: (&'a Manifest, Node),
}

/// What a plan leaves of the local side, and what it adds.
struct Comings {
    /// Paths that are not there any more.
    gone: HashSet<HgPathBuf>,
    /// Paths that were not there before.
    created: Vec<(HgPathBuf, Option<FileFlags>)>,
}

impl Comings {
    fn of(plan: &Plan, local: &Manifest) -> Self {
        let mut gone = HashSet::new();
        let mut created = Vec::new();
        for (path, planned) in &plan.actions {
            let flags = match &planned.action {
                Action::Remove => {
                    gone.insert(path.clone());
                    continue;
                }
                Action::Created { flags, .. } => Some(*flags),
                Action::MoveLocal { from, .. } => {
                    gone.insert(from.clone());
                    None
                }
                Action::Merge(merge) => {
                    gone.extend(merge.local.iter().filter(|_| merge.moves).cloned());
                    None
                }
                Action::GetMoved { .. } | Action::DeletedChanged(_) => None,
                _ => continue,
            };
            if !local.contains(path) {
                created.push((path.clone(), flags));
            }
        }
        Self { gone, created }
    }

    fn stays(&self, path: &HgPath) -> bool {
        !self.gone.contains(path)
    }
}

/// Gives other names to files that cannot stay where they are, and tells of them.
pub(super) fn check_path_conflicts(
    plan: &mut Plan,
    sides: &Conflicting,
    interaction: &dyn Interaction,
) {
    let local = sides.local.0;
    let comings = Comings::of(plan, local);
    let mut local_conflicts: BTreeSet<HgPathBuf> = BTreeSet::new();
    let mut remote_conflicts = Vec::new();
    for (path, flags) in &comings.created {
        let in_the_way =
            path.ancestors().find(|above| local.contains(above) && comings.stays(above));
        local_conflicts.extend(in_the_way.map(HgPath::to_owned));
        if let Some(flags) = flags
            && local.below(path).any(|entry| comings.stays(entry.path))
        {
            remote_conflicts.push((path.clone(), *flags));
        }
    }
    for path in local_conflicts {
        let moved_to = free_name(sides, &path, &sides.local.1);
        tell(interaction, &path, "local", &moved_to);
        let resolve = Action::PathConflictResolve { from: path.clone() };
        plan.set(moved_to.clone(), resolve, "local path conflict");
        plan.set(path, Action::PathConflict { moved_to, origin: b'l' }, "path conflict");
    }
    for (path, flags) in remote_conflicts {
        let moved_to = free_name(sides, &path, &sides.other.1);
        tell(interaction, &path, "remote", &moved_to);
        let get = Action::GetMoved { from: path.clone(), flags };
        plan.set(moved_to.clone(), get, "remote path conflict");
        plan.set(path, Action::PathConflict { moved_to, origin: b'r' }, "path conflict");
    }
}

fn tell(interaction: &dyn Interaction, path: &HgPath, whose: &str, moved_to: &HgPath) {
    let path = path.as_bytes();
    let text = [
        path,
        b": path conflict - a file or link has the same name as a directory\nthe ",
        whose.as_bytes(),
        b" file has been renamed to ",
        moved_to.as_bytes(),
        b"\nresolve manually then use 'hg resolve --mark ",
        path,
        b"'\n",
    ];
    interaction.status(&text.concat());
}

/// A name that neither side uses: `path~changeset`, numbered when even that is taken.
fn free_name(sides: &Conflicting, path: &HgPath, node: &Node) -> HgPathBuf {
    let first = [path.as_bytes(), b"~", &node.short()[..]].concat();
    let taken = |name: &HgPath| {
        [sides.local.0, sides.other.0].into_iter().any(|m| m.contains(name) || m.has_dir(name))
    };
    let numbered = (1_u64..).map(|n| [&first[..], format!("~{n}").as_bytes()].concat());
    std::iter::once(first.clone())
        .chain(numbered)
        .map(HgPathBuf::from_vec)
        .find(|name| !taken(name))
        .unwrap_or_default()
}

//! Merging changesets without a working directory: what comes out are files in memory, or a conflict.

use std::cell::Cell;
use std::collections::BTreeMap;

use hg_diff::merge3::Style;
use hg_store::{Manifest, Repo};
use hg_types::{FileFlags, HgPath, HgPathBuf, Interaction, Node, Result, Revision, Silent};

use super::action::{Action, Merge, Plan};
use super::calculate::{CalculateOptions, Difference, MergeCopies, Sides, calculate};
use super::file::{FileMerge, MergeContext, Outcome, Side};
use super::trace::{Traced, merge_copies};
use crate::manifest_of;

/// A file of the result; `None` when it is gone.
pub type MergedFile = Option<(Vec<u8>, FileFlags)>;

/// Merges the changes between `base` and `other` into `local`; gives the files that differ from the local ones, or
/// `None` when there are conflicts, or something has to be merged by a program.
///
/// # Errors
/// When a version cannot be read, or the user cancels.
pub fn merge_in_memory(
    repo: &Repo,
    [local, other]: [Node; 2],
    base: Revision,
    labels: [Vec<u8>; 3],
    interaction: &dyn Interaction,
) -> Result<Option<BTreeMap<HgPathBuf, MergedFile>>> {
    merge(repo, [local, other], base, (labels, Conflicts::Refused), interaction)
}

/// Merges the changes between `base` and `other` into `local`, and leaves conflicts in the files: between markers, or
/// for what has no lines, the local version; a change wins over a removal.
///
/// # Errors
/// When a version cannot be read.
pub fn merge_with_markers(
    repo: &Repo,
    nodes: [Node; 2],
    base: Revision,
    labels: [Vec<u8>; 3],
) -> Result<BTreeMap<HgPathBuf, MergedFile>> {
    merge(repo, nodes, base, (labels, Conflicts::Marked), &Silent).map(Option::unwrap_or_default)
}

/// What becomes of conflicts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Conflicts {
    /// There is no result.
    Refused,
    /// They are left in the files.
    Marked,
}

fn merge(
    repo: &Repo,
    [local, other]: [Node; 2],
    base: Revision,
    (labels, conflicts): ([Vec<u8>; 3], Conflicts),
    interaction: &dyn Interaction,
) -> Result<Option<BTreeMap<HgPathBuf, MergedFile>>> {
    let base_node = repo.changelog()?.node(base);
    let manifests =
        [manifest_of(repo, &local)?, manifest_of(repo, &other)?, manifest_of(repo, &base_node)?];
    let merging = Merging {
        repo,
        nodes: [local, other, base_node],
        manifests: [&manifests[0], &manifests[1], &manifests[2]],
        context: MergeContext {
            repo,
            interaction,
            labels: labels.clone(),
            marker_labels: labels,
            tool_failed: Cell::default(),
        },
        conflicts,
    };
    let plan = merging.plan(base, interaction)?;
    merging.apply(&plan)
}

struct Merging<'a> {
    repo: &'a Repo,
    /// Local, other and base, here and below.
    nodes: [Node; 3],
    manifests: [&'a Manifest; 3],
    context: MergeContext<'a>,
    conflicts: Conflicts,
}

impl Merging<'_> {
    fn plan(&self, base: Revision, interaction: &dyn Interaction) -> Result<Plan> {
        let cl = self.repo.changelog()?;
        let [local, other, old] = self.manifests;
        let wanted = self.repo.config().get_bool_or("merge", "followcopies", true)?;
        let copies = if base.is_null() || !wanted {
            MergeCopies::default()
        } else {
            let traced = |at: usize, manifest| -> Result<Traced<'_>> {
                let side = crate::copies::Side::Revision(cl.rev(&self.nodes[at])?);
                Ok(Traced { side, manifest })
            };
            let (one, two) = (traced(0, local)?, traced(1, other)?);
            merge_copies(self.repo, &one, &two, base, old, interaction)?
        };
        interaction.note(b"resolving manifests\n");
        let look = |manifest: &Manifest, path: &HgPath| {
            manifest.get(path).map(|entry| (entry.node, entry.flags))
        };
        let sides = Sides {
            local: &|path| look(local, path),
            other: &|path| look(other, path),
            ancestor: &|path| look(old, path),
            copies: &copies,
        };
        let differences = local.diff(other).into_iter().map(|difference| Difference {
            path: difference.path.to_owned(),
            local: difference.old,
            other: difference.new,
        });
        let options = CalculateOptions { branch_merge: true, force: true, accept_remote: false };
        Ok(calculate(differences, &sides, options))
    }

    fn apply(&self, plan: &Plan) -> Result<Option<BTreeMap<HgPathBuf, MergedFile>>> {
        let mut out: BTreeMap<HgPathBuf, MergedFile> = BTreeMap::new();
        let note = |word: &[u8], path: &HgPath| {
            self.context.interaction.note(&[word, path.as_bytes(), b"\n"].concat());
        };
        for (path, planned) in &plan.actions {
            match &planned.action {
                Action::Get { flags, .. } | Action::Created { flags, .. } => {
                    note(b"getting ", path);
                    out.insert(path.clone(), Some((self.read(1, path)?, *flags)));
                }
                Action::GetMoved { from, flags } => {
                    out.insert(path.clone(), Some((self.read(1, from)?, *flags)));
                }
                Action::MoveLocal { from, flags } => {
                    out.insert(path.clone(), Some((self.read(0, from)?, *flags)));
                    out.insert(from.clone(), None);
                }
                Action::Exec { flags } => {
                    out.insert(path.clone(), Some((self.read(0, path)?, *flags)));
                }
                Action::Remove | Action::Forget => {
                    note(b"removing ", path);
                    out.insert(path.clone(), None);
                }
                Action::Merge(merge)
                | Action::ChangedDeleted(merge)
                | Action::DeletedChanged(merge) => {
                    if !self.merge_one(path, merge, &mut out)? {
                        return Ok(None);
                    }
                }
                Action::Add | Action::Keep | Action::KeepAbsent | Action::KeepNew => {}
                Action::PathConflict { .. } | Action::PathConflictResolve { .. } => {
                    return Ok(None);
                }
            }
        }
        Ok(Some(out))
    }

    /// Merges one file; says whether that went well.
    fn merge_one(
        &self,
        path: &HgPathBuf,
        merge: &Merge,
        out: &mut BTreeMap<HgPathBuf, MergedFile>,
    ) -> Result<bool> {
        let side = |at: usize, name: &Option<HgPathBuf>| -> Result<Side> {
            let entry = name.as_ref().and_then(|name| self.manifests[at].get(name));
            let content = match &entry {
                Some(entry) => Some(self.read(at, entry.path)?),
                None => None,
            };
            Ok(Side {
                path: name.clone().unwrap_or_else(|| path.clone()),
                content,
                flags: entry.map(|entry| entry.flags).unwrap_or_default(),
                changeset: self.nodes[at],
            })
        };
        let base = match &merge.ancestor {
            Some(_) => side(2, &merge.ancestor)?,
            None => Side::default(),
        };
        let file = FileMerge {
            path: path.clone(),
            local: side(0, &merge.local)?,
            other: side(1, &merge.other)?,
            base,
        };
        let flags = super::apply::flags_of_merge(
            merge.local.as_ref().map(|_| file.local.flags),
            merge.other.as_ref().map(|_| file.other.flags),
            merge.ancestor.as_ref().map(|_| file.base.flags),
        );
        let Some(content) = self.content(&file)? else { return Ok(false) };
        out.insert(path.clone(), content.map(|content| (content, flags)));
        if let Some(local) = merge.local.as_ref().filter(|local| merge.moves && *local != path) {
            out.insert(local.clone(), None);
        }
        Ok(true)
    }

    /// The content of a merged file; `None` when it cannot be told.
    fn content(&self, file: &FileMerge) -> Result<Option<Option<Vec<u8>>>> {
        if self.conflicts == Conflicts::Marked {
            return self.marked(file).map(Some);
        }
        Ok(Some(match self.context.merge_without_programs(file)? {
            Outcome::Same | Outcome::KeepLocal => file.local.content.clone(),
            Outcome::Merged(text) => Some(text),
            Outcome::TakeOther => file.other.content.clone(),
            Outcome::Delete => None,
            Outcome::Unresolved(_) | Outcome::Refused | Outcome::LeftByProgram(_) => {
                return Ok(None);
            }
        }))
    }

    fn marked(&self, file: &FileMerge) -> Result<Option<Vec<u8>>> {
        let (local, other) = (&file.local, &file.other);
        if local.content.is_none() || other.content.is_none() {
            return Ok(local.content.clone().or_else(|| other.content.clone()));
        }
        let sides = [local, other, &file.base];
        if local.content == other.content
            || local.is_link()
            || other.is_link()
            || sides.into_iter().any(Side::is_binary)
        {
            return Ok(local.content.clone());
        }
        let detailed = self.context.wants_details();
        let merged = self.context.premerge(file, b"merge3", detailed, Style::Merge3)?;
        Ok(Some(merged.unwrap_or_else(|marked| marked)))
    }

    fn read(&self, at: usize, path: &HgPath) -> Result<Vec<u8>> {
        match self.manifests[at].node(path) {
            Some(node) => Ok(self.repo.filelog(path)?.read_node(&node)?.into_vec()),
            None => Ok(Vec::new()),
        }
    }
}

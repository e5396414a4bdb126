//! Doing what a [`Plan`] says: removals, then moves, then the other side's files in parallel, then modes,
//! then merges one by one.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::Arc;

use hg_format::mergestate::{ContentConflict, FileState};
use hg_store::{Manifest, NestedLocal, NestedUpdate, Repo};
use hg_types::{FileFlags, HgPath, HgPathBuf, Interaction, Node, Result};
use hg_vfs::{IoResultExt as _, PathAuditor};

use super::action::{Action, Merge, Plan};
use super::checkout::{Get, Written, check_out};
use super::file::{FileMerge, MergeContext, Outcome, Side};
use super::nested;
use super::record::Settled;
use super::state::MergeState;
use crate::filter::{decode_to_write, encode};

/// How many files an update or a merge changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UpdateStats {
    /// Files written or changed in mode.
    pub updated: usize,
    /// Files merged.
    pub merged: usize,
    /// Files removed.
    pub removed: usize,
    /// Files left to the user.
    pub unresolved: usize,
}

impl UpdateStats {
    /// The line that commands print, without newline.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{} files updated, {} files merged, {} files removed, {} files unresolved",
            self.updated, self.merged, self.removed, self.unresolved
        )
    }
}

/// The changesets whose files are merged.
pub(super) struct Versions<'a> {
    pub(super) local: Node,
    pub(super) other: Node,
    /// The ancestors: one, unless several bid.
    pub(super) bases: &'a [Base],
    pub(super) local_manifest: &'a Manifest,
    pub(super) other_manifest: &'a Manifest,
}

/// An ancestor that files are merged from.
pub(super) struct Base {
    pub(super) node: Node,
    pub(super) manifest: Arc<Manifest>,
}

impl Versions<'_> {
    /// The ancestor that `path` is merged from.
    fn base(&self, plan: &Plan, path: &HgPath) -> &Base {
        &self.bases[plan.base_of.get(path).copied().unwrap_or(0)]
    }
}

/// A merge and how it ended, for the dirstate.
pub(super) struct Finished {
    pub(super) path: HgPathBuf,
    pub(super) merge: Merge,
    pub(super) settled: Settled,
}

/// So many files take a while: the user sees progress before they are written.
const MANY: usize = 100;

/// What is merged.
fn merges_of(plan: &Plan) -> impl Iterator<Item = &Merge> {
    plan.actions.values().filter_map(|planned| merge_of(&planned.action))
}

/// Applies a plan to the working directory.
pub(super) struct Applier<'a, 'p> {
    pub(super) repo: &'a Repo,
    pub(super) context: &'a MergeContext<'a>,
    pub(super) interaction: &'a dyn Interaction,
    pub(super) versions: Versions<'a>,
    pub(super) state: &'a mut MergeState,
    pub(super) stats: UpdateStats,
    pub(super) finished: Vec<Finished>,
    pub(super) written: Written<'p>,
    /// The number of files to do something with.
    pub(super) total: usize,
    /// The letters of all actions.
    pub(super) letters: BTreeSet<&'static str>,
    /// A merge of two lines, not an update.
    pub(super) branch_merge: bool,
    /// The same for nested repositories.
    pub(super) nested: NestedUpdate,
    /// The nested repositories as they were.
    pub(super) nested_before: Option<Box<dyn NestedLocal>>,
}

impl<'p> Applier<'_, 'p> {
    /// Applies the whole plan. The dirstate is the caller's.
    pub(super) fn apply(&mut self, plan: &'p Plan) -> Result<()> {
        for planned in plan.actions.values() {
            let letter = planned.action.letter();
            self.letters.insert(letter);
            self.total += usize::from(!matches!(letter, "k" | "ka" | "kn"));
        }
        let nested = plan.actions.get(nested::state_file()).map(|planned| &planned.action);
        if matches!(nested, Some(Action::Remove)) {
            self.update_nested(false)?;
        }
        self.remove_files(plan)?;
        self.say_all(plan, "f");
        self.say_all(plan, "a");
        self.move_path_conflicts(plan)?;
        self.get_files(plan)?;
        if matches!(nested, Some(Action::Get { .. })) {
            self.update_nested(false)?;
        }
        self.move_files(plan)?;
        self.change_modes(plan)?;
        if plan.auctioned || !self.branch_merge {
            self.say_idle(plan);
        }
        self.advance(self.total - merges_of(plan).count());
        self.preserve(plan)?;
        self.merge_files(plan)?;
        self.interaction.progress("updating", None, b"", "files", Some(self.total as u64));
        Ok(())
    }

    /// Shows how many files are done.
    fn advance(&self, done: usize) {
        if done > 0 {
            let total = Some(self.total as u64);
            self.interaction.progress("updating", Some(done as u64), b"", "files", total);
        }
    }

    /// Gives the reasons for all actions of one kind.
    fn say_all(&self, plan: &Plan, letter: &str) {
        if !self.letters.contains(letter) {
            return;
        }
        for (path, planned) in &plan.actions {
            if planned.action.letter() == letter {
                self.say(path, &planned.reason, letter);
            }
        }
    }

    /// What `--debug` shows of files to which nothing is done.
    fn say_idle(&self, plan: &Plan) {
        ["k", "ka", "kn"].into_iter().for_each(|letter| self.say_all(plan, letter));
    }

    pub(super) fn say(&self, path: &HgPath, reason: &[u8], letter: &str) {
        let parts = [&b" "[..], path.as_bytes(), b": ", reason, b" -> ", letter.as_bytes(), b"\n"];
        self.interaction.debug(&parts.concat());
    }

    fn remove_files(&mut self, plan: &Plan) -> Result<()> {
        let wvfs = self.repo.wvfs();
        let auditor = PathAuditor::new(self.repo.wvfs().clone());
        for path in plan.paths(|action| matches!(action, Action::Remove)) {
            auditor.check(path.as_bytes())?;
            self.say(path, &plan.actions[path].reason, "r");
            self.interaction.note(&[b"removing ", path.as_bytes(), b"\n"].concat());
            match wvfs.remove_with_parents(path) {
                Err(error) if error.is_not_found() => {}
                Err(error) => {
                    let error = error.to_string();
                    let parts = [
                        &b"update failed to remove "[..],
                        path.as_bytes(),
                        b": ",
                        error.as_bytes(),
                        b"!\n",
                    ];
                    self.interaction.warn(&parts.concat());
                }
                Ok(()) => {}
            }
            self.stats.removed += 1;
        }
        Ok(())
    }

    /// Moves local files to where the other side has no directories.
    fn move_path_conflicts(&mut self, plan: &Plan) -> Result<()> {
        if !self.letters.contains("p") && !self.letters.contains("pr") {
            return Ok(());
        }
        let auditor = PathAuditor::new(self.repo.wvfs().clone());
        for (path, planned) in &plan.actions {
            match &planned.action {
                Action::PathConflict { moved_to, origin } => {
                    self.state.add_path_conflict(path, moved_to, *origin);
                    self.stats.unresolved += 1;
                }
                Action::PathConflictResolve { from } => {
                    self.say(path, &planned.reason, "pr");
                    let parts = [&b"moving "[..], from.as_bytes(), b" to ", path.as_bytes(), b"\n"];
                    self.interaction.note(&parts.concat());
                    auditor.check(path.as_bytes())?;
                    self.repo.wvfs().rename(from, path)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Writes the other side's files, on all processors.
    fn get_files(&mut self, plan: &'p Plan) -> Result<()> {
        let mut gets: Vec<Get<'p>> = Vec::with_capacity(self.total);
        let mut backups: HashSet<&HgPath> = HashSet::new();
        for (path, planned) in &plan.actions {
            let (from, flags) = match &planned.action {
                Action::Get { flags, backup } => {
                    backups.extend(backup.then_some(&**path));
                    (path, *flags)
                }
                Action::GetMoved { from, flags } => (from, *flags),
                _ => continue,
            };
            gets.push(Get { path, from, flags });
        }
        if gets.is_empty() {
            return Ok(());
        }
        // Files are moved out of the way before anything is written.
        self.make_room(plan, &gets, &backups)?;
        self.audit(&gets)?;
        if gets.len() > MANY {
            let total = Some(self.total as u64);
            self.interaction.progress("updating", Some(0), b"", "files", total);
        }
        self.written = check_out(self.repo, self.versions.other_manifest, &gets)?;
        self.stats.updated += gets.len();
        Ok(())
    }

    /// Says what is written, and moves away what stands in its place or where its directories should be.
    fn make_room(&self, plan: &Plan, gets: &[Get<'p>], backups: &HashSet<&HgPath>) -> Result<()> {
        let loud = self.interaction.is_verbose();
        let free = backups.is_empty() && plan.displaced.is_empty() && plan.cleared.is_empty();
        if free && !loud {
            return Ok(());
        }
        let mut done: HashSet<&HgPath> = HashSet::new();
        for get in gets {
            if loud {
                self.say_get(plan, get);
            }
            if free {
                continue;
            }
            for at in get.path.ancestors().chain(std::iter::once(get.path)) {
                if plan.displaced.contains(at) && done.insert(at) {
                    hg_vfs::check_links(self.repo.wvfs(), at.as_bytes())?;
                    back_up(self.repo, at)?;
                } else if plan.cleared.contains(at) && done.insert(at) {
                    clear(self.repo, at)?;
                }
            }
            if backups.contains(get.path) && self.repo.wvfs().lexists(get.path) {
                hg_vfs::check_links(self.repo.wvfs(), get.path.as_bytes())?;
                back_up(self.repo, get.path)?;
            }
        }
        Ok(())
    }

    /// Looks at all directories before anything is written.
    fn audit(&self, gets: &[Get]) -> Result<()> {
        let auditor = PathAuditor::new(self.repo.wvfs().clone());
        // A manifest can have both a link and files below it: no thread may write through the link
        // that another one has just made.
        let links: HashSet<&HgPath> =
            gets.iter().filter(|get| get.flags == FileFlags::Symlink).map(|get| get.path).collect();
        let mut seen: Option<&HgPath> = None;
        for get in gets {
            // Neighbours lie in one directory.
            if seen == get.path.parent() && seen.is_some() {
                hg_vfs::check_path(get.path.as_bytes())?;
            } else {
                auditor.check(get.path.as_bytes())?;
                seen = get.path.parent();
            }
            if !links.is_empty()
                && let Some(link) = get.path.ancestors().find(|above| links.contains(above))
            {
                return Err(hg_vfs::through_link(get.path.as_bytes(), link.as_bytes()).into());
            }
        }
        Ok(())
    }

    fn say_get(&self, plan: &Plan, get: &Get) {
        let (path, from) = (get.path, get.from);
        let planned = &plan.actions[path];
        self.say(path, &planned.reason, planned.action.letter());
        let text = match from == path {
            true => [b"getting ", path.as_bytes(), b"\n"].concat(),
            false => [&b"getting "[..], from.as_bytes(), b" to ", path.as_bytes(), b"\n"].concat(),
        };
        self.interaction.note(&text);
    }

    fn move_files(&mut self, plan: &Plan) -> Result<()> {
        if !self.letters.contains("dm") {
            return Ok(());
        }
        for (path, planned) in &plan.actions {
            if let Action::MoveLocal { from, flags } = &planned.action {
                self.say(path, &planned.reason, "dm");
                let parts = [&b"moving "[..], from.as_bytes(), b" to ", path.as_bytes(), b"\n"];
                self.interaction.note(&parts.concat());
                let content = read_file(self.repo, from)?.map(|(content, _)| content);
                write_file(self.repo, path, &content.unwrap_or_default(), *flags)?;
                self.repo.wvfs().remove_with_parents(from)?;
                self.stats.updated += 1;
            }
        }
        Ok(())
    }

    fn change_modes(&mut self, plan: &Plan) -> Result<()> {
        if !self.letters.contains("e") {
            return Ok(());
        }
        let auditor = PathAuditor::new(self.repo.wvfs().clone());
        for (path, planned) in &plan.actions {
            if let Action::Exec { flags } = planned.action {
                self.say(path, &planned.reason, "e");
                auditor.check(path.as_bytes())?;
                let (link, exec) = (flags == FileFlags::Symlink, flags == FileFlags::Executable);
                self.repo.wvfs().set_flags(path, link, exec)?;
                self.stats.updated += 1;
            }
        }
        Ok(())
    }

    /// Notes all merges, with the local versions, before the first one is tried: whatever happens
    /// then, nothing is lost.
    fn preserve(&mut self, plan: &Plan) -> Result<()> {
        self.merge_nested(plan)?;
        for (path, planned) in &plan.actions {
            let Some(merge) = merge_of(&planned.action) else { continue };
            if !self.is_text_merge(path) {
                continue;
            }
            let local_path = merge.local.clone().unwrap_or_else(|| path.clone());
            // Without an ancestor, it is the local file that comes from nothing.
            let ancestor_path = merge.ancestor.clone().unwrap_or_else(|| local_path.clone());
            let local = match &merge.local {
                Some(local) => read_file(self.repo, local)?,
                None => None,
            };
            let parts = [
                &b" preserving "[..],
                local_path.as_bytes(),
                b" for resolve of ",
                path.as_bytes(),
                b"\n",
            ];
            self.interaction.debug(&parts.concat());
            let node = |manifest: &Manifest, path: &Option<HgPathBuf>| {
                path.as_ref().and_then(|path| manifest.node(path)).unwrap_or_default()
            };
            let sides = ContentConflict {
                local_key: Vec::new(),
                local_path: local_path.clone(),
                ancestor_node: node(&self.versions.base(plan, path).manifest, &merge.ancestor),
                ancestor_path,
                other_node: node(self.versions.other_manifest, &merge.other),
                other_path: merge.other.clone().unwrap_or_else(|| path.clone()),
                flags: self.merged_flags(plan, path, merge).as_bytes().to_vec(),
            };
            let content = local.as_ref().map(|(content, _)| content.as_slice());
            let base = merge.ancestor.as_ref().map(|_| self.versions.base(plan, path).node);
            self.state.add(path, content, sides, base.unwrap_or_default())?;
        }
        for path in &plan.removal_candidates {
            self.state.set_extra(path, b"merge-removal-candidate", b"yes");
        }
        for path in &plan.from_other {
            self.state.set_extra(path, b"filenode-source", b"other");
        }
        self.state.commit()
    }

    /// The kind of the merged file: whichever side changed it.
    fn merged_flags(&self, plan: &Plan, path: &HgPath, merge: &Merge) -> FileFlags {
        let versions = &self.versions;
        let flags = |manifest: &Manifest, path: &Option<HgPathBuf>| {
            path.as_ref().map(|path| manifest.flags(path))
        };
        let local = flags(versions.local_manifest, &merge.local);
        let other = flags(versions.other_manifest, &merge.other);
        let base = flags(&versions.base(plan, path).manifest, &merge.ancestor);
        flags_of_merge(local, other, base)
    }

    /// Tells of kinds that differ where no ancestor says which side changed it.
    fn warn_of_flags(&self, file: &FileMerge) {
        let (local, other) = (&file.local, &file.other);
        let links = [local.flags, other.flags].contains(&FileFlags::Symlink);
        let both = local.content.is_some() && other.content.is_some();
        if both && file.base.content.is_none() && local.flags != other.flags && !links {
            let parts = [
                &b"warning: cannot merge flags for "[..],
                file.path.as_bytes(),
                b" without common ancestor - keeping local flags\n",
            ];
            self.interaction.warn(&parts.concat());
        }
    }

    fn merge_files(&mut self, plan: &Plan) -> Result<()> {
        let group = |action: &Action| match action {
            Action::ChangedDeleted(_) => Some(0),
            Action::DeletedChanged(_) => Some(1),
            Action::Merge(_) => Some(2),
            _ => None,
        };
        let mut merges: Vec<_> = plan
            .actions
            .iter()
            .filter(|(path, _)| self.is_text_merge(path))
            .filter_map(|(path, planned)| Some((group(&planned.action)?, path, planned)))
            .collect();
        merges.sort_by_key(|(group, path, _)| (*group, *path));
        let moved_away = merges.iter().filter_map(|(_, path, planned)| {
            let merge = merge_of(&planned.action)?;
            merge.local.as_ref().filter(|local| merge.moves && local != path)
        });
        let moved_away: Vec<HgPathBuf> = moved_away.cloned().collect();
        let mut open = merges.len();
        for path in moved_away.iter().filter(|path| self.repo.wvfs().lexists(path)) {
            self.interaction.debug(&[b"removing ", path.as_bytes(), b"\n"].concat());
        }
        let mut goes_on = true;
        for (_, path, planned) in merges {
            let Some(merge) = merge_of(&planned.action) else { continue };
            let settled = if goes_on {
                self.say(path, &planned.reason, "m");
                let settled = self.merge_one(plan, path, merge)?;
                goes_on = self.context.goes_on()?;
                open -= 1;
                self.advance(self.total - open);
                settled
            } else {
                self.stats.unresolved += 1;
                Settled::AsPlanned
            };
            self.finished.push(Finished { path: path.clone(), merge: merge.clone(), settled });
        }
        for path in moved_away {
            if self.repo.wvfs().lexists(&path) {
                self.repo.wvfs().remove_with_parents(&path)?;
            }
        }
        self.state.commit()
    }

    fn merge_one(&mut self, plan: &Plan, path: &HgPath, merge: &Merge) -> Result<Settled> {
        let flags = self
            .state
            .get(path)
            .and_then(|file| match &file.conflict {
                hg_format::mergestate::Conflict::Content(sides) => {
                    FileFlags::from_bytes(&sides.flags)
                }
                hg_format::mergestate::Conflict::Path { .. } => None,
            })
            .unwrap_or_default();
        let file = self.file_merge(plan, path, merge)?;
        self.warn_of_flags(&file);
        let outcome = self.context.merge_file(&file)?;
        let settled = settle(self.repo, self.state, &file, flags, &outcome)?;
        match (&outcome, &settled) {
            (outcome, _) if outcome.is_unresolved() => self.stats.unresolved += 1,
            (Outcome::Same, _) => self.stats.updated += 1,
            (Outcome::Delete, Settled::Deleted) => self.stats.removed += 1,
            _ => self.stats.merged += 1,
        }
        Ok(settled)
    }

    fn file_merge(&self, plan: &Plan, path: &HgPath, merge: &Merge) -> Result<FileMerge> {
        let versions = &self.versions;
        let base = versions.base(plan, path);
        let stored = |manifest: &Manifest, at: &Option<HgPathBuf>, changeset| -> Result<Side> {
            let found = at.as_ref().and_then(|at| manifest.get(at));
            let (content, flags) = match &found {
                Some(entry) => {
                    let content = self.repo.filelog(entry.path)?.read_node(&entry.node)?;
                    (Some(content.into_vec()), entry.flags)
                }
                None => (None, FileFlags::Regular),
            };
            let path = at.clone().unwrap_or_else(|| path.to_owned());
            Ok(Side { path, content, flags, changeset })
        };
        let local = match &merge.local {
            Some(at) => read_file(self.repo, at)?,
            None => None,
        };
        let (content, flags) = local.map_or((None, FileFlags::Regular), |(c, f)| (Some(c), f));
        let local_path = merge.local.clone().unwrap_or_else(|| path.to_owned());
        Ok(FileMerge {
            path: path.to_owned(),
            local: Side { path: local_path, content, flags, changeset: versions.local },
            other: stored(versions.other_manifest, &merge.other, versions.other)?,
            base: match &merge.ancestor {
                Some(_) => stored(&base.manifest, &merge.ancestor, base.node)?,
                None => Side {
                    path: merge.local.clone().unwrap_or_else(|| path.to_owned()),
                    ..Side::default()
                },
            },
        })
    }
}

/// The kind of a merged file: whichever side changed it.
pub(super) fn flags_of_merge(
    local: Option<FileFlags>,
    other: Option<FileFlags>,
    base: Option<FileFlags>,
) -> FileFlags {
    let (Some(local), Some(other)) = (local, other) else {
        return local.or(other).unwrap_or_default();
    };
    let links = [local, other].contains(&FileFlags::Symlink);
    match base {
        _ if local == other || links => local,
        None => local,
        Some(base) if local == base => other,
        Some(_) => local,
    }
}

/// Writes what a merged file has become and marks it in the merge state.
pub(super) fn settle(
    repo: &Repo,
    state: &mut MergeState,
    file: &FileMerge,
    flags: FileFlags,
    outcome: &Outcome,
) -> Result<Settled> {
    let path = &file.path;
    let mark = |state: &mut MergeState| state.mark(path, FileState::Resolved);
    Ok(match outcome {
        Outcome::Same => {
            let links = [flags, file.local.flags].contains(&FileFlags::Symlink);
            if file.local.path != *path {
                let flags = if links { file.local.flags } else { flags };
                write_file(repo, path, file.local.content.as_deref().unwrap_or_default(), flags)?;
            } else if flags != file.local.flags && !links {
                repo.wvfs().set_flags(path, false, flags == FileFlags::Executable)?;
            }
            mark(state);
            Settled::AsPlanned
        }
        Outcome::Merged(text) => {
            write_file(repo, path, text, flags)?;
            // A copy from an attempt before this one is of no use any more.
            repo.wvfs().try_remove(backup_path(repo, path)?)?;
            mark(state);
            Settled::AsPlanned
        }
        Outcome::LeftByProgram(good) => {
            if *good {
                repo.wvfs().try_remove(backup_path(repo, path)?)?;
                mark(state);
            } else {
                state.set_extra(path, b"merged", b"yes");
            }
            Settled::AsPlanned
        }
        Outcome::KeepLocal => {
            state.set_extra(path, b"merged", b"yes");
            if file.local.path != *path {
                write_file(repo, path, file.local.content.as_deref().unwrap_or_default(), flags)?;
            }
            mark(state);
            if file.other.content.is_none() { Settled::KeptChanged } else { Settled::AsPlanned }
        }
        Outcome::TakeOther => {
            state.set_extra(path, b"merged", b"yes");
            let content = file.other.content.as_deref().unwrap_or_default();
            write_file(repo, path, content, file.other.flags)?;
            mark(state);
            Settled::AsPlanned
        }
        Outcome::Delete => {
            state.set_extra(path, b"merged", b"yes");
            mark(state);
            if repo.wvfs().lexists(path) {
                repo.wvfs().remove_with_parents(path)?;
            }
            if file.local.content.is_none() { Settled::KeptDeleted } else { Settled::Deleted }
        }
        Outcome::Unresolved(text) => {
            state.set_extra(path, b"merged", b"yes");
            let missing = file.local.content.is_none();
            if let Some(text) = text {
                if !missing {
                    keep_original(repo, file)?;
                }
                let flags = if missing { file.other.flags } else { flags };
                write_file(repo, path, text, flags)?;
            } else if file.local.path != *path {
                let content = file.local.content.as_deref().unwrap_or_default();
                write_file(repo, path, content, flags)?;
            }
            if file.other.content.is_none() { Settled::KeptChanged } else { Settled::AsPlanned }
        }
        Outcome::Refused => {
            state.set_extra(path, b"merged", b"yes");
            // Links are not even tried.
            if !file.local.is_link() && !file.other.is_link() {
                keep_original(repo, file)?;
            }
            if file.local.path != *path {
                let content = file.local.content.as_deref().unwrap_or_default();
                write_file(repo, path, content, flags)?;
            }
            Settled::AsPlanned
        }
    })
}

/// Saves the local version as `.orig` (or where `ui.origbackuppath` says).
pub(super) fn keep_original(repo: &Repo, file: &FileMerge) -> Result<()> {
    let target = backup_path(repo, &file.path)?;
    let content = file.local.content.as_deref().unwrap_or_default();
    let target = HgPath::new(&target);
    if file.local.flags == FileFlags::Symlink {
        repo.wvfs().try_remove(target)?;
        return Ok(repo.wvfs().symlink(content, target)?);
    }
    Ok(repo.wvfs().write(target, content)?)
}

/// Moves a file to its `.orig` name.
pub(super) fn back_up(repo: &Repo, path: &HgPath) -> Result<()> {
    let target = backup_path(repo, path)?;
    Ok(repo.wvfs().rename(path, &target)?)
}

/// Removes an untracked file, or a directory with everything in it.
fn clear(repo: &Repo, path: &HgPath) -> Result<()> {
    hg_vfs::check_links(repo.wvfs(), path.as_bytes())?;
    let full = repo.wvfs().join(path);
    let directory = std::fs::symlink_metadata(&full).is_ok_and(|meta| meta.is_dir());
    let removed =
        if directory { std::fs::remove_dir_all(&full) } else { std::fs::remove_file(&full) };
    Ok(removed.when("removing", &full)?)
}

/// Where a file is saved before it is overwritten, relative to the root. What is in the way there, of saved files, goes.
///
/// # Errors
/// When the directory for it cannot be made.
pub fn backup_path(repo: &Repo, path: &HgPath) -> Result<Vec<u8>> {
    let config = repo.config();
    let Some(directory) = config.get("ui", "origbackuppath").filter(|value| !value.is_empty())
    else {
        return Ok([path.as_bytes(), b".orig"].concat());
    };
    let mut target = directory.to_vec();
    target.push(b'/');
    target.extend_from_slice(path.as_bytes());
    let full = repo.wvfs().join(&target);
    let base = repo.wvfs().join(directory);
    if let Some(parent) = full.parent().filter(|parent| !is_directory(parent)) {
        note_path(repo, "creating directory", parent);
        let mut above: Vec<&Path> =
            parent.ancestors().take_while(|at| at.starts_with(&base)).collect();
        above.reverse();
        let file = above.into_iter().find(|at| at.symlink_metadata().is_ok() && !is_directory(at));
        if let Some(file) = file {
            note_path(repo, "removing conflicting file", file);
            std::fs::remove_file(file).when("removing", file)?;
        }
        std::fs::create_dir_all(parent).when("creating", parent)?;
    }
    if is_directory(&full) {
        note_path(repo, "removing conflicting directory", &full);
        std::fs::remove_dir_all(&full).when("removing", &full)?;
    }
    Ok(target)
}

/// Whether a directory is there, and no link to one.
fn is_directory(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|meta| meta.is_dir())
}

fn note_path(repo: &Repo, what: &str, path: &Path) {
    let text = [what.as_bytes(), b": ", hg_vfs::path_to_bytes(path), b"\n"].concat();
    repo.reporter().note(&text);
}

/// Writes a file of the working directory with its kind; what stood there is replaced.
///
/// # Errors
/// When it cannot be written.
pub fn write_file(repo: &Repo, path: &HgPath, content: &[u8], flags: FileFlags) -> Result<()> {
    write_version(repo, path, content, flags, None)
}

/// [`write_file`] of content that is a version of the file.
///
/// # Errors
/// When it cannot be written.
pub fn write_version(
    repo: &Repo,
    path: &HgPath,
    content: &[u8],
    flags: FileFlags,
    version: Option<Node>,
) -> Result<()> {
    let wvfs = repo.wvfs();
    // The directories may have changed since the path was audited, by this very update.
    hg_vfs::check_path(path.as_bytes())?;
    hg_vfs::check_links(wvfs, path.as_bytes())?;
    if let Some(parent) = path.parent().filter(|parent| !parent.is_empty()) {
        wvfs.create_dirs(parent)?;
    }
    // Never through a link, never into a file that other names share; an empty directory makes room.
    match wvfs.lstat(path)? {
        Some(stat) if stat.is_dir() => wvfs.remove_dir(path)?,
        Some(_) => {
            wvfs.try_remove(path)?;
        }
        None => {}
    }
    let content = decode_to_write(repo, path, content.into(), version)?;
    if flags == FileFlags::Symlink {
        return Ok(wvfs.symlink(&content, path)?);
    }
    wvfs.write(path, &content)?;
    if flags == FileFlags::Executable {
        wvfs.set_flags(path, false, true)?;
    }
    Ok(())
}

fn read_file(repo: &Repo, path: &HgPath) -> Result<Option<(Vec<u8>, FileFlags)>> {
    use std::os::unix::fs::PermissionsExt as _;
    let wvfs = repo.wvfs();
    let Some(stat) = wvfs.lstat(path)? else { return Ok(None) };
    if stat.is_symlink() {
        let target = encode(repo, path, wvfs.readlink(path)?.into())?;
        return Ok(Some((target.into_owned(), FileFlags::Symlink)));
    }
    if !stat.is_file() {
        return Ok(None);
    }
    let executable = stat.permissions().mode() & 0o100 != 0;
    let flags = if executable { FileFlags::Executable } else { FileFlags::Regular };
    let content = encode(repo, path, wvfs.read(path)?.into())?;
    Ok(Some((content.into_owned(), flags)))
}

fn merge_of(action: &Action) -> Option<&Merge> {
    match action {
        Action::Merge(merge) | Action::ChangedDeleted(merge) | Action::DeletedChanged(merge) => {
            Some(merge)
        }
        _ => None,
    }
}

//! Reverting: files of the working directory become what they are in another changeset, while the
//! parents stay.

use std::collections::{BTreeMap, BTreeSet};

use hg_match::Matcher;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, HgPathBuf, Node, Result};
use hg_wdir::copies::{Side, path_copies};
use hg_wdir::merge::{backup_path, write_file};
use hg_wdir::{Status, StatusOptions, WorkingDir, manifest_of};

/// What happens to one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevertAction {
    /// Written as in the target.
    Revert,
    /// Written and tracked: the first parent does not have it.
    Add,
    /// Written and tracked again: it was removed.
    Undelete,
    /// Deleted and no longer tracked.
    Remove,
    /// No longer tracked, left on disk.
    Forget,
    /// Nothing: it is as in the target.
    Nothing,
    /// Nothing: it is neither tracked nor in the target.
    NotManaged,
}

/// What reverting does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevertStep {
    /// The file.
    pub path: HgPathBuf,
    /// What happens to it.
    pub action: RevertAction,
    /// Whether its content is saved first, since it is nowhere else.
    pub backup: bool,
}

/// Decides what to do with every file that `matcher` accepts, in order of path.
///
/// # Errors
/// When the target, the dirstate or a file cannot be read.
pub fn plan(
    wdir: &mut WorkingDir,
    target: Node,
    matcher: &Matcher,
    keep_backups: bool,
) -> Result<Vec<RevertStep>> {
    let repo = wdir.repo().clone();
    let options = StatusOptions { unknown: true, ignored: false, clean: true };
    let status = wdir.status(matcher, options)?;
    let target = manifest_of(&repo, &target)?;
    let p1 = wdir.p1_manifest()?;
    let mut paths: BTreeSet<HgPathBuf> = BTreeSet::new();
    for list in [&status.modified, &status.added, &status.removed, &status.deleted, &status.clean] {
        paths.extend(list.iter().cloned());
    }
    paths.extend(target.paths().filter(|path| matcher.matches(path)).map(HgPath::to_owned));
    paths.extend(matcher.files().into_iter().filter(|path| status.unknown.contains(path)));
    let mut planner = Planner { wdir, target: &target, p1: &p1, states: states(&status) };
    let mut steps = Vec::new();
    for path in paths {
        let mut step = planner.step(path)?;
        step.backup &= keep_backups;
        steps.push(step);
    }
    Ok(steps)
}

/// How a file stands to the first parent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Modified,
    Added,
    Removed,
    Deleted,
    Clean,
    Unknown,
}

fn states(status: &Status) -> BTreeMap<HgPathBuf, State> {
    let lists = [
        (&status.modified, State::Modified),
        (&status.added, State::Added),
        (&status.removed, State::Removed),
        (&status.deleted, State::Deleted),
        (&status.clean, State::Clean),
    ];
    let pairs = lists.into_iter().flat_map(|(list, state)| list.iter().map(move |p| (p, state)));
    pairs.map(|(path, state)| (path.clone(), state)).collect()
}

struct Planner<'a> {
    wdir: &'a mut WorkingDir,
    target: &'a Manifest,
    p1: &'a Manifest,
    states: BTreeMap<HgPathBuf, State>,
}

impl Planner<'_> {
    fn step(&mut self, path: HgPathBuf) -> Result<RevertStep> {
        let state = self.states.get(&path).copied().unwrap_or(State::Unknown);
        let wanted = self.target.get(&path).map(|entry| (entry.node, entry.flags));
        let (action, backup) = match (wanted, state) {
            (Some(wanted), state) => self.wanted(&path, wanted, state)?,
            (None, State::Added) if !self.p1.contains(&path) => (RevertAction::Forget, false),
            (None, State::Modified) => (RevertAction::Remove, true),
            (None, State::Added | State::Clean | State::Deleted) => (RevertAction::Remove, false),
            (None, State::Removed) => (RevertAction::Nothing, false),
            (None, State::Unknown) => (RevertAction::NotManaged, false),
        };
        Ok(RevertStep { path, action, backup })
    }

    fn wanted(
        &mut self,
        path: &HgPath,
        (node, flags): (Node, hg_types::FileFlags),
        state: State,
    ) -> Result<(RevertAction, bool)> {
        let in_p1 = self.p1.get(path).map(|entry| (entry.node, entry.flags));
        Ok(match state {
            State::Deleted => (RevertAction::Revert, false),
            State::Clean if in_p1 == Some((node, flags)) => (RevertAction::Nothing, false),
            State::Clean => (RevertAction::Revert, false),
            State::Modified | State::Added => {
                let differs = self.wdir.differs_from(path, node, flags)?;
                let as_parent = in_p1 == Some((node, flags));
                match (differs, as_parent) {
                    (true, _) => (RevertAction::Revert, true),
                    (false, true) => (RevertAction::Revert, false),
                    (false, false) => (RevertAction::Nothing, false),
                }
            }
            State::Removed | State::Unknown => {
                let there = self.wdir.file_flags(path)?.is_some();
                let backup = there && self.wdir.differs_from(path, node, flags)?;
                let removed = state == State::Removed;
                (if removed { RevertAction::Undelete } else { RevertAction::Add }, backup)
            }
        })
    }
}

/// The steps that touch files, in the order in which they are taken: what goes before what comes.
pub fn in_order(steps: &[RevertStep]) -> impl Iterator<Item = &RevertStep> {
    const ORDER: [RevertAction; 5] = [
        RevertAction::Forget,
        RevertAction::Remove,
        RevertAction::Revert,
        RevertAction::Add,
        RevertAction::Undelete,
    ];
    ORDER.into_iter().flat_map(|action| steps.iter().filter(move |step| step.action == action))
}

/// Saves what is nowhere else; `announce` hears of each file and of the place of its backup, if it gets
/// one.
///
/// # Errors
/// When a file cannot be moved.
pub fn back_up(
    repo: &Repo,
    steps: &[RevertStep],
    announce: &mut dyn FnMut(&RevertStep, Option<&[u8]>),
) -> Result<()> {
    for step in steps {
        let path = &step.path;
        if !step.backup || !repo.wvfs().lexists(path) {
            announce(step, None);
            continue;
        }
        let saved = backup_path(repo, path)?;
        announce(step, Some(&saved));
        repo.wvfs().rename(path, &saved)?;
    }
    Ok(())
}

/// Does what [`plan`] decided, after [`back_up`]; `announce` is called before each file is touched.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn apply(
    wdir: &mut WorkingDir,
    target: Node,
    steps: &[RevertStep],
    announce: &mut dyn FnMut(&RevertStep),
) -> Result<()> {
    let repo = wdir.repo().clone();
    let manifest = manifest_of(&repo, &target)?;
    let p1 = wdir.dirstate().p1();
    let copies = copies_between(&repo, p1, target)?;
    let auditor = hg_vfs::PathAuditor::new(repo.wvfs().clone());
    for step in in_order(steps) {
        let path = &step.path;
        announce(step);
        match step.action {
            RevertAction::Nothing | RevertAction::NotManaged => continue,
            RevertAction::Forget => {
                wdir.dirstate_mut().set_untracked(path)?;
                continue;
            }
            RevertAction::Remove => {
                auditor.check(path.as_bytes())?;
                if repo.wvfs().lexists(path) {
                    repo.wvfs().remove_with_parents(path)?;
                }
                wdir.dirstate_mut().set_untracked(path)?;
                continue;
            }
            RevertAction::Revert | RevertAction::Add | RevertAction::Undelete => {}
        }
        auditor.check(path.as_bytes())?;
        let Some(entry) = manifest.get(path) else { continue };
        let content = repo.filelog(path)?.read_node(&entry.node)?;
        write_file(&repo, path, &content, entry.flags)?;
        wdir.dirstate_mut().set_tracked(path)?;
        wdir.dirstate_mut().set_possibly_dirty(path)?;
        // What it was a copy of, it is no longer.
        wdir.dirstate_mut().set_copy(path, None)?;
        if step.action != RevertAction::Revert
            && let Some(source) = copies.get(path)
        {
            wdir.dirstate_mut().set_copy(path, Some(source))?;
        }
    }
    wdir.write()
}

fn copies_between(repo: &Repo, from: Node, to: Node) -> Result<BTreeMap<HgPathBuf, HgPathBuf>> {
    if from == to {
        return Ok(BTreeMap::new());
    }
    let cl = repo.changelog()?;
    let (from, to) = (Side::Revision(cl.rev(&from)?), Side::Revision(cl.rev(&to)?));
    path_copies(repo, &from, &to, &Matcher::always())
}

//! Reverting: files of the working directory become what they are in another changeset, while the
//! parents stay.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;

use hg_match::Matcher;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, HgPathBuf, Node, Result};
use hg_vfs::{IoResultExt as _, NodeKind, NodeStat, is_a_directory};
use hg_wdir::copies::{Side, path_copies};
use hg_wdir::merge::{backup_path, write_version};
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
    /// No longer tracked: it is gone already.
    Drop,
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
    /// Whether it is there only because the file that it was renamed to is.
    pub implied: bool,
}

impl RevertStep {
    /// Whether anything happens.
    #[must_use]
    pub fn acts(&self) -> bool {
        !matches!(self.action, RevertAction::Nothing | RevertAction::NotManaged)
    }
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
    let options = StatusOptions { unknown: false, ignored: false, clean: true };
    // What lies below a name counts, whatever the name is now.
    let whole = Matcher::difference(matcher.clone(), Matcher::never());
    let status = wdir.status(&whole, options)?;
    let target = manifest_of(&repo, &target)?;
    let p1 = wdir.p1_manifest()?;
    let mut paths: BTreeSet<HgPathBuf> = BTreeSet::new();
    for list in [&status.modified, &status.added, &status.removed, &status.deleted, &status.clean] {
        paths.extend(list.iter().cloned());
    }
    paths.extend(target.paths().filter(|path| matcher.matches(path)).map(HgPath::to_owned));
    for path in matcher.files() {
        // Named and there, or it was complained about: whether it is managed will show.
        if wdir.lstat(&path)?.is_some_and(|stat| stat.kind.is_trackable()) {
            paths.insert(path);
        }
    }
    let mut states = states(&status);
    let implied = renamed_sources(wdir, matcher, &status)?;
    for path in &implied {
        states.insert(path.clone(), State::Removed);
    }
    paths.extend(implied.iter().cloned());
    let p2 = manifest_of(&repo, &wdir.dirstate().parents()[1])?;
    let mut planner = Planner { wdir, target: &target, p1: &p1, p2: &p2, states, implied };
    let mut steps = Vec::new();
    for path in paths {
        let mut step = planner.step(path)?;
        step.backup &= keep_backups;
        steps.push(step);
    }
    Ok(steps)
}

/// The removed files that were renamed to files which match: both are reverted, or history would be
/// left with one half of the rename.
fn renamed_sources(
    wdir: &WorkingDir,
    matcher: &Matcher,
    status: &Status,
) -> Result<BTreeSet<HgPathBuf>> {
    let mut out = BTreeSet::new();
    for (path, source) in wdir.dirstate().copies()? {
        let gone = wdir.dirstate().get(&source)?.is_some_and(|entry| entry.is_removed());
        let changed = status.added.contains(&path) || status.modified.contains(&path);
        if gone && changed && !matcher.matches(&source) {
            out.insert(source);
        }
    }
    Ok(out)
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
    p2: &'a Manifest,
    states: BTreeMap<HgPathBuf, State>,
    implied: BTreeSet<HgPathBuf>,
}

impl Planner<'_> {
    fn step(&mut self, path: HgPathBuf) -> Result<RevertStep> {
        let state = self.states.get(&path).copied().unwrap_or(State::Unknown);
        let wanted = self.target.get(&path).map(|entry| (entry.node, entry.flags));
        let (action, backup) = match (wanted, state) {
            (Some(wanted), state) => self.wanted(&path, wanted, state)?,
            (None, State::Added | State::Deleted) if !self.p1.contains(&path) => {
                (RevertAction::Forget, false)
            }
            // What a merge brought in unchanged is in the other parent.
            (None, State::Modified) => (RevertAction::Remove, !self.is_of_p2(&path)?),
            (None, State::Added | State::Clean) => (RevertAction::Remove, false),
            (None, State::Deleted) => (RevertAction::Drop, false),
            (None, State::Removed) => (RevertAction::Nothing, false),
            (None, State::Unknown) => (RevertAction::NotManaged, false),
        };
        let implied = self.implied.contains(&path);
        Ok(RevertStep { path, action, backup, implied })
    }

    fn is_of_p2(&self, path: &HgPath) -> Result<bool> {
        match self.p2.get(path) {
            Some(entry) => Ok(!self.wdir.differs_from(path, entry.node, entry.flags)?),
            None => Ok(false),
        }
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

/// What [`apply`] says while it works.
#[derive(Clone, Copy, Debug)]
pub enum RevertNote<'a> {
    /// A file's content is about to be saved there.
    Saved(&'a RevertStep, &'a [u8]),
    /// A step is about to be taken; for those that do nothing, this is all.
    Step(&'a RevertStep),
}

/// Puts steps into the order in which they are taken: what needs nothing, what goes, what changes,
/// what appears.
pub fn sort(steps: &mut [RevertStep]) {
    steps.sort_by_key(|step| match step.action {
        RevertAction::Nothing | RevertAction::NotManaged => 0,
        RevertAction::Forget => 1,
        RevertAction::Remove => 2,
        RevertAction::Drop => 3,
        RevertAction::Revert => 4,
        RevertAction::Add => 5,
        RevertAction::Undelete => 6,
    });
}

/// Does what [`plan`] decided, backups first; `announce` is called before each file is touched. The
/// dirstate is not written.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn apply(
    wdir: &mut WorkingDir,
    target: Node,
    steps: &[RevertStep],
    announce: &mut dyn FnMut(RevertNote<'_>),
) -> Result<()> {
    let repo = wdir.repo().clone();
    announce_backups(&repo, steps, announce, true)?;
    let mut steps = steps.to_vec();
    sort(&mut steps);
    let copies = copies_between(&repo, wdir.dirstate().p1(), target)?;
    let manifest = manifest_of(&repo, &target)?;
    let auditor = hg_vfs::PathAuditor::new(repo.wvfs().clone());
    let mut applier = Applier { repo, wdir, manifest, copies, auditor };
    for step in &steps {
        if matches!(step.action, RevertAction::Remove | RevertAction::Drop) {
            applier.auditor.check(step.path.as_bytes())?;
        }
        announce(RevertNote::Step(step));
        applier.step(step)?;
    }
    Ok(())
}

/// Says what [`apply`] would do, in order of path.
///
/// # Errors
/// When it cannot be told where a backup would be.
pub fn rehearse(
    repo: &Repo,
    steps: &[RevertStep],
    announce: &mut dyn FnMut(RevertNote<'_>),
) -> Result<()> {
    for step in steps {
        announce_backups(repo, std::slice::from_ref(step), announce, false)?;
        announce(RevertNote::Step(step));
    }
    Ok(())
}

/// Announces the backups, and makes them when `act`.
fn announce_backups(
    repo: &Repo,
    steps: &[RevertStep],
    announce: &mut dyn FnMut(RevertNote<'_>),
    act: bool,
) -> Result<()> {
    for step in steps.iter().filter(|step| step.backup && repo.wvfs().lexists(&step.path)) {
        let saved = backup_path(repo, &step.path)?;
        announce(RevertNote::Saved(step, &saved));
        if act {
            back_up(repo, &step.path, &saved)?;
        }
    }
    Ok(())
}

/// Copies a file, or a link as a link, to where it is kept.
///
/// # Errors
/// When it cannot be read or written.
pub fn back_up(repo: &Repo, path: &HgPath, saved: &[u8]) -> Result<()> {
    let wvfs = repo.wvfs();
    if wvfs.lstat(path)?.is_some_and(|stat| stat.is_symlink()) {
        wvfs.try_remove(saved)?;
        return Ok(wvfs.symlink(&wvfs.readlink(path)?, saved)?);
    }
    Ok(wvfs.copy(path, saved)?)
}

struct Applier<'a> {
    repo: Repo,
    wdir: &'a mut WorkingDir,
    manifest: std::sync::Arc<Manifest>,
    copies: BTreeMap<HgPathBuf, HgPathBuf>,
    auditor: hg_vfs::PathAuditor,
}

impl Applier<'_> {
    fn step(&mut self, step: &RevertStep) -> Result<()> {
        let path = &step.path;
        match step.action {
            RevertAction::Nothing | RevertAction::NotManaged => return Ok(()),
            RevertAction::Forget | RevertAction::Drop => {
                self.wdir.dirstate_mut().set_untracked(path)?;
                return Ok(());
            }
            RevertAction::Remove => {
                if self.repo.wvfs().lexists(path) {
                    self.repo.wvfs().remove_with_parents(path)?;
                }
                self.wdir.dirstate_mut().set_untracked(path)?;
                return Ok(());
            }
            RevertAction::Revert | RevertAction::Add | RevertAction::Undelete => {}
        }
        self.auditor.check(path.as_bytes())?;
        let Some(entry) = self.manifest.get(path) else { return Ok(()) };
        check_room(&self.repo, path)?;
        let content = self.repo.filelog(path)?.read_node(&entry.node)?;
        write_version(&self.repo, path, &content, entry.flags, Some(entry.node))?;
        let dirstate = self.wdir.dirstate_mut();
        dirstate.set_tracked(path)?;
        dirstate.set_possibly_dirty(path)?;
        // What it was a copy of, it is no longer.
        dirstate.set_copy(path, None)?;
        if step.action != RevertAction::Revert
            && let Some(source) = self.copies.get(path)
        {
            dirstate.set_copy(path, Some(source))?;
        }
        Ok(())
    }
}

/// Directories never make room for files, nor files for directories.
fn check_room(repo: &Repo, path: &HgPath) -> Result<()> {
    let full = repo.wvfs().join(path);
    let error = match NodeStat::of_existing(&full) {
        Ok(stat) if stat.kind == NodeKind::Directory => is_a_directory(),
        Err(error) if error.kind() == ErrorKind::NotADirectory => error,
        _ => return Ok(()),
    };
    Ok(Err(error).when("writing", full)?)
}

fn copies_between(repo: &Repo, from: Node, to: Node) -> Result<BTreeMap<HgPathBuf, HgPathBuf>> {
    if from == to {
        return Ok(BTreeMap::new());
    }
    let cl = repo.changelog()?;
    let (from, to) = (Side::Revision(cl.rev(&from)?), Side::Revision(cl.rev(&to)?));
    path_copies(repo, &from, &to, &Matcher::always())
}

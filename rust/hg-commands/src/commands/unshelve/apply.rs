//! Bringing shelved changes into the working directory: pending changes become a changeset, the shelved
//! one is moved on top of that, the working directory takes the files of the result, and the changesets go.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_repo::graft::{Graft, graft};
use hg_repo::revert;
use hg_repo::shelve::{self, Remembered, Shelf, State, Temporary};
use hg_store::{Repo, Transaction};
use hg_types::{Error, ErrorKind, HgPathBuf, Node, Result, Silent};
use hg_wdir::merge::{MergeState, UpdateOptions, update};
use hg_wdir::{Status, StatusOptions, WorkingDir, manifest_of};

use super::retire;
use crate::commands::revert::say;
use crate::{CommandContext, scope::Naming};

/// What conflict markers call the sides.
const LABELS: [&str; 3] = ["working-copy", "shelved change", "parent of shelved change"];

/// An unshelve under way.
pub(super) struct Unshelving<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    shelf: Shelf,
    original: Node,
    bookmark: Option<Vec<u8>>,
    branch: Vec<u8>,
}

/// How it ended.
enum Outcome {
    Done(Remembered),
    Conflicts(State),
}

impl<'a> Unshelving<'a> {
    pub(super) fn begin(ctx: &'a CommandContext, repo: &'a Repo, shelf: Shelf) -> Result<Self> {
        Ok(Self {
            ctx,
            repo,
            shelf,
            original: hg_wdir::parents(repo)?[0],
            bookmark: repo.bookmarks()?.active().map(<[u8]>::to_vec),
            branch: hg_wdir::branch::read(repo)?,
        })
    }

    pub(super) fn run(self) -> Result<i32> {
        let repo = self.repo;
        let tr = repo.transaction("unshelve")?;
        let outcome = match self.apply(&tr) {
            Ok(outcome) => outcome,
            Err(error) => {
                shelve::undo(repo, tr);
                hg_wdir::branch::write(repo, &self.branch)?;
                return Err(error);
            }
        };
        match outcome {
            Outcome::Conflicts(state) => {
                shelve::close_quietly(repo, tr)?;
                if self.bookmark.is_some() {
                    repo.set_active_bookmark(None)?;
                }
                state.write(repo)?;
                let text = "unresolved conflicts (see 'hg resolve', then 'hg unshelve --continue')";
                Err(Error::new(ErrorKind::Intervention, text))
            }
            Outcome::Done(remembered) => {
                shelve::undo(repo, tr);
                remembered.restore(repo)?;
                MergeState::clear(repo)?;
                retire(self.ctx, repo, &self.shelf, self.ctx.opts.flag("keep"))?;
                Ok(0)
            }
        }
    }

    fn apply(&self, tr: &Transaction) -> Result<Outcome> {
        let (ctx, repo) = (self.ctx, self.repo);
        let (pending, missing) = self.store_pending(tr)?;
        let shelved = self.shelf.open(repo)?;
        let cl = repo.changelog()?;
        let entry = cl.entry_of(&shelved)?;
        let parent = cl.parent_nodes(cl.rev(&shelved)?)[0];
        if entry.files().any(|path| missing.iter().any(|gone| **gone == *path)) {
            let hint = "run hg status to see which files are missing";
            return Err(Error::abort("shelved change touches missing files").hint(hint));
        }
        let branch = entry.branch();
        let new_branch = branch != cl.entry_of(&parent)?.branch();
        let branch = if new_branch { branch } else { Vec::new() };
        let mut result = shelved;
        if parent != pending {
            ctx.ui.status("rebasing shelved changes\n");
            let step = Graft {
                rev: cl.rev(&shelved)?,
                base: cl.rev(&parent)?,
                labels: LABELS,
                second_parent: Node::NULL,
                keep_conflict_parent: true,
            };
            if graft(repo, &step, &*ctx.ui)?.unresolved > 0 {
                return Ok(Outcome::Conflicts(self.state(pending, shelved, branch)));
            }
            result = match store_merged(repo, tr, shelved)? {
                Some(node) => {
                    go_to(repo, pending, &*ctx.ui)?;
                    node
                }
                None => {
                    ctx.ui.status("note: unshelved changes already existed in the working copy\n");
                    pending
                }
            };
        }
        let mut files = take_files(ctx, repo, self.original, pending, result)?;
        files.extend(missing);
        let unknown = unknown_files(repo, shelved, [self.original, pending])?;
        let remembered = Remembered::without(repo, files, &unknown)?;
        restore_branch(ctx, repo, &branch)?;
        Ok(Outcome::Done(remembered.on_branch(repo)?))
    }

    fn state(&self, pending: Node, shelved: Node, branch: Vec<u8>) -> State {
        let mut remove = Vec::new();
        if pending != self.original {
            remove.push(pending);
        }
        if !shelve::is_internal(self.repo) {
            remove.push(shelved);
        }
        State {
            name: self.shelf.name.clone(),
            original: self.original,
            pending,
            parents: [pending, shelved],
            remove,
            branch: self.ctx.ui.encoding().local(&branch).into_owned(),
            keep: self.ctx.opts.flag("keep"),
            bookmark: self.bookmark.clone(),
            interactive: false,
        }
    }

    /// The changes of the working directory as a changeset, or what it stands on if there are none.
    /// Also gives the files that are missing.
    fn store_pending(&self, tr: &Transaction) -> Result<(Node, Vec<HgPathBuf>)> {
        let repo = self.repo;
        let mut wdir = WorkingDir::open(repo)?;
        let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
        if !status.has_changes() {
            return Ok((self.original, status.deleted));
        }
        let text = "temporarily committing pending changes (restore with 'hg unshelve --abort')\n";
        self.ctx.ui.status(text);
        let temporary = Temporary {
            description: b"pending changes temporary commit".to_vec(),
            date: self.ctx.date()?,
            user: shelve::USER.to_vec(),
            branch: self.branch.clone(),
            unknown: Vec::new(),
        };
        let loud = repo.reporter();
        repo.set_reporter(std::sync::Arc::new(Silent));
        let stored = temporary.store(tr, &mut wdir, &status, None);
        repo.set_reporter(loud);
        let node = stored?;
        wdir.write()?;
        Ok((node, status.deleted))
    }
}

/// The files that were not tracked when they were shelved, and are not tracked now either.
fn unknown_files(repo: &Repo, shelved: Node, tracked_in: [Node; 2]) -> Result<Vec<HgPathBuf>> {
    let mut unknown = shelve::unknown_files(repo, &shelved)?;
    for node in tracked_in {
        let manifest = manifest_of(repo, &node)?;
        unknown.retain(|path: &HgPathBuf| !manifest.contains(path));
    }
    Ok(unknown)
}

/// Stores what was merged; `None` when that changed nothing.
fn store_merged(repo: &Repo, tr: &Transaction, shelved: Node) -> Result<Option<Node>> {
    let mut wdir = WorkingDir::open(repo)?;
    if wdir.dirstate().in_merge() {
        hg_repo::graft::leave_merge(&mut wdir, Node::NULL)?;
    }
    let status: Status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    let cl = repo.changelog()?;
    let entry = cl.entry_of(&shelved)?;
    let parent_branch = cl.entry_of(&wdir.dirstate().p1())?.branch();
    if !status.has_changes() && entry.branch() == parent_branch {
        wdir.write()?;
        MergeState::clear(repo)?;
        return Ok(None);
    }
    let temporary = Temporary {
        description: entry.description().to_vec(),
        date: entry.date(),
        user: entry.user().to_vec(),
        branch: entry.branch(),
        unknown: shelve::unknown_files(repo, &shelved)?,
    };
    let node = temporary.store(tr, &mut wdir, &status, None)?;
    wdir.write()?;
    MergeState::clear(repo)?;
    Ok(Some(node))
}

fn go_to(repo: &Repo, node: Node, interaction: &dyn hg_types::Interaction) -> Result<()> {
    let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
    update(repo, node, &clean, interaction)?;
    Ok(())
}

/// Goes to `original` and gives the working directory the files of `result`; the files that may differ.
fn take_files(
    ctx: &CommandContext,
    repo: &Repo,
    original: Node,
    pending: Node,
    result: Node,
) -> Result<BTreeSet<HgPathBuf>> {
    let mut files = BTreeSet::new();
    let base = manifest_of(repo, &original)?;
    for node in [pending, result] {
        let other = manifest_of(repo, &node)?;
        files.extend(base.diff(&other).into_iter().map(|found| found.path.to_owned()));
    }
    let stats = update(repo, original, &UpdateOptions::default(), &Silent)?;
    ctx.ui.note(stats.line() + "\n");
    let mut wdir = WorkingDir::open(repo)?;
    let steps = revert::plan(&mut wdir, result, &Matcher::always(), true)?;
    let naming = Naming::configured(ctx, repo, true)?;
    revert::apply(&mut wdir, result, &steps, &mut |note| {
        if let revert::RevertNote::Step(step) = note
            && ctx.ui.is_verbose()
        {
            say(ctx, step, &naming.name(&step.path));
        }
    })?;
    wdir.write()?;
    files.extend(steps.into_iter().filter(revert::RevertStep::acts).map(|step| step.path));
    Ok(files)
}

/// The working directory goes to the branch that it had when the changes were shelved.
fn restore_branch(ctx: &CommandContext, repo: &Repo, branch: &[u8]) -> Result<()> {
    if branch.is_empty() || hg_wdir::branch::read(repo)? == branch {
        return Ok(());
    }
    hg_wdir::branch::write(repo, branch)?;
    let shown = ctx.ui.encoding().local(branch);
    ctx.ui.status([b"marked working directory as branch ", &shown[..], b"\n"].concat());
    Ok(())
}

/// Goes back to where everything began, with the changes that were pending.
pub(super) fn go_back(ctx: &CommandContext, repo: &Repo, state: &State) -> Result<()> {
    go_to(repo, state.pending, &Silent)?;
    MergeState::clear(repo)?;
    if state.pending != state.original {
        let branch = repo.changelog()?.entry_of(&state.pending)?.branch();
        take_files(ctx, repo, state.original, state.pending, state.pending)?;
        hg_wdir::branch::write(repo, &branch)?;
    }
    restore_bookmark(repo, state)
}

fn restore_bookmark(repo: &Repo, state: &State) -> Result<()> {
    match &state.bookmark {
        Some(name) if repo.bookmarks()?.get(name).is_some() => repo.set_active_bookmark(Some(name)),
        _ => Ok(()),
    }
}

/// Takes over what was merged by hand; gives the changeset that was made for it, if any.
pub(super) fn take_over(ctx: &CommandContext, repo: &Repo, state: &State) -> Result<Option<Node>> {
    let branch = ctx.ui.encoding().from_local(&state.branch)?.into_owned();
    let shelved = state.parents[1];
    let tr = repo.transaction("unshelve")?;
    let made = store_merged(repo, &tr, shelved)?;
    tr.close()?;
    let result = match made {
        Some(node) => {
            go_to(repo, state.pending, &*ctx.ui)?;
            node
        }
        None => {
            ctx.ui.status("note: unshelved changes already existed in the working copy\n");
            state.pending
        }
    };
    take_files(ctx, repo, state.original, state.pending, result)?;
    let mut wdir = WorkingDir::open(repo)?;
    for path in unknown_files(repo, shelved, [state.original, state.pending])? {
        wdir.dirstate_mut().set_untracked(&path)?;
    }
    wdir.write()?;
    restore_branch(ctx, repo, &branch)?;
    restore_bookmark(repo, state)?;
    Ok(made)
}

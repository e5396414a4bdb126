//! The end of a rebase: what becomes of the old changesets, or going back to the beginning.

use hg_repo::rebase::{Fate, Rebase, STATE_FILE};
use hg_repo::rewrite::{Evolution, Replacement};
use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use crate::{CommandContext, rewriting};

/// Puts the working directory where it belongs, moves bookmarks and removes the old changesets.
pub(super) fn finish(ctx: &CommandContext, repo: &Repo, rebase: &Rebase) -> Result<i32> {
    let cl = repo.changelog()?;
    let target = match rebase.fates.get(&cl.rev(&rebase.original)?) {
        Some(Fate::Done { stands_for, .. }) => *stands_for,
        Some(Fate::Left) => rebase.destination,
        _ => rebase.original,
    };
    if hg_wdir::parents(repo)? != [target, Node::NULL] {
        ctx.ui.note("update back to initial working directory parent\n");
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        update(repo, target, &clean, &*ctx.ui)?;
    }
    MergeState::clear(repo)?;
    if !rebase.keep {
        replace(ctx, repo, rebase)?;
    }
    repo.vfs().try_remove(STATE_FILE)?;
    ctx.ui.note("rebase completed\n");
    let skipped =
        rebase.fates.values().filter(|fate| matches!(fate, Fate::Done { made: false, .. })).count();
    if skipped > 0 {
        ctx.ui.note(format!("{skipped} revisions have been skipped\n"));
    }
    Ok(0)
}

/// Old changesets become the new ones.
fn replace(ctx: &CommandContext, repo: &Repo, rebase: &Rebase) -> Result<()> {
    let cl = repo.changelog()?;
    let mut replacements = Vec::new();
    let mut moved = Vec::new();
    let bookmarks = repo.bookmarks()?;
    for (&rev, fate) in &rebase.fates {
        let old = cl.node(rev);
        match *fate {
            Fate::Done { stands_for, .. } if stands_for == old => {}
            Fate::Done { stands_for, made: true } => {
                replacements.push(Replacement { old, new: vec![stands_for] });
            }
            Fate::Done { stands_for, made: false } => {
                let names = bookmarks.names_of(&old).iter();
                moved.extend(names.map(|name| (name.clone(), Some(stands_for))));
                replacements.push(Replacement { old, new: Vec::new() });
            }
            Fate::Todo | Fate::Left => {}
        }
    }
    let how = ctx.rewriting("rebase")?;
    let tr = repo.transaction("rebase")?;
    if !moved.is_empty() {
        repo.change_bookmarks(&tr, &moved)?;
    }
    how.record(repo, &tr, &replacements)?;
    tr.close()?;
    how.finish(repo, &replacements)
}

/// Takes back what was moved and goes to where the working directory was.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo, rebase: Rebase) -> Result<i32> {
    let cl = repo.changelog()?;
    let made = rebase.made(&cl);
    let removable = removable(ctx, repo, &made)?;
    rewriting::go_back(ctx, repo, rebase.original)?;
    if removable && !made.is_empty() {
        strip(repo, &made, &StripOptions::default())?;
    }
    repo.vfs().try_remove(STATE_FILE)?;
    ctx.ui.status("rebase aborted\n");
    Ok(0)
}

fn removable(ctx: &CommandContext, repo: &Repo, made: &[Revision]) -> Result<bool> {
    rewriting::can_remove_saying(
        ctx,
        repo,
        made,
        [
            "warning: can't clean up public changesets ",
            "warning: new changesets detected on destination branch, can't strip\n",
        ],
    )
}

/// Keeps what was moved, leaves the rest where it was.
pub(super) fn stop(ctx: &CommandContext, repo: &Repo, rebase: Rebase) -> Result<i32> {
    if rebase.collapse {
        return Err(Error::state("cannot stop in --collapse session"));
    }
    let evolution = Evolution::from_config(&repo.config())?;
    if !(rebase.keep || evolution.allow_unstable) {
        let hint = "either enable obsmarkers to allow unstable revisions or use --keep to keep original \
            changesets";
        let message = "cannot remove original changesets with unrebased descendants";
        return Err(Error::state(message).hint(hint));
    }
    let cl = repo.changelog()?;
    let p1 = match rebase.fates.get(&cl.rev(&rebase.original)?) {
        Some(Fate::Done { stands_for, .. }) => *stands_for,
        _ => rebase.original,
    };
    rewriting::go_back(ctx, repo, p1)?;
    finish(ctx, repo, &Rebase { original: p1, ..rebase })
}

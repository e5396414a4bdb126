//! The end of a rebase: what becomes of the old changesets, or going back to the beginning.

use hg_repo::rebase::{Fate, Rebase, STATE_FILE, Skip};
use hg_repo::rewrite::{Evolution, Replacement};
use hg_repo::strip::{StripOptions, strip, strip_quietly};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use crate::formatter::Value;
use crate::{CommandContext, rewriting};

/// Puts the working directory where it belongs, moves bookmarks and removes the old changesets, with those of `also`.
pub(super) fn finish(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &Rebase,
    also: &[Replacement],
) -> Result<i32> {
    let cl = repo.changelog()?;
    let original = cl.rev(&rebase.original)?;
    let target = match rebase.fates.get(&original) {
        Some(Fate::Done { stands_for, .. }) => *stands_for,
        Some(Fate::Left) => place_of_skipped(repo, rebase, original).unwrap_or(rebase.original),
        _ => rebase.original,
    };
    if hg_wdir::parents(repo)? != [target, Node::NULL] {
        ctx.ui.note("update back to initial working directory parent\n");
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        update(repo, target, &clean, &*ctx.ui)?;
    }
    MergeState::clear(repo)?;
    replace(ctx, repo, rebase, also)?;
    activate_again(repo, rebase)?;
    repo.vfs().try_remove(STATE_FILE)?;
    ctx.ui.note("rebase completed\n");
    let skipped =
        rebase.fates.values().filter(|fate| matches!(fate, Fate::Done { made: false, .. })).count();
    if skipped > 0 {
        ctx.ui.note(format!("{skipped} revisions have been skipped\n"));
    }
    Ok(0)
}

/// Where a changeset that stays behind would have gone, unless that would diverge.
fn place_of_skipped(repo: &Repo, rebase: &Rebase, rev: Revision) -> Option<Node> {
    match rebase.skips.get(&rev) {
        Some(Skip::InDestination(_) | Skip::NoSuccessor) => {
            Some(rebase.place(repo, rev).ok()?.parents[0])
        }
        _ => None,
    }
}

/// The bookmark that was active is it again, if it is still there.
fn activate_again(repo: &Repo, rebase: &Rebase) -> Result<()> {
    if !rebase.bookmark.is_empty() && repo.bookmarks()?.get(&rebase.bookmark).is_some() {
        repo.set_active_bookmark(Some(&rebase.bookmark))?;
    }
    Ok(())
}

/// Old changesets become the new ones; bookmarks go with them also when the old ones are kept.
fn replace(ctx: &CommandContext, repo: &Repo, rebase: &Rebase, also: &[Replacement]) -> Result<()> {
    let cl = repo.changelog()?;
    let mut replacements = Vec::new();
    let mut moved = Vec::new();
    let bookmarks = repo.bookmarks()?;
    for (&rev, fate) in &rebase.fates {
        let old = cl.node(rev);
        let target = match *fate {
            Fate::Done { stands_for, .. } if stands_for == old => continue,
            Fate::Done { stands_for, made: true } => {
                replacements.push(Replacement { old, new: vec![stands_for] });
                rebase.keep.then_some(stands_for)
            }
            Fate::Done { stands_for, made: false } => {
                replacements.push(Replacement { old, new: Vec::new() });
                Some(stands_for)
            }
            Fate::Left => place_of_skipped(repo, rebase, rev),
            Fate::Todo => None,
        };
        let names = bookmarks.names_of(&old).iter();
        moved.extend(names.filter_map(|name| Some((name.clone(), Some(target?)))));
    }
    let how = ctx.rewriting("rebase")?;
    let tr = repo.transaction("rebase")?;
    if !moved.is_empty() {
        repo.change_bookmarks(&tr, &moved)?;
    }
    if !rebase.keep {
        how.record(repo, &tr, &replacements)?;
    }
    tr.close()?;
    show_changes(ctx, &replacements)?;
    if rebase.keep {
        return Ok(());
    }
    replacements.extend_from_slice(also);
    how.finish(repo, &replacements)
}

/// What `--template` shows of the changes.
fn show_changes(ctx: &CommandContext, replacements: &[Replacement]) -> Result<()> {
    if ctx.opts.nonempty("template").is_none() || ctx.command.spec.name() != "rebase" {
        return Ok(());
    }
    let mut fm = ctx.formatter("rebase")?;
    fm.start_item();
    let hex = |node: &Node| Value::from(&node.hex()[..]);
    let pairs = replacements
        .iter()
        .map(|one| (one.old.hex(), Value::list(one.new.iter().map(hex), "node")))
        .collect();
    fm.data(&[("nodechanges", Value::Dict { pairs, key: "oldnode", value: "newnodes" })]);
    fm.end()
}

/// Takes away what was moved for show.
pub(super) fn forget(repo: &Repo, rebase: &Rebase) -> Result<()> {
    let made = rebase.made(&*repo.changelog()?);
    if !made.is_empty() {
        let options = StripOptions { backup: false, suffix: "rebase", ..StripOptions::default() };
        strip_quietly(repo, &made, &options)?;
    }
    activate_again(repo, rebase)?;
    repo.vfs().try_remove(STATE_FILE)?;
    Ok(())
}

/// Takes back what was moved and goes to where the working directory was.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo, rebase: Rebase) -> Result<i32> {
    let cl = repo.changelog()?;
    let made = rebase.made(&cl);
    let removable = removable(ctx, repo, &made)?;
    if removable {
        rewriting::go_back(ctx, repo, rebase.original)?;
    } else {
        MergeState::clear(repo)?;
    }
    if removable && !made.is_empty() {
        strip(repo, &made, &StripOptions::default())?;
    }
    activate_again(repo, &rebase)?;
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
    finish(ctx, repo, &Rebase { original: p1, ..rebase }, &[])
}

//! The end of an edit: what becomes of the old changesets, or going back to the beginning.

use std::collections::HashMap;

use hg_repo::histedit::{Outcome, State};
use hg_repo::rewrite::Replacement;
use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Node, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use crate::{CommandContext, rewriting};

/// Puts the working directory where it belongs, moves bookmarks and removes the old changesets.
pub(super) fn finish(ctx: &CommandContext, repo: &Repo, state: &State) -> Result<i32> {
    if hg_wdir::parents(repo)? != [state.parent, Node::NULL] {
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        update(repo, state.parent, &clean, &*ctx.ui)?;
    }
    MergeState::clear(repo)?;
    let outcome = current_outcome(repo, state)?;
    replace(ctx, repo, state, &outcome)?;
    State::clear(repo)?;
    Ok(0)
}

/// What became of everything, in the order of the changesets; what the user replaced meanwhile counts.
fn current_outcome(repo: &Repo, state: &State) -> Result<Outcome> {
    let cl = repo.changelog()?;
    let mut outcome = state.outcome();
    for replaced in &mut outcome.replaced {
        let mut new = Vec::new();
        for node in &replaced.new {
            let sets = repo.successors_sets(node, &mut HashMap::new())?;
            match &sets[..] {
                [only] => new.extend(only.iter().copied()),
                _ => new.push(*node),
            }
        }
        replaced.new = new;
    }
    outcome.replaced.retain(|replaced| cl.find(&replaced.old).is_some());
    outcome.temporary.retain(|node| cl.find(node).is_some());
    outcome.replaced.sort_by_key(|replaced| cl.find(&replaced.old));
    outcome.temporary.sort_by_key(|node| cl.find(node));
    Ok(outcome)
}

fn replace(ctx: &CommandContext, repo: &Repo, state: &State, outcome: &Outcome) -> Result<()> {
    let mut replacements = Vec::new();
    let mut moves = Vec::new();
    if !state.keep {
        replacements.extend(outcome.replaced.iter().cloned());
        moves = moved_bookmarks(repo, state, outcome)?;
    }
    let gone = outcome.temporary.iter().map(|node| Replacement { old: *node, new: Vec::new() });
    replacements.extend(gone);
    let how = ctx.rewriting("histedit")?;
    let tr = repo.transaction("histedit")?;
    if !moves.is_empty() {
        repo.change_bookmarks(&tr, &moves)?;
    }
    how.record(repo, &tr, &replacements)?;
    tr.close()?;
    how.finish(repo, &replacements)
}

/// Bookmarks of changesets that went go to the nearest ancestor that stayed, those of the topmost one to
/// what is topmost now.
fn moved_bookmarks(
    repo: &Repo,
    state: &State,
    outcome: &Outcome,
) -> Result<Vec<(Vec<u8>, Option<Node>)>> {
    let cl = repo.changelog()?;
    let bookmarks = repo.bookmarks()?;
    let found = |node: &Node| outcome.replaced.iter().find(|replaced| replaced.old == *node);
    let mut moves = Vec::new();
    if found(&state.topmost).is_some_and(|replaced| !replaced.new.is_empty()) {
        let names = bookmarks.names_of(&state.topmost).iter();
        moves.extend(names.map(|name| (name.clone(), Some(state.parent))));
    }
    for replaced in outcome.replaced.iter().filter(|replaced| replaced.new.is_empty()) {
        let mut target = cl.parent_nodes(cl.rev(&replaced.old)?)[0];
        while found(&target).is_some() {
            target = cl.parent_nodes(cl.rev(&target)?)[0];
        }
        let names = bookmarks.names_of(&replaced.old).iter();
        moves.extend(names.map(|name| (name.clone(), Some(target))));
    }
    Ok(moves)
}

/// Takes back what was made and goes to where the working directory was.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo, state: &State) -> Result<i32> {
    let mut cl = repo.changelog()?;
    if cl.find(&state.topmost).is_none() && !state.backup.is_empty() {
        take_backup(ctx, repo, &state.backup)?;
        cl = repo.changelog()?;
    }
    let outcome = state.outcome();
    let made: Vec<Revision> =
        outcome.temporary.iter().chain(&outcome.made).filter_map(|node| cl.find(node)).collect();
    let mut doomed = cl.descendant_set(made.iter().copied());
    for rev in &made {
        doomed.insert(*rev);
    }
    let at = hg_wdir::parents(repo)?;
    let started = at
        .iter()
        .filter_map(|node| cl.find(node))
        .any(|rev| doomed.contains(rev) || cl.node(rev) == state.parent);
    if started {
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        let stats = update(repo, state.topmost, &clean, &*ctx.ui)?;
        super::super::update::show_stats(ctx, stats);
    }
    MergeState::clear(repo)?;
    State::clear(repo)?;
    if made.is_empty() || !rewriting::can_remove(ctx, repo, &made)? {
        return Ok(0);
    }
    for nodes in [&outcome.temporary, &outcome.made] {
        let cl = repo.changelog()?;
        let revs: Vec<Revision> = nodes.iter().filter_map(|node| cl.find(node)).collect();
        strip(repo, &revs, &StripOptions::default())?;
    }
    Ok(0)
}

/// Brings the edited changesets back, which somebody removed meanwhile.
fn take_backup(ctx: &CommandContext, repo: &Repo, name: &[u8]) -> Result<()> {
    let path = repo.vfs().join(name).into_os_string().into_encoded_bytes();
    let taken = super::super::unbundle::unbundle(ctx, repo, &path, "unbundle");
    if taken.is_err() {
        let text = "warning: encountered an exception during histedit --abort; the repository may not \
            have been completely cleaned up\n";
        ctx.ui.warn(text);
        State::clear(repo)?;
    }
    taken.map(|_| ())
}

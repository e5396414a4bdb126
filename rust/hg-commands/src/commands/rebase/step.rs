//! Moving changesets one by one.

use std::collections::BTreeMap;

use hg_repo::graft::{Graft, graft};
use hg_repo::rebase::{Fate, NewPlace, Rebase};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Phase, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use super::{finish, is_over};
use crate::commit_message::{self, MessageOptions};
use crate::{CommandContext, rewriting};

/// Moves what is left to move; with `resumed`, the first one stands merged in the working directory.
pub(super) fn run_all(
    ctx: &CommandContext,
    repo: &Repo,
    mut rebase: Rebase,
    mut resumed: bool,
) -> Result<i32> {
    if resumed && MergeState::read(repo)?.unresolved().next().is_some() {
        return Err(Error::state("unresolved merge conflicts (see 'hg help resolve')"));
    }
    // The names are those from before anything moves: `tip` is one of them.
    let mut order = Vec::new();
    for &rev in rebase.fates.keys() {
        order.push((rev, rewriting::summary(ctx, repo, rev)?));
    }
    for (rev, shown) in order {
        match rebase.fates[&rev] {
            Fate::Todo => {}
            Fate::Done { stands_for, made } => {
                if made || repo.changelog()?.node(rev) != stands_for {
                    let new = stands_for.short();
                    ctx.ui
                        .status([&b"already rebased "[..], &shown, b" as ", &new, b"\n"].concat());
                }
                continue;
            }
            Fate::Left => continue,
        }
        ctx.ui.status([b"rebasing ", &shown[..], b"\n"].concat());
        let merged = std::mem::take(&mut resumed);
        move_one(ctx, repo, &mut rebase, rev, &shown, merged)?;
    }
    debug_assert!(is_over(&rebase), "every changeset has met its fate");
    ctx.ui.note("rebase merging completed\n");
    if rebase.collapse {
        collapse(ctx, repo, &mut rebase)?;
    }
    finish::finish(ctx, repo, &rebase)
}

fn move_one(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &mut Rebase,
    rev: Revision,
    shown: &[u8],
    merged: bool,
) -> Result<()> {
    let cl = repo.changelog()?;
    let place = rebase.place(&cl, rev, &rewriting::shown(repo, rev)?)?;
    if !merged {
        let started =
            rebase.fates.values().any(|fate| matches!(fate, Fate::Done { made: true, .. }));
        // A collapsed changeset grows in the working directory.
        if !(rebase.collapse && started) {
            go_to(ctx, repo, place.parents[0])?;
        }
        let second_parent = if rebase.collapse { Node::NULL } else { place.parents[1] };
        let labels = ["dest", "source", "parent of source"];
        let keep_conflict_parent = false;
        let step = Graft { rev, base: place.base, labels, second_parent, keep_conflict_parent };
        let stats = graft(repo, &step, &*ctx.ui)?;
        if stats.unresolved > 0 {
            rebase.write(repo)?;
            let message = "unresolved conflicts (see 'hg resolve', then 'hg rebase --continue')";
            return Err(Error::new(ErrorKind::Intervention, message));
        }
    } else {
        finish_merge(repo, rebase, &place)?;
    }
    let fate = if rebase.collapse {
        Fate::Done { stands_for: rebase.destination, made: true }
    } else {
        match commit(ctx, repo, rebase, rev)? {
            Some(stands_for) => {
                tell_empty(ctx, repo, shown, stands_for)?;
                Fate::Done { stands_for, made: true }
            }
            None => {
                let why = b", its destination already has all its changes\n";
                ctx.ui.warn([b"note: not rebasing ", shown, why].concat());
                Fate::Done { stands_for: place.parents[0], made: false }
            }
        }
    };
    rebase.fates.insert(rev, fate);
    // Whoever comes after a crash finds what was done.
    rebase.write(repo)
}

/// Says when a changeset was made of nothing (`rewrite.empty-successor=keep`).
fn tell_empty(ctx: &CommandContext, repo: &Repo, shown: &[u8], new: Node) -> Result<()> {
    let cl = repo.changelog()?;
    let rev = cl.rev(&new)?;
    let [p1, p2] = cl.parents(rev);
    if p2.is_null()
        && cl.entry(p1)?.manifest() == cl.entry(rev)?.manifest()
        && !keeps_branch_change(&cl, rev)?
    {
        let why = b", its destination already has all its changes\n";
        ctx.ui.status([b"note: created empty successor for ", shown, why].concat());
    }
    Ok(())
}

fn keeps_branch_change(cl: &hg_store::Changelog, rev: Revision) -> Result<bool> {
    let entry = cl.entry(rev)?;
    Ok(entry.closes_branch() || entry.branch() != cl.entry(cl.parents(rev)[0])?.branch())
}

/// A merge is committed with both parents again.
fn finish_merge(repo: &Repo, rebase: &Rebase, place: &NewPlace) -> Result<()> {
    if !rebase.collapse && hg_wdir::parents(repo)?[1] != place.parents[1] {
        let mut wdir = hg_wdir::WorkingDir::open(repo)?;
        let p1 = wdir.dirstate().p1();
        wdir.dirstate_mut().set_parents(p1, place.parents[1])?;
        wdir.write()?;
    }
    Ok(())
}

fn go_to(ctx: &CommandContext, repo: &Repo, node: Node) -> Result<()> {
    if hg_wdir::parents(repo)? == [node, Node::NULL] {
        return Ok(());
    }
    let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
    update(repo, node, &clean, &*ctx.ui)?;
    Ok(())
}

fn commit(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &Rebase,
    rev: Revision,
) -> Result<Option<Node>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let description = entry.description().to_vec();
    let keep_empty = ctx.config().get("rewrite", "empty-successor") == Some(b"keep");
    store(
        ctx,
        repo,
        rebase,
        &[rev],
        Stored {
            message: description,
            edit: ctx.opts.flag("edit"),
            form: "rebase.normal",
            allow_empty: keep_empty,
        },
    )
}

/// What is stored, beside the working directory.
struct Stored {
    message: Vec<u8>,
    edit: bool,
    form: &'static str,
    allow_empty: bool,
}

fn store(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &Rebase,
    revs: &[Revision],
    stored: Stored,
) -> Result<Option<Node>> {
    let cl = repo.changelog()?;
    let Some(&last) = revs.last() else { return Ok(None) };
    let entry = cl.entry(last)?;
    let mut extra = BTreeMap::new();
    if ctx.config().get_bool_or("rebase", "store-source", true)? {
        extra.insert(b"rebase_source".to_vec(), cl.node(last).hex());
    }
    for key in [&b"source"[..], b"intermediate-source"] {
        if let Some(value) = entry.extra().get(key).filter(|_| revs.len() == 1) {
            extra.insert(key.to_vec(), value.clone());
        }
    }
    if revs.len() == 1 && entry.closes_branch() {
        extra.insert(b"close".to_vec(), b"1".to_vec());
    }
    if rebase.keep_branches {
        hg_wdir::branch::write(repo, &entry.branch())?;
    }
    let phases = repo.phases()?;
    let phase = revs.iter().map(|rev| phases.phase(*rev)).max().unwrap_or(Phase::Draft);
    let options = MessageOptions {
        message: stored.message.clone(),
        edit: stored.edit,
        form: stored.form,
        note: None,
    };
    let mut editor = |draft: &Draft| match stored.edit {
        true => commit_message::finish(ctx, &options, draft),
        false => Ok(draft.message.clone()),
    };
    let everything = hg_match::Matcher::always();
    let mut request = CommitRequest {
        matcher: &everything,
        message: stored.message.clone(),
        user: entry.user().to_vec(),
        date: entry.date(),
        extra,
        phase: Some(phase.max(Phase::Draft)),
        chosen: None,
        allow_empty: stored.allow_empty,
        editor: &mut editor,
    };
    commit_working(repo, &mut request)
}

/// Makes one changeset of everything that was merged.
fn collapse(ctx: &CommandContext, repo: &Repo, rebase: &mut Rebase) -> Result<()> {
    let cl = repo.changelog()?;
    let merged: Vec<Revision> = rebase
        .fates
        .iter()
        .filter(|(_, fate)| matches!(fate, Fate::Done { .. }))
        .map(|(rev, _)| *rev)
        .collect();
    let given = commit_message::given_message(ctx)?;
    let edit = given.is_none() || ctx.opts.flag("edit");
    let message = match given {
        Some(message) => message,
        None => {
            let mut text = b"Collapsed revision".to_vec();
            for rev in &merged {
                text.extend_from_slice(b"\n* ");
                text.extend_from_slice(cl.entry(*rev)?.description());
            }
            text
        }
    };
    if !rebase.external.is_null() {
        let mut wdir = hg_wdir::WorkingDir::open(repo)?;
        let p1 = wdir.dirstate().p1();
        wdir.dirstate_mut().set_parents(p1, rebase.external)?;
        wdir.write()?;
    }
    let stored = Stored { message, edit, form: "rebase.collapse", allow_empty: false };
    let made = store(ctx, repo, rebase, &merged, stored)?;
    let fate = match made {
        Some(stands_for) => Fate::Done { stands_for, made: true },
        None => Fate::Done { stands_for: rebase.destination, made: false },
    };
    for rev in merged {
        rebase.fates.insert(rev, fate);
    }
    Ok(())
}

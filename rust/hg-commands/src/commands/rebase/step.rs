//! Moving changesets one by one.

use std::collections::BTreeMap;

use hg_repo::graft::{Graft, graft};
use hg_repo::rebase::{Fate, NewPlace, Rebase, Skip};
use hg_repo::rewrite::{Replacement, update_hashes};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Phase, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use super::{finish, is_over, memory, plan};
use crate::commit_message::{self, MessageOptions};
use crate::{CommandContext, revision, rewriting};

/// The message of a collapsed changeset, below `.hg`.
const MESSAGE_FILE: &str = "last-message.txt";

/// Where changes are merged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Where {
    /// In the working directory.
    Disk,
    /// In memory, and in the working directory from the first conflict on.
    Memory,
    /// In memory; a conflict ends it.
    MemoryOnly,
}

/// Moves what is left to move and ends the rebase; with `resumed`, the first one stands merged in the working directory.
/// `also` is what was replaced before and goes with the old changesets.
pub(super) fn run_all(
    ctx: &CommandContext,
    repo: &Repo,
    mut rebase: Rebase,
    resumed: bool,
    also: &[Replacement],
) -> Result<i32> {
    let wanted = ctx.config().get_bool_or("rebase", "experimental.inmemory", false)?;
    let place = match wanted && !resumed && !rebase.collapse {
        true => Where::Memory,
        false => Where::Disk,
    };
    ctx.ui.debug(if place == Where::Memory {
        "rebasing in memory\n"
    } else {
        "rebasing on disk\n"
    });
    if rebase.collapse && !resumed {
        // An interrupted rebase remembers what the one changeset is to say.
        let message = commit_message::given_message(ctx)?.unwrap_or_default();
        repo.vfs().write(MESSAGE_FILE, &[&message[..], b"\n"].concat())?;
    }
    move_all(ctx, repo, &mut rebase, resumed, place)?;
    end(ctx, repo, rebase, also)
}

/// Ends a rebase when all has moved.
pub(super) fn end(
    ctx: &CommandContext,
    repo: &Repo,
    mut rebase: Rebase,
    also: &[Replacement],
) -> Result<i32> {
    debug_assert!(is_over(&rebase), "every changeset has met its fate");
    if rebase.collapse {
        collapse(ctx, repo, &mut rebase)?;
    }
    finish::finish(ctx, repo, &rebase, also)
}

/// Moves what is left to move; says whether that was possible, which it is not when there are conflicts and the working
/// directory must not be touched.
pub(super) fn move_all(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &mut Rebase,
    mut resumed: bool,
    mut place: Where,
) -> Result<bool> {
    if resumed && MergeState::read(repo)?.unresolved().next().is_some() {
        return Err(Error::state("unresolved merge conflicts (see 'hg help resolve')"));
    }
    if !rebase.bookmark.is_empty() {
        // Nothing that is committed on the way concerns it.
        repo.set_active_bookmark(None)?;
    }
    if rebase.fates.values().any(|fate| *fate == Fate::Todo) {
        // What fails right away can be given up, too.
        remember(ctx, repo, rebase)?;
    }
    let together = ctx.config().get_bool_or("rebase", "singletransaction", false)?;
    // The names are those from before anything moves: `tip` is one of them.
    let mut order = Vec::new();
    let mut destinations = rebase.destinations.clone();
    for (rev, _) in rebase.skips.iter().filter(|(_, skip)| **skip == Skip::Above) {
        destinations.remove(rev);
        rebase.fates.insert(*rev, Fate::Left);
    }
    for rev in plan::order(&revision::query(ctx)?, &destinations)? {
        let skip = rebase.skips.get(&rev).map(|skip| why_skipped(ctx, repo, *skip)).transpose()?;
        order.push((rev, rewriting::summary(ctx, repo, rev)?, skip));
    }
    for (rev, shown, skip) in order {
        if rebase.fates.get(&rev) == Some(&Fate::Todo) {
            if let Some(why) = skip {
                ctx.ui.status([b"note: not rebasing ", &shown[..], &why, b"\n"].concat());
                rebase.fates.insert(rev, Fate::Left);
                continue;
            }
            ctx.ui.status([b"rebasing ", &shown[..], b"\n"].concat());
            if place != Where::Disk {
                if memory::move_one(ctx, repo, rebase, rev, &shown)? {
                    if !together {
                        remember(ctx, repo, rebase)?;
                    }
                    continue;
                }
                if place == Where::MemoryOnly {
                    return Ok(false);
                }
                ctx.ui.status(
                    "hit merge conflicts; rebasing that commit again in the working copy\n",
                );
                rewriting::refuse_changes(repo)?;
                place = Where::Disk;
            }
            let merged = std::mem::take(&mut resumed);
            move_one(ctx, repo, rebase, rev, &shown, merged)?;
            if !together && !rebase.collapse {
                remember(ctx, repo, rebase)?;
            }
        } else if let Some(Fate::Done { stands_for, .. }) = rebase.fates.get(&rev) {
            let mut line = [b"already rebased ", &shown[..]].concat();
            if repo.changelog()?.node(rev) != *stands_for {
                line.extend_from_slice(&[b" as ", &stands_for.short()[..]].concat());
            }
            ctx.ui.status([&line[..], b"\n"].concat());
        }
    }
    ctx.ui.note("rebase merging completed\n");
    Ok(true)
}

/// Why an obsolete changeset stays behind.
fn why_skipped(ctx: &CommandContext, repo: &Repo, skip: Skip) -> Result<Vec<u8>> {
    Ok(match skip {
        Skip::InDestination(there) => {
            [b", already in destination as ", &rewriting::summary(ctx, repo, there)?[..]].concat()
        }
        Skip::NoSuccessor => b", it has no successor".to_vec(),
        Skip::Diverges | Skip::Above => {
            b" and its descendants as this would cause divergence".to_vec()
        }
    })
}

fn move_one(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &mut Rebase,
    rev: Revision,
    shown: &[u8],
    merged: bool,
) -> Result<()> {
    let place = rebase.place(repo, rev)?;
    if !merged {
        let started =
            rebase.fates.values().any(|fate| matches!(fate, Fate::Done { made: true, .. }));
        let cl = repo.changelog()?;
        let [p1, p2] = [cl.rev(&place.parents[0])?, cl.rev(&place.parents[1])?];
        ctx.ui.debug(format!(" future parents are {p1} and {p2}\n"));
        // A collapsed changeset grows in the working directory.
        if !(rebase.collapse && started) {
            go_to(ctx, repo, place.parents[0])?;
        }
        let second_parent = if rebase.collapse { Node::NULL } else { place.parents[1] };
        let named = |rev| -> Result<String> {
            Ok(String::from_utf8_lossy(&rewriting::shown(repo, rev)?).into_owned())
        };
        ctx.ui.debug(format!(" merge against {}\n", named(rev)?));
        ctx.ui.debug(format!("   detach base {}\n", named(place.base)?));
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
                ctx.ui.debug([b"rebased as ", &stands_for.short()[..], b"\n"].concat());
                Fate::Done { stands_for, made: true }
            }
            None => skip_empty(ctx, shown, place.parents[0]),
        }
    };
    rebase.fates.insert(rev, fate);
    Ok(())
}

/// Whoever comes after a crash finds what was done.
fn remember(ctx: &CommandContext, repo: &Repo, rebase: &Rebase) -> Result<()> {
    rebase.write(repo)?;
    ctx.ui.debug("rebase status stored\n");
    Ok(())
}

/// Says that nothing is left of a changeset.
pub(super) fn skip_empty(ctx: &CommandContext, shown: &[u8], parent: Node) -> Fate {
    let why = b", its destination already has all its changes\n";
    ctx.ui.warn([b"note: not rebasing ", shown, why].concat());
    Fate::Done { stands_for: parent, made: false }
}

/// Says when a changeset was made of nothing (`rewrite.empty-successor=keep`).
pub(super) fn tell_empty(ctx: &CommandContext, repo: &Repo, shown: &[u8], new: Node) -> Result<()> {
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
        ctx.ui.debug(" already in destination\n");
        return Ok(());
    }
    let shown = rewriting::shown(repo, repo.changelog()?.rev(&node)?)?;
    ctx.ui.debug([b" update to ", &shown[..], b"\n"].concat());
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
    let description = message_of(repo, rebase, entry.description())?;
    let keep_empty = keeps_empty(ctx);
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

/// Whether changesets of which nothing is left are made nevertheless.
pub(super) fn keeps_empty(ctx: &CommandContext) -> bool {
    ctx.config().get("rewrite", "empty-successor") == Some(b"keep")
}

/// A description that follows what has moved.
pub(super) fn message_of(repo: &Repo, rebase: &Rebase, description: &[u8]) -> Result<Vec<u8>> {
    let cl = repo.changelog()?;
    let moved = rebase.fates.iter().filter_map(|(rev, fate)| match fate {
        Fate::Done { stands_for, made: true } => Some((cl.node(*rev), *stands_for)),
        _ => None,
    });
    update_hashes(repo, description, &moved.collect())
}

/// What a changeset that is made of others says of them.
pub(super) fn extras_of(
    ctx: &CommandContext,
    repo: &Repo,
    revs: &[Revision],
) -> Result<BTreeMap<Vec<u8>, Vec<u8>>> {
    let cl = repo.changelog()?;
    let mut extra = BTreeMap::new();
    let Some(&last) = revs.last() else { return Ok(extra) };
    let entry = cl.entry(last)?;
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
    Ok(extra)
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
    let extra = extras_of(ctx, repo, revs)?;
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
        user: hg_repo::working::known_user(entry.user().to_vec()),
        date: entry.date(),
        extra,
        phase: Some(phase.max(Phase::Draft)),
        chosen: None,
        allow_empty: stored.allow_empty,
        recurse: false,
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
    let given = match commit_message::given_message(ctx)? {
        None => repo.vfs().try_read(MESSAGE_FILE)?.map(|text| text.trim_ascii().to_vec()),
        given => given,
    };
    let given = given.filter(|message| !message.is_empty());
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

//! `hg update`.

use hg_store::Repo;
use hg_types::{Error, Result, Revision};
use hg_wdir::merge::{UpdateCheck, UpdateOptions, UpdateStats, update};

use crate::revision::{self, Target};
use crate::{Command, CommandContext, spec};

/// `hg update`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::UPDATE,
    help: "Bring the working directory to a revision: the one given, or else the newest one of the\n\
current branch (with an active bookmark, where that points), and follow the branch name.\n\n\
Local changes are merged when the way leads to an ancestor or a descendant; otherwise the\n\
update is refused. -C/--clean discards them without a copy, -c/--check refuses in any case,\n\
-m/--merge merges in any case.\n\n\
With ``null`` as revision, the working directory is emptied.\n\n\
Returns 0 on success, 1 if there are unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let named = named_revision(ctx)?;
    let _wlock = repo.wlock()?;
    let check = local_changes(ctx)?;
    let destination = match &named {
        Some(spec) => Destination { rev: target(ctx, spec)?, bookmark: None },
        None => default_destination(repo)?,
    };
    let options = UpdateOptions {
        force: ctx.opts.flag("clean"),
        check: check.unwrap_or_default(),
        ..UpdateOptions::default()
    };
    if ctx.opts.flag("clean") {
        hg_wdir::merge::MergeState::clear(repo)?;
    }
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    update_and_tell(ctx, repo, &destination, &options, named.as_deref())
}

/// Updates, then says what became of bookmarks and which other heads there are.
fn update_and_tell(
    ctx: &CommandContext,
    repo: &Repo,
    destination: &Destination,
    options: &UpdateOptions,
    named: Option<&[u8]>,
) -> Result<i32> {
    let node = repo.changelog()?.node(destination.rev);
    let stats = update(repo, node, options, &*ctx.ui)?;
    show_stats(ctx, stats);
    if stats.unresolved > 0 {
        ctx.ui.status("use 'hg resolve' to retry unresolved file merges\n");
    }
    follow_bookmark(ctx, repo, named, destination)?;
    if named.is_none() {
        tell_other_heads(ctx, repo)?;
    }
    Ok(i32::from(stats.unresolved > 0))
}

/// After an update to nowhere in particular: the other heads of the branch.
fn tell_other_heads(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let cl = repo.changelog()?;
    let parent = cl.rev(&hg_wdir::parents(repo)?[0])?;
    let branch = hg_wdir::branch::read(repo)?;
    let map = repo.branchmap()?;
    if parent.is_null() || !map.heads(&branch).contains(&parent) {
        return Ok(());
    }
    let others = map.open_heads(&branch).filter(|&rev| rev != parent).count();
    if cl.entry(parent)?.closes_branch() {
        let text = [
            b"no open descendant heads on branch \"",
            &branch[..],
            b"\", updating to a closed head\n",
        ];
        ctx.ui.warn(text.concat());
        ctx.ui.warn(if others > 0 {
            let text = "(committing will reopen the head, use 'hg heads .' to see";
            format!("{text} {others} other heads)\n").into_bytes()
        } else {
            [b"(committing will reopen branch \"", &branch[..], b"\")\n"].concat()
        });
    } else if others > 0 {
        let entry = cl.entry(parent)?;
        let first = entry.description().split(|&b| b == b'\n').next().unwrap_or_default();
        let short = cl.node(parent).short();
        ctx.ui.status([b"updated to \"", &short[..], b": ", first, b"\"\n"].concat());
        let count = others.to_string();
        let text = [count.as_bytes(), b" other heads for branch \"", &branch, b"\"\n"];
        ctx.ui.status(text.concat());
    }
    Ok(())
}

/// Updates after a pull: to what was named, else to where a plain update goes.
pub(crate) fn after_pull(
    ctx: &CommandContext,
    repo: &Repo,
    named: Option<(hg_types::Node, Vec<u8>)>,
) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let destination = match &named {
        Some((node, _)) => Destination { rev: repo.changelog()?.rev(node)?, bookmark: None },
        None => default_destination(repo)?,
    };
    let check = match ctx.config().get("commands", "update.check") {
        Some(b"abort") => UpdateCheck::Abort,
        Some(b"none") => UpdateCheck::None,
        Some(b"noconflict") => UpdateCheck::NoConflict,
        _ => UpdateCheck::Linear,
    };
    let options = UpdateOptions { check, ..UpdateOptions::default() };
    let name = named.as_ref().map(|(_, name)| name.as_slice());
    update_and_tell(ctx, repo, &destination, &options, name)
}

/// Prints what an update did.
pub(crate) fn show_stats(ctx: &CommandContext, stats: UpdateStats) {
    ctx.ui.status(stats.line() + "\n");
}

/// The revision that argument, `--rev` or `--date` name.
fn named_revision(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let argument = ctx.args.first();
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let option = ctx.opts.nonempty("rev");
    if argument.is_some() && option.is_some() {
        return Err(Error::input("please specify just one revision"));
    }
    if let Some(date) = ctx.opts.nonempty("date") {
        if argument.is_some() || option.is_some() {
            return Err(Error::input("you can't specify a revision and a date"));
        }
        return Ok(Some([b"last(date('", date, b"'))"].concat()));
    }
    Ok(argument.map(Vec::as_slice).or(option).map(<[u8]>::to_vec))
}

fn local_changes(ctx: &CommandContext) -> Result<Option<UpdateCheck>> {
    let (clean, check, merge) =
        (ctx.opts.flag("clean"), ctx.opts.flag("check"), ctx.opts.flag("merge"));
    if [clean, check, merge].into_iter().filter(|set| *set).count() > 1 {
        let message = "can only specify one of -C/--clean, -c/--check, or -m/--merge";
        return Err(Error::input(message));
    }
    Ok(if check {
        Some(UpdateCheck::Abort)
    } else if merge {
        Some(UpdateCheck::None)
    } else {
        match ctx.config().get("commands", "update.check") {
            Some(b"abort") => Some(UpdateCheck::Abort),
            Some(b"none") => Some(UpdateCheck::None),
            Some(b"noconflict") => Some(UpdateCheck::NoConflict),
            _ => Some(UpdateCheck::Linear),
        }
    })
}

fn target(ctx: &CommandContext, spec: &[u8]) -> Result<Revision> {
    match revision::single(ctx, spec)? {
        Target::Changeset(rev) => Ok(rev),
        Target::WorkingDirectory => {
            let repo = ctx.repo()?;
            repo.changelog()?.rev(&hg_wdir::parents(repo)?[0])
        }
    }
}

/// Where a plain `hg update` goes.
pub(crate) struct Destination {
    pub(crate) rev: Revision,
    /// The bookmark that moves along.
    bookmark: Option<Vec<u8>>,
}

/// The newest descendant on the way of the active bookmark or of the current branch.
pub(crate) fn default_destination(repo: &Repo) -> Result<Destination> {
    let cl = repo.changelog()?;
    let bookmarks = repo.bookmarks()?;
    if let Some(active) = bookmarks.active()
        && let Some(node) = bookmarks.get(active)
    {
        return Ok(Destination { rev: cl.rev(&node)?, bookmark: Some(active.to_vec()) });
    }
    let branch = hg_wdir::branch::read(repo)?;
    let p1 = cl.rev(&hg_wdir::parents(repo)?[0])?;
    let branches = repo.branchmap()?;
    let heads = branches.open_heads(&branch).collect::<Vec<_>>();
    // Ahead of the parent first; then, unless changes are discarded anyway, anywhere on the branch.
    let ahead = heads.iter().rev().find(|head| cl.is_ancestor(p1, **head));
    let rev = ahead.copied().or_else(|| branches.tip(&branch).map(|(rev, _)| rev));
    let fallback = || branches.tip(b"default").map(|(rev, _)| rev);
    let rev = rev.or_else(fallback).unwrap_or_else(|| cl.tip());
    Ok(Destination { rev, bookmark: None })
}

/// Moves or leaves the active bookmark, as the destination was named.
fn follow_bookmark(
    ctx: &CommandContext,
    repo: &Repo,
    named: Option<&[u8]>,
    destination: &Destination,
) -> Result<()> {
    let bookmarks = repo.bookmarks()?;
    let active = bookmarks.active().map(<[u8]>::to_vec);
    if let Some(name) = &destination.bookmark {
        let node = repo.changelog()?.node(destination.rev);
        if bookmarks.get(name).is_some_and(|at| at != node) {
            ctx.ui.status([b"updating bookmark ", &name[..], b"\n"].concat());
        }
        return Ok(());
    }
    let Some(named) = named else { return Ok(()) };
    let wanted = bookmarks.expand(named).filter(|name| bookmarks.get(name).is_some());
    match wanted {
        Some(name) if active.as_deref() != Some(name) => {
            let name = name.to_vec();
            ctx.ui.status([b"(activating bookmark ", &name[..], b")\n"].concat());
            repo.set_active_bookmark(Some(&name))
        }
        Some(_) => Ok(()),
        None => {
            if let Some(active) = active {
                ctx.ui.status([b"(leaving bookmark ", &active[..], b")\n"].concat());
                repo.set_active_bookmark(None)?;
            }
            Ok(())
        }
    }
}

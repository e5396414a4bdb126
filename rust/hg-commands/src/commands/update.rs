//! `hg update`.

use hg_query::{destination, names};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
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

/// Where an update goes.
#[derive(Default)]
struct Destination {
    /// The changeset; `None` for where a plain update goes.
    rev: Option<Revision>,
    /// What the user called it: when that is a bookmark, it becomes the active one.
    name: Option<Vec<u8>>,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let name = named_revision(ctx)?;
    let check = local_changes(ctx)?;
    let _wlock = repo.wlock()?;
    hg_wdir::unfinished::clear_unfinished(repo)?;
    let rev = match (&name, ctx.opts.nonempty("date")) {
        (Some(spec), _) => target(ctx, spec)?,
        (None, Some(date)) => Some(revision::of_date(ctx, date)?),
        (None, None) => None,
    };
    let named = name.is_some() || rev.is_some();
    let name = name.or_else(|| rev.map(|rev| rev.to_string().into_bytes()));
    if !named && ctx.config().get_bool_or("commands", "update.requiredest", false)? {
        let hint = "for example: hg update \".::\"";
        return Err(Error::input("you must specify a destination").hint(hint));
    }
    let options = UpdateOptions { force: ctx.opts.flag("clean"), check, ..Default::default() };
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    let query = revision::query(ctx)?;
    let hidden = rev.map(|rev| names::hidden_fate(&query, rev)).transpose()?.flatten();
    let code = update_totally(ctx, repo, Destination { rev, name }, &options)?;
    if let (Some(rev), Some(fate)) = (rev, hidden) {
        let short = query.node(rev).short();
        ctx.ui.warn([b"updated to hidden changeset ", &short[..], b"\n"].concat());
        ctx.ui.warn([b"(", &fate[..], b")\n"].concat());
    }
    Ok(code)
}

/// Updates, then says what became of bookmarks and which other heads there are.
fn update_totally(
    ctx: &CommandContext,
    repo: &Repo,
    to: Destination,
    options: &UpdateOptions,
) -> Result<i32> {
    let mut moved_from = None;
    let mut name = to.name;
    let rev = match to.rev {
        Some(rev) => rev,
        None => {
            let found = destination::update(&revision::query(ctx)?, options.force)?;
            moved_from = found.moves_bookmark.then(|| repo.wdir_parents()[0]);
            if let Some(active) = found.returns_to {
                let shown = ctx.ui.encoding().local(&active).into_owned();
                say_bookmark(ctx, "updating to active bookmark ", &shown, ACTIVE, "\n");
                name = Some(shown);
            }
            found.rev
        }
    };
    if options.force {
        hg_wdir::merge::MergeState::clear(repo)?;
    }
    if options.check == UpdateCheck::Abort && !options.force {
        hg_wdir::unfinished::refuse_changes(repo)?;
    }
    let stats = update(repo, repo.changelog()?.node(rev), options, &*ctx.ui)?;
    if std::fs::symlink_metadata(ctx.cwd()).is_err() {
        ctx.ui.warn("current directory was removed\n");
        let root = repo.root_bytes();
        ctx.ui.warn([b"(consider changing to repo root: ", root, b")\n"].concat());
    }
    show_stats(ctx, stats);
    if stats.unresolved > 0 {
        ctx.ui.status("use 'hg resolve' to retry unresolved file merges\n");
    }
    match (moved_from, &name) {
        (Some(from), _) if stats.unresolved == 0 => take_bookmark_along(ctx, repo, from)?,
        (_, Some(name)) => follow_bookmark(ctx, repo, name)?,
        _ => {}
    }
    if to.rev.is_none() {
        tell_other_destinations(ctx, repo)?;
    }
    Ok(i32::from(stats.unresolved > 0))
}

/// After an update to nowhere in particular: diverged siblings of the active bookmark, or other heads.
fn tell_other_destinations(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let bookmarks = repo.bookmarks()?;
    let Some(active) = bookmarks.active() else { return tell_other_heads(ctx, repo) };
    if bookmarks.get(active) != Some(repo.wdir_parents()[0]) {
        return Ok(());
    }
    let count = bookmarks.siblings(active).filter(|(name, _)| *name != active).count();
    if count > 0 {
        let shown = ctx.ui.encoding().local(active);
        let count = count.to_string();
        let text = [count.as_bytes(), b" other divergent bookmarks for \"", &shown, b"\"\n"];
        ctx.ui.status(text.concat());
    }
    Ok(())
}

fn tell_other_heads(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let cl = repo.changelog()?;
    let parent = cl.rev(&repo.wdir_parents()[0])?;
    let branch = hg_wdir::branch::read(repo)?;
    let map = repo.branchmap()?;
    if parent.is_null() || !map.heads(&branch).contains(&parent) {
        return Ok(());
    }
    let others = map.open_heads(&branch).filter(|&rev| rev != parent).count();
    let entry = cl.entry(parent)?;
    let shown = ctx.ui.encoding().local(&branch);
    if entry.closes_branch() {
        let start = b"no open descendant heads on branch \"";
        ctx.ui.warn([start, &shown[..], b"\", updating to a closed head\n"].concat());
        ctx.ui.warn(if others > 0 {
            let text = "(committing will reopen the head, use 'hg heads .' to see";
            format!("{text} {others} other heads)\n").into_bytes()
        } else {
            [b"(committing will reopen branch \"", &shown[..], b"\")\n"].concat()
        });
    } else if others > 0 {
        let description = ctx.ui.encoding().local(entry.description()).into_owned();
        let first = description.split(|&b| b == b'\n').next().unwrap_or_default();
        let short = cl.node(parent).short();
        ctx.ui.status([b"updated to \"", &short[..], b": ", first, b"\"\n"].concat());
        let count = others.to_string();
        let text = [count.as_bytes(), b" other heads for branch \"", &shown, b"\"\n"];
        ctx.ui.status(text.concat());
    }
    Ok(())
}

/// Updates after a pull: to what was named, else to where a plain update goes.
pub(crate) fn after_pull(
    ctx: &CommandContext,
    repo: &Repo,
    named: Option<(Node, Vec<u8>)>,
) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let destination = match named {
        Some((node, name)) => {
            Destination { rev: Some(repo.changelog()?.rev(&node)?), name: Some(name) }
        }
        None => Destination::default(),
    };
    let options = UpdateOptions { check: configured_check(ctx), ..UpdateOptions::default() };
    update_totally(ctx, repo, destination, &options)
}

/// Prints what an update did.
pub(crate) fn show_stats(ctx: &CommandContext, stats: UpdateStats) {
    ctx.ui.status(stats.line() + "\n");
}

/// The revision that the argument or `--rev` names.
fn named_revision(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let option = ctx.opts.nonempty("rev");
    let argument = match &ctx.args[..] {
        [] => None,
        [argument] => Some(argument.as_slice()),
        _ => return Err(Error::input("please specify just one revision")),
    };
    if argument.is_some() && option.is_some() {
        return Err(Error::input("please specify just one revision"));
    }
    let named = argument.or(option);
    if named.is_some() && ctx.opts.nonempty("date").is_some() {
        return Err(Error::input("you can't specify a revision and a date"));
    }
    Ok(named.filter(|name| !name.is_empty()).map(<[u8]>::to_vec))
}

fn local_changes(ctx: &CommandContext) -> Result<UpdateCheck> {
    let given: Vec<_> =
        ["clean", "check", "merge"].into_iter().filter(|name| ctx.opts.flag(name)).collect();
    let refused = |name| ctx.opts.tristate(name) == Some(false);
    Ok(match given[..] {
        [] if refused("check") => UpdateCheck::None,
        [] if refused("merge") => UpdateCheck::Abort,
        [] | ["clean"] => configured_check(ctx),
        ["check"] => UpdateCheck::Abort,
        [first, second, ..] => {
            let message = format!("cannot specify both --{first} and --{second}");
            return Err(Error::input(message));
        }
        [_] => UpdateCheck::None,
    })
}

/// What `commands.update.check` says.
fn configured_check(ctx: &CommandContext) -> UpdateCheck {
    match ctx.config().get("commands", "update.check") {
        Some(b"abort") => UpdateCheck::Abort,
        Some(b"none") => UpdateCheck::None,
        Some(b"noconflict") => UpdateCheck::NoConflict,
        _ => UpdateCheck::Linear,
    }
}

/// What a name stands for; the working directory is nowhere in particular.
fn target(ctx: &CommandContext, spec: &[u8]) -> Result<Option<Revision>> {
    Ok(match revision::single(ctx, spec)? {
        Target::Changeset(rev) => Some(rev),
        Target::WorkingDirectory => None,
    })
}

/// Moves the active bookmark to where the working directory is now, or leaves it behind when the way
/// there is not one for bookmarks.
fn take_bookmark_along(ctx: &CommandContext, repo: &Repo, from: Node) -> Result<()> {
    let to = repo.wdir_parents()[0];
    if from == to {
        return Ok(());
    }
    let active = repo.bookmarks()?.active().map(<[u8]>::to_vec);
    let shown = ctx.ui.encoding().local(&active.unwrap_or_default()).into_owned();
    let _lock = repo.lock()?;
    let tr = repo.transaction("bookmark")?;
    let moved = repo.advance_active_bookmark(&tr, &[from], to)?;
    tr.close()?;
    if moved {
        say_bookmark(ctx, "updating bookmark ", &shown, ACTIVE, "\n");
        return Ok(());
    }
    say_bookmark(ctx, "(leaving bookmark ", &shown, "bookmarks", ")\n");
    repo.set_active_bookmark(None)
}

const ACTIVE: &str = "bookmarks.active";

fn say_bookmark(ctx: &CommandContext, before: &str, name: &[u8], label: &str, after: &str) {
    let shown = ctx.ui.label(name, label);
    ctx.ui.status([before.as_bytes(), &shown, after.as_bytes()].concat());
}

/// Makes the bookmark active that the destination was named by; leaves the active one otherwise.
fn follow_bookmark(ctx: &CommandContext, repo: &Repo, named: &[u8]) -> Result<()> {
    let bookmarks = repo.bookmarks()?;
    let active = bookmarks.active().map(<[u8]>::to_vec);
    let stored = ctx.ui.encoding().from_local(named)?.into_owned();
    if bookmarks.get(&stored).is_some() {
        if active.as_ref() == Some(&stored) {
            return Ok(());
        }
        say_bookmark(ctx, "(activating bookmark ", named, ACTIVE, ")\n");
        return repo.set_active_bookmark(Some(&stored));
    }
    let Some(active) = active else { return Ok(()) };
    let shown = ctx.ui.encoding().local(&active);
    say_bookmark(ctx, "(leaving bookmark ", &shown, "bookmarks", ")\n");
    repo.set_active_bookmark(None)
}

//! `hg strip` and `hg debugstrip`.

use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_store::revlog::RevBits;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{UpdateOptions, update};

use crate::{Command, CommandContext, revision, rewriting, spec};

/// `hg debugstrip`.
pub static DEBUG_COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSTRIP,
    help: "Remove changesets and everything that descends from them. Unless ``--no-backup`` is \
           given, what is removed is kept in a bundle in ``.hg/strip-backup``, from which \
           :hg:`unbundle` brings it back. When the working directory stands on one of them, it \
           is updated to the nearest changeset that stays; local changes stop that, ``--force`` \
           discards them, ``--keep`` leaves the files as they are.\n\n``--bookmark`` removes a \
           bookmark and what only it keeps reachable.\n\nReturns 0 on success.",
    run,
};

/// `hg strip`.
pub static COMMAND: Command =
    Command { spec: &spec::extensions_n_z::STRIP, help: DEBUG_COMMAND.help, run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("soft") {
        let message = "this repository does not support the archived phase";
        return Err(Error::abort(message));
    }
    let _wlock = repo.wlock()?;
    let bookmarks = ctx.opts.list("bookmark");
    let revs = doomed_roots(ctx, repo, bookmarks)?;
    if revs.is_empty() {
        if ctx.opts.flag("permit-empty-revset") {
            return Ok(0);
        }
        return Err(Error::abort("empty revision set"));
    }
    leave(ctx, repo, &revs)?;
    let backup = !(ctx.opts.flag("no-backup") || ctx.opts.flag("nobackup"));
    strip(repo, &revs, &StripOptions { backup, ..StripOptions::default() })?;
    delete_bookmarks(ctx, repo, bookmarks)?;
    Ok(0)
}

/// What was named, and what only the named bookmarks reach.
fn doomed_roots(ctx: &CommandContext, repo: &Repo, bookmarks: &[Vec<u8>]) -> Result<Vec<Revision>> {
    let mut specs = ctx.args.clone();
    specs.extend_from_slice(ctx.opts.list("rev"));
    let mut revs = Vec::new();
    if !specs.is_empty() {
        let query = revision::query(ctx)?;
        revs = revision::range(&query, &specs)?.to_vec()?;
    }
    if !bookmarks.is_empty() {
        revs.extend(only_by_bookmarks(repo, bookmarks)?);
    }
    Ok(revs)
}

/// The changesets that nothing but these bookmarks keeps reachable.
fn only_by_bookmarks(repo: &Repo, names: &[Vec<u8>]) -> Result<Vec<Revision>> {
    let known = repo.bookmarks()?;
    let cl = repo.changelog()?;
    let mut ours = Vec::new();
    for name in names {
        let Some(node) = known.get(name) else {
            let message = [b"bookmark '", &name[..], b"' not found"].concat();
            return Err(Error::abort(message));
        };
        ours.push(cl.rev(&node)?);
    }
    let mut others: Vec<Revision> =
        repo.heads()?.into_iter().filter(|head| !ours.contains(head)).collect();
    for (name, node) in known.iter().filter(|(name, _)| !names.iter().any(|ours| ours == name)) {
        let _ = name;
        others.push(cl.rev(&node)?);
    }
    Ok(cl.missing_ancestors(ours, others))
}

fn delete_bookmarks(ctx: &CommandContext, repo: &Repo, names: &[Vec<u8>]) -> Result<()> {
    if names.is_empty() {
        return Ok(());
    }
    let _lock = repo.lock()?;
    if repo.bookmarks()?.active().is_some_and(|active| names.iter().any(|name| name == active)) {
        repo.set_active_bookmark(None)?;
    }
    let tr = repo.transaction("strip")?;
    let changes: Vec<(Vec<u8>, Option<Node>)> =
        names.iter().map(|name| (name.clone(), None)).collect();
    repo.change_bookmarks(&tr, &changes)?;
    tr.close()?;
    for name in names {
        ctx.ui.write([b"bookmark '", &name[..], b"' deleted\n"].concat());
    }
    Ok(())
}

/// Brings the working directory to something that stays.
fn leave(ctx: &CommandContext, repo: &Repo, revs: &[Revision]) -> Result<()> {
    let changelog = repo.changelog()?;
    let mut doomed = changelog.descendant_set(revs.iter().copied());
    revs.iter().for_each(|&rev| {
        doomed.insert(rev);
    });
    let parents = repo.wdir_parents();
    let standing = parents.iter().filter_map(|node| changelog.find(node));
    if !standing.clone().any(|rev| doomed.contains(rev)) {
        return Ok(());
    }
    let target = nearest_kept(repo, parents[0], &doomed)?;
    if ctx.opts.flag("keep") {
        return rewriting::stand_on(repo, target);
    }
    // Going away would overwrite what is not committed: nowhere else is a copy of it.
    if !ctx.opts.flag("force") {
        rewriting::refuse_changes(repo)?;
    }
    let options = UpdateOptions { force: true, ..UpdateOptions::default() };
    let stats = update(repo, target, &options, &*ctx.ui)?;
    super::update::show_stats(ctx, stats);
    Ok(())
}

fn nearest_kept(repo: &Repo, from: Node, doomed: &RevBits) -> Result<Node> {
    let changelog = repo.changelog()?;
    let mut at = changelog.find(&from).unwrap_or(Revision::NULL);
    while !at.is_null() && doomed.contains(at) {
        at = changelog.parents(at)[0];
    }
    Ok(changelog.node(at))
}

//! `hg debugstrip`.

use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Error, Result, Revision};
use hg_wdir::merge::{UpdateOptions, update};

use crate::{Command, CommandContext, revision, spec};

/// `hg debugstrip`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSTRIP,
    help: "Remove changesets and everything that descends from them. Unless ``--no-backup`` is \
           given, what is removed is kept in a bundle in ``.hg/strip-backup``, from which \
           :hg:`unbundle` brings it back. When the working directory stands on one of them, it \
           is updated to the nearest changeset that stays.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut specs = ctx.args.clone();
    specs.extend_from_slice(ctx.opts.list("rev"));
    if specs.is_empty() {
        return Err(Error::abort("empty revision set"));
    }
    let query = revision::query(ctx)?;
    let revs = revision::range(&query, &specs)?.to_vec()?;
    if revs.is_empty() {
        return Err(Error::abort("empty revision set"));
    }
    let _wlock = repo.wlock()?;
    leave(ctx, repo, &revs)?;
    let backup = !ctx.opts.flag("no-backup");
    strip(repo, &revs, &StripOptions { backup, ..StripOptions::default() })?;
    Ok(0)
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
    // Going away would overwrite what is not committed: nowhere else is a copy of it.
    let mut wdir = hg_wdir::WorkingDir::open(repo)?;
    let everything = hg_match::Matcher::always();
    if wdir.status(&everything, hg_wdir::StatusOptions::default())?.has_changes() {
        return Err(Error::state("uncommitted changes"));
    }
    drop(wdir);
    let mut at = changelog.find(&parents[0]).unwrap_or(Revision::NULL);
    while !at.is_null() && doomed.contains(at) {
        at = changelog.parents(at)[0];
    }
    let options = UpdateOptions { force: true, ..UpdateOptions::default() };
    let stats = update(repo, changelog.node(at), &options, &*ctx.ui)?;
    super::update::show_stats(ctx, stats);
    Ok(())
}

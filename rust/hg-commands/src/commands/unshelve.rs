//! `hg unshelve`.

use hg_repo::shelve::{self, Shelf, State};
use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wdir::merge::MergeState;

use super::shelve::{max_backups, not_found};
use crate::{Command, CommandContext, rewriting, spec};

mod apply;

use apply::Unshelving;

/// `hg unshelve`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::UNSHELVE,
    help: "Bring shelved changes back into the working directory: those of that name, or the newest.\n\n\
They are merged with what is there now. When that leaves conflicts, resolve them, then use\n\
-c/--continue; -a/--abort goes back to where everything began.\n\n\
What was unshelved moves to ``.hg/shelve-backup``, where the newest are kept\n\
(``shelve.maxbackups``, 10 by default). -k/--keep leaves it shelved.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let (abort, go_on) = (ctx.opts.flag("abort"), ctx.opts.flag("continue"));
    let mut names = ctx.args.clone();
    if let Some(name) = ctx.opts.nonempty("name") {
        names.push(name.to_vec());
    }
    if ctx.opts.flag("interactive") && ctx.opts.flag("keep") {
        return Err(Error::input("--keep on --interactive is not yet supported"));
    }
    if abort || go_on {
        if abort && go_on {
            return Err(Error::input("cannot use both abort and continue"));
        }
        if !names.is_empty() {
            let message = "cannot combine abort/continue with naming a shelved change";
            return Err(Error::input(message));
        }
        if abort && ctx.opts.nonempty("tool").is_some() {
            ctx.ui.warn("tool option will be ignored\n");
        }
        if go_on && ctx.opts.flag("interactive") {
            return Err(Error::input("cannot use both continue and interactive"));
        }
        return if abort { give_up(ctx, repo) } else { go_on_with(ctx, repo, read_state(repo)?) };
    }
    if names.len() > 1 {
        return Err(Error::input("can only unshelve one change at a time"));
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    if !hg_wdir::parents(repo)?[1].is_null() {
        let error = Error::state("outstanding uncommitted merge");
        return Err(error.hint("use 'hg commit' or 'hg merge --abort'"));
    }
    let shelf = match names.pop() {
        Some(name) => Shelf { name },
        None => {
            let Some((_, newest)) = shelve::list(repo)?.into_iter().next() else {
                return Err(Error::state("no shelved changes to apply!"));
            };
            ctx.ui.status([b"unshelving change '", &newest.name[..], b"'\n"].concat());
            newest
        }
    };
    if !shelf.exists(repo) {
        return Err(not_found(&shelf.name));
    }
    if ctx.opts.flag("interactive") {
        return Err(Error::abort("unshelve --interactive is not implemented yet"));
    }
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    let _lock = repo.lock()?;
    Unshelving::begin(ctx, repo, shelf)?.run()
}

fn read_state(repo: &Repo) -> Result<State> {
    State::read(repo)?.ok_or_else(|| rewriting::none_in_progress(repo, "unshelve"))
}

/// `hg abort` in the middle of an unshelve.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    give_up(ctx, repo)
}

/// `hg continue` in the middle of an unshelve.
pub(super) fn resume(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    go_on_with(ctx, repo, read_state(repo)?)
}

fn check_parents(repo: &Repo, state: &State) -> Result<()> {
    if hg_wdir::parents(repo)? != state.parents {
        return Err(Error::state("working directory parents do not match unshelve state"));
    }
    Ok(())
}

/// Goes back to where the working directory was, with the changes that were pending.
fn give_up(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let state = &match State::read(repo) {
        Ok(Some(state)) => state,
        Ok(None) => return Err(rewriting::none_in_progress(repo, "unshelve")),
        Err(_) => {
            // A state that cannot be understood can still be given up.
            State::clear(repo)?;
            let message = "could not read shelved state file, your working copy may be in an unexpected \
                state\nplease update to some commit\n";
            return Err(Error::abort(message));
        }
    };
    let _lock = repo.lock()?;
    check_parents(repo, state)?;
    apply::go_back(ctx, repo, state)?;
    remove(repo, &state.remove)?;
    State::clear(repo)?;
    ctx.ui.warn([b"unshelve of '", &state.name[..], b"' aborted\n"].concat());
    Ok(0)
}

/// Takes the changesets away that were made for a while.
fn remove(repo: &Repo, nodes: &[Node]) -> Result<()> {
    if shelve::is_internal(repo) {
        return Ok(());
    }
    let cl = repo.changelog()?;
    let revs: Vec<_> = nodes.iter().filter_map(|node| cl.find(node)).collect();
    rewriting::remove(repo, &revs, "shelve")
}

/// Takes over what the user has merged.
fn go_on_with(ctx: &CommandContext, repo: &Repo, state: State) -> Result<i32> {
    let _lock = repo.lock()?;
    check_parents(repo, &state)?;
    if MergeState::read(repo)?.unresolved().next().is_some() {
        let hint = "see 'hg resolve', then 'hg unshelve --continue'";
        return Err(Error::abort("unresolved conflicts, can't continue").hint(hint));
    }
    if state.interactive {
        return Err(Error::abort("unshelve --interactive is not implemented yet"));
    }
    let made = apply::take_over(ctx, repo, &state)?;
    let mut gone = state.remove.clone();
    gone.extend(made);
    remove(repo, &gone)?;
    State::clear(repo)?;
    retire(ctx, repo, &Shelf::new(&state.name), state.keep)?;
    ctx.ui.status([b"unshelve of '", &state.name[..], b"' complete\n"].concat());
    Ok(0)
}

/// What was unshelved is no longer needed.
fn retire(ctx: &CommandContext, repo: &Repo, shelf: &Shelf, keep: bool) -> Result<()> {
    if !keep {
        shelf.retire(repo)?;
        shelve::trim_backups(repo, max_backups(ctx)?)?;
    }
    Ok(())
}

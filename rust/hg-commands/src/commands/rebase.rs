//! `hg rebase`.

use hg_repo::rebase::{Fate, Rebase};
use hg_store::Repo;
use hg_types::{Error, Result};

use crate::{Command, CommandContext, rewriting, spec};

mod finish;
mod plan;
mod step;

/// `hg rebase`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::REBASE,
    help: "Move changesets: each is made anew on top of the destination, and the old one goes away (with\n\
a backup, or as obsolete). Changesets that are public do not move.\n\n\
What moves: with -s/--source, changesets and their descendants; with -b/--base, everything from\n\
where these branch off the destination; with -r/--rev, just these. The default is the base ``.``. Without\n\
-d/--dest, the destination is the one other head of the branch.\n\n\
--collapse makes one changeset of all, --keep leaves the old ones, --keepbranches keeps the names of\n\
their branches.\n\n\
When a merge leaves conflicts, the rebase stops: resolve them, then --continue. --stop keeps what\n\
has moved, --abort goes back to where everything began.\n\n\
Returns 0 on success, 1 if there was nothing to do or there are unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    check_options(ctx)?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    for (option, run) in UNFINISHED {
        if ctx.opts.flag(option) {
            return unfinished(ctx, repo, option, run);
        }
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    rewriting::refuse_changes(repo)?;
    let Some(rebase) = plan::plan(ctx, repo)? else { return Ok(1) };
    step::run_all(ctx, repo, rebase, false)
}

type Unfinished = fn(&CommandContext, &Repo, Rebase) -> Result<i32>;

const UNFINISHED: [(&str, Unfinished); 3] =
    [("abort", finish::abort), ("stop", finish::stop), ("continue", go_on)];

fn read_unfinished(repo: &Repo, option: &str) -> Result<Option<Rebase>> {
    match Rebase::read(repo) {
        // A state that cannot be understood can still be given up.
        Err(_) if option == "abort" => {
            repo.vfs().try_remove(hg_repo::rebase::STATE_FILE)?;
            Err(Error::state(
                "rebase aborted (no revision is removed, only broken state is cleared)",
            ))
        }
        read => read,
    }
}

fn go_on(ctx: &CommandContext, repo: &Repo, rebase: Rebase) -> Result<i32> {
    step::run_all(ctx, repo, rebase, true)
}

/// Gives an interrupted rebase up.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    unfinished(ctx, repo, "abort", finish::abort)
}

/// Goes on with an interrupted rebase.
pub(super) fn resume(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    unfinished(ctx, repo, "continue", go_on)
}

fn unfinished(ctx: &CommandContext, repo: &Repo, option: &str, run: Unfinished) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let Some(rebase) = read_unfinished(repo, option)? else {
        return Err(rewriting::none_in_progress(repo, "rebase"));
    };
    run(ctx, repo, rebase)
}

fn check_options(ctx: &CommandContext) -> Result<()> {
    rewriting::at_most_one(ctx, &["confirm", "dry-run"])?;
    rewriting::at_most_one(ctx, &["abort", "stop", "continue"])?;
    for option in ["abort", "stop", "continue"] {
        if ctx.opts.flag(option) && ctx.opts.flag("collapse") {
            return Err(Error::input("cannot use collapse with continue or abort"));
        }
        let others =
            ["dest", "source", "base", "rev", "dry-run", "confirm", "keep", "keepbranches"];
        rewriting::incompatible(ctx, option, &others)?;
    }
    if ctx.opts.flag("interactive") {
        let message = "interactive history editing is supported by the 'histedit' extension (see \"hg \
            --config extensions.histedit= help -e histedit\")";
        return Err(Error::input(message));
    }
    rewriting::at_most_one(ctx, &["rev", "source", "base"])?;
    let message = ctx.opts.nonempty("message").is_some() || ctx.opts.nonempty("logfile").is_some();
    let goes_on = ctx.opts.flag("continue") || ctx.opts.flag("abort");
    if message && !ctx.opts.flag("collapse") && !goes_on {
        return Err(Error::input("message can only be specified with collapse"));
    }
    for option in ["dry-run", "confirm"] {
        if ctx.opts.flag(option) {
            return Err(Error::abort(format!("rebase --{option} is not implemented yet")));
        }
    }
    if ctx.opts.nonempty("auto-orphans").is_some() {
        return Err(Error::abort("rebase --auto-orphans is not implemented yet"));
    }
    Ok(())
}

/// Whether nothing is left to do.
fn is_over(rebase: &Rebase) -> bool {
    rebase.fates.values().all(|fate| *fate != Fate::Todo)
}

//! `hg rebase`.

use hg_repo::rebase::{Fate, Rebase};
use hg_repo::rewrite::Replacement;
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::{Command, CommandContext, rewriting, spec};

mod finish;
mod memory;
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
    if ctx.opts.flag("dry-run") || ctx.opts.flag("confirm") {
        return rehearse(ctx, repo);
    }
    let in_memory = ctx.config().get_bool_or("rebase", "experimental.inmemory", false)?;
    if !in_memory || ctx.opts.flag("collapse") {
        rewriting::refuse_changes(repo)?;
    }
    let Some(rebase) = plan::plan(ctx, repo)? else { return Ok(1) };
    spare_working_directory(repo, &rebase)?;
    step::run_all(ctx, repo, rebase, false, &[])
}

/// Refuses to lose changes when the working directory stands on something that moves.
fn spare_working_directory(repo: &Repo, rebase: &Rebase) -> Result<()> {
    let parent = repo.changelog()?.rev(&rebase.original)?;
    match rebase.fates.get(&parent) {
        Some(Fate::Todo | Fate::Left) => rewriting::refuse_changes(repo),
        _ => Ok(()),
    }
}

/// `--dry-run` and `--confirm`: moves changesets without touching the working directory, and takes them away again unless
/// the user likes it.
fn rehearse(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let confirm = ctx.opts.flag("confirm");
    ctx.ui.status(match confirm {
        true => "starting in-memory rebase\n",
        false => "starting dry-run rebase; repository will not be changed\n",
    });
    let Some(mut rebase) = plan::plan(ctx, repo)? else { return Ok(1) };
    if rebase.collapse && confirm {
        return Err(Error::abort("--confirm does not work with --collapse yet"));
    }
    // What can be moved one by one can be moved as one.
    rebase.collapse = false;
    spare_working_directory(repo, &rebase)?;
    match step::move_all(ctx, repo, &mut rebase, false, step::Where::MemoryOnly) {
        Ok(true) if confirm => {
            ctx.ui.status("rebase completed successfully\n");
            if ctx.ui.prompt_choice("apply changes (yn)?$$ &Yes $$ &No", 0)? == 0 {
                return step::end(ctx, repo, rebase, &[]);
            }
            finish::forget(repo, &rebase)?;
            Ok(0)
        }
        Ok(true) => {
            finish::forget(repo, &rebase)?;
            ctx.ui.status(
                "dry-run rebase completed successfully; run without -n/--dry-run to perform this rebase\n",
            );
            Ok(0)
        }
        Ok(false) => {
            finish::forget(repo, &rebase)?;
            ctx.ui.status("hit a merge conflict\n");
            Ok(1)
        }
        Err(error) => {
            finish::forget(repo, &rebase)?;
            Err(error)
        }
    }
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

fn go_on(ctx: &CommandContext, repo: &Repo, mut rebase: Rebase) -> Result<i32> {
    // Whatever has become obsolete meanwhile.
    let cl = repo.changelog()?;
    repo.pin(rebase.fates.keys().map(|rev| cl.node(*rev)).collect::<Vec<_>>());
    plan::leave_obsolete(ctx, repo, &mut rebase)?;
    // Whoever went away meanwhile has nothing to commit here.
    let merging = hg_wdir::merge::MergeState::read(repo)?.is_active();
    step::run_all(ctx, repo, rebase, merging, &[])
}

/// Rebases what `base` has and the destination has not, with descendants.
///
/// # Errors
/// Those of `hg rebase`.
pub(super) fn rebase_base(
    ctx: &CommandContext,
    repo: &Repo,
    base: Revision,
    destination: Revision,
) -> Result<i32> {
    let cl = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    let mut revs = hg_repo::rebase::from_bases(&cl, &[base], destination);
    revs.retain(|rev| !hidden.contains(*rev));
    if revs.is_empty() {
        ctx.ui.status("nothing to rebase\n");
        return Ok(1);
    }
    move_onto(ctx, repo, &revs, cl.node(destination), &[])
}

/// Rebases changesets for another command; what `also` replaces goes with the old ones.
///
/// # Errors
/// Those of `hg rebase`.
pub(super) fn move_onto(
    ctx: &CommandContext,
    repo: &Repo,
    revs: &[Revision],
    destination: Node,
    also: &[Replacement],
) -> Result<i32> {
    let _lock = repo.lock()?;
    let destination = repo.changelog()?.rev(&destination)?;
    let destinations = revs.iter().map(|rev| (*rev, destination)).collect();
    let query = crate::revision::query(ctx)?;
    match plan::plan_moves(ctx, repo, &query, destinations)? {
        Some(rebase) => step::run_all(ctx, repo, rebase, false, also),
        None => Ok(1),
    }
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
            ["dry-run", "confirm", "dest", "source", "base", "rev", "keep", "keepbranches"];
        rewriting::incompatible(ctx, option, &others)?;
    }
    if ctx.opts.flag("interactive") {
        let message = "interactive history editing is supported by the 'histedit' extension (see \"hg \
            --config extensions.histedit= help -e histedit\")";
        return Err(Error::input(message));
    }
    rewriting::at_most_one(ctx, &["rev", "source", "base"])?;
    if ctx.opts.nonempty("auto-orphans").is_some() {
        for other in ["rev", "source", "base", "dest"] {
            if !ctx.opts.list(other).is_empty() || ctx.opts.nonempty(other).is_some() {
                let message = format!("cannot specify both --auto-orphans and --{other}");
                return Err(Error::input(message));
            }
        }
    }
    let message = ctx.opts.nonempty("message").is_some() || ctx.opts.nonempty("logfile").is_some();
    let goes_on = ctx.opts.flag("continue") || ctx.opts.flag("abort");
    if message && !ctx.opts.flag("collapse") && !goes_on {
        return Err(Error::input("message can only be specified with collapse"));
    }
    Ok(())
}

/// Whether nothing is left to do.
fn is_over(rebase: &Rebase) -> bool {
    rebase.fates.values().all(|fate| *fate != Fate::Todo)
}

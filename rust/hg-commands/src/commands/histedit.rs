//! `hg histedit`.

use hg_repo::histedit::State;
use hg_store::Repo;
use hg_types::{Error, Result};

use crate::{Command, CommandContext, rewriting, spec};

mod finish;
mod plan;
mod rules;
mod step;

/// `hg histedit`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_a_m::HISTEDIT,
    help: "Edit a line of changesets by a list: from ANCESTOR up to the parent of the working\n\
directory, a line for each, which the editor shows. Lines can be put into another order, and their\n\
verbs changed:\n\n\
- 'pick' takes a changeset as it is\n\
- 'edit' stops there, so that it can be changed or split\n\
- 'mess' asks for another message\n\
- 'fold' makes it one with the changeset before it\n\
- 'roll' does so too, and forgets its message and date\n\
- 'drop' leaves it out\n\
- 'base' puts what follows on another changeset\n\n\
Without ANCESTOR, ``histedit.defaultrev`` says where to begin; with -o/--outgoing, it is what the\n\
destination has not.\n\n\
When a merge leaves conflicts, or at 'edit', the edit stops: go on with -c/--continue, change what is\n\
left to do with --edit-plan, or go back to where everything began with --abort.\n\n\
Returns 0 on success, 1 if the user has to do something.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let interface = ctx.config();
    let wanted = |item: &str| interface.get("ui", item) == Some(b"curses");
    let plain = ctx.opts.nonempty("commands").is_some() || ctx.opts.flag("continue");
    if (wanted("interface.histedit") || wanted("interface")) && ctx.ui.is_interactive() && !plain {
        // Nothing is lost by the text: it says the same.
        ctx.ui.warn("the curses interface of histedit is not available, using the editor\n");
    }
    check_options(ctx)?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    if ctx.opts.flag("continue") {
        return go_on(ctx, repo);
    }
    if ctx.opts.flag("abort") {
        return finish::abort(ctx, repo, &read_state(repo)?);
    }
    if ctx.opts.flag("edit-plan") {
        return plan::edit_plan(ctx, repo, read_state(repo)?);
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    rewriting::refuse_changes(repo)?;
    let state = plan::begin(ctx, repo)?;
    step::run_all(ctx, repo, state)
}

fn check_options(ctx: &CommandContext) -> Result<()> {
    let opts = &ctx.opts;
    let revs = !opts.list("rev").is_empty();
    let rules = opts.nonempty("commands").is_some();
    let named = revs || !ctx.args.is_empty();
    if opts.flag("force") && !opts.flag("outgoing") {
        return Err(Error::input("--force only allowed with --outgoing"));
    }
    if opts.flag("continue") {
        if opts.flag("outgoing") || opts.flag("abort") || named || rules || opts.flag("edit-plan") {
            return Err(Error::input("no arguments allowed with --continue"));
        }
    } else if opts.flag("abort") {
        if opts.flag("outgoing") || named || rules || opts.flag("edit-plan") {
            return Err(Error::input("no arguments allowed with --abort"));
        }
    } else if opts.flag("edit-plan") {
        if opts.flag("outgoing") || named {
            return Err(Error::input("only --commands argument allowed with --edit-plan"));
        }
    } else if opts.flag("outgoing") {
        if revs {
            return Err(Error::input("no revisions allowed with --outgoing"));
        }
        if ctx.args.len() > 1 {
            return Err(Error::input("only one repo argument allowed with --outgoing"));
        }
    }
    Ok(())
}

fn read_state(repo: &Repo) -> Result<State> {
    State::read(repo)?.ok_or_else(|| rewriting::none_in_progress(repo, "histedit"))
}

fn go_on(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let mut state = read_state(repo)?;
    step::take_over(ctx, repo, &mut state)?;
    step::run_all(ctx, repo, state)
}

/// `hg abort` in the middle of an edit.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    finish::abort(ctx, repo, &read_state(repo)?)
}

/// `hg continue` in the middle of an edit.
pub(super) fn resume(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    go_on(ctx, repo)
}

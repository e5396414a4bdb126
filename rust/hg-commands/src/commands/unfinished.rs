//! `hg abort` and `hg continue`: the end of whatever operation is unfinished.

use hg_store::Repo;
use hg_types::{Error, Result};
use hg_wdir::unfinished::{Operation, find_unfinished};

use crate::{Command, CommandContext, spec};

/// `hg abort`.
pub static ABORT: Command = Command {
    spec: &spec::manipulation::ABORT,
    help: "Give up the operation that is unfinished, such as a merge, graft or rebase, as its own\n\
--abort does.\n\nWith -n/--dry-run only what would be given up is told.",
    run: abort,
};

/// `hg continue`.
pub static CONTINUE: Command = Command {
    spec: &spec::manipulation::CONTINUE,
    help: "Go on with the operation that is unfinished, such as a rebase, as its own --continue does.\n\n\
With -n/--dry-run only what would go on is told.",
    run: resume,
};

type Run = fn(&CommandContext, &Repo) -> Result<i32>;

fn abort(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let operation = unfinished(repo)?;
    let run: Run = match operation.name {
        "merge" => super::merge::abort,
        "graft" => super::graft::abort,
        "rebase" => super::rebase::abort,
        "unshelve" => super::unshelve::abort,
        "histedit" => super::histedit::abort,
        name => {
            let message = format!("{name} in progress but does not support 'hg abort'");
            return Err(Error::state(message).hint(operation.hint));
        }
    };
    perform(ctx, repo, operation, "aborted", run)
}

fn resume(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let operation = unfinished(repo)?;
    let run: Run = match operation.name {
        "graft" => super::graft::go_on,
        "rebase" => super::rebase::resume,
        "unshelve" => super::unshelve::resume,
        "histedit" => super::histedit::resume,
        name => {
            let message = format!("{name} in progress but does not support 'hg continue'");
            return Err(Error::state(message).hint(format!("hg {name} --continue")));
        }
    };
    perform(ctx, repo, operation, "resumed", run)
}

fn unfinished(repo: &Repo) -> Result<Operation> {
    find_unfinished(repo, true)?.ok_or_else(|| Error::state("no operation in progress"))
}

fn perform(
    ctx: &CommandContext,
    repo: &Repo,
    operation: Operation,
    what: &str,
    run: Run,
) -> Result<i32> {
    if ctx.opts.flag("dry-run") {
        ctx.ui.status(format!("{} in progress, will be {what}\n", operation.name));
        return Ok(0);
    }
    run(ctx, repo)
}

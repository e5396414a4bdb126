//! `hg recover`.

use hg_store::transaction;
use hg_types::Result;

use super::verify::verify_repo;
use crate::{Command, CommandContext, spec};

/// `hg recover`.
pub static COMMAND: Command = Command {
    spec: &spec::maintenance::RECOVER,
    help: "Undo what an interrupted commit, pull or other command left \
           unfinished.\n\nThis is needed when a command says that it found an abandoned \
           transaction.\n\nReturns 0 if successful, 1 if nothing to recover or verify fails.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    if !transaction::recover(repo)? {
        return Ok(1);
    }
    if ctx.opts.flag("verify") {
        return verify_repo(ctx, repo, false);
    }
    ctx.ui.warn("(verify step skipped, run `hg verify` to check your repository content)\n");
    Ok(0)
}

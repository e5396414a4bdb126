//! `hg unshare`.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg unshare`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::UNSHARE,
    help: "Give a shared repository a copy of the history it has used until now, so that it depends on\n\
no other repository any more.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    hg_repo::share::unshare(ctx.repo()?)?;
    Ok(0)
}

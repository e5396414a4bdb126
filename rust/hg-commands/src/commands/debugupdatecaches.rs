//! `hg debugupdatecaches`.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debugupdatecaches`.
pub static COMMAND: Command = Command { spec: &spec::debug_n_z::DEBUGUPDATECACHES, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    repo.update_all_caches()?;
    Ok(0)
}

//! `hg debugrequires`: the requirements of a repository.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debugrequires`.
pub static COMMAND: Command = Command { spec: &spec::debug_n_z::DEBUGREQUIRES, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    for name in ctx.repo()?.requirements().iter() {
        ctx.ui.write([&**name, b"\n"].concat());
    }
    Ok(0)
}

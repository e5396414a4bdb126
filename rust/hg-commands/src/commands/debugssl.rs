//! `hg debugssl`.

use hg_types::{Error, Result};

use crate::{Command, CommandContext, spec};

/// `hg debugssl`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSSL,
    help: "Make Windows fetch the certificates that a server's chain lacks. There is nothing to do on \
           other systems.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    Err(Error::abort("certificate chain building is only possible on Windows"))
}

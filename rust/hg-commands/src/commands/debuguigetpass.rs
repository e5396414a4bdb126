//! `hg debuguigetpass`: asks for a password and shows it.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debuguigetpass`.
pub static COMMAND: Command = Command { spec: &spec::debug_n_z::DEBUGUIGETPASS, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let question = ctx.opts.nonempty("prompt");
    let answer = ctx.ui.password(question)?;
    let answer = answer.as_deref().unwrap_or(b"<default response>");
    ctx.ui.write([b"response: ", answer, b"\n"].concat());
    Ok(0)
}

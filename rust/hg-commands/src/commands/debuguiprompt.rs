//! `hg debuguiprompt`: asks a question and shows the answer.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debuguiprompt`.
pub static COMMAND: Command = Command { spec: &spec::debug_n_z::DEBUGUIPROMPT, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let question = ctx.opts.bytes("prompt").unwrap_or_default();
    let answer = ctx.ui.prompt(question, Some(b"y"))?;
    ctx.ui.write([b"response: ", &*answer, b"\n"].concat());
    Ok(0)
}

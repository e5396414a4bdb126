//! `hg tip`.

use hg_types::Result;

use crate::changeset_display::{DisplayOptions, Displayer};
use crate::{Command, CommandContext, spec};

/// `hg tip`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::TIP,
    help: "Show the changeset that was added last.\n\nThis command is deprecated, use\n\
           :hg:`heads` instead.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let mut display = Displayer::new(ctx, DisplayOptions::from_opts(&ctx.opts))?;
    display.show(ctx.repo()?.tip()?)?;
    display.close()?;
    Ok(0)
}

//! `hg help`.

use hg_types::Result;

use crate::help::{Request, help};
use crate::{Command, CommandContext, spec};

/// `hg help`.
pub static COMMAND: Command = Command {
    spec: &spec::help::HELP,
    help: "With no arguments, print a list of commands with short help messages.

Given a topic, extension, or command name, print help for that topic.

Returns 0 if successful.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let request = Request {
        name: ctx.args.first().map(Vec::as_slice),
        commands: ctx.opts.flag("command"),
        extensions: ctx.opts.flag("extension"),
        keyword: ctx.opts.flag("keyword"),
    };
    help(&ctx.ui, request)
}

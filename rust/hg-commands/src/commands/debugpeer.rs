//! `hg debugpeer`.

use hg_types::Result;

use crate::{Command, CommandContext, remote, spec};

/// `hg debugpeer`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGPEER,
    help: "Connect to another repository and print what kind of connection that is.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [location] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let peer = remote::peer(ctx, location)?;
    let word = |yes: bool| if yes { "yes" } else { "no" };
    ctx.ui.write([b"url: ", peer.url(), b"\n"].concat());
    ctx.ui.write(format!("local: {}\n", word(peer.local().is_some())));
    ctx.ui.write(format!("pushable: {}\n", word(peer.can_push())));
    Ok(0)
}

//! `hg debugknown`.

use hg_types::{Error, Node, Result};

use crate::{Command, CommandContext, remote, spec};

/// `hg debugknown`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGKNOWN,
    help: "Print for each node id, given in full, whether another repository has it: 1 or 0.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let Some((location, ids)) = ctx.args.split_first() else {
        return Err(ctx.usage_error());
    };
    let mut peer = remote::peer(ctx, location)?;
    let node = |id: &Vec<u8>| Node::from_hex(id).ok_or_else(|| Error::abort("invalid node id"));
    let nodes = ids.iter().map(node).collect::<Result<Vec<_>>>()?;
    let known = peer.known(&nodes)?;
    let digits: String = known.iter().map(|&known| if known { '1' } else { '0' }).collect();
    ctx.ui.write(digits + "\n");
    Ok(0)
}

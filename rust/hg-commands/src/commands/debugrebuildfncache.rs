//! `hg debugrebuildfncache`.

use hg_store::fncache;
use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debugrebuildfncache`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGREBUILDFNCACHE,
    help: "Make the list of the store's files again from history and what is there.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let ui = &ctx.ui;
    let Some(done) = fncache::rebuild(ctx.repo()?, ctx.opts.flag("only-data"))? else {
        ui.write("(not rebuilding fncache because repository does not support fncache)\n");
        return Ok(0);
    };
    let shown = |name: &[u8]| ui.encoding().local(name).to_vec();
    for name in &done.removed {
        ui.write([b"removing ", &shown(name)[..], b"\n"].concat());
    }
    for name in &done.added {
        ui.write([b"adding ", &shown(name)[..], b"\n"].concat());
    }
    let (added, removed) = (done.added.len(), done.removed.len());
    if added + removed == 0 {
        ui.write("fncache already up to date\n");
    } else {
        ui.write(format!("{added} items added, {removed} removed from fncache\n"));
    }
    Ok(0)
}

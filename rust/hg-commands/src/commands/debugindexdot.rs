//! `hg debugindexdot`.

use hg_types::Result;

use crate::storage::open_revlog;
use crate::{Command, CommandContext, spec};

/// `hg debugindexdot`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGINDEXDOT,
    help: "Write the graph of a revlog in the language of graphviz.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let revlog = open_revlog(ctx, ctx.args.first().map(|file| &file[..]))?.revlog;
    ctx.ui.write("digraph G {\n");
    for rev in revlog.revs() {
        let [p1, p2] = revlog.parents(rev);
        ctx.ui.write(format!("\t{p1} -> {rev}\n"));
        if !p2.is_null() {
            ctx.ui.write(format!("\t{p2} -> {rev}\n"));
        }
    }
    ctx.ui.write("}\n");
    Ok(0)
}

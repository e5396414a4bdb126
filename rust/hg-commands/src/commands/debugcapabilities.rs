//! `hg debugcapabilities`.

use hg_types::Result;

use crate::{Command, CommandContext, remote, spec};

/// `hg debugcapabilities`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGCAPABILITIES,
    help: "Print what another repository can do in an exchange.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [location] = ctx.args.as_slice() else {
        return Err(ctx.usage_error());
    };
    let mut peer = remote::peer(ctx, location)?;
    let wanted = ctx.opts.list("bundle2-cap");
    let bundle2 = peer.bundle2_capabilities()?;
    if wanted.is_empty() {
        let mut names = peer.capabilities()?;
        let blob = hg_format::percent::quote(&bundle2.encode(), b"");
        names.push([b"bundle2=", &*blob].concat());
        names.sort();
        ctx.ui.write("Main capabilities:\n");
        for name in names {
            ctx.ui.write([b"  ", &*name, b"\n"].concat());
        }
    }
    ctx.ui.write("Bundle2 capabilities:\n");
    for (name, values) in &bundle2.0 {
        if !wanted.is_empty() && !wanted.contains(name) {
            continue;
        }
        ctx.ui.write([b"  ", &**name, b"\n"].concat());
        for value in values {
            ctx.ui.write([b"    ", &**value, b"\n"].concat());
        }
    }
    Ok(0)
}

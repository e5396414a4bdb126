//! `hg debugcomplete`: what shells complete.

use hg_types::Result;

use crate::dispatch;
use crate::spec::{self, OptKind};
use crate::{Command, CommandContext};

/// `hg debugcomplete`.
pub static COMMAND: Command = Command { spec: &spec::debug_a_m::DEBUGCOMPLETE, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let typed = ctx.args.first().map_or(&b""[..], Vec::as_slice);
    if ctx.opts.flag("options") {
        return options(ctx, typed);
    }
    let (mut lines, mut debugging) = (Vec::new(), Vec::new());
    for (name, entry) in dispatch::listing(&ctx.ui) {
        let debug = entry.spec().is_debug();
        let names: Vec<&[u8]> = match entry.alias {
            Some(_) => vec![&name],
            None => entry.spec().names.split('|').map(str::as_bytes).collect(),
        };
        let Some(matching) = names.iter().find(|name| name.starts_with(typed)) else { continue };
        let debug = debug || matching.starts_with(b"debug");
        let lines = if debug { &mut debugging } else { &mut lines };
        lines.push(if ctx.ui.is_verbose() { names.join(&b' ') } else { matching.to_vec() });
    }
    // Commands for debugging are completed only where nothing else fits.
    if lines.is_empty() {
        lines = debugging;
    }
    lines.sort();
    ctx.ui.write([&*lines.join(&b'\n'), b"\n"].concat());
    Ok(0)
}

fn options(ctx: &CommandContext, typed: &[u8]) -> Result<i32> {
    let mut tables = vec![spec::global::OPTIONS];
    if !typed.is_empty() {
        tables.push(dispatch::entry(&ctx.ui, typed)?.spec().options);
    }
    for opt in tables.into_iter().flatten() {
        if opt.help.contains("(DEPRECATED)") {
            continue;
        }
        if !opt.short.is_empty() {
            ctx.ui.write(format!("-{}\n", opt.short));
        }
        ctx.ui.write(format!("--{}\n", opt.long));
        debug_assert!(opt.kind != OptKind::Int || !opt.metavar.is_empty());
    }
    Ok(0)
}

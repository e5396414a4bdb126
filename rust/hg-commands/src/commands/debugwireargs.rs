//! `hg debugwireargs`.

use hg_types::Result;

use crate::{Command, CommandContext, remote, spec};

/// `hg debugwireargs`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGWIREARGS,
    help: "Send arguments to another repository and print what has arrived there.",
    run,
};

const NAMES: [&str; 5] = ["one", "two", "three", "four", "five"];

fn run(ctx: &CommandContext) -> Result<i32> {
    let (location, values) = match ctx.args.as_slice() {
        [location, values @ ..] if values.len() <= NAMES.len() => (location, values),
        _ => return Err(ctx.usage_error()),
    };
    let mut arguments: Vec<(Vec<u8>, Vec<u8>)> = Vec::new();
    for (name, value) in NAMES.iter().zip(values) {
        arguments.push((name.as_bytes().to_vec(), value.clone()));
    }
    for name in &NAMES[2..] {
        if let Some(value) = ctx.opts.nonempty(name) {
            arguments.push((name.as_bytes().to_vec(), value.to_vec()));
        }
    }
    let mut peer = remote::peer(ctx, location)?;
    // The last one stands for what no server knows: it is not sent.
    if peer.local().is_none() {
        arguments.retain(|(name, _)| name != b"five");
    }
    // Asked twice: the second answer shows whether the connection is still in order.
    let first = peer.echo_arguments(&arguments)?;
    let second = peer.echo_arguments(&arguments)?;
    ctx.ui.write([&first[..], b"\n"].concat());
    if first != second {
        ctx.ui.warn([&second[..], b"\n"].concat());
    }
    Ok(0)
}

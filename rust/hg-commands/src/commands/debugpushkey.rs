//! `hg debugpushkey`.

use hg_query::parser::escape;
use hg_types::Result;

use crate::{Command, CommandContext, remote, spec};

/// `hg debugpushkey`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGPUSHKEY,
    help: "List the keys of a namespace of another repository; or, with five arguments, change a \
           key from an old to a new value and say whether that was done.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    match ctx.args.as_slice() {
        [location, namespace] => {
            let mut keys = remote::peer(ctx, location)?.list_keys(namespace)?;
            keys.sort();
            for (key, value) in keys {
                let line = [escape(&key), escape(&value)].join(&b'\t');
                ctx.ui.write([line, b"\n".to_vec()].concat());
            }
            Ok(0)
        }
        [location, namespace, key, old, new] => {
            let done = remote::peer(ctx, location)?.push_key(namespace, key, old, new)?;
            ctx.ui.status(if done { "True\n" } else { "False\n" });
            Ok(i32::from(!done))
        }
        _ => Err(ctx.usage_error()),
    }
}

//! `hg debugcommands`: every command with its options.

use hg_types::Result;

use crate::dispatch;
use crate::{Command, CommandContext, spec};

/// `hg debugcommands`.
pub static COMMAND: Command = Command { spec: &spec::debug_a_m::DEBUGCOMMANDS, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let mut specs = dispatch::available(&ctx.config());
    // Aliases count in the order, except those that are another way to write a long name.
    specs.sort_by_key(|spec| if spec.name().contains("::") { spec.name() } else { spec.names });
    for spec in specs {
        let options: Vec<&str> = spec.options.iter().map(|opt| opt.long).collect();
        ctx.ui.write(format!("{}: {}\n", spec.name(), options.join(", ")));
    }
    Ok(0)
}

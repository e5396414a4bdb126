//! `hg config`.

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg config`.
pub static COMMAND: Command = Command { spec: &spec::help::CONFIG, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let config = ctx.config();
    let mut fm = ctx.formatter("config")?;
    for item in config.all(ctx.opts.flag("untrusted")) {
        let name = [&*item.section, b".", &item.name].concat();
        fm.start_item();
        fm.data(&[("source", item.origin.text().into())]);
        let line = [&*name, b"=", &item.value, b"\n"].concat();
        fm.write(&[("name", name.into()), ("value", item.value.into())], line, "");
    }
    fm.end()?;
    Ok(0)
}

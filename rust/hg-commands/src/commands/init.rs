//! `hg init`.

use bstr::ByteSlice as _;
use hg_store::{InitOptions, OpenOptions, Repo};
use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg init`.
pub static COMMAND: Command = Command {
    spec: &spec::creation::INIT,
    help: "Make a new repository in the given directory, which is created if it does not exist;\nwithout directory, in the current one.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let named = ctx.args.first().map_or(&b"."[..], Vec::as_slice);
    if named.starts_with(b"ssh://") {
        let context = crate::remote::open_context(ctx)?;
        context.ssh().init(named)?;
        // Whoever makes a repository there wants to use it: see that it answers.
        crate::remote::peer(ctx, named)?;
        return Ok(0);
    }
    let config = ctx.config();
    let expanded = hg_config::expand_path(config.environment(), named);
    let root = hg_config::normalize_path(&ctx.cwd().join(expanded.to_path_lossy()));
    let options = OpenOptions {
        config: (*config).clone(),
        display_root: Some(expanded.clone()),
        ..OpenOptions::default()
    };
    Repo::init(&root, options, &InitOptions::default())?;
    Ok(0)
}

//! `hg init`.

use bstr::ByteSlice as _;
use hg_store::{InitOptions, OpenOptions, Repo};
use hg_types::{Error, Result};

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
    if ctx.opts.flag("mq") {
        return super::mq::init_versioned(ctx);
    }
    let named = ctx.args.first().map_or(&b"."[..], Vec::as_slice);
    if named.starts_with(b"ssh://") {
        let context = crate::remote::open_context(ctx)?;
        context.ssh().init(named)?;
        // Whoever makes a repository there wants to use it: see that it answers.
        crate::remote::peer(ctx, named)?;
        return Ok(0);
    }
    if let Some(scheme) = hg_wire::url::Url::parse_with(named, false)?.scheme
        && matches!(scheme.as_slice(), b"http" | b"https" | b"static-http" | b"bundle" | b"union")
    {
        let parts: [&[u8]; 3] = [b"cannot create new ", &scheme, b" repository"];
        return Err(Error::abort(parts.concat()));
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

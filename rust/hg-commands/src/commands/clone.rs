//! `hg clone`.

use hg_repo::clone::{Checkout, CloneContext, CloneOptions, Pool, clone, clone_elsewhere};
use hg_types::{Error, Result};

use crate::{Command, CommandContext, remote, spec};

/// `hg clone`.
pub static COMMAND: Command = Command {
    spec: &spec::creation::CLONE,
    help: "Make a new repository with everything another one has. Without DEST, it is called like \
           the source. Where the source is stands in the new ``.hg/hgrc`` as the path \
           ``default``.\n\nFrom a directory on the same file system, the history is shared by \
           hard links; ``--pull`` copies it through the exchange protocol instead. ``-r``, ``-b`` \
           and a ``#branch`` behind the source limit what is taken, and imply ``--pull``.\n\n\
           Checked out is what ``-u`` names, else the first of ``-r`` or ``-b``, else the bookmark \
           ``@``, else the branch ``default``, else the tip.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let (source, destination) = match ctx.args.as_slice() {
        [source] => (source, None),
        [source, destination] => (source, Some(destination.as_slice())),
        _ => return Err(ctx.usage_error()),
    };
    let update = ctx.opts.nonempty("updaterev");
    if ctx.opts.flag("noupdate") && update.is_some() {
        return Err(Error::input("cannot specify both --noupdate and --updaterev"));
    }
    let paths = remote::paths(ctx)?;
    let Some(source) = paths.resolve(source)?.into_iter().next() else {
        return Err(ctx.usage_error());
    };
    let target = match destination {
        Some(name) => match paths.get(name).and_then(<[_]>::first) {
            Some(path) => Some(path.raw.clone()),
            None => Some(name.to_vec()),
        },
        None => None,
    };
    let options = CloneOptions {
        pull: ctx.opts.flag("pull"),
        stream: ctx.opts.flag("stream") || ctx.opts.flag("uncompressed"),
        revs: ctx.opts.list("rev").to_vec(),
        branches: ctx.opts.list("branch").to_vec(),
        checkout: match update {
            _ if ctx.opts.flag("noupdate") => Checkout::Nothing,
            Some(symbol) => Checkout::Symbol(symbol.to_vec()),
            None => Checkout::Default,
        },
        pool: pool(ctx),
    };
    if let Some(target) = target.as_ref().filter(|target| hg_wire::open::is_ssh(target)) {
        clone_elsewhere(&remote::open_context(ctx)?, &source, target, &options)?;
        return Ok(0);
    }
    let context = CloneContext {
        open: remote::open_context(ctx)?,
        interaction: &*ctx.ui,
        show_stats: &|stats| super::update::show_stats(ctx, *stats),
        set_up: &|repo| ctx.ui.host().map_or(Ok(()), |host| host.repository(&ctx.ui, repo)),
    };
    let cloned = clone(&context, &source, target.as_deref(), &options)?;
    Ok(i32::from(cloned.stats.is_some_and(|stats| stats.unresolved > 0)))
}

/// Where the extension `share` keeps histories that several clones use.
fn pool(ctx: &CommandContext) -> Option<Pool> {
    let config = ctx.config();
    let directory = config.get("share", "pool").filter(|directory| !directory.is_empty())?;
    let enabled = crate::extensions::Enabled::of(&config).has_native("share");
    let naming = config.get("share", "poolnaming").unwrap_or(b"identity").to_vec();
    enabled.then(|| Pool { directory: directory.to_vec(), naming })
}

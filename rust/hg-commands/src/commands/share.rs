//! `hg share`.

use hg_repo::share::{ShareOptions, share};
use hg_types::Result;

use crate::{Command, CommandContext, remote, spec};

/// `hg share`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::SHARE,
    help: "Make a working directory that uses the history of SOURCE, a repository on this machine; with\n\
-B/--bookmarks its bookmarks too. What is committed in one is at once in the other. --relative keeps\n\
the way to SOURCE relative, so that both can be moved together.\n\n\
Whoever removes changesets in one (strip, rollback) may take away what the other has checked out.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let (named, destination) = match ctx.args.as_slice() {
        [source] => (source, None),
        [source, destination] => (source, Some(destination.as_slice())),
        _ => return Err(ctx.usage_error()),
    };
    let Some(source) = remote::paths(ctx)?.resolve(named)?.into_iter().next() else {
        return Err(ctx.usage_error());
    };
    let options = ShareOptions {
        bookmarks: ctx.opts.flag("bookmarks"),
        relative: ctx.opts.flag("relative"),
        no_update: ctx.opts.flag("noupdate"),
    };
    let context = remote::open_context(ctx)?;
    let (_, stats) = share(&context, &source, named, destination, options, &*ctx.ui)?;
    if let Some(stats) = stats {
        super::update::show_stats(ctx, stats);
    }
    Ok(0)
}

//! `hg uncommit` and `hg unamend`.

use hg_repo::uncommit::{UncommitRequest, Uncommitted};
use hg_types::Result;

use crate::scope::match_arguments;
use crate::{Command, CommandContext, commit_message, rewriting, spec};

/// `hg uncommit`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::UNCOMMIT,
    help: "Take changes out of the parent of the working directory: its files, or those that are named, stay as \
           they are and show up as changed again.\n\nWhen nothing is left of the changeset, it goes away, unless \
           files were named or ``--keep`` is given.",
    run,
};

/// `hg unamend`.
pub static UNAMEND: Command = Command {
    spec: &spec::extensions_n_z::UNAMEND,
    help: "Take the last amend of the parent of the working directory back: the changeset becomes what it was before, \
           and what was amended stays in the working directory.",
    run: unamend,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    rewriting::check_note(ctx)?;
    rewriting::check_who_and_when(ctx)?;
    let config = ctx.config();
    let named = !ctx.args.is_empty();
    let item = |name: &str| config.get_bool_or("experimental", name, false);
    let keep_empty = match ctx.opts.tristate("keep") {
        Some(keep) => keep,
        None => named || item("uncommit.keep")?,
    };
    let allow_dirty = ctx.opts.flag("allow-dirty-working-copy") || item("uncommitondirtywdir")?;
    let request = UncommitRequest {
        matcher: &match_arguments(ctx)?,
        named,
        keep_empty,
        allow_dirty,
        message: commit_message::given_message(ctx)?,
        user: rewriting::new_user(ctx)?,
        date: rewriting::new_date(ctx)?,
        rewriting: ctx.rewriting("uncommit")?,
    };
    match hg_repo::uncommit::uncommit(repo, &request)? {
        Uncommitted::Nothing => {
            ctx.ui.status("nothing to uncommit\n");
            return Ok(1);
        }
        Uncommitted::Left(_, true) => ctx.ui.status("note: keeping empty commit\n"),
        Uncommitted::Gone | Uncommitted::Left(..) => {}
    }
    Ok(0)
}

fn unamend(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    hg_repo::uncommit::unamend(repo, &ctx.rewriting("unamend")?)?;
    Ok(0)
}

//! `hg debugancestor`.

use hg_types::{Error, Result, Revision};

use crate::{Command, CommandContext, revision, spec};

/// `hg debugancestor`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGANCESTOR,
    help: "Show the nearest common ancestor of two revisions of the changelog, or of the revlog whose\n\
index is INDEX.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    match ctx.args.as_slice() {
        [one, other] => {
            let Some(repo) = ctx.optional_repo() else {
                return Err(Error::abort("there is no Mercurial repository here (.hg not found)"));
            };
            let revs = [revision::changeset(ctx, one)?, revision::changeset(ctx, other)?];
            let changelog = repo.changelog()?;
            let found = changelog.common_ancestor_heads(&revs).into_iter().max();
            let rev = found.unwrap_or(Revision::NULL);
            ctx.ui.write(format!("{rev}:{}\n", changelog.node(rev)));
            Ok(0)
        }
        [_, _, _] => Err(Error::abort("debugancestor of an index file is not implemented yet")),
        _ => Err(Error::abort("either two or three arguments required")),
    }
}

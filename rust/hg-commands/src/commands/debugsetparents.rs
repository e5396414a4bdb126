//! `hg debugsetparents`.

use hg_types::{Node, Result};
use hg_wdir::WorkingDir;

use crate::{Command, CommandContext, revision, spec};

/// `hg debugsetparents`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSETPARENTS,
    help: "Say that the working directory stands on these changesets, without touching any file.\n\n\
For repairs only. Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let (first, second) = match &ctx.args[..] {
        [first] => (first, None),
        [first, second] => (first, Some(second)),
        _ => return Err(ctx.usage_error()),
    };
    let changelog = repo.changelog()?;
    let p1 = changelog.node(revision::changeset(ctx, first)?);
    let p2 = match second {
        Some(spec) => changelog.node(revision::changeset(ctx, spec)?),
        None => Node::NULL,
    };
    let _wlock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    wdir.dirstate_mut().set_parents(p1, p2)?;
    wdir.write()?;
    Ok(0)
}

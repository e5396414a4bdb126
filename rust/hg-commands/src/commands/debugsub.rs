//! `hg debugsub`.

use hg_repo::subrepo::{Of, states};
use hg_types::Result;

use crate::revision::{self, Target};
use crate::{Command, CommandContext, spec};

/// `hg debugsub`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSUB,
    help: "Show the subrepositories of the working directory, or of the revision given with --rev: where\n\
they come from, and at which revision they are.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let of = match ctx.opts.nonempty("rev") {
        Some(rev) => match revision::single(ctx, rev)? {
            Target::WorkingDirectory => Of::Working,
            Target::Changeset(rev) => Of::Changeset(repo.changelog()?.node(rev)),
        },
        None => Of::Working,
    };
    for (path, state) in &states(repo, of)? {
        ctx.ui.write([b"path ", path.as_bytes(), b"\n"].concat());
        ctx.ui.write([b" source   ", &state.source[..], b"\n"].concat());
        ctx.ui.write([b" revision ", &state.revision[..], b"\n"].concat());
    }
    Ok(0)
}

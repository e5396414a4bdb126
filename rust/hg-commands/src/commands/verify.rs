//! `hg verify`.

use hg_store::Repo;
use hg_store::verify::{VerifyOptions, verify};
use hg_types::Result;
use hg_wdir::verify_dirstate;

use crate::{Command, CommandContext, spec};

/// `hg verify`.
pub static COMMAND: Command = Command {
    spec: &spec::maintenance::VERIFY,
    help: "Check that the repository is whole: the hash of every changeset, manifest and file \
           revision, and that they and their indexes refer to each other as they \
           should.\n\nReturns 0 on success, 1 if errors are encountered.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    verify_repo(ctx, ctx.repo()?, ctx.opts.flag("full"))
}

/// Verifies a repository as the command does; gives the exit code.
pub(crate) fn verify_repo(ctx: &CommandContext, repo: &Repo, full: bool) -> Result<i32> {
    let options = VerifyOptions { full, verbose: ctx.ui.is_verbose() };
    let report = verify(repo, &*ctx.ui, options, |found| verify_dirstate(repo, found))?;
    if !repo.filelog(hg_types::HgPath::new(".hgsubstate"))?.is_empty() {
        ctx.ui.status("checking subrepo links\n");
        hg_repo::subrepo::verify(repo)?;
    }
    Ok(i32::from(report.errors > 0))
}

//! `hg rollback`.

use hg_store::Repo;
use hg_store::transaction::{self, Rollback};
use hg_types::{Error, Node, Result, Revision};

use crate::{Command, CommandContext, spec};

/// `hg rollback`.
pub static COMMAND: Command = Command {
    spec: &spec::maintenance::ROLLBACK,
    help: "Undo the last transaction of this repository, whatever it was.\n\nThere is one level of \
           undo, and no way back from it; what others have pulled meanwhile stays with them. \
           :hg:`commit --amend` is a better way to correct the last commit.\n\nReturns 0 on success, 1 \
           if no rollback data is available.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    if !repo.config().get_bool_or("ui", "rollback", true)? {
        return Err(Error::abort("rollback is disabled because it is unsafe")
            .hint("see `hg help -v rollback` for information"));
    }
    let (dry_run, force) = (ctx.opts.flag("dry-run"), ctx.opts.flag("force"));
    let _wlock = repo.wlock()?;
    let parents = repo.wdir_parents();
    match transaction::rollback(repo, dry_run, force, parents)? {
        Rollback::Nothing => return Ok(1),
        Rollback::Done { parents_gone: true } => {
            let revs = revisions(repo)?;
            let text = match &revs[..] {
                [one] => format!("working directory now based on revision {one}\n"),
                _ => format!(
                    "working directory now based on revisions {} and {}\n",
                    revs[0], revs[1]
                ),
            };
            ctx.ui.status(text);
        }
        Rollback::Done { parents_gone: false } => {}
    }
    Ok(0)
}

/// The revisions that the working directory is based on now.
fn revisions(repo: &Repo) -> Result<Vec<Revision>> {
    let changelog = repo.changelog()?;
    let [first, second] = repo.wdir_parents();
    let rev = |node: Node| changelog.find(&node).unwrap_or(Revision::NULL);
    Ok(if second.is_null() { vec![rev(first)] } else { vec![rev(first), rev(second)] })
}

//! `hg branch`.

use hg_repo::rebranch::{Rebranch, rebranch};
use hg_types::{Error, Result};

use crate::{Command, CommandContext, label, revision, spec};

/// `hg branch`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::BRANCH,
    help: "Without name, print the named branch of the working directory. With a name, set it; the\n\
branch exists once something is committed on it.\n\n\
The name of an existing branch is refused, unless -f/--force is given: :hg:`update` goes to it.\n\
-C/--clean goes back to the branch of the first parent.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let encoding = ctx.ui.encoding();
    if ctx.opts.flag("clean") && !ctx.args.is_empty() {
        return Err(Error::input("no arguments are allowed with --clean"));
    }
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    if !ctx.opts.list("rev").is_empty() {
        return move_changesets(ctx);
    }
    if ctx.opts.flag("clean") {
        let _wlock = repo.wlock()?;
        let p1 = hg_wdir::parents(repo)?[0];
        let branch = repo.changelog()?.entry_of(&p1)?.branch();
        hg_wdir::branch::write(repo, &branch)?;
        let name = encoding.local(&branch).into_owned();
        ctx.ui.status([b"reset working directory to branch ", &name[..], b"\n"].concat());
        return Ok(0);
    }
    let Some(name) = ctx.args.first() else {
        let branch = hg_wdir::branch::read(repo)?;
        ctx.ui.write([&encoding.local(&branch)[..], b"\n"].concat());
        return Ok(0);
    };
    set(ctx, name.trim_ascii())
}

/// `--rev`: the changesets themselves go to another branch.
fn move_changesets(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let Some(name) = ctx.args.first() else {
        return Err(Error::input("no branch name specified for the revisions"));
    };
    let branch = ctx.ui.encoding().from_local(name.trim_ascii())?.into_owned();
    label::check_new(&branch, "branch")?;
    let query = revision::query(ctx)?;
    let mut revs = revision::range(&query, ctx.opts.list("rev"))?.to_vec()?;
    revs.sort_unstable();
    let request = Rebranch {
        revs: &revs,
        branch: &branch,
        force: ctx.opts.flag("force"),
        rewriting: ctx.rewriting("branch-change")?,
    };
    rebranch(repo, &request, &*ctx.ui, &|count| {
        ctx.ui.status(format!("changed branch on {count} changesets\n"));
    })?;
    Ok(0)
}

fn set(ctx: &CommandContext, name: &[u8]) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let stored = ctx.ui.encoding().from_local(name)?.into_owned();
    let cl = repo.changelog()?;
    let branches = repo.branchmap()?;
    if !ctx.opts.flag("force") && branches.contains(&stored) {
        let mut here = false;
        for parent in hg_wdir::parents(repo)? {
            here |= !parent.is_null() && cl.entry_of(&parent)?.branch() == stored;
        }
        if !here {
            let hint = "use 'hg update' to switch to it";
            return Err(Error::input("a branch of the same name already exists").hint(hint));
        }
    }
    label::check_new(&stored, "branch")?;
    hg_wdir::branch::write(repo, &stored)?;
    ctx.ui.status([b"marked working directory as branch ", name, b"\n"].concat());
    // Who uses named branches already knows what they are.
    let others = branches
        .iter()
        .any(|(branch, _)| branch != b"default" && branches.open_heads(branch).next().is_some());
    if !others {
        ctx.ui.status("(branches are permanent and global, did you want a bookmark?)\n");
    }
    Ok(0)
}

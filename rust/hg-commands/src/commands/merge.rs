//! `hg merge`.

use hg_query::destination;
use hg_store::Repo;
use hg_types::{Error, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::merge::{MergeState, UpdateOptions, UpdateStats, update};

use crate::changeset_display::{DisplayOptions, Displayer};
use crate::revision::{self, Target};
use crate::{Command, CommandContext, spec};

/// `hg merge`.
pub static COMMAND: Command = Command {
    spec: &spec::manipulation::MERGE,
    help: "Merge another revision into the working directory. Its changes since the common ancestor\n\
become local changes; the next commit has both revisions as parents. Files that both sides\n\
changed are merged by a tool, see :hg:`help merge-tools`; what it cannot settle is left to\n\
:hg:`resolve`.\n\n\
Without revision, the only other head of the current branch is merged.\n\n\
--preview lists what would be merged. --abort gives the merge up and goes back to the first\n\
parent.\n\n\
Returns 0 on success, 1 if there are unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("abort") {
        check_abort(ctx)?;
        return abort(ctx, repo);
    }
    let rev = named_or_other_head(ctx)?;
    if ctx.opts.flag("preview") {
        return preview(ctx, repo, rev);
    }
    let _wlock = repo.wlock()?;
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    let labels = [&b"working copy"[..], b"merge rev", b"common ancestor"].map(<[u8]>::to_vec);
    let node = repo.changelog()?.node(rev);
    let options = UpdateOptions {
        branch_merge: true,
        force: ctx.opts.flag("force"),
        labels: labels.to_vec(),
        ..UpdateOptions::default()
    };
    let stats = update(repo, node, &options, &*ctx.ui)?;
    Ok(report(ctx, stats))
}

/// `--abort` goes with nothing that names what to merge.
fn check_abort(ctx: &CommandContext) -> Result<()> {
    for (name, given) in
        [("rev", ctx.opts.nonempty("rev").is_some()), ("preview", ctx.opts.flag("preview"))]
    {
        if given {
            return Err(Error::input(format!("cannot specify both --abort and --{name}")));
        }
    }
    if !ctx.args.is_empty() {
        return Err(Error::input("cannot specify a node with --abort"));
    }
    Ok(())
}

/// Says how a merge went and what to do next.
pub(crate) fn report(ctx: &CommandContext, stats: UpdateStats) -> i32 {
    ctx.ui.status(stats.line() + "\n");
    if stats.unresolved > 0 {
        let text = "use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' to \
             abandon\n";
        ctx.ui.status(text);
    } else {
        ctx.ui.status("(branch merge, don't forget to commit)\n");
    }
    i32::from(stats.unresolved > 0)
}

pub(super) fn abort(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    if repo.vfs().exists("updatestate") {
        return abort_merge(ctx, repo);
    }
    if !WorkingDir::open(repo)?.dirstate().in_merge() {
        return Err(Error::state("no merge in progress"));
    }
    let other = hg_wdir::unfinished::find_unfinished(repo, true)?;
    if let Some(operation) = other.filter(|operation| operation.name != "merge") {
        let message = format!("cannot abort merge with {} in progress", operation.name);
        return Err(Error::state(message).hint(operation.hint));
    }
    abort_merge(ctx, repo)
}

fn abort_merge(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let state = MergeState::read(repo)?;
    let node = if state.is_active() { state.local() } else { hg_wdir::parents(repo)?[0] };
    let cl = repo.changelog()?;
    let short = cl.node(cl.rev(&node)?).short();
    ctx.ui.status([b"aborting the merge, updating back to ", &short[..], b"\n"].concat());
    let options = UpdateOptions { force: true, ..UpdateOptions::default() };
    let stats = update(repo, node, &options, &*ctx.ui)?;
    MergeState::clear(repo)?;
    ctx.ui.status(stats.line() + "\n");
    Ok(i32::from(stats.unresolved > 0))
}

/// What to merge with: the revision given, or the other head.
fn named_or_other_head(ctx: &CommandContext) -> Result<Revision> {
    let option = ctx.opts.nonempty("rev");
    let argument = ctx.args.first().map(Vec::as_slice);
    if argument.is_some() && option.is_some() {
        return Err(Error::input("please specify just one revision"));
    }
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    match argument.or(option) {
        Some(spec) => match revision::single(ctx, spec)? {
            Target::Changeset(rev) => Ok(rev),
            Target::WorkingDirectory => {
                Err(Error::input("merging with the working copy has no effect"))
            }
        },
        None if ctx.config().get_bool_or("commands", "merge.require-rev", false)? => {
            Err(Error::input("configuration requires specifying revision to merge with"))
        }
        None => destination::merge(&revision::query(ctx)?, None),
    }
}

fn preview(ctx: &CommandContext, repo: &Repo, rev: Revision) -> Result<i32> {
    let cl = repo.changelog()?;
    let p1 = cl.rev(&hg_wdir::parents(repo)?[0])?;
    let mut missing: Vec<Revision> = cl.missing_ancestors([rev], [p1]).into_iter().collect();
    missing.sort_unstable();
    let mut display = Displayer::new(ctx, DisplayOptions::from_opts(&ctx.opts))?;
    for rev in missing {
        display.show(rev)?;
    }
    display.close()?;
    Ok(0)
}

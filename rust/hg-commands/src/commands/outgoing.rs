//! `hg outgoing`.

use hg_repo::subrepo::{Direction, Subrepos};
use hg_store::Repo;
use hg_types::{Result, Revision};
use hg_wire::bookmarks_sync::{RepoHistory, local_marks};
use hg_wire::outgoing::{find_outgoing, no_changes_found};
use hg_wire::paths::Path;
use hg_wire::pull::fetch_bookmarks;
use hg_wire::url::hide_password;

use super::incoming::{list_bookmarks, refuse_graph_of_newest, show};
use crate::nested::in_subrepos;
use crate::{Command, CommandContext, remote, spec};

/// `hg outgoing`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::OUTGOING,
    help: "Print the changesets that a push to the same place would send.\n\nWith ``-B``, \
           bookmarks are compared instead; ``-v`` says what would become of each.\n\nReturns 0 if \
           there are outgoing changes, 1 otherwise.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let paths = remote::paths(ctx)?.for_push(&ctx.args, &ctx.cwd())?;
    if ctx.opts.flag("bookmarks") {
        // As in the oracle, bookmarks are compared with the first place only.
        return paths.first().map_or(Ok(1), |path| compare_bookmarks(ctx, repo, path));
    }
    refuse_graph_of_newest(ctx)?;
    let mut code = 1;
    for path in &paths {
        code = std::cmp::min(code, outgoing(ctx, repo, path, ctx.opts.list("rev"))?);
        if ctx.opts.flag("subrepos") {
            let inner = Subrepos::of(repo).at(&path.location, || {
                in_subrepos(repo, Direction::Push, &mut |repo, place| {
                    outgoing(ctx, repo, place, &[])
                })
            })?;
            code = std::cmp::min(code, inner);
        }
    }
    Ok(code)
}

fn outgoing(ctx: &CommandContext, repo: &Repo, path: &Path, revs: &[Vec<u8>]) -> Result<i32> {
    let mut peer = remote::peer(ctx, &path.location)?;
    ctx.ui.status([b"comparing with ", &*hide_password(&path.location), b"\n"].concat());
    let heads = super::push::heads(ctx, repo, path, revs)?;
    let force = ctx.opts.flag("force");
    let (set, _) = find_outgoing(repo, &mut *peer, heads.as_deref(), force, &*ctx.ui)?;
    if set.missing.is_empty() {
        no_changes_found(repo, &set.excluded, &*ctx.ui)?;
        return Ok(1);
    }
    show(ctx, repo, set.missing.into_iter().map(Revision::from_index).collect())?;
    Ok(0)
}

fn compare_bookmarks(ctx: &CommandContext, repo: &Repo, path: &Path) -> Result<i32> {
    let mut peer = remote::peer(ctx, &path.location)?;
    ctx.ui.status([b"comparing with ", &*hide_password(&path.location), b"\n"].concat());
    ctx.ui.status("searching for changed bookmarks\n");
    let theirs = fetch_bookmarks(&mut *peer)?;
    let history = RepoHistory::new(repo)?;
    let out = hg_wire::bookmarks::compare(&history, &local_marks(repo)?, &theirs, None);
    let kinds = [
        (out.added_source, "added"),
        (out.added_destination, "deleted"),
        (out.advanced_source, "advanced"),
        (out.diverged, "diverged"),
        (out.differing, "changed"),
    ];
    let entries = kinds.into_iter().flat_map(|(list, status)| {
        list.into_iter().map(move |entry| (entry.name, entry.source, status))
    });
    list_bookmarks(ctx, entries.collect())
}

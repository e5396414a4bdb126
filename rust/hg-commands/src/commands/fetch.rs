//! `hg fetch`.

use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{UpdateOptions, update};
use hg_wire::url::hide_password;

use crate::commit_message::{self, MessageOptions};
use crate::{Command, CommandContext, remote, rewriting, spec};

/// `hg fetch`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_a_m::FETCH,
    help: "Pull from another repository, and bring the working directory up to date: it is updated to what is new, or, when \\
           that is another head of the branch, the two are merged and the merge is committed.\n\nThe new changes are the \\
           first parent of such a merge, with ``--switch-parent`` the second.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let branch = hg_wdir::branch::read(repo)?;
    let cl = repo.changelog()?;
    let parent = cl.rev(&hg_wdir::parents(repo)?[0])?;
    if heads(repo, &branch)?.last() != Some(&parent) {
        let hint = "use 'hg update' to check out branch tip";
        return Err(Error::abort("working directory not at branch tip").hint(hint));
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    rewriting::refuse_changes(repo)?;
    let ends = |rev: &Revision| cl.descendant_set([*rev]).iter().all(|other| other == *rev);
    if heads(repo, &branch)?.iter().filter(|rev| ends(rev)).count() > 1 {
        let message =
            "multiple heads in this branch (use \"hg heads .\" and \"hg merge\" to merge)";
        return Err(Error::abort(message));
    }
    let paths = remote::paths(ctx)?.for_pull(&ctx.args)?;
    let Some(path) = paths.first() else { return Ok(0) };
    let (result, _) = super::pull::bring(ctx, repo, path)?;
    if result == 0 {
        return Ok(0);
    }
    let source = hide_password(&path.location);
    catch_up(ctx, repo, &branch, parent, &source)
}

/// The open heads of a branch, ascending.
fn heads(repo: &Repo, branch: &[u8]) -> Result<Vec<Revision>> {
    let mut out: Vec<Revision> = repo.branchmap()?.open_heads(branch).collect();
    out.sort_unstable();
    Ok(out)
}

/// Updates to what is new, or merges it.
fn catch_up(
    ctx: &CommandContext,
    repo: &Repo,
    branch: &[u8],
    parent: Revision,
    source: &[u8],
) -> Result<i32> {
    let cl = repo.changelog()?;
    let mut others = heads(repo, branch)?;
    let onwards: Vec<Revision> =
        others.iter().copied().filter(|rev| cl.is_ancestor(parent, *rev)).collect();
    if let ([head], [_]) = (&others[..], &onwards[..]) {
        if *head != parent {
            go_to(ctx, repo, cl.node(*head))?;
        }
        return Ok(0);
    }
    let mut ours = parent;
    if let Some(child) = onwards.into_iter().find(|rev| *rev != parent) {
        ours = child;
        go_to(ctx, repo, cl.node(child))?;
    }
    others.retain(|rev| *rev != ours);
    let theirs = match others[..] {
        [] => return Ok(0),
        [theirs] => theirs,
        _ => {
            let count = others.len() - 1;
            ctx.ui.status(format!(
                "not merging with {count} other new branch heads (use \"hg heads .\" and \"hg merge\" to merge them)\n"
            ));
            return Ok(1);
        }
    };
    let switch = ctx.opts.flag("switch-parent");
    let (first, second) = if switch { (ours, theirs) } else { (theirs, ours) };
    if !switch {
        ctx.ui.status([b"updating to ", &rewriting::shown(repo, first)?[..], b"\n"].concat());
    }
    go_to(ctx, repo, cl.node(first))?;
    ctx.ui.status([b"merging with ", &rewriting::shown(repo, second)?[..], b"\n"].concat());
    let merging = UpdateOptions { branch_merge: true, ..UpdateOptions::default() };
    let stats = update(repo, cl.node(second), &merging, &*ctx.ui)?;
    super::update::show_stats(ctx, stats);
    if stats.unresolved > 0 {
        return Ok(1);
    }
    commit(ctx, repo, source)
}

fn go_to(ctx: &CommandContext, repo: &Repo, node: Node) -> Result<()> {
    let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
    let stats = update(repo, node, &clean, &*ctx.ui)?;
    super::update::show_stats(ctx, stats);
    Ok(())
}

fn commit(ctx: &CommandContext, repo: &Repo, source: &[u8]) -> Result<i32> {
    let message = match commit_message::given_message(ctx)? {
        Some(message) => message,
        None => [b"Automated merge with ", source].concat(),
    };
    let edit = ctx.opts.flag("edit") || ctx.opts.flag("force-editor");
    let options =
        MessageOptions { message: message.clone(), edit, form: "fetch.normal", note: None };
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let everything = hg_match::Matcher::always();
    let mut request = CommitRequest {
        matcher: &everything,
        message,
        user: hg_repo::working::known_user(ctx.user()?),
        date: ctx.date()?,
        extra: std::collections::BTreeMap::new(),
        phase: None,
        chosen: None,
        allow_empty: false,
        recurse: false,
        editor: &mut editor,
    };
    if let Some(node) = commit_working(repo, &mut request)? {
        let shown = rewriting::shown(repo, repo.changelog()?.rev(&node)?)?;
        let parts = [b"new changeset ", &shown[..], b" merges remote changes with local\n"];
        ctx.ui.status(parts.concat());
    }
    Ok(0)
}

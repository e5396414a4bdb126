//! `hg push`.

use hg_query::revset;
use hg_repo::subrepo::{PushFlags, Subrepos, push_subrepos};
use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wire::paths::Path;
use hg_wire::push::{AutoPublish, PushOptions};
use hg_wire::replaced::push_to;
use hg_wire::url::hide_password;

use crate::{Command, CommandContext, remote, spec};

/// `hg push`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::PUSH,
    help: "Bring what this repository has, and another one lacks, into the other one.\n\nA push \
           that would leave new heads on a branch there is refused: pull and merge first, or use \
           ``--force``. New branches need ``--new-branch``. Secret changesets stay here.\n\n\
           Bookmarks that exist on both sides follow when they advance; ``-B`` pushes a bookmark \
           in any case, and deletes it there when it is deleted here.\n\nReturns 0 on success, 1 \
           if there was nothing to push.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let bookmarks = bookmark_names(ctx, repo)?;
    let mut revs = ctx.opts.list("rev").to_vec();
    let local = repo.bookmarks()?;
    for name in &bookmarks {
        // A deleted bookmark is pushed as such; other limits still hold.
        let symbol = if local.get(name).is_some() { name.clone() } else { b"null".to_vec() };
        revs.push(symbol);
    }
    let mut code = 0;
    for path in remote::paths(ctx)?.for_push(&ctx.args, &ctx.cwd())? {
        let one = push_one(ctx, repo, &path, &revs, &bookmarks)?;
        code = std::cmp::max(code, one);
    }
    Ok(code)
}

fn bookmark_names(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Vec<u8>>> {
    let local = repo.bookmarks()?;
    let expand = |name: &Vec<u8>| {
        local.expand(name).map(<[u8]>::to_vec).ok_or_else(|| Error::input("no active bookmark"))
    };
    ctx.opts.list("bookmark").iter().map(expand).collect()
}

fn push_one(
    ctx: &CommandContext,
    repo: &Repo,
    path: &Path,
    revs: &[Vec<u8>],
    bookmarks: &[Vec<u8>],
) -> Result<i32> {
    ctx.ui.status([b"pushing to ", &*hide_password(&path.location), b"\n"].concat());
    let peer = remote::peer(ctx, &path.location)?;
    let heads = heads(ctx, repo, path, revs)?;
    require_revisions(ctx, heads.is_none() && bookmarks.is_empty())?;
    if let Some(extension) = repo.extension().filter(|_| !ctx.opts.flag("force")) {
        extension.check_push(repo, heads.as_deref())?;
    }
    let flags =
        PushFlags { force: ctx.opts.flag("force"), new_branch: ctx.opts.flag("new-branch") };
    // What is referred to goes first.
    let failed = Subrepos::of(repo).at(&path.location, || push_subrepos(repo, flags))?;
    if failed {
        return Ok(1);
    }
    let options = PushOptions {
        heads,
        force: ctx.opts.flag("force"),
        new_branch: ctx.opts.flag("new-branch"),
        bookmarks: bookmarks.to_vec(),
        all_bookmarks: ctx.opts.flag("all-bookmarks"),
        publish: ctx.opts.flag("publish"),
        variables: variables(ctx)?,
        verbose: ctx.ui.is_verbose(),
        auto_publish: auto_publish(ctx)?,
        confirm: Some(remote::confirm(ctx)),
    };
    let pushed = push_to(repo, peer, options)?;
    let mut code = i32::from(pushed.changegroup.is_none_or(|result| result == 0));
    if pushed.bookmark_failed {
        code = 2;
    }
    Ok(code)
}

/// The heads of what is pushed; `None` for everything.
pub(crate) fn heads(
    ctx: &CommandContext,
    repo: &Repo,
    path: &Path,
    revs: &[Vec<u8>],
) -> Result<Option<Vec<Node>>> {
    let changelog = repo.changelog()?;
    let specs = remote::local_symbols(ctx, repo, path, revs)?;
    let (specs, complaint) = match (&path.push_rev, specs.is_empty()) {
        (_, false) => (
            specs,
            Error::input("specified revisions evaluate to an empty set")
                .hint("use different revision arguments"),
        ),
        (Some(rev), true) => (
            vec![[b"heads(", rev.as_slice(), b")"].concat()],
            Error::input("default push revset for path evaluates to an empty set"),
        ),
        (None, true) => return Ok(None),
    };
    let query = crate::revision::query(ctx)?;
    let found = revset::rev_range(&query, &specs)?.to_vec()?;
    if found.is_empty() {
        return Err(complaint);
    }
    Ok(Some(found.into_iter().map(|rev| changelog.node(rev)).collect()))
}

fn require_revisions(ctx: &CommandContext, missing: bool) -> Result<()> {
    if missing && ctx.config().get_bool_or("commands", "push.require-revs", false)? {
        return Err(
            Error::input("no revisions specified to push").hint("did you mean \"hg push -r .\"?")
        );
    }
    Ok(())
}

fn auto_publish(ctx: &CommandContext) -> Result<AutoPublish> {
    if ctx.opts.flag("publish") {
        return Ok(AutoPublish::Allow);
    }
    let config = ctx.config();
    Ok(match config.get("experimental", "auto-publish") {
        Some(b"warn") => AutoPublish::Warn,
        Some(b"confirm") => AutoPublish::Confirm,
        Some(b"abort") => AutoPublish::Abort,
        _ => AutoPublish::Allow,
    })
}

/// The variables of `--pushvars`.
fn variables(ctx: &CommandContext) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let parse = |text: &Vec<u8>| {
        let equals = text.iter().position(|&b| b == b'=').ok_or_else(|| {
            let parts: [&[u8]; 3] = [
                b"unable to parse variable '",
                text,
                b"', should follow 'KEY=VALUE' or 'KEY=' format",
            ];
            Error::abort(parts.concat())
        })?;
        Ok((text[..equals].to_vec(), text[equals + 1..].to_vec()))
    };
    ctx.opts.list("pushvars").iter().map(parse).collect()
}

//! `hg pull`.

use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wire::paths::Path;
use hg_wire::peer::Peer;
use hg_wire::pull::{PullOptions, fetch_bookmarks};
use hg_wire::replaced::pull_from;
use hg_wire::url::hide_password;

use crate::{Command, CommandContext, remote, spec};

/// `hg pull`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::PULL,
    help: "Bring what another repository has, and this one lacks, into this one. The working \
           directory stays as it is unless ``--update`` is given.\n\nWithout SOURCE, the path \
           ``default`` is used; of several sources, one after the other is pulled from.\n\nA \
           bookmark called ``.`` is the active one.\n\nReturns 0 on success, 1 if an update has \
           unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.config().get_bool_or("commands", "update.requiredest", false)? && ctx.opts.flag("update")
    {
        return Err(Error::input("update destination required by configuration")
            .hint("use hg pull followed by hg update DEST"));
    }
    let mut code = 0;
    for path in remote::paths(ctx)?.for_pull(&ctx.args)? {
        code = pull_one(ctx, repo, &path)?;
        if ctx.opts.flag("update") && code != 0 {
            return Ok(code);
        }
    }
    Ok(code)
}

fn pull_one(ctx: &CommandContext, repo: &Repo, path: &Path) -> Result<i32> {
    ctx.ui.status([b"pulling from ", &*hide_password(&path.location), b"\n"].concat());
    let mut peer = remote::peer(ctx, &path.location)?;
    let (branches, revs) = (ctx.opts.list("branch"), ctx.opts.list("rev"));
    let symbols = remote::wanted_symbols(repo, &mut *peer, path, branches, revs)?;
    let mut options = PullOptions {
        force: ctx.opts.flag("force"),
        bookmarks_mode: path.bookmarks_mode.unwrap_or_default(),
        path_name: divergence_suffix(ctx, path)?,
        confirm: confirmation(ctx)?,
        ..PullOptions::default()
    };
    let mut heads = named_bookmarks(ctx, repo, &mut *peer, &mut options)?;
    let nodes = remote::lookup_all(&mut *peer, &symbols)?;
    // The name decides which bookmark becomes active.
    let named = revs.first().or(branches.first()).or(path.branch.as_ref()).cloned();
    let checkout = nodes.first().map(|node| (*node, named.unwrap_or_default()));
    heads.splice(0..0, nodes);
    if !heads.is_empty() {
        options.heads = Some(heads);
    }
    let result = pull_from(repo, peer, options)?;
    remote::after_incoming(ctx, repo, result, checkout)
}

/// The changesets of the bookmarks that `-B` names; the names go into the options.
fn named_bookmarks(
    ctx: &CommandContext,
    repo: &Repo,
    peer: &mut dyn Peer,
    options: &mut PullOptions,
) -> Result<Vec<Node>> {
    let names = ctx.opts.list("bookmark");
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let remote = fetch_bookmarks(peer)?;
    let local = repo.bookmarks()?;
    let mut nodes = Vec::new();
    for name in names {
        let Some(name) = local.expand(name) else {
            return Err(Error::input("no active bookmark"));
        };
        let Some(node) = remote.get(name) else {
            let parts: [&[u8]; 3] = [b"remote bookmark ", name, b" not found!"];
            return Err(Error::abort(parts.concat()));
        };
        options.bookmarks.push(name.to_vec());
        nodes.push(*node);
    }
    options.remote_bookmarks = Some(remote);
    Ok(nodes)
}

/// What a diverged bookmark gets after its `@`: the name of the configured path pulled from.
fn divergence_suffix(ctx: &CommandContext, path: &Path) -> Result<Option<Vec<u8>>> {
    let paths = remote::paths(ctx)?;
    let full = |location: &[u8]| hg_config::normalize_path(&remote::file_path(ctx, location));
    let wanted = full(&path.location);
    let names = paths.sorted();
    let found = names.iter().find(|(_, paths)| {
        paths.iter().any(|other| other.location == path.location || full(&other.location) == wanted)
    });
    Ok(found.map(|(name, _)| name.to_vec()))
}

fn confirmation(ctx: &CommandContext) -> Result<Option<hg_wire::pull::Confirm>> {
    let config = ctx.config();
    let plain = config.environment().plain().is_on();
    let wanted =
        ctx.opts.flag("confirm") || !plain && config.get_bool_or("pull", "confirm", false)?;
    if !wanted {
        return Ok(None);
    }
    Ok(Some(remote::confirm(ctx)))
}

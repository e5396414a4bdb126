//! `hg pull`.

use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
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
    let rebase = check_rebase(ctx, repo)?;
    let _locks = rebase.then(|| repo.wlock()).transpose()?;
    let before = repo.changelog()?.len();
    let mut code = 0;
    for path in remote::paths(ctx)?.for_pull(&ctx.args)? {
        code = pull_one(ctx, repo, &path)?;
        if ctx.opts.flag("update") && code != 0 {
            return Ok(code);
        }
    }
    if rebase && repo.changelog()?.len() > before {
        return rebase_onto_pulled(ctx, repo, before);
    }
    Ok(code)
}

/// Whether what is here is to be rebased, which is refused when that cannot be done afterwards.
fn check_rebase(ctx: &CommandContext, repo: &Repo) -> Result<bool> {
    if !ctx.opts.flag("rebase") {
        if ctx.opts.nonempty("tool").is_some() {
            return Err(Error::input("--tool can only be used with --rebase"));
        }
        return Ok(false);
    }
    if ctx.config().get_bool_or("commands", "rebase.requiredest", false)? {
        return Err(Error::input("rebase destination required by configuration")
            .hint("use hg pull followed by hg rebase -d DEST"));
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    if ctx.opts.flag("update") {
        ctx.ui.debug("--update and --rebase are not compatible, ignoring the update flag\n");
    }
    let hint = "cannot pull with rebase: please commit or shelve your changes first";
    crate::rewriting::refuse_changes(repo).map_err(|error| error.hint(hint))?;
    Ok(true)
}

/// Rebases the line of work onto the new head of its branch; where there is nothing to rebase, goes there.
fn rebase_onto_pulled(ctx: &CommandContext, repo: &Repo, before: usize) -> Result<i32> {
    let cl = repo.changelog()?;
    let branch = hg_wdir::branch::read(repo)?;
    let branches = repo.branchmap()?;
    let is_new = |rev: &Revision| rev.index().is_some_and(|index| index >= before);
    let Some(head) = branches.open_heads(&branch).filter(is_new).max() else {
        ctx.ui.status("nothing to rebase\n");
        return Ok(0);
    };
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    let parent = cl.rev(&hg_wdir::parents(repo)?[0])?;
    if parent == head || cl.is_ancestor(parent, head) {
        ctx.ui.status("nothing to rebase - updating instead\n");
        return super::update::after_pull(ctx, repo, None);
    }
    super::rebase::rebase_base(ctx, repo, parent, head)
}

fn pull_one(ctx: &CommandContext, repo: &Repo, path: &Path) -> Result<i32> {
    let (result, checkout) = bring(ctx, repo, path)?;
    if ctx.opts.flag("rebase") {
        return Ok(0);
    }
    // Subrepositories come from beside where this came from.
    hg_repo::subrepo::Subrepos::of(repo)
        .at(&path.location, || remote::after_incoming(ctx, repo, result, checkout))
}

/// What a pull brought (as the exchange counts it), and the changeset that was asked for by a name.
type Brought = (i64, Option<(Node, Vec<u8>)>);

/// Pulls from one source; nothing is updated.
///
/// # Errors
/// When the source cannot be read, or what comes cannot be stored.
pub(super) fn bring(ctx: &CommandContext, repo: &Repo, path: &Path) -> Result<Brought> {
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
    Ok((result, checkout))
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

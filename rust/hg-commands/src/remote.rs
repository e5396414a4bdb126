//! What commands that talk to other repositories share: locations, peers, what to say afterwards.

use hg_config::Config;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Result, Revision};
use hg_wire::open::{OpenContext, open_peer};
use hg_wire::paths::{Path, Paths};
use hg_wire::peer::Peer;

use crate::CommandContext;

/// The configuration without any repository's own, as another repository starts from it.
fn base_config(ctx: &CommandContext) -> Result<Config> {
    let config = ctx.config();
    let mut base = Config::load(config.environment())?;
    for file in ctx.globals.list("config-file") {
        base.apply_option_file(file)?;
    }
    for option in ctx.globals.list("config") {
        base.apply_option(option)?;
    }
    for name in ["ssh", "remotecmd"] {
        if let Some(value) = ctx.opts.nonempty(name).filter(|_| ctx.opts.is_set(name)) {
            base.set("ui", name, value, "--config");
        }
    }
    Ok(base)
}

/// What opening another repository needs.
pub fn open_context(ctx: &CommandContext) -> Result<OpenContext> {
    Ok(OpenContext {
        config: base_config(ctx)?,
        cwd: ctx.cwd(),
        reporter: ctx.ui.clone(),
        hooks: ctx.optional_repo().map(Repo::hooks),
        lookup: hg_wire::lookup::plain(),
    })
}

/// The section `[paths]`; says what is wrong with it.
pub fn paths(ctx: &CommandContext) -> Result<Paths> {
    let root = ctx.optional_repo().map(Repo::root);
    let paths = Paths::load(&ctx.config(), root, &ctx.cwd())?;
    for warning in &paths.warnings {
        ctx.ui.warn(warning);
    }
    Ok(paths)
}

/// Opens the repository at `location`.
pub fn peer(ctx: &CommandContext, location: &[u8]) -> Result<Box<dyn Peer>> {
    open_peer(&open_context(ctx)?, location, ctx.optional_repo())
}

/// The revisions that `--rev`, `--branch` and the `#branch` of a path name at `peer`: symbols to be
/// looked up there, and the one to check out, the first.
pub fn wanted_symbols(
    repo: Option<&Repo>,
    peer: &mut dyn Peer,
    path: &Path,
    branches: &[Vec<u8>],
    revs: &[Vec<u8>],
) -> Result<Vec<Vec<u8>>> {
    let mut out = revs.to_vec();
    if path.branch.is_none() && branches.is_empty() {
        return Ok(out);
    }
    let map = peer.branchmap()?;
    let heads = |name: &[u8]| {
        let entry = map.iter().find(|(branch, _)| branch == name);
        entry.map(|(_, heads)| heads.iter().rev().map(Node::hex).collect::<Vec<_>>())
    };
    for branch in branches {
        let name = match (branch.as_slice(), repo) {
            (b".", Some(repo)) => hg_wdir::branch::read(repo)?,
            (b".", None) => {
                return Err(Error::abort("dirstate branch not accessible"));
            }
            (name, _) => name.to_vec(),
        };
        let Some(found) = heads(&name) else {
            let message = [&b"unknown branch '"[..], &name, b"'"].concat();
            return Err(Error::new(ErrorKind::UnknownRevision, message));
        };
        out.extend(found);
    }
    if let Some(fragment) = &path.branch {
        match heads(fragment) {
            Some(found) => out.extend(found),
            None => out.push(fragment.clone()),
        }
    }
    Ok(out)
}

/// Looks symbols up at `peer`.
pub fn lookup_all(peer: &mut dyn Peer, symbols: &[Vec<u8>]) -> Result<Vec<Node>> {
    symbols.iter().map(|symbol| peer.lookup(symbol)).collect()
}

/// The changesets that revision arguments name here.
pub fn local_revisions(repo: &Repo, texts: &[Vec<u8>]) -> Result<Vec<Revision>> {
    let changelog = repo.changelog()?;
    let revision = |text: &Vec<u8>| changelog.rev(&hg_wire::lookup::symbol(repo, text)?);
    let mut revs = texts.iter().map(revision).collect::<Result<Vec<_>>>()?;
    revs.retain(|rev| !rev.is_null());
    revs.sort_unstable();
    revs.dedup();
    Ok(revs)
}

/// Says what can be done with what came in; `result` is that of the pull.
pub fn advise_after_incoming(ctx: &CommandContext, repo: &Repo, result: i64) -> Result<()> {
    if result == 0 {
        return Ok(());
    }
    if result <= 1 {
        if !ctx.config().get_bool_or("commands", "update.requiredest", false)? {
            ctx.ui.status("(run 'hg update' to get a working copy)\n");
        }
        return Ok(());
    }
    let view = hg_wire::facts::visible(repo)?;
    let branch = hg_wdir::branch::read(repo)?;
    let branches = hg_wire::facts::branch_heads(repo, &view)?;
    let changelog = repo.changelog()?;
    let mut open = 0;
    for node in branches.iter().filter(|(name, _)| *name == branch).flat_map(|(_, heads)| heads) {
        open += i64::from(!changelog.entry_of(node)?.closes_branch());
    }
    ctx.ui.status(if open == result {
        "(run 'hg heads' to see heads, 'hg merge' to merge)\n"
    } else if open > 1 {
        "(run 'hg heads .' to see heads, 'hg merge' to merge)\n"
    } else {
        "(run 'hg heads' to see heads)\n"
    });
    Ok(())
}

/// A bundle file's name made absolute.
pub fn file_path(ctx: &CommandContext, name: &[u8]) -> std::path::PathBuf {
    use bstr::ByteSlice as _;
    let config = ctx.config();
    let expanded = hg_config::expand_path(config.environment(), name);
    ctx.cwd().join(expanded.to_path_lossy())
}

/// Opens a file for reading; messages name it as the user did.
pub fn open_file(ctx: &CommandContext, name: &[u8]) -> Result<std::fs::File> {
    std::fs::File::open(file_path(ctx, name)).map_err(|error| io_error(name, error))
}

/// `reason: 'name'`, as the operating system gives the reason.
pub fn io_error(name: &[u8], error: std::io::Error) -> Error {
    let text = error.to_string();
    let reason = text.split(" (os error").next().unwrap_or_default();
    let parts: [&[u8]; 4] = [reason.as_bytes(), b": '", name, b"'"];
    Error::new(ErrorKind::Io, parts.concat()).because(error)
}

/// Advises or updates after something came in; the exit code.
pub fn after_incoming(
    ctx: &CommandContext,
    repo: &Repo,
    result: i64,
    checkout: Option<Node>,
) -> Result<i32> {
    let _ = checkout;
    if ctx.opts.flag("update") && result != 0 {
        return Err(
            Error::abort("updating after a pull is not implemented yet").hint("run 'hg update'")
        );
    }
    advise_after_incoming(ctx, repo, result)?;
    Ok(0)
}

/// Asks a question with yes as its default answer.
pub fn ask_yes(ui: &crate::Ui, question: &[u8]) -> Result<bool> {
    let _ = (ui, question);
    Err(Error::abort("questions are not implemented yet"))
}

//! What `hg summary --remote` adds: how the repository stands to those it pulls from and pushes to.

use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result, Silent};
use hg_wire::bookmarks::compare;
use hg_wire::bookmarks_sync::{RepoHistory, local_marks};
use hg_wire::discovery::{Discovery, DiscoveryOptions, find_common};
use hg_wire::outgoing::{find_outgoing, outgoing_from};
use hg_wire::paths::{Path, Paths};
use hg_wire::peer::Peer;
use hg_wire::pull::fetch_bookmarks;
use hg_wire::url::hide_password;

use crate::commands::push;
use crate::{CommandContext, remote};

/// What the repository to pull from was found to have.
struct Source {
    path: Path,
    peer: Box<dyn Peer>,
    /// The whole discovery; `None` when the path's branch made one unnecessary.
    discovery: Option<Discovery>,
}

/// Prints the line `remote:`.
pub(super) fn show(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let paths = remote::paths(ctx)?;
    let mut source = open_source(ctx, repo, single(paths.for_pull(&[])?)?)?;
    let mut parts = Vec::new();
    if source.discovery.as_ref().is_some_and(|found| found.any_incoming) {
        parts.push("1 or more incoming".to_owned());
    }
    let target = push_path(ctx, &paths)?;
    let (outgoing, mut peer) = count_outgoing(ctx, repo, &mut source, target)?;
    if outgoing > 0 {
        parts.push(format!("{outgoing} outgoing"));
    }
    // Those of the repository to push to count, as the outgoing changesets do.
    let peer = peer.as_deref_mut().unwrap_or(&mut *source.peer);
    let theirs = match peer.list_keys(b"namespaces")?.iter().any(|(key, _)| key == b"bookmarks") {
        true => fetch_bookmarks(peer)?,
        false => Default::default(),
    };
    let compared = compare(&RepoHistory::new(repo)?, &theirs, &local_marks(repo)?, None);
    let counts = [(compared.added_source, "incoming"), (compared.added_destination, "outgoing")];
    let counts = counts.into_iter().filter(|(list, _)| !list.is_empty());
    parts.extend(counts.map(|(list, way)| format!("{} {way} bookmarks", list.len())));
    if parts.is_empty() {
        ctx.ui.status("remote: (synced)\n");
    } else {
        ctx.ui.write(format!("remote: {}\n", parts.join(", ")));
    }
    Ok(())
}

/// The one place that a name stands for.
fn single(mut paths: Vec<Path>) -> Result<Path> {
    let count = paths.len();
    match paths.pop() {
        Some(path) if count == 1 => Ok(path),
        path => {
            let name = path.and_then(|path| path.name).unwrap_or_else(|| b"default".to_vec());
            let text = format!("path points to {count} urls while summary only supports one: ");
            Err(Error::new(ErrorKind::Abort, [text.as_bytes(), &name].concat()))
        }
    }
}

/// Where a push goes; `None` when the configuration names no place.
fn push_path(ctx: &CommandContext, paths: &Paths) -> Result<Option<Path>> {
    if paths.get(b"default-push").or_else(|| paths.get(b"default")).is_none() {
        return Ok(None);
    }
    single(paths.for_push(&[], &ctx.cwd())?).map(Some)
}

fn comparing_with(ctx: &CommandContext, path: &Path) {
    ctx.ui.debug([b"comparing with ", &*hide_password(&path.location), b"\n"].concat());
}

fn open_source(ctx: &CommandContext, repo: &Repo, path: Path) -> Result<Source> {
    let mut peer = remote::peer(ctx, &path.location)?;
    let symbols = remote::wanted_symbols(repo, &mut *peer, &path, &[], &[])?;
    let heads = remote::lookup_all(&mut *peer, &symbols)?;
    comparing_with(ctx, &path);
    let view = hg_wire::facts::unfiltered(repo)?;
    let known = !heads.is_empty() && heads.iter().all(|node| view.rev(node).is_some());
    let discovery = match known {
        true => None,
        false => {
            let mut found = find_common(&view, &mut *peer, DiscoveryOptions::default(), &Silent)?;
            found.any_incoming &= found.remote_heads.iter().any(|h| !found.common.contains(h));
            Some(found)
        }
    };
    Ok(Source { path, peer, discovery })
}

/// The number of changesets that a push would send, and the peer asked when it is not the source.
fn count_outgoing(
    ctx: &CommandContext,
    repo: &Repo,
    source: &mut Source,
    target: Option<Path>,
) -> Result<(usize, Option<Box<dyn Peer>>)> {
    let path = target.unwrap_or_else(|| source.path.clone());
    let mut peer = match path.location == source.path.location {
        true => None,
        false => Some(remote::peer(ctx, &path.location)?),
    };
    // Unlike a push, this leaves `:pushrev` alone.
    let whole = Path { push_rev: None, ..path.clone() };
    let heads = push::heads(ctx, repo, &whole, &[])?;
    if peer.is_some() {
        comparing_with(ctx, &path);
    }
    let set = match (&mut peer, &source.discovery) {
        (None, Some(found)) => outgoing_from(repo, found, heads.as_deref())?,
        (None, None) => find_outgoing(repo, &mut *source.peer, heads.as_deref(), false, &Silent)?.0,
        (Some(peer), _) => find_outgoing(repo, &mut **peer, heads.as_deref(), false, &Silent)?.0,
    };
    Ok((set.missing.len(), peer))
}

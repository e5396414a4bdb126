//! Pulling: what a peer has and the repository lacks, with bookmarks, phases and markers.

use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::apply::{self, Applied, BookmarkHandling, Operation};
use crate::bookmarks::Marks;
use crate::bookmarks_sync;
use crate::discovery::{Discovery, DiscoveryOptions, find_common};
use crate::facts;
use crate::local::understood;
use crate::paths::BookmarksMode;
use crate::peer::{BundleRequest, Peer};
use crate::push_phases::RemotePhases;
use crate::stream::Version;
use crate::stream_apply;

/// Whether all files of the peer are taken as they are, when nothing is here yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Streaming {
    /// When the peer prefers that.
    #[default]
    IfPreferred,
    /// When the peer can.
    Wanted,
}

/// How a pull behaves.
#[derive(Clone, Debug, Default)]
pub struct PullOptions {
    /// Only ancestors of these; all when `None`.
    pub heads: Option<Vec<Node>>,
    /// Go on when nothing is common.
    pub force: bool,
    /// Bookmarks that were asked for by name.
    pub bookmarks: Vec<Vec<u8>>,
    /// What becomes of the other bookmarks.
    pub bookmarks_mode: BookmarksMode,
    /// The name of the configured path that is pulled from, for diverged bookmarks.
    pub path_name: Option<Vec<u8>>,
    /// The peer's bookmarks, when they were asked for already.
    pub remote_bookmarks: Option<Marks>,
    /// Whether all is taken as it is.
    pub streaming: Streaming,
    /// Asks the user whether to go on: given the question, says the answer.
    pub confirm: Option<Confirm>,
}

/// Asks a question that is answered with yes or no.
#[derive(Clone)]
pub struct Confirm(pub std::sync::Arc<dyn Fn(&[u8]) -> Result<bool> + Send + Sync>);

impl std::fmt::Debug for Confirm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Confirm")
    }
}

/// What came of a pull.
#[derive(Clone, Debug, Default)]
pub struct Pulled {
    /// One more than the heads added, one less than the heads removed, 0 when nothing came.
    pub result: i64,
    /// Number of new changesets.
    pub changesets: usize,
    /// The bookmarks of the peer.
    pub remote_bookmarks: Marks,
}

/// Pulls from `peer` into `repo`.
pub fn pull(repo: &Repo, peer: &mut dyn Peer, options: &PullOptions) -> Result<Pulled> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let way = streaming_way(repo, peer, options)?;
    if way == Some(Version::V1) {
        stream_all(repo, peer)?;
    }
    let discovery = discover(repo, peer, options)?;
    let streams = way == Some(Version::V2) && discovery.any_incoming;
    let mut operation = Operation::new(repo, "pull", peer.url());
    operation.description = crate::url::in_transaction("pull", peer.url());
    operation.bookmarks = BookmarkHandling::Record;
    let mut request = request(repo, &discovery, options)?;
    if streams {
        request = BundleRequest { stream: true, changegroup: false, phases: false, ..request };
        repo.reporter().status(b"streaming all changes\n");
    } else if discovery.any_incoming {
        if options.heads.is_none() && discovery.common.iter().all(Node::is_null) {
            repo.reporter().status(b"requesting all changes\n");
        }
    } else {
        repo.reporter().status(b"no changes found\n");
    }
    // Peers without parts send changesets and nothing else.
    let is_old = peer.bundle2_capabilities()?.0.is_empty();
    let mut applied = Applied::default();
    if !is_old || discovery.any_incoming {
        let mut parts = peer.get_bundle(&request)?;
        applied = apply::apply_parts(&mut *parts, &mut operation)?;
    }
    if is_old {
        let heads = request.heads.as_deref().unwrap_or_default();
        take_phases(peer, &mut operation, heads)?;
    }
    let remote_bookmarks = remote_bookmarks(peer, options, &mut applied)?;
    repo.reporter().debug(b"checking for updated bookmarks\n");
    bookmarks_sync::update_from_remote(&mut operation, &remote_bookmarks, options)?;
    if let Some(confirm) = &options.confirm {
        ask(repo, &mut operation, confirm)?;
    }
    operation.close()?;
    let result = if discovery.any_incoming { applied.combined_result() } else { 0 };
    let changesets = applied.new_changesets;
    Ok(Pulled { result, changesets, remote_bookmarks })
}

const DISABLED: &[u8] = b"warning: stream clone requested but server has them disabled\n";

/// How the peer's files can be taken as they are; `None` when they cannot, or nobody wants to.
fn streaming_way(
    repo: &Repo,
    peer: &mut dyn Peer,
    options: &PullOptions,
) -> Result<Option<Version>> {
    let empty = repo.changelog()?.is_empty();
    if options.heads.is_some() || !empty {
        return Ok(None);
    }
    let names = peer.capabilities()?;
    let wanted = options.streaming == Streaming::Wanted
        || names.iter().any(|name| name == b"stream-preferred");
    if !wanted {
        return Ok(None);
    }
    if peer.local().is_some() {
        // Nothing is gained between repositories of one machine.
        repo.reporter().warn(DISABLED);
        return Ok(None);
    }
    let formats = names.iter().find_map(|name| name.strip_prefix(b"streamreqs="));
    let Some(formats) =
        formats.or(names.iter().find(|name| *name == b"stream").map(|_| &b"revlogv1"[..]))
    else {
        repo.reporter().warn(DISABLED);
        return Ok(None);
    };
    let missing: Vec<&[u8]> =
        formats.split(|&b| b == b',').filter(|name| !crate::stream::is_format(name)).collect();
    if missing.is_empty() {
        let modern = peer.bundle2_capabilities()?.has(b"stream", b"v2");
        return Ok(Some(if modern { Version::V2 } else { Version::V1 }));
    }
    let names = missing.join(&b", "[..]);
    let start = b"warning: stream clone requested but client is missing requirements: ";
    let reporter = repo.reporter();
    reporter.warn(&[&start[..], &names, b"\n"].concat());
    reporter.warn(
        b"(see https://www.mercurial-scm.org/wiki/MissingRequirement for more information)\n",
    );
    Ok(None)
}

/// Takes all histories as the first version of a stream has them.
fn stream_all(repo: &Repo, peer: &mut dyn Peer) -> Result<()> {
    let names = peer.capabilities()?;
    let formats = names.iter().find_map(|name| name.strip_prefix(b"streamreqs="));
    let formats: hg_format::requirements::Requirements =
        formats.unwrap_or(b"revlogv1").split(|&b| b == b',').map(<[u8]>::to_vec).collect();
    // Older servers send no caches; this fills one of them before there is anything to lock.
    peer.branchmap()?;
    repo.reporter().status(b"streaming all changes\n");
    let mut input = peer.stream_out()?;
    let mut announced = stream_apply::Announcement::of_answer(&mut input)?;
    announced.requirements = Some(formats);
    let tr = repo.transaction("clone")?;
    stream_apply::apply(repo, &tr, &announced, &mut *input)?;
    tr.close()
}

/// Finds out what a pull would bring.
pub fn discover(repo: &Repo, peer: &mut dyn Peer, options: &PullOptions) -> Result<Discovery> {
    let view = facts::unfiltered(repo)?;
    if let Some(heads) = &options.heads
        && heads.iter().all(|node| node.is_null() || view.rev(node).is_some())
    {
        // Everything wanted is here: no need to ask.
        let common = heads.clone();
        return Ok(Discovery { common, any_incoming: false, remote_heads: heads.clone() });
    }
    let search = DiscoveryOptions { force: options.force, ancestors_of: None };
    let reporter = repo.reporter();
    let mut discovery = find_common(&view, peer, search, &*reporter)?;
    if discovery.remote_heads.iter().all(|head| discovery.common.contains(head)) {
        discovery.any_incoming = false;
    }
    Ok(discovery)
}

fn request(repo: &Repo, discovery: &Discovery, options: &PullOptions) -> Result<BundleRequest> {
    let ignore = options.bookmarks_mode == BookmarksMode::Ignore && options.bookmarks.is_empty();
    let bookmarks = options.remote_bookmarks.is_none() && !ignore;
    // Both ways are asked for, as hooks at the other side can tell.
    let list_keys = if bookmarks { vec![b"bookmarks".to_vec()] } else { Vec::new() };
    Ok(BundleRequest {
        source: b"pull".to_vec(),
        heads: Some(options.heads.clone().unwrap_or_else(|| discovery.remote_heads.clone())),
        common: discovery.common.clone(),
        bundle2: Some(understood(repo)?),
        changegroup: discovery.any_incoming,
        bookmarks,
        list_keys,
        phases: true,
        obsmarkers: crate::obs::exchanges(repo)?,
        ..BundleRequest::default()
    })
}

/// Moves the ancestors of `heads` to the phases they have at a peer that tells them only when asked.
fn take_phases(peer: &mut dyn Peer, operation: &mut Operation<'_>, heads: &[Node]) -> Result<()> {
    let keys = peer.list_keys(b"phases")?;
    let phases = RemotePhases::analyze(operation.repo, heads, &keys)?;
    apply::advance_to(operation, &phases.moves(&keys, heads))
}

fn remote_bookmarks(
    peer: &mut dyn Peer,
    options: &PullOptions,
    applied: &mut Applied,
) -> Result<Marks> {
    if let Some(marks) = applied.bookmarks.take().or_else(|| options.remote_bookmarks.clone()) {
        return Ok(marks);
    }
    if options.bookmarks_mode == BookmarksMode::Ignore {
        return Ok(Marks::new());
    }
    fetch_bookmarks(peer)
}

/// The bookmarks of a peer.
pub fn fetch_bookmarks(peer: &mut dyn Peer) -> Result<Marks> {
    let keys = peer.list_keys(b"bookmarks")?;
    let mark = |(name, hex): (Vec<u8>, Vec<u8>)| Some((name, Node::from_hex(&hex)?));
    Ok(keys.into_iter().filter_map(mark).collect())
}

/// Shows what would be added and asks whether to.
fn ask(repo: &Repo, operation: &mut Operation<'_>, confirm: &Confirm) -> Result<()> {
    let tr = operation.transaction()?;
    let changes = tr.changes(|changes| changes.clone())?;
    if changes.revisions.is_empty() {
        return Ok(());
    }
    let changelog = repo.changelog()?;
    let short =
        |rev: Option<&Revision>| rev.map(|&rev| changelog.node(rev).short()).unwrap_or_default();
    let (first, last) = (short(changes.revisions.first()), short(changes.revisions.last()));
    let reporter = repo.reporter();
    for text in &operation.added_texts {
        reporter.status(&[b"adding ", text.as_slice()].concat());
    }
    let range = if first == last { first } else { [first, b":".to_vec(), last].concat() };
    reporter.status(&[&b"new changesets "[..], &range, b"\n"].concat());
    if (confirm.0)(b"accept incoming changes (yn)?")? {
        return Ok(());
    }
    Err(Error::abort("user aborted"))
}

//! Pulling: what a peer has and the repository lacks, with bookmarks, phases and markers.

use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::apply::{self, Applied, BookmarkHandling, Operation};
use crate::bookmarks::Marks;
use crate::bookmarks_sync;
use crate::discovery::{Discovery, DiscoveryOptions, find_common};
use crate::facts;
use crate::local::bundle2_capabilities;
use crate::paths::BookmarksMode;
use crate::peer::{BundleRequest, Peer};

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
    let discovery = discover(repo, peer, options)?;
    let url = crate::url::hide_password(peer.url());
    let mut operation = Operation::new(repo, "pull", peer.url());
    operation.description = format!("pull\n{}", String::from_utf8_lossy(&url));
    operation.bookmarks = BookmarkHandling::Record;
    let request = request(repo, &discovery, options);
    if discovery.any_incoming {
        if options.heads.is_none() && discovery.common.iter().all(Node::is_null) {
            repo.reporter().status(b"requesting all changes\n");
        }
    } else {
        repo.reporter().status(b"no changes found\n");
    }
    let mut applied = {
        let mut parts = peer.get_bundle(&request)?;
        apply::apply_parts(&mut *parts, &mut operation)?
    };
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

fn request(repo: &Repo, discovery: &Discovery, options: &PullOptions) -> BundleRequest {
    let ignore = options.bookmarks_mode == BookmarksMode::Ignore && options.bookmarks.is_empty();
    BundleRequest {
        source: b"pull".to_vec(),
        heads: Some(options.heads.clone().unwrap_or_else(|| discovery.remote_heads.clone())),
        common: discovery.common.clone(),
        bundle2: Some(bundle2_capabilities()),
        changegroup: discovery.any_incoming,
        bookmarks: options.remote_bookmarks.is_none() && !ignore,
        phases: true,
        obsmarkers: crate::obs::exchanges(repo).unwrap_or(false),
        ..BundleRequest::default()
    }
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

//! Pulling and pushing, for callers who hold a repository.

use std::sync::Arc;

use cpython::{PyBytes, PyModule, PyResult, Python, py_fn};
use hg_commands::Ui;
use hg_query::revset::symbols;
use hg_store::Repo;
use hg_types::{Node, Result};
use hg_wire::open::{OpenContext, open_peer};
use hg_wire::peer::Peer;

use crate::repo::{RepoHandle, context, node};

pub(crate) fn nodes(py: Python<'_>, ids: Option<Vec<PyBytes>>) -> PyResult<Option<Vec<Node>>> {
    ids.map(|ids| ids.iter().map(|id| node(py, id)).collect()).transpose()
}

/// The other repository: a path or URL, or a name of `[paths]`.
fn peer(repo: &Repo, location: &[u8]) -> Result<Box<dyn Peer>> {
    let config = repo.config();
    let environment = config.environment();
    let configured = config.get("paths", location).unwrap_or(location);
    let opening = OpenContext {
        config: hg_config::Config::load(environment)?,
        cwd: environment.cwd.clone(),
        reporter: repo.reporter(),
        hooks: Some(repo.hooks()),
        lookup: Arc::new(lookup),
        asker: None,
        insecure: false,
        nested: None,
    };
    open_peer(&opening, configured, Some(repo))
}

/// The changeset that a symbol names in another repository.
fn lookup(repo: &Repo, symbol: &[u8]) -> Result<Node> {
    let query = context(repo)?;
    let rev = symbols::resolve(&query, symbol)?;
    Ok(query.node(rev))
}

/// Connects to a path or URL with the configuration of a user.
pub(crate) fn connect(ui: &Arc<Ui>, location: &[u8]) -> Result<Box<dyn Peer>> {
    let config = ui.config();
    let opening = OpenContext {
        cwd: config.environment().cwd.clone(),
        config: (*config).clone(),
        reporter: ui.clone(),
        hooks: None,
        lookup: Arc::new(lookup),
        asker: None,
        insecure: false,
        nested: None,
    };
    open_peer(&opening, location, None)
}

/// Pulls; gives how heads changed (as `addchangegroup` tells) and how many changesets came.
fn pull(
    py: Python<'_>,
    repo: RepoHandle,
    source: PyBytes,
    heads: Option<Vec<PyBytes>>,
    bookmarks: Vec<PyBytes>,
    force: bool,
) -> PyResult<(i64, usize)> {
    let heads = nodes(py, heads)?;
    let source = source.data(py).to_vec();
    let bookmarks = bookmarks.iter().map(|name| name.data(py).to_vec()).collect();
    repo.ask(py, move |repo| {
        let mut peer = peer(repo, &source)?;
        let options = hg_wire::pull::PullOptions { heads, force, bookmarks, ..Default::default() };
        let pulled = hg_wire::pull::pull(repo, &mut *peer, &options)?;
        Ok((pulled.result, pulled.changesets))
    })
}

/// Pushes; gives what the other side made of it: how its heads changed, nothing when nothing was sent.
fn push(
    py: Python<'_>,
    repo: RepoHandle,
    dest: PyBytes,
    heads: Option<Vec<PyBytes>>,
    bookmarks: Vec<PyBytes>,
    flags: (bool, bool),
) -> PyResult<Option<i64>> {
    let heads = nodes(py, heads)?;
    let dest = dest.data(py).to_vec();
    let bookmarks = bookmarks.iter().map(|name| name.data(py).to_vec()).collect();
    let (force, new_branch) = flags;
    repo.ask(py, move |repo| {
        let mut peer = peer(repo, &dest)?;
        let options = hg_wire::push::PushOptions {
            heads,
            force,
            new_branch,
            bookmarks,
            ..Default::default()
        };
        Ok(hg_wire::push::push(repo, &mut *peer, &options)?.changegroup)
    })
}

/// Puts the functions into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(
        py,
        "pull",
        py_fn!(py, pull(
            repo: RepoHandle, source: PyBytes, heads: Option<Vec<PyBytes>>, bookmarks: Vec<PyBytes>,
            force: bool
        )),
    )?;
    m.add(
        py,
        "push",
        py_fn!(py, push(
            repo: RepoHandle, dest: PyBytes, heads: Option<Vec<PyBytes>>, bookmarks: Vec<PyBytes>,
            flags: (bool, bool)
        )),
    )
}

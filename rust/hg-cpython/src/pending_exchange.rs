//! Pushes and pulls of native commands that go through functions which an extension has wrapped.

use std::cell::RefCell;

use cpython::{PyBytes, PyObject, PyResult, Python, PythonObject as _, ToPyObject as _, py_class};
use hg_types::{Error, Node, Result};
use hg_wire::peer::Peer;
use hg_wire::pull::PullOptions;
use hg_wire::push::{PushOptions, Pushed};

use crate::exchange::nodes;
use crate::locks::with_python;
use crate::overrides::ask;
use crate::repo::RepoHandle;

thread_local! {
    /// The peers of exchanges that are under way; they cannot leave the thread that talks to them.
    static PEERS: RefCell<Vec<Option<Box<dyn Peer>>>> = const { RefCell::new(Vec::new()) };
}

/// Keeps a peer while Python decides what is done with it.
struct Registered(usize);

impl Registered {
    fn new(peer: Box<dyn Peer>) -> Self {
        PEERS.with_borrow_mut(|peers| {
            peers.push(Some(peer));
            Self(peers.len() - 1)
        })
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // Dropped outside of the borrow: closing a connection may run other code.
        let gone = PEERS.with_borrow_mut(|peers| peers.split_off(self.0.min(peers.len())));
        drop(gone);
    }
}

/// Runs `work` with a peer that nothing else uses meanwhile.
fn with_peer<T>(at: usize, work: impl FnOnce(&mut dyn Peer) -> Result<T>) -> Result<T> {
    let taken = PEERS.with_borrow_mut(|peers| peers.get_mut(at).and_then(Option::take));
    let Some(mut peer) = taken else {
        return Err(Error::abort("the other repository is not connected any more"));
    };
    let result = work(&mut *peer);
    PEERS.with_borrow_mut(|peers| {
        if let Some(place) = peers.get_mut(at) {
            *place = Some(peer);
        }
    });
    result
}

fn node_list(py: Python<'_>, nodes: Option<&[Node]>) -> PyObject {
    let list = |nodes: &[Node]| {
        let ids: Vec<_> = nodes.iter().map(|node| PyBytes::new(py, &node.0)).collect();
        ids.to_py_object(py).into_object()
    };
    nodes.map_or_else(|| py.None(), list)
}

fn byte_list(py: Python<'_>, texts: &[Vec<u8>]) -> Vec<PyBytes> {
    texts.iter().map(|text| PyBytes::new(py, text)).collect()
}

fn owned(py: Python<'_>, texts: &[PyBytes]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.data(py).to_vec()).collect()
}

py_class!(pub class PendingPush |py| {
    data options: PushOptions;
    data at: usize;
    data address: Vec<u8>;
    data local: bool;

    /// The address of the other side, and whether it is on this machine.
    def place(&self) -> PyResult<(PyBytes, bool)> {
        Ok((PyBytes::new(py, self.address(py)), *self.local(py)))
    }
    /// Revisions (nothing for all), bookmarks, variables.
    def what(&self) -> PyResult<(PyObject, Vec<PyBytes>, Vec<PyBytes>)> {
        let options = self.options(py);
        let variables: Vec<Vec<u8>> = options
            .variables
            .iter()
            .map(|(key, value)| [key.as_slice(), b"=", value].concat())
            .collect();
        let revs = node_list(py, options.heads.as_deref());
        Ok((revs, byte_list(py, &options.bookmarks), byte_list(py, &variables)))
    }
    /// Whether it is forced, makes new branches, publishes.
    def flags(&self) -> PyResult<(bool, bool, bool)> {
        let options = self.options(py);
        Ok((options.force, options.new_branch, options.publish))
    }
    /// Pushes; gives the result of the other side, and whether a bookmark could not be pushed.
    def run(
        &self, repo: RepoHandle, revs: Option<Vec<PyBytes>>, bookmarks: Vec<PyBytes>,
        flags: (bool, bool, bool)
    ) -> PyResult<(Option<i64>, bool)> {
        let (force, new_branch, publish) = flags;
        let options = PushOptions {
            heads: nodes(py, revs)?,
            bookmarks: owned(py, &bookmarks),
            force,
            new_branch,
            publish,
            ..self.options(py).clone()
        };
        let at = *self.at(py);
        let pushed = repo.ask(py, move |repo| {
            with_peer(at, |peer| hg_wire::push::push(repo, peer, &options))
        })?;
        Ok((pushed.changegroup, pushed.bookmark_failed))
    }
});

py_class!(pub class PendingPull |py| {
    data options: PullOptions;
    data at: usize;
    data address: Vec<u8>;
    data local: bool;

    /// The address of the other side, and whether it is on this machine.
    def place(&self) -> PyResult<(PyBytes, bool)> {
        Ok((PyBytes::new(py, self.address(py)), *self.local(py)))
    }
    /// Heads (nothing for all), bookmarks, and whether it is forced.
    def what(&self) -> PyResult<(PyObject, Vec<PyBytes>, bool)> {
        let options = self.options(py);
        let heads = node_list(py, options.heads.as_deref());
        Ok((heads, byte_list(py, &options.bookmarks), options.force))
    }
    /// Pulls; says how heads changed.
    def run(
        &self, repo: RepoHandle, heads: Option<Vec<PyBytes>>, bookmarks: Vec<PyBytes>, force: bool
    ) -> PyResult<i64> {
        let bookmarks = owned(py, &bookmarks);
        let options =
            PullOptions { heads: nodes(py, heads)?, bookmarks, force, ..self.options(py).clone() };
        let at = *self.at(py);
        repo.ask(py, move |repo| {
            with_peer(at, |peer| Ok(hg_wire::pull::pull(repo, peer, &options)?.result))
        })
    }
});

/// Pushes the way extensions want it.
pub(crate) fn push(repo: &PyObject, peer: Box<dyn Peer>, options: PushOptions) -> Result<Pushed> {
    let (address, local) = (peer.url().to_vec(), peer.local().is_some());
    let registered = Registered::new(peer);
    with_python(|py| {
        let pending = PendingPush::create_instance(py, options, registered.0, address, local)?;
        let answer: (Option<i64>, bool) =
            ask(py, repo, "push", (pending.into_object(),))?.extract(py)?;
        Ok(Pushed { changegroup: answer.0, bookmark_failed: answer.1 })
    })
}

/// Pulls the way extensions want it.
pub(crate) fn pull(repo: &PyObject, peer: Box<dyn Peer>, options: PullOptions) -> Result<i64> {
    let (address, local) = (peer.url().to_vec(), peer.local().is_some());
    let registered = Registered::new(peer);
    with_python(|py| {
        let pending = PendingPull::create_instance(py, options, registered.0, address, local)?;
        ask(py, repo, "pull", (pending.into_object(),))?.extract(py)
    })
}

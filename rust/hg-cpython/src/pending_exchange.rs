//! Pushes and pulls of native commands that go through functions which an extension has wrapped.

use cpython::{PyBytes, PyObject, PyResult, Python, PythonObject as _, ToPyObject as _, py_class};
use hg_types::{Node, Result};
use hg_wire::peer::Peer;
use hg_wire::pull::PullOptions;
use hg_wire::push::{PushOptions, Pushed};

use crate::exchange::nodes;
use crate::locks::with_python;
use crate::overrides::ask;
use crate::peers::{PeerHandle, Registered, with_peer};
use crate::repo::RepoHandle;

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
    /// The other side.
    def peer(&self) -> PyResult<PeerHandle> { PeerHandle::lent(py, *self.at(py)) }
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
    /// The other side.
    def peer(&self) -> PyResult<PeerHandle> { PeerHandle::lent(py, *self.at(py)) }
    /// The name of the configured path, the bookmarks of the other side if they were asked for, and whether
    /// the user is to be asked.
    def more(&self) -> PyResult<(Option<PyBytes>, Option<Vec<(PyBytes, PyBytes)>>, bool)> {
        let options = self.options(py);
        let name = options.path_name.as_ref().map(|name| PyBytes::new(py, name));
        let marks = options.remote_bookmarks.as_ref().map(|marks| {
            let pair = |(name, node): (&Vec<u8>, &Node)| {
                (PyBytes::new(py, name), PyBytes::new(py, &node.0))
            };
            marks.iter().map(pair).collect()
        });
        Ok((name, marks, options.confirm.is_some()))
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
        let pending =
            PendingPush::create_instance(py, options, registered.number(), address, local)?;
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
        let pending =
            PendingPull::create_instance(py, options, registered.number(), address, local)?;
        ask(py, repo, "pull", (pending.into_object(),))?.extract(py)
    })
}

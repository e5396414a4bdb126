//! Other repositories that are connected: what extensions ask of them.

use std::cell::RefCell;
use std::collections::BTreeMap;

use cpython::{PyBytes, PyResult, Python, py_class};
use hg_types::{Error, Node, Result};
use hg_wire::peer::Peer;

use crate::exchange::{connect, nodes};
use crate::gil::unlocked;
use crate::ui::UiHandle;

type Peers = BTreeMap<usize, Option<Box<dyn Peer>>>;

thread_local! {
    /// Peers cannot leave the thread that talks to them. One is taken out while it is talked to.
    static PEERS: RefCell<Peers> = const { RefCell::new(BTreeMap::new()) };
}

/// Keeps a peer while Python has to do with it.
pub struct Registered(usize);

impl Registered {
    pub(crate) fn new(peer: Box<dyn Peer>) -> Self {
        PEERS.with_borrow_mut(|peers| {
            let at = peers.last_key_value().map_or(0, |(last, _)| last + 1);
            peers.insert(at, Some(peer));
            Self(at)
        })
    }

    /// What the others here know it by.
    pub(crate) fn number(&self) -> usize {
        self.0
    }
}

impl Drop for Registered {
    fn drop(&mut self) {
        // Dropped outside of the borrow: closing a connection may run other code. A thread that ends has
        // let go of its peers already.
        let gone = PEERS.try_with(|peers| peers.borrow_mut().remove(&self.0));
        drop(gone);
    }
}

/// Runs `work` with a peer that nothing else uses meanwhile.
pub(crate) fn with_peer<T>(at: usize, work: impl FnOnce(&mut dyn Peer) -> Result<T>) -> Result<T> {
    let taken = PEERS.with_borrow_mut(|peers| peers.get_mut(&at).and_then(Option::take));
    let Some(mut peer) = taken else {
        return Err(Error::abort("the other repository is not connected any more"));
    };
    let result = work(&mut *peer);
    PEERS.with_borrow_mut(|peers| {
        if let Some(place) = peers.get_mut(&at) {
            *place = Some(peer);
        }
    });
    result
}

// `kept` is empty for a peer that somebody else keeps.
py_class!(pub class PeerHandle |py| {
    data at: usize;
    data kept: RefCell<Option<Registered>>;

    /// Connects to a path or URL.
    @staticmethod
    def connect(ui: UiHandle, location: PyBytes) -> PyResult<PeerHandle> {
        // Without another thread: the peer must stay on this one. What it shows may need Python.
        let (ui, location) = (ui.shared(py), location.data(py).to_vec());
        let registered = unlocked(py, || connect(&ui, &location).map(Registered::new))?;
        Self::create_instance(py, registered.number(), RefCell::new(Some(registered)))
    }
    def close(&self) -> PyResult<bool> {
        let kept = self.kept(py).borrow_mut().take();
        Ok(kept.is_some())
    }
    def url(&self) -> PyResult<PyBytes> {
        let url = self.ask(py, |peer| Ok(peer.url().to_vec()))?;
        Ok(PyBytes::new(py, &url))
    }
    /// The root of a repository on this machine.
    def local_root(&self) -> PyResult<Option<PyBytes>> {
        let ask = |peer: &mut dyn Peer| Ok(peer.local().map(|repo| repo.root_bytes().to_vec()));
        Ok(self.ask(py, ask)?.map(|root| PyBytes::new(py, &root)))
    }
    def can_push(&self) -> PyResult<bool> { self.ask(py, |peer| Ok(peer.can_push())) }
    def capabilities(&self) -> PyResult<Vec<PyBytes>> {
        let found = self.ask(py, |peer| peer.capabilities())?;
        Ok(found.iter().map(|name| PyBytes::new(py, name)).collect())
    }
    def heads(&self) -> PyResult<Vec<PyBytes>> {
        let found = self.ask(py, |peer| peer.heads())?;
        Ok(ids(py, &found))
    }
    def known(&self, wanted: Vec<PyBytes>) -> PyResult<Vec<bool>> {
        let wanted = nodes(py, Some(wanted))?.unwrap_or_default();
        self.ask(py, move |peer| peer.known(&wanted))
    }
    def lookup(&self, key: PyBytes) -> PyResult<PyBytes> {
        let key = key.data(py).to_vec();
        let found = self.ask(py, move |peer| peer.lookup(&key))?;
        Ok(PyBytes::new(py, &found.0))
    }
    def branchmap(&self) -> PyResult<Vec<(PyBytes, Vec<PyBytes>)>> {
        let found = self.ask(py, |peer| peer.branchmap())?;
        Ok(found.iter().map(|(name, heads)| (PyBytes::new(py, name), ids(py, heads))).collect())
    }
    def list_keys(&self, namespace: PyBytes) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let namespace = namespace.data(py).to_vec();
        let found = self.ask(py, move |peer| peer.list_keys(&namespace))?;
        let pair = |(key, value): &(Vec<u8>, Vec<u8>)| {
            (PyBytes::new(py, key), PyBytes::new(py, value))
        };
        Ok(found.iter().map(pair).collect())
    }
    def push_key(
        &self, namespace: PyBytes, key: PyBytes, old: PyBytes, new: PyBytes
    ) -> PyResult<bool> {
        let [namespace, key, old, new] =
            [namespace, key, old, new].map(|text| text.data(py).to_vec());
        self.ask(py, move |peer| peer.push_key(&namespace, &key, &old, &new))
    }
});

fn ids(py: Python<'_>, nodes: &[Node]) -> Vec<PyBytes> {
    nodes.iter().map(|node| PyBytes::new(py, &node.0)).collect()
}

impl PeerHandle {
    /// A handle of a peer that is kept elsewhere.
    pub(crate) fn lent(py: Python<'_>, at: usize) -> PyResult<Self> {
        Self::create_instance(py, at, RefCell::new(None))
    }

    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&mut dyn Peer) -> Result<T> + Send,
    ) -> PyResult<T> {
        let at = *self.at(py);
        unlocked(py, || with_peer(at, question))
    }
}

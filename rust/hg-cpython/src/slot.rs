//! The repository behind a handle, until somebody closes it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use cpython::{ObjectProtocol as _, PyBytes, PyErr, PyResult, Python};
use hg_store::Repo;

/// Shared by all handles of one opened repository: closing one closes all.
pub struct Slot {
    repo: RwLock<Option<Repo>>,
    open: AtomicBool,
}

impl Slot {
    pub(crate) fn new(repo: Repo) -> Self {
        Self { repo: RwLock::new(Some(repo)), open: AtomicBool::new(true) }
    }

    /// The repository, unless it was closed. Whoever works on it keeps a share of it: closing never waits
    /// and never takes memory away from work that goes on.
    pub(crate) fn get(&self, py: Python<'_>) -> PyResult<Repo> {
        self.peek().ok_or_else(|| closed(py))
    }

    /// The same, for callers without interpreter.
    pub(crate) fn peek(&self) -> Option<Repo> {
        self.repo.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Fails when the repository was closed; for what holds its own share of the data.
    pub(crate) fn check(&self, py: Python<'_>) -> PyResult<()> {
        if self.open.load(Ordering::Acquire) { Ok(()) } else { Err(closed(py)) }
    }

    /// Whether it is still open.
    pub(crate) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    /// Closes it; says whether it was open.
    pub(crate) fn close(&self) -> bool {
        self.open.store(false, Ordering::Release);
        // Dropped without the lock held: the last share may have files to close.
        let taken = self.repo.write().unwrap_or_else(PoisonError::into_inner).take();
        taken.is_some()
    }
}

/// The exception for the use of something closed.
pub(crate) fn closed(py: Python<'_>) -> PyErr {
    let make = || -> PyResult<PyErr> {
        let class = py.import("mercurial.error")?.get(py, "ClosedError")?;
        let message = PyBytes::new(py, b"repository handle is closed");
        Ok(PyErr::from_instance(py, class.call(py, (message,), None)?))
    };
    make().unwrap_or_else(|error| error)
}

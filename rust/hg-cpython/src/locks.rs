//! Locks and transactions.

use std::cell::RefCell;

use cpython::{
    ObjectProtocol as _, PyBytes, PyErr, PyObject, PyResult, Python, PythonObject as _,
    ToPyObject as _, exc, py_class,
};
use hg_store::{Location, RepoLock, Stage};
use hg_types::Result;

use crate::errors::from_python;
use crate::gil::unlocked;
use crate::repo::RepoHandle;

py_class!(pub class Lock |py| {
    data lock: RefCell<Option<RepoLock>>;

    /// Takes the lock of the working directory or of the store.
    @staticmethod
    def take(repo: RepoHandle, working: bool, wait: bool = true) -> PyResult<Lock> {
        let lock = repo.ask(py, |repo| if working { repo.wlock_plainly(wait) } else { repo.lock_plainly(wait) })?;
        Self::create_instance(py, RefCell::new(Some(lock)))
    }
    def is_held(&self) -> PyResult<bool> { Ok(self.lock(py).borrow().is_some()) }
    def let_go(&self) -> PyResult<bool> {
        // Hooks may run now: no borrow is held, and the interpreter is free.
        let lock = self.lock(py).borrow_mut().take();
        let was_held = lock.is_some();
        unlocked(py, move || {
            drop(lock);
            Ok(())
        })?;
        Ok(was_held)
    }
});

py_class!(pub class Transaction |py| {
    data transaction: RefCell<Option<hg_store::Transaction>>;

    @staticmethod
    def begin(repo: RepoHandle, description: PyBytes) -> PyResult<Transaction> {
        let description = String::from_utf8_lossy(description.data(py)).into_owned();
        let tr = repo.ask(py, |repo| repo.transaction_plainly(&description))?;
        Self::create_instance(py, RefCell::new(Some(tr)))
    }
    /// The running one, lent: it can neither be closed nor undone through this.
    @staticmethod
    def current(repo: RepoHandle) -> PyResult<Option<Transaction>> {
        let Some(tr) = repo.repo(py)?.current_transaction() else { return Ok(None) };
        Ok(Some(Self::create_instance(py, RefCell::new(Some(tr)))?))
    }
    def is_open(&self) -> PyResult<bool> { Ok(self.transaction(py).borrow().is_some()) }
    def finish(&self) -> PyResult<PyObject> {
        let tr = self.transaction(py).borrow_mut().take().ok_or_else(|| over(py))?;
        unlocked(py, move || tr.close())?;
        Ok(py.None())
    }
    def undo(&self) -> PyResult<bool> {
        let tr = self.transaction(py).borrow_mut().take();
        let was_open = tr.is_some();
        unlocked(py, move || {
            drop(tr);
            Ok(())
        })?;
        Ok(was_open)
    }
    def id(&self) -> PyResult<PyBytes> {
        let tr = self.transaction(py).borrow();
        Ok(PyBytes::new(py, tr.as_ref().ok_or_else(|| over(py))?.id()))
    }
    def description(&self) -> PyResult<PyBytes> {
        let tr = self.transaction(py).borrow();
        Ok(PyBytes::new(py, tr.as_ref().ok_or_else(|| over(py))?.description().as_bytes()))
    }
    def hook_args(&self) -> PyResult<Vec<(String, PyBytes)>> {
        let args = self.with(py, |tr| tr.hook_args())?;
        Ok(args.into_iter().map(|(name, value)| (name, PyBytes::new(py, &value))).collect())
    }
    def set_hook_arg(&self, name: &str, value: PyBytes) -> PyResult<PyObject> {
        let value = value.data(py).to_vec();
        self.with(py, |tr| tr.set_hook_arg(name, value))?;
        Ok(py.None())
    }
    def write_pending(&self) -> PyResult<bool> { self.with(py, |tr| tr.write_pending()) }
    /// Has `callback` called at a moment: `finalize`, `postclose`, `abort` or `pending`.
    def add_callback(&self, moment: &str, id: &str, callback: PyObject) -> PyResult<PyObject> {
        self.add(py, moment, id, callback)?;
        Ok(py.None())
    }
    /// Has a file written as a whole; `text` is called when it is needed.
    def add_file(&self, location: &str, name: &str, after: bool, text: PyObject) -> PyResult<PyObject> {
        let location = if location == "store" { Location::Store } else { Location::Hg };
        let stage = if after { Stage::AfterFinalize } else { Stage::BeforeFinalize };
        let make = move |_: &hg_store::Repo| {
            with_python(|py| {
                let text: PyBytes = text.call(py, cpython::NoArgs, None)?.extract(py)?;
                Ok(text.data(py).to_vec())
            })
        };
        self.with(py, |tr| tr.add_file(location, name, stage, make))?;
        Ok(py.None())
    }
    def back_up(&self, location: &str, name: PyBytes) -> PyResult<PyObject> {
        let location = if location == "store" { Location::Store } else { Location::Hg };
        let name = name.data(py).to_vec();
        self.with(py, |tr| tr.backup(location, &name))?;
        Ok(py.None())
    }
    /// What has changed so far: the number of changesets at the beginning, those that are new, moves of phases (number,
    /// before or `None`, after) and of bookmarks (name, before or `None`, after or `None`).
    def changes(&self) -> PyResult<PyObject> {
        let changes = self.with(py, |tr| tr.changes(|changes| changes.clone()))?;
        Ok(changes_object(py, &changes))
    }
});

impl Transaction {
    /// Works on the open transaction, without the interpreter's lock.
    pub(crate) fn with<T: Send>(
        &self,
        py: Python<'_>,
        work: impl FnOnce(&hg_store::Transaction) -> Result<T> + Send,
    ) -> PyResult<T> {
        // A share of its own: callbacks may use the same object meanwhile.
        let repo = {
            let tr = self.transaction(py).borrow();
            tr.as_ref().ok_or_else(|| over(py))?.repo().clone()
        };
        let lent = repo.current_transaction().ok_or_else(|| over(py))?;
        unlocked(py, || work(&lent))
    }

    fn add(&self, py: Python<'_>, moment: &str, id: &str, callback: PyObject) -> PyResult<()> {
        if moment == "postclose" {
            let call = move |tr: &hg_store::Transaction| {
                let changes = tr.final_changes();
                with_python(|py| callback.call(py, (changes_object(py, &changes),), None)).map(drop)
            };
            return self.with(py, |tr| tr.add_post_close(id, call));
        }
        let call = move || with_python(|py| callback.call(py, cpython::NoArgs, None));
        match moment {
            "finalize" => self.with(py, |tr| tr.add_finalize(id, move |_| call().map(drop))),
            "abort" => self.with(py, |tr| tr.add_abort(id, move |_| call().map(drop))),
            "pending" => self.with(py, |tr| {
                tr.add_pending(id, move |_| {
                    let answer = call()?;
                    with_python(|py| answer.is_true(py))
                })
            }),
            _ => Err(PyErr::new::<exc::KeyError, _>(py, moment)),
        }
    }
}

/// What a transaction has changed, as Python reads it.
fn changes_object(py: Python<'_>, changes: &hg_store::transaction::Changes) -> PyObject {
    let number = |phase: hg_types::Phase| phase as u8;
    let revs: Vec<i32> = changes.revisions.iter().map(|rev| rev.get()).collect();
    let phases: Vec<(i32, Option<u8>, u8)> = changes
        .phases
        .iter()
        .map(|(rev, (old, new))| (rev.get(), old.map(number), number(*new)))
        .collect();
    let bytes =
        |node: &Option<hg_types::Node>| node.as_ref().map(|node| PyBytes::new(py, node.as_bytes()));
    let bookmarks: Vec<(PyBytes, Option<PyBytes>, Option<PyBytes>)> = changes
        .bookmarks
        .iter()
        .map(|(name, (old, new))| (PyBytes::new(py, name), bytes(old), bytes(new)))
        .collect();
    (changes.origin_len, revs, phases, bookmarks).to_py_object(py).into_object()
}

/// Takes the interpreter's lock for a callback, and turns an exception into an error.
pub(crate) fn with_python<T>(call: impl FnOnce(Python<'_>) -> PyResult<T>) -> Result<T> {
    let gil = Python::acquire_gil();
    let py = gil.python();
    call(py).map_err(|error| from_python(py, error))
}

fn over(py: Python<'_>) -> PyErr {
    let message = PyBytes::new(py, b"cannot use transaction when it is already committed/aborted");
    crate::errors::raise(py, "ProgrammingError", |py, class| match class {
        Some(class) => class.call(py, (message,), None),
        None => Ok(py.None()),
    })
}

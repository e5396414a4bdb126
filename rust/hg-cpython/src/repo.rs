//! The handle of a repository.

use std::sync::{Arc, Mutex, PoisonError};

use cpython::{PyBytes, PyErr, PyObject, PyResult, Python, PythonObject as _, py_class};
use hg_query::{QueryContext, revset};
use hg_store::Repo;
use hg_types::{HgPath, Node, Revision};
use hg_vfs::{SystemClock, path_to_bytes};

use crate::errors::to_python;

py_class!(pub class RepoHandle |py| {
    data slot: Mutex<Option<Repo>>;

    def close(&self) -> PyResult<PyObject> {
        self.slot(py).lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(py.None())
    }
    def root(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.open(py)?.root_bytes()))
    }
    def path(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.open(py)?.vfs().base_bytes()))
    }
    def store_path(&self) -> PyResult<PyBytes> {
        let repo = self.open(py)?;
        Ok(PyBytes::new(py, path_to_bytes(repo.store_vfs().base())))
    }
    def len(&self) -> PyResult<usize> {
        self.ask(py, |repo| Ok(repo.changelog()?.len()))
    }
    def node(&self, rev: i32) -> PyResult<PyBytes> {
        let node = self.ask(py, |repo| Ok(repo.changelog()?.node(Revision::new(rev))))?;
        Ok(PyBytes::new(py, &node.0))
    }
    def rev(&self, node: PyBytes) -> PyResult<Option<i32>> {
        let Some(node) = Node::from_slice(node.data(py)) else { return Ok(None) };
        self.ask(py, |repo| Ok(repo.changelog()?.find(&node).map(Revision::get)))
    }
    def parents(&self, rev: i32) -> PyResult<(i32, i32)> {
        let [p1, p2] = self.ask(py, |repo| Ok(repo.changelog()?.parents(Revision::new(rev))))?;
        Ok((p1.get(), p2.get()))
    }
    def wdir_parents(&self) -> PyResult<(PyBytes, PyBytes)> {
        let [p1, p2] = self.ask(py, hg_wdir::parents)?;
        Ok((PyBytes::new(py, &p1.0), PyBytes::new(py, &p2.0)))
    }
    def revs(&self, spec: PyBytes) -> PyResult<Vec<i32>> {
        let spec = spec.data(py).to_vec();
        self.ask(py, |repo| {
            let query = query(repo)?;
            let set = revset::rev_range(&query, &[spec])?;
            set.iter().map(|rev| Ok(rev?.get())).collect()
        })
    }
    def lookup(&self, spec: PyBytes) -> PyResult<i32> {
        let spec = spec.data(py).to_vec();
        self.ask(py, |repo| Ok(revset::rev_single(&query(repo)?, Some(&spec), b".")?.get()))
    }
    def changeset(&self, rev: i32) -> PyResult<(PyBytes, PyBytes, (i64, i32), PyBytes, PyBytes)> {
        let entry = self.ask(py, |repo| repo.changelog()?.entry(Revision::new(rev)))?;
        let date = entry.date();
        Ok((
            PyBytes::new(py, entry.user()),
            PyBytes::new(py, entry.description()),
            (date.seconds, date.offset),
            PyBytes::new(py, &entry.branch()),
            PyBytes::new(py, &entry.manifest().0),
        ))
    }
    def files(&self, rev: i32) -> PyResult<Vec<PyBytes>> {
        let entry = self.ask(py, |repo| repo.changelog()?.entry(Revision::new(rev)))?;
        Ok(entry.files().map(|path| PyBytes::new(py, path.as_bytes())).collect())
    }
    def extra(&self, rev: i32) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let entry = self.ask(py, |repo| repo.changelog()?.entry(Revision::new(rev)))?;
        let pair = |(key, value): (Vec<u8>, Vec<u8>)| (PyBytes::new(py, &key), PyBytes::new(py, &value));
        Ok(entry.extra().into_iter().map(pair).collect())
    }
    def phase(&self, rev: i32) -> PyResult<u8> {
        self.ask(py, |repo| Ok(repo.phases()?.phase(Revision::new(rev)).number()))
    }
    def tags(&self, node: PyBytes) -> PyResult<Vec<PyBytes>> {
        let Some(node) = Node::from_slice(node.data(py)) else { return Ok(Vec::new()) };
        let names = self.ask(py, |repo| Ok(repo.tags()?.names_of(&node).to_vec()))?;
        Ok(names.iter().map(|name| PyBytes::new(py, name)).collect())
    }
    def bookmarks(&self) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let marks = self.ask(py, |repo| repo.bookmarks())?;
        Ok(marks.iter().map(|(name, node)| (PyBytes::new(py, name), PyBytes::new(py, &node.0))).collect())
    }
    def branch(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.ask(py, hg_wdir::branch::read)?))
    }
    def manifest(&self, rev: i32) -> PyResult<Vec<PyBytes>> {
        let manifest = self.ask(py, |repo| {
            repo.manifest(&repo.changelog()?.entry(Revision::new(rev))?.manifest())
        })?;
        Ok(manifest.paths().map(|path| PyBytes::new(py, path.as_bytes())).collect())
    }
    def file(&self, rev: i32, path: PyBytes) -> PyResult<Option<PyBytes>> {
        let path = path.data(py).to_vec();
        let content = self.ask(py, |repo| {
            let path = HgPath::new(&path);
            let entry = repo.changelog()?.entry(Revision::new(rev))?;
            let manifest = repo.manifest(&entry.manifest())?;
            match manifest.node(path) {
                Some(node) => Ok(Some(repo.filelog(path)?.read_node(&node)?)),
                None => Ok(None),
            }
        })?;
        Ok(content.map(|content| PyBytes::new(py, &content)))
    }
    def status(&self) -> PyResult<Vec<Vec<PyBytes>>> {
        let status = self.ask(py, |repo| {
            let mut wdir = hg_wdir::WorkingDir::open(repo)?;
            let options = hg_wdir::StatusOptions::with_unknown();
            wdir.status(&hg_match::Matcher::always(), options)
        })?;
        let lists = [
            &status.modified, &status.added, &status.removed, &status.deleted, &status.unknown,
        ];
        let bytes = |list: &&Vec<hg_types::HgPathBuf>| {
            list.iter().map(|path| PyBytes::new(py, path.as_bytes())).collect()
        };
        Ok(lists.iter().map(bytes).collect())
    }
});

fn query(repo: &Repo) -> hg_types::Result<QueryContext> {
    let config = repo.config();
    let env = config.environment();
    let clock = Arc::new(SystemClock::new(env.var("TZ")));
    QueryContext::new(repo, clock, path_to_bytes(&env.cwd))
}

impl RepoHandle {
    /// Makes a handle of `repo`.
    pub(crate) fn wrap(py: Python<'_>, repo: Repo) -> PyResult<Self> {
        Self::create_instance(py, Mutex::new(Some(repo)))
    }

    /// The repository, unless it was closed.
    pub(crate) fn repo(&self, py: Python<'_>) -> PyResult<Repo> {
        self.open(py)
    }

    fn open(&self, py: Python<'_>) -> PyResult<Repo> {
        let slot = self.slot(py).lock().unwrap_or_else(PoisonError::into_inner);
        slot.clone().ok_or_else(|| closed(py))
    }

    /// Asks the repository something without holding the interpreter's lock.
    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Repo) -> hg_types::Result<T> + Send,
    ) -> PyResult<T> {
        let repo = self.open(py)?;
        let caught = py.allow_threads(|| {
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| question(&repo)))
        });
        match caught {
            Ok(answer) => answer.map_err(|error| to_python(py, &error)),
            Err(panic) => Err(crate::errors::panicked(py, &*panic)),
        }
    }
}

fn closed(py: Python<'_>) -> PyErr {
    use cpython::ObjectProtocol as _;
    let make = || -> PyResult<PyErr> {
        let class = py.import("mercurial.error")?.get(py, "ClosedError")?;
        let message = PyBytes::new(py, b"repository handle is closed");
        Ok(PyErr::from_instance(py, class.call(py, (message,), None)?))
    };
    make().unwrap_or_else(|error| error)
}

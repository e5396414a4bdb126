//! A manifest: which files a changeset holds. The base of `manifestdict` in Python.

use std::cell::Cell;
use std::sync::Arc;

use cpython::{
    PyBytes, PyClone as _, PyObject, PyResult, PyType, Python, PythonObject as _, ToPyObject as _,
    py_class,
};
use hg_format::manifest::ManifestEntry;
use hg_store::Manifest as Stored;
use hg_types::{FileFlags, HgPath};

use crate::gil::unlocked;
use crate::repo::RepoHandle;

type Entry = (PyBytes, PyBytes, PyBytes);

py_class!(pub class Manifest |py| {
    data manifest: Arc<Stored>;

    def __new__(cls, repo: RepoHandle, node: PyBytes) -> PyResult<PyObject> {
        let node = crate::repo::node(py, &node)?;
        let manifest = repo.ask(py, |repo| repo.manifest(&node))?;
        Self::make(py, cls, manifest)
    }
    def stored_len(&self) -> PyResult<usize> { Ok(self.manifest(py).len()) }
    def stored_has(&self, path: PyBytes) -> PyResult<bool> {
        Ok(self.manifest(py).contains(HgPath::new(path.data(py))))
    }
    /// Node id and flags; `None` for what is not there.
    def stored_find(&self, path: PyBytes) -> PyResult<Option<(PyBytes, PyBytes)>> {
        let found = self.manifest(py).get(HgPath::new(path.data(py)));
        Ok(found.map(|entry| (PyBytes::new(py, &entry.node.0), flags(py, entry.flags))))
    }
    def stored_has_dir(&self, directory: PyBytes) -> PyResult<bool> {
        Ok(self.manifest(py).has_dir(HgPath::new(directory.data(py))))
    }
    def stored_paths(&self) -> PyResult<ManifestIterator> {
        ManifestIterator::create_instance(py, self.manifest(py).clone(), Cell::new(0), false)
    }
    def stored_entries(&self) -> PyResult<ManifestIterator> {
        ManifestIterator::create_instance(py, self.manifest(py).clone(), Cell::new(0), true)
    }
    def stored_text(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, self.manifest(py).text())) }
    /// What differs: path, and node id and flags of both sides, `None` where a side lacks it.
    def stored_diff(&self, other: Manifest) -> PyResult<Vec<PyObject>> {
        let (old, new) = (self.manifest(py).clone(), other.manifest(py).clone());
        let differences = unlocked(py, || {
            Ok(old.diff(&new).into_iter().map(|diff| {
                (diff.path.to_owned(), diff.old, diff.new)
            }).collect::<Vec<_>>())
        })?;
        let side = |side: Option<(hg_types::Node, FileFlags)>| {
            side.map(|(node, kind)| (PyBytes::new(py, &node.0), flags(py, kind)))
        };
        Ok(differences.into_iter().map(|(path, old, new)| {
            (PyBytes::new(py, path.as_bytes()), side(old), side(new)).to_py_object(py).into_object()
        }).collect())
    }
});

py_class!(pub class ManifestIterator |py| {
    data manifest: Arc<Stored>;
    data at: Cell<usize>;
    data entries: bool;

    def __iter__(&self) -> PyResult<Self> { Ok(self.clone_ref(py)) }
    def __next__(&self) -> PyResult<Option<PyObject>> {
        let text = &self.manifest(py).text()[..];
        let rest = text.get(self.at(py).get()..).unwrap_or_default();
        let Some(end) = rest.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        self.at(py).set(self.at(py).get() + end + 1);
        let Some(entry) = ManifestEntry::decode(&rest[..end]) else { return Ok(None) };
        let path = PyBytes::new(py, entry.path.as_bytes());
        if !*self.entries(py) {
            return Ok(Some(path.into_object()));
        }
        let entry: Entry = (path, PyBytes::new(py, &entry.node.0), flags(py, entry.flags));
        Ok(Some(entry.to_py_object(py).into_object()))
    }
});

impl Manifest {
    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &PyType, manifest: Arc<Stored>) -> PyResult<PyObject> {
        // SAFETY: `__new__` is called with a class below this one only.
        unsafe { <Self as cpython::py_class::BaseObject>::alloc(py, class, (manifest,)) }
    }
}

/// Flags as Python knows them: `l`, `x`, `t` or nothing.
pub(crate) fn flags(py: Python<'_>, flags: FileFlags) -> PyBytes {
    PyBytes::new(py, flags.as_bytes())
}

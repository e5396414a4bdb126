//! The dirstate: what the working directory tracks. The base of `dirstate` in Python.

use std::sync::{Mutex, MutexGuard, PoisonError};

use cpython::{PyBytes, PyObject, PyResult, PyType, Python, py_class};
use hg_format::dirstate::{Entry, Metadata, Timestamp};
use hg_types::{HgPath, Result};
use hg_wdir::WorkingDir;
use hg_wdir::dirstate::FileUpdate;

use crate::gil::unlocked;
use crate::repo::{RepoHandle, node};

/// Tracked, in the first parent, concerned by the second; mode, size and time as version 1 has them.
type Known = (bool, bool, bool, i64, i64, i64);

py_class!(pub class Dirstate |py| {
    data wdir_cell: Mutex<WorkingDir>;

    def __new__(cls, repo: RepoHandle) -> PyResult<PyObject> {
        let wdir = repo.ask(py, WorkingDir::open)?;
        Self::make(py, cls, wdir)
    }
    def node_pair(&self) -> PyResult<(PyBytes, PyBytes)> {
        let [p1, p2] = self.wdir(py).dirstate().parents();
        Ok((PyBytes::new(py, &p1.0), PyBytes::new(py, &p2.0)))
    }
    def is_dirty(&self) -> PyResult<bool> { Ok(self.wdir(py).dirstate().is_dirty()) }
    /// What is known about a file; `None` for nothing.
    def known(&self, path: PyBytes) -> PyResult<Option<Known>> {
        let path = path.data(py).to_vec();
        Ok(self.ask(py, |wdir| wdir.dirstate().get(HgPath::new(&path)))?.map(|entry| known(&entry)))
    }
    /// All files with what is known about them.
    def all_known(&self) -> PyResult<Vec<(PyBytes, Known)>> {
        let entries = self.ask(py, |wdir| wdir.dirstate().entries())?;
        Ok(entries.iter().map(|(path, entry)| {
            (PyBytes::new(py, path.as_bytes()), known(entry))
        }).collect())
    }
    def copy_list(&self) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let copies = self.ask(py, |wdir| wdir.dirstate().copies())?;
        Ok(copies.iter().map(|(to, from)| {
            (PyBytes::new(py, to.as_bytes()), PyBytes::new(py, from.as_bytes()))
        }).collect())
    }
    def copied(&self, path: PyBytes) -> PyResult<Option<PyBytes>> {
        let path = path.data(py).to_vec();
        let source = self.ask(py, |wdir| wdir.dirstate().copy_source(HgPath::new(&path)))?;
        Ok(source.map(|source| PyBytes::new(py, source.as_bytes())))
    }
    def hasdir(&self, directory: PyBytes) -> PyResult<bool> {
        let path = directory.data(py).to_vec();
        self.ask(py, |wdir| wdir.dirstate().has_tracked_below(HgPath::new(&path)))
    }
    def ignores(&self, path: PyBytes) -> PyResult<bool> {
        let path = path.data(py).to_vec();
        self.ask(py, |wdir| Ok(wdir.ignore()?.is_ignored(HgPath::new(&path))))
    }
    def mark_tracked(&self, path: PyBytes) -> PyResult<bool> {
        let path = path.data(py).to_vec();
        self.ask(py, |wdir| wdir.dirstate_mut().set_tracked(HgPath::new(&path)))
    }
    def mark_untracked(&self, path: PyBytes) -> PyResult<bool> {
        let path = path.data(py).to_vec();
        self.ask(py, |wdir| wdir.dirstate_mut().set_untracked(HgPath::new(&path)))
    }
    /// Mode, size, and time of the last change (seconds, nanoseconds) of a file known to be clean.
    def mark_clean(&self, path: PyBytes, mode: u32, size: i64, mtime: (i64, u32)) -> PyResult<PyObject> {
        let path = path.data(py).to_vec();
        let clean = clean(mode, size, mtime);
        self.ask(py, |wdir| wdir.dirstate_mut().set_clean(HgPath::new(&path), clean.0, clean.1))?;
        Ok(py.None())
    }
    def mark_possibly_dirty(&self, path: PyBytes) -> PyResult<PyObject> {
        let path = path.data(py).to_vec();
        self.ask(py, |wdir| wdir.dirstate_mut().set_possibly_dirty(HgPath::new(&path)))?;
        Ok(py.None())
    }
    def update_entry(
        &self, path: PyBytes, tracked: bool, p1_tracked: bool, p2_info: bool, possibly_dirty: bool,
        data: Option<(u32, i64, (i64, u32))> = None
    ) -> PyResult<PyObject> {
        let path = path.data(py).to_vec();
        let update = FileUpdate {
            tracked, p1_tracked, p2_info, possibly_dirty,
            clean: data.map(|(mode, size, mtime)| clean(mode, size, mtime)),
        };
        self.ask(py, |wdir| wdir.dirstate_mut().update_file(HgPath::new(&path), update))?;
        Ok(py.None())
    }
    def drop_entry(&self, path: PyBytes) -> PyResult<PyObject> {
        let path = path.data(py).to_vec();
        self.ask(py, |wdir| wdir.dirstate_mut().drop_file(HgPath::new(&path)))?;
        Ok(py.None())
    }
    def mark_copy(&self, path: PyBytes, source: Option<PyBytes>) -> PyResult<PyObject> {
        let path = path.data(py).to_vec();
        let source = source.map(|source| source.data(py).to_vec());
        self.ask(py, |wdir| {
            let source = source.as_deref().map(|source| HgPath::new(source));
            wdir.dirstate_mut().set_copy(HgPath::new(&path), source)
        })?;
        Ok(py.None())
    }
    def move_parents(&self, p1: PyBytes, p2: PyBytes) -> PyResult<Vec<(PyBytes, PyBytes)>> {
        let (p1, p2) = (node(py, &p1)?, node(py, &p2)?);
        let copies = self.ask(py, |wdir| wdir.dirstate_mut().set_parents(p1, p2))?;
        Ok(copies.iter().map(|(to, from)| {
            (PyBytes::new(py, to.as_bytes()), PyBytes::new(py, from.as_bytes()))
        }).collect())
    }
    def start_over(&self, files: Vec<PyBytes>) -> PyResult<PyObject> {
        let files: Vec<Vec<u8>> = files.iter().map(|file| file.data(py).to_vec()).collect();
        self.ask(py, |wdir| {
            wdir.dirstate_mut().rebuild(files.iter().map(|file| HgPath::new(&file[..])));
            Ok(())
        })?;
        Ok(py.None())
    }
    def store(&self) -> PyResult<PyObject> {
        self.ask(py, WorkingDir::write)?;
        Ok(py.None())
    }
    def reload(&self) -> PyResult<PyObject> {
        self.ask(py, WorkingDir::reload)?;
        Ok(py.None())
    }
});

fn known(entry: &Entry) -> Known {
    let size = entry.metadata.map_or_else(|| entry.v1_size().into(), |data| data.size.into());
    let mtime = entry.mtime.map_or_else(|| entry.v1_mtime().into(), |time| time.seconds.into());
    let Entry { tracked, p1_tracked, p2_info, .. } = *entry;
    (tracked, p1_tracked, p2_info, entry.v1_mode().into(), size, mtime)
}

fn clean(
    mode: u32,
    size: i64,
    (seconds, nanoseconds): (i64, u32),
) -> (Metadata, Option<Timestamp>) {
    let metadata = Metadata {
        size: u32::try_from(size & 0x7fff_ffff).unwrap_or(0),
        executable: mode & 0o100 != 0,
        symlink: mode & 0o170_000 == 0o120_000,
    };
    (metadata, Some(Timestamp::new(seconds, nanoseconds)))
}

impl Dirstate {
    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &PyType, wdir: WorkingDir) -> PyResult<PyObject> {
        // SAFETY: `__new__` is called with a class below this one only.
        unsafe { <Self as cpython::py_class::BaseObject>::alloc(py, class, (Mutex::new(wdir),)) }
    }

    fn wdir<'a>(&'a self, py: Python<'a>) -> MutexGuard<'a, WorkingDir> {
        // Never held while Python code runs, so never waited for long.
        Self::wdir_cell(self, py).lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&mut WorkingDir) -> Result<T> + Send,
    ) -> PyResult<T> {
        let cell = Self::wdir_cell(self, py);
        unlocked(py, || question(&mut cell.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

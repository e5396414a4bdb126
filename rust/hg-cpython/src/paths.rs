//! Lists of paths that stay in Rust: items are made when they are touched.

use std::cell::{Cell, RefCell};
use std::sync::{Arc, OnceLock};

use cpython::{
    ObjectProtocol as _, PyBytes, PyClone as _, PyErr, PyList, PyObject, PyResult, PyTuple, Python,
    PythonObject as _, exc, py_class,
};
use hg_types::{HgPath, HgPathBuf};

use crate::arrow::{Array, BytesColumn};

/// Paths, and their bytes in one piece once somebody asked for that.
pub struct Paths {
    list: Vec<HgPathBuf>,
    column: OnceLock<Arc<BytesColumn>>,
}

impl Paths {
    pub(crate) fn new(list: Vec<HgPathBuf>) -> Self {
        Self { list, column: OnceLock::new() }
    }

    fn column(&self) -> Arc<BytesColumn> {
        self.column
            .get_or_init(|| Arc::new(self.list.iter().map(|path| path.as_bytes()).collect()))
            .clone()
    }
}

py_class!(pub class PathList |py| {
    data paths: Arc<Paths>;
    // The list that Python has begun to change: from then on, it is what counts.
    data changed: RefCell<Option<PyList>>;

    def __new__(cls, paths: Vec<PyBytes>) -> PyResult<PyObject> {
        let list = paths.iter().map(|path| HgPathBuf::from_vec(path.data(py).to_vec())).collect();
        Self::make(py, cls, Paths::new(list))
    }
    def __len__(&self) -> PyResult<usize> {
        Ok(match self.list(py) {
            Some(list) => list.len(py),
            None => self.paths(py).list.len(),
        })
    }
    def __getitem__(&self, at: PyObject) -> PyResult<PyObject> {
        if let Some(list) = self.list(py) {
            return list.into_object().get_item(py, at);
        }
        let list = &self.paths(py).list;
        if let Ok(at) = at.extract::<isize>(py) {
            let path = &list[position(py, at, list.len())?];
            return Ok(PyBytes::new(py, path.as_bytes()).into_object());
        }
        let picked = slice(py, &at, list.len())?;
        let picked: Vec<PyObject> = picked
            .into_iter()
            .map(|at| PyBytes::new(py, list[at].as_bytes()).into_object())
            .collect();
        Ok(PyList::new(py, &picked).into_object())
    }
    def __contains__(&self, path: PyObject) -> PyResult<bool> {
        if let Some(list) = self.list(py) {
            return list.into_object().call_method(py, "__contains__", (path,), None)?.extract(py);
        }
        let Ok(path) = path.extract::<PyBytes>(py) else { return Ok(false) };
        let path = HgPath::new(path.data(py));
        // Lists of the status are sorted; others are short.
        let list = &self.paths(py).list;
        let found = list.binary_search_by(|other| (**other).cmp(path)).is_ok();
        Ok(found || (!list.is_sorted() && list.iter().any(|other| **other == *path)))
    }
    def __iter__(&self) -> PyResult<PyObject> {
        match self.list(py) {
            Some(list) => Ok(list.into_object().iter(py)?.into_object()),
            None => {
                let iterator = PathIterator::create_instance(py, self.paths(py).clone(), Cell::new(0));
                Ok(iterator?.into_object())
            }
        }
    }
    /// The list to change: made on the first call, then always the same.
    def own(&self) -> PyResult<PyList> {
        if let Some(list) = self.list(py) {
            return Ok(list);
        }
        let items: Vec<PyObject> = self.paths(py).list.iter()
            .map(|path| PyBytes::new(py, path.as_bytes()).into_object()).collect();
        let list = PyList::new(py, &items);
        *self.changed(py).borrow_mut() = Some(list.clone_ref(py));
        Ok(list)
    }
    def __arrow_c_schema__(&self) -> PyResult<PyObject> { Array::of_bytes(&self.now(py)?).schema(py) }
    def __arrow_c_array__(&self, _schema: Option<PyObject> = None) -> PyResult<PyTuple> {
        Array::of_bytes(&self.now(py)?).capsules(py)
    }
    /// All paths one after another; lent, not copied.
    def joined(&self) -> PyResult<crate::columns::Column> {
        crate::columns::Column::of_text(py, self.now(py)?)
    }
    /// Where each path starts in what `joined` gives, and one more: numbers of 4 bytes.
    def offsets(&self) -> PyResult<crate::columns::Column> {
        crate::columns::Column::of_offsets(py, self.now(py)?)
    }
});

py_class!(pub class PathIterator |py| {
    data paths: Arc<Paths>;
    data at: Cell<usize>;

    def __iter__(&self) -> PyResult<Self> { Ok(self.clone_ref(py)) }
    def __next__(&self) -> PyResult<Option<PyBytes>> {
        let at = self.at(py).get();
        self.at(py).set(at + 1);
        Ok(self.paths(py).list.get(at).map(|path| PyBytes::new(py, path.as_bytes())))
    }
    def __length_hint__(&self) -> PyResult<usize> {
        Ok(self.paths(py).list.len().saturating_sub(self.at(py).get()))
    }
});

impl PathList {
    pub(crate) fn wrap(py: Python<'_>, list: Vec<HgPathBuf>) -> PyResult<PyObject> {
        // The class that Python puts on top can be changed as a list can.
        let class = py.import("mercurial.lazy")?.get(py, "pathlist")?;
        let class: cpython::PyType = class.extract(py)?;
        Self::make(py, &class, Paths::new(list))
    }

    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &cpython::PyType, paths: Paths) -> PyResult<PyObject> {
        // SAFETY: `class` is PathList or a class below it.
        unsafe {
            <Self as cpython::py_class::BaseObject>::alloc(
                py,
                class,
                (Arc::new(paths), RefCell::new(None)),
            )
        }
    }

    fn list(&self, py: Python<'_>) -> Option<PyList> {
        self.changed(py).borrow().as_ref().map(|list| list.clone_ref(py))
    }

    fn now(&self, py: Python<'_>) -> PyResult<Arc<BytesColumn>> {
        match self.list(py) {
            None => Ok(self.paths(py).column()),
            Some(list) => {
                let items: Vec<PyBytes> = list.into_object().extract(py)?;
                Ok(Arc::new(items.iter().map(|item| item.data(py)).collect()))
            }
        }
    }
}

/// A position as Python gives it, from the end when negative.
pub(crate) fn position(py: Python<'_>, at: isize, len: usize) -> PyResult<usize> {
    let at = if at < 0 { len.checked_sub(at.unsigned_abs()) } else { Some(at.unsigned_abs()) };
    at.filter(|at| *at < len).ok_or_else(|| PyErr::new::<exc::IndexError, _>(py, "out of range"))
}

/// The positions that a slice object picks.
pub(crate) fn slice(py: Python<'_>, slice: &PyObject, len: usize) -> PyResult<Vec<usize>> {
    let (start, stop, step): (isize, isize, isize) =
        slice.call_method(py, "indices", (len,), None)?.extract(py)?;
    let mut out = Vec::new();
    let mut at = start;
    while (step > 0 && at < stop) || (step < 0 && at > stop) {
        out.push(at.unsigned_abs());
        at += step;
    }
    Ok(out)
}

//! What the file system says about all tracked files: a table that stays in Rust.

use std::sync::Arc;

use cpython::{
    PyBytes, PyClone as _, PyErr, PyObject, PyResult, PyTuple, Python, PythonObject as _,
    ToPyObject as _, exc, py_class,
};
use hg_wdir::WorkingDir;
use hg_wdir::facts::Facts;

use crate::arrow::{Array, BytesColumn, Numbers};
use crate::columns::Column;
use crate::paths::{position, slice};
use crate::repo::RepoHandle;

/// Columns of the same length.
pub struct Table {
    paths: Arc<BytesColumn>,
    sizes: Arc<Vec<i64>>,
    mtimes: Arc<Vec<i64>>,
    modes: Arc<Vec<u32>>,
    states: Arc<Vec<u8>>,
}

impl Table {
    fn of(facts: &Facts) -> Self {
        let bytes = facts.paths.iter().map(|path| path.len()).sum();
        let mut paths = BytesColumn::with_capacity(facts.paths.len(), bytes);
        facts.paths.iter().for_each(|path| paths.push(path.as_bytes()));
        let facts = &facts.facts;
        Self {
            paths: Arc::new(paths),
            sizes: Arc::new(facts.iter().map(|fact| fact.size).collect()),
            mtimes: Arc::new(facts.iter().map(|fact| fact.mtime_ns).collect()),
            modes: Arc::new(facts.iter().map(|fact| fact.mode).collect()),
            states: Arc::new(facts.iter().map(|fact| fact.state as u8).collect()),
        }
    }

    fn pick(&self, rows: &[usize]) -> Self {
        let mut paths = BytesColumn::with_capacity(rows.len(), rows.len() * 32);
        rows.iter().for_each(|row| paths.push(self.paths.get(*row).unwrap_or_default()));
        fn some<T: Copy>(column: &[T], rows: &[usize]) -> Arc<Vec<T>> {
            Arc::new(rows.iter().map(|row| column[*row]).collect())
        }
        Self {
            paths: Arc::new(paths),
            sizes: some(&self.sizes, rows),
            mtimes: some(&self.mtimes, rows),
            modes: some(&self.modes, rows),
            states: some(&self.states, rows),
        }
    }

    fn len(&self) -> usize {
        self.states.len()
    }

    fn array(&self) -> Array {
        Array::of_columns(vec![
            Array::of_bytes(&self.paths).named(c"path"),
            Array::of_numbers(Numbers::Int64(self.sizes.clone())).named(c"size"),
            Array::of_numbers(Numbers::Int64(self.mtimes.clone())).named(c"mtime_ns"),
            Array::of_numbers(Numbers::UInt32(self.modes.clone())).named(c"mode"),
            Array::of_numbers(Numbers::UInt8(self.states.clone())).named(c"state"),
        ])
    }

    fn row(&self, py: Python<'_>, at: usize) -> PyTuple {
        let path = PyBytes::new(py, self.paths.get(at).unwrap_or_default());
        (path, self.sizes[at], self.mtimes[at], self.modes[at], self.states[at]).to_py_object(py)
    }
}

py_class!(pub class FileTable |py| {
    data table: Arc<Table>;

    /// Asks the file system about every tracked file, on all processors.
    @staticmethod
    def of(repo: RepoHandle) -> PyResult<FileTable> {
        let table = repo.ask(py, |repo| Ok(Table::of(&WorkingDir::open(repo)?.facts()?)))?;
        Self::create_instance(py, Arc::new(table))
    }
    def __len__(&self) -> PyResult<usize> { Ok(self.table(py).len()) }
    // One row as a tuple, or some rows as another table.
    def __getitem__(&self, at: PyObject) -> PyResult<PyObject> {
        let table = self.table(py);
        if let Ok(at) = at.extract::<isize>(py) {
            return Ok(table.row(py, position(py, at, table.len())?).into_object());
        }
        let rows = slice(py, &at, table.len())?;
        Ok(Self::create_instance(py, Arc::new(table.pick(&rows)))?.into_object())
    }
    def __iter__(&self) -> PyResult<FileTableIterator> {
        FileTableIterator::create_instance(py, self.table(py).clone(), std::cell::Cell::new(0))
    }
    /// The rows that may have changed: everything that is not clean by its metadata.
    def dirty(&self) -> PyResult<FileTable> {
        let table = self.table(py);
        let rows: Vec<usize> = (0..table.len()).filter(|row| table.states[*row] != 0).collect();
        Self::create_instance(py, Arc::new(table.pick(&rows)))
    }
    /// The paths, one after another.
    def paths(&self) -> PyResult<TextIterator> {
        TextIterator::create_instance(py, self.table(py).paths.clone(), std::cell::Cell::new(0))
    }
    /// One column: `size`, `mtime_ns`, `mode`, `state`; `path_bytes` and `path_offsets`.
    def column(&self, name: &str) -> PyResult<Column> {
        let table = self.table(py);
        let numbers = match name {
            "size" => Numbers::Int64(table.sizes.clone()),
            "mtime_ns" => Numbers::Int64(table.mtimes.clone()),
            "mode" => Numbers::UInt32(table.modes.clone()),
            "state" => Numbers::UInt8(table.states.clone()),
            "path_bytes" => return Column::of_text(py, table.paths.clone()),
            "path_offsets" => return Column::of_offsets(py, table.paths.clone()),
            _ => return Err(PyErr::new::<exc::KeyError, _>(py, name)),
        };
        Column::of_numbers(py, numbers)
    }
    def __arrow_c_schema__(&self) -> PyResult<PyObject> { self.table(py).array().schema(py) }
    def __arrow_c_array__(&self, _schema: Option<PyObject> = None) -> PyResult<PyTuple> {
        self.table(py).array().capsules(py)
    }
    def __arrow_c_stream__(&self, _schema: Option<PyObject> = None) -> PyResult<PyObject> {
        self.table(py).array().stream(py)
    }
});

py_class!(pub class FileTableIterator |py| {
    data table: Arc<Table>;
    data at: std::cell::Cell<usize>;

    def __iter__(&self) -> PyResult<Self> { Ok(self.clone_ref(py)) }
    def __next__(&self) -> PyResult<Option<PyTuple>> {
        let (table, at) = (self.table(py), self.at(py).get());
        self.at(py).set(at + 1);
        Ok((at < table.len()).then(|| table.row(py, at)))
    }
});

py_class!(pub class TextIterator |py| {
    data column: Arc<BytesColumn>;
    data at: std::cell::Cell<usize>;

    def __iter__(&self) -> PyResult<Self> { Ok(self.clone_ref(py)) }
    def __next__(&self) -> PyResult<Option<PyBytes>> {
        let at = self.at(py).get();
        self.at(py).set(at + 1);
        Ok(self.column(py).get(at).map(|item| PyBytes::new(py, item)))
    }
});

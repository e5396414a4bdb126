//! Columns: numbers or text in one piece of memory that is lent to whoever asks.

use std::sync::Arc;

use cpython::{PyObject, PyResult, PyTuple, Python, py_class};

use crate::arrow::{Array, BytesColumn, Numbers};
use crate::inherit::{Extras, Lends, lend};

/// What a column shows.
#[derive(Clone)]
pub enum Shown {
    /// Numbers.
    Numbers(Numbers),
    /// The items of a column of bytes, one after another.
    Text(Arc<BytesColumn>),
    /// Where these items start.
    Offsets(Arc<BytesColumn>),
    /// Memory that something else holds, such as a mapped index.
    Raw(Arc<dyn AsRef<[u8]> + Send + Sync>),
}

py_class!(pub class Column |py| {
    data shown: Shown;

    def __len__(&self) -> PyResult<usize> { Ok(self.shown(py).len()) }
    /// The format of an item, as the module `struct` names it.
    @property def format(&self) -> PyResult<&'static str> { Ok(self.shown(py).format()) }
    def __arrow_c_schema__(&self) -> PyResult<PyObject> { self.array(py).schema(py) }
    def __arrow_c_array__(&self, _schema: Option<PyObject> = None) -> PyResult<PyTuple> {
        self.array(py).capsules(py)
    }
});

impl Shown {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Numbers(numbers) => numbers.bytes(),
            Self::Text(column) => column.text(),
            Self::Offsets(column) => crate::arrow::as_bytes(column.offsets()),
            Self::Raw(memory) => (**memory).as_ref(),
        }
    }

    fn format(&self) -> &'static str {
        match self {
            Self::Numbers(numbers) => numbers.format(),
            Self::Text(_) | Self::Raw(_) => "B",
            Self::Offsets(_) => "i",
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Offsets(column) => column.offsets().len(),
            Self::Text(_) | Self::Raw(_) => self.bytes().len(),
        }
    }
}

impl Column {
    pub(crate) fn of_numbers(py: Python<'_>, numbers: Numbers) -> PyResult<Self> {
        Self::create_instance(py, Shown::Numbers(numbers))
    }

    pub(crate) fn of_text(py: Python<'_>, column: Arc<BytesColumn>) -> PyResult<Self> {
        Self::create_instance(py, Shown::Text(column))
    }

    pub(crate) fn of_offsets(py: Python<'_>, column: Arc<BytesColumn>) -> PyResult<Self> {
        Self::create_instance(py, Shown::Offsets(column))
    }

    pub(crate) fn of_memory(
        py: Python<'_>,
        memory: Arc<dyn AsRef<[u8]> + Send + Sync>,
    ) -> PyResult<Self> {
        Self::create_instance(py, Shown::Raw(memory))
    }

    fn array(&self, py: Python<'_>) -> Array {
        match self.shown(py).clone() {
            Shown::Numbers(numbers) => Array::of_numbers(numbers),
            other => Array::of_memory(other),
        }
    }
}

impl AsRef<[u8]> for Shown {
    fn as_ref(&self) -> &[u8] {
        self.bytes()
    }
}

impl Lends for Column {
    fn lent(&self, py: Python<'_>) -> PyResult<(*const u8, usize)> {
        let bytes = self.shown(py).bytes();
        Ok((bytes.as_ptr(), bytes.len()))
    }
}

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras = Extras { buffer: Some(lend::<Column>), ..Extras::NONE };

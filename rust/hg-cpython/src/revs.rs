//! Revisions that a query selected: an immutable sequence of numbers whose memory can be lent.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use cpython::{PyObject, PyResult, PyTuple, Python, PythonObject as _, ToPyObject as _, py_class};

use crate::inherit::{Extras, Lends, lend};

/// How a sequence of numbers can be searched.
#[derive(Clone, Copy)]
pub enum Order {
    Ascending,
    Descending,
    None,
}

impl Order {
    fn of(revs: &[i32]) -> Self {
        if revs.is_sorted() {
            Self::Ascending
        } else if revs.is_sorted_by(|a, b| a >= b) {
            Self::Descending
        } else {
            Self::None
        }
    }
}

py_class!(pub class Revs |py| {
    data cell: RefCell<Arc<Vec<i32>>>;
    data order: Cell<Option<Order>>;
    // What was lent may still be looked at after the order changed.
    data retired: RefCell<Vec<Arc<Vec<i32>>>>;

    def __new__(cls, revs: Vec<i32>) -> PyResult<PyObject> { Self::make(py, cls, Arc::new(revs)) }
    def __len__(&self) -> PyResult<usize> { Ok(self.revs(py).len()) }
    def __getitem__(&self, at: PyObject) -> PyResult<PyObject> {
        let revs = self.revs(py);
        if let Ok(at) = at.extract::<isize>(py) {
            let index = crate::paths::position(py, at, revs.len())?;
            return Ok(revs[index].to_py_object(py).into_object());
        }
        let picked = crate::paths::slice(py, &at, revs.len())?;
        let picked: Vec<i32> = picked.into_iter().map(|at| revs[at]).collect();
        Ok(Self::wrap(py, picked)?.into_object())
    }
    def __contains__(&self, rev: i32) -> PyResult<bool> {
        let revs = self.revs(py);
        let order = self.order(py).get().unwrap_or_else(|| Order::of(&revs));
        self.order(py).set(Some(order));
        Ok(match order {
            Order::Ascending => revs.binary_search(&rev).is_ok(),
            Order::Descending => revs.binary_search_by(|other| rev.cmp(other)).is_ok(),
            Order::None => revs.contains(&rev),
        })
    }
    def __iter__(&self) -> PyResult<RevsIterator> {
        RevsIterator::create_instance(py, self.revs(py), Cell::new(0))
    }
    def to_list(&self) -> PyResult<Vec<i32>> { Ok(self.revs(py).to_vec()) }
    /// Puts other revisions in their place.
    def replace(&self, revs: Vec<i32>) -> PyResult<PyObject> {
        let old = self.cell(py).replace(Arc::new(revs));
        self.retired(py).borrow_mut().push(old);
        self.order(py).set(None);
        Ok(py.None())
    }
    def ascends(&self) -> PyResult<bool> { Ok(self.revs(py).is_sorted()) }
    def descends(&self) -> PyResult<bool> { Ok(self.revs(py).is_sorted_by(|a, b| a >= b)) }
    /// Those in `other` too, in this order; without `keep`, those that are not.
    def intersect(&self, other: Revs, keep: bool = true) -> PyResult<Vec<i32>> {
        let set: std::collections::HashSet<i32> = other.revs(py).iter().copied().collect();
        Ok(self.revs(py).iter().copied().filter(|rev| set.contains(rev) == keep).collect())
    }
    def __arrow_c_schema__(&self) -> PyResult<PyObject> { crate::arrow::Array::of_revs(&self.revs(py)).schema(py) }
    def __arrow_c_array__(&self, _schema: Option<PyObject> = None) -> PyResult<PyTuple> {
        crate::arrow::Array::of_revs(&self.revs(py)).capsules(py)
    }
});

py_class!(pub class RevsIterator |py| {
    data revs: Arc<Vec<i32>>;
    data at: Cell<usize>;

    def __iter__(&self) -> PyResult<Self> { Ok(cpython::PyClone::clone_ref(self, py)) }
    def __next__(&self) -> PyResult<Option<i32>> {
        let at = self.at(py).get();
        self.at(py).set(at + 1);
        Ok(self.revs(py).get(at).copied())
    }
    def __length_hint__(&self) -> PyResult<usize> {
        Ok(self.revs(py).len().saturating_sub(self.at(py).get()))
    }
});

impl Revs {
    fn revs(&self, py: Python<'_>) -> Arc<Vec<i32>> {
        self.cell(py).borrow().clone()
    }

    pub(crate) fn wrap(py: Python<'_>, revs: Vec<i32>) -> PyResult<Self> {
        Self::create_instance(py, RefCell::new(Arc::new(revs)), Cell::new(None), RefCell::default())
    }

    /// Makes one of a class below this.
    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &cpython::PyType, revs: Arc<Vec<i32>>) -> PyResult<PyObject> {
        // SAFETY: `__new__` is called with a class below this one only.
        unsafe {
            <Self as cpython::py_class::BaseObject>::alloc(
                py,
                class,
                (RefCell::new(revs), Cell::new(None), RefCell::default()),
            )
        }
    }
}

impl Lends for Revs {
    fn lent(&self, py: Python<'_>) -> PyResult<(*const u8, usize)> {
        let revs = self.revs(py);
        Ok((revs.as_ptr().cast(), std::mem::size_of_val(revs.as_slice())))
    }
}

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras = Extras { buffer: Some(lend::<Revs>), ..Extras::BASE };

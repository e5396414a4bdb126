//! Rust values as objects, and the other way round.

use pyo3_ffi as ffi;

use crate::{
    ObjectProtocol as _, PyBool, PyErr, PyFloat, PyList, PyLong, PyObject, PyResult, PyString,
    PyTuple, Python, PythonObject, exc,
};

/// What can become an object.
pub trait ToPyObject {
    /// Of which class.
    type ObjectType: PythonObject;

    /// An object for it.
    fn to_py_object(&self, py: Python<'_>) -> Self::ObjectType;

    /// The object it becomes.
    fn into_py_object(self, py: Python<'_>) -> Self::ObjectType
    where
        Self: Sized,
    {
        self.to_py_object(py)
    }
}

/// What can be made of an object, or borrowed from it.
pub trait FromPyObject<'a>: Sized {
    /// The value of the object.
    fn extract(py: Python<'_>, object: &'a PyObject) -> PyResult<Self>;
}

impl<T: ToPyObject + ?Sized> ToPyObject for &T {
    type ObjectType = T::ObjectType;

    fn to_py_object(&self, py: Python<'_>) -> T::ObjectType {
        (**self).to_py_object(py)
    }
}

impl ToPyObject for () {
    type ObjectType = PyObject;

    fn to_py_object(&self, py: Python<'_>) -> PyObject {
        py.None()
    }
}

impl<T: ToPyObject> ToPyObject for Option<T> {
    type ObjectType = PyObject;

    fn to_py_object(&self, py: Python<'_>) -> PyObject {
        self.as_ref().map_or_else(|| py.None(), |value| value.to_py_object(py).into_object())
    }

    fn into_py_object(self, py: Python<'_>) -> PyObject {
        self.map_or_else(|| py.None(), |value| value.into_py_object(py).into_object())
    }
}

impl<'a, T: FromPyObject<'a>> FromPyObject<'a> for Option<T> {
    fn extract(py: Python<'_>, object: &'a PyObject) -> PyResult<Self> {
        if object.is_none(py) { Ok(None) } else { T::extract(py, object).map(Some) }
    }
}

impl ToPyObject for bool {
    type ObjectType = PyBool;

    fn to_py_object(&self, py: Python<'_>) -> PyBool {
        // SAFETY: gives a reference of our own.
        unsafe {
            let value = ffi::PyBool_FromLong((*self).into());
            PyBool::unchecked_downcast_from(PyObject::from_owned_ptr(py, value))
        }
    }
}

impl FromPyObject<'_> for bool {
    fn extract(py: Python<'_>, object: &PyObject) -> PyResult<Self> {
        object.cast_as::<PyBool>(py).map(PyBool::is_true)
    }
}

impl ToPyObject for f64 {
    type ObjectType = PyFloat;

    fn to_py_object(&self, py: Python<'_>) -> PyFloat {
        // SAFETY: gives a reference of our own.
        unsafe {
            let value = ffi::PyFloat_FromDouble(*self);
            PyFloat::unchecked_downcast_from(PyObject::from_owned_ptr(py, value))
        }
    }
}

impl FromPyObject<'_> for f64 {
    fn extract(py: Python<'_>, object: &PyObject) -> PyResult<Self> {
        // SAFETY: the object is alive.
        let value = unsafe { ffi::PyFloat_AsDouble(object.as_ptr()) };
        #[expect(clippy::float_cmp, reason = "just this value may tell of an exception")]
        if value == -1.0 && PyErr::occurred(py) {
            return Err(PyErr::fetch(py));
        }
        Ok(value)
    }
}

macro_rules! numbers {
    ($($number:ty, $wide:ty, $make:ident, $read:ident);* $(;)?) => { $(
        impl ToPyObject for $number {
            type ObjectType = PyLong;

            fn to_py_object(&self, py: Python<'_>) -> PyLong {
                // SAFETY: gives a reference of our own.
                unsafe {
                    #[allow(clippy::unnecessary_cast, reason = "one of them is as wide")]
                    let value = ffi::$make(*self as $wide);
                    PyLong::unchecked_downcast_from(PyObject::from_owned_ptr(py, value))
                }
            }
        }

        impl FromPyObject<'_> for $number {
            fn extract(py: Python<'_>, object: &PyObject) -> PyResult<Self> {
                // SAFETY: both objects are alive.
                let value = unsafe {
                    let index = ffi::PyNumber_Index(object.as_ptr());
                    let index = PyObject::owned_or_raised(py, index)?;
                    ffi::$read(index.as_ptr())
                };
                if value == (0 as $wide).wrapping_sub(1) && PyErr::occurred(py) {
                    return Err(PyErr::fetch(py));
                }
                Self::try_from(value).map_err(|_| {
                    PyErr::new::<exc::OverflowError, _>(py, "number out of range")
                })
            }
        }
    )* };
}

numbers!(
    i8, i64, PyLong_FromLongLong, PyLong_AsLongLong;
    i16, i64, PyLong_FromLongLong, PyLong_AsLongLong;
    i32, i64, PyLong_FromLongLong, PyLong_AsLongLong;
    i64, i64, PyLong_FromLongLong, PyLong_AsLongLong;
    isize, i64, PyLong_FromLongLong, PyLong_AsLongLong;
    u8, u64, PyLong_FromUnsignedLongLong, PyLong_AsUnsignedLongLong;
    u16, u64, PyLong_FromUnsignedLongLong, PyLong_AsUnsignedLongLong;
    u32, u64, PyLong_FromUnsignedLongLong, PyLong_AsUnsignedLongLong;
    u64, u64, PyLong_FromUnsignedLongLong, PyLong_AsUnsignedLongLong;
    usize, u64, PyLong_FromUnsignedLongLong, PyLong_AsUnsignedLongLong;
);

impl ToPyObject for str {
    type ObjectType = PyString;

    fn to_py_object(&self, py: Python<'_>) -> PyString {
        PyString::new(py, self)
    }
}

impl ToPyObject for String {
    type ObjectType = PyString;

    fn to_py_object(&self, py: Python<'_>) -> PyString {
        PyString::new(py, self)
    }
}

impl<'a> FromPyObject<'a> for &'a str {
    fn extract(py: Python<'_>, object: &'a PyObject) -> PyResult<Self> {
        object.cast_as::<PyString>(py)?.text(py)
    }
}

impl FromPyObject<'_> for String {
    fn extract(py: Python<'_>, object: &PyObject) -> PyResult<Self> {
        <&str>::extract(py, object).map(str::to_owned)
    }
}

impl<T: ToPyObject> ToPyObject for [T] {
    type ObjectType = PyList;

    fn to_py_object(&self, py: Python<'_>) -> PyList {
        let items: Vec<PyObject> =
            self.iter().map(|item| item.to_py_object(py).into_object()).collect();
        PyList::new(py, &items)
    }
}

impl<T: ToPyObject> ToPyObject for Vec<T> {
    type ObjectType = PyList;

    fn to_py_object(&self, py: Python<'_>) -> PyList {
        self[..].to_py_object(py)
    }

    fn into_py_object(self, py: Python<'_>) -> PyList {
        list_of(py, self)
    }
}

/// A list whose items are made one by one.
fn list_of<T: ToPyObject>(py: Python<'_>, items: Vec<T>) -> PyList {
    // SAFETY: every place of the new list gets an item that it takes over; a place without one, as a panic
    // would leave it, is seen by nobody but the collector.
    unsafe {
        let list = ffi::PyList_New(crate::objects::length(items.len()));
        let list = PyObject::from_owned_ptr(py, list);
        for (at, item) in items.into_iter().enumerate() {
            let item = item.into_py_object(py).into_object().steal_ptr();
            ffi::PyList_SetItem(list.as_ptr(), crate::objects::length(at), item);
        }
        PyList::unchecked_downcast_from(list)
    }
}

/// Any sequence; what can only be walked through once is none.
impl<T: for<'b> FromPyObject<'b>> FromPyObject<'_> for Vec<T> {
    fn extract(py: Python<'_>, object: &PyObject) -> PyResult<Self> {
        // SAFETY: the object is alive.
        if unsafe { ffi::PySequence_Check(object.as_ptr()) } == 0 {
            let text = format!("expected a sequence, not {}", object.get_type(py).name(py));
            return Err(PyErr::new::<exc::TypeError, _>(py, text));
        }
        object.iter(py)?.map(|item| item?.extract(py)).collect()
    }
}

macro_rules! tuples {
    ($($count:literal: $($item:ident $at:tt)*;)*) => { $(
        impl<$($item: ToPyObject),*> ToPyObject for ($($item,)*) {
            type ObjectType = PyTuple;

            fn to_py_object(&self, py: Python<'_>) -> PyTuple {
                PyTuple::new(py, &[$(self.$at.to_py_object(py).into_object()),*])
            }

            fn into_py_object(self, py: Python<'_>) -> PyTuple {
                PyTuple::new(py, &[$(self.$at.into_py_object(py).into_object()),*])
            }
        }

        impl<'a, $($item: for<'b> FromPyObject<'b>),*> FromPyObject<'a> for ($($item,)*) {
            fn extract(py: Python<'_>, object: &'a PyObject) -> PyResult<Self> {
                let tuple = object.cast_as::<PyTuple>(py)?;
                if tuple.len(py) != $count {
                    let text = format!("expected {} items, not {}", $count, tuple.len(py));
                    return Err(PyErr::new::<exc::ValueError, _>(py, text));
                }
                Ok(($(tuple.get_item(py, $at).extract::<$item>(py)?,)*))
            }
        }
    )* };
}

tuples!(
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
);

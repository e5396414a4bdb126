//! Methods that the interpreter calls through slots of their class.
//!
//! All are called with an object of the class, and with arguments that are lent for the call.

use std::ffi::c_int;
use std::ptr::null_mut;

use pyo3_ffi as ffi;

use super::receiver;
use crate::function::guarded;
use crate::objects::length as to_length;
use crate::{FromPyObject, PyObject, PyResult, Python, PythonObject, ToPyObject, exc};

/// A new reference to what a Rust value becomes.
fn raw(py: Python<'_>, value: impl ToPyObject) -> *mut ffi::PyObject {
    value.into_py_object(py).into_object().steal_ptr()
}

/// `__len__`.
///
/// # Safety
/// See the module.
pub unsafe fn length<T: PythonObject, F>(this: *mut ffi::PyObject, method: F) -> isize
where
    F: FnOnce(&T, Python<'_>) -> PyResult<usize>,
{
    // SAFETY: see the module.
    guarded(-1, |py| Ok(to_length(method(unsafe { receiver(&this) }, py)?)))
}

/// `__iter__` and properties.
///
/// # Safety
/// See the module.
pub unsafe fn iterator<T: PythonObject, R: ToPyObject>(
    this: *mut ffi::PyObject,
    method: impl FnOnce(&T, Python<'_>) -> PyResult<R>,
) -> *mut ffi::PyObject {
    // SAFETY: see the module.
    guarded(null_mut(), |py| Ok(raw(py, method(unsafe { receiver(&this) }, py)?)))
}

/// `__next__`: nothing at the end.
///
/// # Safety
/// See the module.
pub unsafe fn next<T: PythonObject, R: ToPyObject>(
    this: *mut ffi::PyObject,
    method: impl FnOnce(&T, Python<'_>) -> PyResult<Option<R>>,
) -> *mut ffi::PyObject {
    guarded(null_mut(), |py| {
        // SAFETY: see the module.
        let item = method(unsafe { receiver(&this) }, py)?;
        Ok(item.map_or(null_mut(), |item| raw(py, item)))
    })
}

/// `__getitem__`.
///
/// # Safety
/// See the module.
pub unsafe fn item<T: PythonObject, R: ToPyObject, K: for<'a> FromPyObject<'a>>(
    this: *mut ffi::PyObject,
    key: *mut ffi::PyObject,
    method: impl FnOnce(&T, Python<'_>, K) -> PyResult<R>,
) -> *mut ffi::PyObject {
    guarded(null_mut(), |py| {
        // SAFETY: see the module.
        let (this, key) = unsafe { (receiver(&this), PyObject::borrow_from_ptr(&key)) };
        Ok(raw(py, method(this, py, key.extract(py)?)?))
    })
}

/// `__contains__`: what cannot be converted is not in it.
///
/// # Safety
/// See the module.
pub unsafe fn contains<T: PythonObject, K: for<'a> FromPyObject<'a>>(
    this: *mut ffi::PyObject,
    key: *mut ffi::PyObject,
    method: impl FnOnce(&T, Python<'_>, K) -> PyResult<bool>,
) -> c_int {
    guarded(-1, |py| {
        // SAFETY: see the module.
        let (this, key) = unsafe { (receiver(&this), PyObject::borrow_from_ptr(&key)) };
        match key.extract(py) {
            Ok(key) => Ok(method(this, py, key)?.into()),
            Err(failure) if failure.matches::<exc::TypeError>() => Ok(0),
            Err(failure) => Err(failure),
        }
    })
}

/// An item by its number, for those who take the object for a sequence.
pub(super) unsafe extern "C" fn item_at(
    this: *mut ffi::PyObject,
    at: ffi::Py_ssize_t,
) -> *mut ffi::PyObject {
    // SAFETY: the interpreter lends an object, with its lock held.
    unsafe {
        let key = ffi::PyLong_FromSsize_t(at);
        if key.is_null() {
            return null_mut();
        }
        let item = ffi::PyObject_GetItem(this, key);
        ffi::Py_DECREF(key);
        item
    }
}

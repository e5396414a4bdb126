//! What can be done with any object.

use std::ffi::CString;
use std::ptr::null_mut;

use pyo3_ffi as ffi;

use crate::{
    PyDict, PyErr, PyIterator, PyObject, PyResult, PyString, PyTuple, Python, PythonObject,
    ToPyObject,
};

/// No arguments at all.
#[derive(Clone, Copy)]
pub struct NoArgs;

impl ToPyObject for NoArgs {
    type ObjectType = PyTuple;

    fn to_py_object(&self, py: Python<'_>) -> PyTuple {
        PyTuple::new(py, &[])
    }
}

/// What can be done with any object.
pub trait ObjectProtocol: PythonObject {
    /// An attribute.
    fn getattr(&self, py: Python<'_>, name: impl ToPyObject) -> PyResult<PyObject> {
        let name = name.into_py_object(py).into_object();
        // SAFETY: both are alive; gives a reference of our own.
        unsafe {
            let value = ffi::PyObject_GetAttr(self.as_object().as_ptr(), name.as_ptr());
            PyObject::owned_or_raised(py, value)
        }
    }

    /// Whether it has an attribute.
    fn hasattr(&self, _: Python<'_>, name: &str) -> PyResult<bool> {
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: the object is alive, the name ends.
        Ok(unsafe { ffi::PyObject_HasAttrString(self.as_object().as_ptr(), name.as_ptr()) } != 0)
    }

    /// Sets an attribute.
    fn setattr(
        &self,
        py: Python<'_>,
        name: impl ToPyObject,
        value: impl ToPyObject,
    ) -> PyResult<()> {
        let name = name.into_py_object(py).into_object();
        let value = value.into_py_object(py).into_object();
        // SAFETY: all three are alive.
        done(py, unsafe {
            ffi::PyObject_SetAttr(self.as_object().as_ptr(), name.as_ptr(), value.as_ptr())
        })
    }

    /// Calls it.
    fn call<A: ToPyObject<ObjectType = PyTuple>>(
        &self,
        py: Python<'_>,
        args: A,
        options: Option<&PyDict>,
    ) -> PyResult<PyObject> {
        let args = args.into_py_object(py);
        let options = options.map_or(null_mut(), |options| options.as_object().as_ptr());
        // SAFETY: all are alive; options may be missing; gives a reference of our own.
        unsafe {
            let args = args.as_object().as_ptr();
            let answer = ffi::PyObject_Call(self.as_object().as_ptr(), args, options);
            PyObject::owned_or_raised(py, answer)
        }
    }

    /// Calls a method of it.
    fn call_method<A: ToPyObject<ObjectType = PyTuple>>(
        &self,
        py: Python<'_>,
        name: &str,
        args: A,
        options: Option<&PyDict>,
    ) -> PyResult<PyObject> {
        self.getattr(py, name)?.call(py, args, options)
    }

    /// An item.
    fn get_item(&self, py: Python<'_>, key: impl ToPyObject) -> PyResult<PyObject> {
        let key = key.into_py_object(py).into_object();
        // SAFETY: both are alive; gives a reference of our own.
        unsafe {
            let item = ffi::PyObject_GetItem(self.as_object().as_ptr(), key.as_ptr());
            PyObject::owned_or_raised(py, item)
        }
    }

    /// Whether it counts as true.
    fn is_true(&self, py: Python<'_>) -> PyResult<bool> {
        // SAFETY: the object is alive.
        match unsafe { ffi::PyObject_IsTrue(self.as_object().as_ptr()) } {
            -1 => Err(PyErr::fetch(py)),
            answer => Ok(answer != 0),
        }
    }

    /// `str()` of it.
    fn str(&self, py: Python<'_>) -> PyResult<PyString> {
        // SAFETY: the object is alive; gives a `str` of our own.
        unsafe {
            let text = ffi::PyObject_Str(self.as_object().as_ptr());
            Ok(PyString::unchecked_downcast_from(PyObject::owned_or_raised(py, text)?))
        }
    }

    /// Its items, one after another.
    fn iter<'p>(&self, py: Python<'p>) -> PyResult<PyIterator<'p>> {
        // SAFETY: the object is alive; gives an iterator of our own.
        unsafe {
            let iterator = ffi::PyObject_GetIter(self.as_object().as_ptr());
            Ok(PyIterator::new(py, PyObject::owned_or_raised(py, iterator)?))
        }
    }
}

impl<T: PythonObject> ObjectProtocol for T {}

/// The meaning of a status: -1 tells of an exception.
pub(crate) fn done(py: Python<'_>, status: std::ffi::c_int) -> PyResult<()> {
    if status == -1 { Err(PyErr::fetch(py)) } else { Ok(()) }
}

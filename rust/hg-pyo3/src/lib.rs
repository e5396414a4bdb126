//! The part of rust-cpython's interface that `hg-cpython` is written against, over PyO3's layer of the
//! stable ABI. The declarations of classes and functions there are the one table; here is only how the
//! interpreter is told about them.
//!
//! One build runs on Python 3.11 and everything newer. Functions get their arguments as an array, classes
//! are made at run time and cannot be changed, and nothing depends on how objects lie in memory, except for
//! the head of each: that much the stable ABI promises.

mod conversion;
mod err;
pub mod function;
pub mod module;
mod object;
mod objects;
mod protocol;
pub mod py_class;
mod python;

pub use crate::conversion::{FromPyObject, ToPyObject};
pub use crate::err::{PyErr, PyResult, exc};
pub use crate::object::{Checked, PyClone, PyObject, PythonObject, PythonObjectWithTypeObject};
pub use crate::objects::{
    PyBool, PyBytes, PyDict, PyFloat, PyIterator, PyList, PyLong, PyModule, PyString, PyTuple,
    PyType,
};
pub use crate::protocol::{NoArgs, ObjectProtocol};
pub use crate::python::{Attached, GILGuard, Python};

/// The layer below, for what is called too often to go through this one.
pub mod _detail {
    pub use pyo3_ffi as ffi;
}

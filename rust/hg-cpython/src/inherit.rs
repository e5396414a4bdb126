//! What `py_class!` leaves out: classes that Python can inherit from, methods called without a tuple of
//! arguments, and the buffer protocol.
//!
//! With rust-cpython, the static type objects are changed once they are ready; PyO3's stable ABI makes
//! classes at run time and is told beforehand.

use std::ffi::{CStr, c_int};

use cpython::_detail::ffi;
use cpython::{PyErr, PyObject, PyResult, Python, PythonObjectWithTypeObject};

use crate::errors::panicked;

#[cfg(not(feature = "pyo3"))]
mod fixed;

#[cfg(not(feature = "pyo3"))]
pub(crate) use fixed::add;

/// What a class has beside its declaration.
#[derive(Clone, Copy)]
pub(crate) struct Extras {
    /// Whether Python classes can inherit from it. Its `__new__` must allocate the class it is asked for.
    pub(crate) is_base: bool,
    /// Methods that are called without a tuple of arguments: name, function, flags.
    pub(crate) methods: &'static [(&'static CStr, Hot, c_int)],
    /// Lends the memory of an object: `lend::<T>`.
    pub(crate) buffer: Option<ffi::getbufferproc>,
}

impl Extras {
    /// Nothing.
    pub(crate) const NONE: Self = Self { is_base: false, methods: &[], buffer: None };
    /// Python classes can inherit from it.
    pub(crate) const BASE: Self = Self { is_base: true, ..Self::NONE };
}

/// Puts a class into the module, and gives it what `py_class!` leaves out.
#[cfg(feature = "pyo3")]
pub(crate) fn add<T: cpython::py_class::BaseObject + PythonObjectWithTypeObject>(
    py: Python<'_>,
    module: &cpython::PyModule,
    Extras { is_base, methods, buffer }: Extras,
) -> PyResult<()> {
    cpython::py_class::add::<T>(py, module, cpython::py_class::Extras { is_base, methods, buffer })
}

/// A method of one argument (or none), as the interpreter calls it.
pub(crate) type Hot =
    unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

/// Runs the body of a hot method: no panic and no error leaves it but as a Python exception.
#[expect(unsafe_code, reason = "hot methods get raw pointers")]
#[inline]
pub(crate) unsafe fn hot<T: PythonObjectWithTypeObject>(
    this: *mut ffi::PyObject,
    body: impl FnOnce(Python<'_>, &T) -> PyResult<*mut ffi::PyObject>,
) -> *mut ffi::PyObject {
    // SAFETY: a method descriptor has checked the class of `this` and holds the interpreter's lock.
    unsafe {
        let py = Python::assume_gil_acquired();
        let object = PyObject::borrow_from_ptr(&this);
        let this = object.unchecked_cast_as::<T>();
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(py, this)));
        let failure = match caught {
            Ok(Ok(answer)) => return answer,
            Ok(Err(failure)) => failure,
            Err(panic) => panicked(py, &*panic),
        };
        failure.restore(py);
        std::ptr::null_mut()
    }
}

/// Does work that lets go of objects, which with PyO3 need not ask for the lock then. Saying so is not for
/// nothing: a hot method without objects does better without.
#[inline]
pub(crate) fn with_objects<T>(work: impl FnOnce() -> T) -> T {
    #[cfg(feature = "pyo3")]
    let _attached = cpython::Attached::enter();
    work()
}

/// Defines a hot method: `hot_method!(name, Class, |py, this, argument| body)`, whose body gives a new
/// reference.
macro_rules! hot_method {
    ($name:ident, $class:ty, |$py:ident, $this:ident, $argument:ident| $body:expr) => {
        #[expect(unsafe_code, reason = "called by the interpreter")]
        unsafe extern "C" fn $name(
            this: *mut cpython::_detail::ffi::PyObject,
            $argument: *mut cpython::_detail::ffi::PyObject,
        ) -> *mut cpython::_detail::ffi::PyObject {
            // SAFETY: see `hot`.
            unsafe { $crate::inherit::hot::<$class>(this, |$py, $this| $body) }
        }
    };
}
pub(crate) use hot_method;

/// What `read` makes of the id that a `bytes` object of 20 bytes is; `None` for anything else.
///
/// One call into the interpreter, and no copy: each of those would be seen in what a hot method costs.
#[expect(unsafe_code, reason = "hot methods get raw pointers")]
#[inline]
pub(crate) fn with_node<T>(
    argument: *mut ffi::PyObject,
    read: impl FnOnce(&hg_types::Node) -> T,
) -> Option<T> {
    let (mut start, mut length) = (std::ptr::null_mut(), 0);
    // SAFETY: the interpreter lends the argument, and with it the bytes, for the duration of the call; an id
    // is nothing but its bytes.
    unsafe {
        if ffi::PyBytes_AsStringAndSize(argument, &raw mut start, &raw mut length) != 0 {
            ffi::PyErr_Clear();
            return None;
        }
        (usize::try_from(length) == Ok(hg_types::NODE_LEN))
            .then(|| read(&*start.cast::<hg_types::Node>()))
    }
}

/// The value of an `int`; an error is set in the interpreter otherwise.
#[expect(unsafe_code, reason = "hot methods get raw pointers")]
pub(crate) fn int_argument(py: Python<'_>, argument: *mut ffi::PyObject) -> PyResult<i64> {
    // SAFETY: as above.
    let number = unsafe { ffi::PyLong_AsLongLong(argument) };
    if number == -1
        && let Some(error) = occurred(py)
    {
        return Err(error);
    }
    Ok(number)
}

fn occurred(py: Python<'_>) -> Option<PyErr> {
    PyErr::occurred(py).then(|| PyErr::fetch(py))
}

/// A new `int`.
#[expect(unsafe_code, reason = "makes a raw reference")]
pub(crate) fn new_int(number: i64) -> *mut ffi::PyObject {
    // SAFETY: plain constructor.
    unsafe { ffi::PyLong_FromLongLong(number) }
}

/// A new `bytes`.
#[expect(unsafe_code, reason = "makes a raw reference")]
pub(crate) fn new_bytes(bytes: &[u8]) -> *mut ffi::PyObject {
    // SAFETY: the constructor copies the bytes. A length beyond isize cannot exist.
    unsafe {
        ffi::PyBytes_FromStringAndSize(
            bytes.as_ptr().cast(),
            isize::try_from(bytes.len()).unwrap_or(isize::MAX),
        )
    }
}

/// A new reference to `True` or `False`.
#[expect(unsafe_code, reason = "makes a raw reference")]
pub(crate) fn new_bool(value: bool) -> *mut ffi::PyObject {
    // SAFETY: plain constructor.
    unsafe { ffi::PyBool_FromLong(value.into()) }
}

/// A pair of new `int`s.
#[expect(unsafe_code, reason = "makes a raw reference")]
pub(crate) fn new_pair(first: i64, second: i64) -> *mut ffi::PyObject {
    // SAFETY: the tuple takes both references; a failed allocation is passed on as null.
    unsafe {
        let pair = ffi::PyTuple_New(2);
        if !pair.is_null() {
            ffi::PyTuple_SetItem(pair, 0, new_int(first));
            ffi::PyTuple_SetItem(pair, 1, new_int(second));
        }
        pair
    }
}

/// Memory that an object lends through the buffer protocol; it must live as long as the object.
pub(crate) trait Lends: PythonObjectWithTypeObject {
    /// The bytes.
    fn lent(&self, py: Python<'_>) -> PyResult<(*const u8, usize)>;
}

/// Lends the memory of an object to `memoryview`, numpy and other readers, without copying it.
#[expect(unsafe_code, reason = "called by the interpreter")]
pub(crate) extern "C" fn lend<T: Lends>(
    object: *mut ffi::PyObject,
    view: *mut ffi::Py_buffer,
    flags: c_int,
) -> c_int {
    // SAFETY: the interpreter gives an object of T and room for a view, with its lock held.
    unsafe {
        let py = Python::assume_gil_acquired();
        let this = PyObject::borrow_from_ptr(&object);
        let lent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            this.unchecked_cast_as::<T>().lent(py)
        }));
        match lent.unwrap_or_else(|panic| Err(panicked(py, &*panic))) {
            Ok((start, length)) => ffi::PyBuffer_FillInfo(
                view,
                object,
                start.cast_mut().cast(),
                isize::try_from(length).unwrap_or(isize::MAX),
                1,
                flags,
            ),
            Err(failure) => {
                failure.restore(py);
                -1
            }
        }
    }
}

//! What `py_class!` leaves out: classes that Python can inherit from, methods called without a tuple of
//! arguments, and the buffer protocol.
//!
//! The unsafe blocks rest on two facts: `add_class` has made the type object ready, and everything done
//! here happens once, at import, with the interpreter's lock held.

use std::ffi::{CStr, c_int};

use cpython::_detail::ffi;
use cpython::py_class::BaseObject;
use cpython::{PyErr, PyObject, PyResult, Python, PythonObjectWithTypeObject};

use crate::errors::panicked;

/// Frees an object; undoes the second release of a class made in Python, which its own deallocator and
/// ours would both do.
#[expect(unsafe_code, reason = "slots of a type object are C functions")]
unsafe extern "C" fn dealloc<T: BaseObject>(object: *mut ffi::PyObject) {
    // SAFETY: the interpreter calls this with its lock held, for an object of T or a class below it.
    unsafe {
        let py = Python::assume_gil_acquired();
        let class = ffi::Py_TYPE(object);
        if ffi::PyType_HasFeature(class, ffi::Py_TPFLAGS_HEAPTYPE) != 0 {
            ffi::Py_INCREF(class.cast());
        }
        T::dealloc(py, object);
    }
}

/// Lets Python classes inherit from `T`. Its `__new__` must allocate the class it is asked for.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
pub(crate) fn make_subclassable<T: BaseObject + PythonObjectWithTypeObject>(py: Python<'_>) {
    let class = T::type_object(py).as_type_ptr();
    // SAFETY: see the module; the type is static and lives as long as the process.
    unsafe {
        (*class).tp_flags |= ffi::Py_TPFLAGS_BASETYPE;
        (*class).tp_dealloc = Some(dealloc::<T>);
        mend_length(class);
        ffi::PyType_Modified(class);
    }
}

/// `py_class!` makes the length of a mapping out of that of a sequence. A class below would inherit this
/// detour for both, and go round in circles: it gets a plain method instead.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
unsafe fn mend_length(class: *mut ffi::PyTypeObject) {
    unsafe extern "C" fn length(
        this: *mut ffi::PyObject,
        _none: *mut ffi::PyObject,
    ) -> *mut ffi::PyObject {
        // SAFETY: the method belongs to a class of ours; the slot used is that of the nearest static class.
        unsafe {
            let mut class = ffi::Py_TYPE(this);
            while ffi::PyType_HasFeature(class, ffi::Py_TPFLAGS_HEAPTYPE) != 0 {
                class = (*class).tp_base;
            }
            let slots = (*class).tp_as_sequence;
            match slots.as_ref().and_then(|slots| slots.sq_length) {
                Some(length) => {
                    let length = length(this);
                    if length < 0 { std::ptr::null_mut() } else { ffi::PyLong_FromSsize_t(length) }
                }
                None => new_int(0),
            }
        }
    }
    // SAFETY: see the module.
    unsafe {
        let slots = (*class).tp_as_sequence;
        if slots.is_null() || (*slots).sq_length.is_none() {
            return;
        }
        let definition = Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: c"__len__".as_ptr(),
            ml_meth: Some(length),
            ml_flags: ffi::METH_NOARGS,
            ml_doc: std::ptr::null(),
        }));
        let method = ffi::PyDescr_NewMethod(class, definition);
        if !method.is_null() {
            ffi::PyDict_SetItemString((*class).tp_dict, c"__len__".as_ptr(), method);
            ffi::Py_DECREF(method);
        }
        if let Some(mapping) = (*class).tp_as_mapping.as_mut() {
            mapping.mp_length = (*slots).sq_length;
        }
    }
}

/// A method of one argument (or none), as the interpreter calls it.
pub(crate) type Hot =
    unsafe extern "C" fn(*mut ffi::PyObject, *mut ffi::PyObject) -> *mut ffi::PyObject;

/// Gives `T` methods that are called without a tuple of arguments.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
pub(crate) fn add_methods<T: PythonObjectWithTypeObject>(
    py: Python<'_>,
    methods: &[(&'static CStr, Hot, c_int)],
) -> PyResult<()> {
    let class = T::type_object(py).as_type_ptr();
    for (name, function, flags) in methods {
        let definition = Box::leak(Box::new(ffi::PyMethodDef {
            ml_name: name.as_ptr(),
            ml_meth: Some(*function),
            ml_flags: *flags,
            ml_doc: std::ptr::null(),
        }));
        // SAFETY: see the module; the definition lives as long as the type.
        let status = unsafe {
            let method = ffi::PyDescr_NewMethod(class, definition);
            if method.is_null() {
                return Err(PyErr::fetch(py));
            }
            let status = ffi::PyDict_SetItemString((*class).tp_dict, name.as_ptr(), method);
            ffi::Py_DECREF(method);
            ffi::PyType_Modified(class);
            status
        };
        if status != 0 {
            return Err(PyErr::fetch(py));
        }
    }
    Ok(())
}

/// Runs the body of a hot method: no panic and no error leaves it but as a Python exception.
#[expect(unsafe_code, reason = "hot methods get raw pointers")]
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

/// The 20 bytes of a `bytes` object; `None` for anything else.
#[expect(unsafe_code, reason = "hot methods get raw pointers")]
pub(crate) fn node_argument(argument: *mut ffi::PyObject) -> Option<hg_types::Node> {
    // SAFETY: the interpreter lends the argument for the duration of the call.
    let bytes = unsafe {
        if ffi::PyBytes_Check(argument) == 0 {
            return None;
        }
        let length = usize::try_from(ffi::PyBytes_Size(argument)).ok()?;
        std::slice::from_raw_parts(ffi::PyBytes_AsString(argument).cast::<u8>(), length)
    };
    hg_types::Node::from_slice(bytes)
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
            ffi::PyTuple_SET_ITEM(pair, 0, new_int(first));
            ffi::PyTuple_SET_ITEM(pair, 1, new_int(second));
        }
        pair
    }
}

/// Memory that an object lends through the buffer protocol; it must live as long as the object.
pub(crate) trait Lends: PythonObjectWithTypeObject {
    /// The bytes.
    fn lent(&self, py: Python<'_>) -> PyResult<(*const u8, usize)>;
}

#[expect(unsafe_code, reason = "called by the interpreter")]
extern "C" fn get_buffer<T: Lends>(
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

/// Lets `memoryview`, numpy and other readers look at the memory of `T` without copying it.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
pub(crate) fn lend_memory<T: Lends>(py: Python<'_>) {
    let class = T::type_object(py).as_type_ptr();
    let procedures = Box::leak(Box::new(ffi::PyBufferProcs {
        bf_getbuffer: Some(get_buffer::<T>),
        bf_releasebuffer: None,
    }));
    // SAFETY: see the module; the procedures live as long as the type.
    unsafe {
        (*class).tp_as_buffer = procedures;
        ffi::PyType_Modified(class);
    }
}

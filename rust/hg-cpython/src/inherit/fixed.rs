//! Static type objects, changed in place once `add_class` has made them ready, at import, with the
//! interpreter's lock held.

use std::ffi::{CStr, c_int};

use cpython::_detail::ffi;
use cpython::py_class::{BaseObject, PythonObjectFromPyClassMacro};
use cpython::{PyErr, PyModule, PyResult, Python, PythonObjectWithTypeObject};

use super::{Extras, Hot, new_int};

/// Puts a class into the module, and gives it what `py_class!` leaves out.
pub(crate) fn add<T: BaseObject + PythonObjectFromPyClassMacro>(
    py: Python<'_>,
    module: &PyModule,
    extras: Extras,
) -> PyResult<()> {
    module.add_class::<T>(py)?;
    free_apart::<T>(py);
    if extras.is_base {
        make_subclassable::<T>(py);
    }
    if let Some(buffer) = extras.buffer {
        lend_memory::<T>(py, buffer);
    }
    add_methods::<T>(py, extras.methods)
}

/// Frees an object. An exception may be on its way, as when the stack of a function that raises is cleared:
/// what is called when a transaction is given up must not see it, and not end it.
///
/// A class made in Python would be released twice, by its own deallocator and by ours: undone here.
#[expect(unsafe_code, reason = "slots of a type object are C functions")]
unsafe extern "C" fn dealloc<T: BaseObject>(object: *mut ffi::PyObject) {
    // SAFETY: the interpreter calls this with its lock held, for an object of T or a class below it.
    unsafe {
        let py = Python::assume_gil_acquired();
        let raised = PyErr::occurred(py).then(|| PyErr::fetch(py));
        let class = ffi::Py_TYPE(object);
        if ffi::PyType_HasFeature(class, ffi::Py_TPFLAGS_HEAPTYPE) != 0 {
            ffi::Py_INCREF(class.cast());
        }
        T::dealloc(py, object);
        if let Some(raised) = raised {
            raised.restore(py);
        }
    }
}

/// Has objects of `T` freed without touching an exception that is on its way.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
fn free_apart<T: BaseObject + PythonObjectWithTypeObject>(py: Python<'_>) {
    // SAFETY: see the module; the type is static and lives as long as the process.
    unsafe { (*T::type_object(py).as_type_ptr()).tp_dealloc = Some(dealloc::<T>) }
}

/// Lets Python classes inherit from `T`. Its `__new__` must allocate the class it is asked for.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
fn make_subclassable<T: PythonObjectWithTypeObject>(py: Python<'_>) {
    let class = T::type_object(py).as_type_ptr();
    // SAFETY: see the module; the type is static and lives as long as the process.
    unsafe {
        (*class).tp_flags |= ffi::Py_TPFLAGS_BASETYPE;
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

/// Gives `T` methods that are called without a tuple of arguments.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
fn add_methods<T: PythonObjectWithTypeObject>(
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

/// Lets `memoryview`, numpy and other readers look at the memory of `T` without copying it.
#[expect(unsafe_code, reason = "type objects can only be changed in place")]
fn lend_memory<T: PythonObjectWithTypeObject>(py: Python<'_>, buffer: ffi::getbufferproc) {
    let class = T::type_object(py).as_type_ptr();
    let procedures = Box::leak(Box::new(ffi::PyBufferProcs {
        bf_getbuffer: Some(buffer),
        bf_releasebuffer: None,
    }));
    // SAFETY: see the module; the procedures live as long as the type.
    unsafe {
        (*class).tp_as_buffer = procedures;
        ffi::PyType_Modified(class);
    }
}

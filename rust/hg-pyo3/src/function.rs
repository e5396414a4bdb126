//! Functions as the interpreter calls them: arguments in an array, names of those given by name behind.

use std::ffi::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};

use pyo3_ffi as ffi;

use crate::{Attached, PyErr, PyObject, PyResult, PyString, Python, exc};

/// What a function is called with.
pub type Call = unsafe extern "C" fn(
    *mut ffi::PyObject,
    *const *mut ffi::PyObject,
    ffi::Py_ssize_t,
    *mut ffi::PyObject,
) -> *mut ffi::PyObject;

/// A parameter.
pub struct Param {
    /// Its name.
    pub name: &'static str,
    /// Whether it may be left out.
    pub optional: bool,
}

/// Runs what the interpreter has called: neither an error nor a panic leaves but as an exception, for
/// which `failed` stands.
#[inline]
pub fn guarded<T>(failed: T, body: impl FnOnce(Python<'_>) -> PyResult<T>) -> T {
    let _attached = Attached::enter();
    // SAFETY: the interpreter calls with its lock held.
    let py = unsafe { Python::assume_gil_acquired() };
    let failure = match catch_unwind(AssertUnwindSafe(|| body(py))) {
        Ok(Ok(answer)) => return answer,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("panic");
            PyErr::new::<exc::SystemError, _>(py, format!("Rust panic: {text}"))
        }
    };
    failure.restore(py);
    failed
}

/// Sorts arguments to their parameters; null for what was left out.
///
/// # Safety
/// `args` and `names` are those of a call: `count` objects and one for each name, or no names.
pub unsafe fn sort_array(
    py: Python<'_>,
    (function, params): (&str, &[Param]),
    (args, count): (*const *mut ffi::PyObject, ffi::Py_ssize_t),
    names: *mut ffi::PyObject,
    places: &mut [*mut ffi::PyObject],
) -> PyResult<()> {
    let count = usize::try_from(count).unwrap_or(0);
    if count > params.len() {
        return Err(too_many(py, function, params, count));
    }
    // SAFETY: as the caller says.
    unsafe {
        if count > 0 {
            places[..count].copy_from_slice(std::slice::from_raw_parts(args, count));
        }
        if !names.is_null() {
            for at in 0..ffi::PyTuple_Size(names) {
                let name = ffi::PyTuple_GetItem(names, at);
                let value = *args.add(count).offset(at);
                by_name(py, (function, params), name, value, places)?;
            }
        }
    }
    complete(py, function, params, places)
}

/// Sorts arguments to their parameters; null for what was left out.
///
/// # Safety
/// `args` is a tuple, `options` a dict or null.
pub unsafe fn sort_tuple(
    py: Python<'_>,
    (function, params): (&str, &[Param]),
    args: *mut ffi::PyObject,
    options: *mut ffi::PyObject,
    places: &mut [*mut ffi::PyObject],
) -> PyResult<()> {
    // SAFETY: as the caller says; both lend what is in them for as long as the call lasts.
    unsafe {
        let count = usize::try_from(ffi::PyTuple_Size(args)).unwrap_or(0);
        if count > params.len() {
            return Err(too_many(py, function, params, count));
        }
        for (at, place) in places.iter_mut().enumerate().take(count) {
            *place = ffi::PyTuple_GetItem(args, crate::objects::length(at));
        }
        let (mut at, mut name, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        if !options.is_null() {
            while ffi::PyDict_Next(options, &raw mut at, &raw mut name, &raw mut value) != 0 {
                by_name(py, (function, params), name, value, places)?;
            }
        }
    }
    complete(py, function, params, places)
}

unsafe fn by_name(
    py: Python<'_>,
    (function, params): (&str, &[Param]),
    name: *mut ffi::PyObject,
    value: *mut ffi::PyObject,
    places: &mut [*mut ffi::PyObject],
) -> PyResult<()> {
    // SAFETY: names of arguments are lent for as long as the call lasts.
    let name = unsafe { PyObject::borrow_from_ptr(&name) }.cast_as::<PyString>(py)?.text(py)?;
    let place = params.iter().position(|param| param.name == name);
    match place {
        None => {
            let text = format!("{function}() got an unexpected keyword argument '{name}'");
            Err(PyErr::new::<exc::TypeError, _>(py, text))
        }
        Some(at) if !places[at].is_null() => {
            let text = format!("{function}() got multiple values for argument '{name}'");
            Err(PyErr::new::<exc::TypeError, _>(py, text))
        }
        Some(at) => {
            places[at] = value;
            Ok(())
        }
    }
}

fn complete(
    py: Python<'_>,
    function: &str,
    params: &[Param],
    places: &[*mut ffi::PyObject],
) -> PyResult<()> {
    let missing =
        params.iter().zip(places).find(|(param, place)| place.is_null() && !param.optional);
    match missing {
        None => Ok(()),
        Some((param, _)) => {
            let text = format!("{function}() missing required argument '{}'", param.name);
            Err(PyErr::new::<exc::TypeError, _>(py, text))
        }
    }
}

#[cold]
fn too_many(py: Python<'_>, function: &str, params: &[Param], count: usize) -> PyErr {
    let most = params.len();
    let text = format!("{function}() takes at most {most} arguments ({count} given)");
    PyErr::new::<exc::TypeError, _>(py, text)
}

/// What the interpreter is told about a function; it lives as long as the process.
pub fn definition(
    name: &'static str,
    doc: Option<String>,
    call: ffi::PyMethodDefPointer,
    flags: c_int,
) -> ffi::PyMethodDef {
    let doc = doc.and_then(|doc| std::ffi::CString::new(doc).ok());
    ffi::PyMethodDef {
        ml_name: crate::module::leaked(name),
        ml_meth: call,
        ml_flags: flags,
        ml_doc: doc.map_or(std::ptr::null(), |doc| doc.into_raw().cast_const()),
    }
}

/// A function object.
pub fn function(py: Python<'_>, name: &'static str, call: Call) -> PyObject {
    let call = ffi::PyMethodDefPointer { PyCFunctionFastWithKeywords: call };
    let flags = ffi::METH_FASTCALL | ffi::METH_KEYWORDS;
    let definition = Box::leak(Box::new(definition(name, None, call, flags)));
    // SAFETY: the definition lives as long as the process; without memory, there is no going on.
    unsafe { PyObject::from_owned_ptr(py, ffi::PyCFunction_New(definition, std::ptr::null_mut())) }
}

/// The function object of a Rust function, by its signature.
#[macro_export]
macro_rules! py_fn {
    ($py:ident, $function:ident ( $($params:tt)* )) => {{
        unsafe extern "C" fn __call(
            _module: *mut $crate::_detail::ffi::PyObject,
            args: *const *mut $crate::_detail::ffi::PyObject,
            count: $crate::_detail::ffi::Py_ssize_t,
            names: *mut $crate::_detail::ffi::PyObject,
        ) -> *mut $crate::_detail::ffi::PyObject {
            $crate::__py_call!(array, $function, (args, count), names, (), ($($params)*), $function)
        }
        $crate::function::function($py, stringify!($function), __call)
    }};
}

/// Sorts the arguments of a call, turns them into Rust values, and calls.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_call {
    (
        $how:ident, $name:ident, $args:expr, $options:ident, ($($first:expr)?),
        ($($param:ident : $type:ty $(= $default:expr)?),* $(,)?), $function:expr
    ) => {
        $crate::function::guarded(::std::ptr::null_mut(), |py| {
            const PARAMS: &[$crate::function::Param] = &[
                $($crate::function::Param {
                    name: stringify!($param),
                    optional: $crate::__py_optional!($($default)?),
                }),*
            ];
            let mut places = [::std::ptr::null_mut(); PARAMS.len()];
            // SAFETY: these are the arguments of the call.
            unsafe {
                let sort = $crate::__py_sort!($how);
                sort(py, (stringify!($name), PARAMS), $args, $options, &mut places)?;
            }
            let mut _given = places.iter();
            $(
                let $param = match _given.next().filter(|place| !place.is_null()) {
                    // SAFETY: arguments are lent for as long as the call lasts.
                    Some(place) => $crate::FromPyObject::extract(py, unsafe {
                        $crate::PyObject::borrow_from_ptr(place)
                    })?,
                    None => $crate::__py_default!($($default)?),
                };
            )*
            let answer = $function($($first,)? py, $($param),*)?;
            let answer = $crate::ToPyObject::into_py_object(answer, py);
            Ok($crate::PythonObject::into_object(answer).steal_ptr())
        })
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_sort {
    (array) => {
        $crate::function::sort_array
    };
    (tuple) => {
        $crate::function::sort_tuple
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_optional {
    () => {
        false
    };
    ($default:expr) => {
        true
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! __py_default {
    () => {
        unreachable!("a parameter that must be given")
    };
    ($default:expr) => {
        $default
    };
}

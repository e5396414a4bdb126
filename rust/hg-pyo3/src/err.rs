//! Exceptions.

use std::ptr::null_mut;

use pyo3_ffi as ffi;

use crate::{PyClone as _, PyObject, Python, PythonObject as _, ToPyObject};

/// What may raise an exception.
pub type PyResult<T> = Result<T, PyErr>;

/// A raised exception: its class, and its value and traceback as far as they were made.
pub struct PyErr {
    /// The class.
    pub ptype: PyObject,
    /// The instance, or what it is to be made of.
    pub pvalue: Option<PyObject>,
    /// Where it was raised.
    pub ptraceback: Option<PyObject>,
}

impl std::fmt::Debug for PyErr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("exception of Python")
    }
}

impl PyErr {
    /// An exception of a built-in class.
    pub fn new<E: exc::Exception, V: ToPyObject>(py: Python<'_>, value: V) -> Self {
        // SAFETY: built-in classes always exist.
        let ptype = unsafe { PyObject::from_borrowed_ptr(py, E::class()) };
        Self { ptype, pvalue: Some(value.into_py_object(py).into_object()), ptraceback: None }
    }

    /// An exception that exists already.
    pub fn from_instance(py: Python<'_>, instance: PyObject) -> Self {
        // SAFETY: looks at a flag of the class of an object.
        if unsafe { ffi::PyExceptionInstance_Check(instance.as_ptr()) } == 0 {
            return Self::new::<exc::TypeError, _>(py, "exceptions must derive from BaseException");
        }
        let ptype = instance.get_type(py).into_object();
        Self { ptype, pvalue: Some(instance), ptraceback: None }
    }

    /// Whether an exception is set.
    pub fn occurred(_: Python<'_>) -> bool {
        // SAFETY: the lock is held.
        !unsafe { ffi::PyErr_Occurred() }.is_null()
    }

    /// Whether it is of a built-in class, or one below it.
    pub(crate) fn matches<E: exc::Exception>(&self) -> bool {
        // SAFETY: both are alive.
        unsafe { ffi::PyErr_GivenExceptionMatches(self.ptype.as_ptr(), E::class()) != 0 }
    }

    /// Takes the exception that is set.
    pub fn fetch(py: Python<'_>) -> Self {
        let (mut class, mut value, mut traceback) = (null_mut(), null_mut(), null_mut());
        // SAFETY: gives references of our own, or nothing.
        unsafe {
            ffi::PyErr_Fetch(&raw mut class, &raw mut value, &raw mut traceback);
            Self::from_parts(py, class, value, traceback)
        }
    }

    /// Takes over three references.
    ///
    /// # Safety
    /// They are those of an exception; each may be null.
    unsafe fn from_parts(
        py: Python<'_>,
        class: *mut ffi::PyObject,
        value: *mut ffi::PyObject,
        traceback: *mut ffi::PyObject,
    ) -> Self {
        // SAFETY: as the caller says.
        unsafe {
            let some = |ptr: *mut ffi::PyObject| {
                if ptr.is_null() { None } else { Some(PyObject::from_owned_ptr(py, ptr)) }
            };
            let (pvalue, ptraceback) = (some(value), some(traceback));
            match some(class) {
                Some(ptype) => Self { ptype, pvalue, ptraceback },
                None => Self::new::<exc::SystemError, _>(py, "no exception set"),
            }
        }
    }

    /// Sets it, for the interpreter to raise.
    pub fn restore(self, _: Python<'_>) {
        let steal = |part: Option<PyObject>| part.map_or(null_mut(), PyObject::steal_ptr);
        // SAFETY: all three references are given away.
        unsafe {
            ffi::PyErr_Restore(self.ptype.steal_ptr(), steal(self.pvalue), steal(self.ptraceback));
        }
    }

    /// The exception object, made now if need be.
    pub fn instance(&mut self, py: Python<'_>) -> PyObject {
        let share = |part: &Option<PyObject>| {
            part.as_ref().map_or(null_mut(), |part| part.clone_ref(py).steal_ptr())
        };
        let mut class = self.ptype.clone_ref(py).steal_ptr();
        let (mut value, mut traceback) = (share(&self.pvalue), share(&self.ptraceback));
        // SAFETY: takes three references and gives three others.
        *self = unsafe {
            ffi::PyErr_NormalizeException(&raw mut class, &raw mut value, &raw mut traceback);
            Self::from_parts(py, class, value, traceback)
        };
        self.pvalue.as_ref().map_or_else(|| py.None(), |value| value.clone_ref(py))
    }

    /// Prints it with its traceback.
    pub fn print(self, py: Python<'_>) {
        self.restore(py);
        // SAFETY: an exception is set.
        unsafe { ffi::PyErr_PrintEx(0) }
    }
}

/// Built-in classes of exceptions.
pub mod exc {
    use pyo3_ffi as ffi;

    /// A built-in class of exceptions.
    pub trait Exception {
        /// The class, which always exists.
        fn class() -> *mut ffi::PyObject;
    }

    macro_rules! exceptions {
        ($($name:ident $class:ident),* $(,)?) => { $(
            #[doc = concat!("`", stringify!($name), "`.")]
            pub struct $name;
            impl Exception for $name {
                fn class() -> *mut ffi::PyObject {
                    // SAFETY: set before any module is loaded, and never changed.
                    unsafe { ffi::$class }
                }
            }
        )* };
    }

    exceptions!(
        ImportError PyExc_ImportError,
        IndexError PyExc_IndexError,
        KeyError PyExc_KeyError,
        OverflowError PyExc_OverflowError,
        SystemError PyExc_SystemError,
        TypeError PyExc_TypeError,
        ValueError PyExc_ValueError,
    );
}

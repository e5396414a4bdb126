//! Any object, and what all kinds of objects have in common.

use std::ptr::NonNull;

use pyo3_ffi as ffi;

use crate::{Attached, FromPyObject, PyErr, PyResult, PyType, Python, exc};

/// A reference to an object.
#[repr(transparent)]
pub struct PyObject(NonNull<ffi::PyObject>);

// SAFETY: everything that touches the object asks for proof of the interpreter's lock.
unsafe impl Send for PyObject {}
// SAFETY: as above.
unsafe impl Sync for PyObject {}

impl PyObject {
    /// Takes over a reference.
    ///
    /// # Safety
    /// `ptr` is a reference of the caller's own, or null, which panics.
    pub unsafe fn from_owned_ptr(_: Python<'_>, ptr: *mut ffi::PyObject) -> Self {
        Self(NonNull::new(ptr).expect("an object"))
    }

    /// Takes over a reference; null stands for the exception that is set.
    ///
    /// # Safety
    /// `ptr` is a reference of the caller's own, or null with an exception set.
    pub unsafe fn owned_or_raised(py: Python<'_>, ptr: *mut ffi::PyObject) -> PyResult<Self> {
        match NonNull::new(ptr) {
            Some(ptr) => Ok(Self(ptr)),
            None => Err(PyErr::fetch(py)),
        }
    }

    /// A reference of its own to an object that somebody lends.
    ///
    /// # Safety
    /// `ptr` is an object, or null, which panics.
    pub unsafe fn from_borrowed_ptr(py: Python<'_>, ptr: *mut ffi::PyObject) -> Self {
        // SAFETY: as the caller says; null is refused below.
        unsafe {
            ffi::Py_XINCREF(ptr);
            Self::from_owned_ptr(py, ptr)
        }
    }

    /// Looks at a pointer as a reference.
    ///
    /// # Safety
    /// The object lives as long as the pointer is borrowed, and is not null.
    #[inline]
    pub unsafe fn borrow_from_ptr(ptr: &*mut ffi::PyObject) -> &Self {
        // SAFETY: a reference is nothing but the pointer.
        unsafe { &*std::ptr::from_ref(ptr).cast::<Self>() }
    }

    /// The pointer; the reference stays here.
    #[inline]
    pub fn as_ptr(&self) -> *mut ffi::PyObject {
        self.0.as_ptr()
    }

    /// The pointer together with the reference.
    #[inline]
    pub fn steal_ptr(self) -> *mut ffi::PyObject {
        let ptr = self.as_ptr();
        std::mem::forget(self);
        ptr
    }

    /// Whether it is `None`.
    pub fn is_none(&self, _: Python<'_>) -> bool {
        // SAFETY: `None` always exists.
        self.as_ptr() == unsafe { ffi::Py_None() }
    }

    /// Its class.
    pub fn get_type(&self, py: Python<'_>) -> PyType {
        // SAFETY: every object has a class.
        unsafe {
            let class = ffi::Py_TYPE(self.as_ptr()).cast();
            PyType::unchecked_downcast_from(Self::from_borrowed_ptr(py, class))
        }
    }

    /// As a Rust value.
    pub fn extract<'a, T: FromPyObject<'a>>(&'a self, py: Python<'_>) -> PyResult<T> {
        T::extract(py, self)
    }

    /// As an object of a certain class.
    pub fn cast_as<T: Checked>(&self, py: Python<'_>) -> PyResult<&T> {
        if T::check(py, self) {
            // SAFETY: just checked.
            Ok(unsafe { T::unchecked_downcast_borrow_from(self) })
        } else {
            let text = format!("expected {}, not {}", T::EXPECTED, self.get_type(py).name(py));
            Err(PyErr::new::<exc::TypeError, _>(py, text))
        }
    }

    /// As an object of a certain class, for whoever knows it.
    ///
    /// # Safety
    /// It is one.
    #[inline]
    pub unsafe fn unchecked_cast_as<T: PythonObject>(&self) -> &T {
        // SAFETY: as the caller says.
        unsafe { T::unchecked_downcast_borrow_from(self) }
    }
}

impl Drop for PyObject {
    #[inline]
    fn drop(&mut self) {
        if Attached::is_known() {
            // SAFETY: the lock is held, and the reference is ours.
            unsafe { ffi::Py_DECREF(self.as_ptr()) }
        } else {
            let _gil = Python::acquire_gil();
            // SAFETY: as above.
            unsafe { ffi::Py_DECREF(self.as_ptr()) }
        }
    }
}

/// A reference to an object of some class.
///
/// # Safety
/// The type is `repr(transparent)` over `PyObject`.
pub unsafe trait PythonObject: Sized {
    /// As any object.
    #[inline]
    fn as_object(&self) -> &PyObject {
        // SAFETY: it is nothing but such a reference.
        unsafe { &*std::ptr::from_ref(self).cast() }
    }

    /// As any object.
    #[inline]
    fn into_object(self) -> PyObject {
        let this = std::mem::ManuallyDrop::new(self);
        // SAFETY: it is nothing but such a reference, and is not used again.
        unsafe { std::mem::transmute_copy(&this) }
    }

    /// An object of this class.
    ///
    /// # Safety
    /// It is one.
    #[inline]
    unsafe fn unchecked_downcast_from(object: PyObject) -> Self {
        let object = std::mem::ManuallyDrop::new(object);
        // SAFETY: it is nothing but such a reference, and is not used again.
        unsafe { std::mem::transmute_copy(&object) }
    }

    /// An object of this class.
    ///
    /// # Safety
    /// It is one.
    #[inline]
    unsafe fn unchecked_downcast_borrow_from(object: &PyObject) -> &Self {
        // SAFETY: it is nothing but such a reference.
        unsafe { &*std::ptr::from_ref(object).cast() }
    }
}

/// A class whose objects can be recognised.
pub trait Checked: PythonObject {
    /// What a message says was expected.
    const EXPECTED: &'static str;

    /// Whether it is one.
    fn check(py: Python<'_>, object: &PyObject) -> bool;
}

/// A class of this library.
pub trait PythonObjectWithTypeObject: PythonObject {
    /// The class.
    fn type_object(py: Python<'_>) -> PyType;
}

/// What can be referred to once more.
pub trait PyClone {
    /// Another reference to the same.
    fn clone_ref(&self, py: Python<'_>) -> Self;
}

impl<T: PythonObject> PyClone for T {
    fn clone_ref(&self, py: Python<'_>) -> Self {
        // SAFETY: it is alive, and of this class.
        unsafe {
            let ptr = self.as_object().as_ptr();
            Self::unchecked_downcast_from(PyObject::from_borrowed_ptr(py, ptr))
        }
    }
}

/// Makes a class one whose objects can be handed over both ways.
#[doc(hidden)]
#[macro_export]
macro_rules! __py_object {
    ($class:ident) => {
        // SAFETY: declared as nothing but a reference.
        unsafe impl $crate::PythonObject for $class {}

        impl $crate::ToPyObject for $class {
            type ObjectType = Self;
            fn to_py_object(&self, py: $crate::Python<'_>) -> Self {
                $crate::PyClone::clone_ref(self, py)
            }
            fn into_py_object(self, _: $crate::Python<'_>) -> Self {
                self
            }
        }

        impl<'a> $crate::FromPyObject<'a> for $class {
            fn extract(
                py: $crate::Python<'_>,
                object: &'a $crate::PyObject,
            ) -> $crate::PyResult<Self> {
                object.cast_as::<Self>(py).map(|this| $crate::PyClone::clone_ref(this, py))
            }
        }

        impl<'a> $crate::FromPyObject<'a> for &'a $class {
            fn extract(
                py: $crate::Python<'_>,
                object: &'a $crate::PyObject,
            ) -> $crate::PyResult<Self> {
                object.cast_as(py)
            }
        }
    };
}

__py_object!(PyObject);

impl Checked for PyObject {
    const EXPECTED: &'static str = "object";

    fn check(_: Python<'_>, _: &PyObject) -> bool {
        true
    }
}

//! The built-in classes.

use std::borrow::Cow;
use std::ffi::CString;

use pyo3_ffi as ffi;

use crate::protocol::done;
use crate::py_class::BaseObject;
use crate::{
    Checked, ObjectProtocol as _, PyErr, PyObject, PyResult, Python, PythonObject,
    PythonObjectWithTypeObject, ToPyObject,
};

macro_rules! built_in {
    ($($name:ident $called:literal $check:ident),* $(,)?) => { $(
        #[doc = concat!("An object of the class `", $called, "`.")]
        #[repr(transparent)]
        pub struct $name(PyObject);
        $crate::__py_object!($name);
        impl Checked for $name {
            const EXPECTED: &'static str = $called;
            #[inline]
            fn check(_: Python<'_>, object: &PyObject) -> bool {
                // SAFETY: looks at the class of an object that is alive.
                unsafe { ffi::$check(object.as_ptr()) != 0 }
            }
        }
    )* };
}

built_in!(
    PyBool "bool" PyBool_Check,
    PyBytes "bytes" PyBytes_Check,
    PyDict "dict" PyDict_Check,
    PyFloat "float" PyFloat_Check,
    PyLong "int" PyLong_Check,
    PyList "list" PyList_Check,
    PyModule "module" PyModule_Check,
    PyString "str" PyUnicode_Check,
    PyTuple "tuple" PyTuple_Check,
    PyType "type" PyType_Check,
);

/// A length as the interpreter has it; no slice is longer.
pub(crate) fn length(len: usize) -> ffi::Py_ssize_t {
    ffi::Py_ssize_t::try_from(len).unwrap_or(ffi::Py_ssize_t::MAX)
}

impl PyBool {
    /// Whether it is `True`.
    pub fn is_true(&self) -> bool {
        // SAFETY: `True` always exists.
        self.0.as_ptr() == unsafe { ffi::Py_True() }
    }
}

impl PyBytes {
    /// A copy of bytes.
    pub fn new(py: Python<'_>, bytes: &[u8]) -> Self {
        // SAFETY: the bytes are copied; without memory for them, there is no going on.
        unsafe {
            let start = bytes.as_ptr().cast();
            let made = ffi::PyBytes_FromStringAndSize(start, length(bytes.len()));
            Self(PyObject::from_owned_ptr(py, made))
        }
    }

    /// The bytes.
    pub fn data(&self, _: Python<'_>) -> &[u8] {
        let this = self.0.as_ptr();
        // SAFETY: `bytes` never change and live as long as the object.
        unsafe {
            let len = usize::try_from(ffi::PyBytes_Size(this)).unwrap_or(0);
            std::slice::from_raw_parts(ffi::PyBytes_AsString(this).cast(), len)
        }
    }
}

impl PyString {
    /// A text.
    pub fn new(py: Python<'_>, text: &str) -> Self {
        // SAFETY: the text is copied; without memory for it, there is no going on.
        unsafe {
            let start = text.as_ptr().cast();
            let made = ffi::PyUnicode_FromStringAndSize(start, length(text.len()));
            Self(PyObject::from_owned_ptr(py, made))
        }
    }

    /// The text; one with lone surrogates raises.
    pub fn to_string(&self, py: Python<'_>) -> PyResult<Cow<'_, str>> {
        self.text(py).map(Cow::Borrowed)
    }

    pub(crate) fn text(&self, py: Python<'_>) -> PyResult<&str> {
        let mut len = 0;
        // SAFETY: the UTF-8 form is kept by the object, which never changes.
        unsafe {
            let start = ffi::PyUnicode_AsUTF8AndSize(self.0.as_ptr(), &raw mut len);
            if start.is_null() {
                return Err(PyErr::fetch(py));
            }
            let bytes = std::slice::from_raw_parts(start.cast(), usize::try_from(len).unwrap_or(0));
            Ok(std::str::from_utf8_unchecked(bytes))
        }
    }
}

impl PyDict {
    /// An empty one.
    pub fn new(py: Python<'_>) -> Self {
        // SAFETY: without memory for it, there is no going on.
        unsafe { Self(PyObject::from_owned_ptr(py, ffi::PyDict_New())) }
    }

    /// Sets an item.
    pub fn set_item(
        &self,
        py: Python<'_>,
        key: impl ToPyObject,
        value: impl ToPyObject,
    ) -> PyResult<()> {
        let key = key.into_py_object(py).into_object();
        let value = value.into_py_object(py).into_object();
        // SAFETY: all are alive; the dict takes references of its own.
        done(py, unsafe { ffi::PyDict_SetItem(self.0.as_ptr(), key.as_ptr(), value.as_ptr()) })
    }

    /// An item; nothing when it is not there.
    pub fn get_item(&self, py: Python<'_>, key: impl ToPyObject) -> Option<PyObject> {
        let key = key.into_py_object(py).into_object();
        // SAFETY: both are alive; the item is lent.
        unsafe {
            let item = ffi::PyDict_GetItem(self.0.as_ptr(), key.as_ptr());
            if item.is_null() { None } else { Some(PyObject::from_borrowed_ptr(py, item)) }
        }
    }

    /// All items, as they are now.
    pub fn items(&self, py: Python<'_>) -> Vec<(PyObject, PyObject)> {
        let (mut at, mut key, mut value) = (0, std::ptr::null_mut(), std::ptr::null_mut());
        let mut items = Vec::new();
        // SAFETY: nothing changes the dict meanwhile; keys and values are lent.
        unsafe {
            while ffi::PyDict_Next(self.0.as_ptr(), &raw mut at, &raw mut key, &raw mut value) != 0
            {
                let key = PyObject::from_borrowed_ptr(py, key);
                items.push((key, PyObject::from_borrowed_ptr(py, value)));
            }
        }
        items
    }
}

impl PyList {
    /// A list of these.
    pub fn new(py: Python<'_>, items: &[PyObject]) -> Self {
        // SAFETY: every place of the new list gets a reference of its own.
        unsafe {
            let list = Self(PyObject::from_owned_ptr(py, ffi::PyList_New(length(items.len()))));
            for (at, item) in items.iter().enumerate() {
                ffi::Py_INCREF(item.as_ptr());
                ffi::PyList_SetItem(list.0.as_ptr(), length(at), item.as_ptr());
            }
            list
        }
    }

    /// How many there are.
    pub fn len(&self, _: Python<'_>) -> usize {
        // SAFETY: the list is alive.
        usize::try_from(unsafe { ffi::PyList_Size(self.0.as_ptr()) }).unwrap_or(0)
    }
}

impl PyTuple {
    /// A tuple of these.
    pub fn new(py: Python<'_>, items: &[PyObject]) -> Self {
        // SAFETY: every place of the new tuple gets a reference of its own.
        unsafe {
            let tuple = Self(PyObject::from_owned_ptr(py, ffi::PyTuple_New(length(items.len()))));
            for (at, item) in items.iter().enumerate() {
                ffi::Py_INCREF(item.as_ptr());
                ffi::PyTuple_SetItem(tuple.0.as_ptr(), length(at), item.as_ptr());
            }
            tuple
        }
    }

    /// How many there are.
    pub fn len(&self, _: Python<'_>) -> usize {
        // SAFETY: the tuple is alive.
        usize::try_from(unsafe { ffi::PyTuple_Size(self.0.as_ptr()) }).unwrap_or(0)
    }

    /// One of them; panics where there is none.
    pub fn get_item(&self, py: Python<'_>, at: usize) -> PyObject {
        assert!(at < self.len(py), "an item of the tuple");
        // SAFETY: there is such an item; it is lent.
        unsafe {
            PyObject::from_borrowed_ptr(py, ffi::PyTuple_GetItem(self.0.as_ptr(), length(at)))
        }
    }

    /// All of them.
    pub fn iter<'a>(&'a self, py: Python<'a>) -> impl Iterator<Item = PyObject> + 'a {
        (0..self.len(py)).map(move |at| self.get_item(py, at))
    }
}

impl PyType {
    /// Its name, without that of its module.
    pub fn name(&self, py: Python<'_>) -> Cow<'_, str> {
        let name = self.0.getattr(py, "__name__").and_then(|name| name.extract::<String>(py));
        Cow::Owned(name.unwrap_or_default())
    }

    /// The type object; the reference stays here.
    pub fn as_type_ptr(&self) -> *mut ffi::PyTypeObject {
        self.0.as_ptr().cast()
    }
}

impl PyModule {
    /// Imports a module.
    pub(crate) fn import(py: Python<'_>, name: &str) -> PyResult<Self> {
        let name = CString::new(name).unwrap_or_default();
        // SAFETY: the name ends; gives a module of our own.
        unsafe {
            let module = ffi::PyImport_ImportModule(name.as_ptr());
            Ok(Self(PyObject::owned_or_raised(py, module)?))
        }
    }

    /// Something of the module.
    pub fn get(&self, py: Python<'_>, name: &str) -> PyResult<PyObject> {
        self.0.getattr(py, name)
    }

    /// Calls a function of the module.
    pub fn call<A: ToPyObject<ObjectType = PyTuple>>(
        &self,
        py: Python<'_>,
        name: &str,
        args: A,
        options: Option<&PyDict>,
    ) -> PyResult<PyObject> {
        self.0.call_method(py, name, args, options)
    }

    /// Puts something into the module.
    pub fn add(&self, py: Python<'_>, name: &str, value: impl ToPyObject) -> PyResult<()> {
        self.0.setattr(py, name, value)
    }

    /// Puts a class into the module.
    pub fn add_class<T: BaseObject + PythonObjectWithTypeObject>(
        &self,
        py: Python<'_>,
    ) -> PyResult<()> {
        let class = T::type_object(py);
        let name = class.name(py).into_owned();
        self.add(py, &name, class)
    }
}

/// Items, one after another.
pub struct PyIterator<'p>(PyObject, Python<'p>);

impl<'p> PyIterator<'p> {
    pub(crate) fn new(py: Python<'p>, iterator: PyObject) -> Self {
        Self(iterator, py)
    }

    /// The iterator object.
    pub fn into_object(self) -> PyObject {
        self.0
    }
}

impl Iterator for PyIterator<'_> {
    type Item = PyResult<PyObject>;

    fn next(&mut self) -> Option<Self::Item> {
        // SAFETY: it is an iterator; gives a reference of our own, or nothing at the end and on failure.
        let item = unsafe { ffi::PyIter_Next(self.0.as_ptr()) };
        if item.is_null() && !PyErr::occurred(self.1) {
            return None;
        }
        // SAFETY: as above.
        Some(unsafe { PyObject::owned_or_raised(self.1, item) })
    }
}

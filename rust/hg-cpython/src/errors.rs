//! The one table between Rust errors and the exceptions of `mercurial.error`.
//!
//! An exception that passes through Rust comes out as the same object, with its traceback; an error that
//! passes through Python comes back with its cause.

use std::any::Any;
use std::sync::{Mutex, PoisonError};

use cpython::{
    ObjectProtocol as _, PyBytes, PyClone as _, PyDict, PyErr, PyObject, PyResult, Python,
    PythonObject as _, ToPyObject as _, exc, py_class,
};
use hg_types::{Error, ErrorKind};

/// Kinds of errors and the classes they become, most special first on the way back.
const CLASSES: &[(ErrorKind, &str)] = &[
    (ErrorKind::HiddenRevision, "FilteredRepoLookupError"),
    (ErrorKind::UnknownRevision, "RepoLookupError"),
    (ErrorKind::AmbiguousPrefix, "AmbiguousPrefixLookupError"),
    (ErrorKind::Requirement, "RequirementError"),
    (ErrorKind::Repo, "RepoError"),
    (ErrorKind::LockHeld, "LockHeld"),
    (ErrorKind::LockUnavailable, "LockUnavailable"),
    (ErrorKind::Parse, "ParseError"),
    (ErrorKind::Input, "InputError"),
    (ErrorKind::State, "StateError"),
    (ErrorKind::Config, "ConfigError"),
    (ErrorKind::ConfigParse, "ConfigError"),
    (ErrorKind::Hook, "HookAbort"),
    (ErrorKind::Remote, "RemoteError"),
    (ErrorKind::Security, "SecurityError"),
    (ErrorKind::Intervention, "InterventionRequired"),
    (ErrorKind::Canceled, "CanceledError"),
    (ErrorKind::Storage, "StorageError"),
    (ErrorKind::Abort, "Abort"),
    (ErrorKind::Abort, "Error"),
];

/// The attribute of an exception that holds the error it was made from.
const ORIGIN: &str = "_rust_error";

py_class!(pub class ErrorHandle |py| {
    data error: Mutex<Option<Error>>;
});

/// An exception on its way through Rust.
pub(crate) struct Raised {
    class: PyObject,
    instance: PyObject,
    traceback: Option<PyObject>,
    text: String,
    /// The complaint about arguments, if it is one.
    pub(crate) usage: Option<Vec<u8>>,
    /// Whether it is one of the errors that Rust can tell the user about.
    known: bool,
}

impl Raised {
    /// The exception, if Rust does not know what to say about it.
    pub(crate) fn foreign(error: &Error) -> Option<&Self> {
        error.source.as_ref()?.downcast_ref::<Self>().filter(|raised| !raised.known)
    }

    /// The exception with its traceback, to be raised again.
    pub(crate) fn again(&self, py: Python<'_>) -> PyErr {
        PyErr {
            ptype: self.class.clone_ref(py),
            pvalue: Some(self.instance.clone_ref(py)),
            ptraceback: self.traceback.as_ref().map(|traceback| traceback.clone_ref(py)),
        }
    }

    /// The exception object; its traceback is among its attributes.
    pub(crate) fn instance(&self, py: Python<'_>) -> PyObject {
        self.instance.clone_ref(py)
    }
}

impl std::fmt::Debug for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::fmt::Display for Raised {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Raised {}

fn module(py: Python<'_>) -> PyResult<PyObject> {
    Ok(py.import("mercurial.error")?.into_object())
}

/// The exception for an error of the core.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    if let Some(raised) = error.source.as_ref().and_then(|source| source.downcast_ref::<Raised>()) {
        return raised.again(py);
    }
    match exception(py, error) {
        Ok(instance) => PyErr::from_instance(py, instance),
        Err(failure) => failure,
    }
}

/// The exception for an error of the core, which keeps its cause for the way back.
pub(crate) fn into_python(py: Python<'_>, error: Error) -> PyErr {
    if error.source.is_none() || error.source.as_ref().is_some_and(|source| source.is::<Raised>()) {
        return to_python(py, &error);
    }
    let make = || -> PyResult<PyErr> {
        let instance = exception(py, &error)?;
        let handle = ErrorHandle::create_instance(py, Mutex::new(Some(error)))?;
        instance.setattr(py, ORIGIN, handle)?;
        Ok(PyErr::from_instance(py, instance))
    };
    make().unwrap_or_else(|failure| failure)
}

fn exception(py: Python<'_>, error: &Error) -> PyResult<PyObject> {
    let name =
        CLASSES.iter().find(|(kind, _)| *kind == error.kind).map_or("Abort", |(_, name)| name);
    let module = module(py)?;
    let options = PyDict::new(py);
    if let Some(hint) = &error.hint {
        options.set_item(py, "hint", PyBytes::new(py, hint))?;
    }
    options.set_item(py, "message", PyBytes::new(py, &error.message))?;
    options.set_item(py, "location", error.location)?;
    let class = module.getattr(py, name)?;
    module.call_method(py, "_from_core", (class,), Some(&options))
}

/// The error for an exception that an extension raised.
pub(crate) fn from_python(py: Python<'_>, mut raised: PyErr) -> Error {
    let instance = raised.instance(py);
    if let Some(traceback) = &raised.ptraceback {
        // Who reports it reads it from there; an exception without it can still be told.
        let _ = instance.setattr(py, "__traceback__", traceback);
    }
    let known = known_error(py, &instance).unwrap_or(None);
    let text = instance.str(py).and_then(|text| Ok(text.to_string(py)?.into_owned()));
    let text = text.unwrap_or_default();
    let is_known = known.is_some();
    let mut error = known.unwrap_or_else(|| Error::abort(text.clone()));
    if let Some(origin) = origin(py, &instance) {
        error.kind = origin.kind;
        error.source = origin.source;
        return error;
    }
    error.because(Raised {
        class: raised.ptype.clone_ref(py),
        traceback: raised.ptraceback.as_ref().map(|traceback| traceback.clone_ref(py)),
        usage: usage(py, &instance),
        instance,
        text,
        known: is_known,
    })
}

/// The complaint of an exception that says that arguments are wrong.
fn usage(py: Python<'_>, instance: &PyObject) -> Option<Vec<u8>> {
    if instance.get_type(py).name(py) != "SignatureError" {
        return None;
    }
    let args: cpython::PyTuple = instance.getattr(py, "args").ok()?.extract(py).ok()?;
    let message: PyBytes = args.iter(py).next()?.extract(py).ok()?;
    Some(message.data(py).to_vec())
}

/// The error that an exception was made from.
fn origin(py: Python<'_>, instance: &PyObject) -> Option<Error> {
    let handle: ErrorHandle = instance.getattr(py, ORIGIN).ok()?.extract(py).ok()?;
    handle.error(py).lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// The error that one of `mercurial.error`'s exceptions stands for.
fn known_error(py: Python<'_>, instance: &PyObject) -> PyResult<Option<Error>> {
    let module = module(py)?;
    let builtins = py.import("builtins")?;
    for (kind, name) in CLASSES {
        let class = module.getattr(py, *name)?;
        let is_one = builtins.call(py, "isinstance", (instance, class), None)?;
        if !is_one.extract::<bool>(py)? {
            continue;
        }
        let message: PyBytes = instance.getattr(py, "message")?.extract(py)?;
        let mut found = Error::new(*kind, message.data(py));
        if let Ok(hint) = instance.getattr(py, "hint") {
            let hint: Option<PyBytes> = hint.extract(py)?;
            found.hint = hint.map(|hint| hint.data(py).to_vec());
        }
        if let Ok(location) = instance.getattr(py, "location") {
            found.location = location.extract(py).unwrap_or(None);
        }
        return Ok(Some(found));
    }
    Ok(None)
}

/// An exception of a class of `mercurial.error`, for what has arguments of its own; `make` gets no class
/// when there is none with that name.
pub(crate) fn raise(
    py: Python<'_>,
    name: &str,
    make: impl FnOnce(Python<'_>, Option<PyObject>) -> PyResult<PyObject>,
) -> PyErr {
    let class = match name {
        "" => Ok(None),
        name => module(py).and_then(|module| module.getattr(py, name)).map(Some),
    };
    match class.and_then(|class| make(py, class)) {
        Ok(instance) => PyErr::from_instance(py, instance),
        Err(failure) => failure,
    }
}

/// The exception for a panic of the core: a mistake of ours, never the user's.
pub(crate) fn panicked(py: Python<'_>, panic: &(dyn Any + Send)) -> PyErr {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("panic");
    PyErr::new::<exc::SystemError, _>(py, format!("programming error: {text}").to_py_object(py))
}

//! The one table between Rust errors and the exceptions of `mercurial.error`.

use std::any::Any;

use cpython::{
    ObjectProtocol as _, PyBytes, PyDict, PyErr, PyObject, PyResult, Python, PythonObject as _,
    ToPyObject as _, exc,
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
    (ErrorKind::Storage, "StorageError"),
    (ErrorKind::Remote, "RemoteError"),
    (ErrorKind::Security, "SecurityError"),
    (ErrorKind::Intervention, "InterventionRequired"),
    (ErrorKind::Canceled, "CanceledError"),
    (ErrorKind::Programming, "ProgrammingError"),
    (ErrorKind::Abort, "Abort"),
];

fn module(py: Python<'_>) -> PyResult<PyObject> {
    Ok(py.import("mercurial.error")?.into_object())
}

/// The exception for an error of the core.
pub(crate) fn to_python(py: Python<'_>, error: &Error) -> PyErr {
    let name =
        CLASSES.iter().find(|(kind, _)| *kind == error.kind).map_or("Abort", |(_, name)| name);
    let make = || -> PyResult<PyErr> {
        let class = module(py)?.getattr(py, name)?;
        let options = PyDict::new(py);
        if let Some(hint) = &error.hint {
            options.set_item(py, "hint", PyBytes::new(py, hint))?;
        }
        let message = PyBytes::new(py, &error.message);
        let instance = class.call(py, (message,), Some(&options))?;
        Ok(PyErr::from_instance(py, instance))
    };
    make().unwrap_or_else(|error| error)
}

/// The error for an exception that an extension raised. What is no error of ours keeps its traceback: it
/// is printed, and the run ends as with any failure.
pub(crate) fn from_python(py: Python<'_>, mut error: PyErr) -> Error {
    let instance = error.instance(py);
    let find = || -> PyResult<Option<Error>> {
        let module = module(py)?;
        for (kind, name) in CLASSES {
            let class = module.getattr(py, *name)?;
            let is_instance: bool = py
                .import("builtins")?
                .call(py, "isinstance", (&instance, class), None)?
                .extract(py)?;
            if is_instance {
                let message: PyBytes = instance.getattr(py, "message")?.extract(py)?;
                let hint: Option<PyBytes> = instance.getattr(py, "hint")?.extract(py)?;
                let mut found = Error::new(*kind, message.data(py));
                found.hint = hint.map(|hint| hint.data(py).to_vec());
                return Ok(Some(found));
            }
        }
        Ok(None)
    };
    match find() {
        Ok(Some(found)) => found,
        Ok(None) => {
            let text = instance.str(py).and_then(|text| Ok(text.to_string(py)?.into_owned()));
            let class = instance.get_type(py).name(py).into_owned();
            error.print(py);
            let text = text.unwrap_or_default();
            Error::abort(format!("extension failed: {class}: {text}"))
        }
        Err(inner) => {
            inner.print(py);
            Error::abort("extension failed")
        }
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

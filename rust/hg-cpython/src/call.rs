//! Built-in commands as Python functions.

use std::panic::{AssertUnwindSafe, catch_unwind};

use cpython::{ObjectProtocol as _, PyBytes, PyDict, PyObject, PyResult, Python};
use hg_commands::options::OptValue;
use hg_commands::{Invocation, call, is_usage_error};
use hg_types::Error;

use crate::errors::{into_python, panicked};
use crate::repo::RepoHandle;
use crate::ui::UiHandle;

/// Runs the built-in command `name`.
pub(crate) fn run_command(
    py: Python<'_>,
    (ui, repo): (&UiHandle, Option<&RepoHandle>),
    name: &PyBytes,
    args: &[PyBytes],
    options: &PyDict,
) -> PyResult<i32> {
    let ui = ui.shared(py);
    let repo = match repo {
        Some(repo) => Some(repo.repo(py)?),
        None => None,
    };
    let mut given = Vec::new();
    for (key, value) in options.items(py) {
        let key: String = match key.extract::<PyBytes>(py) {
            Ok(bytes) => String::from_utf8_lossy(bytes.data(py)).into_owned(),
            Err(_) => key.extract(py)?,
        };
        if let Some(value) = option_value(py, &value)? {
            given.push((key, value));
        }
    }
    let invocation = Invocation {
        name: name.data(py).to_vec(),
        args: args.iter().map(|arg| arg.data(py).to_vec()).collect(),
        options: given,
    };
    let result = py
        .allow_threads(|| catch_unwind(AssertUnwindSafe(|| call(&ui, repo.as_ref(), invocation))));
    match result {
        Ok(Ok(code)) => Ok(code),
        Ok(Err(error)) if is_usage_error(&error) => Err(signature_error(py, &error)),
        Ok(Err(error)) => Err(into_python(py, error)),
        Err(panic) => Err(panicked(py, &*panic)),
    }
}

fn signature_error(py: Python<'_>, error: &Error) -> cpython::PyErr {
    let make = || -> PyResult<cpython::PyErr> {
        let class = py.import("mercurial.error")?.get(py, "SignatureError")?;
        let message = PyBytes::new(py, &error.message);
        Ok(cpython::PyErr::from_instance(py, class.call(py, (message,), None)?))
    };
    make().unwrap_or_else(|failure| failure)
}

/// A Python value as the value of an option; `None` and empty values count as not given.
fn option_value(py: Python<'_>, value: &PyObject) -> PyResult<Option<OptValue>> {
    if value.is_none(py) {
        return Ok(None);
    }
    if let Ok(text) = value.extract::<PyBytes>(py) {
        return Ok(Some(OptValue::Text(text.data(py).to_vec())));
    }
    if let Ok(on) = value.cast_as::<cpython::PyBool>(py) {
        return Ok(Some(OptValue::Flag(on.is_true())));
    }
    if let Ok(number) = value.extract::<i64>(py) {
        return Ok(Some(OptValue::Int(number)));
    }
    if let Ok(text) = value.extract::<String>(py) {
        return Ok(Some(OptValue::Text(text.into_bytes())));
    }
    let items = py.import("builtins")?.call(py, "list", (value,), None)?;
    let items: Vec<PyObject> = items.extract(py)?;
    let mut texts = Vec::with_capacity(items.len());
    for item in items {
        match item.extract::<PyBytes>(py) {
            Ok(text) => texts.push(text.data(py).to_vec()),
            Err(_) => texts.push(item.str(py)?.to_string(py)?.into_owned().into_bytes()),
        }
    }
    Ok(Some(OptValue::List(texts)))
}

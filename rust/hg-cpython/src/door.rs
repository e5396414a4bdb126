//! The dispatcher with a host whose extensions are Python.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use cpython::{
    ObjectProtocol as _, PyBytes, PyClone as _, PyDict, PyErr, PyList, PyObject, PyResult, PyTuple,
    Python, PythonObject as _, ToPyObject as _,
};
use hg_commands::host::ExtensionSource;
use hg_commands::options::OptValue;
use hg_commands::{Command, CommandContext, Host, Request, Streams, Ui};
use hg_types::Result;

use crate::added;
use crate::errors::{from_python, panicked};
use crate::repo::RepoHandle;
use crate::ui::UiHandle;

/// Runs the program; the interpreter's lock is free while Rust works.
pub(crate) fn run(py: Python<'_>, args: Vec<Vec<u8>>, host: PyObject) -> PyResult<i32> {
    let host: Arc<dyn Host> = Arc::new(PythonHost { host, commands: Mutex::default() });
    let request = Request {
        args,
        env: hg_commands::process_environment(),
        streams: Streams::of_process(),
        host: Some(host),
    };
    // A panic that leaves the closure would come back without the lock: it stops here.
    let result = py.allow_threads(|| catch_unwind(AssertUnwindSafe(|| hg_commands::run(request))));
    result.map_err(|panic| panicked(py, &*panic))
}

/// Extensions in Python, behind the object that `mercurial.dispatch` gives.
struct PythonHost {
    host: PyObject,
    commands: Mutex<Vec<(&'static Command, PyObject)>>,
}

impl Host for PythonHost {
    fn load(&self, ui: &Arc<Ui>, extensions: &[ExtensionSource]) -> Result<()> {
        with_python(|py| {
            let sources: Vec<PyObject> = extensions
                .iter()
                .map(|(name, path)| {
                    (PyBytes::new(py, name), PyBytes::new(py, path)).to_py_object(py).into_object()
                })
                .collect();
            let ui = UiHandle::wrap(py, ui.clone())?;
            let sources = PyList::new(py, &sources);
            let table = self.host.call_method(py, "load", (ui, sources), None)?;
            let table: Vec<PyObject> = table.extract(py)?;
            let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
            for entry in table {
                let (command, function) = added::command(py, &entry)?;
                commands.push((command.register(), function));
            }
            Ok(())
        })
    }

    fn commands(&self) -> Vec<&'static Command> {
        let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        commands.iter().map(|(command, _)| *command).collect()
    }

    fn run(&self, ctx: &CommandContext) -> Result<i32> {
        with_python(|py| {
            let function = {
                let commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
                let found = commands.iter().find(|(known, _)| std::ptr::eq(*known, ctx.command));
                found.map_or_else(|| py.None(), |(_, function)| function.clone_ref(py))
            };
            let ui = UiHandle::wrap(py, ctx.ui.clone())?.into_object();
            let repo = match ctx.optional_repo() {
                Some(repo) => RepoHandle::wrap(py, repo.clone())?.into_object(),
                None => py.None(),
            };
            let args: Vec<PyObject> =
                ctx.args.iter().map(|arg| PyBytes::new(py, arg).into_object()).collect();
            let args = PyTuple::new(py, &args).into_object();
            let opts = options(py, ctx)?.into_object();
            let all = PyTuple::new(py, &[function, ui, repo, args, opts]);
            let code = self.host.call_method(py, "run", all, None)?;
            if code.is_none(py) { Ok(0) } else { code.extract(py) }
        })
    }
}

/// Takes the interpreter's lock for a call, and turns an exception into an error.
fn with_python<T>(call: impl FnOnce(Python<'_>) -> Result<T, PyErr>) -> Result<T> {
    let gil = Python::acquire_gil();
    let py = gil.python();
    call(py).map_err(|error| from_python(py, error))
}

/// Options as keyword arguments: dashes become underscores, texts stay bytes.
fn options(py: Python<'_>, ctx: &CommandContext) -> PyResult<PyDict> {
    let dict = PyDict::new(py);
    for opt in ctx.command.spec.options {
        let name = opt.long.replace('-', "_");
        let value = match ctx.opts.value(opt.long) {
            None => py.None(),
            Some(OptValue::Flag(on)) => on.to_py_object(py).into_object(),
            Some(OptValue::Int(number)) => number.to_py_object(py).into_object(),
            Some(OptValue::Text(text)) => PyBytes::new(py, text).into_object(),
            Some(OptValue::List(texts)) => {
                let texts: Vec<PyObject> =
                    texts.iter().map(|text| PyBytes::new(py, text).into_object()).collect();
                PyList::new(py, &texts).into_object()
            }
        };
        dict.set_item(py, name, value)?;
    }
    Ok(dict)
}

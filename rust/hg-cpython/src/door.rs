//! The dispatcher with a host whose extensions are Python.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cpython::{
    ObjectProtocol as _, PyBytes, PyClone as _, PyDict, PyList, PyObject, PyResult, PyTuple,
    Python, PythonObject as _, ToPyObject as _,
};
use hg_commands::host::{ExtensionSource, HookCall, Loaded};
use hg_commands::options::OptValue;
use hg_commands::spec::Opt;
use hg_commands::{Command, CommandContext, Host, Request, Streams, Ui};
use hg_query::plugins::Plugins;
use hg_store::Repo;
use hg_types::{Error, Result};

use crate::added;
use crate::errors::{Raised, panicked};
use crate::locks::with_python;
use crate::repo::RepoHandle;
use crate::streams;
use crate::ui::UiHandle;

/// Runs the program; the interpreter's lock is free while Rust works.
pub(crate) fn run(
    py: Python<'_>,
    args: Vec<Vec<u8>>,
    host: PyObject,
    given: streams::Given,
) -> PyResult<i32> {
    let host: Arc<dyn Host> = Arc::new(PythonHost {
        host,
        commands: Mutex::default(),
        globals: Mutex::default(),
        plugins: OnceLock::new(),
    });
    let mut env = hg_commands::process_environment();
    // In a virtual environment the process's file is the interpreter that it was made from, without our packages.
    let named = py.import("sys")?.get(py, "executable")?.extract::<Option<String>>(py)?;
    if let Some(named) = named.filter(|named| !named.is_empty()) {
        env.executable = Some(named.into());
    }
    let request = Request {
        args,
        env,
        streams: given.over(py, Streams::of_process()),
        host: Some(host),
        base: None,
    };
    // A panic that leaves the closure would come back without the lock: it stops here.
    let result = py.allow_threads(|| catch_unwind(AssertUnwindSafe(|| hg_commands::run(request))));
    result.map_err(|panic| panicked(py, &*panic))
}

/// Extensions in Python, behind the object that `mercurial.dispatch` gives.
struct PythonHost {
    host: PyObject,
    commands: Mutex<Vec<(&'static Command, PyObject)>>,
    globals: Mutex<Vec<&'static Opt>>,
    plugins: OnceLock<Arc<Plugins>>,
}

impl PythonHost {
    fn repo(py: Python<'_>, repo: Option<&Repo>) -> PyResult<PyObject> {
        match repo {
            Some(repo) => Ok(RepoHandle::wrap(py, repo.clone())?.into_object()),
            None => Ok(py.None()),
        }
    }

    /// Takes over what the extensions have put into the tables.
    fn take_tables(&self, py: Python<'_>, tables: &PyObject) -> PyResult<()> {
        let entries: Vec<PyObject> = tables.get_item(py, 0)?.extract(py)?;
        let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            let (command, function) = added::command(py, &entry)?;
            commands.push((command.register(), function));
        }
        let options: Vec<PyObject> = tables.get_item(py, 1)?.extract(py)?;
        let mut globals = self.globals.lock().unwrap_or_else(PoisonError::into_inner);
        for option in options {
            globals.push(Box::leak(Box::new(added::option(py, &option)?)));
        }
        let plugins = tables.get_item(py, 2)?;
        let plugins = match plugins.is_none(py) {
            true => Plugins::default(),
            false => crate::plugins::read(py, plugins)?,
        };
        let plugins = Arc::new(plugins);
        crate::plugins::register(&plugins);
        let _ = self.plugins.set(plugins);
        Ok(())
    }
}

impl Host for PythonHost {
    fn load(&self, ui: &Arc<Ui>, extensions: &[ExtensionSource], native: &[String]) -> Result<()> {
        with_python(|py| {
            let sources: Vec<PyObject> = extensions
                .iter()
                .map(|(name, path)| {
                    (PyBytes::new(py, name), PyBytes::new(py, path)).to_py_object(py).into_object()
                })
                .collect();
            let ui = UiHandle::wrap(py, ui.clone())?;
            let sources = PyList::new(py, &sources);
            let tables = self.host.call_method(py, "load", (ui, sources, native), None)?;
            self.take_tables(py, &tables)
        })
    }

    fn populate(&self, ui: &Arc<Ui>) -> Result<()> {
        with_python(|py| {
            let ui = UiHandle::wrap(py, ui.clone())?;
            self.host.call_method(py, "populate", (ui,), None).map(|_| ())
        })
    }

    fn repository(&self, ui: &Arc<Ui>, repo: &Repo) -> Result<()> {
        with_python(|py| {
            let ui = UiHandle::wrap(py, ui.clone())?;
            let repo = Self::repo(py, Some(repo))?;
            self.host.call_method(py, "repository", (ui, repo), None).map(|_| ())
        })
    }

    fn hook(&self, call: &HookCall<'_>) -> Result<bool> {
        with_python(|py| {
            let ui = UiHandle::wrap(py, call.ui.clone())?;
            let repo = Self::repo(py, call.repo)?;
            let args: Vec<PyObject> = call
                .args
                .iter()
                .map(|(name, value)| (name, PyBytes::new(py, value)).to_py_object(py).into_object())
                .collect();
            let (name, action) = (PyBytes::new(py, call.name), PyBytes::new(py, call.action));
            let kind = PyBytes::new(py, call.kind.as_bytes());
            let args = PyList::new(py, &args);
            let what = (kind, name, action, call.throw, args);
            let failed = self.host.call_method(py, "hook", (ui, repo, what), None)?;
            failed.extract(py)
        })
    }

    fn reroute(&self, command: &'static Command) -> Option<&'static Command> {
        let rerouted = with_python(|py| {
            let name = PyBytes::new(py, command.spec.name().as_bytes());
            let entry = self.host.call_method(py, "reroute", (name,), None)?;
            if entry.is_none(py) {
                return Ok(None);
            }
            let (command, function) = added::command(py, &entry)?;
            let command = command.register();
            let mut commands = self.commands.lock().unwrap_or_else(PoisonError::into_inner);
            commands.push((command, function));
            Ok(Some(command))
        });
        rerouted.unwrap_or(None)
    }

    fn report(&self, _: &Ui, error: &Error) -> Option<i32> {
        let raised = Raised::foreign(error)?;
        let gil = Python::acquire_gil();
        let py = gil.python();
        match self.host.call_method(py, "report", (raised.instance(py),), None) {
            Ok(code) => code.extract(py).ok(),
            Err(failure) => {
                failure.print(py);
                None
            }
        }
    }

    fn queries(&self) -> Arc<Plugins> {
        self.plugins.get().cloned().unwrap_or_default()
    }

    fn global_options(&self) -> Vec<&'static Opt> {
        self.globals.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn loaded(&self) -> Vec<Loaded> {
        let list = with_python(|py| {
            let list = self.host.call_method(py, "loaded", cpython::NoArgs, None)?;
            let list: Vec<Vec<PyBytes>> = list.extract(py)?;
            let text = |row: &Vec<PyBytes>, at: usize| {
                row.get(at).map(|bytes| bytes.data(py).to_vec()).unwrap_or_default()
            };
            let loaded = |row: &Vec<PyBytes>| Loaded {
                name: text(row, 0),
                doc: text(row, 1),
                version: text(row, 2),
                tested_with: text(row, 3),
                bug_link: text(row, 4),
                file: text(row, 5),
            };
            Ok(list.iter().map(loaded).collect())
        });
        list.unwrap_or_default()
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
            let repo = Self::repo(py, ctx.optional_repo())?;
            let args: Vec<PyObject> =
                ctx.args.iter().map(|arg| PyBytes::new(py, arg).into_object()).collect();
            let args = PyTuple::new(py, &args).into_object();
            let opts = options(py, ctx)?.into_object();
            let name = PyBytes::new(py, ctx.command.spec.name().as_bytes()).into_object();
            let all = PyTuple::new(py, &[function, ui, repo, args, opts, name]);
            let code = self.host.call_method(py, "run", all, None)?;
            if code.is_none(py) { Ok(0) } else { code.extract(py) }
        })
        .map_err(|error| {
            match Raised::foreign(&error).and_then(|raised| raised.usage.as_deref()) {
                Some(complaint) => hg_commands::dispatch::usage_error(complaint),
                None => error,
            }
        })
    }
}

/// Options as keyword arguments: dashes become underscores, texts stay bytes; what was not given has the
/// default of its kind.
fn options(py: Python<'_>, ctx: &CommandContext) -> PyResult<PyDict> {
    use hg_commands::spec::OptKind;
    let dict = PyDict::new(py);
    for opt in ctx.command.spec.options {
        let name = opt.long.replace('-', "_");
        let value = match (ctx.opts.value(opt.long), opt.kind) {
            (Some(value), _) => value_object(py, value),
            (None, OptKind::Text) => PyBytes::new(py, b"").into_object(),
            (None, OptKind::List) => PyList::new(py, &[]).into_object(),
            (None, OptKind::Flag) if opt.shows_no && opt.default != "on" => {
                false.to_py_object(py).into_object()
            }
            (None, _) => py.None(),
        };
        dict.set_item(py, name, value)?;
    }
    Ok(dict)
}

fn value_object(py: Python<'_>, value: &OptValue) -> PyObject {
    match value {
        OptValue::Flag(on) => on.to_py_object(py).into_object(),
        OptValue::Int(number) => number.to_py_object(py).into_object(),
        OptValue::Text(text) => PyBytes::new(py, text).into_object(),
        OptValue::List(texts) => {
            let texts: Vec<PyObject> =
                texts.iter().map(|text| PyBytes::new(py, text).into_object()).collect();
            PyList::new(py, &texts).into_object()
        }
    }
}

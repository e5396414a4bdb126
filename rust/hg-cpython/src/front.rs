//! What the Python front end asks for: running command lines and commands, the tables, templates.

use std::rc::Rc;

use cpython::{PyBytes, PyDict, PyModule, PyObject, PyResult, Python, py_fn};
use hg_commands::changeset_display::UiHost;
use hg_query::template::spec::Spec;
use hg_query::template::{Change, Changeset, Engine, History, Scope, Value, Vars};
use hg_store::Repo;
use hg_types::Revision;

use crate::inherit::{self, Extras};
use crate::repo::RepoHandle;
use crate::ui::UiHandle;
use crate::{added, call, door, errors, plugins, streams};

/// Adds the functions to the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(
        py,
        "run",
        py_fn!(py, run(args: Vec<PyBytes>, host: PyObject, streams: (PyObject, PyObject, PyObject))),
    )?;
    m.add(
        py,
        "run_command",
        py_fn!(py, run_command(
            ui: UiHandle, repo: Option<RepoHandle>, name: PyBytes, args: Vec<PyBytes>, opts: PyDict
        )),
    )?;
    m.add(py, "command_names", py_fn!(py, command_names()))?;
    m.add(py, "describe_command", py_fn!(py, describe_command(name: PyBytes)))?;
    m.add(py, "global_options", py_fn!(py, global_options()))?;
    m.add(
        py,
        "render_template",
        py_fn!(py, render_template(
            ui: UiHandle, repo: Option<RepoHandle>, rev: Option<i32>, template: PyBytes, props: PyDict
        )),
    )?;
    m.add(py, "version", hg_commands::commands::version::VERSION)?;
    inherit::add::<errors::ErrorHandle>(py, m, Extras::NONE)
}

/// Runs the program with `args` (without its name); `host` loads extensions and runs their commands.
fn run(
    py: Python<'_>,
    args: Vec<PyBytes>,
    host: PyObject,
    (input, output, errors): (PyObject, PyObject, PyObject),
) -> PyResult<i32> {
    let args = args.iter().map(|arg| arg.data(py).to_vec()).collect();
    door::run(py, args, host, streams::Given::new(py, [input, output, errors]))
}

/// Runs a built-in command.
fn run_command(
    py: Python<'_>,
    ui: UiHandle,
    repo: Option<RepoHandle>,
    name: PyBytes,
    args: Vec<PyBytes>,
    opts: PyDict,
) -> PyResult<i32> {
    call::run_command(py, (&ui, repo.as_ref()), &name, &args, &opts)
}

fn command_names(py: Python<'_>) -> PyResult<Vec<(PyBytes, PyBytes)>> {
    Ok(added::names(py))
}

fn describe_command(py: Python<'_>, name: PyBytes) -> PyResult<PyObject> {
    added::describe(py, name.data(py))
}

fn global_options(py: Python<'_>) -> PyResult<Vec<PyObject>> {
    added::global_options(py)
}

/// Renders a template (a text, or the name of one) about a changeset, with further variables.
fn render_template(
    py: Python<'_>,
    ui: UiHandle,
    repo: Option<RepoHandle>,
    rev: Option<i32>,
    template: PyBytes,
    props: PyDict,
) -> PyResult<PyBytes> {
    let mut values: Vec<(hg_query::template::Name, Value)> = Vec::new();
    for (name, value) in props.items(py) {
        let name: PyBytes = name.extract(py)?;
        if value.is_none(py) {
            continue;
        }
        let value = plugins::to_value(py, &value)?;
        values.push((name.data(py).to_vec().into(), value));
    }
    let ui = ui.shared(py);
    let repo = match repo {
        Some(repo) => Some(repo.repo(py)?),
        None => None,
    };
    let host = Rc::new(UiHost::new(&ui, repo.as_ref().map(Repo::root_bytes)));
    let render = || -> hg_types::Result<Vec<u8>> {
        let mut engine = Engine::new(host.clone(), repo.clone());
        let config = ui.config();
        engine.set_aliases(config.items("templatealias"));
        let name = Spec::Literal(template.data(py).to_vec()).install(&mut engine, &config, "")?;
        let change = match (&repo, rev) {
            (Some(repo), Some(rev)) => {
                let history = History::new(repo.clone(), host.clone());
                Change::Changeset(Rc::new(Changeset::open(&history, Revision::new(rev))?))
            }
            _ => Change::Keep,
        };
        let scope = Scope::root(Vars { values, change });
        let mut out = Vec::new();
        engine.render(&name, &scope, &mut out)?;
        Ok(out)
    };
    let text = render().map_err(|error| errors::into_python(py, error))?;
    Ok(PyBytes::new(py, &text))
}

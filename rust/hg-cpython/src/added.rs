//! Commands and options that extensions add or replace: from entries of Python's tables to entries of ours,
//! and the other way round for built-in ones.

use cpython::{
    ObjectProtocol as _, PyBytes, PyObject, PyResult, PyTuple, Python, PythonObject as _,
    ToPyObject as _,
};
use hg_commands::host::{AddedCommand, keep};
use hg_commands::spec::{self, Need, Opt, OptKind, Spec};

/// Reads `(names, function, options, synopsis, doc, extension, (norepo, optionalrepo, inferrepo), category,
/// replaced command or None)`.
pub(crate) fn command(py: Python<'_>, entry: &PyObject) -> PyResult<(AddedCommand, PyObject)> {
    let entry: PyTuple = entry.extract(py)?;
    let text = |at: usize| -> PyResult<String> {
        let bytes: PyBytes = entry.get_item(py, at).extract(py)?;
        Ok(String::from_utf8_lossy(bytes.data(py)).into_owned())
    };
    let doc = text(4)?;
    let (summary, help) = doc.split_once('\n').unwrap_or((&doc, ""));
    let (norepo, optionalrepo, inferrepo): (bool, bool, bool) =
        entry.get_item(py, 6).extract(py)?;
    let options: Vec<PyObject> = entry.get_item(py, 2).extract(py)?;
    let replaces = entry.get_item(py, 8);
    let command = AddedCommand {
        names: text(0)?.trim_start_matches('^').to_owned(),
        synopsis: text(3)?,
        summary: summary.trim().to_owned(),
        // What begins with an empty line is no part of the first paragraph.
        help: help.trim_end().to_owned(),
        extension: text(5)?,
        norepo,
        optionalrepo,
        inferrepo,
        category: text(7)?,
        options: options.iter().map(|opt| option(py, opt)).collect::<PyResult<_>>()?,
        replaces: if replaces.is_none(py) { None } else { Some(text(8)?) },
    };
    Ok((command, entry.get_item(py, 1)))
}

/// Reads `(short, long, default, help[, metavar])`; the type of the default says what the option takes.
pub(crate) fn option(py: Python<'_>, option: &PyObject) -> PyResult<Opt> {
    let parts: Vec<PyObject> =
        py.import("builtins")?.call(py, "list", (option,), None)?.extract(py)?;
    let text = |at: usize| -> PyResult<String> {
        match parts.get(at) {
            None => Ok(String::new()),
            Some(part) => {
                let bytes: PyBytes = part.extract(py)?;
                Ok(String::from_utf8_lossy(bytes.data(py)).into_owned())
            }
        }
    };
    let default = &parts[2];
    let class = default.get_type(py).name(py).into_owned();
    let kind = match &*class {
        "list" | "tuple" => OptKind::List,
        "int" => OptKind::Int,
        "bytes" => OptKind::Text,
        _ => OptKind::Flag,
    };
    let shown = match kind {
        OptKind::Text => text(2)?,
        OptKind::Int => default.str(py)?.to_string(py)?.into_owned(),
        OptKind::Flag if class == "bool" && default.extract::<bool>(py)? => "on".to_owned(),
        _ => String::new(),
    };
    let metavar = match (kind, text(4)?) {
        (OptKind::Flag, _) => String::new(),
        (_, given) if given.is_empty() => "VALUE".to_owned(),
        (_, given) => given,
    };
    Ok(Opt {
        short: keep(text(0)?),
        long: keep(text(1)?),
        kind,
        metavar: keep(metavar),
        help: keep(text(3)?),
        shows_no: shown == "on",
        default: keep(shown),
    })
}

/// An option as Python's tables have it.
fn option_tuple(py: Python<'_>, opt: &Opt) -> PyResult<PyObject> {
    let bytes = |text: &str| PyBytes::new(py, text.as_bytes()).into_object();
    let default = match opt.kind {
        OptKind::Flag if opt.default == "on" => true.to_py_object(py).into_object(),
        OptKind::Flag if opt.shows_no || opt.default == "off" => {
            false.to_py_object(py).into_object()
        }
        OptKind::Flag => py.None(),
        OptKind::Text => bytes(opt.default),
        OptKind::Int => match opt.default.parse::<i64>() {
            Ok(number) => number.to_py_object(py).into_object(),
            Err(_) => py.None(),
        },
        OptKind::List if opt.default.is_empty() => cpython::PyList::new(py, &[]).into_object(),
        OptKind::List => cpython::PyList::new(py, &[bytes(opt.default)]).into_object(),
    };
    let mut parts = vec![bytes(opt.short), bytes(opt.long), default, bytes(opt.help)];
    if opt.kind != OptKind::Flag {
        parts.push(bytes(opt.metavar));
    }
    Ok(PyTuple::new(py, &parts).into_object())
}

/// What Python needs to know of a built-in command: `(names, options, synopsis, doc, needs, category,
/// extension)`.
fn described(py: Python<'_>, spec: &'static Spec) -> PyResult<PyObject> {
    let bytes = |text: &str| PyBytes::new(py, text.as_bytes()).into_object();
    let options: Vec<PyObject> =
        spec.options.iter().map(|opt| option_tuple(py, opt)).collect::<PyResult<_>>()?;
    let help = hg_commands::dispatch::command(spec.name().as_bytes()).map_or("", |c| c.help);
    let needs =
        (spec.need == Need::NoRepo, spec.need == Need::Optional, spec.need == Need::RepoOfFile);
    let parts = [
        bytes(spec.names),
        cpython::PyList::new(py, &options).into_object(),
        bytes(&format!("hg {} {}", spec.name(), spec.synopsis)),
        bytes(&format!("{}\n\n{help}", spec.summary)),
        needs.to_py_object(py).into_object(),
        bytes(spec.category.title()),
        bytes(spec.extension),
    ];
    Ok(PyTuple::new(py, &parts).into_object())
}

/// The names of all built-in commands: `(names, extension)`.
pub(crate) fn names(py: Python<'_>) -> Vec<(PyBytes, PyBytes)> {
    let bytes = |text: &str| PyBytes::new(py, text.as_bytes());
    spec::all().map(|spec| (bytes(spec.names), bytes(spec.extension))).collect()
}

/// Describes the built-in command of a name; `None` if there is none.
pub(crate) fn describe(py: Python<'_>, name: &[u8]) -> PyResult<PyObject> {
    match spec::find(name) {
        Some(spec) => described(py, spec),
        None => Ok(py.None()),
    }
}

/// The global options.
pub(crate) fn global_options(py: Python<'_>) -> PyResult<Vec<PyObject>> {
    spec::global::OPTIONS.iter().map(|opt| option_tuple(py, opt)).collect()
}

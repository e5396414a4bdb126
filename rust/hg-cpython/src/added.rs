//! Commands that extensions add: from entries of Python's command tables to entries of ours.

use cpython::{ObjectProtocol as _, PyBytes, PyObject, PyResult, PyTuple, Python};
use hg_commands::host::{AddedCommand, keep};
use hg_commands::spec::{Opt, OptKind};

/// Reads `(names, function, options, synopsis, doc, extension, (norepo, optionalrepo, inferrepo))`.
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
    let command = AddedCommand {
        names: text(0)?.trim_start_matches('^').to_owned(),
        synopsis: text(3)?,
        summary: summary.trim().to_owned(),
        help: help.trim().to_owned(),
        extension: text(5)?,
        norepo,
        optionalrepo,
        inferrepo,
        options: options.iter().map(|opt| option(py, opt)).collect::<PyResult<_>>()?,
    };
    Ok((command, entry.get_item(py, 1)))
}

/// Reads `(short, long, default, help[, metavar])`; the type of the default says what the option takes.
fn option(py: Python<'_>, option: &PyObject) -> PyResult<Opt> {
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
        "list" => OptKind::List,
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

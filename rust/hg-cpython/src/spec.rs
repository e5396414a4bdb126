//! Revsets that programs put together: `%d`, `%s`, `%ld` and the like filled in.

use cpython::{
    NoArgs, ObjectProtocol as _, PyBytes, PyErr, PyModule, PyObject, PyResult, Python, exc, py_fn,
};
use hg_query::revset::{SpecArg, format_spec};
use hg_types::Revision;

/// Fills arguments into a revset so that none of them can be taken for syntax.
fn format(py: Python<'_>, expr: PyBytes, args: Vec<PyObject>) -> PyResult<PyBytes> {
    let mut rest = expr.data(py);
    let mut args = args.into_iter();
    let mut out = Vec::new();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let many = rest.first() == Some(&b'l');
        rest = if many { &rest[1..] } else { rest };
        let Some((&kind, after)) = rest.split_first() else {
            return Err(invalid(py, "incomplete revspec format character"));
        };
        rest = after;
        if kind == b'%' && !many {
            out.push(b'%');
            continue;
        }
        let arg = args.next().ok_or_else(|| invalid(py, "missing argument for revspec"))?;
        out.extend(if many { list(py, kind, &arg)? } else { single(py, kind, &arg)? });
    }
    if args.next().is_some() {
        return Err(invalid(py, "too many revspec arguments specified"));
    }
    out.extend_from_slice(rest);
    Ok(PyBytes::new(py, &out))
}

fn single(py: Python<'_>, kind: u8, arg: &PyObject) -> PyResult<Vec<u8>> {
    let bytes = |arg: &PyObject| -> PyResult<PyBytes> { arg.extract(py) };
    Ok(match kind {
        b'd' => format_spec("%", &[SpecArg::Int(int(py, arg)?)]),
        b's' => format_spec("%", &[SpecArg::Text(bytes(arg)?.data(py))]),
        b'r' => format_spec("%", &[SpecArg::Expression(bytes(arg)?.data(py))]),
        b'n' => format_spec("%", &[SpecArg::Node(crate::repo::node(py, &bytes(arg)?)?)]),
        b'b' => {
            let branch: PyBytes = arg.call_method(py, "branch", NoArgs, None)?.extract(py)?;
            format_spec("%", &[SpecArg::Text(branch.data(py))])
        }
        _ => return Err(unexpected(py, kind)),
    })
}

fn list(py: Python<'_>, kind: u8, arg: &PyObject) -> PyResult<Vec<u8>> {
    let items = arg.iter(py)?.collect::<PyResult<Vec<PyObject>>>()?;
    let texts = || -> PyResult<Vec<Vec<u8>>> {
        let bytes = |item: &PyObject| Ok(item.extract::<PyBytes>(py)?.data(py).to_vec());
        items.iter().map(bytes).collect()
    };
    Ok(match kind {
        b'd' => {
            let rev = |item: &PyObject| {
                let number =
                    i32::try_from(int(py, item)?).map_err(|_| invalid(py, "no revision"))?;
                Ok(Revision::new(number))
            };
            let revs = items.iter().map(rev).collect::<PyResult<Vec<_>>>()?;
            format_spec("%", &[SpecArg::Revs(&revs)])
        }
        b'n' => {
            let node = |item: &PyObject| crate::repo::node(py, &item.extract(py)?);
            let nodes = items.iter().map(node).collect::<PyResult<Vec<_>>>()?;
            format_spec("%", &[SpecArg::Nodes(&nodes)])
        }
        b's' => format_spec("%", &[SpecArg::Texts(&texts()?)]),
        b'r' => format_spec("%", &[SpecArg::Expressions(&texts()?)]),
        b'p' => format_spec("%", &[SpecArg::Arguments(&texts()?)]),
        _ => return Err(unexpected(py, kind)),
    })
}

/// Whole numbers, and contexts, which say which revision they are when asked for a number.
fn int(py: Python<'_>, arg: &PyObject) -> PyResult<i64> {
    match arg.extract(py) {
        Ok(number) => Ok(number),
        Err(_) => arg.call_method(py, "__int__", NoArgs, None)?.extract(py),
    }
}

fn unexpected(py: Python<'_>, kind: u8) -> PyErr {
    invalid(py, &format!("unexpected revspec format character {}", char::from(kind)))
}

fn invalid(py: Python<'_>, text: &str) -> PyErr {
    crate::errors::raise(py, "ParseError", |py, class| match class {
        Some(class) => class.call(py, (PyBytes::new(py, text.as_bytes()),), None),
        None => Ok(PyErr::new::<exc::ValueError, _>(py, text).instance(py)),
    })
}

/// Puts the function into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(py, "format_spec", py_fn!(py, format(expr: PyBytes, args: Vec<PyObject>)))
}

//! `mercurial.rustext`: converts and calls, no logic.
#![allow(non_local_definitions, reason = "py_class! of rust-cpython 0.7 expands to such")]
#![allow(missing_docs, unreachable_pub, reason = "py_module_initializer! expands to such")]

use cpython::{PyResult, Python, py_fn, py_module_initializer};

fn dispatch(_: Python) -> PyResult<i32> {
    Ok(0)
}

py_module_initializer!(rustext, initrustext, PyInit_rustext, |py, m| {
    m.add(py, "dispatch", py_fn!(py, dispatch()))?;
    Ok(())
});

//! `mercurial.rustext`: converts and calls, no logic.
//!
//! Python holds handles to Rust objects (`Ui`, `Repo`); its own classes wrap them, so that extensions can
//! subclass them and give them attributes. The interpreter's lock is released while a command runs in Rust,
//! and taken again for every call of an extension. A panic never crosses the border.

#![expect(non_local_definitions, reason = "py_class! of rust-cpython 0.7 expands to such")]
#![allow(missing_docs, unreachable_pub, reason = "the macros of rust-cpython expand to such")]

mod added;
mod call;
mod door;
mod errors;
mod front;
mod plugins;
mod repo;
mod streams;
mod ui;

use cpython::py_module_initializer;

py_module_initializer!(rustext, initrustext, PyInit_rustext, |py, m| {
    m.add(py, "__doc__", "Handles and functions of the Rust core.")?;
    front::add_to(py, m)?;
    m.add_class::<ui::UiHandle>(py)?;
    m.add_class::<repo::RepoHandle>(py)?;
    Ok(())
});

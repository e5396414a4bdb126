//! `mercurial.rustext`: converts and calls, no logic.
//!
//! Python holds handles to Rust objects (`Ui`, `Repo`); its own classes wrap them, so that extensions can
//! subclass them and give them attributes. The interpreter's lock is released while a command runs in Rust,
//! and taken again for every call of an extension. A panic never crosses the border.

#![expect(non_local_definitions, reason = "py_class! of rust-cpython 0.7 expands to such")]
#![allow(missing_docs, unreachable_pub, reason = "the macros of rust-cpython expand to such")]

mod added;
mod arrow;
mod call;
mod capi;
mod changeset;
mod columns;
mod commit;
mod dirstate;
mod door;
mod errors;
mod exchange;
mod front;
mod gil;
mod inherit;
mod locks;
mod manifest;
mod matcher;
mod merges;
mod names;
mod overrides;
mod paths;
mod pending_exchange;
mod plugins;
mod repo;
mod revlog;
mod revs;
mod slot;
mod spec;
mod status;
mod streams;
mod table;
mod ui;

use cpython::{PyModule, PyResult, Python, py_module_initializer};

use crate::locks::Transaction;
use crate::repo::RepoHandle;

py_module_initializer!(rustext, initrustext, PyInit_rustext, |py, m| {
    gil::born();
    m.add(py, "__doc__", "Handles and functions of the Rust core.")?;
    front::add_to(py, m)?;
    add_classes(py, m)?;
    status::add_to(py, m)?;
    commit::add_to(py, m)?;
    names::add_to(py, m)?;
    spec::add_to(py, m)?;
    exchange::add_to(py, m)?;
    merges::add_to(py, m)?;
    capi::add_to(py, m)
});

fn add_classes(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add_class::<ui::UiHandle>(py)?;
    m.add_class::<RepoHandle>(py)?;
    m.add_class::<revlog::Revlog>(py)?;
    m.add_class::<changeset::Changeset>(py)?;
    m.add_class::<manifest::Manifest>(py)?;
    m.add_class::<dirstate::Dirstate>(py)?;
    m.add_class::<revs::Revs>(py)?;
    m.add_class::<paths::PathList>(py)?;
    m.add_class::<columns::Column>(py)?;
    m.add_class::<table::FileTable>(py)?;
    m.add_class::<matcher::Matcher>(py)?;
    m.add_class::<locks::Lock>(py)?;
    m.add_class::<overrides::PendingCommit>(py)?;
    m.add_class::<pending_exchange::PendingPull>(py)?;
    m.add_class::<pending_exchange::PendingPush>(py)?;
    m.add_class::<Transaction>(py)?;
    repo::set_up(py)?;
    revlog::set_up(py)?;
    matcher::set_up(py)?;
    manifest::set_up(py);
    dirstate::set_up(py);
    revs::set_up(py);
    paths::set_up(py);
    columns::set_up(py);
    Ok(())
}

//! `mercurial.rustext`: converts and calls, no logic.
//!
//! Python holds handles to Rust objects (`Ui`, `Repo`); its own classes wrap them, so that extensions can
//! subclass them and give them attributes. The interpreter's lock is released while a command runs in Rust,
//! and taken again for every call of an extension. A panic never crosses the border.

#![cfg_attr(
    not(feature = "pyo3"),
    expect(non_local_definitions, reason = "py_class! of rust-cpython 0.7 expands to such")
)]
#![allow(missing_docs, unreachable_pub, reason = "the macros of rust-cpython expand to such")]

/// The same interface over PyO3: see there.
#[cfg(feature = "pyo3")]
extern crate hg_pyo3 as cpython;

mod added;
mod arrow;
mod border;
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
mod graph;
mod inherit;
mod locks;
mod manifest;
mod matcher;
mod merges;
mod names;
mod overrides;
mod paths;
mod peers;
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

use crate::inherit::Extras;
use crate::locks::Transaction;
use crate::repo::RepoHandle;

py_module_initializer!(rustext, initrustext, PyInit_rustext, |py, m| {
    gil::born();
    m.add(py, "__doc__", "Handles and functions of the Rust core.")?;
    front::add_to(py, m)?;
    add_classes(py, m)?;
    status::add_to(py, m)?;
    commit::add_to(py, m)?;
    overrides::add_to(py, m)?;
    names::add_to(py, m)?;
    spec::add_to(py, m)?;
    exchange::add_to(py, m)?;
    merges::add_to(py, m)?;
    graph::add_to(py, m)?;
    capi::add_to(py, m)
});

fn add_classes(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    inherit::add::<ui::UiHandle>(py, m, Extras::NONE)?;
    inherit::add::<RepoHandle>(py, m, repo::EXTRAS)?;
    inherit::add::<revlog::Revlog>(py, m, revlog::EXTRAS)?;
    inherit::add::<changeset::Changeset>(py, m, Extras::NONE)?;
    inherit::add::<manifest::Manifest>(py, m, Extras::BASE)?;
    inherit::add::<dirstate::Dirstate>(py, m, Extras::BASE)?;
    inherit::add::<revs::Revs>(py, m, revs::EXTRAS)?;
    inherit::add::<paths::PathList>(py, m, Extras::BASE)?;
    inherit::add::<columns::Column>(py, m, columns::EXTRAS)?;
    inherit::add::<table::FileTable>(py, m, Extras::NONE)?;
    inherit::add::<matcher::Matcher>(py, m, matcher::EXTRAS)?;
    inherit::add::<border::Border>(py, m, border::EXTRAS)?;
    inherit::add::<locks::Lock>(py, m, Extras::NONE)?;
    inherit::add::<overrides::PendingCommit>(py, m, Extras::NONE)?;
    inherit::add::<peers::PeerHandle>(py, m, Extras::NONE)?;
    inherit::add::<pending_exchange::PendingPull>(py, m, Extras::NONE)?;
    inherit::add::<pending_exchange::PendingPush>(py, m, Extras::NONE)?;
    inherit::add::<Transaction>(py, m, Extras::NONE)
}

//! The state of a merge: which files are to be settled.

use cpython::{PyBytes, PyErr, PyModule, PyObject, PyResult, Python, exc, py_fn};
use hg_format::mergestate::FileState;
use hg_types::{HgPath, UncheckedRevision};
use hg_wdir::merge::{MergeState, UpdateCheck, UpdateOptions, update};

use crate::matcher::from_argument;
use crate::repo::{RepoHandle, node};
use crate::ui::UiHandle;

type Files = Vec<(PyBytes, PyBytes)>;

/// The two sides and the files with their states; nothing outside of a merge.
fn merge_state(py: Python<'_>, repo: RepoHandle) -> PyResult<Option<(PyBytes, PyBytes, Files)>> {
    let state = repo.ask(py, MergeState::read)?;
    if !state.is_active() {
        return Ok(None);
    }
    let files = state.files().iter().map(|file| {
        (PyBytes::new(py, file.path.as_bytes()), PyBytes::new(py, file.state.as_bytes()))
    });
    let files = files.collect();
    Ok(Some((PyBytes::new(py, &state.local().0), PyBytes::new(py, &state.other().0), files)))
}

/// Sets the states of files (`u`, `r`, `pu`, `pr`).
fn mark_merged(py: Python<'_>, repo: RepoHandle, files: Files) -> PyResult<bool> {
    let known = [
        FileState::Unresolved,
        FileState::Resolved,
        FileState::UnresolvedPath,
        FileState::ResolvedPath,
    ];
    let mut marks = Vec::new();
    for (path, letters) in &files {
        let state = known.into_iter().find(|state| state.as_bytes() == letters.data(py));
        let Some(state) = state else {
            return Err(PyErr::new::<exc::ValueError, _>(py, "no state of a file"));
        };
        marks.push((path.data(py).to_vec(), state));
    }
    repo.ask(py, |repo| {
        let mut state = MergeState::read(repo)?;
        for (path, to) in &marks {
            state.mark(HgPath::new(path), *to);
        }
        state.commit()
    })?;
    Ok(true)
}

fn clear_merge(py: Python<'_>, repo: RepoHandle) -> PyResult<bool> {
    repo.ask(py, |repo| MergeState::clear(repo))?;
    Ok(true)
}

/// Updates to a changeset or merges it, as low as that goes: no hooks, no bookmarks, no messages but those of
/// the merge. Gives how many files were updated, merged, removed, left unresolved.
///
/// `flags`: a merge; overwrite or merge local changes; an ancestor may be merged; parents stay.
fn update_wdir(
    py: Python<'_>,
    place: (RepoHandle, UiHandle),
    target: PyBytes,
    flags: (bool, bool, bool, bool),
    check: PyBytes,
    ancestor: Option<i32>,
    labels: Vec<PyBytes>,
    matcher: Option<PyObject>,
) -> PyResult<(usize, usize, usize, usize)> {
    let (branch_merge, force, merge_ancestor, keep_parents) = flags;
    let check = match check.data(py) {
        b"abort" => UpdateCheck::Abort,
        b"none" => UpdateCheck::None,
        b"noconflict" => UpdateCheck::NoConflict,
        _ => UpdateCheck::Linear,
    };
    let matcher = match matcher {
        Some(matcher) => Some(from_argument(py, Some(matcher))?),
        None => None,
    };
    let mut options = UpdateOptions {
        branch_merge,
        force,
        check,
        merge_ancestor,
        labels: labels.iter().map(|label| label.data(py).to_vec()).collect(),
        matcher,
        keep_parents,
        ..UpdateOptions::default()
    };
    let (repo, ui) = place;
    let target = node(py, &target)?;
    let ui = ui.shared(py);
    let stats = repo.ask(py, |repo| {
        let len = repo.changelog()?.len();
        options.ancestor = ancestor.and_then(|rev| UncheckedRevision(rev).check(len));
        update(repo, target, &options, &*ui)
    })?;
    Ok((stats.updated, stats.merged, stats.removed, stats.unresolved))
}

/// Puts the functions into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(py, "merge_state", py_fn!(py, merge_state(repo: RepoHandle)))?;
    m.add(py, "mark_merged", py_fn!(py, mark_merged(repo: RepoHandle, files: Files)))?;
    m.add(
        py,
        "update_wdir",
        py_fn!(py, update_wdir(
            place: (RepoHandle, UiHandle), target: PyBytes, flags: (bool, bool, bool, bool),
            check: PyBytes, ancestor: Option<i32>, labels: Vec<PyBytes>, matcher: Option<PyObject>
        )),
    )?;
    m.add(py, "clear_merge", py_fn!(py, clear_merge(repo: RepoHandle)))
}

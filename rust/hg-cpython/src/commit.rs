//! Making changesets: from memory, and from the working directory.

use std::collections::{BTreeMap, BTreeSet};

use cpython::{
    ObjectProtocol as _, PyBytes, PyDict, PyErr, PyModule, PyObject, PyResult, Python, exc, py_fn,
};
use hg_repo::commit::{FileVersion, NewCommit, commit_hook_args, commit_plainly};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_types::{FileFlags, HgDate, HgPath, HgPathBuf, Node, Phase, Result};

use crate::locks::with_python;
use crate::matcher::from_argument;
use crate::overrides::PendingCommit;
use crate::paths::PathList;
use crate::repo::{RepoHandle, node};

/// What both ways of making a changeset are told.
struct About {
    user: Vec<u8>,
    date: HgDate,
    description: Vec<u8>,
    extra: BTreeMap<Vec<u8>, Vec<u8>>,
    phase: Option<Phase>,
}

/// User, date, description, extras, phase.
type PyAbout = (PyBytes, (f64, i32), PyBytes, PyDict, Option<u64>);

fn about(py: Python<'_>, repo: &RepoHandle, given: &PyAbout) -> PyResult<About> {
    let (user, (seconds, offset), description, extra, phase) = given;
    let mut extras = BTreeMap::new();
    for (key, value) in extra.items(py) {
        let (key, value): (PyBytes, PyBytes) = (key.extract(py)?, value.extract(py)?);
        let value = if key.data(py) == b"branch" {
            repo.stored(py, &value)?
        } else {
            value.data(py).to_vec()
        };
        extras.insert(key.data(py).to_vec(), value);
    }
    #[expect(clippy::cast_possible_truncation, reason = "dates are whole seconds well inside i64")]
    let date = HgDate::new(seconds.floor() as i64, *offset);
    let phase = phase.and_then(Phase::from_number);
    let (user, description) = (repo.stored(py, user)?, repo.stored(py, description)?);
    Ok(About { user, date, description, extra: extras, phase })
}

/// Makes a changeset of files that `read` knows: for a path, content, flags and copy source, or nothing
/// when the file is removed. Runs in the running transaction, or one of its own.
pub(crate) fn commit_memory(
    py: Python<'_>,
    repo: RepoHandle,
    parents: (PyBytes, PyBytes),
    paths: Vec<PyBytes>,
    read: PyObject,
    given: PyAbout,
    pending: Option<PendingCommit>,
) -> PyResult<PyBytes> {
    let about = about(py, &repo, &given)?;
    let parents = [node(py, &parents.0)?, node(py, &parents.1)?];
    let paths: BTreeSet<HgPathBuf> =
        paths.iter().map(|path| HgPathBuf::from_vec(path.data(py).to_vec())).collect();
    // What a native operation makes: it sees to its hook itself.
    let native = pending.is_some();
    let rest = pending.map(|pending| pending.rest(py)).unwrap_or_default();
    let new = NewCommit {
        parents,
        paths,
        from_other: rest.from_other,
        salvaged: rest.salvaged,
        user: about.user,
        date: about.date,
        description: about.description,
        extra: about.extra,
        phase: about.phase.or(rest.phase),
        subrepos: rest.subrepos,
    };
    let made = repo.ask(py, |repo| {
        let _lock = repo.lock_plainly(true)?;
        let tr = repo.transaction("commit")?;
        let mut source = |path: &HgPath| file_from(&read, path);
        let node = commit_plainly(repo, &tr, &new, &mut source)?;
        tr.close()?;
        if native {
            return Ok(node);
        }
        let args = commit_hook_args(&node, parents);
        repo.after_unlock(move |repo, good| {
            if good {
                // The changeset is made; a failing hook is told about but changes nothing.
                let _ = repo.hooks().run(repo, "commit", false, &args);
            }
        });
        Ok(node)
    })?;
    Ok(PyBytes::new(py, &made.0))
}

fn file_from(read: &PyObject, path: &HgPath) -> Result<Option<FileVersion>> {
    with_python(|py| {
        let answer = read.call(py, (PyBytes::new(py, path.as_bytes()),), None)?;
        if answer.is_none(py) {
            return Ok(None);
        }
        let (content, flags, source): (PyBytes, PyBytes, Option<PyBytes>) = answer.extract(py)?;
        let Some(flags) = FileFlags::from_bytes(flags.data(py)) else {
            return Err(PyErr::new::<exc::ValueError, _>(py, "flags are l, x or nothing"));
        };
        Ok(Some(FileVersion {
            content: content.data(py).to_vec(),
            flags,
            copied_from: source.map(|source| HgPathBuf::from_vec(source.data(py).to_vec())),
        }))
    })
}

/// Commits the working directory; `None` when nothing changed. `editor` is called with the lists of
/// changed files and the text so far, and gives the text.
pub(crate) fn commit_wdir(
    py: Python<'_>,
    repo: RepoHandle,
    matcher: Option<PyObject>,
    given: PyAbout,
    force: bool,
    editor: Option<PyObject>,
) -> PyResult<Option<PyBytes>> {
    let matcher = from_argument(py, matcher)?;
    let about = about(py, &repo, &given)?;
    let encoding = repo.share(py).encoding;
    let node = repo.ask(py, |repo| {
        let mut edit = |draft: &Draft| -> Result<Vec<u8>> {
            let text = match &editor {
                None => draft.message.clone(),
                Some(editor) => encoding.from_local(&edited(editor, draft)?)?.into_owned(),
            };
            if text.trim_ascii().is_empty() {
                return Err(hg_types::Error::abort("empty commit message"));
            }
            Ok(text)
        };
        let mut request = CommitRequest {
            matcher: &matcher,
            message: about.description,
            user: hg_repo::working::known_user(about.user),
            date: about.date,
            extra: about.extra,
            phase: about.phase,
            chosen: None,
            allow_empty: force,
            recurse: false,
            editor: &mut edit,
        };
        commit_working(repo, &mut request)
    })?;
    Ok(node.map(|node: Node| PyBytes::new(py, &node.0)))
}

fn edited(editor: &PyObject, draft: &Draft) -> Result<Vec<u8>> {
    with_python(|py| {
        let status = &draft.status;
        let list = |list: &Vec<HgPathBuf>| PathList::wrap(py, list.clone());
        let lists = (list(&status.modified)?, list(&status.added)?, list(&status.removed)?);
        let text = PyBytes::new(py, &draft.message);
        let text: PyBytes = editor.call(py, (lists, text), None)?.extract(py)?;
        Ok(text.data(py).to_vec())
    })
}

/// Puts the functions into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(
        py,
        "commit_memory",
        py_fn!(py, commit_memory(
            repo: RepoHandle, parents: (PyBytes, PyBytes), paths: Vec<PyBytes>, read: PyObject,
            about: PyAbout, pending: Option<PendingCommit> = None
        )),
    )?;
    m.add(
        py,
        "commit_wdir",
        py_fn!(py, commit_wdir(
            repo: RepoHandle, matcher: Option<PyObject>, about: PyAbout, force: bool,
            editor: Option<PyObject>
        )),
    )
}

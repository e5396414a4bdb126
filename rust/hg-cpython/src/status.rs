//! Status and diff, between revisions and the working directory.

use cpython::{PyBytes, PyDict, PyModule, PyObject, PyResult, Python, py_fn};
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{HgDate, HgPath, HgPathBuf, Result, Revision};
use hg_wdir::diff::options::{DiffFlags, Features, from_config};
use hg_wdir::diff::{Changes, DiffRequest};
use hg_wdir::snapshot::{RevisionSnapshot, Snapshot, WorkingSnapshot};
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::matcher::from_argument;
use crate::paths::PathList;
use crate::repo::RepoHandle;

/// Lists of modified, added, removed, missing, unknown, ignored and clean files, then what could not be
/// looked at and why. `None` stands for the working directory.
pub(crate) fn status(
    py: Python<'_>,
    repo: RepoHandle,
    revs: (Option<i32>, Option<i32>),
    matcher: Option<PyObject>,
    lists: (bool, bool, bool),
) -> PyResult<(Vec<PyObject>, Vec<(PyBytes, PyBytes)>)> {
    let matcher = from_argument(py, matcher)?;
    let (ignored, clean, unknown) = lists;
    let options = StatusOptions { unknown, ignored, clean };
    let status = repo.ask(py, |repo| compare(repo, revs, &matcher, options))?;
    let bad = status
        .bad
        .iter()
        .map(|(path, why)| (PyBytes::new(py, path.as_bytes()), PyBytes::new(py, why)));
    let bad = bad.collect();
    let lists = [
        status.modified,
        status.added,
        status.removed,
        status.deleted,
        status.unknown,
        status.ignored,
        status.clean,
    ];
    let lists = lists.into_iter().map(|list| PathList::wrap(py, list)).collect::<PyResult<_>>()?;
    Ok((lists, bad))
}

fn compare(
    repo: &Repo,
    revs: (Option<i32>, Option<i32>),
    matcher: &Matcher,
    options: StatusOptions,
) -> Result<Status> {
    let manifest = |rev: i32| -> Result<_> {
        repo.manifest(&repo.changelog()?.entry(Revision::new(rev))?.manifest())
    };
    match revs {
        (Some(old), Some(new)) => {
            let (old, new) = (manifest(old)?, manifest(new)?);
            Ok(hg_wdir::between_manifests(&old, &new, matcher, options.clean))
        }
        (Some(old), None) => {
            let mut wdir = WorkingDir::open(repo)?.plainly();
            let p1 = repo.changelog()?.find(&wdir.dirstate().p1());
            if p1 == Some(Revision::new(old)) {
                return wdir.status(matcher, options);
            }
            hg_wdir::status_against(&mut wdir, &*manifest(old)?, matcher, options)
        }
        (None, Some(new)) => {
            let mut wdir = WorkingDir::open(repo)?.plainly();
            let found = hg_wdir::status_against(&mut wdir, &*manifest(new)?, matcher, options)?;
            Ok(Status { added: found.removed, removed: found.added, ..found })
        }
        (None, None) => Ok(Status::default()),
    }
}

/// The diff from one revision to another, or to the working directory (`None`).
pub(crate) fn diff(
    py: Python<'_>,
    repo: RepoHandle,
    revs: (i32, Option<i32>),
    matcher: Option<PyObject>,
    flags: PyDict,
) -> PyResult<Vec<PyBytes>> {
    let matcher = from_argument(py, matcher)?;
    let flags = diff_flags(py, &flags)?;
    let files = repo.ask(py, |repo| {
        let clock = hg_vfs::SystemClock::new(repo.config().environment().var("TZ"));
        let now = hg_types::Clock::date(&clock);
        make_diff(repo, revs, &matcher, &flags, now)
    })?;
    Ok(files.iter().map(|text| PyBytes::new(py, text)).collect())
}

fn diff_flags(py: Python<'_>, given: &PyDict) -> PyResult<DiffFlags> {
    let flag = |name: &str| -> PyResult<Option<bool>> {
        match given.get_item(py, name) {
            Some(value) if !value.is_none(py) => {
                Ok(Some(cpython::ObjectProtocol::is_true(&value, py)?))
            }
            _ => Ok(None),
        }
    };
    let context = match given.get_item(py, "context") {
        Some(value) if !value.is_none(py) => {
            Some(value.extract::<i64>(py)?.to_string().into_bytes())
        }
        _ => None,
    };
    Ok(DiffFlags {
        git: flag("git")?,
        text: flag("text")?,
        binary: flag("nobinary")?.map(|nobinary| !nobinary),
        nodates: flag("nodates")?,
        noprefix: flag("noprefix")?,
        show_function: flag("showfunc")?,
        ignore_space: flag("ignorews")?,
        ignore_space_amount: flag("ignorewsamount")?,
        ignore_space_at_eol: flag("ignorewseol")?,
        ignore_blank_lines: flag("ignoreblanklines")?,
        context,
    })
}

fn make_diff(
    repo: &Repo,
    (old, new): (i32, Option<i32>),
    matcher: &Matcher,
    flags: &DiffFlags,
    now: HgDate,
) -> Result<Vec<Vec<u8>>> {
    let config = repo.config();
    let options = from_config(&config, "diff", flags, Features::ALL, &*repo.reporter())?;
    let before = RevisionSnapshot::new(repo, Revision::new(old))?;
    let side = |rev: i32| hg_wdir::copies::Side::Revision(Revision::new(rev));
    let (after, changes, copies): (Box<dyn Snapshot>, Changes, _) = match new {
        Some(new) => {
            let after = RevisionSnapshot::new(repo, Revision::new(new))?;
            let changes = Changes::between(&before, &after, matcher);
            let copies = match options.git {
                true => hg_wdir::copies::path_copies(repo, &side(old), &side(new), matcher)?,
                false => Default::default(),
            };
            (Box::new(after), changes, copies)
        }
        None => {
            let status = compare(repo, (Some(old), None), matcher, StatusOptions::default())?;
            let (modified, added, removed) = (status.modified, status.added, status.removed);
            let mut wdir = WorkingDir::open(repo)?;
            let copies = if options.git { wdir.copies(matcher)? } else { Default::default() };
            let after = WorkingSnapshot::new(wdir, now);
            (Box::new(after), Changes { modified, added, removed }, copies)
        }
    };
    let request = DiffRequest {
        old: &before,
        new: &*after,
        changes: &changes,
        copies: &copies,
        options: &options,
        full_ids: false,
        show_path: None,
        keep: None,
    };
    let mut out = Vec::new();
    request.for_each(|diff| {
        let mut text = Vec::new();
        diff.write(&mut text);
        out.push(text);
        Ok(())
    })?;
    Ok(out)
}

/// Copies from one revision to another: destination to source.
pub(crate) fn copies(
    py: Python<'_>,
    repo: RepoHandle,
    revs: (i32, Option<i32>),
    matcher: Option<PyObject>,
) -> PyResult<Vec<(PyBytes, PyBytes)>> {
    let matcher = from_argument(py, matcher)?;
    let found = repo.ask(py, |repo| {
        let side = |rev: i32| hg_wdir::copies::Side::Revision(Revision::new(rev));
        match revs {
            (old, Some(new)) => {
                hg_wdir::copies::path_copies(repo, &side(old), &side(new), &matcher)
            }
            (_, None) => WorkingDir::open(repo)?.copies(&matcher),
        }
    })?;
    let pair = |(to, from): (&HgPathBuf, &HgPathBuf)| {
        (PyBytes::new(py, to.as_bytes()), PyBytes::new(py, from.as_bytes()))
    };
    Ok(found.iter().map(pair).collect())
}

/// Paths below the working directory that the dirstate or an `.hgignore` speak of.
pub(crate) fn is_ignored(py: Python<'_>, repo: RepoHandle, path: PyBytes) -> PyResult<bool> {
    let path = path.data(py).to_vec();
    repo.ask(py, |repo| Ok(WorkingDir::open(repo)?.ignore()?.is_ignored(HgPath::new(&path))))
}

/// Puts the functions into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(
        py,
        "status",
        py_fn!(py, status(
            repo: RepoHandle, revs: (Option<i32>, Option<i32>), matcher: Option<PyObject>,
            lists: (bool, bool, bool)
        )),
    )?;
    m.add(
        py,
        "diff",
        py_fn!(py, diff(
            repo: RepoHandle, revs: (i32, Option<i32>), matcher: Option<PyObject>, flags: PyDict
        )),
    )?;
    m.add(
        py,
        "copies",
        py_fn!(py, copies(
            repo: RepoHandle, revs: (i32, Option<i32>), matcher: Option<PyObject>
        )),
    )?;
    m.add(py, "is_ignored", py_fn!(py, is_ignored(repo: RepoHandle, path: PyBytes)))
}

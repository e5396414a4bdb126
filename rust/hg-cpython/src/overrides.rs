//! Methods of a repository that a Python class has replaced, behind the traits of the core.
//!
//! `mercurial.overrides` turns what the core says into the arguments that those methods have.

use std::any::Any;
use std::sync::Arc;

use cpython::{
    NoArgs, ObjectProtocol as _, PyBytes, PyDict, PyErr, PyModule, PyObject, PyResult, Python,
    PythonObject as _, py_class, py_fn,
};
use hg_match::Matcher;
use hg_repo::commit::{CommitReplacement, MemoryFiles, NewCommit};
use hg_store::{Keeper, RepoMethod, RepoOverrides};
use hg_types::{HgPath, HgPathBuf, Node, Result};
use hg_wdir::filter::{Direction, FilterReplacement, NamedFilters, plainly};
use hg_wdir::{Status, StatusOptions, StatusReplacement};
use hg_wire::replaced::{PullReplacement, PushReplacement};

use crate::locks::with_python;
use crate::matcher;
use crate::pending_exchange;
use crate::repo::{RepoHandle, node};

py_class!(pub class PendingCommit |py| {
    data new: NewCommit;
    data files: MemoryFiles;
    data working: bool;

    /// Whether the files are those of the working directory.
    def is_working(&self) -> PyResult<bool> {
        Ok(*self.working(py))
    }

    /// The node ids of both parents.
    def parents(&self) -> PyResult<(PyBytes, PyBytes)> {
        let [p1, p2] = &self.new(py).parents;
        Ok((PyBytes::new(py, &p1.0), PyBytes::new(py, &p2.0)))
    }
    def paths(&self) -> PyResult<Vec<PyBytes>> {
        Ok(self.new(py).paths.iter().map(|path| PyBytes::new(py, path.as_bytes())).collect())
    }
    /// Content, flags and copy source; nothing for what is removed.
    def version(&self, path: PyBytes) -> PyResult<Option<(PyBytes, PyBytes, Option<PyBytes>)>> {
        let version = self.files(py).0.get(HgPath::new(path.data(py))).cloned().flatten();
        Ok(version.map(|version| {
            let source = version.copied_from.map(|source| PyBytes::new(py, source.as_bytes()));
            let flags = PyBytes::new(py, version.flags.as_bytes());
            (PyBytes::new(py, &version.content), flags, source)
        }))
    }
    /// User, date and description, as the user sees them, and the extras.
    def about(&self, repo: RepoHandle) -> PyResult<(PyBytes, (f64, i32), PyBytes, PyDict)> {
        let new = self.new(py);
        let local = |text: &[u8]| PyBytes::new(py, &repo.local(py, text));
        let extra = PyDict::new(py);
        for (key, value) in &new.extra {
            let value = if key == b"branch" { local(value) } else { PyBytes::new(py, value) };
            extra.set_item(py, PyBytes::new(py, key), value)?;
        }
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in 53 bits")]
        let date = (new.date.seconds as f64, new.date.offset);
        Ok((local(&new.user), date, local(&new.description), extra))
    }
});

impl PendingCommit {
    /// What a context does not carry: what the merge state says of files, and the phase.
    pub(crate) fn rest(&self, py: Python<'_>) -> NewCommit {
        let new = self.new(py);
        NewCommit {
            from_other: new.from_other.clone(),
            salvaged: new.salvaged.clone(),
            phase: new.phase,
            subrepos: new.subrepos.clone(),
            ..NewCommit::default()
        }
    }
}

/// Lets the repository behind a weak reference answer for these methods; `None` restores the originals.
pub(crate) fn install(
    py: Python<'_>,
    handle: &RepoHandle,
    names: &[String],
    repo: PyObject,
) -> PyResult<()> {
    let known = |name: &String| {
        RepoMethod::ALL.iter().find(|(_, known)| known == name).map(|(method, _)| *method)
    };
    let methods: Vec<RepoMethod> = names.iter().filter_map(known).collect();
    let overrides: Option<Arc<dyn RepoOverrides>> = match repo.is_none(py) {
        true => None,
        false => Some(Arc::new(Replaced(Arc::new(repo)))),
    };
    handle.repo(py)?.set_overrides(&methods, overrides);
    Ok(())
}

/// A repository of Python, held weakly.
struct Replaced(Arc<PyObject>);

/// Asks one of the functions of `mercurial.overrides` about the repository.
pub(crate) fn ask(
    py: Python<'_>,
    repo: &PyObject,
    question: &str,
    args: impl cpython::ToPyObject,
) -> PyResult<PyObject> {
    let function = py.import("mercurial.overrides")?.get(py, question)?;
    let repo = repo.call(py, NoArgs, None)?;
    function.call(py, (repo, args), None)
}

impl RepoOverrides for Replaced {
    fn lock(&self, working: bool, wait: bool) -> Result<Box<dyn Keeper>> {
        let taken = with_python(|py| ask(py, &self.0, "lock", (working, wait)))?;
        Ok(Box::new(Kept(taken)))
    }

    fn transaction(&self, description: &str) -> Result<Box<dyn Keeper>> {
        let begun = with_python(|py| {
            let description = PyBytes::new(py, description.as_bytes());
            ask(py, &self.0, "transaction", (description,))
        })?;
        Ok(Box::new(Kept(begun)))
    }

    fn notify(&self, moment: RepoMethod) -> Result<()> {
        let name = RepoMethod::ALL.iter().find(|(known, _)| *known == moment).map(|(_, name)| name);
        with_python(|py| ask(py, &self.0, "notify", (name.copied(),))).map(drop)
    }

    fn part(&self, method: RepoMethod) -> Option<Box<dyn Any>> {
        let repo = self.0.clone();
        match method {
            RepoMethod::Status => {
                Some(Box::new(StatusReplacement(Box::new(move |matcher: &Matcher, options| {
                    with_python(|py| status(py, &repo, matcher, options))
                }))))
            }
            RepoMethod::Commitctx => Some(Box::new(CommitReplacement(Box::new(
                move |new: &NewCommit, files, working| {
                    with_python(|py| commit(py, &repo, new, files, working))
                },
            )))),
            RepoMethod::Wread => Some(content(repo, "wread")),
            RepoMethod::Wwritedata => Some(content(repo, "wwritedata")),
            RepoMethod::Wwrite => Some(content(repo, "wwrite")),
            RepoMethod::Datafilter => Some(Box::new(NamedFilters(Box::new(
                move |command, path: &HgPath, content: &[u8]| {
                    with_python(|py| named_filter(py, &repo, [command, path.as_bytes(), content]))
                },
            )))),
            RepoMethod::Push => Some(Box::new(PushReplacement(Box::new(move |peer, options| {
                pending_exchange::push(&repo, peer, options)
            })))),
            RepoMethod::Pull => Some(Box::new(PullReplacement(Box::new(move |peer, options| {
                pending_exchange::pull(&repo, peer, options)
            })))),
            _ => None,
        }
    }
}

fn status(
    py: Python<'_>,
    repo: &PyObject,
    matcher: &Matcher,
    options: StatusOptions,
) -> PyResult<Status> {
    let matcher = match matcher.is_always() {
        true => py.None(),
        false => matcher::for_python(py, matcher.clone())?,
    };
    let StatusOptions { unknown, ignored, clean } = options;
    let lists = ask(py, repo, "status", (matcher, (ignored, clean, unknown)))?;
    let lists: Vec<Vec<PyBytes>> = lists.extract(py)?;
    let mut lists = lists.into_iter().map(|list| {
        list.iter().map(|path| HgPathBuf::from_vec(path.data(py).to_vec())).collect::<Vec<_>>()
    });
    let mut next = || lists.next().unwrap_or_default();
    Ok(Status {
        modified: next(),
        added: next(),
        removed: next(),
        deleted: next(),
        unknown: next(),
        ignored: next(),
        clean: next(),
        bad: Vec::new(),
    })
}

/// One direction of files between the working directory and the store.
fn content(repo: Arc<PyObject>, question: &'static str) -> Box<dyn Any> {
    let made = move |path: &HgPath, content: &[u8], version: Option<Node>| -> Result<Vec<u8>> {
        with_python(|py| {
            let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
            let version = version.map(|node| bytes(&node.0));
            let args = (bytes(path.as_bytes()), bytes(content), version);
            let made: PyBytes = ask(py, &repo, question, args)?.extract(py)?;
            Ok(made.data(py).to_vec())
        })
    };
    Box::new(FilterReplacement(Box::new(made)))
}

/// Lets a function that an extension named (`adddatafilter`) work on content.
fn named_filter(
    py: Python<'_>,
    repo: &PyObject,
    [command, path, content]: [&[u8]; 3],
) -> PyResult<Option<Vec<u8>>> {
    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes);
    let args = (bytes(command), bytes(path), bytes(content));
    let made: Option<PyBytes> = ask(py, repo, "datafilter", args)?.extract(py)?;
    Ok(made.map(|made| made.data(py).to_vec()))
}

/// Content as the configured filters make it, whatever methods are replaced.
fn filtered(
    py: Python<'_>,
    repo: RepoHandle,
    encode: bool,
    path: PyBytes,
    content: PyBytes,
) -> PyResult<PyBytes> {
    let direction = if encode { Direction::Encode } else { Direction::Decode };
    let (path, content) = (HgPathBuf::from_vec(path.data(py).to_vec()), content.data(py).to_vec());
    let made =
        repo.ask(py, |repo| Ok(plainly(repo, direction, &path, content.into())?.into_owned()))?;
    Ok(PyBytes::new(py, &made))
}

fn commit(
    py: Python<'_>,
    repo: &PyObject,
    new: &NewCommit,
    files: MemoryFiles,
    working: bool,
) -> PyResult<Node> {
    let pending = PendingCommit::create_instance(py, new.clone(), files, working)?;
    let made: PyBytes = ask(py, repo, "commitctx", (pending.into_object(),))?.extract(py)?;
    node(py, &made)
}

/// A lock or transaction of Python, held for native work.
struct Kept(PyObject);

impl Keeper for Kept {
    fn close(&self) -> Result<()> {
        with_python(|py| self.0.call_method(py, "close", NoArgs, None)).map(drop)
    }

    fn release(&self) {
        let gil = Python::acquire_gil();
        let py = gil.python();
        let released: PyResult<PyObject> = self.0.call_method(py, "release", NoArgs, None);
        if let Err(failure) = released {
            // Nobody is left to tell: letting go cannot fail where it is called.
            PyErr::print(failure, py);
        }
    }
}

/// Puts the function into the module.
pub(crate) fn add_to(py: Python<'_>, m: &PyModule) -> PyResult<()> {
    m.add(
        py,
        "filtered",
        py_fn!(py, filtered(repo: RepoHandle, encode: bool, path: PyBytes, content: PyBytes)),
    )
}

//! Matchers: which files something is about. The base of the classes of `mercurial.match`.

use std::sync::Arc;

use cpython::_detail::ffi::METH_O;
use cpython::{
    ObjectProtocol as _, PyBytes, PyErr, PyObject, PyResult, PyType, Python, exc, py_class,
};
use hg_match::{MatchOptions, PatternKind, VisitChildren, VisitDir};
use hg_types::{HgPath, HgPathBuf, Revision};

use crate::gil::{quick, unlocked};
use crate::inherit::{Extras, hot_method, new_bool};
use crate::repo::{RepoHandle, byte_list};

type Core = hg_match::Matcher;

py_class!(pub class Matcher |py| {
    data matcher: Core;

    // From one of: a list of files (`exact`), a Python function (`predicate`), all files.
    def __new__(
        cls, kind: &str = "always", files: Option<Vec<PyBytes>> = None, function: Option<PyObject> = None
    ) -> PyResult<PyObject> {
        let matcher = match (kind, files, function) {
            ("exact", Some(files), _) => {
                let files = files.iter().map(|file| HgPathBuf::from_vec(file.data(py).to_vec()));
                Core::exact_files(files.collect())
            }
            ("predicate", _, Some(function)) => of_function(function),
            ("never", ..) => Core::never(),
            _ => Core::always(),
        };
        Self::make(py, cls, matcher)
    }
    /// From patterns, as a class below this. With a repository, filesets are asked about `rev` (the
    /// working directory without).
    @staticmethod
    def compile(
        made: PyType, place: (PyBytes, PyBytes), lists: (Vec<PyBytes>, Vec<PyBytes>, Vec<PyBytes>),
        kind: PyBytes, repo: Option<RepoHandle> = None, rev: Option<i32> = None
    ) -> PyResult<PyObject> {
        compile(py, &made, &place, &lists, &kind, repo, rev)
    }
    /// Both sets, what both have, or what only the first has.
    @staticmethod
    def combine(made: PyType, how: &str, one: Matcher, other: Matcher) -> PyResult<PyObject> {
        let (one, other) = (one.matcher(py).clone(), other.matcher(py).clone());
        Self::make(py, &made, match how {
            "union" => Core::union(vec![one, other]),
            "intersection" => Core::intersection(one, other),
            _ => Core::difference(one, other),
        })
    }
    def named_files(&self) -> PyResult<Vec<PyBytes>> {
        let files = self.matcher(py).files();
        Ok(byte_list(py, files.iter().map(|file| file.as_bytes())))
    }
    def always(&self) -> PyResult<bool> { Ok(self.matcher(py).is_always()) }
    def isexact(&self) -> PyResult<bool> { Ok(self.matcher(py).is_exact()) }
    def prefix(&self) -> PyResult<bool> { Ok(self.matcher(py).prefix()) }
    def anypats(&self) -> PyResult<bool> { Ok(self.matcher(py).has_patterns()) }
    def matches_nothing(&self) -> PyResult<bool> { Ok(self.matcher(py).is_never()) }
    def exact(&self, path: PyBytes) -> PyResult<bool> {
        Ok(self.matcher(py).exact(HgPath::new(path.data(py))))
    }
    /// 0: nothing below; 1: perhaps something; 2: everything.
    def visit(&self, directory: PyBytes) -> PyResult<u8> {
        Ok(match self.matcher(py).visit_dir(HgPath::new(directory.data(py))) {
            VisitDir::No => 0,
            VisitDir::This | VisitDir::Recursive => 1,
            VisitDir::All => 2,
        })
    }
    /// Names to visit; `this` or `all` where a list says nothing.
    def visit_children(&self, directory: PyBytes) -> PyResult<(PyBytes, Vec<PyBytes>)> {
        let (word, names): (&[u8], Vec<Vec<u8>>) =
            match self.matcher(py).visit_children(HgPath::new(directory.data(py))) {
                VisitChildren::Empty => (b"", Vec::new()),
                VisitChildren::This => (b"this", Vec::new()),
                VisitChildren::Recursive => (b"all", Vec::new()),
                VisitChildren::Set(names) => (b"", names.into_iter().collect()),
            };
        Ok((PyBytes::new(py, word), byte_list(py, names.iter().map(Vec::as_slice))))
    }
    def description(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, &self.matcher(py).repr())) }
});

hot_method!(call, Matcher, |py, this, path| {
    // SAFETY: the interpreter lends the argument for the duration of the call.
    let path = PyObject::borrow_from_ptr(&path).cast_as::<PyBytes>(py)?;
    Ok(new_bool(this.matcher(py).matches(HgPath::new(path.data(py)))))
});

fn compile(
    py: Python<'_>,
    class: &PyType,
    (root, cwd): &(PyBytes, PyBytes),
    (patterns, include, exclude): &(Vec<PyBytes>, Vec<PyBytes>, Vec<PyBytes>),
    kind: &PyBytes,
    repo: Option<RepoHandle>,
    rev: Option<i32>,
) -> PyResult<PyObject> {
    let owned = |list: &Vec<PyBytes>| -> Vec<Vec<u8>> {
        list.iter().map(|pattern| pattern.data(py).to_vec()).collect()
    };
    let (patterns, include, exclude) = (owned(patterns), owned(include), owned(exclude));
    let name = kind.data(py);
    let Some(kind) = PatternKind::ALL.into_iter().find(|kind| kind.name() == name) else {
        let text = format!("unknown kind of pattern: {}", name.escape_ascii());
        return Err(PyErr::new::<exc::ValueError, _>(py, text));
    };
    let (root, cwd) = (root.data(py).to_vec(), cwd.data(py).to_vec());
    let matcher = match repo {
        Some(repo) => repo.query(py, move |query| {
            let rev = rev.map_or(Revision::WDIR, Revision::new);
            let filesets = hg_query::fileset::Compiler::new(query, rev);
            hg_match::matcher(&MatchOptions {
                patterns: &patterns,
                include: &include,
                exclude: &exclude,
                default_kind: kind,
                filesets: Some(&filesets),
                ..MatchOptions::new(&root, &cwd)
            })
        })?,
        None => unlocked(py, || {
            hg_match::matcher(&MatchOptions {
                patterns: &patterns,
                include: &include,
                exclude: &exclude,
                default_kind: kind,
                ..MatchOptions::new(&root, &cwd)
            })
        })?,
    };
    Matcher::make(py, class, matcher)
}

/// A function of Python that says which files it is about; one that fails matches nothing and prints why.
pub(crate) fn of_function(function: PyObject) -> Core {
    Core::predicate(
        "<function>",
        Arc::new(move |path: &HgPath| {
            let gil = Python::acquire_gil();
            let py = gil.python();
            let answer = function
                .call(py, (PyBytes::new(py, path.as_bytes()),), None)
                .and_then(|answer| answer.is_true(py));
            answer.unwrap_or_else(|failure| {
                failure.print(py);
                false
            })
        }),
    )
}

/// The matcher behind an argument: nothing for all files, one of ours, or any function.
pub(crate) fn from_argument(py: Python<'_>, argument: Option<PyObject>) -> PyResult<Core> {
    match argument {
        None => Ok(Core::always()),
        Some(argument) => match argument.extract::<Matcher>(py) {
            Ok(matcher) => quick(py, || Ok(matcher.matcher(py).clone())),
            Err(_) => Ok(of_function(argument)),
        },
    }
}

impl Matcher {
    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &PyType, matcher: Core) -> PyResult<PyObject> {
        // SAFETY: `class` is Matcher or a class below it; Python code below `mercurial.match` sees to it.
        unsafe { <Self as cpython::py_class::BaseObject>::alloc(py, class, (matcher,)) }
    }
}

/// The matcher as Python code expects one.
pub(crate) fn for_python(py: Python<'_>, matcher: Core) -> PyResult<PyObject> {
    let class: PyType = py.import("mercurial.match")?.get(py, "basematcher")?.extract(py)?;
    Matcher::make(py, &class, matcher)
}

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras = Extras { methods: &[(c"matchfn", call, METH_O)], ..Extras::BASE };

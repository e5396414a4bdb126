//! A revlog as it is at one moment: numbers, ids and graph. The base of `changelog`, `filelog` and
//! `manifestrevlog` in Python.

use std::sync::Arc;

use cpython::_detail::ffi::{METH_NOARGS, METH_O};
use cpython::{
    ObjectProtocol as _, PyBytes, PyErr, PyObject, PyResult, PyType, Python, PythonObject as _,
    exc, py_class,
};
use hg_store::revlog::{PrefixMatch, RevBits};
use hg_store::{Changelog, Filelog, revlog};
use hg_types::{HgPath, NodePrefix, Revision};

use crate::changeset::Changeset;
use crate::columns::Column;
use crate::errors::raise;
use crate::gil::{quick, unlocked};
use crate::inherit::{
    Extras, hot_method, int_argument, new_bool, new_bytes, new_int, new_pair, with_node,
    with_objects,
};
use crate::repo::{RepoHandle, Shared};
use crate::revs::Revs;

/// Which revlog it is.
pub enum Kind {
    Changelog(Arc<Changelog>),
    File(Box<Filelog>),
    Manifest,
}

/// What a revlog object holds.
pub struct Snapshot {
    pub(crate) shared: Arc<Shared>,
    pub(crate) revlog: revlog::Revlog,
    pub(crate) hidden: Arc<RevBits>,
    pub(crate) kind: Kind,
}

py_class!(pub class Revlog |py| {
    data inner: Snapshot;

    def __new__(cls, repo: RepoHandle, kind: &str, path: Option<PyBytes> = None) -> PyResult<PyObject> {
        Self::open(py, cls, &repo, kind, path.as_ref())
    }
    def __len__(&self) -> PyResult<usize> { Ok(self.inner(py).revlog.len()) }
    def __contains__(&self, rev: PyObject) -> PyResult<bool> {
        Ok(rev.extract::<i64>(py).is_ok_and(|rev| self.shown(py, rev).is_some()))
    }
    def name(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, &self.inner(py).revlog.name().display)) }
    def radix(&self) -> PyResult<PyBytes> { Ok(PyBytes::new(py, &self.inner(py).revlog.name().radix)) }
    def hidden_revs(&self) -> PyResult<Revs> {
        Revs::wrap(py, self.inner(py).hidden.iter().map(Revision::get).collect())
    }
    /// All shown revisions from `start` to `stop` (with it), downwards when `stop` is lower.
    def all_revs(&self, start: i64 = 0, stop: Option<i64> = None) -> PyResult<Revs> {
        let inner = self.inner(py);
        let last = i64::try_from(inner.revlog.len()).unwrap_or(0) - 1;
        let stop = stop.unwrap_or(last).min(last);
        let shown = |rev: &i32| !inner.hidden.contains(Revision::new(*rev));
        let numbers = |a: i64, b: i64| a.max(0)..=b;
        let revs: Vec<i32> = if start <= stop {
            numbers(start, stop).filter_map(|rev| i32::try_from(rev).ok()).filter(shown).collect()
        } else {
            let down = numbers(stop, start.min(last)).rev();
            down.filter_map(|rev| i32::try_from(rev).ok()).filter(shown).collect()
        };
        Revs::wrap(py, revs)
    }
    def ancestors(&self, revs: Vec<i64>, stop: i32 = 0, inclusive: bool = false) -> PyResult<Revs> {
        let (revs, log) = (self.checked(py, &revs)?, self.inner(py).revlog.clone());
        let found = unlocked(py, || {
            let stop = Revision::new(stop.max(0));
            Ok(log.ancestors(revs, stop, inclusive).map(Revision::get).collect::<Vec<i32>>())
        })?;
        Revs::wrap(py, found)
    }
    def descendants(&self, revs: Vec<i64>) -> PyResult<Revs> {
        let (revs, inner) = (self.checked(py, &revs)?, self.inner(py));
        let (log, hidden) = (inner.revlog.clone(), inner.hidden.clone());
        let found = unlocked(py, || {
            let mut set = log.descendant_set(revs.iter().copied());
            revs.into_iter().for_each(|rev| set.remove(rev));
            set.subtract(&hidden);
            Ok(set.iter().map(Revision::get).collect())
        })?;
        Revs::wrap(py, found)
    }
    /// Revisions without shown children: all, or those of some.
    def head_revs(&self, revs: Option<Vec<i64>> = None) -> PyResult<Vec<i32>> {
        let inner = self.inner(py);
        let (log, hidden) = (inner.revlog.clone(), inner.hidden.clone());
        let some = revs.map(|revs| self.checked(py, &revs)).transpose()?;
        let heads = unlocked(py, || Ok(match some {
            None => log.heads_where(|rev| !hidden.contains(rev)),
            Some(revs) => log.heads_of(&revs.into_iter().collect()),
        }))?;
        Ok(heads.into_iter().map(Revision::get).collect())
    }
    def children_of(&self, rev: i64) -> PyResult<Vec<i32>> {
        let rev = self.check(py, rev)?;
        let inner = self.inner(py);
        let children = inner.revlog.children(rev);
        let shown = children.into_iter().filter(|rev| !inner.hidden.contains(*rev));
        Ok(shown.map(Revision::get).collect())
    }
    def isancestorrev(&self, a: i64, b: i64) -> PyResult<bool> {
        let (a, b) = (self.check(py, a)?, self.check(py, b)?);
        Ok(a.is_null() || self.inner(py).revlog.is_ancestor(a, b))
    }
    def common_heads(&self, revs: Vec<i64>) -> PyResult<Vec<i32>> {
        let revs = self.checked(py, &revs)?;
        let heads = self.inner(py).revlog.common_ancestor_heads(&revs);
        Ok(heads.into_iter().map(Revision::get).collect())
    }
    def ancestor_rev(&self, a: i64, b: i64) -> PyResult<i32> {
        let (a, b) = (self.check(py, a)?, self.check(py, b)?);
        Ok(self.inner(py).revlog.ancestor(a, b).get())
    }
    def missing_revs(&self, common: Vec<i64>, heads: Vec<i64>) -> PyResult<Revs> {
        let (common, heads) = (self.checked(py, &common)?, self.checked(py, &heads)?);
        let missing = self.inner(py).revlog.missing_ancestors(common, heads);
        Revs::wrap(py, missing.into_iter().map(Revision::get).collect())
    }
    /// Those between `roots` and `heads`, ascending.
    def reachable(&self, roots: Vec<i64>, heads: Vec<i64>, paths: bool) -> PyResult<Revs> {
        let (roots, heads) = (self.checked(py, &roots)?, self.checked(py, &heads)?);
        let found = self.inner(py).revlog.reachable(&roots.into_iter().collect(), &heads, paths);
        Revs::wrap(py, found.iter().map(Revision::get).collect())
    }
    /// The revision whose id starts with these digits; `None` without one, `ValueError` for several.
    def prefix(&self, digits: PyBytes) -> PyResult<Option<i32>> {
        let Some(prefix) = NodePrefix::from_hex(digits.data(py)) else { return Ok(None) };
        let inner = self.inner(py);
        match inner.revlog.find_prefix(&prefix, |rev| !inner.hidden.contains(rev)) {
            PrefixMatch::None => Ok(None),
            PrefixMatch::One(rev) => Ok(Some(rev.get())),
            PrefixMatch::Many => Err(PyErr::new::<exc::ValueError, _>(py, "ambiguous")),
        }
    }
    def shortest_len(&self, node: PyBytes) -> PyResult<usize> {
        Ok(self.inner(py).revlog.shortest_prefix_len(&crate::repo::node(py, &node)?))
    }
    /// The text of a revision, as stored or with what flags ask for.
    def text(&self, rev: i64, raw: bool = false) -> PyResult<PyBytes> {
        let (rev, inner) = (self.check(py, rev)?, self.inner(py));
        inner.shared.slot.check(py)?;
        let text = unlocked(py, || {
            if raw { inner.revlog.raw_revision(rev) } else { inner.revlog.revision(rev) }
        })?;
        Ok(PyBytes::new(py, &text))
    }
    /// The content of a file's revision, without metadata.
    def content(&self, rev: i64) -> PyResult<PyBytes> {
        let (rev, file) = (self.check(py, rev)?, self.file(py)?);
        self.inner(py).shared.slot.check(py)?;
        let content = unlocked(py, || file.read(rev))?;
        Ok(PyBytes::new(py, &content))
    }
    def content_size(&self, rev: i64) -> PyResult<usize> {
        let (rev, file) = (self.check(py, rev)?, self.file(py)?);
        unlocked(py, || file.size(rev))
    }
    def renamed_from(&self, rev: i64) -> PyResult<Option<(PyBytes, PyBytes)>> {
        let (rev, file) = (self.check(py, rev)?, self.file(py)?);
        let copy = unlocked(py, || file.renamed(rev))?;
        Ok(copy.map(|(path, node)| (PyBytes::new(py, path.as_bytes()), PyBytes::new(py, &node.0))))
    }
    def differs(&self, rev: i64, content: PyBytes) -> PyResult<bool> {
        let (rev, file) = (self.check(py, rev)?, self.file(py)?);
        quick(py, || file.cmp(rev, content.data(py)))
    }
    def iscensored(&self, rev: i64) -> PyResult<bool> {
        let rev = self.check(py, rev)?;
        Ok(self.inner(py).revlog.flags(rev) & hg_format::revlog::FLAG_CENSORED != 0)
    }
    def rawsize(&self, rev: i64) -> PyResult<usize> {
        let rev = self.check(py, rev)?;
        quick(py, || self.inner(py).revlog.raw_size(rev))
    }
    def deltaparent(&self, rev: i64) -> PyResult<i32> {
        let rev = self.check(py, rev)?;
        Ok(quick(py, || self.inner(py).revlog.delta_parent(rev))?.get())
    }
    def delta_chain(&self, rev: i64) -> PyResult<Vec<i32>> {
        let rev = self.check(py, rev)?;
        let chain = quick(py, || self.inner(py).revlog.delta_chain(rev))?;
        Ok(chain.into_iter().map(Revision::get).collect())
    }
    def chunk_range(&self, rev: i64) -> PyResult<(u64, u64)> {
        let rev = self.check(py, rev)?;
        let range = self.inner(py).revlog.chunk_range(rev);
        Ok((range.start, range.end))
    }
    def issnapshot(&self, rev: i64) -> PyResult<bool> {
        let rev = self.check(py, rev)?;
        quick(py, || self.inner(py).revlog.is_snapshot(rev))
    }
    /// A column of the index: `p1`, `p2`, `linkrev` (numbers), `node` (20 bytes each), of all revisions,
    /// hidden ones too.
    def column(&self, name: &str) -> PyResult<Column> { self.make_column(py, name) }
    def __hg_index__(&self) -> PyResult<PyObject> { crate::capi::index_capsule(py, self.inner(py)) }
});

hot_method!(rev, Revlog, |py, this, node| {
    let inner = this.inner(py);
    inner.shared.slot.check(py)?;
    let found = with_node(node, |node| inner.revlog.find(node)).flatten();
    match found {
        Some(rev) if !inner.hidden.contains(rev) => Ok(new_int(rev.get().into())),
        found => Err(this.no_node(py, node, found)),
    }
});

hot_method!(node, Revlog, |py, this, rev| {
    let inner = this.inner(py);
    inner.shared.slot.check(py)?;
    let rev = this.check(py, int_argument(py, rev)?)?;
    Ok(new_bytes(&inner.revlog.node(rev).0))
});

hot_method!(has_node, Revlog, |py, this, node| {
    let inner = this.inner(py);
    let found = with_node(node, |node| inner.revlog.find(node)).flatten();
    Ok(new_bool(found.is_some_and(|rev| !inner.hidden.contains(rev))))
});

hot_method!(parent_revs, Revlog, |py, this, rev| {
    let inner = this.inner(py);
    inner.shared.slot.check(py)?;
    let rev = this.check(py, int_argument(py, rev)?)?;
    let [p1, p2] = inner.revlog.parents(rev);
    Ok(new_pair(p1.get().into(), p2.get().into()))
});

hot_method!(linkrev, Revlog, |py, this, rev| {
    let rev = this.check(py, int_argument(py, rev)?)?;
    Ok(new_int(this.inner(py).revlog.linkrev(rev).get().into()))
});

hot_method!(flags, Revlog, |py, this, rev| {
    let rev = this.check(py, int_argument(py, rev)?)?;
    Ok(new_int(this.inner(py).revlog.flags(rev).into()))
});

hot_method!(entry, Revlog, |py, this, rev| {
    let inner = this.inner(py);
    inner.shared.slot.check(py)?;
    let rev = this.check(py, int_argument(py, rev)?)?;
    let Kind::Changelog(changelog) = &inner.kind else {
        return Err(PyErr::new::<exc::TypeError, _>(py, "not a changelog"));
    };
    let entry = quick(py, || changelog.entry(rev))?;
    let wrapped = with_objects(|| Changeset::wrap(py, entry, inner.shared.encoding))?;
    Ok(wrapped.into_object().steal_ptr())
});

hot_method!(tip_rev, Revlog, |py, this, _none| {
    let inner = this.inner(py);
    let tip = inner.revlog.revs().rev().find(|rev| !inner.hidden.contains(*rev));
    Ok(new_int(tip.map_or(-1, Revision::get).into()))
});

impl Revlog {
    fn open(
        py: Python<'_>,
        class: &PyType,
        handle: &RepoHandle,
        kind: &str,
        path: Option<&PyBytes>,
    ) -> PyResult<PyObject> {
        let repo = handle.repo(py)?;
        let path = path.map(|path| path.data(py).to_vec()).unwrap_or_default();
        let mut hidden = Arc::default();
        let (kind, revlog) = match kind {
            "changelog" => {
                let (changelog, left_out) = handle.changelog_and_hidden(py)?;
                hidden = left_out;
                let revlog = (**changelog).clone();
                (Kind::Changelog(changelog), revlog)
            }
            "manifest" => {
                let revlog = unlocked(py, || repo.manifest_log()?.directory(HgPath::new(&path)))?;
                (Kind::Manifest, revlog)
            }
            _ => {
                let file = unlocked(py, || repo.filelog(HgPath::new(&path)))?;
                let revlog = (*file).clone();
                (Kind::File(Box::new(file)), revlog)
            }
        };
        let snapshot = Snapshot { shared: handle.share(py), revlog, hidden, kind };
        Self::make(py, class, snapshot)
    }

    #[expect(unsafe_code, reason = "allocates a class made in Python")]
    fn make(py: Python<'_>, class: &PyType, snapshot: Snapshot) -> PyResult<PyObject> {
        // SAFETY: `__new__` is called with a class below this one only.
        unsafe { <Self as cpython::py_class::BaseObject>::alloc(py, class, (snapshot,)) }
    }

    /// Whether it shows just this changelog with just these hidden.
    pub(crate) fn is_of(
        &self,
        py: Python<'_>,
        now: &Arc<Changelog>,
        hidden: &Arc<RevBits>,
    ) -> bool {
        let inner = self.inner(py);
        let same = matches!(&inner.kind, Kind::Changelog(old) if Arc::ptr_eq(old, now));
        same && (Arc::ptr_eq(&inner.hidden, hidden) || inner.hidden == *hidden)
    }

    fn shown(&self, py: Python<'_>, rev: i64) -> Option<Revision> {
        let inner = self.inner(py);
        let rev = inner.revlog.check_rev(rev).filter(|rev| !rev.is_null())?;
        (!inner.hidden.contains(rev)).then_some(rev)
    }

    /// A number from Python as a revision: null, or shown here.
    fn check(&self, py: Python<'_>, rev: i64) -> PyResult<Revision> {
        if rev == -1 {
            return Ok(Revision::NULL);
        }
        if let Some(rev) = self.shown(py, rev) {
            return Ok(rev);
        }
        let inner = self.inner(py);
        let hidden = inner.revlog.check_rev(rev).is_some();
        Err(raise(py, if hidden { "FilteredIndexError" } else { "" }, |py, class| match class {
            Some(class) => class.call(py, (rev.to_string(),), None),
            None => {
                Ok(PyErr::new::<exc::IndexError, _>(py, "revlog index out of range").instance(py))
            }
        }))
    }

    fn checked(&self, py: Python<'_>, revs: &[i64]) -> PyResult<Vec<Revision>> {
        self.inner(py).shared.slot.check(py)?;
        revs.iter().map(|rev| self.check(py, *rev)).collect()
    }

    fn file<'a>(&'a self, py: Python<'a>) -> PyResult<&'a Filelog> {
        match &self.inner(py).kind {
            Kind::File(file) => Ok(file),
            _ => Err(PyErr::new::<exc::TypeError, _>(py, "not the history of a file")),
        }
    }

    /// The exception for an id that is not (to be) found here.
    #[expect(unsafe_code, reason = "hot methods get raw pointers")]
    fn no_node(
        &self,
        py: Python<'_>,
        node: *mut cpython::_detail::ffi::PyObject,
        found: Option<Revision>,
    ) -> PyErr {
        // SAFETY: the interpreter lends the argument for the duration of the call.
        let node = unsafe { PyObject::from_borrowed_ptr(py, node) };
        if node.extract::<PyBytes>(py).is_err() {
            return PyErr::new::<exc::TypeError, _>(py, "a node id is bytes");
        }
        let inner = self.inner(py);
        let name = if found.is_some() { "FilteredLookupError" } else { "LookupError" };
        raise(py, name, |py, class| {
            let display = PyBytes::new(py, &inner.revlog.name().display);
            let reason =
                PyBytes::new(py, if found.is_some() { b"filtered node" } else { b"no node" });
            match class {
                Some(class) => class.call(py, (node, display, reason), None),
                None => Ok(PyErr::new::<exc::KeyError, _>(py, node).instance(py)),
            }
        })
    }

    fn make_column(&self, py: Python<'_>, name: &str) -> PyResult<Column> {
        let log = self.inner(py).revlog.clone();
        if name == "node" {
            let nodes = unlocked(py, || {
                Ok(log.revs().flat_map(|rev| log.node(rev).0).collect::<Vec<u8>>())
            })?;
            return Column::of_memory(py, Arc::new(nodes));
        }
        let pick: fn(&revlog::Revlog, Revision) -> i32 = match name {
            "p1" => |log, rev| log.parents(rev)[0].get(),
            "p2" => |log, rev| log.parents(rev)[1].get(),
            "linkrev" => |log, rev| log.linkrev(rev).get(),
            _ => return Err(PyErr::new::<exc::KeyError, _>(py, name)),
        };
        let numbers =
            unlocked(py, || Ok(log.revs().map(|rev| pick(&log, rev)).collect::<Vec<i32>>()))?;
        Column::of_numbers(py, crate::arrow::Numbers::Int32(Arc::new(numbers)))
    }
}

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras = Extras {
    methods: &[
        (c"rev", rev, METH_O),
        (c"node", node, METH_O),
        (c"hasnode", has_node, METH_O),
        (c"parentrevs", parent_revs, METH_O),
        (c"linkrev", linkrev, METH_O),
        (c"flags", flags, METH_O),
        (c"changelogrevision_at", entry, METH_O),
        (c"tiprev", tip_rev, METH_NOARGS),
    ],
    ..Extras::BASE
};

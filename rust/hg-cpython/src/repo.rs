//! The handle of a repository, as one view of it.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use cpython::_detail::ffi::METH_O;
use cpython::{PyBytes, PyErr, PyObject, PyResult, PyType, Python, exc, py_class};
use hg_query::{QueryContext, revset};
use hg_store::revlog::RevBits;
use hg_store::{Bookmarks, Changelog, InitOptions, ObsStore, OpenOptions, Phases, Repo, View};
use hg_types::{Encoding, Node, Result, Revision};
use hg_vfs::{SystemClock, bytes_to_path, path_to_bytes};

use crate::gil::{quick, unlocked};
use crate::inherit::{Extras, hot_method, new_bool};
use crate::slot::Slot;
use crate::ui::UiHandle;

/// What a handle knows beside the repository.
pub struct Shared {
    pub(crate) slot: Slot,
    pub(crate) encoding: Encoding,
    /// What is hidden from each view, as long as nothing it depends on was replaced.
    hidden: Mutex<Vec<(View, HiddenOf)>>,
}

struct HiddenOf {
    changelog: Arc<Changelog>,
    phases: Arc<Phases>,
    obsstore: Arc<ObsStore>,
    bookmarks: Arc<Bookmarks>,
    hidden: Arc<RevBits>,
}

py_class!(pub class RepoHandle |py| {
    data shared: Arc<Shared>;
    data view: View;

    @classmethod
    def open(cls, root: PyBytes, ui: Option<UiHandle> = None) -> PyResult<Self> {
        let _: &PyType = cls;
        let root = root.data(py).to_vec();
        let options = match ui {
            Some(ui) => ui.open_options(py),
            None => environment_options(py)?,
        };
        let repo = unlocked(py, || Repo::open(bytes_to_path(&root), options))?;
        Self::wrap(py, repo)
    }

    /// Makes a new repository and opens it.
    @classmethod
    def init(cls, root: PyBytes, ui: Option<UiHandle> = None) -> PyResult<Self> {
        let _: &PyType = cls;
        let root = root.data(py).to_vec();
        let options = match ui {
            Some(ui) => ui.open_options(py),
            None => environment_options(py)?,
        };
        let made = unlocked(py, || Repo::init(bytes_to_path(&root), options, &InitOptions::default()))?;
        Self::wrap(py, made)
    }

    /// Says whether it was open.
    def close(&self) -> PyResult<bool> { Ok(self.shared(py).slot.close()) }
    def is_open(&self) -> PyResult<bool> { Ok(self.shared(py).slot.is_open()) }
    /// The same repository with other changesets filtered out.
    def filtered(&self, name: Option<PyBytes>) -> PyResult<Self> {
        let view = match name {
            None => View::Unfiltered,
            Some(name) => view_named(py, name.data(py))?,
        };
        Self::create_instance(py, self.shared(py).clone(), view)
    }
    /// The name of its filter; nothing when all is shown.
    def view_name(&self) -> PyResult<Option<PyBytes>> {
        let name = self.view(py).suffix();
        Ok(name.map(|name| PyBytes::new(py, name.as_bytes())))
    }
    def root(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.repo(py)?.root_bytes()))
    }
    def path(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.repo(py)?.vfs().base_bytes()))
    }
    def shared_path(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.repo(py)?.shared_vfs().base_bytes()))
    }
    def store_path(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, path_to_bytes(self.repo(py)?.store_vfs().base())))
    }
    def store_encode(&self, name: PyBytes) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, &self.repo(py)?.store_vfs().encode(name.data(py))))
    }
    def display_root(&self) -> PyResult<PyBytes> {
        Ok(PyBytes::new(py, self.repo(py)?.display_root()))
    }
    def requirements(&self) -> PyResult<Vec<PyBytes>> {
        let requirements = self.repo(py)?.requirements();
        Ok(requirements.iter().map(|name| PyBytes::new(py, name)).collect())
    }
    def is_shared(&self) -> PyResult<bool> { Ok(self.repo(py)?.is_shared()) }
    def invalidate(&self) -> PyResult<PyObject> {
        self.repo(py)?.invalidate();
        self.forget_hidden(py);
        Ok(py.None())
    }
    def invalidate_all(&self) -> PyResult<PyObject> {
        self.repo(py)?.clear();
        self.forget_hidden(py);
        Ok(py.None())
    }
    def invalidate_hidden(&self) -> PyResult<PyObject> {
        self.forget_hidden(py);
        Ok(py.None())
    }
    def show_hidden(&self, show: bool) -> PyResult<PyObject> {
        self.repo(py)?.set_show_hidden(show);
        self.forget_hidden(py);
        Ok(py.None())
    }
    def revs(&self, spec: PyBytes, user: bool = false) -> PyResult<crate::revs::Revs> {
        let spec = spec.data(py).to_vec();
        let revs = self.query(py, move |query| {
            let specs = [spec];
            let set = if user {
                revset::rev_range(query, &specs)?
            } else {
                revset::revs(query, &specs[0])?
            };
            set.iter().map(|rev| Ok(rev?.get())).collect::<Result<Vec<i32>>>()
        })?;
        crate::revs::Revs::wrap(py, revs)
    }
    def any_revs(&self, specs: Vec<PyBytes>, aliases: Option<Vec<(PyBytes, PyBytes)>> = None)
        -> PyResult<crate::revs::Revs> {
        let specs: Vec<Vec<u8>> = specs.iter().map(|spec| spec.data(py).to_vec()).collect();
        let aliases = aliases.map(|aliases| {
            let pair = |(name, value): &(PyBytes, PyBytes)| {
                (name.data(py).to_vec(), value.data(py).to_vec())
            };
            aliases.iter().map(pair).collect::<Vec<_>>()
        });
        let revs = self.query(py, move |query| {
            let set = revset::any_revs(query, &specs, aliases.as_deref())?;
            set.iter().map(|rev| Ok(rev?.get())).collect::<Result<Vec<i32>>>()
        })?;
        crate::revs::Revs::wrap(py, revs)
    }
    /// The revision a symbol names: a number, an id or its beginning, a bookmark, tag or branch.
    def symbol(&self, name: PyBytes) -> PyResult<i32> {
        let name = name.data(py).to_vec();
        self.query(py, move |query| Ok(revset::symbols::resolve(query, &name)?.get()))
    }
    def lookup(&self, spec: PyBytes) -> PyResult<i32> {
        let spec = spec.data(py).to_vec();
        self.query(py, move |query| Ok(revset::rev_single(query, Some(&spec), b".")?.get()))
    }
    def wdir_parents(&self) -> PyResult<(PyBytes, PyBytes)> {
        let [p1, p2] = quick(py, || Ok(self.repo(py).map(|repo| repo.wdir_parents())))??;
        Ok((PyBytes::new(py, &p1.0), PyBytes::new(py, &p2.0)))
    }
    def wdir_branch(&self) -> PyResult<PyBytes> {
        let stored = self.ask(py, |repo| hg_wdir::branch::read(repo))?;
        Ok(PyBytes::new(py, &self.local(py, &stored)))
    }
    def set_wdir_branch(&self, name: PyBytes) -> PyResult<PyObject> {
        let name = self.stored(py, &name)?;
        self.ask(py, |repo| hg_wdir::branch::write(repo, &name))?;
        Ok(py.None())
    }
    def heads(&self) -> PyResult<Vec<i32>> {
        let (changelog, hidden) = self.changelog_and_hidden(py)?;
        let heads = unlocked(py, || Ok(changelog.heads_where(|rev| !hidden.contains(rev))))?;
        Ok(heads.into_iter().map(Revision::get).collect())
    }
    def run_hook(&self, name: &str, throw: bool, args: Vec<(String, PyBytes)>) -> PyResult<bool> {
        let args = args.into_iter().map(|(name, value)| (name, value.data(py).to_vec())).collect();
        self.ask(py, |repo| repo.hooks().run(repo, name, throw, &args))
    }
    def recover(&self) -> PyResult<bool> { self.ask(py, |repo| hg_store::transaction::recover(repo)) }
    def update_caches(&self) -> PyResult<PyObject> {
        self.ask(py, |repo| repo.update_all_caches())?;
        Ok(py.None())
    }
    /// Lets the object behind a weak reference answer for these methods; `None` restores the originals.
    def set_overrides(&self, names: Vec<String>, repo: PyObject) -> PyResult<PyObject> {
        crate::overrides::install(py, self, &names, repo)?;
        Ok(py.None())
    }
    def holds_lock(&self, working: bool) -> PyResult<bool> {
        let repo = self.repo(py)?;
        Ok(if working { repo.holds_wlock() } else { repo.holds_lock() })
    }
    def is_publishing(&self) -> PyResult<bool> { self.ask(py, |repo| repo.is_publishing()) }
    def __hg_repo__(&self) -> PyResult<PyObject> { crate::capi::repo_capsule(py, self.shared(py)) }
});

// Whether a changelog object still shows what the repository holds.
hot_method!(is_current, RepoHandle, |py, this, changelog| {
    // The interpreter lends the argument for the duration of the call.
    let changelog = PyObject::borrow_from_ptr(&changelog);
    let (now, hidden) = this.changelog_and_hidden(py)?;
    let same = match changelog.cast_as::<crate::revlog::Revlog>(py) {
        Ok(changelog) => changelog.is_of(py, &now, &hidden),
        Err(_) => false,
    };
    Ok(new_bool(same))
});

/// What `py_class!` leaves out.
pub(crate) const EXTRAS: Extras =
    Extras { methods: &[(c"is_current", is_current, METH_O)], ..Extras::NONE };

/// Options from the process's environment, for programs that embed the library without a user.
fn environment_options(py: Python<'_>) -> PyResult<OpenOptions> {
    let config = unlocked(py, || hg_config::Config::load(&hg_commands::process_environment()))?;
    Ok(OpenOptions { config, ..OpenOptions::default() })
}

fn view_named(py: Python<'_>, name: &[u8]) -> PyResult<View> {
    Ok(match name {
        b"visible" | b"visible-hidden" => View::Visible,
        b"served" | b"served.hidden" => View::Served,
        b"immutable" | b"base" => View::Immutable,
        _ => {
            let text = format!("unknown filter: {}", name.escape_ascii());
            return Err(PyErr::new::<exc::KeyError, _>(py, text));
        }
    })
}

impl RepoHandle {
    /// Makes a handle of `repo` as local commands see it.
    pub(crate) fn wrap(py: Python<'_>, repo: Repo) -> PyResult<Self> {
        let encoding = repo.config().environment().encoding().unwrap_or_default();
        let view = repo.view();
        let shared = Shared { slot: Slot::new(repo), encoding, hidden: Mutex::default() };
        Self::create_instance(py, Arc::new(shared), view)
    }

    /// The repository, unless it was closed.
    pub(crate) fn repo(&self, py: Python<'_>) -> PyResult<Repo> {
        self.shared(py).slot.get(py)
    }

    /// What all views of the repository share.
    pub(crate) fn share(&self, py: Python<'_>) -> Arc<Shared> {
        self.shared(py).clone()
    }

    /// Which changesets it shows.
    pub(crate) fn which_view(&self, py: Python<'_>) -> View {
        *self.view(py)
    }

    /// A text as the user sees it.
    pub(crate) fn local(&self, py: Python<'_>, stored: &[u8]) -> Vec<u8> {
        self.shared(py).encoding.local(stored).into_owned()
    }

    /// A text of the user as it is stored.
    pub(crate) fn stored(&self, py: Python<'_>, local: &PyBytes) -> PyResult<Vec<u8>> {
        let encoding = self.shared(py).encoding;
        quick(py, || Ok(encoding.from_local(local.data(py))?.into_owned()))
    }

    /// Asks the repository something without holding the interpreter's lock.
    pub(crate) fn ask<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&Repo) -> Result<T> + Send,
    ) -> PyResult<T> {
        let repo = self.repo(py)?;
        unlocked(py, || question(&repo))
    }

    /// Asks this view of the repository something in the language of revsets.
    pub(crate) fn query<T: Send>(
        &self,
        py: Python<'_>,
        question: impl FnOnce(&QueryContext) -> Result<T> + Send,
    ) -> PyResult<T> {
        let (_, hidden) = self.changelog_and_hidden(py)?;
        let (view, encoding) = (*self.view(py), self.shared(py).encoding);
        self.ask(py, move |repo| {
            let query = context(repo)?.with_encoding(encoding);
            if view == repo.view() {
                return question(&query);
            }
            question(&query.hiding(hidden.iter().collect()))
        })
    }

    /// The changelog, and what this view leaves out.
    pub(crate) fn changelog_and_hidden(
        &self,
        py: Python<'_>,
    ) -> PyResult<(Arc<Changelog>, Arc<RevBits>)> {
        let repo = self.repo(py)?;
        let view = *self.view(py);
        if view == View::Unfiltered {
            let changelog = quick(py, || repo.changelog())?;
            return Ok((changelog, Arc::default()));
        }
        let found = quick(py, || self.shared(py).known_hidden(&repo, view))?;
        match found {
            Some(found) => Ok(found),
            None => unlocked(py, || self_hidden(&repo, view)).map(|new| {
                let answer = (new.changelog.clone(), new.hidden.clone());
                self.shared(py).remember(view, new);
                answer
            }),
        }
    }

    fn forget_hidden(&self, py: Python<'_>) {
        self.shared(py).hidden.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl Shared {
    fn known_hidden(
        &self,
        repo: &Repo,
        view: View,
    ) -> Result<Option<(Arc<Changelog>, Arc<RevBits>)>> {
        let (changelog, phases) = (repo.changelog()?, repo.phases()?);
        let (obsstore, bookmarks) = (repo.obsstore()?, repo.bookmarks()?);
        let known = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((_, known)) = known.iter().find(|(of, _)| *of == view) else { return Ok(None) };
        let same = Arc::ptr_eq(&known.changelog, &changelog)
            && Arc::ptr_eq(&known.phases, &phases)
            && Arc::ptr_eq(&known.obsstore, &obsstore)
            && Arc::ptr_eq(&known.bookmarks, &bookmarks);
        Ok(same.then(|| (changelog, known.hidden.clone())))
    }

    fn remember(&self, view: View, new: HiddenOf) {
        let mut known = self.hidden.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|(of, _)| *of != view);
        known.push((view, new));
    }
}

fn self_hidden(repo: &Repo, view: View) -> Result<HiddenOf> {
    Ok(HiddenOf {
        changelog: repo.changelog()?,
        phases: repo.phases()?,
        obsstore: repo.obsstore()?,
        bookmarks: repo.bookmarks()?,
        hidden: repo.filtered_revs(view)?,
    })
}

/// Whom a query asks, as the environment of the repository's configuration says.
pub(crate) fn context(repo: &Repo) -> Result<QueryContext> {
    let config = repo.config();
    let env = config.environment();
    let clock = Arc::new(SystemClock::new(env.var("TZ")));
    let cwd: &Path = &env.cwd;
    let query = QueryContext::new(repo, clock, path_to_bytes(cwd))?;
    Ok(query.with_plugins(crate::plugins::registered()))
}

/// A node id from Python.
pub(crate) fn node(py: Python<'_>, bytes: &PyBytes) -> PyResult<Node> {
    Node::from_slice(bytes.data(py)).ok_or_else(|| {
        let text = format!("a node id has 20 bytes, not {}", bytes.data(py).len());
        PyErr::new::<exc::ValueError, _>(py, text)
    })
}

/// Lists of bytes for Python.
pub(crate) fn byte_list<'a>(
    py: Python<'_>,
    items: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<PyBytes> {
    items.into_iter().map(|item| PyBytes::new(py, item)).collect()
}

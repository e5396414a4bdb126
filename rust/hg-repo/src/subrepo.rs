//! Subrepositories: repositories nested in the working directory of another one (`hg help subrepos`).
//!
//! [`Subrepos`] belongs to an open repository and knows what lies around it; [`states`] says which
//! subrepositories a changeset or the working directory has; a [`Subrepo`] is one of them, whatever its kind.

mod commit;
mod config;
mod git;
mod hg;
mod merge;
mod source;
mod state;
mod store_hash;
mod svn;
mod verify;

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use hg_store::{NestedLocal, NestedRepos, Repo};
use hg_types::{Error, HgDate, HgPath, HgPathBuf, Interaction, Phase, Result, Revision};
use hg_wire::open::OpenContext;

pub use commit::commit_phase;
pub(crate) use commit::{Precommit, Question};
pub use git::{GitAdded, GitDiff, GitSubrepo};
pub use hg::{HgSubrepo, push_subrepos};
pub use source::{Direction, source_of};
pub use state::{Kind, Of, State, States, states};
pub use svn::SvnSubrepo;
pub use verify::verify;

/// What the subrepositories of one open repository need: how to open others, and what lies around it.
#[derive(Clone)]
pub struct Subrepos {
    shared: Arc<Shared>,
    parent: Option<Arc<Parent>>,
    /// Where the whole tree is pushed to or pulled from at the moment.
    location: Arc<Mutex<Option<Vec<u8>>>>,
}

/// Makes what opening other repositories needs; only when there are any.
pub type MakeContext = Box<dyn Fn() -> Result<OpenContext> + Send + Sync>;

struct Shared {
    make: MakeContext,
    context: OnceLock<OpenContext>,
    interaction: Arc<dyn Interaction + Send + Sync>,
}

/// The repository around.
struct Parent {
    repo: Repo,
    path: HgPathBuf,
    /// Where `.hgsub` says that the subrepository comes from.
    source: Vec<u8>,
}

impl Subrepos {
    /// The subrepositories of a repository that lies in no other one.
    #[must_use]
    pub fn new(make: MakeContext, interaction: Arc<dyn Interaction + Send + Sync>) -> Self {
        let shared = Arc::new(Shared { make, context: OnceLock::new(), interaction });
        Self { shared, parent: None, location: Arc::default() }
    }

    /// Those of an open repository; without any installed, ones that nobody is asked about.
    #[must_use]
    pub fn of(repo: &Repo) -> Self {
        let nested = repo.nested();
        let own = nested.as_ref().and_then(|nested| nested.as_any().downcast_ref::<Self>());
        if let Some(own) = own {
            return own.clone();
        }
        let (config, reporter, hooks) = (repo.config(), repo.reporter(), repo.hooks());
        let cwd = repo.root().to_path_buf();
        let make = move || {
            Ok(OpenContext {
                config: (*config).clone(),
                cwd: cwd.clone(),
                reporter: reporter.clone(),
                hooks: Some(hooks.clone()),
                lookup: Arc::new(|_, symbol| {
                    Err(hg_wire::outgoing::unknown_remote_revision(symbol))
                }),
                asker: None,
                insecure: false,
                nested: None,
            })
        };
        Self::new(Box::new(make), Arc::new(hg_types::Silent))
    }

    /// What opening other repositories needs.
    ///
    /// # Errors
    /// When the configuration cannot be read.
    pub fn context(&self) -> Result<&OpenContext> {
        if let Some(context) = self.shared.context.get() {
            return Ok(context);
        }
        let made = (self.shared.make)()?;
        Ok(self.shared.context.get_or_init(|| made))
    }

    /// Whoever is asked.
    #[must_use]
    pub fn interaction(&self) -> &Arc<dyn Interaction + Send + Sync> {
        &self.shared.interaction
    }

    /// Does something while the tree of repositories is pushed to, or pulled from, `location`.
    ///
    /// # Errors
    /// Those of `work`.
    pub fn at<T>(&self, location: &[u8], work: impl FnOnce() -> Result<T>) -> Result<T> {
        let set = |value| {
            let mut slot = self.location.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *slot, value)
        };
        let before = set(Some(location.to_vec()));
        let result = work();
        set(before);
        result
    }

    fn location(&self) -> Option<Vec<u8>> {
        self.location.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the repository lies in another one that was opened first.
    #[must_use]
    pub fn is_nested(&self) -> bool {
        self.parent.is_some()
    }

    /// The way from the outermost repository to this one; empty for that one itself.
    #[must_use]
    pub fn prefix(&self) -> HgPathBuf {
        match &self.parent {
            None => HgPathBuf::default(),
            Some(parent) => Self::of(&parent.repo).prefix().join(parent.path.as_bytes()),
        }
    }

    /// The same for a repository at `path` in `repo`, which has these.
    fn inside(&self, repo: &Repo, path: &HgPath, source: &[u8]) -> Self {
        let parent = Parent { repo: repo.clone(), path: path.to_owned(), source: source.to_vec() };
        Self {
            shared: self.shared.clone(),
            parent: Some(Arc::new(parent)),
            location: Arc::default(),
        }
    }
}

impl NestedRepos for Subrepos {
    fn is_dirty(&self, repo: &Repo, missing: bool) -> Result<bool> {
        for (path, state) in &states(repo, Of::Working)? {
            if open(repo, path, state)?.is_dirty(false, missing)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn refuse_changes(&self, repo: &Repo) -> Result<()> {
        for (path, state) in &states(repo, Of::Working)? {
            open(repo, path, state)?.refuse_changes()?;
        }
        Ok(())
    }

    fn check_outgoing(&self, repo: &Repo, revs: &[Revision]) -> Result<()> {
        verify::check_outgoing(repo, revs)
    }

    fn begin(&self, repo: &Repo) -> Result<Box<dyn NestedLocal>> {
        Ok(Box::new(merge::Local(states(repo, Of::Working)?)))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// How subrepositories are pushed.
#[derive(Clone, Copy, Debug, Default)]
pub struct PushFlags {
    /// Skip all checks.
    pub force: bool,
    /// Allow new branches.
    pub new_branch: bool,
}

/// What a commit in a subrepository takes from the one around.
#[derive(Clone, Debug)]
pub struct NestedCommit {
    /// The message.
    pub message: Vec<u8>,
    /// Who makes it.
    pub user: Vec<u8>,
    /// When.
    pub date: HgDate,
    /// The phase, where it is not the configured one.
    pub phase: Option<Phase>,
}

/// A subrepository of any kind, at a state.
pub trait Subrepo {
    /// Where it lies in the repository around.
    fn path(&self) -> &HgPath;

    /// How messages name it: by the way from the outermost repository.
    fn shown(&self) -> Vec<u8>;

    /// The repository, if it is one of Mercurial's.
    fn as_hg(&self) -> Option<&HgSubrepo> {
        None
    }

    /// The repository, if it is one of Git's.
    fn as_git(&self) -> Option<&GitSubrepo> {
        None
    }

    /// Whether it has changes, or is at another state (unless `any_state`); files that are `missing` count if
    /// that is asked.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn is_dirty(&self, any_state: bool, missing: bool) -> Result<bool>;

    /// The revision it is at.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn base_revision(&self) -> Result<Vec<u8>>;

    /// Records its changes and gives the new revision.
    ///
    /// # Errors
    /// When it cannot.
    fn commit(&self, commit: &NestedCommit) -> Result<Vec<u8>>;

    /// The phase of a revision.
    ///
    /// # Errors
    /// When it is unknown.
    fn phase(&self, revision: &[u8]) -> Result<Phase>;

    /// Takes its files away.
    ///
    /// # Errors
    /// When it cannot.
    fn remove(&self) -> Result<()>;

    /// Sees to it that the revision of a state is there.
    ///
    /// # Errors
    /// When it cannot be had.
    fn obtain(&self, state: &State) -> Result<()>;

    /// Brings it to a state, which is fetched if it is not there; with `overwrite`, local changes go.
    ///
    /// # Errors
    /// When it cannot.
    fn get(&self, state: &State, overwrite: bool) -> Result<()>;

    /// Merges a state into it.
    ///
    /// # Errors
    /// When it cannot.
    fn merge(&self, state: &State) -> Result<()>;

    /// Pushes it; says whether that failed.
    ///
    /// # Errors
    /// When it cannot.
    fn push(&self, flags: PushFlags) -> Result<bool>;

    /// The short form of a revision, for messages.
    fn short(&self, revision: &[u8]) -> Vec<u8> {
        revision.to_vec()
    }

    /// Why it is not clean, if it is not.
    ///
    /// # Errors
    /// When it cannot be looked at.
    fn dirty_reason(&self, any_state: bool, missing: bool) -> Result<Option<Vec<u8>>> {
        let dirty = self.is_dirty(any_state, missing)?;
        let text =
            || [b"uncommitted changes in subrepository \"", &self.shown()[..], b"\""].concat();
        Ok(dirty.then(text))
    }

    /// Asks whether to leave what is checked out, `here`, for the state that `around` records, `there`.
    ///
    /// # Errors
    /// When nobody answers.
    fn asks_for_other(
        &self,
        around: &Repo,
        changed: bool,
        [here, there]: [&[u8]; 2],
    ) -> Result<bool> {
        let which: &[u8] = if changed { b"" } else { b" (in checked out version)" };
        let parts: [&[u8]; 9] = [
            b" subrepository sources for ",
            &self.shown(),
            b" differ",
            which,
            b"\nyou can use (l)ocal source (",
            here,
            b") or (r)emote source (",
            there,
            b").\nwhat do you want to do?$$ &Local $$ &Remote",
        ];
        Ok(Subrepos::of(around).interaction().choose(&parts.concat(), 0)? == 1)
    }

    /// Fails when it has changes.
    ///
    /// # Errors
    /// When it has, or cannot be looked at.
    fn refuse_changes(&self) -> Result<()> {
        match self.dirty_reason(false, true)? {
            Some(reason) => Err(Error::abort(reason)),
            None => Ok(()),
        }
    }
}

/// Opens a subrepository; one that is not there is begun, without any history.
///
/// # Errors
/// When the configuration or its place does not allow it.
pub fn open(repo: &Repo, path: &HgPath, state: &State) -> Result<Box<dyn Subrepo>> {
    check_allowed(repo, path, &state.kind)?;
    Ok(match &state.kind {
        Kind::Hg => Box::new(HgSubrepo::open(repo, path, state)?),
        Kind::Git => Box::new(GitSubrepo::open(repo, path, state)?),
        Kind::Svn => Box::new(SvnSubrepo::open(repo, path, state)),
        Kind::Other(name) => {
            return Err(Error::abort([b"unknown subrepo type ", &name[..]].concat()));
        }
    })
}

/// Opens a subrepository if it is there; nothing is made.
///
/// # Errors
/// When the configuration or its place does not allow it.
pub fn open_present(repo: &Repo, path: &HgPath, state: &State) -> Result<Option<Box<dyn Subrepo>>> {
    check_allowed(repo, path, &state.kind)?;
    let inside = |name: &[u8]| repo.wvfs().exists([path.as_bytes(), b"/", name].concat());
    match state.kind {
        Kind::Hg if !inside(b".hg") => Ok(None),
        _ => open(repo, path, state).map(Some),
    }
}

/// Whether subrepositories of a kind may be at a place.
fn check_allowed(repo: &Repo, path: &HgPath, kind: &Kind) -> Result<()> {
    let config = repo.config();
    let name = path.as_bytes();
    hg_vfs::PathAuditor::new(repo.wvfs().clone()).check(name)?;
    // Somewhere the name could be taken for a variable or a home directory.
    let expands = name.starts_with(b"~") || name.contains(&b'$');
    if expands || hg_match::normalize_path(name) != name || name == b"." {
        let text = [b"subrepo path contains illegal component: ", name].concat();
        return Err(Error::abort(text));
    }
    if repo.wvfs().lstat(path)?.is_some_and(|stat| stat.is_symlink()) {
        let parts: [&[u8]; 3] = [b"subrepo '", name, b"' traverses symbolic link"];
        return Err(Error::abort(parts.concat()));
    }
    let hint = "see 'hg help config.subrepos' for details";
    if !config.get_bool_or("subrepos", "allowed", true)? {
        return Err(Error::abort("subrepos not enabled").hint(hint));
    }
    let name = kind.name();
    let item = [name, b":allowed"].concat();
    if !config.get_bool_or("subrepos", &item, *kind == Kind::Hg)? {
        return Err(Error::abort([name, b" subrepos not allowed"].concat()).hint(hint));
    }
    Ok(())
}

/// Marks an error that names its subrepository already.
#[derive(Debug, thiserror::Error)]
#[error("in a subrepository")]
struct Named;

/// Says in which subrepository something failed, unless that was said further inside.
fn named<T>(result: Result<T>, shown: &[u8]) -> Result<T> {
    result.map_err(|error| {
        let said = error.source.as_ref().is_some_and(|source| source.is::<Named>());
        if said || !is_refusal(&error) {
            return error;
        }
        let text = [&error.message[..], b" (in subrepository \"", shown, b"\")"].concat();
        let renamed = Error::abort(text).because(Named);
        match error.hint {
            Some(hint) => renamed.hint(hint),
            None => renamed,
        }
    })
}

/// Whether an error is a refusal in words, not a fault of the machine.
fn is_refusal(error: &Error) -> bool {
    use hg_types::ErrorKind as Kind;
    !matches!(
        error.kind,
        Kind::Io
            | Kind::Repo
            | Kind::Remote
            | Kind::BrokenPipe
            | Kind::LockHeld
            | Kind::LockUnavailable
            | Kind::Programming
    )
}

/// A directory of the working directory.
fn directory(repo: &Repo, path: &HgPath) -> PathBuf {
    repo.wvfs().join(path)
}

/// The paths of all subrepositories of the working directory that are there, those within others too.
///
/// # Errors
/// When the files that describe them are malformed.
pub fn all_paths(repo: &Repo) -> Result<Vec<Vec<u8>>> {
    let mut out = Vec::new();
    for (path, state) in &states(repo, Of::Working)? {
        out.push(path.as_bytes().to_vec());
        let Some(sub) = open_present(repo, path, state)? else { continue };
        if let Some(hg) = sub.as_hg() {
            let inner = all_paths(&hg.repo())?;
            out.extend(inner.iter().map(|inner| path.join(inner).into_vec()));
        }
    }
    Ok(out)
}

/// The subrepositories of two versions, `before` and `after`: each at its state before, and the one after where
/// that is known. One that is new is compared with nothing.
///
/// # Errors
/// When what describes them is malformed.
pub fn compared(
    repo: &Repo,
    before: Of,
    after: Of,
) -> Result<Vec<(HgPathBuf, State, Option<State>)>> {
    let (old, new) = (states(repo, before)?, states(repo, after)?);
    let later = |path: &HgPathBuf| match after {
        Of::Working => None,
        Of::Changeset(_) => new.get(path).cloned(),
    };
    let mut out: Vec<_> =
        old.iter().map(|(path, state)| (path.clone(), state.clone(), later(path))).collect();
    for (path, state) in new.iter().filter(|(path, _)| !old.contains_key(*path)) {
        let nothing = State { revision: Vec::new(), ..state.clone() };
        out.push((path.clone(), nothing, later(path)));
    }
    Ok(out)
}

/// Walks over the subrepositories of the working directory or a changeset, in order.
///
/// # Errors
/// When one of them cannot be opened, or `visit` fails.
pub fn for_each(
    repo: &Repo,
    of: Of,
    visit: &mut dyn FnMut(&dyn Subrepo) -> Result<()>,
) -> Result<()> {
    for (path, state) in &states(repo, of)? {
        visit(&*open(repo, path, state)?)?;
    }
    Ok(())
}

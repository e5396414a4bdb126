//! Committing the working directory: what changed becomes a changeset, and the dirstate follows.

use std::collections::{BTreeMap, BTreeSet};

use hg_match::Matcher;
use hg_store::extension::Building;
use hg_store::{HookArgs, Repo};
use hg_types::{Error, HgDate, HgPath, HgPathBuf, Node, Phase, Result};
use hg_wdir::dirstate::FileUpdate;
use hg_wdir::merge::MergeState;
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::commit::{FileSource, FileVersion, MemoryFiles, NewCommit, commit, commit_hook_args};
use crate::subrepo::{NestedCommit, Precommit, Question};

/// A changeset that is about to be made, as the editor and the checks see it.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The parents.
    pub parents: [Node; 2],
    /// The branch it will be on, in UTF-8.
    pub branch: Vec<u8>,
    /// Who makes it.
    pub user: Vec<u8>,
    /// The message so far.
    pub message: Vec<u8>,
    /// What changed.
    pub status: Status,
    /// Extras, without the branch.
    pub extra: BTreeMap<Vec<u8>, Vec<u8>>,
}

impl Draft {
    /// The paths that it changes.
    #[must_use]
    pub fn changed(&self) -> BTreeSet<HgPathBuf> {
        changed_paths(&self.status)
    }
}

/// Turns a draft into the final message: asks the editor, checks that it is not empty.
pub type MessageSource<'a> = dyn FnMut(&Draft) -> Result<Vec<u8>> + 'a;

/// Says who makes a changeset.
pub type User<'a> = Box<dyn Fn() -> Result<Vec<u8>> + 'a>;

/// Somebody who is known already.
#[must_use]
pub fn known_user<'a>(name: Vec<u8>) -> User<'a> {
    Box::new(move || Ok(name.clone()))
}

/// What to commit and how.
pub struct CommitRequest<'a> {
    /// Which files.
    pub matcher: &'a Matcher,
    /// The message, before the editor.
    pub message: Vec<u8>,
    /// Who makes it; asked once it is known that there is something to commit.
    pub user: User<'a>,
    /// When.
    pub date: HgDate,
    /// Extras, such as `close`; the branch is added.
    pub extra: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The phase, where it is not the configured one.
    pub phase: Option<Phase>,
    /// What was chosen of the changes, as it is to be committed; everything when `None`.
    pub chosen: Option<MemoryFiles>,
    /// Commit even when nothing changed.
    pub allow_empty: bool,
    /// Commit changes in subrepositories too, whatever the configuration says.
    pub recurse: bool,
    /// Makes the final message.
    pub editor: &'a mut MessageSource<'a>,
}

/// Commits the working directory; `None` when nothing changed.
///
/// # Errors
/// When files named are not there, conflicts are unresolved, a hook refuses, the user gives no
/// message, or anything cannot be written. Nothing has changed then.
pub fn commit_working(repo: &Repo, request: &mut CommitRequest<'_>) -> Result<Option<Node>> {
    let wlock = repo.wlock()?;
    let lock = repo.lock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let parents = wdir.dirstate().parents();
    if let Some(extension) = repo.extension() {
        extension.check(repo, Building::Commit, parents)?;
    }
    let is_merge = !parents[1].is_null();
    if is_merge && !request.matcher.is_always() {
        let message = "cannot partially commit a merge (do not specify files or patterns)";
        return Err(Error::abort(message));
    }
    let mut status = wdir.status(request.matcher, StatusOptions::default())?;
    let recurse = request.recurse || repo.config().get_bool_or("ui", "commitsubrepos", false)?;
    let question = Question { repo, wdir: &wdir, parents, matcher: request.matcher, recurse };
    let precommit = Precommit::new(&question, &mut status)?;
    check_named_files(&wdir, request.matcher, &status, &|path| precommit.names(path))?;
    if let Some(chosen) = &request.chosen {
        chosen.restrict(&mut status);
    }
    let branch = hg_wdir::branch::read(repo)?;
    let parent_branch = repo.changelog()?.entry_of(&parents[0])?.branch();
    let worth_it = branch != parent_branch
        || request.extra.contains_key(&b"close"[..])
        || is_merge
        || status.has_changes()
        || request.allow_empty
        || repo.config().get_bool_or("ui", "allowemptycommit", false)?;
    if !worth_it {
        repo.reporter().debug(b"nothing to commit, clearing merge state\n");
        MergeState::clear(repo)?;
        return Ok(None);
    }
    if is_merge && !status.deleted.is_empty() {
        return Err(Error::abort("cannot commit merge with missing files"));
    }
    let state = MergeState::read(repo)?;
    check_resolved(&state, request.matcher)?;
    let mut draft = Draft {
        parents,
        branch: branch.clone(),
        user: (request.user)()?,
        message: request.message.clone(),
        status,
        extra: request.extra.clone(),
    };
    let message = (request.editor)(&draft)?;
    let edited = message != draft.message;
    draft.message = message;
    let result = store(repo, &mut wdir, &mut draft, request, Rest { state, precommit });
    drop(lock);
    drop(wlock);
    if result.is_err() && edited {
        let note = b"note: commit message saved in .hg/last-message.txt\n\
            note: use 'hg commit --logfile .hg/last-message.txt --edit' to reuse it\n";
        repo.reporter().warn(note);
    }
    result.map(Some)
}

/// Keeps a message for the user, in case that what comes next fails.
///
/// # Errors
/// When it cannot be written.
pub fn save_message(repo: &Repo, message: &[u8]) -> Result<()> {
    Ok(repo.vfs().write("last-message.txt", message)?)
}

/// Refuses names that stand for nothing that could be committed, before anybody is asked anything.
///
/// # Errors
/// The first such name.
pub fn check_names(repo: &Repo, matcher: &Matcher) -> Result<()> {
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(matcher, StatusOptions::default())?;
    check_named_files(&wdir, matcher, &status, &|_| false)
}

/// Refuses names that stand for nothing that could be committed.
fn check_named_files(
    wdir: &WorkingDir,
    matcher: &Matcher,
    status: &Status,
    is_subrepo: &dyn Fn(&HgPath) -> bool,
) -> Result<()> {
    let changed = [&status.modified, &status.added, &status.removed];
    let fail = |path: &HgPath, why: &str| {
        Err(Error::input([path.as_bytes(), b": ", why.as_bytes()].concat()))
    };
    if let Some((path, why)) = status.bad.first() {
        return Err(Error::input([path.as_bytes(), b": ", why].concat()));
    }
    for path in matcher.files() {
        let is_changed = |list: &&Vec<HgPathBuf>| list.binary_search(&path.to_owned()).is_ok();
        if path.is_empty() || changed.iter().any(is_changed) || is_subrepo(&path) {
            continue;
        }
        if status.deleted.contains(&path.to_owned()) {
            return fail(&path, "file not found!");
        }
        let stat = wdir.repo().wvfs().lstat(&path)?;
        let is_dir = stat.as_ref().is_some_and(|stat| stat.is_dir());
        if is_dir || wdir.dirstate().has_below(&path)? {
            let below = |list: &&Vec<HgPathBuf>| list.iter().any(|file| file.is_below(&path));
            if !changed.iter().any(below) {
                return fail(&path, "no match under directory!");
            }
        } else if !wdir.dirstate().is_tracked(&path)? {
            let missing = stat.is_none();
            return fail(
                &path,
                if missing { "No such file or directory" } else { "file not tracked!" },
            );
        }
    }
    Ok(())
}

fn check_resolved(state: &MergeState, matcher: &Matcher) -> Result<()> {
    let open = state.unresolved().any(|file| matcher.matches(&file.path));
    if open {
        let message = "unresolved merge conflicts (see 'hg help resolve')";
        return Err(Error::state(message));
    }
    Ok(())
}

/// The files that the merge keeps although a side removed them, where these are recorded at all.
fn salvaged(repo: &Repo, state: &MergeState) -> Result<BTreeSet<HgPathBuf>> {
    let wanted = repo.config().get_bool_or("experimental", "merge-track-salvaged", false)?;
    let candidates = state.with_extra(b"merge-removal-candidate", b"yes");
    Ok(candidates.filter(|_| wanted).cloned().collect())
}

/// What a commit has found out besides the changes.
struct Rest {
    state: MergeState,
    precommit: Precommit,
}

fn store(
    repo: &Repo,
    wdir: &mut WorkingDir,
    draft: &mut Draft,
    request: &CommitRequest<'_>,
    rest: Rest,
) -> Result<Node> {
    let Rest { state, mut precommit } = rest;
    let parents = draft.parents;
    if precommit.commits_any() {
        let (message, user) = (draft.message.clone(), draft.user.clone());
        let (date, phase) = (request.date, request.phase);
        precommit.commit(repo, &NestedCommit { message, user, date, phase })?;
    }
    let args: HookArgs = commit_hook_args(&Node::NULL, parents).split_off(1);
    repo.hooks().run(repo, "precommit", true, &args)?;
    let status = &draft.status;
    let mut extra = request.extra.clone();
    extra.insert(b"branch".to_vec(), draft.branch.clone());
    let new = NewCommit {
        parents,
        paths: changed_paths(status),
        from_other: state.from_other().cloned().collect(),
        salvaged: salvaged(repo, &state)?,
        user: draft.user.clone(),
        date: request.date,
        description: draft.message.clone(),
        extra,
        phase: request.phase,
        subrepos: precommit.into_states(),
    };
    let tr = repo.transaction("commit")?;
    let mut source = WorkingFiles::new(wdir, status, request.chosen.clone())?;
    let node = commit(repo, &tr, &new, &mut source)?;
    repo.advance_active_bookmark(&tr, &parents, node)?;
    follow(wdir, status, node)?;
    tr.close()?;
    MergeState::clear(repo)?;
    let hook_args = commit_hook_args(&node, parents);
    repo.after_unlock(move |repo, good| {
        if good {
            // The changeset is made; a failing hook is told about but changes nothing.
            repo.hooks().run_late(repo, "commit", &hook_args);
        }
    });
    Ok(node)
}

/// The files of the working directory as they are to be committed.
pub(crate) struct WorkingFiles<'a> {
    wdir: &'a WorkingDir,
    copies: BTreeMap<HgPathBuf, HgPathBuf>,
    removed: BTreeSet<&'a HgPathBuf>,
    chosen: Option<MemoryFiles>,
}

impl<'a> WorkingFiles<'a> {
    /// Takes the files from `wdir`, or what was chosen of them.
    pub(crate) fn new(
        wdir: &'a WorkingDir,
        status: &'a Status,
        chosen: Option<MemoryFiles>,
    ) -> Result<Self> {
        let copies = wdir.dirstate().copies()?.into_iter().collect();
        Ok(Self { wdir, copies, removed: status.removed.iter().collect(), chosen })
    }
}

impl FileSource for WorkingFiles<'_> {
    fn is_working(&self) -> bool {
        true
    }

    fn read(&mut self, path: &HgPath) -> Result<Option<FileVersion>> {
        if let Some(chosen) = &mut self.chosen {
            return chosen.read(path);
        }
        if self.removed.contains(&path.to_owned()) {
            return Ok(None);
        }
        let Some((flags, content)) = self.wdir.read_file(path)? else {
            return Err(missing(path));
        };
        let copied_from = self.copies.get(path).cloned();
        Ok(Some(FileVersion { content, flags, copied_from }))
    }
}

fn missing(path: &HgPath) -> Error {
    let message = [b"trouble committing ", path.as_bytes(), b"!"].concat();
    Error::abort(message)
}

pub(crate) fn changed_paths(status: &Status) -> BTreeSet<HgPathBuf> {
    [&status.modified, &status.added, &status.removed].into_iter().flatten().cloned().collect()
}

/// Makes the dirstate say that `node` holds what was committed.
pub(crate) fn follow(wdir: &mut WorkingDir, status: &Status, node: Node) -> Result<()> {
    let dirstate = wdir.dirstate_mut();
    dirstate.set_parents(node, Node::NULL)?;
    let committed = FileUpdate {
        tracked: true,
        p1_tracked: true,
        possibly_dirty: true,
        ..FileUpdate::default()
    };
    for path in status.modified.iter().chain(&status.added) {
        dirstate.update_file(path, committed)?;
        dirstate.set_copy(path, None)?;
    }
    for path in &status.removed {
        dirstate.update_file(path, FileUpdate::default())?;
    }
    wdir.write()
}

//! Subrepositories of Mercurial's.

use std::cell::RefCell;

use hg_store::{InitOptions, Repo};
use hg_types::{Error, HgPath, HgPathBuf, Node, Phase, Result};
use hg_wdir::WorkingDir;
use hg_wdir::merge::{UpdateOptions, update};
use hg_wire::open::open_peer;
use hg_wire::paths::Path;
use hg_wire::pull::PullOptions;
use hg_wire::push::PushOptions;
use hg_wire::replaced::{pull_from, push_to};
use hg_wire::url::hide_password;

use super::source::{Direction, require_source, source_of};
use super::{NestedCommit, Of, PushFlags, State, Subrepo, Subrepos, directory, named, store_hash};
use crate::clone::{Checkout, CloneContext, CloneOptions, Pool, clone};
use crate::share::{self, ShareOptions};
use crate::working::{CommitRequest, commit_working, known_user};

/// A Mercurial repository in the working directory of another one.
pub struct HgSubrepo {
    around: Repo,
    path: HgPathBuf,
    state: State,
    repo: RefCell<Repo>,
}

impl HgSubrepo {
    /// Opens it; what is not there is begun.
    pub(super) fn open(around: &Repo, path: &HgPath, state: &State) -> Result<Self> {
        let root = directory(around, path);
        let own = Subrepos::of(around);
        let is_new = !root.join(".hg").is_dir();
        let options = own.context()?.options();
        let repo = if is_new {
            Repo::init(&root, options, &InitOptions::default())?
        } else {
            Repo::open(&root, options)?
        };
        repo.set_reporter(around.reporter());
        repo.set_nested(std::sync::Arc::new(own.inside(around, path, &state.source)));
        repo.set_show_hidden(around.view() == hg_store::View::Unfiltered);
        let out = Self {
            around: around.clone(),
            path: path.to_owned(),
            state: state.clone(),
            repo: RefCell::new(repo),
        };
        if is_new {
            out.configure()?;
            out.reopen()?;
        }
        Ok(out)
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> Repo {
        self.repo.borrow().clone()
    }

    /// The state it was opened for.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The state's changeset; `None` before the first commit.
    #[must_use]
    pub fn node(&self) -> Option<Node> {
        Node::from_hex(&self.state.revision)
    }

    /// The state's changeset, in this repository.
    ///
    /// # Errors
    /// When it is not there.
    pub fn revision(&self) -> Result<hg_types::Revision> {
        let repo = self.repo();
        repo.changelog()?.rev(&known_node(&repo, &self.state.revision)?)
    }

    /// Reads everything anew after somebody else has made the repository.
    fn reopen(&self) -> Result<()> {
        let own = Subrepos::of(&self.around);
        let repo = Repo::open(&directory(&self.around, &self.path), own.context()?.options())?;
        repo.set_reporter(self.around.reporter());
        let inside = own.inside(&self.around, &self.path, &self.state.source);
        repo.set_nested(std::sync::Arc::new(inside));
        self.repo.replace(repo);
        Ok(())
    }

    /// Writes down where the repository comes from and is pushed to.
    fn configure(&self) -> Result<()> {
        let repo = self.repo();
        let mut text = b"[paths]\n".to_vec();
        let from = source_of(&repo, Direction::Pull)?;
        let to = source_of(&repo, Direction::Push)?;
        if let Some(from) = &from {
            text.extend_from_slice(&[b"default = ", &from[..], b"\n"].concat());
        }
        if let Some(to) = to.filter(|to| from.as_ref() != Some(to)) {
            text.extend_from_slice(&[b"default-push = ", &to[..], b"\n"].concat());
        }
        Ok(repo.vfs().write("hgrc", &text)?)
    }

    /// Says something in which the repository and a location are named.
    fn tell(&self, before: &str, between: &str, location: &[u8]) {
        let parts: [&[u8]; 5] =
            [before.as_bytes(), &self.shown(), between.as_bytes(), &hide_password(location), b"\n"];
        self.around.reporter().status(&parts.concat());
    }

    /// Sees to it that the changeset of a state is there; says whether it already was.
    fn fetch(&self, state: &State) -> Result<bool> {
        let repo = self.repo();
        let node = revision_node(&state.revision)?;
        let is_empty = repo.changelog()?.is_empty();
        // A share that has nothing yet is not one so far.
        if repo.changelog()?.has_node(&node) && !(is_empty && self.around.is_shared()) {
            return Ok(true);
        }
        let inside = Subrepos::of(&self.around).inside(&self.around, &self.path, &state.source);
        repo.set_nested(std::sync::Arc::new(inside));
        let location = require_source(&repo, Direction::Pull)?;
        if is_empty {
            self.make(&location)?;
            self.configure()?;
            self.reopen()?;
            store_hash::remember(&self.repo(), &location)?;
            return Ok(false);
        }
        self.tell("pulling subrepo ", " from ", &location);
        let clean = store_hash::is_clean(&repo, &location)?;
        let own = Subrepos::of(&self.around);
        let peer = open_peer(own.context()?, &location, Some(&repo))?;
        pull_from(&repo, peer, PullOptions::default())?;
        if clean {
            store_hash::remember(&repo, &location)?;
        }
        Ok(false)
    }

    /// Shares or clones what is not there yet.
    fn make(&self, location: &[u8]) -> Result<()> {
        let own = Subrepos::of(&self.around);
        let context = own.context()?;
        let root = directory(&self.around, &self.path);
        self.repo().vfs().remove_tree("")?;
        let path = Path::from_location(location)?;
        let target = hg_vfs::path_to_bytes(&root).to_vec();
        let shares = self.around.is_shared();
        let interaction = &**own.interaction();
        if shares && !hg_wire::open::is_remote(location) {
            self.tell("sharing subrepo ", " from ", location);
            let options = ShareOptions { no_update: true, ..ShareOptions::default() };
            share::share(context, &path, location, Some(&target), options, interaction)?;
            return Ok(());
        }
        let config = self.around.config();
        let pool = config.get("share", "pool").filter(|pool| shares && !pool.is_empty());
        let naming = config.get("share", "poolnaming").unwrap_or(b"identity").to_vec();
        self.tell("cloning subrepo ", " from ", location);
        let context = CloneContext {
            open: context.clone(),
            interaction,
            show_stats: &|_| {},
            set_up: &|_| Ok(()),
        };
        let options = CloneOptions {
            checkout: Checkout::Nothing,
            pool: pool.map(|pool| Pool { directory: pool.to_vec(), naming }),
            ..CloneOptions::default()
        };
        clone(&context, &path, Some(&target), &options)?;
        Ok(())
    }

    fn get_state(&self, state: &State, overwrite: bool) -> Result<()> {
        let was_there = self.fetch(state)?;
        let reporter = self.around.reporter();
        reporter.debug(&[b"getting subrepo ", &self.shown()[..], b"\n"].concat());
        let repo = self.repo();
        let node = known_node(&repo, &state.revision)?;
        let rev = repo.changelog()?.rev(&node)?;
        if was_there && repo.is_hidden(rev)? {
            let parts: [&[u8]; 5] = [
                b"revision ",
                &node.short(),
                b" in subrepository \"",
                &self.shown(),
                b"\" is hidden\n",
            ];
            reporter.warn(&parts.concat());
        }
        self.update_to(node, overwrite)?;
        Ok(())
    }

    fn update_to(&self, node: Node, force: bool) -> Result<hg_wdir::merge::UpdateStats> {
        let own = Subrepos::of(&self.around);
        let labels = vec![b"working copy".to_vec(), b"destination".to_vec()];
        let options = UpdateOptions { force, labels, ..UpdateOptions::default() };
        update(&self.repo(), node, &options, &**own.interaction())
    }

    fn merge_state(&self, state: &State) -> Result<()> {
        self.fetch(state)?;
        let repo = self.repo();
        let cl = repo.changelog()?;
        let target = known_node(&repo, &state.revision)?;
        let here = hg_wdir::parents(&repo)?[0];
        let (current, other) = (cl.rev(&here)?, cl.rev(&target)?);
        let ancestor = cl.ancestor(current, other);
        if ancestor != other && self.is_dirty(false, false)? && !self.takes_other(here, target)? {
            return Ok(());
        }
        let reporter = self.around.reporter();
        let debug = |what: &str| {
            let parts = [what.as_bytes(), b" subrepository \"", &self.shown()[..], b"\"\n"];
            reporter.debug(&parts.concat());
        };
        if ancestor == current && cl.entry(current)?.branch() == cl.entry(other)?.branch() {
            debug("updating");
            let stats = self.update_to(target, false)?;
            reporter.status((stats.line() + "\n").as_bytes());
        } else if ancestor == other {
            debug("skipping");
        } else {
            debug("merging");
            self.merge_other(target)?;
        }
        Ok(())
    }

    fn merge_other(&self, target: Node) -> Result<()> {
        let own = Subrepos::of(&self.around);
        let labels = vec![b"local".to_vec(), b"other".to_vec()];
        let options = UpdateOptions { branch_merge: true, labels, ..UpdateOptions::default() };
        let stats = update(&self.repo(), target, &options, &**own.interaction())?;
        let reporter = self.around.reporter();
        reporter.status((stats.line() + "\n").as_bytes());
        if stats.unresolved > 0 {
            let text = b"use 'hg resolve' to retry unresolved file merges or 'hg merge --abort' \
                to abandon\n";
            reporter.status(text);
        }
        Ok(())
    }

    /// Asks whether to leave the changeset that is checked out.
    fn takes_other(&self, here: Node, there: Node) -> Result<bool> {
        let changed = has_changes(&self.repo(), false)?;
        self.asks_for_other(&self.around, changed, [&here.short(), &there.short()])
    }

    fn push_all(&self, flags: PushFlags) -> Result<bool> {
        let repo = self.repo();
        // What others refer to goes first.
        if push_subrepos(&repo, flags)? {
            return Ok(true);
        }
        let location = require_source(&repo, Direction::Push)?;
        if !flags.force && store_hash::is_clean(&repo, &location)? {
            self.tell("no changes made to subrepo ", " since last push to ", &location);
            return Ok(false);
        }
        self.tell("pushing subrepo ", " to ", &location);
        let own = Subrepos::of(&self.around);
        let peer = open_peer(own.context()?, &location, Some(&repo))?;
        let options = PushOptions {
            force: flags.force,
            new_branch: flags.new_branch,
            verbose: repo.reporter().is_verbose(),
            ..PushOptions::default()
        };
        let pushed = push_to(&repo, peer, options)?;
        store_hash::remember(&repo, &location)?;
        Ok(pushed.changegroup == Some(0))
    }

    fn commit_changes(&self, commit: &NestedCommit) -> Result<Vec<u8>> {
        let repo = self.repo();
        let here = || Ok(hg_wdir::parents(&repo)?[0].hex());
        // What was only updated needs no changeset.
        if !self.is_dirty(true, false)? {
            return here();
        }
        let text = [b"committing subrepo ", &self.shown()[..], b"\n"].concat();
        repo.reporter().debug(&text);
        let matcher = hg_match::Matcher::always();
        let mut editor = |draft: &crate::working::Draft| Ok(draft.message.clone());
        let mut request = CommitRequest {
            matcher: &matcher,
            message: commit.message.clone(),
            user: known_user(commit.user.clone()),
            date: commit.date,
            extra: std::collections::BTreeMap::new(),
            phase: commit.phase,
            chosen: None,
            allow_empty: false,
            recurse: true,
            editor: &mut editor,
        };
        match commit_working(&repo, &mut request)? {
            Some(node) => Ok(node.hex()),
            None => here(),
        }
    }
}

/// Pushes the subrepositories of the changeset that is checked out; says whether that failed.
///
/// # Errors
/// When one cannot be pushed.
pub fn push_subrepos(repo: &Repo, flags: PushFlags) -> Result<bool> {
    let here = Of::Changeset(hg_wdir::parents(repo)?[0]);
    for (path, state) in &super::states(repo, here)? {
        if super::open(repo, path, state)?.push(flags)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The changeset that a revision names; none stands for an empty working directory.
fn revision_node(revision: &[u8]) -> Result<Node> {
    if revision.is_empty() {
        return Ok(Node::NULL);
    }
    Node::from_hex(revision).ok_or_else(|| unknown(revision))
}

fn known_node(repo: &Repo, revision: &[u8]) -> Result<Node> {
    let node = revision_node(revision)?;
    match repo.changelog()?.has_node(&node) || node.is_null() {
        true => Ok(node),
        false => Err(unknown(revision)),
    }
}

fn unknown(revision: &[u8]) -> Error {
    let text = [b"unknown revision '", revision, b"'"].concat();
    Error::new(hg_types::ErrorKind::UnknownRevision, text)
}

/// Whether the working directory has changes, in subrepositories or a branch name too.
pub(super) fn has_changes(repo: &Repo, missing: bool) -> Result<bool> {
    if repo.nested().map_or(Ok(false), |nested| nested.is_dirty(repo, missing))? {
        return Ok(true);
    }
    let mut wdir = WorkingDir::open(repo)?;
    let parent = repo.changelog()?.entry_of(&wdir.dirstate().p1())?.branch();
    if wdir.dirstate().in_merge() || hg_wdir::branch::read(repo)? != parent {
        return Ok(true);
    }
    let options = hg_wdir::StatusOptions::default();
    let status = wdir.status(&hg_match::Matcher::always(), options)?;
    Ok(status.has_changes() || missing && !status.deleted.is_empty())
}

impl Subrepo for HgSubrepo {
    fn path(&self) -> &HgPath {
        &self.path
    }

    fn shown(&self) -> Vec<u8> {
        Subrepos::of(&self.around).prefix().join(self.path.as_bytes()).into_vec()
    }

    fn as_hg(&self) -> Option<&HgSubrepo> {
        Some(self)
    }

    fn is_dirty(&self, any_state: bool, missing: bool) -> Result<bool> {
        let check = || {
            let revision = &self.state.revision;
            if !any_state
                && (revision.is_empty() || *revision != hg_wdir::parents(&self.repo())?[0].hex())
            {
                return Ok(true);
            }
            has_changes(&self.repo(), missing)
        };
        named(check(), &self.shown())
    }

    fn base_revision(&self) -> Result<Vec<u8>> {
        Ok(hg_wdir::parents(&self.repo())?[0].hex())
    }

    fn commit(&self, commit: &NestedCommit) -> Result<Vec<u8>> {
        named(self.commit_changes(commit), &self.shown())
    }

    fn phase(&self, revision: &[u8]) -> Result<Phase> {
        let check = || {
            let repo = self.repo();
            let rev = repo.changelog()?.rev(&known_node(&repo, revision)?)?;
            Ok(repo.phases()?.phase(rev))
        };
        named(check(), &self.shown())
    }

    fn remove(&self) -> Result<()> {
        let text = [b"removing subrepo ", &self.shown()[..], b"\n"].concat();
        self.around.reporter().note(&text);
        // Local history may be nowhere else: only the files go.
        named(self.update_to(Node::NULL, true).map(drop), &self.shown())
    }

    fn obtain(&self, state: &State) -> Result<()> {
        named(self.fetch(state).map(drop), &self.shown())
    }

    fn get(&self, state: &State, overwrite: bool) -> Result<()> {
        named(self.get_state(state, overwrite), &self.shown())
    }

    fn merge(&self, state: &State) -> Result<()> {
        named(self.merge_state(state), &self.shown())
    }

    fn push(&self, flags: PushFlags) -> Result<bool> {
        named(self.push_all(flags), &self.shown())
    }

    fn short(&self, revision: &[u8]) -> Vec<u8> {
        revision[..revision.len().min(12)].to_vec()
    }
}

//! Subrepositories of Git's: everything is done by the user's `git`.

mod command;
mod files;
mod update;

use std::path::PathBuf;

use hg_store::Repo;
use hg_types::{Error, HgPath, HgPathBuf, Phase, Result};

use super::{NestedCommit, PushFlags, State, Subrepo, Subrepos, directory, named};

pub use files::{GitAdded, GitDiff};

/// A Git repository in the working directory of another one.
#[derive(Clone)]
pub struct GitSubrepo {
    around: Repo,
    path: HgPathBuf,
    state: State,
    root: PathBuf,
}

impl GitSubrepo {
    pub(super) fn open(around: &Repo, path: &HgPath, state: &State) -> Result<Self> {
        let root = directory(around, path);
        Ok(Self { around: around.clone(), path: path.to_owned(), state: state.clone(), root })
    }

    /// Whether nothing is there.
    fn is_missing(&self) -> bool {
        !self.root.join(".git").exists()
    }

    fn refuse_missing(&self) -> Result<()> {
        match self.is_missing() {
            true => Err(Error::abort([b"subrepo ", &self.shown()[..], b" is missing"].concat())),
            false => Ok(()),
        }
    }

    fn commit_all(&self, commit: &NestedCommit) -> Result<Vec<u8>> {
        self.refuse_missing()?;
        let date = commit.date.format(b"%Y-%m-%dT%H:%M:%S %1%2");
        let date = hg_vfs::bytes_to_path(&date).as_os_str().to_owned();
        let args: [&[u8]; 6] =
            [b"commit", b"-a", b"-m", &commit.message, b"--author", &commit.user];
        self.run(&args, Some(("GIT_AUTHOR_DATE", date)))?;
        self.head()
    }

    fn push_branch(&self, flags: PushFlags) -> Result<bool> {
        let revision = &self.state.revision;
        if revision.is_empty() {
            return Ok(false);
        }
        self.refuse_missing()?;
        let branches = self.branches()?;
        let origin = |name: &[u8]| name.starts_with(b"refs/remotes/origin/");
        for (name, at) in branches.iter().filter(|(name, _)| origin(name)) {
            if at == revision || self.is_ancestor(revision, name)? {
                return Ok(false);
            }
        }
        let shown = self.shown();
        let reporter = self.around.reporter();
        let Some(current) = self.current_branch()? else {
            let parts: [&[u8]; 5] = [
                b"no branch checked out in subrepository \"",
                &shown,
                b"\"\ncannot push revision ",
                revision,
                b"\n",
            ];
            reporter.warn(&parts.concat());
            return Ok(true);
        };
        if !self.is_ancestor(revision, &current)? {
            let text = b"unrelated git branch checked out in subrepository \"";
            reporter.warn(&[&text[..], &shown, b"\"\n"].concat());
            return Ok(true);
        }
        let name = current.splitn(3, |&byte| byte == b'/').nth(2).unwrap_or(&current);
        let parts: [&[u8]; 5] =
            [b"pushing branch ", name, b" of subrepository \"", &shown, b"\"\n"];
        reporter.status(&parts.concat());
        let args: &[&[u8]] = match flags.force {
            true => &[b"push", b"--force", b"origin", &current],
            false => &[b"push", b"origin", &current],
        };
        Ok(self.run(args, None)?.code != 0)
    }
}

impl Subrepo for GitSubrepo {
    fn path(&self) -> &HgPath {
        &self.path
    }

    fn shown(&self) -> Vec<u8> {
        Subrepos::of(&self.around).prefix().join(self.path.as_bytes()).into_vec()
    }

    fn as_git(&self) -> Option<&GitSubrepo> {
        Some(self)
    }

    fn is_dirty(&self, any_state: bool, _: bool) -> Result<bool> {
        let check = || {
            if self.is_missing() {
                return Ok(!self.state.revision.is_empty());
            }
            let elsewhere = || Ok::<_, Error>(self.state.revision != self.head()?);
            if self.is_bare()? || !any_state && elsewhere()? {
                return Ok(true);
            }
            self.has_changes()
        };
        named(check(), &self.shown())
    }

    fn base_revision(&self) -> Result<Vec<u8>> {
        named(self.head(), &self.shown())
    }

    fn commit(&self, commit: &NestedCommit) -> Result<Vec<u8>> {
        named(self.commit_all(commit), &self.shown())
    }

    /// Git has no phases.
    fn phase(&self, _: &[u8]) -> Result<Phase> {
        Ok(Phase::Public)
    }

    fn remove(&self) -> Result<()> {
        named(self.remove_files(), &self.shown())
    }

    fn obtain(&self, state: &State) -> Result<()> {
        named(self.fetch(state), &self.shown())
    }

    fn get(&self, state: &State, overwrite: bool) -> Result<()> {
        named(self.get_state(state, overwrite), &self.shown())
    }

    fn merge(&self, state: &State) -> Result<()> {
        named(self.merge_state(state), &self.shown())
    }

    fn push(&self, flags: PushFlags) -> Result<bool> {
        named(self.push_branch(flags), &self.shown())
    }

    fn short(&self, revision: &[u8]) -> Vec<u8> {
        revision[..revision.len().min(7)].to_vec()
    }
}

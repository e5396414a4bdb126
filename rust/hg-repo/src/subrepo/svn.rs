//! Subrepositories of Subversion's: known, but not worked with.

use hg_store::Repo;
use hg_types::{Error, HgPath, HgPathBuf, Phase, Result};

use super::{NestedCommit, PushFlags, State, Subrepo, Subrepos};

/// A Subversion checkout in the working directory of a repository.
pub struct SvnSubrepo {
    around: Repo,
    path: HgPathBuf,
    state: State,
}

impl SvnSubrepo {
    pub(super) fn open(around: &Repo, path: &HgPath, state: &State) -> Self {
        Self { around: around.clone(), path: path.to_owned(), state: state.clone() }
    }

    fn unsupported<T>(&self) -> Result<T> {
        let shown = self.shown();
        let text =
            [b"svn subrepositories are not supported (in subrepository \"", &shown[..], b"\")"];
        Err(Error::abort(text.concat()))
    }
}

impl Subrepo for SvnSubrepo {
    fn path(&self) -> &HgPath {
        &self.path
    }

    fn shown(&self) -> Vec<u8> {
        Subrepos::of(&self.around).prefix().join(self.path.as_bytes()).into_vec()
    }

    /// Nobody looks into it, so it is what was recorded.
    fn is_dirty(&self, any_state: bool, _: bool) -> Result<bool> {
        Ok(!any_state && self.state.revision.is_empty())
    }

    fn base_revision(&self) -> Result<Vec<u8>> {
        Ok(self.state.revision.clone())
    }

    fn commit(&self, _: &NestedCommit) -> Result<Vec<u8>> {
        self.unsupported()
    }

    fn phase(&self, _: &[u8]) -> Result<Phase> {
        Ok(Phase::Public)
    }

    fn remove(&self) -> Result<()> {
        self.unsupported()
    }

    fn obtain(&self, _: &State) -> Result<()> {
        self.unsupported()
    }

    fn get(&self, _: &State, _: bool) -> Result<()> {
        self.unsupported()
    }

    fn merge(&self, _: &State) -> Result<()> {
        self.unsupported()
    }

    /// There is nowhere to push to: commits are in the server already.
    fn push(&self, _: PushFlags) -> Result<bool> {
        Ok(false)
    }
}

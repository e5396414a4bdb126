//! What an extension that this program provides itself changes about a repository.

use hg_types::{Node, Result};

use crate::Repo;

/// What is about to happen on top of a changeset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Building {
    /// The working directory is committed.
    Commit,
    /// A patch is imported.
    Import,
}

/// Names that an extension gives to changesets, and what it does not allow.
pub trait RepoExtension: Send + Sync {
    /// Tags besides those in files; `is_tag` tells whether a name is one already.
    ///
    /// # Errors
    /// When they cannot be read.
    fn tags(&self, repo: &Repo, is_tag: &dyn Fn(&[u8]) -> bool) -> Result<Vec<(Vec<u8>, Node)>>;

    /// Asked before a changeset is made on top of these.
    ///
    /// # Errors
    /// When that is not allowed.
    fn check(&self, repo: &Repo, what: Building, parents: [Node; 2]) -> Result<()>;

    /// Asked before changesets are pushed: those named and their ancestors, or all.
    ///
    /// # Errors
    /// When that is not allowed.
    fn check_push(&self, repo: &Repo, heads: Option<&[Node]>) -> Result<()>;
}

//! The seam through which floors below the operations reach repositories that are nested in the working
//! directory of another one (`hg help subrepos`).

use std::any::Any;

use hg_types::{Interaction, Node, Result, Revision};

use crate::Repo;

/// An update or merge of the repository around, as nested repositories have to follow it.
#[derive(Clone, Debug)]
pub struct NestedUpdate {
    /// What is updated to or merged.
    pub other: Node,
    /// What is merged from; `None` stands for the working directory itself.
    pub ancestor: Option<Node>,
    /// Whether local changes are discarded.
    pub overwrite: bool,
    /// The labels of the local and the other side, for questions.
    pub labels: [Vec<u8>; 2],
}

/// The nested repositories as they were before an update or merge.
pub trait NestedLocal {
    /// Brings them to where it leads.
    ///
    /// # Errors
    /// When one cannot be brought there.
    fn update(
        &self,
        repo: &Repo,
        update: &NestedUpdate,
        interaction: &dyn Interaction,
    ) -> Result<()>;
}

/// What is to be done about nested repositories; installed by whoever can open other repositories.
pub trait NestedRepos: Any + Send + Sync {
    /// Whether any of them differs from what the working directory's `.hgsubstate` says, or has changes.
    ///
    /// # Errors
    /// When one cannot be read.
    fn is_dirty(&self, repo: &Repo, missing: bool) -> Result<bool>;

    /// Refuses to go on when one of them has changes.
    ///
    /// # Errors
    /// The first one with changes.
    fn refuse_changes(&self, repo: &Repo) -> Result<()>;

    /// Refuses changesets that refer to what is not there, before they are pushed.
    ///
    /// # Errors
    /// The first of those.
    fn check_outgoing(&self, repo: &Repo, revs: &[Revision]) -> Result<()>;

    /// Looks at them before an update or merge changes the files that describe them.
    ///
    /// # Errors
    /// When those are malformed.
    fn begin(&self, repo: &Repo) -> Result<Box<dyn NestedLocal>>;

    /// The type as it is, for the floor that implements it.
    fn as_any(&self) -> &dyn Any;
}

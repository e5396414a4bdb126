//! Which changeset introduced a file revision, seen from some changesets.
//!
//! A file revision names one changeset (its linkrev), but the same revision may be introduced
//! again on another branch: then the named one may be no ancestor of those it is seen from.

use std::cell::OnceCell;

use hg_store::revlog::RevBits;
use hg_store::{Changelog, Repo};
use hg_types::{HgPath, Node, Result, Revision};

/// Finds introducing changesets among the ancestors of some changesets.
pub struct Introductions<'a> {
    repo: &'a Repo,
    changelog: &'a Changelog,
    heads: Vec<Revision>,
    ancestors: OnceCell<RevBits>,
}

impl<'a> Introductions<'a> {
    /// As seen from `heads`.
    #[must_use]
    pub fn new(repo: &'a Repo, changelog: &'a Changelog, heads: &[Revision]) -> Self {
        let heads = heads.iter().copied().filter(|rev| !rev.is_null()).collect();
        Self { repo, changelog, heads, ancestors: OnceCell::new() }
    }

    /// Whether a changeset is among those that another one builds on, or that one itself.
    #[must_use]
    pub fn sees(&self, rev: Revision, from: Revision) -> bool {
        self.changelog.is_ancestor(rev, from)
    }

    /// The changeset that introduced a file revision whose linkrev is known: that one when it is
    /// an ancestor, else the newest changeset that brought the same revision among the ancestors
    /// of `from`, which has it.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn find(
        &self,
        path: &HgPath,
        node: Node,
        linkrev: Revision,
        from: Revision,
    ) -> Result<Revision> {
        let ancestors =
            self.ancestors.get_or_init(|| self.changelog.ancestor_set(self.heads.iter().copied()));
        if ancestors.contains(linkrev) {
            return Ok(linkrev);
        }
        for rev in self.changelog.ancestors([from], Revision::NULL, true) {
            let entry = self.changelog.entry(rev)?;
            if entry.files().any(|file| file == path)
                && self.repo.manifest(&entry.manifest())?.node(path) == Some(node)
            {
                return Ok(rev);
            }
        }
        Ok(linkrev)
    }
}

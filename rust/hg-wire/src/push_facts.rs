//! What the check of new heads asks about a repository.

use std::sync::Arc;

use hg_store::{ObsStore, Repo};
use hg_types::{Node, Phase, Result, Revision};

use crate::push_heads::{Facts, Replacement};

/// The facts of a repository.
pub struct RepoFacts {
    branches: Arc<hg_store::RevBranches>,
    phases: Arc<hg_store::Phases>,
    markers: Arc<ObsStore>,
    bookmarks: Arc<hg_store::Bookmarks>,
    changelog: Arc<hg_store::Changelog>,
}

impl RepoFacts {
    /// Gathers them.
    pub fn new(repo: &Repo) -> Result<Self> {
        Ok(Self {
            branches: repo.rev_branches()?,
            phases: repo.phases()?,
            markers: repo.obsstore()?,
            bookmarks: repo.bookmarks()?,
            changelog: repo.changelog()?,
        })
    }
}

impl Facts for RepoFacts {
    fn branch(&self, rev: usize) -> Result<Vec<u8>> {
        Ok(self.branches.branch(Revision::from_index(rev)).to_vec())
    }

    fn closes_branch(&self, rev: usize) -> Result<bool> {
        Ok(self.branches.closes(Revision::from_index(rev)))
    }

    fn is_public(&self, rev: usize) -> bool {
        self.phases.phase(Revision::from_index(rev)) == Phase::Public
    }

    fn replacements(&self, node: &Node) -> Vec<Replacement> {
        let markers = self.markers.markers_of(node);
        markers
            .map(|marker| Replacement {
                successors: marker.successors.clone(),
                parents: marker.parents.clone().unwrap_or_default(),
            })
            .collect()
    }

    fn has_replacements(&self) -> bool {
        !self.markers.is_empty()
    }

    fn has_bookmark(&self, rev: usize) -> Option<Vec<u8>> {
        let node = self.changelog.node(Revision::from_index(rev));
        self.bookmarks.names_of(&node).first().cloned()
    }
}

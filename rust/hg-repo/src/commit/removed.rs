//! Removals that a merge takes over from one of its parents: a changeset does not list them.

use std::sync::Arc;

use hg_store::{Manifest, Repo};
use hg_types::{HgPath, Node, Result, Revision};

/// Tells inherited removals; the ancestors' manifests are read when first needed.
pub(super) struct Inherited<'a> {
    repo: &'a Repo,
    parents: [Revision; 2],
    ancestors: Option<Vec<Arc<Manifest>>>,
}

impl<'a> Inherited<'a> {
    pub(super) fn new(repo: &'a Repo, parents: [Revision; 2]) -> Self {
        Self { repo, parents, ancestors: None }
    }

    /// Whether one parent removed the file and the other left it as all ancestors had it.
    pub(super) fn is_inherited(
        &mut self,
        path: &HgPath,
        [first, second]: [&Manifest; 2],
    ) -> Result<bool> {
        let kept = match (first.get(path), second.get(path)) {
            (Some(_), Some(_)) => return Ok(false),
            (Some(entry), None) | (None, Some(entry)) => (entry.node, entry.flags),
            (None, None) => return Ok(true),
        };
        let unchanged = |manifest: &Arc<Manifest>| {
            manifest.get(path).is_some_and(|entry| (entry.node, entry.flags) == kept)
        };
        Ok(self.ancestors()?.iter().all(unchanged))
    }

    /// Whether all common ancestors have this version of a file.
    pub(super) fn is_ancestral(&mut self, path: &HgPath, node: Node) -> Result<bool> {
        let ancestors = self.ancestors()?;
        let has = |manifest: &Arc<Manifest>| manifest.node(path) == Some(node);
        Ok(!ancestors.is_empty() && ancestors.iter().all(has))
    }

    fn ancestors(&mut self) -> Result<&[Arc<Manifest>]> {
        if self.ancestors.is_none() {
            let cl = self.repo.changelog()?;
            let heads = cl.common_ancestor_heads(&self.parents);
            let read = |rev| self.repo.manifest(&cl.entry(rev)?.manifest());
            self.ancestors = Some(heads.into_iter().map(read).collect::<Result<_>>()?);
        }
        Ok(self.ancestors.as_deref().unwrap_or_default())
    }
}

//! Obsolete changesets among those that are to be rebased.

use std::collections::BTreeMap;

use hg_store::Repo;
use hg_types::{Node, Result, Revision};

use super::{Fate, Rebase, with_descendants};

/// Why an obsolete changeset stays behind.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Skip {
    /// This replacement is in the destination.
    InDestination(Revision),
    /// It has no replacement.
    NoSuccessor,
    /// Its replacement is elsewhere, with which the moved one would compete.
    Diverges,
    /// It stands on one that would diverge.
    Above,
}

/// What stays behind.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Skipped {
    /// The changesets, and why.
    pub skips: BTreeMap<Revision, Skip>,
    /// Those that would diverge although others stand on them: nothing may move.
    pub diverging: Vec<Node>,
}

/// The replacement of a changeset that a destination has.
pub(super) fn successor_in(
    repo: &Repo,
    rev: Revision,
    destination: Revision,
) -> Result<Option<Revision>> {
    let store = repo.obsstore()?;
    let cl = repo.changelog()?;
    let node = cl.node(rev);
    if !store.has_successors(&node) {
        return Ok(None);
    }
    let mut found: Vec<Revision> =
        store.all_successors(node).iter().filter_map(|node| cl.find(node)).collect();
    found.sort_unstable();
    let there =
        |at: &Revision| *at != rev && (*at == destination || cl.is_ancestor(*at, destination));
    Ok(found.into_iter().find(there))
}

impl Rebase {
    /// Finds out which of the changesets that are left to move stay behind because they are obsolete.
    ///
    /// # Errors
    /// When the history cannot be read.
    pub fn find_skipped(&self, repo: &Repo) -> Result<Skipped> {
        let mut out = Skipped::default();
        let obsolete = repo.obsolete_revs()?;
        let (extinct, cl) = (repo.extinct_revs()?, repo.changelog()?);
        let store = repo.obsstore()?;
        let todo = self.fates.iter().filter(|(_, fate)| **fate == Fate::Todo);
        let mut roots = Vec::new();
        for (&rev, _) in todo.filter(|(rev, _)| obsolete.contains(**rev)) {
            if let Some(there) = successor_in(repo, rev, self.destination_of(&cl, rev)?)? {
                out.skips.insert(rev, Skip::InDestination(there));
                continue;
            }
            let node = cl.node(rev);
            let alive: Vec<Revision> = store
                .all_successors(node)
                .iter()
                .filter(|successor| **successor != node)
                .filter_map(|successor| cl.find(successor))
                .filter(|rev| !extinct.contains(*rev))
                .collect();
            if alive.is_empty() {
                out.skips.insert(rev, Skip::NoSuccessor);
            } else if extinct.contains(rev) || alive.iter().any(|rev| self.fates.contains_key(rev))
            {
                out.skips.insert(rev, Skip::Diverges);
                roots.push(rev);
            } else {
                out.diverging.push(node);
            }
        }
        for rev in with_descendants(&cl, &roots) {
            if self.fates.get(&rev) == Some(&Fate::Todo) {
                out.skips.entry(rev).or_insert(Skip::Above);
            }
        }
        Ok(out)
    }
}

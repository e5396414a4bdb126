//! Which part of a repository's history others may see, and which part its user sees.

use std::collections::BTreeSet;
use std::sync::Arc;

use hg_store::Repo;
use hg_types::{Node, Phase, Result, Revision};

use crate::view::View;

/// Everything, hidden changesets included.
pub fn unfiltered(repo: &Repo) -> Result<View> {
    Ok(View::new(repo.changelog()?, Arc::default()))
}

/// What the user sees: everything but hidden changesets.
pub fn visible(repo: &Repo) -> Result<View> {
    let changelog = repo.changelog()?;
    let flags = flags(changelog.len(), hidden(repo)?);
    Ok(View::new(changelog, Arc::new(flags)))
}

/// What others see: neither hidden (also when the user looks at it) nor secret changesets.
pub fn served(repo: &Repo) -> Result<View> {
    let changelog = repo.changelog()?;
    let filtered = repo.filtered_revs(hg_store::View::Served)?.iter().collect();
    let flags = flags(changelog.len(), filtered);
    Ok(View::new(changelog, Arc::new(flags)))
}

fn flags(len: usize, revs: Vec<Revision>) -> Vec<bool> {
    if revs.is_empty() {
        return Vec::new();
    }
    let mut flags = vec![false; len];
    for rev in revs {
        if let Some(flag) = rev.index().and_then(|at| flags.get_mut(at)) {
            *flag = true;
        }
    }
    flags
}

/// The hidden changesets.
fn hidden(repo: &Repo) -> Result<Vec<Revision>> {
    Ok(repo.hidden_revs()?.iter().collect())
}

/// Whether nothing is kept from others, so that the store's files can be copied as they are.
pub fn serves_all(repo: &Repo) -> Result<bool> {
    let served = served(repo)?;
    Ok((0..served.len()).all(|rev| served.contains(rev)))
}

/// The branches of what a view shows with their heads, closed ones included, sorted by name; heads
/// are lowest first.
pub fn branch_heads(repo: &Repo, view: hg_store::View) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
    let changelog = repo.changelog()?;
    let map = repo.branchmap_of(view)?;
    let nodes = |heads: &[Revision]| heads.iter().map(|&rev| changelog.node(rev)).collect();
    Ok(map.iter().map(|(name, heads)| (name.to_vec(), nodes(heads))).collect())
}

/// The heads of each phase among `revs`: those whose phase no descendant among them has.
pub fn phase_heads(repo: &Repo, view: &View, revs: &[usize]) -> Result<Vec<(Phase, Vec<usize>)>> {
    let phases = repo.phases()?;
    let phase = |rev: usize| phases.phase(Revision::from_index(rev));
    let present: BTreeSet<Phase> = revs.iter().map(|&rev| phase(rev)).collect();
    let of = |wanted: Phase| {
        let members: Vec<usize> =
            revs.iter().copied().filter(|&rev| phase(rev) == wanted).collect();
        (wanted, view.heads_of(&members))
    };
    Ok(present.into_iter().map(of).collect())
}

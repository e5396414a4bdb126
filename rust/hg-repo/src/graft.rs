//! Bringing the changes of one changeset into the working directory, wherever that stands: what graft,
//! rebase and their like repeat for every changeset.

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Interaction, Node, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::copies::{Side, path_copies};
use hg_wdir::merge::{UpdateOptions, UpdateStats, update};

/// A changeset to bring in.
#[derive(Clone, Debug)]
pub struct Graft {
    /// The changeset.
    pub rev: Revision,
    /// What its changes are taken against: one of its parents, as a rule.
    pub base: Revision,
    /// What conflict markers call the working directory, the changeset and the base.
    pub labels: [&'static str; 3],
    /// The second parent that the working directory has afterwards; null as a rule.
    pub second_parent: Node,
    /// Whether the changeset stays the second parent while there are conflicts.
    pub keep_conflict_parent: bool,
}

/// Merges the changes between `base` and `rev` into the working directory; its first parent stays, and the
/// copies that the changes made are recorded.
///
/// # Errors
/// When the merge cannot be made; conflicts are no error but counted.
pub fn graft(repo: &Repo, graft: &Graft, interaction: &dyn Interaction) -> Result<UpdateStats> {
    let cl = repo.changelog()?;
    let parents = hg_wdir::parents(repo)?;
    let options = UpdateOptions {
        branch_merge: true,
        force: true,
        ancestor: Some(graft.base),
        merge_ancestor: true,
        labels: graft.labels.iter().map(|label| label.as_bytes().to_vec()).collect(),
        ..UpdateOptions::default()
    };
    let stats = update(repo, cl.node(graft.rev), &options, interaction)?;
    let second_parent = match graft.keep_conflict_parent && stats.unresolved > 0 {
        true => cl.node(graft.rev),
        false => graft.second_parent,
    };
    let mut wdir = WorkingDir::open(repo)?;
    leave_merge(&mut wdir, second_parent)?;
    record_copies(repo, &mut wdir, graft, cl.rev(&parents[0])?)?;
    wdir.write()?;
    Ok(stats)
}

/// Gives the working directory another second parent; copies that the old one brought stay, if the first
/// parent has their sources.
///
/// # Errors
/// When the dirstate or a manifest cannot be read.
pub fn leave_merge(wdir: &mut WorkingDir, second_parent: Node) -> Result<()> {
    let repo = wdir.repo().clone();
    let p1 = wdir.dirstate().p1();
    let merged = wdir.dirstate_mut().set_parents(p1, second_parent)?;
    let base = hg_wdir::manifest_of(&repo, &p1)?;
    for (path, source) in merged {
        if !base.contains(&path) && base.contains(&source) {
            wdir.dirstate_mut().set_copy(&path, Some(&source))?;
        }
    }
    Ok(())
}

/// Records the copies that the changeset made, of files that its changes bring here.
fn record_copies(repo: &Repo, wdir: &mut WorkingDir, graft: &Graft, p1: Revision) -> Result<()> {
    let all = Matcher::always();
    let sides = [graft.base, graft.rev, p1].map(Side::Revision);
    let made = path_copies(repo, &sides[0], &sides[1], &all)?;
    if made.is_empty() {
        return Ok(());
    }
    let known = path_copies(repo, &sides[0], &sides[2], &all)?;
    let base = hg_wdir::manifest_of(repo, &repo.changelog()?.node(p1))?;
    for (path, source) in made {
        // What stands here already, by the same copy or by itself, has a history of its own.
        let news = !known.contains_key(&path) && !base.contains(&path) && base.contains(&source);
        if news && wdir.dirstate().is_tracked(&path)? {
            wdir.dirstate_mut().set_copy(&path, Some(&source))?;
        }
    }
    Ok(())
}

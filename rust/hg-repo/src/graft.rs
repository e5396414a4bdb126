//! Bringing the changes of one changeset into the working directory, wherever that stands: what graft,
//! rebase and their like repeat for every changeset.

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Interaction, Node, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::merge::{UpdateOptions, UpdateStats, merge_in_memory, update};

use crate::commit::{FileVersion, MemoryFiles};

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

/// Does what [`graft`] does, but on top of `parent` and in memory: gives the files that differ from the parent's, with the
/// copies that the changes made, or `None` when there are conflicts.
///
/// # Errors
/// When a version cannot be read, or the user cancels.
pub fn graft_in_memory(
    repo: &Repo,
    graft: &Graft,
    parent: Node,
    interaction: &dyn Interaction,
) -> Result<Option<MemoryFiles>> {
    let cl = repo.changelog()?;
    let labels = graft.labels.map(|label| label.as_bytes().to_vec());
    let nodes = [parent, cl.node(graft.rev)];
    let Some(files) = merge_in_memory(repo, nodes, graft.base, labels, interaction)? else {
        return Ok(None);
    };
    let copies = made_copies(repo, graft, cl.rev(&parent)?)?;
    let mut out = MemoryFiles::default();
    for (path, file) in files {
        let copied_from = copies.get(&path).cloned();
        let version = file.map(|(content, flags)| FileVersion { content, flags, copied_from });
        out.0.insert(path, version);
    }
    Ok(Some(out))
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
    for (path, source) in made_copies(repo, graft, p1)? {
        if wdir.dirstate().is_tracked(&path)? {
            wdir.dirstate_mut().set_copy(&path, Some(&source))?;
        }
    }
    Ok(())
}

/// The copies that the changeset made, of files that its changes bring to `p1`.
fn made_copies(repo: &Repo, graft: &Graft, p1: Revision) -> Result<Copies> {
    let all = Matcher::always();
    let sides = [graft.base, graft.rev, p1].map(Side::Revision);
    let mut made = path_copies(repo, &sides[0], &sides[1], &all)?;
    if made.is_empty() {
        return Ok(made);
    }
    let known = path_copies(repo, &sides[0], &sides[2], &all)?;
    let base = hg_wdir::manifest_of(repo, &repo.changelog()?.node(p1))?;
    // What stands here already, by the same copy or by itself, has a history of its own.
    made.retain(|path, source| {
        !known.contains_key(path) && !base.contains(path) && base.contains(source)
    });
    Ok(made)
}

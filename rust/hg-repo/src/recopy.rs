//! Other copies for a changeset that exists already.

use std::collections::BTreeSet;

use hg_store::Repo;
use hg_types::{Error, HgPathBuf, Interaction, Node, Phase, Result, Revision};
use hg_wdir::relocate::relocate;
use hg_wdir::{WorkingDir, manifest_of};

use crate::commit::{FileVersion, MemoryFiles, NewCommit, commit};
use crate::graft::{Graft, graft_in_memory};
use crate::rewrite::{Replacement, Rewriting, check_rewrite};

/// What a changeset is to say about copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recopy {
    /// A file was copied from another one, which the parent has.
    Mark {
        /// The original.
        source: HgPathBuf,
        /// The copy.
        target: HgPathBuf,
    },
    /// Files were not copied from anywhere.
    Unmark(BTreeSet<HgPathBuf>),
}

/// Replaces a changeset by one that records other copies; `choose` says which, once it is known that the changeset may
/// be replaced.
///
/// # Errors
/// When the changeset must stay or is a merge, `choose` fails, or anything cannot be written.
pub fn recopy(
    repo: &Repo,
    rev: Revision,
    rewriting: &Rewriting,
    interaction: &dyn Interaction,
    choose: impl FnOnce() -> Result<Recopy>,
) -> Result<Node> {
    let wlock = repo.wlock()?;
    let lock = repo.lock()?;
    check_rewrite(repo, &[rev], "uncopy")?;
    let cl = repo.changelog()?;
    let [p1, p2] = cl.parents(rev);
    if !p2.is_null() {
        return Err(Error::input("cannot mark/unmark copy in merge commit"));
    }
    let chosen = choose()?;
    let (old, parent) = (cl.node(rev), cl.node(p1));
    let entry = cl.entry(rev)?;
    let graft = Graft {
        rev,
        base: p1,
        labels: ["local", "graft", "parent of graft"],
        second_parent: Node::NULL,
        keep_conflict_parent: false,
    };
    let Some(mut files) = graft_in_memory(repo, &graft, parent, interaction)? else {
        return Err(Error::abort("a changeset conflicts with its own parent"));
    };
    apply(repo, &parent, chosen, &mut files)?;
    let mut extra = entry.extra();
    extra.insert(b"amend_source".to_vec(), old.hex());
    let new = NewCommit {
        parents: [parent, Node::NULL],
        paths: files.0.keys().cloned().collect(),
        user: entry.user().to_vec(),
        date: entry.date(),
        description: entry.description().to_vec(),
        extra,
        phase: Some(repo.phases()?.phase(rev).max(Phase::Draft)),
        ..NewCommit::default()
    };
    let tr = repo.transaction(rewriting.operation)?;
    let made = commit(repo, &tr, &new, &mut files)?;
    let replacements = [Replacement { old, new: vec![made] }];
    rewriting.record(repo, &tr, &replacements)?;
    let mut wdir = WorkingDir::open(repo)?;
    if wdir.dirstate().p1() == old {
        relocate(&mut wdir, made)?;
        wdir.write()?;
    }
    tr.close()?;
    drop(lock);
    rewriting.finish(repo, &replacements)?;
    drop(wlock);
    Ok(made)
}

fn apply(repo: &Repo, parent: &Node, chosen: Recopy, files: &mut MemoryFiles) -> Result<()> {
    match chosen {
        Recopy::Unmark(paths) => {
            for path in paths {
                if let Some(Some(version)) = files.0.get_mut(&path) {
                    version.copied_from = None;
                }
            }
        }
        Recopy::Mark { source, target } if source == target => {}
        Recopy::Mark { source, target } => {
            if !files.0.contains_key(&target) {
                // The changeset has left it alone so far.
                let manifest = manifest_of(repo, parent)?;
                let stored = manifest.get(&target);
                let stored = stored.ok_or_else(|| Error::abort("the copy does not exist"))?;
                let content = repo.filelog(&target)?.read_node(&stored.node)?.into_vec();
                let version = FileVersion { content, flags: stored.flags, copied_from: None };
                files.0.insert(target.clone(), Some(version));
            }
            if let Some(Some(version)) = files.0.get_mut(&target) {
                version.copied_from = Some(source);
            }
        }
    }
    Ok(())
}

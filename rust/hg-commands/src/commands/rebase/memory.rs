//! Moving changesets without touching the working directory.

use hg_repo::commit::{MemoryFiles, NewCommit, commit};
use hg_repo::graft::{Graft, graft_in_memory};
use hg_repo::rebase::{Fate, NewPlace, Rebase};
use hg_repo::working::Draft;
use hg_store::Repo;
use hg_types::{Node, Phase, Result, Revision};
use hg_wdir::{Status, manifest_of};

use super::step;
use crate::CommandContext;
use crate::commit_message::{self, MessageOptions};

/// Moves one changeset; says whether there was no conflict.
pub(super) fn move_one(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &mut Rebase,
    rev: Revision,
    shown: &[u8],
) -> Result<bool> {
    let place = rebase.place(repo, rev)?;
    let grafted = Graft {
        rev,
        base: place.base,
        labels: ["dest", "source", "parent of source"],
        second_parent: place.parents[1],
        keep_conflict_parent: false,
    };
    let Some(files) = graft_in_memory(repo, &grafted, place.parents[0], &*ctx.ui)? else {
        return Ok(false);
    };
    let fate = match store(ctx, repo, rebase, (rev, &place), files)? {
        Some(stands_for) => {
            step::tell_empty(ctx, repo, shown, stands_for)?;
            Fate::Done { stands_for, made: true }
        }
        None => step::skip_empty(ctx, shown, place.parents[0]),
    };
    rebase.fates.insert(rev, fate);
    Ok(true)
}

/// Makes the changeset; `None` when there would be nothing in it.
fn store(
    ctx: &CommandContext,
    repo: &Repo,
    rebase: &Rebase,
    (rev, place): (Revision, &NewPlace),
    mut files: MemoryFiles,
) -> Result<Option<Node>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let parent_branch = cl.entry_of(&place.parents[0])?.branch();
    let branch = if rebase.keep_branches { entry.branch() } else { parent_branch.clone() };
    let status = changes(repo, &place.parents[0], &mut files)?;
    let mut extra = step::extras_of(ctx, repo, &[rev])?;
    let worth_it = status.has_changes()
        || branch != parent_branch
        || extra.contains_key(&b"close"[..])
        || !place.parents[1].is_null()
        || step::keeps_empty(ctx)
        || ctx.config().get_bool_or("ui", "allowemptycommit", false)?;
    if !worth_it {
        return Ok(None);
    }
    let message = step::message_of(repo, rebase, entry.description())?;
    let draft = Draft {
        parents: place.parents,
        branch: branch.clone(),
        user: entry.user().to_vec(),
        message: message.clone(),
        status,
        extra: extra.clone(),
    };
    let description = match ctx.opts.flag("edit") {
        true => {
            let options = MessageOptions { message, edit: true, form: "rebase.normal", note: None };
            commit_message::finish(ctx, &options, &draft)?
        }
        false => message,
    };
    extra.insert(b"branch".to_vec(), branch);
    let new = NewCommit {
        parents: place.parents,
        paths: files.0.keys().cloned().collect(),
        user: entry.user().to_vec(),
        date: entry.date(),
        description,
        extra,
        phase: Some(repo.phases()?.phase(rev).max(Phase::Draft)),
        ..NewCommit::default()
    };
    let tr = repo.transaction("rebase")?;
    let node = commit(repo, &tr, &new, &mut files)?;
    tr.close()?;
    Ok(Some(node))
}

/// What differs from the parent; files that do not are left out.
fn changes(repo: &Repo, parent: &Node, files: &mut MemoryFiles) -> Result<Status> {
    let manifest = manifest_of(repo, parent)?;
    let mut status = Status::default();
    let mut same = Vec::new();
    for (path, version) in &files.0 {
        match (manifest.get(path), version) {
            (None, None) => same.push(path.clone()),
            (Some(_), None) => status.removed.push(path.clone()),
            (None, Some(_)) => status.added.push(path.clone()),
            (Some(old), Some(new)) => {
                let log = repo.filelog(path)?;
                let differs =
                    old.flags != new.flags || log.cmp(log.rev(&old.node)?, &new.content)?;
                let list = if differs { &mut status.modified } else { &mut same };
                list.push(path.clone());
            }
        }
    }
    for path in same {
        files.0.remove(&path);
    }
    Ok(status)
}

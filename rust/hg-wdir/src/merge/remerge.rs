//! Merging one file of a merge that goes on again, from the versions that were kept.

use hg_format::mergestate::{Conflict, FileState};
use hg_types::{FileFlags, HgPath, HgPathBuf, Node, Result};

use super::action::Merge;
use super::apply::{settle, write_file};
use super::file::{FileMerge, MergeContext, Side};
use super::record::{Recorder, Settled};
use super::state::MergeState;
use crate::{WorkingDir, manifest_of};

/// Merges `path` once more; says whether it is settled now.
///
/// # Errors
/// When the file has no conflict of contents, or versions cannot be read or written.
pub fn remerge(
    wdir: &mut WorkingDir,
    context: &MergeContext<'_>,
    state: &mut MergeState,
    path: &HgPath,
) -> Result<bool> {
    let repo = context.repo;
    let Some(file) = state.get(path).cloned() else { return Ok(true) };
    let Conflict::Content(sides) = &file.conflict else {
        return Ok(file.state == FileState::ResolvedPath);
    };
    let flags = FileFlags::from_bytes(&sides.flags).unwrap_or_default();
    let local = state.local_content(sides)?;
    let read = |path: &HgPathBuf, node: Node| -> Result<Option<Vec<u8>>> {
        if node.is_null() || path.is_empty() {
            return Ok(None);
        }
        Ok(Some(repo.filelog(path)?.read_node(&node)?.into_vec()))
    };
    let other_manifest = manifest_of(repo, &state.other())?;
    let ancestor = match state.extra(path, b"ancestorlinknode").and_then(Node::from_hex) {
        Some(node) => node,
        None => {
            let changelog = repo.changelog()?;
            let heads = [changelog.rev(&state.local())?, changelog.rev(&state.other())?];
            changelog.node(changelog.ancestor(heads[0], heads[1]))
        }
    };
    let merge = FileMerge {
        path: path.to_owned(),
        local: Side {
            path: sides.local_path.clone(),
            content: local,
            flags,
            changeset: state.local(),
        },
        other: Side {
            path: sides.other_path.clone(),
            content: read(&sides.other_path, sides.other_node)?,
            flags: other_manifest.flags(&sides.other_path),
            changeset: state.other(),
        },
        base: Side {
            path: sides.ancestor_path.clone(),
            content: read(&sides.ancestor_path, sides.ancestor_node)?,
            changeset: ancestor,
            ..Side::default()
        },
    };
    // The tool starts from what the local side had, whatever was made of the file since.
    match &merge.local.content {
        Some(content) => write_file(repo, path, content, flags)?,
        None => {
            repo.wvfs().try_remove(path)?;
        }
    }
    let outcome = context.merge_file(&merge)?;
    let settled = settle(repo, state, &merge, flags, &outcome)?;
    let done = !outcome.is_unresolved();
    // Also where nothing is settled: what an attempt before this one made of the file no longer counts.
    record(wdir, path, &merge, &settled)?;
    if !done {
        state.mark(path, FileState::Unresolved);
    }
    state.commit()?;
    Ok(done)
}

/// Tells the dirstate when a file went away or stays although a side deleted it.
fn record(wdir: &mut WorkingDir, path: &HgPath, file: &FileMerge, settled: &Settled) -> Result<()> {
    if matches!(settled, Settled::AsPlanned) && file.local.content.is_some() {
        return Ok(());
    }
    let branch_merge = wdir.dirstate().in_merge();
    let merge = Merge {
        local: file.local.content.is_some().then(|| file.local.path.clone()),
        other: file.other.content.is_some().then(|| file.other.path.clone()),
        ancestor: None,
        moves: false,
    };
    let mut recorder = Recorder { dirstate: wdir.dirstate_mut(), branch_merge };
    recorder.merged(path, &merge, settled)?;
    wdir.write()
}

//! What a changeset, or the working directory, does to files.

use std::sync::Arc;

use hg_match::Matcher;
use hg_store::Manifest;
use hg_types::{HgPath, HgPathBuf, Result, Revision};
use hg_wdir::diff::{Changes, DiffRequest};
use hg_wdir::filter;
use hg_wdir::snapshot::{RevisionSnapshot, Snapshot as _};

use crate::context::QueryContext;

/// The files that a changeset changes against its first parent.
#[derive(Clone, Default, Debug)]
pub struct Status {
    /// Changed.
    pub modified: Vec<HgPathBuf>,
    /// New.
    pub added: Vec<HgPathBuf>,
    /// Gone.
    pub removed: Vec<HgPathBuf>,
}

impl Status {
    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &HgPathBuf> {
        self.modified.iter().chain(&self.added).chain(&self.removed)
    }
}

/// The changes of a revision against its first parent.
///
/// # Errors
/// When history or the working directory cannot be read.
pub fn status(ctx: &QueryContext, rev: Revision) -> Result<Status> {
    if rev.is_wdir() {
        return crate::wdir::status(ctx);
    }
    let parent = ctx.parents(rev)?[0];
    let old = RevisionSnapshot::new(&ctx.repo, parent)?;
    let new = RevisionSnapshot::new(&ctx.repo, rev)?;
    let changes = Changes::between(&old, &new, &Matcher::always());
    let Changes { modified, added, removed } = changes;
    Ok(Status { modified, added, removed })
}

/// The manifest of a changeset.
///
/// # Errors
/// When it cannot be read.
pub fn manifest(ctx: &QueryContext, rev: Revision) -> Result<Arc<Manifest>> {
    ctx.repo.manifest(&ctx.entry(rev)?.manifest())
}

/// The tracked files of a revision, or of the working directory.
///
/// # Errors
/// When history or the dirstate cannot be read.
pub fn files_of(ctx: &QueryContext, rev: Revision) -> Result<Vec<HgPathBuf>> {
    if rev.is_wdir() {
        return crate::wdir::tracked_files(ctx);
    }
    Ok(manifest(ctx, rev)?.paths().map(HgPath::to_owned).collect())
}

/// Whether a revision, or the working directory, tracks a file.
///
/// # Errors
/// When history or the dirstate cannot be read.
pub fn has_file(ctx: &QueryContext, rev: Revision, path: &HgPath) -> Result<bool> {
    if rev.is_wdir() {
        return Ok(crate::wdir::tracked_files(ctx)?.iter().any(|tracked| **tracked == *path));
    }
    Ok(manifest(ctx, rev)?.contains(path))
}

/// The content of a file; `None` where it is not tracked.
///
/// # Errors
/// When it cannot be read.
pub fn content(ctx: &QueryContext, rev: Revision, path: &HgPath) -> Result<Option<Vec<u8>>> {
    if rev.is_wdir() {
        let content = ctx.repo.wvfs().try_read(path.as_bytes())?;
        let stored = |content: Vec<u8>| filter::encode(&ctx.repo, path, content.into());
        return Ok(content.map(stored).transpose()?.map(std::borrow::Cow::into_owned));
    }
    let snapshot = RevisionSnapshot::new(&ctx.repo, rev)?;
    Ok(snapshot.read(path)?.map(|version| version.content))
}

/// The changes of a revision as a patch, without the headers that differ between any two.
pub(crate) fn patch_text(ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
    if rev.is_wdir() {
        return Ok(Vec::new());
    }
    // Nothing is compared with what the working directory is based on.
    let parent = if rev.is_null() { ctx.wdir_parents()?[0] } else { ctx.parents(rev)?[0] };
    let old = RevisionSnapshot::new(&ctx.repo, parent)?;
    let new = RevisionSnapshot::new(&ctx.repo, rev)?;
    let changes = Changes::between(&old, &new, &Matcher::always());
    let options = hg_diff::DiffOptions { git: true, ..Default::default() };
    let request = DiffRequest {
        old: &old,
        new: &new,
        changes: &changes,
        copies: &Default::default(),
        options: &options,
        full_ids: false,
        show_path: None,
        keep: None,
    };
    let text = request.to_bytes()?;
    let headers = [&b"diff "[..], b"index ", b"--- ", b"+++ "];
    let own = |line: &&[u8]| !headers.iter().any(|header| line.starts_with(header));
    Ok(text.split_inclusive(|&c| c == b'\n').filter(own).flatten().copied().collect())
}

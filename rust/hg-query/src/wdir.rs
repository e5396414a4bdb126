//! The working directory as queries ask for it.

use hg_match::Matcher;
use hg_types::{HgPathBuf, Result};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::changes::Status;
use crate::context::QueryContext;

/// The tracked files, sorted.
pub(crate) fn tracked_files(ctx: &QueryContext) -> Result<Vec<HgPathBuf>> {
    let wdir = WorkingDir::open(&ctx.repo)?;
    let entries = wdir.dirstate().entries()?;
    let tracked = entries.into_iter().filter(|(_, entry)| entry.tracked);
    let mut files: Vec<_> = tracked.map(|(path, _)| path).collect();
    files.sort_unstable();
    Ok(files)
}

/// Changes against the first parent.
pub(crate) fn status(ctx: &QueryContext) -> Result<Status> {
    let mut wdir = WorkingDir::open(&ctx.repo)?;
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    let hg_wdir::Status { modified, added, removed, .. } = status;
    Ok(Status { modified, added, removed })
}

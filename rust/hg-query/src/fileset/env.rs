//! Whose files a fileset is about.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use hg_match::Matcher;
use hg_types::{HgPathBuf, Result, Revision};
use hg_wdir::{Status, StatusOptions, WorkingDir, between_manifests, status_against};

use crate::changes;
use crate::context::QueryContext;

/// Whose files a fileset is about, and against what their status is told.
pub(super) struct Env<'q> {
    pub(super) ctx: &'q QueryContext,
    /// Before.
    pub(super) base: Revision,
    /// The revision, or the working directory.
    pub(super) rev: Revision,
    status: OnceCell<Status>,
}

/// Paths that can be asked from any thread.
pub(super) type Paths = Arc<HashSet<HgPathBuf>>;

impl<'q> Env<'q> {
    pub(super) fn new(ctx: &'q QueryContext, base: Revision, rev: Revision) -> Self {
        Self { ctx, base, rev, status: OnceCell::new() }
    }

    /// The status of all files, with unknown, ignored and clean ones.
    pub(super) fn status(&self) -> Result<&Status> {
        if let Some(status) = self.status.get() {
            return Ok(status);
        }
        let status = self.compute_status()?;
        Ok(self.status.get_or_init(|| status))
    }

    fn compute_status(&self) -> Result<Status> {
        let everything = Matcher::always();
        let options = StatusOptions { unknown: true, ignored: true, clean: true };
        if self.rev.is_wdir() {
            let mut wdir = WorkingDir::open(&self.ctx.repo)?;
            if self.base == self.ctx.wdir_parents()?[0] {
                return wdir.status(&everything, options);
            }
            let base = changes::manifest(self.ctx, self.base)?;
            return status_against(&mut wdir, &base, &everything, options);
        }
        if self.base.is_wdir() {
            // Backwards: what the working directory has added is removed.
            let reversed = Env::new(self.ctx, self.rev, self.base);
            let mut status = reversed.compute_status()?;
            std::mem::swap(&mut status.added, &mut status.removed);
            return Ok(status);
        }
        let (old, new) =
            (changes::manifest(self.ctx, self.base)?, changes::manifest(self.ctx, self.rev)?);
        Ok(between_manifests(&old, &new, &everything, true))
    }

    /// The tracked files.
    pub(super) fn tracked(&self) -> Result<Paths> {
        Ok(Arc::new(changes::files_of(self.ctx, self.rev)?.into_iter().collect()))
    }
}

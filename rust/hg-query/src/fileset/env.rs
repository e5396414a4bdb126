//! Whose files a fileset is about.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::rc::Rc;
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
    /// The files that matter.
    pub(super) within: Matcher,
    /// Whether the user is told of files that were named and are not there.
    pub(super) tells: bool,
    pub(super) status: OnceCell<Rc<Status>>,
}

/// Paths that can be asked from any thread.
pub(super) type Paths = Arc<HashSet<HgPathBuf>>;

impl<'q> Env<'q> {
    pub(super) fn new(ctx: &'q QueryContext, base: Revision, rev: Revision) -> Self {
        let within = Matcher::always();
        Self { ctx, base, rev, within, tells: false, status: OnceCell::new() }
    }

    /// About other revisions.
    pub(super) fn between(&self, base: Revision, rev: Revision) -> Self {
        Self { base, rev, within: self.within.clone(), status: OnceCell::new(), ..*self }
    }

    /// About those files only that match.
    ///
    /// What was narrowed to before is forgotten, which also decides what files are missed.
    pub(super) fn narrowed(&self, matcher: &Matcher) -> Self {
        Self { within: matcher.clone(), status: self.status.clone(), ..*self }
    }

    /// With the status at hand.
    pub(super) fn with_status(&self) -> Result<Self> {
        let status = OnceCell::from(Rc::new(self.compute_status()?));
        self.ctx.repo.check_late()?;
        Ok(Self { within: self.within.clone(), status, ..*self })
    }

    /// The status of all files, with unknown, ignored and clean ones.
    pub(super) fn status(&self) -> Result<&Status> {
        if let Some(status) = self.status.get() {
            return Ok(status);
        }
        let status = Rc::new(self.compute_status()?);
        Ok(self.status.get_or_init(|| status))
    }

    fn compute_status(&self) -> Result<Status> {
        let status = self.compare()?;
        if self.tells {
            for (path, reason) in &status.bad {
                let path = hg_match::path_to(self.ctx.repo.root_bytes(), &self.ctx.cwd, path);
                self.ctx.repo.reporter().warn(&[&path[..], b": ", reason, b"\n"].concat());
            }
        }
        Ok(status)
    }

    fn compare(&self) -> Result<Status> {
        let options = StatusOptions { unknown: true, ignored: true, clean: true };
        if self.rev.is_wdir() {
            let mut wdir = WorkingDir::open(&self.ctx.repo)?;
            if self.base == self.ctx.wdir_parents()?[0] {
                return wdir.status(&self.within, options);
            }
            let base = changes::manifest(self.ctx, self.base)?;
            return status_against(&mut wdir, &base, &self.within, options);
        }
        if self.base.is_wdir() {
            // Backwards: what the working directory has added is removed.
            let mut status = self.between(self.rev, self.base).compare()?;
            std::mem::swap(&mut status.added, &mut status.removed);
            return Ok(status);
        }
        let (old, new) =
            (changes::manifest(self.ctx, self.base)?, changes::manifest(self.ctx, self.rev)?);
        Ok(between_manifests(&old, &new, &self.within, true))
    }

    /// The tracked files.
    pub(super) fn tracked(&self) -> Result<Paths> {
        Ok(Arc::new(changes::files_of(self.ctx, self.rev)?.into_iter().collect()))
    }
}

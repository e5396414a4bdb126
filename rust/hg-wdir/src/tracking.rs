//! Starting and stopping to track files, copies, and finding renames.

mod similar;

use hg_match::Matcher;
use hg_types::{HgPath, HgPathBuf, Reporter, Result};
use hg_vfs::NodeKind;

use crate::portable::Portability;
use crate::{StatusOptions, WorkingDir};

pub use similar::{Rename, find_renames};

/// How files are named to the user.
pub type NameOf<'a> = &'a dyn Fn(&HgPath) -> Vec<u8>;

/// What `hg addremove` has to deal with, each list sorted.
#[derive(Clone, Debug, Default)]
pub struct Untidy {
    /// Marked as added.
    pub added: Vec<HgPathBuf>,
    /// Not tracked.
    pub unknown: Vec<HgPathBuf>,
    /// Tracked and gone.
    pub deleted: Vec<HgPathBuf>,
    /// Marked as removed and gone.
    pub removed: Vec<HgPathBuf>,
    /// Marked as removed and still there.
    pub forgotten: Vec<HgPathBuf>,
    /// What was named and cannot be looked at.
    pub bad: Vec<(HgPathBuf, Vec<u8>)>,
}

impl WorkingDir {
    /// Starts tracking `files`. Complaints go to `reporter`; returned is what could not be tracked.
    ///
    /// # Errors
    /// When a name is forbidden, or the dirstate is damaged.
    pub fn add(
        &mut self,
        files: &[HgPathBuf],
        reporter: &dyn Reporter,
        name_of: NameOf,
    ) -> Result<Vec<HgPathBuf>> {
        let config = self.repo().config();
        let portability = Portability::configured(&config)?;
        let limit = config.get_bytes("ui", "large-file-limit")?;
        let mut rejected = Vec::new();
        for file in files {
            portability.check(file, reporter)?;
            let say = |text: &[&[u8]]| reporter.warn(&text.concat());
            let shown = name_of(file);
            let Some(stat) = self.lstat(file)? else {
                say(&[&shown, b" does not exist!\n"]);
                rejected.push(file.clone());
                continue;
            };
            if limit != 0 && i64::try_from(stat.size).is_ok_and(|size| size > limit) {
                let megabytes = (3 * stat.size / 1_000_000).to_string();
                say(&[
                    &shown,
                    b": up to ",
                    megabytes.as_bytes(),
                    b" MB of RAM may be required to manage this file\n(use 'hg revert ",
                    &shown,
                    b"' to cancel the pending addition)\n",
                ]);
            }
            if !stat.kind.is_trackable() {
                say(&[&shown, b" not added: only files and symlinks supported currently\n"]);
                rejected.push(file.clone());
            } else if !self.dirstate_mut().set_tracked(file)? {
                say(&[&shown, b" already tracked!\n"]);
            }
        }
        Ok(rejected)
    }

    /// Stops tracking `files` and leaves them on disk; returned is what was not tracked.
    ///
    /// # Errors
    /// When the dirstate is damaged.
    pub fn forget(
        &mut self,
        files: &[HgPathBuf],
        reporter: &dyn Reporter,
        name_of: NameOf,
    ) -> Result<Vec<HgPathBuf>> {
        let mut rejected = Vec::new();
        for file in files {
            if !self.dirstate_mut().set_untracked(file)? {
                reporter.warn(&[&name_of(file)[..], b" not tracked!\n"].concat());
                rejected.push(file.clone());
            }
        }
        Ok(rejected)
    }

    /// Records that `target` is a copy of `source`, tracking it if needed.
    ///
    /// # Errors
    /// When the dirstate is damaged or the name clashes with another.
    pub fn mark_copy(
        &mut self,
        source: &HgPath,
        target: &HgPath,
        reporter: &dyn Reporter,
        name_of: NameOf,
    ) -> Result<()> {
        match self.lstat(target)?.map(|stat| stat.kind) {
            None => reporter.warn(&[&name_of(target)[..], b" does not exist!\n"].concat()),
            Some(NodeKind::File | NodeKind::Symlink) => {
                self.dirstate_mut().set_tracked(target)?;
                self.dirstate_mut().set_copy(target, Some(source))?;
            }
            Some(_) => {
                let why = b" is not a file or a symbolic link\n";
                reporter.warn(&[b"copy failed: ", &name_of(target)[..], why].concat());
            }
        }
        Ok(())
    }

    /// Records that `target` is a copy of `source`, or of what `source` itself is a copy of. A
    /// source that was never committed cannot be recorded: then the target is only tracked.
    ///
    /// # Errors
    /// Those of [`WorkingDir::mark_copy`].
    pub fn record_copy(
        &mut self,
        source: &HgPath,
        target: &HgPath,
        quiet: bool,
        reporter: &dyn Reporter,
        name_of: NameOf,
    ) -> Result<()> {
        let origin = self.dirstate().copy_source(source)?.unwrap_or_else(|| source.to_owned());
        let entry = self.dirstate().get(target)?.unwrap_or_default();
        let untracked = entry.is_added() || !entry.tracked;
        if *origin == *target {
            // Copied back to where it came from.
            if untracked {
                self.dirstate_mut().set_tracked(target)?;
            }
            return Ok(());
        }
        let uncommitted = self.dirstate().get(&origin)?.is_some_and(|entry| entry.is_added());
        if !uncommitted || *origin != *source {
            return self.mark_copy(&origin, target, reporter, name_of);
        }
        if !quiet {
            let middle = b" has not been committed yet, so no copy data will be stored for ";
            reporter.warn(&[&name_of(&origin)[..], middle, &name_of(target), b".\n"].concat());
        }
        if untracked {
            self.add(&[target.to_owned()], reporter, name_of)?;
        }
        Ok(())
    }

    /// The files that match and whose tracking does not fit what is on disk.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged, or an ignore pattern is invalid.
    pub fn untidy(&mut self, matcher: &Matcher) -> Result<Untidy> {
        let status = self.status_without_content(matcher, StatusOptions::with_unknown())?;
        let auditor = hg_vfs::PathAuditor::new(self.repo().wvfs().clone());
        let mut unknown = status.unknown;
        for file in matcher.files() {
            // What is named is taken even when it is ignored.
            let tracked = self.dirstate().get(&file)?.is_some();
            if !tracked
                && matcher.exact(&file)
                && self.lstat(&file)?.is_some_and(|stat| stat.kind.is_trackable())
            {
                unknown.push(file);
            }
        }
        unknown.retain(|path| auditor.allows(path.as_bytes()));
        unknown.sort_unstable();
        unknown.dedup();
        let (mut forgotten, mut removed) = (Vec::new(), Vec::new());
        for path in status.removed {
            let there = self.lstat(&path)?.is_some_and(|stat| stat.kind.is_trackable());
            if there { forgotten.push(path) } else { removed.push(path) }
        }
        let (added, deleted) = (status.added, status.deleted);
        Ok(Untidy { added, unknown, deleted, removed, forgotten, bad: status.bad })
    }
}

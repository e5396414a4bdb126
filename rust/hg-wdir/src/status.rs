//! What differs between the working directory, the dirstate and revisions.

mod content;
pub(crate) mod named;
mod revisions;

use std::sync::Arc;

use content::Seen;
use hg_match::{IgnoreMatcher, Matcher};
use hg_store::RepoMethod;
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::{DirHandle, IoResultExt as _, NodeKind, NodeStat, os_message};

use crate::WorkingDir;
use crate::walk::{DirectoryCaches, Outcome, Walk, Wanted};

pub(crate) use content::{file_text, metadata_of};
pub use revisions::{between_manifests, status_against};

/// What a status reports beside changes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StatusOptions {
    /// Files that are not tracked.
    pub unknown: bool,
    /// Files that are not tracked and ignored.
    pub ignored: bool,
    /// Files without change.
    pub clean: bool,
}

impl StatusOptions {
    /// Unknown files too, as `hg status` shows.
    #[must_use]
    pub const fn with_unknown() -> Self {
        Self { unknown: true, ignored: false, clean: false }
    }
}

/// Files by how they differ, each list sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Status {
    /// Changed.
    pub modified: Vec<HgPathBuf>,
    /// Newly tracked.
    pub added: Vec<HgPathBuf>,
    /// No longer tracked.
    pub removed: Vec<HgPathBuf>,
    /// Tracked and gone.
    pub deleted: Vec<HgPathBuf>,
    /// Not tracked.
    pub unknown: Vec<HgPathBuf>,
    /// Not tracked, ignored.
    pub ignored: Vec<HgPathBuf>,
    /// Unchanged.
    pub clean: Vec<HgPathBuf>,
    /// What was asked for and could not be looked at, and why: `No such file or directory`.
    pub bad: Vec<(HgPathBuf, Vec<u8>)>,
}

/// What lies about in a working directory, each list sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Clutter {
    /// Not tracked.
    pub unknown: Vec<HgPathBuf>,
    /// Not tracked, ignored.
    pub ignored: Vec<HgPathBuf>,
    /// All directories but the root that were looked into.
    pub directories: Vec<HgPathBuf>,
    /// What was named and could not be looked at.
    pub bad: Vec<(HgPathBuf, Vec<u8>)>,
}

/// What a walk needs to know.
struct WalkPlan {
    wanted: Wanted,
    ignore: Arc<IgnoreMatcher>,
    check_exec: bool,
    /// Whether cached directories hold.
    trusted: bool,
    /// Whether directories are to be cached.
    noted: bool,
}

impl From<StatusOptions> for Wanted {
    fn from(options: StatusOptions) -> Self {
        let StatusOptions { unknown, ignored, clean } = options;
        Self { unknown, ignored, clean, directories: false }
    }
}

/// What a plugin does instead of [`WorkingDir::status`] (see [`hg_store::RepoOverrides::part`]).
pub struct StatusReplacement(pub StatusFunction);

/// A status as a plugin works it out; what could not be looked at is not its concern.
pub type StatusFunction = Box<dyn Fn(&Matcher, StatusOptions) -> Result<Status> + Send + Sync>;

impl Status {
    /// Whether a commit would have something to record.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !(self.modified.is_empty() && self.added.is_empty() && self.removed.is_empty())
    }
}

impl WorkingDir {
    /// Compares the working directory with its first parent. What turns out clean after its content
    /// was compared is noted in the dirstate file when nobody else holds the lock.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged, or an ignore pattern is invalid.
    pub fn status(&mut self, matcher: &Matcher, options: StatusOptions) -> Result<Status> {
        // Whoever replaced it reads the dirstate's file: changes that are not written yet are ours alone.
        if !self.is_plain() && !self.dirstate().is_dirty() {
            let replacement = self.repo().replacement::<StatusReplacement>(RepoMethod::Status);
            if let Some(StatusReplacement(status)) = replacement.as_deref() {
                let mut found = status(matcher, options)?;
                found.bad = self.bad_files(matcher)?;
                return Ok(found);
            }
        }
        self.own_status(matcher, options)
    }

    fn own_status(&mut self, matcher: &Matcher, options: StatusOptions) -> Result<Status> {
        let bad = self.bad_files(matcher)?;
        let plan = self.plan_walk(matcher, Wanted::from(options))?;
        let outcome = self.walk(&plan, matcher)?;
        if !options.unknown || matcher.prefix() || matcher.has_patterns() {
            self.audit(&outcome.unsure)?;
        }
        let mut status = Status {
            modified: outcome.modified,
            added: outcome.added,
            removed: outcome.removed,
            deleted: outcome.deleted,
            unknown: outcome.unknown,
            ignored: outcome.ignored,
            clean: outcome.clean,
            bad,
        };
        status.bad.extend(outcome.bad);
        status.bad.sort();
        let seen = Seen {
            unsure: outcome.unsure,
            caches: outcome.caches,
            list_clean: options.clean,
            check_exec: plan.check_exec,
        };
        let noted = self.settle(seen, &mut status)?;
        self.take_note(noted)?;
        Ok(status)
    }

    /// Like [`WorkingDir::status`], but without comparing content: what it would have to compare
    /// counts as clean.
    ///
    /// # Errors
    /// Those of [`WorkingDir::status`].
    pub fn status_without_content(
        &mut self,
        matcher: &Matcher,
        options: StatusOptions,
    ) -> Result<Status> {
        let mut bad = self.bad_files(matcher)?;
        let plan = self.plan_walk(matcher, Wanted::from(options))?;
        let mut found = self.walk(&plan, matcher)?;
        if options.clean {
            found.clean.extend(found.unsure.drain(..).map(HgPath::to_owned));
            found.clean.sort_unstable();
        }
        bad.append(&mut found.bad);
        bad.sort();
        Ok(Status {
            modified: found.modified,
            added: found.added,
            removed: found.removed,
            deleted: found.deleted,
            unknown: found.unknown,
            ignored: found.ignored,
            clean: found.clean,
            bad,
        })
    }

    /// The unknown and ignored files that match, and the directories that were looked into.
    ///
    /// # Errors
    /// When the dirstate is damaged, or an ignore pattern is invalid.
    pub fn clutter(&mut self, matcher: &Matcher, options: StatusOptions) -> Result<Clutter> {
        let wanted = Wanted { clean: false, directories: true, ..Wanted::from(options) };
        let mut bad = self.bad_files(matcher)?;
        let plan = self.plan_walk(matcher, wanted)?;
        let mut found = self.walk(&plan, matcher)?;
        bad.append(&mut found.bad);
        bad.sort();
        let Outcome { unknown, ignored, directories, .. } = found;
        Ok(Clutter { unknown, ignored, directories, bad })
    }

    /// Reads what a walk needs.
    fn plan_walk(&mut self, matcher: &Matcher, wanted: Wanted) -> Result<WalkPlan> {
        let ignore = self.ignore_for(wanted.unknown || wanted.ignored)?;
        let check_exec = self.check_exec();
        let digest = self.ignore_digest();
        let trusted = !wanted.directories
            && digest.is_some_and(|digest| digest == *self.dirstate().ignore_digest());
        let noted = digest.is_some()
            && wanted.unknown
            && matcher.is_always()
            && !self.dirstate().is_dirty()
            && self.repo().current_transaction().is_none();
        self.dirstate_mut().prepare_tree()?;
        Ok(WalkPlan { wanted, ignore, check_exec, trusted, noted })
    }

    /// Looks at the file system and the dirstate, not at content.
    fn walk(&self, plan: &WalkPlan, matcher: &Matcher) -> Result<Outcome<'_>> {
        let root = self.repo().root();
        let narrowed = self.narrowed(matcher)?;
        let walk = Walk {
            root: DirHandle::open(root).when("opening", root)?,
            caches: DirectoryCaches::new(self.repo(), plan.trusted, plan.noted),
            matcher: &narrowed,
            ignore: &plan.ignore,
            wanted: plan.wanted,
            check_exec: plan.check_exec,
        };
        let mut outcome = walk.run(self.dirstate().tree())?;
        for directory in self.hidden_directories(matcher, plan)? {
            walk.look_into(self.dirstate().tree(), directory, &mut outcome)?;
        }
        Self::keep_below_names(matcher, &mut outcome);
        self.look_at_named(matcher, plan, &mut outcome)?;
        Ok(outcome)
    }

    /// Every file that `matcher` accepts: tracked in the working directory or not, named itself
    /// even when ignored. The second part says what was named and cannot be looked at.
    ///
    /// # Errors
    /// When the dirstate is damaged, or an ignore pattern is invalid.
    pub fn walk_files(
        &mut self,
        matcher: &Matcher,
        options: StatusOptions,
    ) -> Result<(Vec<HgPathBuf>, Vec<(HgPathBuf, Vec<u8>)>)> {
        let mut bad = self.bad_files(matcher)?;
        let plan = self.plan_walk(matcher, Wanted { clean: true, ..Wanted::from(options) })?;
        let mut found = self.walk(&plan, matcher)?;
        let mut files: Vec<HgPathBuf> = found.unsure.drain(..).map(HgPath::to_owned).collect();
        for list in [
            &mut found.modified,
            &mut found.added,
            &mut found.removed,
            &mut found.deleted,
            &mut found.unknown,
            &mut found.ignored,
            &mut found.clean,
        ] {
            files.append(list);
        }
        bad.append(&mut found.bad);
        if options.unknown {
            for file in matcher.files() {
                let trackable = |stat: NodeStat| stat.kind.is_trackable();
                if matcher.exact(&file) && self.lstat(&file)?.is_some_and(trackable) {
                    files.push(file);
                }
            }
        }
        files.sort_unstable();
        files.dedup();
        bad.sort();
        bad.dedup();
        Ok((files, bad))
    }

    /// Asks the file system about a file, symbolic links not followed.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn lstat(&self, path: &HgPath) -> Result<Option<NodeStat>> {
        let full = self.repo().wvfs().join(path);
        Ok(NodeStat::of(&full).when("reading", &full)?)
    }

    /// Asks the file system about a file that should be there, symbolic links not followed.
    ///
    /// # Errors
    /// When it is not there, or the system cannot tell.
    pub fn lstat_existing(&self, path: &HgPath) -> hg_vfs::Result<NodeStat> {
        let full = self.repo().wvfs().join(path);
        NodeStat::of_existing(&full).when("reading", &full)
    }

    /// What the matcher names that is neither there nor known, or cannot be tracked.
    fn bad_files(&self, matcher: &Matcher) -> Result<Vec<(HgPathBuf, Vec<u8>)>> {
        let mut files = matcher.files();
        if files.iter().any(|file| file.is_empty()) {
            return Ok(Vec::new());
        }
        files.sort_unstable();
        files.dedup();
        let mut bad = Vec::new();
        for file in files {
            let full = self.repo().wvfs().join(&file);
            let reason = match std::fs::symlink_metadata(&full) {
                Err(error) => {
                    let dirstate = self.dirstate();
                    if dirstate.get(&file)?.is_some() || dirstate.has_below(&file)? {
                        continue;
                    }
                    os_message(&error)
                }
                Ok(_) => match self.lstat(&file)?.map(|stat| stat.kind).and_then(unsupported) {
                    Some(kind) => format!("unsupported file type (type is {kind})").into_bytes(),
                    None => continue,
                },
            };
            bad.push((file, reason));
        }
        Ok(bad)
    }
}

/// What is neither a directory nor can be tracked, in words.
fn unsupported(kind: NodeKind) -> Option<&'static str> {
    Some(match kind {
        NodeKind::File | NodeKind::Symlink | NodeKind::Directory => return None,
        NodeKind::Fifo => "fifo",
        NodeKind::Socket => "socket",
        NodeKind::CharacterDevice => "character device",
        NodeKind::BlockDevice => "block device",
        NodeKind::Unknown => "unknown",
    })
}

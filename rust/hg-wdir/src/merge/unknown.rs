//! Untracked files where the target has files: refused, backed up or ignored, as configured.

use std::collections::{BTreeMap, BTreeSet};

use hg_config::Config;
use hg_store::Manifest;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Reporter, Result};
use hg_vfs::{DirHandle, IoResultExt as _, NodeKind, NodeStat};

use super::action::{Action, Merge, Plan};
use crate::WorkingDir;

/// `merge.checkunknown` and `merge.checkignored`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Abort,
    Warn,
    Ignore,
}

fn check(config: &Config, name: &str) -> Result<Check> {
    match config.get("merge", name) {
        None | Some(b"abort") => Ok(Check::Abort),
        Some(b"warn") => Ok(Check::Warn),
        Some(b"ignore") => Ok(Check::Ignore),
        Some(other) => {
            let shown = other.escape_ascii();
            let text =
                format!("merge.{name} not valid ('{shown}' is none of 'abort', 'ignore', 'warn')");
            Err(Error::new(ErrorKind::Config, text))
        }
    }
}

/// What untracked things do to a name that the target needs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hindrance {
    /// A file with other content.
    File,
    /// A directory with files where a file should be.
    Directory,
    /// A file where a directory should be.
    Above,
}

impl Hindrance {
    const fn refusal(self) -> &'static [u8] {
        match self {
            Self::File => b": untracked file differs\n",
            Self::Directory => b": untracked directory conflicts with file\n",
            Self::Above => b": untracked file conflicts with directory\n",
        }
    }

    const fn notice(self) -> &'static [u8] {
        match self {
            Self::File | Self::Above => b": replacing untracked file\n",
            Self::Directory => b": replacing untracked files in directory\n",
        }
    }
}

/// How untracked files are dealt with.
#[derive(Clone, Copy)]
pub(super) struct Untracked {
    /// Whatever is in the way goes.
    pub(super) overwrite: bool,
    /// Merge with what is in the way.
    pub(super) force: bool,
    /// Merge with it whatever the configuration says.
    pub(super) always: bool,
    /// Look for directories in the place of files, too, and the other way round.
    pub(super) paths: bool,
}

/// Turns every [`Action::Created`] into what it comes to, given what stands there now.
pub(super) fn check_untracked(
    wdir: &mut WorkingDir,
    plan: &mut Plan,
    target: &Manifest,
    how: Untracked,
) -> Result<()> {
    let repo = wdir.repo().clone();
    let config = repo.config();
    let rules = [check(&config, "checkunknown")?, check(&config, "checkignored")?];
    let mut found = Found { rules, ..Found::default() };
    let created: Vec<(HgPathBuf, Action)> = plan
        .actions
        .iter()
        .filter(|(_, planned)| matches!(planned.action, Action::Created { .. }))
        .map(|(path, planned)| (path.clone(), planned.action.clone()))
        .collect();
    for (path, action) in created {
        let Action::Created { flags, merge_untracked } = action else { continue };
        let mut next = Action::Get { flags, backup: false };
        if how.paths {
            found.path_conflicts(wdir, &path, how.overwrite)?;
        }
        // What a link hides is not looked at: the link itself is in the way.
        if how.paths && !how.overwrite && is_below_link(wdir, &path)? {
            if let Some(planned) = plan.actions.get_mut(&path) {
                planned.action = next;
            }
            continue;
        }
        if in_the_way(wdir, &path, target)? == Some(true) {
            if merge_untracked && (how.always || found.merges(wdir.ignore()?.is_ignored(&path))) {
                next = Action::Merge(Merge {
                    local: Some(path.clone()),
                    other: Some(path.clone()),
                    ancestor: None,
                    moves: false,
                });
            } else {
                let ignored = wdir.ignore()?.is_ignored(&path);
                let backup = found.judge(&path, Hindrance::File, ignored, how.overwrite);
                next = Action::Get { flags, backup };
            }
        }
        if let Some(planned) = plan.actions.get_mut(&path) {
            planned.action = next;
        }
    }
    for (path, planned) in plan.actions.iter().filter(|_| !how.force) {
        let source = match &planned.action {
            Action::DeletedChanged(_) => path,
            Action::GetMoved { from, .. } => from,
            _ => continue,
        };
        if in_the_way_of(wdir, path, target, source)? == Some(true) {
            found.refused.insert(path.clone(), Hindrance::File);
        }
    }
    plan.displaced.append(&mut found.displaced);
    plan.cleared.append(&mut found.cleared);
    found.tell(&*repo.reporter())
}

/// What is in the way, by what is done about it.
struct Found {
    rules: [Check; 2],
    refused: BTreeMap<HgPathBuf, Hindrance>,
    replaced: BTreeMap<HgPathBuf, Hindrance>,
    /// What gets another name although nothing is written in its place.
    displaced: BTreeSet<HgPathBuf>,
    /// What goes, with everything below.
    cleared: BTreeSet<HgPathBuf>,
}

impl Default for Found {
    fn default() -> Self {
        Self {
            rules: [Check::Abort; 2],
            refused: BTreeMap::new(),
            replaced: BTreeMap::new(),
            displaced: BTreeSet::new(),
            cleared: BTreeSet::new(),
        }
    }
}

impl Found {
    /// Notes what stands at `path`, and says whether it is to be saved.
    /// Whether what is in the way is merged, when that is possible.
    fn merges(&self, ignored: bool) -> bool {
        self.rules[usize::from(ignored)] == Check::Abort
    }

    fn judge(&mut self, path: &HgPath, what: Hindrance, ignored: bool, overwrite: bool) -> bool {
        match self.rules[usize::from(ignored)] {
            // Whoever says --clean wants the target's files and nothing else.
            _ if overwrite => return false,
            Check::Abort => {
                self.refused.insert(path.to_owned(), what);
                return false;
            }
            Check::Warn => {
                self.replaced.insert(path.to_owned(), what);
            }
            Check::Ignore => {}
        }
        true
    }

    /// Looks for an untracked directory at `path`, and for untracked files above it.
    fn path_conflicts(
        &mut self,
        wdir: &mut WorkingDir,
        path: &HgPath,
        overwrite: bool,
    ) -> Result<()> {
        let kind = |stat: NodeStat| stat.kind;
        let (at, what) = if wdir.lstat(path)?.map(kind) == Some(NodeKind::Directory)
            && !wdir.dirstate().has_tracked_below(path)?
            && has_files(wdir, path)?
        {
            (path.to_owned(), Hindrance::Directory)
        } else {
            let mut above = path.ancestors().filter(|above| !above.is_empty());
            let file = above.find_map(|above| {
                let trackable = |stat: NodeStat| stat.kind.is_trackable();
                let there = wdir.lstat(above).map(|stat| stat.is_some_and(trackable));
                there.map(|there| there.then(|| above.to_owned())).transpose()
            });
            match file.transpose()? {
                Some(file) if !wdir.dirstate().is_tracked(&file)? => (file, Hindrance::Above),
                _ => return Ok(()),
            }
        };
        if overwrite {
            // Links stay: whoever writes refuses to go through them.
            if wdir.lstat(&at)?.map(kind) != Some(NodeKind::Symlink) {
                self.cleared.insert(at);
            }
            return Ok(());
        }
        let ignored = wdir.ignore()?.is_ignored(&at);
        if self.judge(&at, what, ignored, false) {
            self.displaced.insert(at);
        }
        Ok(())
    }

    fn tell(&self, reporter: &dyn Reporter) -> Result<()> {
        let refused = !self.refused.is_empty();
        let (list, words): (_, fn(Hindrance) -> &'static [u8]) = match refused {
            true => (&self.refused, Hindrance::refusal),
            false => (&self.replaced, Hindrance::notice),
        };
        for (path, what) in list {
            reporter.warn(&[path.as_bytes(), words(*what)].concat());
        }
        if refused {
            let message =
                "untracked files in working directory differ from files in requested revision";
            return Err(Error::state(message));
        }
        Ok(())
    }
}

/// Whether a link stands where a directory of `path` should be.
fn is_below_link(wdir: &WorkingDir, path: &HgPath) -> Result<bool> {
    for above in path.ancestors().filter(|above| !above.is_empty()) {
        if wdir.lstat(above)?.is_some_and(|stat| stat.kind == NodeKind::Symlink) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anything but directories lies below `directory`.
fn has_files(wdir: &WorkingDir, directory: &HgPath) -> Result<bool> {
    let full = wdir.repo().wvfs().join(directory);
    let names = DirHandle::open(&full).and_then(|handle| handle.names()).when("listing", &full)?;
    for (name, _) in names.iter() {
        let path = directory.join(name);
        match wdir.lstat(&path)?.map(|stat| stat.kind) {
            None => {}
            Some(NodeKind::Directory) if !has_files(wdir, &path)? => {}
            Some(_) => return Ok(true),
        }
    }
    Ok(false)
}

/// Whether an untracked file stands at `path`, and if so whether it differs from the target's.
fn in_the_way(wdir: &WorkingDir, path: &HgPath, target: &Manifest) -> Result<Option<bool>> {
    in_the_way_of(wdir, path, target, path)
}

/// The same where the target has the file as `source`.
fn in_the_way_of(
    wdir: &WorkingDir,
    path: &HgPath,
    target: &Manifest,
    source: &HgPath,
) -> Result<Option<bool>> {
    if wdir.dirstate().get(path)?.is_some_and(|entry| entry.tracked) {
        return Ok(None);
    }
    let Some((flags, content)) = wdir.read_file(path)? else { return Ok(None) };
    let Some(entry) = target.get(source) else { return Ok(None) };
    if (flags == hg_types::FileFlags::Symlink) != (entry.flags == hg_types::FileFlags::Symlink) {
        return Ok(Some(true));
    }
    let log = wdir.repo().filelog(source)?;
    Ok(Some(log.cmp(log.rev(&entry.node)?, &content)?))
}

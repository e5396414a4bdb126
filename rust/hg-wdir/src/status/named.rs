//! Files that the user named: found wherever links lead, and what lies below them is not looked for.

use std::borrow::Cow;
use std::collections::HashSet;

use hg_match::Matcher;
use hg_store::Manifest;
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::NodeKind;

use super::{Status, WalkPlan};
use crate::WorkingDir;
use crate::dirstate::Item;
use crate::walk::{Outcome, Wanted, compare};

/// Where a walk for untracked files starts; `None` when that is the root.
fn starts(matcher: &Matcher) -> Option<Vec<HgPathBuf>> {
    let names = matcher.files();
    let root = names.is_empty() || names.iter().any(|name| name.is_empty());
    (!matcher.prefix() && !root).then_some(names)
}

fn is_at_or_below(path: &HgPath, names: &[HgPathBuf]) -> bool {
    names.iter().any(|name| **name == *path || path.is_below(name))
}

/// Whether a file matches without lying where the walk for untracked files goes.
pub(crate) fn is_beyond_names(matcher: &Matcher, path: &HgPath) -> bool {
    starts(matcher).is_some_and(|names| !is_at_or_below(path, &names))
}

impl WorkingDir {
    /// The matcher for a walk: the names alone when all are files, or gone and no directories. As
    /// upstream has it, what was below a directory is then not seen in the place of which a file is
    /// named.
    pub(super) fn narrowed<'a>(&self, matcher: &'a Matcher) -> Result<Cow<'a, Matcher>> {
        if !matcher.prefix() {
            return Ok(Cow::Borrowed(matcher));
        }
        let files = matcher.files();
        for file in &files {
            if file.is_empty() || self.is_directory(file)? {
                return Ok(Cow::Borrowed(matcher));
            }
        }
        if files.is_empty() {
            return Ok(Cow::Borrowed(matcher));
        }
        Ok(Cow::Owned(Matcher::exact_files(files)))
    }

    /// Leaves out untracked files that lie below none of the names: upstream's walk for them starts
    /// there, and `rootfilesin:` is no name.
    pub(super) fn keep_below_names(matcher: &Matcher, outcome: &mut Outcome) {
        let Some(names) = starts(matcher) else { return };
        let below = |path: &HgPathBuf| is_at_or_below(path, &names);
        outcome.unknown.retain(below);
        outcome.ignored.retain(below);
    }

    /// Directories that were named and lie behind links or in other repositories: a walk for untracked
    /// files starts there, too, unless it is for what is to be removed.
    pub(super) fn hidden_directories(
        &self,
        matcher: &Matcher,
        plan: &WalkPlan,
    ) -> Result<Vec<HgPathBuf>> {
        let Wanted { unknown, ignored, directories, .. } = plan.wanted;
        let lists = (unknown || ignored) && !directories;
        if !lists || matcher.is_always() || matcher.is_exact() {
            return Ok(Vec::new());
        }
        let auditor = hg_vfs::PathAuditor::new(self.repo().wvfs().clone());
        let mut hidden = Vec::new();
        for name in matcher.files() {
            let start = !name.is_empty() && matcher.exact(&name);
            let hidden_name = start && !auditor.allows(name.as_bytes());
            if !hidden_name || !ignored && plan.ignore.matches(&name) {
                continue;
            }
            if self.lstat(&name)?.is_some_and(|stat| stat.kind == NodeKind::Directory) {
                hidden.push(name);
            }
        }
        Ok(hidden)
    }

    /// Looks at files that were named and lie behind links or in other repositories, where walks do
    /// not go.
    pub(super) fn look_at_named<'a>(
        &'a self,
        matcher: &Matcher,
        plan: &WalkPlan,
        outcome: &mut Outcome<'a>,
    ) -> Result<()> {
        let WalkPlan { wanted, ignore, check_exec, .. } = plan;
        let auditor = hg_vfs::PathAuditor::new(self.repo().wvfs().clone());
        for file in matcher.files() {
            let hidden = || !matcher.is_exact() && !auditor.allows(file.as_bytes());
            if !matcher.exact(&file) || !hidden() || !matcher.matches(&file) {
                continue;
            }
            let Some(stat) = self.lstat(&file)?.filter(|stat| stat.kind.is_trackable()) else {
                continue;
            };
            match self.dirstate().tree().get(&file)? {
                Some(Item { path, entry, copy_source }) => {
                    let comparison = compare(&entry, &stat, *check_exec);
                    outcome.found(path, &entry, copy_source.is_some(), comparison);
                }
                None if ignore.matches(&file) && wanted.ignored => outcome.ignored.push(file),
                None if !ignore.matches(&file) && wanted.unknown => outcome.unknown.push(file),
                None => {}
            }
            outcome.sort();
        }
        if !wanted.clean {
            outcome.clean.clear();
        }
        Ok(())
    }

    /// Takes files of the first parent that match and were not looked for to be as they are there,
    /// whatever the dirstate says of them.
    pub(super) fn add_unseen(
        &self,
        matcher: &Matcher,
        p1: &Manifest,
        status: &mut Status,
    ) -> Result<()> {
        if matches!(self.narrowed(matcher)?, Cow::Borrowed(_)) {
            return Ok(());
        }
        let Status { modified, added, removed, deleted, clean, .. } = status;
        let seen = [&*modified, added, removed, deleted, clean].into_iter().flatten();
        let seen: HashSet<&HgPath> = seen.map(|path| &**path).collect();
        let standing = [&*modified, added, clean].into_iter().flatten();
        let standing: HashSet<&HgPath> = standing.map(|path| &**path).collect();
        // Nothing is below a file that has taken a directory's place.
        let is_unseen = |path: &&HgPath| {
            matcher.matches(path)
                && !seen.contains(path)
                && !path.ancestors().any(|above| standing.contains(above))
        };
        let mut unseen: Vec<HgPathBuf> =
            p1.paths().filter(is_unseen).map(HgPath::to_owned).collect();
        clean.append(&mut unseen);
        clean.sort_unstable();
        Ok(())
    }

    /// Refuses files behind links, which a walk that does not list takes on trust, before they are
    /// read.
    pub(super) fn audit(&self, files: &[&HgPath]) -> Result<()> {
        let auditor = hg_vfs::PathAuditor::new(self.repo().wvfs().clone());
        Ok(files.iter().try_for_each(|file| auditor.check(file.as_bytes()))?)
    }

    /// Whether a name is that of a directory, on disk or, when nothing is there, in the dirstate.
    fn is_directory(&self, path: &HgPath) -> Result<bool> {
        match self.lstat(path)? {
            Some(stat) => Ok(stat.kind == NodeKind::Directory),
            None => self.dirstate().has_below(path),
        }
    }
}

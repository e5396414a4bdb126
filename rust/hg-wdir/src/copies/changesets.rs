//! Copies traced from changeset to changeset: each says what it copied from its parents.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hg_format::side_data::{Action, ChangedFiles, Parent};
use hg_match::Matcher;
use hg_store::{Changelog, Repo};
use hg_types::{HgPathBuf, Result, Revision};

use super::Copies;

/// Where it is written what changesets copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Origin {
    /// In side data; what has none is worked out.
    SideData,
    /// In extras alone.
    Extras,
    /// In extras, and where these say nothing in filelogs.
    ExtrasAndFilelogs,
}

impl Origin {
    /// The one of a repository; `None` when copies are traced through filelogs.
    pub(super) fn of(repo: &Repo) -> Option<Self> {
        if repo.keeps_changed_files() {
            return Some(Self::SideData);
        }
        match repo.config().get("experimental", "copies.read-from") {
            Some(b"changeset-only") => Some(Self::Extras),
            Some(b"compatibility") => Some(Self::ExtrasAndFilelogs),
            _ => None,
        }
    }

    fn changed_files(
        self,
        repo: &Repo,
        changelog: &Changelog,
        rev: Revision,
    ) -> Result<ChangedFiles> {
        if self == Self::SideData {
            return repo.changed_files(rev);
        }
        let entry = changelog.entry(rev)?;
        let mut files = repo.compute_changed_files(rev)?;
        if self == Self::Extras || super::extras::says_copies(&entry) {
            super::extras::put_copies(&entry, &mut files);
        }
        // Nothing is known there of what a merge keeps although one side removed it.
        for change in files.0.values_mut() {
            if change.action == Some(Action::Salvaged) {
                change.action = Some(Action::Touched);
            }
        }
        Ok(files)
    }
}

/// Where a file came from, and the changeset that says so; no source: it is no copy any more.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Known {
    source: Option<HgPathBuf>,
    said_by: Revision,
}

type Map = BTreeMap<HgPathBuf, Known>;

/// Copies from `base` to its descendant `target`, of files that match.
pub(super) fn forward(
    repo: &Repo,
    origin: Origin,
    base: Revision,
    target: Revision,
    matcher: &Matcher,
) -> Result<Copies> {
    let changelog = repo.changelog()?;
    let revs = changelog.missing_ancestors([target], [base]);
    let mut tracer = Tracer {
        changelog: &changelog,
        origin,
        maps: HashMap::new(),
        users: HashMap::new(),
        between: HashMap::new(),
    };
    for &rev in &revs {
        for parent in changelog.parents(rev) {
            *tracer.users.entry(parent).or_default() += 1;
        }
    }
    for &rev in &revs {
        let mut changes = origin.changed_files(repo, &changelog, rev)?;
        if origin != Origin::SideData {
            // Every step must match there, not the whole way alone.
            changes.0.retain(|path, _| matcher.matches(path));
        }
        let map = tracer.at(rev, &changes);
        tracer.maps.insert(rev, map);
    }
    let map = tracer.maps.remove(&target).unwrap_or_default();
    let copies = map.iter().filter_map(|(to, known)| Some((to.clone(), known.source.clone()?)));
    Ok(copies.filter(|(to, _)| matcher.matches(to)).collect())
}

struct Tracer<'a> {
    changelog: &'a Changelog,
    origin: Origin,
    maps: HashMap<Revision, Arc<Map>>,
    /// How many children of a changeset are still to come.
    users: HashMap<Revision, usize>,
    between: HashMap<(Revision, Revision), bool>,
}

impl Tracer<'_> {
    /// What is known at a changeset.
    fn at(&mut self, rev: Revision, changes: &ChangedFiles) -> Arc<Map> {
        let [p1, p2] = self.changelog.parents(rev);
        let first = applied(self.take(p1), rev, changes, Parent::First);
        if p2.is_null() {
            return first;
        }
        let second = applied(self.take(p2), rev, changes, Parent::Second);
        self.merged(first, &second, rev, changes)
    }

    /// The map of a parent; it is forgotten when nobody else will ask.
    fn take(&mut self, parent: Revision) -> Arc<Map> {
        let left = self.users.entry(parent).or_default();
        *left = left.saturating_sub(1);
        let last = *left == 0;
        let map = if last { self.maps.remove(&parent) } else { self.maps.get(&parent).cloned() };
        map.unwrap_or_default()
    }

    fn merged(
        &mut self,
        mut first: Arc<Map>,
        second: &Map,
        rev: Revision,
        changes: &ChangedFiles,
    ) -> Arc<Map> {
        if first.is_empty() {
            return Arc::new(second.clone());
        }
        for (path, theirs) in second {
            let chosen = match first.get(path) {
                None => theirs.clone(),
                Some(ours) if ours == theirs => continue,
                Some(ours) => match decided(path, ours, theirs, changes) {
                    // Later merges with what lost must know that it did.
                    Some(source) => Known { source, said_by: rev },
                    None => self.choose(ours, theirs),
                },
            };
            Arc::make_mut(&mut first).insert(path.clone(), chosen);
        }
        first
    }

    /// Which of two things known about a file counts after a merge.
    fn choose(&mut self, ours: &Known, theirs: &Known) -> Known {
        if ours.said_by == theirs.said_by {
            return ours.clone();
        }
        if ours.source == theirs.source {
            // The later one is what later changesets can override.
            let later = if ours.said_by > theirs.said_by { ours } else { theirs };
            return later.clone();
        }
        if self.is_ancestor(ours.said_by, theirs.said_by) {
            theirs.clone()
        } else if self.is_ancestor(theirs.said_by, ours.said_by)
            || ours.source.is_some()
            || self.origin != Origin::SideData
        {
            ours.clone()
        } else {
            theirs.clone()
        }
    }

    fn is_ancestor(&mut self, ancestor: Revision, descendant: Revision) -> bool {
        let changelog = self.changelog;
        *self
            .between
            .entry((ancestor, descendant))
            .or_insert_with(|| changelog.is_ancestor(ancestor, descendant))
    }
}

/// What a merge itself says where its parents say different things.
fn decided(
    path: &HgPathBuf,
    ours: &Known,
    theirs: &Known,
    changes: &ChangedFiles,
) -> Option<Option<HgPathBuf>> {
    if ours.source == theirs.source {
        return None;
    }
    if changes.is(path, Action::Merged) {
        return Some(ours.source.clone());
    }
    match (&ours.source, &theirs.source) {
        (None, Some(_)) if changes.is(path, Action::Salvaged) => Some(theirs.source.clone()),
        (Some(_), None) if changes.is(path, Action::Salvaged) => Some(ours.source.clone()),
        _ => None,
    }
}

/// What is known of a parent, with what its child does to it.
fn applied(mut map: Arc<Map>, rev: Revision, changes: &ChangedFiles, parent: Parent) -> Arc<Map> {
    let before = Arc::clone(&map);
    for (to, from) in changes.copies(parent) {
        let source = match before.get(from) {
            Some(known) => known.source.clone().unwrap_or_else(|| from.clone()),
            None => from.clone(),
        };
        let known = Known { source: Some(source), said_by: rev };
        Arc::make_mut(&mut map).insert(to.clone(), known);
    }
    let removed = changes.0.iter().filter(|(_, change)| change.action == Some(Action::Removed));
    for (path, _) in removed {
        let known = Known { source: None, said_by: rev };
        Arc::make_mut(&mut map).insert(path.clone(), known);
    }
    map
}

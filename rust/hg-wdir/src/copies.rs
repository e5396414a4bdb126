//! Copies and renames between two versions, traced through filelogs.
//!
//! A filelog revision that starts a history of its own may say which file revision it was copied
//! from. Following these from the files that exist in one version only leads to their sources in
//! the other.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use hg_format::side_data::{ChangedFiles, Parent};
use hg_match::Matcher;
use hg_store::{Changelog, Filelog, Manifest, Repo};
use hg_types::{HgPath, HgPathBuf, Node, Result, Revision};

mod changesets;
mod extras;

use self::changesets::Origin;

/// Destination to source.
pub type Copies = BTreeMap<HgPathBuf, HgPathBuf>;

/// A version to trace copies from or to.
#[derive(Clone, Debug)]
pub enum Side {
    /// A changeset.
    Revision(Revision),
    /// The working directory.
    Working(WorkingSide),
}

/// What copy tracing must know about the working directory.
#[derive(Clone, Debug)]
pub struct WorkingSide {
    /// Its first parent.
    pub p1: Revision,
    /// Copies recorded since, of files that are tracked.
    pub copies: Copies,
    /// The tracked files that it has.
    pub files: Arc<HashSet<HgPathBuf>>,
}

impl Side {
    fn revision(&self) -> Revision {
        match self {
            Self::Revision(rev) => *rev,
            Self::Working(side) => side.p1,
        }
    }
}

/// The copies that lead from `x` to `y`: for files of `y`, which file of `x` they came from.
/// Going back in history only renames are found, the other way round.
///
/// # Errors
/// When history cannot be read.
pub fn path_copies(repo: &Repo, x: &Side, y: &Side, matcher: &Matcher) -> Result<Copies> {
    if let (Side::Revision(x), Side::Revision(y)) = (x, y)
        && (x == y || x.is_null() || y.is_null())
    {
        return Ok(Copies::new());
    }
    let tracer = Tracer::new(repo, matcher)?;
    let mut copies = tracer.path_copies(x, y)?;
    tracer.filter(x, y, &mut copies)?;
    Ok(copies)
}

/// The copies that a changeset tells of in its extras, with the parent that has the source; `None`
/// where its files tell of them.
///
/// # Errors
/// When the changeset cannot be read.
pub fn told_in_extras(
    repo: &Repo,
    rev: Revision,
) -> Result<Option<BTreeMap<HgPathBuf, (Parent, HgPathBuf)>>> {
    let entry = repo.changelog()?.entry(rev)?;
    let told = match Origin::of(repo) {
        Some(Origin::Extras) => true,
        Some(Origin::ExtrasAndFilelogs) => extras::says_copies(&entry),
        Some(Origin::SideData) | None => false,
    };
    if !told {
        return Ok(None);
    }
    let mut files = ChangedFiles::default();
    extras::put_copies(&entry, &mut files);
    Ok(Some(files.0.into_iter().filter_map(|(to, change)| Some((to, change.copy?))).collect()))
}

/// Finds the sources of files, keeping open filelogs.
struct Tracer<'r> {
    repo: &'r Repo,
    changelog: Arc<Changelog>,
    matcher: &'r Matcher,
    /// Where changesets say what they copied, if that is where copies are looked for.
    origin: Option<Origin>,
}

impl<'r> Tracer<'r> {
    fn new(repo: &'r Repo, matcher: &'r Matcher) -> Result<Self> {
        Ok(Self { repo, changelog: repo.changelog()?, matcher, origin: Origin::of(repo) })
    }

    fn manifest(&self, rev: Revision) -> Result<Arc<Manifest>> {
        self.repo.manifest(&self.changelog.entry(rev)?.manifest())
    }

    fn path_copies(&self, x: &Side, y: &Side) -> Result<Copies> {
        match (x, y) {
            (Side::Revision(x), Side::Working(working)) if *x == working.p1 => {
                return Ok(self.working_copies(working));
            }
            (Side::Working(_), Side::Working(_)) => return Ok(Copies::new()),
            _ => {}
        }
        let (a, b) = (x.revision(), y.revision());
        let ancestor = self.changelog.ancestor(a, b);
        if ancestor.is_null() {
            // Unrelated histories: equal files are no copies.
            return Ok(Copies::new());
        }
        let is = |side: &Side| matches!(side, Side::Revision(rev) if *rev == ancestor);
        if is(x) {
            self.forward(ancestor, y, None)
        } else if is(y) {
            self.backward(x, ancestor)
        } else {
            let back = self.backward(x, ancestor)?;
            let base = self.manifest(a)?;
            Ok(chain(&back, self.forward(ancestor, y, Some(&base))?))
        }
    }

    /// Copies recorded in the working directory.
    fn working_copies(&self, working: &WorkingSide) -> Copies {
        let wanted = |(to, _): &(&HgPathBuf, &HgPathBuf)| {
            self.matcher.matches(to) && working.files.contains(*to)
        };
        let copies = working.copies.iter().filter(wanted);
        copies.map(|(to, from)| (to.clone(), from.clone())).collect()
    }

    /// Copies from an ancestor to a version.
    fn forward(&self, a: Revision, b: &Side, base: Option<&Manifest>) -> Result<Copies> {
        match b {
            Side::Revision(b) => self.committed_forward(a, *b, base),
            Side::Working(working) => {
                let committed = self.committed_forward(a, working.p1, base)?;
                Ok(chain(&committed, self.working_copies(working)))
            }
        }
    }

    fn committed_forward(
        &self,
        a: Revision,
        b: Revision,
        base: Option<&Manifest>,
    ) -> Result<Copies> {
        let mut out = Copies::new();
        if a == b {
            return Ok(out);
        }
        if let Some(origin) = self.origin {
            return changesets::forward(self.repo, origin, a, b, self.matcher);
        }
        let old = self.manifest(a)?;
        let entry = self.changelog.entry(b)?;
        let new = self.repo.manifest(&entry.manifest())?;
        let mut added: Vec<(HgPathBuf, Node)> = Vec::new();
        if self.changelog.parents(b) == [a, Revision::NULL] {
            // Only the files it names can have come into being.
            for path in entry.files() {
                if !old.contains(path) && self.matcher.matches(path) {
                    added.extend(new.node(path).map(|node| (path.to_owned(), node)));
                }
            }
        } else {
            for change in old.diff(&new) {
                if let (None, Some((node, _))) = (change.old, change.new)
                    && self.matcher.matches(change.path)
                {
                    added.push((change.path.to_owned(), node));
                }
            }
        }
        for (path, node) in added {
            if let Some(source) = self.trace(&path, node, &old, base)? {
                out.insert(path, source);
            }
        }
        Ok(out)
    }

    /// Renames from a version back to an ancestor: which file there came from which here.
    fn backward(&self, a: &Side, b: Revision) -> Result<Copies> {
        let all = Matcher::always();
        let changelog = self.changelog.clone();
        let tracer = Tracer { repo: self.repo, changelog, matcher: &all, origin: self.origin };
        let forward = tracer.forward(b, a, None)?;
        let mut out = Copies::new();
        for (to, from) in forward {
            // A source that still exists was copied, not renamed.
            if self.matcher.matches(&from) && !self.exists(a, &from)? {
                out.insert(from, to);
            }
        }
        Ok(out)
    }

    /// The path under which an ancestor of a file revision stands in `old` (or in `base`).
    fn trace(
        &self,
        path: &HgPath,
        node: Node,
        old: &Manifest,
        base: Option<&Manifest>,
    ) -> Result<Option<HgPathBuf>> {
        let mut walk = FileWalk::new(self.repo);
        walk.push(path, node)?;
        walk.next()?;
        while let Some((path, node)) = walk.next()? {
            let here = |manifest: &Manifest| manifest.node(&path) == Some(node);
            if here(old) || base.is_some_and(here) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }

    fn exists(&self, side: &Side, path: &HgPath) -> Result<bool> {
        match side {
            Side::Revision(rev) => Ok(self.manifest(*rev)?.contains(path)),
            Side::Working(working) => Ok(working.files.contains(path)),
        }
    }

    /// Removes what is no copy from `x` to `y` after all.
    fn filter(&self, x: &Side, y: &Side, copies: &mut Copies) -> Result<()> {
        let mut wrong = Vec::new();
        for (to, from) in &*copies {
            let crossed = self.exists(x, to)? && self.exists(y, from)?;
            if to == from || crossed || !self.exists(x, from)? || !self.exists(y, to)? {
                wrong.push(to.clone());
            }
        }
        wrong.iter().for_each(|to| drop(copies.remove(to)));
        Ok(())
    }
}

/// Copies in a row: those of `suffix` start where those of `prefix` end.
fn chain(prefix: &Copies, suffix: Copies) -> Copies {
    let mut out = prefix.clone();
    for (to, from) in suffix {
        let source = prefix.get(&from).cloned().unwrap_or(from);
        out.insert(to, source);
    }
    out
}

/// Walks over the ancestors of file revisions, copies followed, newest first.
pub struct FileWalk<'r> {
    repo: &'r Repo,
    logs: HashMap<HgPathBuf, Filelog>,
    /// Of several files with one version in one changeset the one that was found last counts.
    queue: BTreeMap<(Revision, Node), HgPathBuf>,
    seen: HashSet<(HgPathBuf, Node)>,
}

impl<'r> FileWalk<'r> {
    /// A walk over nothing yet.
    #[must_use]
    pub fn new(repo: &'r Repo) -> Self {
        Self { repo, logs: HashMap::new(), queue: BTreeMap::new(), seen: HashSet::new() }
    }

    /// Adds a file revision to start from.
    ///
    /// # Errors
    /// When the filelog cannot be read or lacks it.
    pub fn push(&mut self, path: &HgPath, node: Node) -> Result<()> {
        if node.is_null() || self.seen.contains(&(path.to_owned(), node)) {
            return Ok(());
        }
        let log = self.log(path)?;
        let linkrev = log.linkrev(log.rev(&node)?);
        self.queue.insert((linkrev, node), path.to_owned());
        Ok(())
    }

    /// The next file revision.
    ///
    /// # Errors
    /// When a filelog cannot be read.
    #[expect(clippy::should_implement_trait, reason = "every step can fail")]
    pub fn next(&mut self) -> Result<Option<(HgPathBuf, Node)>> {
        let Some(((_, node), path)) = self.queue.pop_last() else { return Ok(None) };
        self.seen.insert((path.clone(), node));
        let log = self.log(&path)?;
        let rev = log.rev(&node)?;
        let [p1, p2] = log.parent_nodes(rev);
        let source = log.renamed(rev)?;
        self.push(&path, p1)?;
        self.push(&path, p2)?;
        if let Some((from, node)) = source {
            self.push(&from, node)?;
        }
        Ok(Some((path, node)))
    }

    fn log(&mut self, path: &HgPath) -> Result<Filelog> {
        if let Some(log) = self.logs.get(path) {
            return Ok(log.clone());
        }
        let log = self.repo.filelog(path)?;
        self.logs.insert(path.to_owned(), log.clone());
        Ok(log)
    }
}

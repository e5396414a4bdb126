//! Which changeset every line of a file came from.
//!
//! File revisions are visited once, parents before children. Every line starts as its own
//! revision's and is taken over from a parent where the diff says that it is the same line.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hg_diff::DiffOptions;
use hg_diff::lines::{self, LineNumbers};
use hg_diff::unified::{self, Change, ChangeKind};
use hg_match::Matcher;
use hg_store::{Changelog, Filelog, Repo};
use hg_types::{Error, HgPath, HgPathBuf, Node, Result, Revision};
use rayon::prelude::*;

use crate::WorkingDir;
use crate::linkrev::Introductions;

mod cache;

use cache::{AnnotateCache, Known};

/// What to annotate.
#[derive(Clone, Debug)]
pub enum Start {
    /// A file of a changeset.
    Committed {
        /// The changeset.
        rev: Revision,
        /// The path.
        path: HgPathBuf,
        /// The file revision there.
        node: Node,
    },
    /// A file of the working directory.
    Working {
        /// The path.
        path: HgPathBuf,
        /// The content.
        content: Vec<u8>,
        /// The file revisions it came out of: those of the parents, or the source of a copy.
        parents: Vec<(HgPathBuf, Node)>,
        /// The parents of the working directory.
        revs: [Revision; 2],
    },
}

impl Start {
    /// A file of the working directory, with what it came out of.
    ///
    /// # Errors
    /// When the file is not tracked, is not there, or cannot be read.
    pub fn working(repo: &Repo, path: &HgPath) -> Result<Self> {
        let changelog = repo.changelog()?;
        let mut wdir = WorkingDir::open(repo)?;
        let tracked = wdir.p1_manifest()?.contains(path) || wdir.dirstate().is_tracked(path)?;
        if !tracked {
            let reason = [path.as_bytes(), b": No such file or directory"];
            return Err(Error::abort(reason.concat()));
        }
        let (_, content) = wdir.read_existing(path)?;
        let parents = working_parents(&mut wdir, path)?;
        let [p1, p2] = [wdir.dirstate().p1(), wdir.dirstate().p2()];
        let revs = [changelog.rev(&p1)?, changelog.rev(&p2)?];
        Ok(Self::Working { path: path.to_owned(), content, parents, revs })
    }
}

/// The file revisions that a file of the working directory came out of, the source of a copy first.
///
/// # Errors
/// When the dirstate or a manifest cannot be read.
pub fn working_parents(wdir: &mut WorkingDir, path: &HgPath) -> Result<Vec<(HgPathBuf, Node)>> {
    let [p1, p2] = [wdir.dirstate().p1(), wdir.dirstate().p2()];
    let source = wdir.copies(&Matcher::exact_files(vec![path.to_owned()]))?;
    let source = source.get(path).cloned().unwrap_or_else(|| path.to_owned());
    let mut parents: Vec<(HgPathBuf, Node)> = Vec::new();
    for (parent, path) in [(p1, &source), (p2, &path.to_owned())] {
        let manifest = crate::manifest_of(wdir.repo(), &parent)?;
        if let Some(node) = manifest.node(path) {
            let parent = (path.clone(), node);
            if !parents.contains(&parent) {
                parents.push(parent);
            }
        }
    }
    Ok(parents)
}

/// How to annotate.
pub struct AnnotateOptions<'a> {
    /// Follow copies and renames.
    pub follow: bool,
    /// How lines are compared.
    pub diff: DiffOptions,
    /// Changesets whose lines are given to somebody else.
    pub skip: Option<&'a dyn Fn(Revision) -> bool>,
}

impl Default for AnnotateOptions<'_> {
    fn default() -> Self {
        Self { follow: true, diff: DiffOptions::default(), skip: None }
    }
}

/// A file revision that lines come from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The changeset that introduced it; [`Revision::WDIR`] for the working directory.
    pub rev: Revision,
    /// Its path.
    pub path: HgPathBuf,
}

/// Where a line comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Line {
    /// Position in [`Annotation::origins`].
    pub origin: u32,
    /// Line number at its origin, counted from 1.
    pub number: u32,
    /// Whether it was given to this origin because its own is skipped.
    pub skipped: bool,
}

/// An annotated file.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// The content.
    pub content: Vec<u8>,
    /// The file revisions that lines come from, and maybe some more.
    pub origins: Vec<Origin>,
    /// One for each line.
    pub lines: Vec<Line>,
}

impl Annotation {
    /// Where a line comes from.
    #[must_use]
    pub fn origin(&self, line: &Line) -> &Origin {
        &self.origins[line.origin as usize]
    }

    /// The lines with their text.
    pub fn iter(&self) -> impl Iterator<Item = (&Line, &[u8])> {
        self.lines.iter().zip(lines::split(&self.content))
    }
}

/// Annotates a file. The result for a file with a long history is kept, so that next time only
/// what is new is looked at.
///
/// # Errors
/// When history cannot be read.
pub fn annotate(repo: &Repo, start: &Start, options: &AnnotateOptions<'_>) -> Result<Annotation> {
    let changelog = repo.changelog()?;
    let mut walk = Walk::new(repo, &changelog, start, options);
    let cache = AnnotateCache::of(repo, start, options);
    let known = cache.as_ref().and_then(AnnotateCache::read);
    walk.collect(known)?;
    let compared = walk.revisions.iter().filter(|found| matches!(found.work, Work::Compare));
    // What depends on where the question was asked from is not kept.
    let worth_keeping = compared.count() >= LONG_HISTORY && !walk.adjusted;
    let annotation = walk.annotate()?;
    if let (true, Some(cache)) = (worth_keeping, cache)
        && let Some(known) = walk.known(&annotation)
    {
        cache.write(&known);
    }
    Ok(annotation)
}

/// What took this many comparisons is kept.
const LONG_HISTORY: usize = 48;

/// A file revision in the walk.
struct FileRevision {
    path: HgPathBuf,
    /// `None` for the working directory.
    node: Option<Node>,
    /// Positions of the parents in the walk.
    parents: Vec<usize>,
    /// How many children still need the result.
    needed: usize,
    origin: Origin,
    work: Work,
}

/// What is to be done for a file revision.
enum Work {
    /// Its lines are compared with those of its parents.
    Compare,
    /// Its lines are known from an earlier run.
    Known(Vec<Line>),
    /// Nothing: it only is the origin of known lines.
    Nothing,
}

/// What is known of a visited file revision, as long as a child needs it.
struct Annotated {
    version: Version,
    lines: Vec<Line>,
}

/// The content of a file revision.
#[derive(Clone)]
struct Version {
    content: Arc<Vec<u8>>,
    /// The lines by number, when nothing in them is ignored.
    ids: Arc<Vec<u32>>,
}

/// How many file revisions are in memory at once, beside those that others need.
const WINDOW: usize = 256;
/// Fewer comparisons are not worth a second thread.
const FEW: usize = 8;

struct Walk<'a> {
    repo: &'a Repo,
    start: &'a Start,
    options: &'a AnnotateOptions<'a>,
    logs: HashMap<HgPathBuf, Filelog>,
    introductions: Introductions<'a>,
    /// Parents before children.
    revisions: Vec<FileRevision>,
    numbers: LineNumbers,
    /// Whether a file revision was introduced by another changeset than its linkrev says.
    adjusted: bool,
}

/// A step of the depth-first walk.
enum Step {
    /// A file revision, and the changeset of the child through which it was reached.
    Enter(HgPathBuf, Node, Revision),
    /// A file revision, the changeset that introduced it, and its parents.
    Leave(HgPathBuf, Node, Revision, Vec<(HgPathBuf, Node)>),
}

impl<'a> Walk<'a> {
    fn new(
        repo: &'a Repo,
        changelog: &'a Changelog,
        start: &'a Start,
        options: &'a AnnotateOptions<'a>,
    ) -> Self {
        let heads = match start {
            Start::Committed { rev, .. } => vec![*rev],
            Start::Working { revs, .. } => revs.to_vec(),
        };
        let introductions = Introductions::new(repo, changelog, &heads);
        let (logs, revisions) = (HashMap::new(), Vec::new());
        let numbers = LineNumbers::default();
        let adjusted = false;
        Self { repo, start, options, logs, introductions, revisions, numbers, adjusted }
    }

    fn log(&mut self, path: &HgPath) -> Result<&Filelog> {
        if !self.logs.contains_key(path) {
            self.logs.insert(path.to_owned(), self.repo.filelog(path)?);
        }
        Ok(&self.logs[path])
    }

    /// Finds all file revisions, parents before children; what led to `known` need not be looked
    /// at again.
    fn collect(&mut self, mut known: Option<Known>) -> Result<()> {
        let mut places: HashMap<(HgPathBuf, Node), usize> = HashMap::new();
        let mut entered: HashSet<(HgPathBuf, Node)> = HashSet::new();
        let mut todo: Vec<Step> = self.first_steps()?;
        todo.reverse();
        while let Some(step) = todo.pop() {
            match step {
                Step::Enter(path, node, from) => {
                    if !entered.insert((path.clone(), node)) {
                        continue;
                    }
                    let (rev, is_linkrev) = self.introduced(&path, node, from)?;
                    if let Some(known) = known.take_if(|known| is_linkrev && known.is(&path, node))
                    {
                        places.insert((path, node), self.add_known(known, rev)?);
                        continue;
                    }
                    let parents = self.parents(&path, node)?;
                    todo.push(Step::Leave(path, node, rev, parents.clone()));
                    let parents = parents.into_iter().rev();
                    todo.extend(parents.map(|(path, node)| Step::Enter(path, node, rev)));
                }
                Step::Leave(path, node, rev, parents) => {
                    let parents = parents.iter().filter_map(|key| places.get(key)).copied();
                    let parents: Vec<usize> = parents.collect();
                    places.insert((path.clone(), node), self.revisions.len());
                    self.add(path, Some(node), rev, parents, Work::Compare);
                }
            }
        }
        if let Start::Working { path, parents, .. } = self.start {
            let parents = parents.iter().filter_map(|key| places.get(key)).copied().collect();
            self.add(path.clone(), None, Revision::WDIR, parents, Work::Compare);
        }
        Ok(())
    }

    /// The file revisions to start with.
    fn first_steps(&mut self) -> Result<Vec<Step>> {
        let (parents, [p1, p2]) = match self.start {
            Start::Committed { rev, path, node } => {
                return Ok(vec![Step::Enter(path.clone(), *node, *rev)]);
            }
            Start::Working { parents, revs, .. } => (parents, *revs),
        };
        let mut out = Vec::new();
        for (path, node) in parents {
            let log = self.log(path)?;
            let linkrev = log.linkrev(log.rev(node)?);
            let second = !p2.is_null() && self.introductions.sees(linkrev, p2);
            out.push(Step::Enter(path.clone(), *node, if second { p2 } else { p1 }));
        }
        Ok(out)
    }

    /// The changeset that introduced a file revision, and whether its linkrev says so.
    fn introduced(
        &mut self,
        path: &HgPath,
        node: Node,
        from: Revision,
    ) -> Result<(Revision, bool)> {
        let log = self.log(path)?;
        let linkrev = log.linkrev(log.rev(&node)?);
        let rev = self.introductions.find(path, node, linkrev, from)?;
        self.adjusted |= rev != linkrev;
        Ok((rev, rev == linkrev))
    }

    /// Adds what an earlier run has found, and where its lines come from.
    fn add_known(&mut self, known: Known, rev: Revision) -> Result<usize> {
        let first = self.revisions.len();
        for (path, node) in known.origins {
            let log = self.log(&path)?;
            let linkrev = log.linkrev(log.rev(&node)?);
            self.add(path, Some(node), linkrev, Vec::new(), Work::Nothing);
        }
        let mut lines = known.lines;
        for line in &mut lines {
            line.origin += narrow(first);
        }
        self.add(known.path, Some(known.node), rev, Vec::new(), Work::Known(lines));
        Ok(self.revisions.len() - 1)
    }

    fn add(
        &mut self,
        path: HgPathBuf,
        node: Option<Node>,
        rev: Revision,
        parents: Vec<usize>,
        work: Work,
    ) {
        for &parent in &parents {
            self.revisions[parent].needed += 1;
        }
        let origin = Origin { rev, path: path.clone() };
        self.revisions.push(FileRevision { path, node, parents, needed: 0, origin, work });
    }

    /// The file revisions that one came out of, the source of a copy first.
    fn parents(&mut self, path: &HgPath, node: Node) -> Result<Vec<(HgPathBuf, Node)>> {
        let follow = self.options.follow;
        let log = self.log(path)?;
        let rev = log.rev(&node)?;
        let mut out = Vec::new();
        if let Some((source, node)) = log.renamed(rev)?
            && (follow || *source == *path)
        {
            out.push((source, node));
        }
        let own = log.parent_nodes(rev).into_iter().filter(|node| !node.is_null());
        out.extend(own.map(|node| (path.to_owned(), node)));
        Ok(out)
    }

    fn version(&mut self, at: usize) -> Result<Version> {
        let (path, node) = (self.revisions[at].path.clone(), self.revisions[at].node);
        let content = match (node, self.start) {
            (Some(node), _) => self.log(&path)?.read_node(&node)?.into_vec(),
            (None, Start::Working { content, .. }) => content.clone(),
            (None, Start::Committed { .. }) => Vec::new(),
        };
        let ids = if self.compares_texts() { Vec::new() } else { self.numbers.of(&content) };
        Ok(Version { content: Arc::new(content), ids: Arc::new(ids) })
    }

    /// Whether lines that differ may count as equal.
    fn compares_texts(&self) -> bool {
        self.options.diff.folds_space() || self.options.diff.ignore_blank_lines
    }

    /// Visits all file revisions, some at once.
    fn annotate(&mut self) -> Result<Annotation> {
        let total = self.revisions.len();
        let mut done: HashMap<usize, Annotated> = HashMap::new();
        for start in (0..total).step_by(WINDOW) {
            let window = start..(start + WINDOW).min(total);
            let mut versions: HashMap<usize, Version> = HashMap::new();
            for at in window.clone() {
                if !matches!(self.revisions[at].work, Work::Nothing) {
                    versions.insert(at, self.version(at)?);
                }
            }
            let mut changes = self.compare_all(window.clone(), &versions, &done);
            for at in window {
                if let Some(version) = versions.remove(&at) {
                    self.settle(at, version, &mut changes, &mut done);
                }
            }
        }
        let Some(Annotated { version, lines }) =
            total.checked_sub(1).and_then(|last| done.remove(&last))
        else {
            return Ok(Annotation::default());
        };
        let origins = self.revisions.iter().map(|revision| revision.origin.clone()).collect();
        Ok(Annotation { content: Arc::unwrap_or_clone(version.content), origins, lines })
    }

    /// Compares revisions with their parents; the results by child and parent.
    fn compare_all(
        &self,
        window: std::ops::Range<usize>,
        versions: &HashMap<usize, Version>,
        done: &HashMap<usize, Annotated>,
    ) -> HashMap<(usize, usize), Vec<Change>> {
        let find =
            |at: usize| versions.get(&at).or_else(|| done.get(&at).map(|known| &known.version));
        let pairs: Vec<((usize, usize), &Version, &Version)> = window
            .flat_map(|at| self.revisions[at].parents.iter().map(move |&parent| (at, parent)))
            .filter_map(|(at, parent)| Some(((at, parent), find(parent)?, find(at)?)))
            .collect();
        let (distinct, diff) = (self.numbers.distinct(), &self.options.diff);
        let by_text = self.compares_texts();
        let compare = |&(key, old, new): &((usize, usize), &Version, &Version)| {
            let changes = if by_text {
                let (old, new) = (lines::split_vec(&old.content), lines::split_vec(&new.content));
                unified::changes(&old, &new, diff)
            } else {
                unified::changes_of_ids(&old.ids, &new.ids, distinct)
            };
            (key, changes)
        };
        if pairs.len() < FEW {
            pairs.iter().map(compare).collect()
        } else {
            pairs.par_iter().map(compare).collect()
        }
    }

    /// Finds where the lines of one revision come from.
    fn settle(
        &mut self,
        at: usize,
        version: Version,
        changes: &mut HashMap<(usize, usize), Vec<Change>>,
        done: &mut HashMap<usize, Annotated>,
    ) {
        let revision = &mut self.revisions[at];
        let count = lines::split(&version.content).count();
        let origin = narrow(at);
        if let Work::Known(lines) = &mut revision.work {
            let mut lines = std::mem::take(lines);
            lines.resize(count, Line { origin, number: 1, skipped: false });
            done.insert(at, Annotated { version, lines });
            return;
        }
        let own = |number| Line { origin, number: narrow(number + 1), skipped: false };
        let mut lines: Vec<Line> = (0..count).map(own).collect();
        let parents = std::mem::take(&mut revision.parents);
        let skipped = self.options.skip.is_some_and(|skip| skip(revision.origin.rev));
        let mut pairs = Vec::new();
        for &parent in &parents {
            if let (Some(known), Some(changes)) = (done.get(&parent), changes.remove(&(at, parent)))
            {
                pairs.push((known, changes));
            }
        }
        for (parent, changes) in &pairs {
            for change in changes.iter().filter(|change| change.kind == ChangeKind::Equal) {
                let block = change.block;
                lines[block.b1..block.b2].copy_from_slice(&parent.lines[block.a1..block.a2]);
            }
        }
        if skipped {
            give_away(&mut lines, origin, &pairs);
        }
        drop(pairs);
        for parent in parents {
            self.revisions[parent].needed -= 1;
            if self.revisions[parent].needed == 0 {
                done.remove(&parent);
            }
        }
        done.insert(at, Annotated { version, lines });
    }

    /// The result in a form that outlives this run.
    fn known(&self, annotation: &Annotation) -> Option<Known> {
        let Start::Committed { path, node, .. } = self.start else { return None };
        let mut origins = Vec::new();
        let mut places: HashMap<u32, u32> = HashMap::new();
        let mut lines = annotation.lines.clone();
        for line in &mut lines {
            let revision = &self.revisions[line.origin as usize];
            let node = revision.node?;
            line.origin = *places.entry(line.origin).or_insert_with(|| {
                origins.push((revision.path.clone(), node));
                narrow(origins.len() - 1)
            });
        }
        Some(Known { path: path.clone(), node: *node, origins, lines })
    }
}

/// Gives lines that still belong to a skipped revision to its parents: those of a changed region
/// one by one to the lines that stood there, the last of which is repeated when they run out.
fn give_away(lines: &mut [Line], own: u32, pairs: &[(&Annotated, Vec<Change>)]) {
    // Regions that need no line twice go first.
    for repeat in [false, true] {
        for (parent, changes) in pairs.iter().rev() {
            for change in changes {
                let block = change.block;
                let enough = block.a2 - block.a1 >= block.b2 - block.b1;
                if enough == repeat || parent.lines.is_empty() {
                    continue;
                }
                for (at, line) in lines[block.b1..block.b2].iter_mut().enumerate() {
                    if line.origin != own {
                        continue;
                    }
                    let old = block.a1 + at;
                    // Before the first line of the parent stands, as it were, its last one.
                    let last = block.a2.checked_sub(1).unwrap_or(parent.lines.len() - 1);
                    let old = if block.a2 == 0 { last } else { old.min(last) };
                    *line = Line { skipped: true, ..parent.lines[old] };
                }
            }
        }
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

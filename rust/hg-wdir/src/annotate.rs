//! Which changeset every line of a file came from.
//!
//! File revisions are visited once, parents before children. Every line starts as its own
//! revision's and is taken over from a parent where the diff says that it is the same line.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use hg_diff::DiffOptions;
use hg_diff::lines;
use hg_diff::unified::{self, Change, ChangeKind};
use hg_match::Matcher;
use hg_store::{Changelog, Filelog, Repo};
use hg_types::{Error, HgPath, HgPathBuf, Node, Result, Revision};

use crate::WorkingDir;
use crate::linkrev::Introductions;

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
        let Some((_, content)) = wdir.read_file(path)?.filter(|_| tracked) else {
            if !tracked {
                let reason = [path.as_bytes(), b": No such file or directory"];
                return Err(Error::abort(reason.concat()));
            }
            let text =
                [b"No such file or directory: '", repo.root_bytes(), b"/", path.as_bytes(), b"'"];
            return Err(Error::abort(text.concat()));
        };
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

/// Annotates a file.
///
/// # Errors
/// When history cannot be read.
pub fn annotate(repo: &Repo, start: &Start, options: &AnnotateOptions<'_>) -> Result<Annotation> {
    let changelog = repo.changelog()?;
    let mut walk = Walk::new(repo, &changelog, start, options)?;
    walk.collect()?;
    walk.annotate()
}

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
}

/// What is known of a visited file revision, as long as a child needs it.
struct Annotated {
    content: Arc<Vec<u8>>,
    lines: Vec<Line>,
}

struct Walk<'a> {
    repo: &'a Repo,
    start: &'a Start,
    options: &'a AnnotateOptions<'a>,
    logs: HashMap<HgPathBuf, Filelog>,
    introductions: Introductions<'a>,
    /// Parents before children.
    revisions: Vec<FileRevision>,
}

/// A step of the depth-first walk.
enum Step {
    Enter(HgPathBuf, Node),
    Leave(HgPathBuf, Node, Vec<(HgPathBuf, Node)>),
}

impl<'a> Walk<'a> {
    fn new(
        repo: &'a Repo,
        changelog: &'a Changelog,
        start: &'a Start,
        options: &'a AnnotateOptions<'a>,
    ) -> Result<Self> {
        let heads = match start {
            Start::Committed { rev, .. } => vec![*rev],
            Start::Working { revs, .. } => revs.to_vec(),
        };
        let introductions = Introductions::new(repo, changelog, &heads);
        let logs = HashMap::new();
        Ok(Self { repo, start, options, logs, introductions, revisions: Vec::new() })
    }

    fn log(&mut self, path: &HgPath) -> Result<&Filelog> {
        if !self.logs.contains_key(path) {
            self.logs.insert(path.to_owned(), self.repo.filelog(path)?);
        }
        Ok(&self.logs[path])
    }

    /// Finds all file revisions, parents before children.
    fn collect(&mut self) -> Result<()> {
        let heads = match self.start {
            Start::Committed { path, node, .. } => vec![(path.clone(), *node)],
            Start::Working { parents, .. } => parents.clone(),
        };
        let mut places: HashMap<(HgPathBuf, Node), usize> = HashMap::new();
        let mut entered: HashSet<(HgPathBuf, Node)> = HashSet::new();
        let mut todo: Vec<Step> =
            heads.iter().rev().map(|(path, node)| Step::Enter(path.clone(), *node)).collect();
        while let Some(step) = todo.pop() {
            match step {
                Step::Enter(path, node) => {
                    if !entered.insert((path.clone(), node)) {
                        continue;
                    }
                    let parents = self.parents(&path, node)?;
                    todo.push(Step::Leave(path, node, parents.clone()));
                    let parents = parents.into_iter().rev();
                    todo.extend(parents.map(|(path, node)| Step::Enter(path, node)));
                }
                Step::Leave(path, node, parents) => {
                    let parents = parents.iter().filter_map(|key| places.get(key)).copied();
                    let parents: Vec<usize> = parents.collect();
                    places.insert((path.clone(), node), self.revisions.len());
                    let rev = self.log(&path)?.rev(&node)?;
                    let linkrev = self.log(&path)?.linkrev(rev);
                    let rev = self.introductions.find(&path, node, linkrev)?;
                    self.add(path, Some(node), rev, parents);
                }
            }
        }
        if let Start::Working { path, parents, .. } = self.start {
            let parents = parents.iter().filter_map(|key| places.get(key)).copied().collect();
            self.add(path.clone(), None, Revision::WDIR, parents);
        }
        Ok(())
    }

    fn add(&mut self, path: HgPathBuf, node: Option<Node>, rev: Revision, parents: Vec<usize>) {
        for &parent in &parents {
            self.revisions[parent].needed += 1;
        }
        let origin = Origin { rev, path: path.clone() };
        self.revisions.push(FileRevision { path, node, parents, needed: 0, origin });
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

    fn content(&mut self, at: usize) -> Result<Arc<Vec<u8>>> {
        let (path, node) = (self.revisions[at].path.clone(), self.revisions[at].node);
        match (node, self.start) {
            (Some(node), _) => Ok(Arc::new(self.log(&path)?.read_node(&node)?.into_vec())),
            (None, Start::Working { content, .. }) => Ok(Arc::new(content.clone())),
            (None, Start::Committed { .. }) => Ok(Arc::default()),
        }
    }

    /// Visits all file revisions.
    fn annotate(mut self) -> Result<Annotation> {
        let mut done: HashMap<usize, Annotated> = HashMap::new();
        for at in 0..self.revisions.len() {
            let content = self.content(at)?;
            let count = lines::split(&content).count();
            let own = |number: usize| Line {
                origin: narrow(at),
                number: narrow(number + 1),
                skipped: false,
            };
            let mut lines: Vec<Line> = (0..count).map(own).collect();
            let parents = self.revisions[at].parents.clone();
            let skipped = self.options.skip.is_some_and(|skip| skip(self.revisions[at].origin.rev));
            let mut pairs = Vec::new();
            for parent in &parents {
                let Some(known) = done.get(parent) else { continue };
                let changes = self.compare(&known.content, &content);
                pairs.push((known, changes));
            }
            for (parent, changes) in &pairs {
                for change in changes.iter().filter(|change| change.kind == ChangeKind::Equal) {
                    let block = change.block;
                    lines[block.b1..block.b2].copy_from_slice(&parent.lines[block.a1..block.a2]);
                }
            }
            if skipped {
                give_away(&mut lines, narrow(at), &pairs);
            }
            drop(pairs);
            for parent in parents {
                self.revisions[parent].needed -= 1;
                if self.revisions[parent].needed == 0 {
                    done.remove(&parent);
                }
            }
            done.insert(at, Annotated { content, lines });
        }
        let last = self.revisions.len().checked_sub(1).and_then(|last| done.remove(&last));
        let Some(Annotated { content, lines }) = last else { return Ok(Annotation::default()) };
        let origins = self.revisions.into_iter().map(|revision| revision.origin).collect();
        Ok(Annotation { content: Arc::unwrap_or_clone(content), origins, lines })
    }

    fn compare(&self, old: &[u8], new: &[u8]) -> Vec<Change> {
        unified::changes(&lines::split_vec(old), &lines::split_vec(new), &self.options.diff)
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

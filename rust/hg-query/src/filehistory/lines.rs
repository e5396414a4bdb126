//! The history of a range of lines: which changesets changed them, and where they stood then.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use hg_diff::line_range::{Carried, Way, carry};
use hg_diff::{DiffOptions, lines, unified};
use hg_store::Filelog;
use hg_types::{Error, HgPath, HgPathBuf, Node, Result, Revision};
use hg_wdir::annotate::Start;

use super::introduction;
use crate::context::QueryContext;

/// A range of lines in a version of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LineVersion {
    /// The changeset that introduced the version.
    pub rev: Revision,
    /// The path of the file there.
    pub path: HgPathBuf,
    /// The lines, counted from 0.
    pub lines: Range<usize>,
}

/// A place in history: the newest changeset is visited first.
type Place = (Revision, HgPathBuf, Node);

/// Walks from lines of a file to the changesets that changed them.
pub struct LineAncestors<'q> {
    ctx: &'q QueryContext,
    options: DiffOptions,
    logs: HashMap<HgPathBuf, Filelog>,
    queue: BTreeMap<Place, Range<usize>>,
    start: Start,
    /// Whether a range longer than a file without parents is an error.
    within_file: bool,
}

/// The error for a range that is longer than its file.
fn too_long() -> Error {
    Error::input("line range exceeds file size")
}

impl<'q> LineAncestors<'q> {
    /// A walk from `lines` of `start`.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn new(
        ctx: &'q QueryContext,
        options: DiffOptions,
        start: Start,
        lines: Range<usize>,
    ) -> Result<Self> {
        let queue = BTreeMap::new();
        let (from, path, node) = match &start {
            Start::Committed { rev, path, node } => (*rev, path.clone(), *node),
            Start::Working { path, .. } => (Revision::WDIR, path.clone(), Node::WDIR),
        };
        let mut out = Self { ctx, options, logs: HashMap::new(), queue, start, within_file: false };
        out.push(path, node, lines, from)?;
        Ok(out)
    }

    /// Complains of a range that is longer than its file. Without this, as in the revset, a range is
    /// only compared with files that are compared themselves: those that have a parent.
    #[must_use]
    pub fn within_file(mut self) -> Self {
        self.within_file = true;
        self
    }

    fn log(&mut self, path: &HgPath) -> Result<Filelog> {
        if let Some(log) = self.logs.get(path) {
            return Ok(log.clone());
        }
        let log = self.ctx.repo.filelog(path)?;
        self.logs.insert(path.to_owned(), log.clone());
        Ok(log)
    }

    fn push(
        &mut self,
        path: HgPathBuf,
        node: Node,
        lines: Range<usize>,
        from: Revision,
    ) -> Result<()> {
        let rev = if node == Node::WDIR {
            Revision::WDIR
        } else {
            let log = self.log(&path)?;
            let linkrev = log.linkrev(log.rev(&node)?);
            let from = match &self.start {
                // The parent from which the version can be seen.
                Start::Working { revs: [p1, p2], .. } if from.is_wdir() => {
                    let seen = self.ctx.changelog().is_ancestor(linkrev, *p2);
                    if seen && !p2.is_null() { *p2 } else { *p1 }
                }
                _ => from,
            };
            introduction(self.ctx, &path, &node, linkrev, from)?
        };
        self.queue.insert((rev, path, node), lines);
        Ok(())
    }

    /// The versions that one came out of, the source of a copy first.
    fn parents(&mut self, path: &HgPath, node: Node) -> Result<Vec<(HgPathBuf, Node)>> {
        if let (Start::Working { parents, .. }, true) = (&self.start, node == Node::WDIR) {
            return Ok(parents.clone());
        }
        let log = self.log(path)?;
        let rev = log.rev(&node)?;
        let own = log.parent_nodes(rev).into_iter().filter(|node| !node.is_null());
        let source = log.renamed(rev)?;
        Ok(source.into_iter().chain(own.map(|node| (path.to_owned(), node))).collect())
    }

    fn content(&mut self, path: &HgPath, node: Node) -> Result<Vec<u8>> {
        if let (Start::Working { content, .. }, true) = (&self.start, node == Node::WDIR) {
            return Ok(content.clone());
        }
        Ok(self.log(path)?.read_node(&node)?.into_vec())
    }

    /// The next version whose changeset changed the lines.
    ///
    /// # Errors
    /// When history cannot be read, or the first range is longer than its file.
    pub fn next_version(&mut self) -> Result<Option<LineVersion>> {
        while let Some(((rev, path, node), lines)) = self.queue.pop_last() {
            let parents = self.parents(&path, node)?;
            let mut changed = parents.is_empty();
            let new = self.content(&path, node)?;
            if self.within_file && changed && lines.end > lines::split(&new).count() {
                return Err(too_long());
            }
            for (parent_path, parent_node) in parents {
                let old = self.content(&parent_path, parent_node)?;
                let carried = carried(&old, &new, &self.options, &lines, Way::Back)?;
                changed |= carried.changed;
                if !carried.range.is_empty() {
                    self.push(parent_path, parent_node, carried.range, rev)?;
                }
            }
            if changed {
                return Ok(Some(LineVersion { rev, path, lines }));
            }
        }
        Ok(None)
    }
}

fn carried(
    old: &[u8],
    new: &[u8],
    options: &DiffOptions,
    lines: &Range<usize>,
    way: Way,
) -> Result<Carried> {
    let changes = unified::changes(&lines::split_vec(old), &lines::split_vec(new), options);
    carry(&changes, lines, way).ok_or_else(too_long)
}

/// The changesets that changed lines of a file after a version of it, renames not followed.
///
/// # Errors
/// When history cannot be read.
pub fn line_descendants(
    ctx: &QueryContext,
    options: &DiffOptions,
    (path, node): (&HgPath, Node),
    from: Revision,
    lines: &Range<usize>,
) -> Result<Vec<Revision>> {
    let start = Start::Committed { rev: from, path: path.to_owned(), node };
    let mut before = LineAncestors::new(ctx, options.clone(), start, lines.clone())?;
    let own = before.queue.keys().next().map_or(from, |(rev, ..)| *rev);
    let mut out = Vec::new();
    if before.next_version()?.is_some_and(|version| version.rev == own) {
        out.push(own);
    }
    let log = ctx.repo.filelog(path)?;
    let first = log.rev(&node)?;
    let mut seen: HashMap<Revision, Range<usize>> = HashMap::from([(first, lines.clone())]);
    for rev in log.revs().filter(|rev| *rev > first) {
        let mut range: Option<Range<usize>> = None;
        let mut changed = false;
        for parent in log.parents(rev) {
            let Some(lines) = seen.get(&parent) else { continue };
            let (old, new) = (log.read(parent)?.into_vec(), log.read(rev)?.into_vec());
            let carried = carried(&old, &new, options, lines, Way::Forward)?;
            changed |= carried.changed;
            range = Some(match range {
                Some(range) => {
                    range.start.min(carried.range.start)..range.end.max(carried.range.end)
                }
                None => carried.range,
            });
        }
        let Some(range) = range else { continue };
        seen.insert(rev, range);
        if changed {
            out.push(log.linkrev(rev));
        }
    }
    Ok(out)
}

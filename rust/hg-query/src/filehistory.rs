//! The history of single files: which changesets made which version, copies followed.
//!
//! A filelog revision names one changeset that introduced it. The same version may have been made
//! again on another branch, or the changeset named may be hidden: then the one wanted is looked for
//! in the history at hand.

pub mod lines;

use std::collections::{BinaryHeap, HashMap, HashSet};

use hg_store::Filelog;
use hg_types::{HgPath, HgPathBuf, Node, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::annotate::working_parents;

use crate::changes;
use crate::context::QueryContext;
use crate::revset::smartset::Revisions;

/// The visible changesets that the filelog of a path names.
///
/// # Errors
/// When history cannot be read.
pub fn linked_revisions(ctx: &QueryContext, path: &HgPath) -> Result<Vec<Revision>> {
    let log = ctx.repo.filelog(path)?;
    let mut found = Vec::new();
    for rev in log.revs() {
        let linkrev = log.linkrev(rev);
        if linkrev.index().is_none_or(|at| at >= ctx.changelog().len()) {
            continue;
        }
        if !ctx.is_hidden(linkrev) {
            found.push(linkrev);
            continue;
        }
        // A visible changeset may have made the same version again.
        let node = log.node(rev);
        let later = ctx
            .changelog()
            .rev_range(linkrev.index().map_or(0, |at| at + 1)..ctx.changelog().len());
        for candidate in later.filter(|rev| !ctx.is_hidden(*rev)) {
            if introduces(ctx, candidate, path, &node)? {
                found.push(candidate);
                break;
            }
        }
    }
    Ok(found)
}

/// Whether a changeset lists `path` among its files and has this version of it.
fn introduces(ctx: &QueryContext, rev: Revision, path: &HgPath, node: &Node) -> Result<bool> {
    let listed = ctx.entry(rev)?.files().any(|file| file == path);
    Ok(listed && changes::manifest(ctx, rev)?.node(path) == Some(*node))
}

/// The changeset that introduced a version of a file, among the ancestors of `from` (itself
/// included).
///
/// # Errors
/// When history cannot be read.
pub fn introduction(
    ctx: &QueryContext,
    path: &HgPath,
    node: &Node,
    linkrev: Revision,
    from: Revision,
) -> Result<Revision> {
    let cl = ctx.changelog();
    if linkrev == from || (!ctx.is_hidden(linkrev) && cl.is_ancestor(linkrev, from)) {
        return Ok(linkrev);
    }
    for rev in cl.ancestors([from], Revision::new(0), true) {
        if introduces(ctx, rev, path, node)? {
            return Ok(rev);
        }
    }
    Ok(linkrev)
}

/// A version of a file and the changeset that introduced it.
type Version = (Revision, HgPathBuf, Node);

/// Walks from versions of files to their ancestors, newest changeset first.
pub(crate) struct AncestorWalk<'q> {
    ctx: &'q QueryContext,
    first_only: bool,
    logs: HashMap<HgPathBuf, Filelog>,
    queue: BinaryHeap<Version>,
    seen: HashSet<(HgPathBuf, Node)>,
}

impl<'q> AncestorWalk<'q> {
    /// A walk over nothing yet; with `first_only`, along first parents.
    pub(crate) fn new(ctx: &'q QueryContext, first_only: bool) -> Self {
        let logs = HashMap::new();
        Self { ctx, first_only, logs, queue: BinaryHeap::new(), seen: HashSet::new() }
    }

    fn log(&mut self, path: &HgPath) -> Result<Filelog> {
        if let Some(log) = self.logs.get(path) {
            return Ok(log.clone());
        }
        let log = self.ctx.repo.filelog(path)?;
        self.logs.insert(path.to_owned(), log.clone());
        Ok(log)
    }

    /// Starts at the version of a file in a changeset.
    pub(crate) fn start(&mut self, rev: Revision, path: &HgPath) -> Result<()> {
        if rev.is_wdir() {
            self.queue.push((rev, path.to_owned(), Node::WDIR));
            return Ok(());
        }
        match changes::manifest(self.ctx, rev)?.node(path) {
            Some(node) => self.push(path, node, rev),
            None => Ok(()),
        }
    }

    fn push(&mut self, path: &HgPath, node: Node, from: Revision) -> Result<()> {
        if node.is_null() || !self.seen.insert((path.to_owned(), node)) {
            return Ok(());
        }
        let log = self.log(path)?;
        let linkrev = log.linkrev(log.rev(&node)?);
        let rev = introduction(self.ctx, path, &node, linkrev, from)?;
        self.queue.push((rev, path.to_owned(), node));
        Ok(())
    }

    /// Goes on with what a file of the working directory came out of.
    fn push_working_parents(&mut self, path: &HgPath) -> Result<()> {
        let mut wdir = WorkingDir::open(&self.ctx.repo)?;
        let parents = working_parents(&mut wdir, path)?;
        let shown = if self.first_only { 1 } else { parents.len() };
        let [p1, p2] = self.ctx.wdir_parents()?;
        for (path, node) in parents.into_iter().take(shown) {
            let log = self.log(&path)?;
            let linkrev = log.linkrev(log.rev(&node)?);
            let second = !p2.is_null() && self.ctx.changelog().is_ancestor(linkrev, p2);
            self.push(&path, node, if second { p2 } else { p1 })?;
        }
        Ok(())
    }

    /// The next version: changeset, path, file node.
    pub(crate) fn next_version(&mut self) -> Result<Option<Version>> {
        let Some((rev, path, node)) = self.queue.pop() else {
            return Ok(None);
        };
        if rev.is_wdir() {
            self.push_working_parents(&path)?;
            return Ok(Some((rev, path, node)));
        }
        let log = self.log(&path)?;
        let file_rev = log.rev(&node)?;
        let [p1, p2] = log.parent_nodes(file_rev);
        // A copy has no first parent: its source stands there.
        match log.renamed(file_rev)? {
            Some((source, source_node)) => self.push(&source, source_node, rev)?,
            None => self.push(&path, p1, rev)?,
        }
        if !self.first_only {
            self.push(&path, p2, rev)?;
        }
        Ok(Some((rev, path, node)))
    }

    /// The changesets, newest first, each once.
    pub(crate) fn revisions(mut self) -> Revisions<'q> {
        let mut last = None;
        Box::new(std::iter::from_fn(move || {
            loop {
                match self.next_version() {
                    Ok(Some((rev, ..))) if last == Some(rev) => {}
                    Ok(Some((rev, ..))) => {
                        last = Some(rev);
                        return Some(Ok(rev));
                    }
                    Ok(None) => return None,
                    Err(error) => return Some(Err(error)),
                }
            }
        }))
    }
}

/// Walks from files of changesets to the changesets that made them, newest first.
pub struct FileAncestors<'q>(AncestorWalk<'q>);

impl<'q> FileAncestors<'q> {
    /// A walk over nothing yet; with `first_only`, along first parents.
    #[must_use]
    pub fn new(ctx: &'q QueryContext, first_only: bool) -> Self {
        Self(AncestorWalk::new(ctx, first_only))
    }

    /// Starts at a file of a changeset; nothing happens when it is not there.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn start(&mut self, rev: Revision, path: &HgPath) -> Result<()> {
        self.0.start(rev, path)
    }

    /// The next changeset and the name of the file in it.
    ///
    /// # Errors
    /// When history cannot be read.
    #[expect(clippy::should_implement_trait, reason = "every step can fail")]
    pub fn next(&mut self) -> Result<Option<(Revision, HgPathBuf)>> {
        Ok(self.0.next_version()?.map(|(rev, path, _)| (rev, path)))
    }
}

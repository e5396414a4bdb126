//! The graph of chosen revisions: each with its parents, or what stands for parents not chosen.

use std::collections::{BTreeSet, HashMap, HashSet};

use hg_types::{Result, Revision};

use crate::context::QueryContext;

/// How a revision is connected with one below it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Edge {
    /// It is a parent.
    Parent,
    /// It is the nearest ancestor that is shown.
    Grandparent,
    /// It is a parent that is not shown, and neither is any of its ancestors.
    Missing,
}

/// A revision and what is below it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DagNode {
    /// The revision.
    pub rev: Revision,
    /// What is below it.
    pub parents: Vec<(Edge, Revision)>,
}

/// Finds what to draw below each of some revisions.
pub struct DagWalker<'q> {
    ctx: &'q QueryContext,
    shown: HashSet<Revision>,
    lowest: Revision,
    nearest: HashMap<Revision, Vec<Revision>>,
}

impl<'q> DagWalker<'q> {
    /// A walker for the revisions that are shown.
    #[must_use]
    pub fn new(ctx: &'q QueryContext, shown: &[Revision]) -> Self {
        let lowest = shown.iter().copied().min().unwrap_or(Revision::NULL);
        Self { ctx, shown: shown.iter().copied().collect(), lowest, nearest: HashMap::new() }
    }

    /// A revision with its connections.
    ///
    /// # Errors
    /// When the dirstate cannot be read.
    pub fn node(&mut self, rev: Revision) -> Result<DagNode> {
        let own = self.ctx.parents(rev)?;
        let mut parents: Vec<(Edge, Revision)> = Vec::new();
        let mut known = HashSet::new();
        for &parent in &own {
            if self.shown.contains(&parent) && known.insert(parent) {
                parents.push((Edge::Parent, parent));
            }
        }
        // The older parent stays in the column, whichever came first.
        parents.sort_by_key(|(_, parent)| *parent);
        for parent in own {
            if parent.is_null() || self.shown.contains(&parent) {
                continue;
            }
            let nearest = self.nearest_shown(parent)?;
            if nearest.is_empty() {
                parents.push((Edge::Missing, parent));
            }
            for below in nearest {
                if known.insert(below) {
                    parents.push((Edge::Grandparent, below));
                }
            }
        }
        Ok(DagNode { rev, parents })
    }

    /// The shown ancestors of `rev` that are reached without passing other shown ones.
    fn nearest_shown(&mut self, rev: Revision) -> Result<Vec<Revision>> {
        if let Some(known) = self.nearest.get(&rev) {
            return Ok(known.clone());
        }
        let mut found = BTreeSet::new();
        let mut seen = HashSet::from([rev]);
        let mut open = vec![rev];
        while let Some(at) = open.pop() {
            if self.shown.contains(&at) {
                found.insert(at);
                continue;
            }
            for parent in self.ctx.parents(at)? {
                if parent >= self.lowest && seen.insert(parent) {
                    open.push(parent);
                }
            }
        }
        let found: Vec<_> = found.into_iter().collect();
        self.nearest.insert(rev, found.clone());
        Ok(found)
    }
}

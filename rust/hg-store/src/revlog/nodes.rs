//! From node ids to revision numbers.
//!
//! A few look-ups scan the index from its end, since most questions are about recent revisions.
//! When scanning has cost more than it should, a hash table over the node ids is built once and
//! shared by all clones of the revlog.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use hg_types::{Node, NodePrefix, Revision};

use super::index::Index;
use super::persistent::StoredNodes;

/// Entries that may be scanned before a table is built.
const SCAN_BUDGET: usize = 4096;

/// Finds revisions by node id; cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct NodeMap {
    /// What an earlier process stored.
    stored: Option<Arc<StoredNodes>>,
    scanned: Arc<AtomicUsize>,
    table: Arc<OnceLock<Table>>,
    sorted: Arc<OnceLock<Vec<u32>>>,
    /// Revisions appended in this process.
    tail: Arc<HashMap<Node, u32>>,
}

/// An open-addressing hash table; a node id is its own hash.
#[derive(Debug)]
struct Table {
    slots: Vec<u32>,
    mask: usize,
}

const FREE: u32 = u32::MAX;

impl Table {
    fn build(index: &Index, len: usize) -> Self {
        let size = (len * 2).next_power_of_two().max(16);
        let mut table = Self { slots: vec![FREE; size], mask: size - 1 };
        for at in 0..len {
            let mut slot = hash(&index.node(at)) & table.mask;
            while table.slots[slot] != FREE {
                slot = (slot + 1) & table.mask;
            }
            table.slots[slot] = u32::try_from(at).unwrap_or(FREE);
        }
        table
    }

    fn find(&self, index: &Index, node: &Node) -> Option<usize> {
        let mut slot = hash(node) & self.mask;
        loop {
            let at = self.slots[slot];
            if at == FREE {
                return None;
            }
            if index.node(at as usize) == *node {
                return Some(at as usize);
            }
            slot = (slot + 1) & self.mask;
        }
    }
}

fn hash(node: &Node) -> usize {
    let [a, b, c, d, e, f, g, h, ..] = node.0;
    // Truncation on 32-bit machines keeps enough bits.
    u64::from_le_bytes([a, b, c, d, e, f, g, h]) as usize
}

/// The revisions whose node id starts with a prefix.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PrefixMatch {
    /// No revision.
    None,
    /// Exactly this one.
    One(Revision),
    /// Several.
    Many,
}

impl NodeMap {
    pub(crate) fn with_stored(stored: Option<StoredNodes>) -> Self {
        Self { stored: stored.map(Arc::new), ..Self::default() }
    }

    pub(crate) fn find(&self, index: &Index, node: &Node) -> Option<Revision> {
        if node.is_null() {
            return Some(Revision::NULL);
        }
        if let Some(&at) = self.tail.get(node) {
            return Some(Revision::from_index(at as usize));
        }
        let len = index.len() - self.tail.len();
        let at = match self.table.get() {
            Some(table) => table.find(index, node),
            None => match &self.stored {
                Some(stored) if len - stored.len() <= SCAN_BUDGET => {
                    let newer = (stored.len()..len).rev();
                    stored
                        .find(index, node)
                        .or_else(|| newer.into_iter().find(|&at| index.node(at) == *node))
                }
                _ => self.scan_or_build(index, len, node),
            },
        };
        at.map(Revision::from_index)
    }

    fn scan_or_build(&self, index: &Index, len: usize, node: &Node) -> Option<usize> {
        let spent = self.scanned.load(Ordering::Relaxed);
        let budget = SCAN_BUDGET.saturating_sub(spent);
        let first = len.saturating_sub(budget);
        let found = (first..len).rev().find(|&at| index.node(at) == *node);
        self.scanned.fetch_add(len - found.unwrap_or(first), Ordering::Relaxed);
        if found.is_some() || first == 0 {
            return found;
        }
        self.table.get_or_init(|| Table::build(index, len)).find(index, node)
    }

    /// Whether no table over all revisions was needed so far.
    #[cfg(test)]
    pub(crate) fn is_unbuilt(&self) -> bool {
        self.table.get().is_none() && self.sorted.get().is_none()
    }

    pub(crate) fn insert(&mut self, node: Node, at: usize) {
        if let Ok(at) = u32::try_from(at) {
            Arc::make_mut(&mut self.tail).insert(node, at);
        }
    }

    /// Revisions in the order of their node ids, without those appended in this process.
    fn sorted(&self, index: &Index) -> &[u32] {
        self.sorted.get_or_init(|| {
            let len = u32::try_from(index.len() - self.tail.len()).unwrap_or(0);
            let mut revs: Vec<u32> = (0..len).collect();
            revs.sort_by_cached_key(|&rev| index.node(rev as usize));
            revs
        })
    }

    /// Calls `found` for every revision that starts with `prefix`, until it says false.
    pub(crate) fn each_match(
        &self,
        index: &Index,
        prefix: &NodePrefix,
        mut found: impl FnMut(Revision) -> bool,
    ) {
        let len = index.len() - self.tail.len();
        if let Some(stored) = &self.stored
            && let Some(leaf) = stored.find_prefix(index, prefix)
        {
            let newer = (stored.len()..index.len()).filter(|&at| prefix.matches(&index.node(at)));
            leaf.into_iter().chain(newer).map(Revision::from_index).all(found);
            return;
        }
        let sorted = self.sorted(index);
        let lowest = prefix.lowest();
        let start = sorted.partition_point(|&at| index.node(at as usize) < lowest);
        let here = sorted[start..].iter().map(|&at| at as usize);
        let here = here.take_while(|&at| prefix.matches(&index.node(at)));
        let tail = len..index.len();
        let tail = tail.filter(|&at| prefix.matches(&index.node(at)));
        for at in here.chain(tail) {
            if !found(Revision::from_index(at)) {
                return;
            }
        }
    }

    /// Number of leading digits that `node` shares with the most similar other node.
    pub(crate) fn shared_digits(&self, index: &Index, node: &Node) -> usize {
        let sorted = self.sorted(index);
        let at = sorted.partition_point(|&at| index.node(at as usize) < *node);
        let near = sorted[at.saturating_sub(1)..].iter().take(3).map(|&at| index.node(at as usize));
        let tail = self.tail.keys().copied();
        let others = near.chain(tail).filter(|other| other != node);
        others.chain([Node::NULL]).map(|other| common_digits(node, &other)).max().unwrap_or(0)
    }
}

fn common_digits(a: &Node, b: &Node) -> usize {
    let whole = a.0.iter().zip(&b.0).take_while(|(a, b)| a == b).count();
    match (a.0.get(whole), b.0.get(whole)) {
        (Some(a), Some(b)) if a >> 4 == b >> 4 => whole * 2 + 1,
        _ => whole * 2,
    }
}

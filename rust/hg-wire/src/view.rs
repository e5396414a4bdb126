//! The part of a repository's history that an exchange may see.

use std::sync::Arc;

use hg_types::{Node, Revision};

/// The shape of a history: revisions in order, parents before children.
pub trait Graph: Send + Sync {
    /// Number of revisions.
    fn len(&self) -> usize;
    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// The parents of a revision; `None` for the null revision.
    fn parents(&self, rev: usize) -> [Option<usize>; 2];
    /// The id of a revision.
    fn node(&self, rev: usize) -> Node;
    /// The revision of an id.
    fn rev(&self, node: &Node) -> Option<usize>;
}

impl Graph for hg_store::changelog::Changelog {
    fn len(&self) -> usize {
        hg_store::revlog::Revlog::len(self)
    }
    fn parents(&self, rev: usize) -> [Option<usize>; 2] {
        let revlog: &hg_store::revlog::Revlog = self;
        revlog.parents(Revision::from_index(rev)).map(Revision::index)
    }
    fn node(&self, rev: usize) -> Node {
        let revlog: &hg_store::revlog::Revlog = self;
        revlog.node(Revision::from_index(rev))
    }
    fn rev(&self, node: &Node) -> Option<usize> {
        self.find(node).and_then(Revision::index)
    }
}

/// A history without its filtered revisions. A visible revision's ancestors are visible.
#[derive(Clone)]
pub struct View {
    graph: Arc<dyn Graph>,
    /// One flag a revision; empty when nothing is filtered.
    filtered: Arc<Vec<bool>>,
}

impl View {
    /// A view of `graph` without the revisions flagged in `filtered` (empty: without none).
    #[must_use]
    pub fn new(graph: Arc<dyn Graph>, filtered: Arc<Vec<bool>>) -> Self {
        Self { graph, filtered }
    }

    /// Number of revisions, filtered ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.graph.len()
    }

    /// Whether nothing is visible.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        (0..self.len()).all(|rev| !self.contains(rev))
    }

    /// Whether a revision is visible.
    #[must_use]
    pub fn contains(&self, rev: usize) -> bool {
        rev < self.len() && !self.filtered.get(rev).copied().unwrap_or(false)
    }

    /// The id of a revision.
    #[must_use]
    pub fn node(&self, rev: usize) -> Node {
        self.graph.node(rev)
    }

    /// The ids of revisions.
    #[must_use]
    pub fn nodes(&self, revs: &[usize]) -> Vec<Node> {
        revs.iter().map(|&rev| self.node(rev)).collect()
    }

    /// The visible revision of an id.
    #[must_use]
    pub fn rev(&self, node: &Node) -> Option<usize> {
        self.graph.rev(node).filter(|&rev| self.contains(rev))
    }

    /// The parents of a revision, without null.
    pub fn parents(&self, rev: usize) -> impl Iterator<Item = usize> + use<> {
        self.graph.parents(rev).into_iter().flatten()
    }

    /// Visible revisions in order.
    pub fn revs(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.len()).filter(|&rev| self.contains(rev))
    }

    /// The heads of everything visible, in order.
    #[must_use]
    pub fn heads(&self) -> Vec<usize> {
        let mut has_child = vec![false; self.len()];
        for rev in self.revs() {
            for parent in self.parents(rev) {
                has_child[parent] = true;
            }
        }
        self.revs().filter(|&rev| !has_child[rev]).collect()
    }

    /// The heads as ids; the null id alone when nothing is visible. Latest first, as peers answer.
    #[must_use]
    pub fn head_nodes(&self) -> Vec<Node> {
        let heads: Vec<Node> = self.heads().into_iter().rev().map(|rev| self.node(rev)).collect();
        if heads.is_empty() { vec![Node::NULL] } else { heads }
    }

    /// Those of `revs` that are no ancestor of another, in order.
    #[must_use]
    pub fn heads_of(&self, revs: &[usize]) -> Vec<usize> {
        let Some(&lowest) = revs.iter().min() else {
            return Vec::new();
        };
        let mut sorted = revs.to_vec();
        sorted.sort_unstable();
        sorted.dedup();
        // Flags of everything from the lowest on that is a proper ancestor of one of them.
        let highest = sorted.last().copied().unwrap_or(lowest);
        let mut below = vec![false; highest - lowest + 1];
        let mut wanted = vec![false; highest - lowest + 1];
        for &rev in &sorted {
            wanted[rev - lowest] = true;
        }
        for rev in (lowest..=highest).rev() {
            if below[rev - lowest] || wanted[rev - lowest] {
                for parent in self.parents(rev).filter(|&parent| parent >= lowest) {
                    below[parent - lowest] = true;
                }
            }
        }
        sorted.into_iter().filter(|&rev| !below[rev - lowest]).collect()
    }

    /// Flags of `revs` and all their ancestors.
    #[must_use]
    pub fn ancestor_flags(&self, revs: &[usize]) -> Vec<bool> {
        let mut flags = vec![false; self.len()];
        for &rev in revs {
            flags[rev] = true;
        }
        let highest = revs.iter().max().map_or(0, |&rev| rev + 1);
        for rev in (0..highest).rev() {
            if flags[rev] {
                for parent in self.parents(rev) {
                    flags[parent] = true;
                }
            }
        }
        flags
    }

    /// `revs` and all their ancestors, in order.
    #[must_use]
    pub fn ancestors(&self, revs: &[usize]) -> Vec<usize> {
        let flags = self.ancestor_flags(revs);
        (0..flags.len()).filter(|&rev| flags[rev]).collect()
    }

    /// Ancestors of `heads` that are no ancestors of `common`, in order.
    #[must_use]
    pub fn missing(&self, common: &[usize], heads: &[usize]) -> Vec<usize> {
        let known = self.ancestor_flags(common);
        let wanted = self.ancestor_flags(heads);
        (0..self.len()).filter(|&rev| wanted[rev] && !known[rev]).collect()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A history given by its parents; ids are the revision numbers.
    pub(crate) struct TestGraph(pub(crate) Vec<[Option<usize>; 2]>);

    pub(crate) fn id(rev: usize) -> Node {
        let mut node = [1; 20];
        node[0] = u8::try_from(rev).expect("small");
        Node(node)
    }

    impl Graph for TestGraph {
        fn len(&self) -> usize {
            self.0.len()
        }
        fn parents(&self, rev: usize) -> [Option<usize>; 2] {
            self.0[rev]
        }
        fn node(&self, rev: usize) -> Node {
            id(rev)
        }
        fn rev(&self, node: &Node) -> Option<usize> {
            Some(usize::from(node.0[0])).filter(|&rev| rev < self.len() && id(rev) == *node)
        }
    }

    /// 0 - 1 - 2 - 4 (merge of 2 and 3), 0 - 3, 5 alone.
    pub(crate) fn sample() -> View {
        let one = |rev| [Some(rev), None];
        let parents = vec![[None; 2], one(0), one(1), one(0), [Some(2), Some(3)], [None; 2]];
        View::new(Arc::new(TestGraph(parents)), Arc::default())
    }

    #[test]
    fn heads_and_ancestors() {
        let view = sample();
        assert_eq!(view.heads(), [4, 5]);
        assert_eq!(view.heads_of(&[0, 2, 3]), [2, 3]);
        assert_eq!(view.heads_of(&[0, 4, 1]), [4]);
        assert_eq!(view.ancestors(&[3, 1]), [0, 1, 3]);
        assert_eq!(view.missing(&[1], &[4]), [2, 3, 4]);
        let filtered =
            View::new(view.graph.clone(), Arc::new(vec![false, false, false, false, true, true]));
        assert_eq!(filtered.heads(), [2, 3]);
        assert_eq!(filtered.rev(&id(4)), None);
        assert_eq!(filtered.head_nodes(), [id(3), id(2)]);
    }
}

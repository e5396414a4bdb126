//! Questions about the graph of revisions, answered from the index alone.
//!
//! Parents have lower numbers than their children, so walks go through revisions in descending
//! order and need no set of visited ones: a heap meets equal numbers one after the other.

use std::collections::BinaryHeap;

use hg_types::Revision;

use super::{RevBits, Revlog};

/// Walks revisions and their ancestors, highest number first, each once.
#[derive(Clone, Debug)]
pub struct Ancestors<'a> {
    revlog: &'a Revlog,
    heap: BinaryHeap<Revision>,
    stop: Revision,
}

impl Iterator for Ancestors<'_> {
    type Item = Revision;

    fn next(&mut self) -> Option<Revision> {
        let rev = self.heap.pop()?;
        while self.heap.peek() == Some(&rev) {
            self.heap.pop();
        }
        for parent in self.revlog.parents(rev) {
            if !parent.is_null() && parent >= self.stop {
                self.heap.push(parent);
            }
        }
        Some(rev)
    }
}

/// More than this many starting points do not fit the bit masks of the common-ancestor search.
const MAX_MASKED: usize = 62;

impl Revlog {
    /// The ancestors of `revs` that are not below `stop`, descending; with `inclusive` also `revs`.
    /// Null is never among them.
    pub fn ancestors(
        &self,
        revs: impl IntoIterator<Item = Revision>,
        stop: Revision,
        inclusive: bool,
    ) -> Ancestors<'_> {
        let wanted = |rev: &Revision| !rev.is_null() && *rev >= stop && rev.index().is_some();
        let mut heap = BinaryHeap::new();
        for rev in revs {
            if inclusive {
                heap.extend(Some(rev).filter(wanted));
            } else {
                heap.extend(self.parents(rev).into_iter().filter(wanted));
            }
        }
        Ancestors { revlog: self, heap, stop }
    }

    /// All ancestors of `revs`, with `revs`.
    #[must_use]
    pub fn ancestor_set(&self, revs: impl IntoIterator<Item = Revision>) -> RevBits {
        let mut out = RevBits::with_len(self.len());
        let mut stack: Vec<Revision> = revs.into_iter().filter(|&rev| out.insert(rev)).collect();
        while let Some(rev) = stack.pop() {
            for parent in self.parents(rev) {
                if out.insert(parent) {
                    stack.push(parent);
                }
            }
        }
        out
    }

    /// All descendants of `revs`, without `revs` unless they descend from each other. The null
    /// revision's descendants are all revisions.
    #[must_use]
    pub fn descendant_set(&self, revs: impl IntoIterator<Item = Revision>) -> RevBits {
        let mut roots = RevBits::with_len(self.len());
        let mut first = self.len();
        let mut out = RevBits::with_len(self.len());
        for rev in revs {
            match rev.index() {
                Some(at) => {
                    roots.insert(rev);
                    first = first.min(at + 1);
                }
                None => return self.revs().collect(),
            }
        }
        for rev in self.rev_range(first..self.len()) {
            if self.parents(rev).iter().any(|&p| roots.contains(p) || out.contains(p)) {
                out.insert(rev);
            }
        }
        out
    }

    /// Whether `ancestor` is `descendant` or one of its ancestors. Null is everybody's ancestor.
    #[must_use]
    pub fn is_ancestor(&self, ancestor: Revision, descendant: Revision) -> bool {
        ancestor.is_null()
            || ancestor == descendant
            || ancestor < descendant
                && self.ancestors([descendant], ancestor, true).any(|rev| rev == ancestor)
    }

    /// The common ancestors of all `revs` that are no ancestors of other common ancestors,
    /// ascending. Empty for revisions without common history.
    #[must_use]
    pub fn common_ancestor_heads(&self, revs: &[Revision]) -> Vec<Revision> {
        let mut starts = revs.to_vec();
        starts.sort_unstable();
        starts.dedup();
        match &starts[..] {
            [] => Vec::new(),
            [first, ..] if first.is_null() => Vec::new(),
            [only] => vec![*only],
            starts if starts.len() > MAX_MASKED => self.common_of_many(starts),
            starts => self.common_of_few(starts),
        }
    }

    fn common_of_few(&self, starts: &[Revision]) -> Vec<Revision> {
        const POISON: u64 = 1 << 63;
        let all = (1u64 << starts.len()) - 1;
        let mut heap: BinaryHeap<(Revision, u64)> =
            starts.iter().enumerate().map(|(bit, &rev)| (rev, 1 << bit)).collect();
        // Entries of the heap that are not known to be ancestors of a result.
        let mut open = heap.len();
        let mut out = Vec::new();
        while open > 0
            && let Some((rev, mut mask)) = heap.pop()
        {
            open -= usize::from(mask & POISON == 0);
            while let Some(&(next, more)) = heap.peek()
                && next == rev
            {
                heap.pop();
                open -= usize::from(more & POISON == 0);
                mask |= more;
            }
            if mask & POISON == 0 && mask == all {
                out.push(rev);
                mask |= POISON;
            }
            for parent in self.parents(rev) {
                if !parent.is_null() {
                    heap.push((parent, mask));
                    open += usize::from(mask & POISON == 0);
                }
            }
        }
        out.reverse();
        out
    }

    fn common_of_many(&self, starts: &[Revision]) -> Vec<Revision> {
        let mut common = self.ancestor_set([starts[0]]);
        for &start in &starts[1..] {
            common.intersect_with(&self.ancestor_set([start]));
        }
        self.heads_of(&common)
    }

    /// The members of a set that are no parents of other members, ascending.
    #[must_use]
    pub fn heads_of(&self, set: &RevBits) -> Vec<Revision> {
        let mut parents = RevBits::with_len(self.len());
        for rev in set.iter() {
            parents.extend(self.parents(rev));
        }
        set.iter().filter(|&rev| !parents.contains(rev)).collect()
    }

    /// The members of a set none of whose ancestors is in the set, ascending.
    #[must_use]
    pub fn roots_of(&self, set: &RevBits) -> Vec<Revision> {
        let Some(first) = set.iter().next() else { return Vec::new() };
        let below = self.descendant_set(set.iter());
        debug_assert!(!below.contains(first), "the lowest member has no ancestor in the set");
        set.iter().filter(|&rev| !below.contains(rev)).collect()
    }

    /// The best common ancestor of two revisions: of those farthest from the root, the one with
    /// the lowest node id; null without common history.
    #[must_use]
    pub fn ancestor(&self, a: Revision, b: Revision) -> Revision {
        let heads = self.common_ancestor_heads(&[a, b]);
        let deepest = self.deepest(heads);
        deepest.into_iter().min_by_key(|&rev| self.node(rev)).unwrap_or(Revision::NULL)
    }

    /// Those of `revs` with the longest path from a root.
    fn deepest(&self, revs: Vec<Revision>) -> Vec<Revision> {
        if revs.len() < 2 {
            return revs;
        }
        let below = self.ancestor_set(revs.iter().copied());
        let mut depths = vec![0u32; revs.iter().max().and_then(|r| r.index()).map_or(0, |n| n + 1)];
        let depth = |depths: &[u32], rev: Revision| rev.index().map_or(0, |at| depths[at]);
        for rev in below.iter() {
            let above = self.parents(rev).map(|parent| depth(&depths, parent));
            if let Some(at) = rev.index() {
                depths[at] = above[0].max(above[1]) + 1;
            }
        }
        let most = revs.iter().map(|&rev| depth(&depths, rev)).max();
        revs.into_iter().filter(|&rev| Some(depth(&depths, rev)) == most).collect()
    }

    /// The ancestors of `revs` (with `revs`) that are no ancestors of `bases` (nor `bases`),
    /// ascending: `only(revs, bases)`.
    #[must_use]
    pub fn missing_ancestors(
        &self,
        revs: impl IntoIterator<Item = Revision>,
        bases: impl IntoIterator<Item = Revision>,
    ) -> Vec<Revision> {
        // Wanted entries come out of the heap together with the base entry of the same number.
        let real = |rev: &Revision| !rev.is_null() && rev.index().is_some();
        let mut heap: BinaryHeap<(Revision, bool)> =
            revs.into_iter().filter(real).map(|rev| (rev, false)).collect();
        let mut wanted = heap.len();
        heap.extend(bases.into_iter().filter(real).map(|rev| (rev, true)));
        let mut out = Vec::new();
        while wanted > 0
            && let Some((rev, mut based)) = heap.pop()
        {
            wanted -= usize::from(!based);
            while let Some(&(next, more)) = heap.peek()
                && next == rev
            {
                heap.pop();
                wanted -= usize::from(!more);
                based |= more;
            }
            if !based {
                out.push(rev);
            }
            for parent in self.parents(rev) {
                if !parent.is_null() {
                    heap.push((parent, based));
                    wanted += usize::from(!based);
                }
            }
        }
        out.reverse();
        out
    }

    /// The revisions without children, ascending; null alone for an empty revlog.
    #[must_use]
    pub fn heads(&self) -> Vec<Revision> {
        self.heads_where(|_| true)
    }

    /// The heads of what `visible` lets see: visible revisions without visible children; null
    /// alone when nothing is visible.
    #[must_use]
    pub fn heads_where(&self, visible: impl Fn(Revision) -> bool) -> Vec<Revision> {
        let mut heads = RevBits::with_len(self.len());
        for rev in self.revs().filter(|&rev| visible(rev)) {
            heads.insert(rev);
            self.parents(rev).into_iter().for_each(|parent| heads.remove(parent));
        }
        let heads: Vec<_> = heads.iter().collect();
        if heads.is_empty() { vec![Revision::NULL] } else { heads }
    }

    /// The children of a revision, ascending; the roots for null.
    #[must_use]
    pub fn children(&self, rev: Revision) -> Vec<Revision> {
        let first = rev.index().map_or(0, |at| at + 1);
        let of_null = |parents: [Revision; 2]| parents == [Revision::NULL; 2];
        self.rev_range(first..self.len())
            .filter(|&child| {
                let parents = self.parents(child);
                if rev.is_null() { of_null(parents) } else { parents.contains(&rev) }
            })
            .collect()
    }

    /// The revisions on paths from `roots` to `heads`, both included: `roots::heads`. Without
    /// `paths` only those of `roots` that are reached.
    #[must_use]
    pub fn reachable(&self, roots: &RevBits, heads: &[Revision], paths: bool) -> RevBits {
        let mut out = RevBits::with_len(self.len());
        let Some(lowest) = roots.iter().next() else { return out };
        let walk: Vec<_> = self.ancestors(heads.iter().copied(), lowest, true).collect();
        for &rev in walk.iter().rev() {
            let joined = paths && self.parents(rev).iter().any(|&parent| out.contains(parent));
            if joined || roots.contains(rev) {
                out.insert(rev);
            }
        }
        out
    }
}

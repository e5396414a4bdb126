//! What is counted in a revlog.

use std::collections::{BTreeMap, HashMap};

use hg_store::revlog::Revlog;
use hg_types::{Result, Revision};

/// Number, sum and extremes of sizes.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Sizes {
    pub(super) count: u64,
    pub(super) sum: u64,
    pub(super) min: u64,
    pub(super) max: u64,
}

impl Sizes {
    fn add(&mut self, size: u64) {
        self.min = if self.count == 0 { size } else { self.min.min(size) };
        self.max = self.max.max(size);
        self.count += 1;
        self.sum += size;
    }

    pub(super) fn average(&self) -> u64 {
        self.sum.checked_div(self.count).unwrap_or(0)
    }
}

/// What deltas are against.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Against {
    pub(super) previous: u64,
    pub(super) previous_is_p1: u64,
    pub(super) previous_is_p2: u64,
    pub(super) previous_is_ancestor: u64,
    pub(super) previous_is_unrelated: u64,
    pub(super) p1: u64,
    pub(super) p2: u64,
    pub(super) ancestor: u64,
    pub(super) other: u64,
}

/// Everything that is counted.
#[derive(Default, Debug)]
pub(super) struct Stats {
    pub(super) revisions: u64,
    pub(super) merges: u64,
    pub(super) empty_texts: u64,
    pub(super) empty_deltas: u64,
    /// Snapshots by their depth, and how many of them are against something that is no ancestor.
    pub(super) snapshots: BTreeMap<u32, (Sizes, u64)>,
    pub(super) intermediate: Sizes,
    pub(super) deltas: Sizes,
    pub(super) texts: Sizes,
    pub(super) against: Against,
    /// Chunks by their first byte: number and size.
    pub(super) chunks: BTreeMap<Vec<u8>, (u64, u64)>,
    pub(super) chain_lengths: Sizes,
    pub(super) longest_reach: u64,
    pub(super) stored: u64,
}

/// Length and start of the delta chain of each revision.
type Chains = HashMap<Revision, (u64, u64)>;

impl Stats {
    pub(super) fn collect(revlog: &Revlog) -> Result<Self> {
        let mut stats = Self::default();
        let mut chains = Chains::new();
        for rev in revlog.revs() {
            stats.add(revlog, rev, &mut chains)?;
        }
        Ok(stats)
    }

    fn add(&mut self, revlog: &Revlog, rev: Revision, chains: &mut Chains) -> Result<()> {
        self.revisions += 1;
        self.merges += u64::from(!revlog.parents(rev)[1].is_null());
        self.texts.add(revlog.raw_size(rev)? as u64);
        let range = revlog.chunk_range(rev);
        let size = range.end - range.start;
        self.stored += size;
        let kind = revlog.raw_chunk(rev)?.first().map_or_else(|| b"empty".to_vec(), |&b| vec![b]);
        let chunk = self.chunks.entry(kind).or_default();
        *chunk = (chunk.0 + 1, chunk.1 + size);
        let base = revlog.delta_parent(rev)?;
        let chain = match chains.get(&base) {
            Some(&(len, start)) => (len + 1, start),
            None => (0, range.start),
        };
        chains.insert(rev, chain);
        self.chain_lengths.add(chain.0);
        self.longest_reach = self.longest_reach.max(range.end.saturating_sub(chain.1));
        if size == 0 {
            *if base.is_null() { &mut self.empty_texts } else { &mut self.empty_deltas } += 1;
        } else if revlog.is_snapshot(rev)? {
            let depth = if base.is_null() { 0 } else { revlog.snapshot_depth(rev)? };
            let (sizes, unrelated) = self.snapshots.entry(depth).or_default();
            sizes.add(size);
            *unrelated += u64::from(!revlog.is_ancestor(base, rev));
            if depth > 0 {
                self.intermediate.add(size);
            }
        } else {
            self.deltas.add(size);
            self.count_base(revlog, rev, base);
        }
        Ok(())
    }

    fn count_base(&mut self, revlog: &Revlog, rev: Revision, base: Revision) {
        let [p1, p2] = revlog.parents(rev);
        let to = &mut self.against;
        // Scripts know the oracle's numbers: an ancestor that is no parent counts as any other.
        let is_ancestor = || revlog.is_ancestor(rev, base);
        let counter = if base.get() == rev.get() - 1 {
            to.previous += 1;
            if base == p1 {
                &mut to.previous_is_p1
            } else if base == p2 {
                &mut to.previous_is_p2
            } else if is_ancestor() {
                &mut to.previous_is_ancestor
            } else {
                &mut to.previous_is_unrelated
            }
        } else if base == p1 {
            &mut to.p1
        } else if base == p2 {
            &mut to.p2
        } else if is_ancestor() {
            &mut to.ancestor
        } else {
            &mut to.other
        };
        *counter += 1;
    }

    /// Number of snapshots of every depth.
    pub(super) fn snapshot_count(&self) -> u64 {
        self.snapshots.values().map(|(sizes, _)| sizes.count).sum()
    }

    /// Size of snapshots of every depth.
    pub(super) fn snapshot_size(&self) -> u64 {
        self.snapshots.values().map(|(sizes, _)| sizes.sum).sum()
    }
}

//! What reading a revision costs: how its delta was made, and how its chain lies in the file.

use std::collections::BinaryHeap;

use hg_types::{Result, Revision};

use super::Revlog;

/// How a revision is stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DeltaKind {
    /// The full text.
    Base,
    /// A delta against a snapshot that is no parent.
    Snapshot,
    /// A delta against the first parent.
    P1,
    /// A delta against the second parent.
    P2,
    /// A delta against what the first parent, whose delta is empty, is against.
    Skip1,
    /// A delta against what the second parent, whose delta is empty, is against.
    Skip2,
    /// A delta against the previous revision.
    Previous,
    /// A delta against any other revision.
    Other,
}

impl DeltaKind {
    /// The name shown to users.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Snapshot => "snap",
            Self::P1 => "p1",
            Self::P2 => "p2",
            Self::Skip1 => "skip1",
            Self::Skip2 => "skip2",
            Self::Previous => "prev",
            Self::Other => "other",
        }
    }
}

/// When a delta chain is read in several pieces.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct SparseReading {
    /// Pieces are cut until this part of what is read is used.
    pub density: f64,
    /// Gaps up to this size are read over.
    pub min_gap: u64,
}

impl Default for SparseReading {
    fn default() -> Self {
        Self { density: 0.5, min_gap: 65 << 10 }
    }
}

impl Revlog {
    /// How a revision is stored.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn delta_kind(&self, rev: Revision) -> Result<DeltaKind> {
        if self.stores_text(rev)? {
            return Ok(DeltaKind::Base);
        }
        if !self.header.general_delta {
            return Ok(DeltaKind::Previous);
        }
        let base = self.delta_parent(rev)?;
        let [p1, p2] = self.parents(rev);
        let stands_for = |parent: Revision| -> Result<bool> {
            Ok(!parent.is_null()
                && self.entry(parent)?.compressed_len == 0
                && self.skips_to(parent, base)?)
        };
        Ok(if base == p1 {
            DeltaKind::P1
        } else if base == p2 {
            DeltaKind::P2
        } else if stands_for(p1)? {
            DeltaKind::Skip1
        } else if stands_for(p2)? {
            DeltaKind::Skip2
        } else if self.is_snapshot(rev)? {
            DeltaKind::Snapshot
        } else if base.get() == rev.get() - 1 {
            DeltaKind::Previous
        } else {
            DeltaKind::Other
        })
    }

    /// Whether `base` is what `rev` and the revisions before it say with empty deltas.
    fn skips_to(&self, rev: Revision, base: Revision) -> Result<bool> {
        let mut at = rev;
        while !at.is_null() && at != base && self.entry(at)?.compressed_len == 0 {
            at = self.delta_parent(at)?;
        }
        Ok(at == base)
    }

    /// Where the chunk of a revision starts and ends among all chunks.
    #[must_use]
    pub fn chunk_range(&self, rev: Revision) -> std::ops::Range<u64> {
        let start = self.chunk_offset(rev);
        let len = self.entry(rev).map_or(0, |entry| entry.compressed_len);
        start..start + u64::from(len)
    }

    /// The sizes of the pieces in which a delta chain is read.
    #[must_use]
    pub fn read_sizes(&self, chain: &[Revision], sparse: SparseReading) -> Vec<u64> {
        let ranges: Vec<_> = chain
            .iter()
            .map(|&rev| self.chunk_range(rev))
            .filter(|range| !range.is_empty())
            .collect();
        let (Some(first), Some(last)) = (ranges.first(), ranges.last()) else { return vec![0] };
        let whole = last.end.saturating_sub(first.start);
        let used: u64 = ranges.iter().map(|range| range.end - range.start).sum();
        #[expect(clippy::cast_precision_loss, reason = "a ratio need not be exact")]
        let is_dense = |read: u64| read == 0 || used as f64 / read as f64 >= sparse.density;
        if whole <= sparse.min_gap || is_dense(whole) {
            return vec![whole];
        }
        let gap = |at: usize| ranges[at].start.saturating_sub(ranges[at - 1].end);
        let mut gaps: BinaryHeap<(u64, usize)> = (1..ranges.len())
            .map(|at| (gap(at), at))
            .filter(|gap| gap.0 > sparse.min_gap)
            .collect();
        let mut read = whole;
        let mut cuts = Vec::new();
        while !is_dense(read)
            && let Some((gap, at)) = gaps.pop()
        {
            cuts.push(at);
            read -= gap;
        }
        cuts.sort_unstable();
        let starts = std::iter::once(0).chain(cuts.iter().copied());
        let ends = cuts.iter().copied().chain([ranges.len()]);
        starts.zip(ends).map(|(start, end)| ranges[end - 1].end - ranges[start].start).collect()
    }
}

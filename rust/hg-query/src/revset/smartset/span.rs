//! All visible revisions between two numbers.

use std::rc::Rc;

use hg_types::Revision;

use super::{Repr, sign};

/// The revisions that are filtered out of the repository, sorted.
pub type Hidden = Rc<Vec<Revision>>;

/// The visible revisions from one number up to another, excluded, in either direction.
#[derive(Clone)]
pub struct SpanSet {
    start: i32,
    end: i32,
    ascending: bool,
    hidden: Hidden,
    full: bool,
}

impl SpanSet {
    /// From `start` up to `end`, excluded; descending from `start` to above `end` when that is lower.
    #[must_use]
    pub fn new(start: i32, end: i32, hidden: Hidden) -> Self {
        let ascending = start <= end;
        let (start, end) = if ascending { (start, end) } else { (end + 1, start + 1) };
        Self { start, end, ascending, hidden, full: false }
    }

    /// The whole repository, which has `len` revisions.
    #[must_use]
    pub fn full(len: usize, hidden: Hidden) -> Self {
        let end = i32::try_from(len).unwrap_or(i32::MAX);
        Self { full: true, ..Self::new(0, end, hidden) }
    }

    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    pub(super) fn hidden(&self) -> &Hidden {
        &self.hidden
    }

    pub(super) fn ascending(&self) -> bool {
        self.ascending
    }

    fn is_hidden(&self, rev: i32) -> bool {
        !self.hidden.is_empty() && self.hidden.binary_search(&Revision::new(rev)).is_ok()
    }

    pub(super) fn contains(&self, rev: Revision) -> bool {
        let number = rev.get();
        (self.start..self.end).contains(&number) && !self.is_hidden(number)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = Revision> + use<> {
        self.directed_iter(self.ascending)
    }

    pub(super) fn directed_iter(&self, ascending: bool) -> impl Iterator<Item = Revision> + use<> {
        let (start, end) = (self.start, self.end);
        let visible = self.clone();
        (start..end)
            .map(move |step| if ascending { step } else { end - 1 - (step - start) })
            .filter(move |rev| !visible.is_hidden(*rev))
            .map(Revision::new)
    }

    pub(super) fn sorted(self, reverse: bool) -> Self {
        Self { ascending: !reverse, ..self }
    }

    pub(super) fn reversed(self) -> Self {
        let ascending = !self.ascending;
        Self { ascending, ..self }
    }

    /// A part by position; `None` when hidden revisions make positions unknown.
    pub(super) fn slice(&self, start: usize, stop: usize) -> Option<Self> {
        let first_hidden = self.hidden.partition_point(|rev| rev.get() < self.start);
        if self.hidden.get(first_hidden).is_some_and(|rev| rev.get() < self.end) {
            return None;
        }
        let step = |steps: usize| i32::try_from(steps).unwrap_or(i32::MAX);
        let (low, high) = if self.ascending {
            let low = self.start.saturating_add(step(start)).min(self.end);
            (low, self.start.saturating_add(step(stop)).min(self.end))
        } else {
            let high = self.end.saturating_sub(step(start)).max(self.start);
            (self.end.saturating_sub(step(stop)).max(self.start), high)
        };
        Some(Self { start: low, end: high, full: false, ..self.clone() })
    }

    pub(super) fn repr(&self) -> Repr {
        let name = if self.full { "fullreposet" } else { "spanset" };
        let sign = sign(Some(self.ascending));
        Repr::text(format!("{name}{sign} {}:{}", self.start, self.end))
    }
}

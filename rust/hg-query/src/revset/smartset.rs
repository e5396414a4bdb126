//! Ordered, lazy sets of revisions: what a revset evaluates to.
//!
//! A set knows how to test one revision and how to enumerate itself; neither is done before it is
//! asked for, and what was found out is remembered. Copies share what they remember.

mod add;
mod base;
mod filtered;
mod generator;
mod repr;
mod span;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use hg_types::{Result, Revision};

pub use add::AddSet;
pub use base::BaseSet;
use filtered::SetForm;
pub use filtered::{Condition, FilteredSet};
pub use generator::{Direction, GeneratorSet};
pub use repr::Repr;
pub use span::{Hidden, SpanSet};

/// Enumerates a set in its order; the first error ends it.
pub type Revisions<'q> = Box<dyn Iterator<Item = Result<Revision>> + 'q>;

/// An ordered, lazy set of revisions.
#[derive(Clone)]
pub enum SmartSet<'q> {
    /// Revisions that are known one by one.
    Base(BaseSet<'q>),
    /// All visible revisions between two numbers.
    Span(SpanSet),
    /// The members of another set that fulfil a condition.
    Filtered(FilteredSet<'q>),
    /// One set after another, or both merged.
    Add(AddSet<'q>),
    /// What an iterator gives.
    Generator(GeneratorSet<'q>),
}

impl<'q> SmartSet<'q> {
    /// The set without members.
    #[must_use]
    pub fn empty() -> Self {
        Self::Base(BaseSet::from_list(Vec::new()))
    }

    /// Revisions in the order given, which has no meaning; doubles must be absent.
    #[must_use]
    pub fn from_list(revisions: Vec<Revision>) -> Self {
        Self::Base(BaseSet::from_list(revisions))
    }

    /// Revisions in ascending order.
    #[must_use]
    pub fn from_set(revisions: impl IntoIterator<Item = Revision>) -> Self {
        Self::Base(BaseSet::from_set(revisions))
    }

    /// Whether the whole repository is in it: every other set is part of it.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Span(span) if span.is_full())
    }

    /// As if made of a set, whose members are quick to test.
    #[must_use]
    pub fn with_members_known(self) -> Self {
        match self {
            Self::Base(set) => Self::Base(set.with_members_known()),
            other => other,
        }
    }

    /// Whether `rev` is a member.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn contains(&self, rev: Revision) -> Result<bool> {
        match self {
            Self::Base(set) => Ok(set.contains(rev)),
            Self::Span(set) => Ok(set.contains(rev)),
            Self::Filtered(set) => set.contains(rev),
            Self::Add(set) => set.contains(rev),
            Self::Generator(set) => set.contains(rev),
        }
    }

    /// The members in order.
    #[must_use]
    pub fn iter(&self) -> Revisions<'q> {
        match self {
            Self::Base(set) => Box::new(set.iter().map(Ok)),
            Self::Span(set) => Box::new(set.iter().map(Ok)),
            Self::Filtered(set) => set.iter(),
            Self::Add(set) => set.iter(),
            Self::Generator(set) => set.iter(),
        }
    }

    /// The members in order, all at once.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn to_vec(&self) -> Result<Vec<Revision>> {
        self.iter().collect()
    }

    /// `Some(true)` when ascending, `Some(false)` when descending, `None` when neither is promised.
    #[must_use]
    pub fn ascending(&self) -> Option<bool> {
        match self {
            Self::Base(set) => set.ascending(),
            Self::Span(set) => Some(set.ascending()),
            Self::Filtered(set) => set.ascending(),
            Self::Add(set) => set.ascending(),
            Self::Generator(set) => Some(set.ascending()),
        }
    }

    /// Whether the set was brought into topological order.
    #[must_use]
    pub fn is_topo(&self) -> bool {
        match self {
            Self::Base(set) => set.is_topo(),
            Self::Filtered(set) => set.is_topo(),
            _ => false,
        }
    }

    /// The members ascending, when that costs nothing extra.
    fn fast_ascending(&self) -> Option<Revisions<'q>> {
        self.fast(true)
    }

    fn fast(&self, ascending: bool) -> Option<Revisions<'q>> {
        match self {
            Self::Base(set) => Some(Box::new(set.sorted_iter(ascending).map(Ok))),
            Self::Span(set) => Some(Box::new(set.directed_iter(ascending).map(Ok))),
            Self::Filtered(set) => set.fast(ascending),
            Self::Add(set) => set.fast(ascending),
            Self::Generator(set) => set.fast(ascending),
        }
    }

    /// Brings the set into ascending order, or descending when `reverse`.
    #[must_use]
    pub fn sorted(self, reverse: bool) -> Self {
        match self {
            Self::Base(set) => Self::Base(set.sorted(reverse)),
            Self::Span(set) => Self::Span(set.sorted(reverse)),
            Self::Filtered(set) => Self::Filtered(set.sorted(reverse)),
            Self::Add(set) => Self::Add(set.sorted(reverse)),
            Self::Generator(set) => Self::Generator(set.sorted(reverse)),
        }
    }

    /// The set in the opposite order.
    #[must_use]
    pub fn reversed(self) -> Self {
        match self {
            Self::Base(set) => Self::Base(set.reversed()),
            Self::Span(set) => Self::Span(set.reversed()),
            Self::Filtered(set) => Self::Filtered(set.reversed()),
            Self::Add(set) => Self::Add(set.reversed()),
            Self::Generator(set) => Self::Generator(set.reversed()),
        }
    }

    /// The first member in order.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn first(&self) -> Result<Option<Revision>> {
        self.iter().next().transpose()
    }

    /// The last member in order.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn last(&self) -> Result<Option<Revision>> {
        self.clone().reversed().first()
    }

    /// The highest member.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn max(&self) -> Result<Option<Revision>> {
        self.extreme(false)
    }

    /// The lowest member.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn min(&self) -> Result<Option<Revision>> {
        self.extreme(true)
    }

    fn extreme(&self, lowest: bool) -> Result<Option<Revision>> {
        if let Some(mut members) = self.fast(lowest) {
            return members.next().transpose();
        }
        let mut found = None;
        for rev in self.iter() {
            let rev = rev?;
            let better = found.is_none_or(|best| if lowest { rev < best } else { rev > best });
            if better {
                found = Some(rev);
            }
        }
        Ok(found)
    }

    /// Whether there is no member.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn is_empty(&self) -> Result<bool> {
        let first = match self.fast_ascending().or_else(|| self.fast(false)) {
            Some(mut members) => members.next().transpose()?,
            None => self.first()?,
        };
        Ok(first.is_none())
    }

    /// The number of members.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn len(&self) -> Result<usize> {
        match self {
            Self::Base(set) => Ok(set.len()),
            _ => self.iter().try_fold(0, |count, rev| rev.map(|_| count + 1)),
        }
    }

    /// The members from position `start` up to `stop`, excluded.
    ///
    /// # Errors
    /// Those of the conditions.
    pub fn slice(&self, start: u128, stop: u128) -> Result<Self> {
        let head = format!("slice={start}:{stop}");
        let index = |at| usize::try_from(at).unwrap_or(usize::MAX);
        let (start, stop) = (index(start), index(stop));
        match self {
            Self::Base(set) => Ok(Self::Base(set.slice(start, stop))),
            Self::Span(set) if let Some(part) = set.slice(start, stop) => Ok(Self::Span(part)),
            _ => {
                let wanted = stop.saturating_sub(start);
                let members: Result<Vec<_>> = self.iter().skip(start).take(wanted).collect();
                let described = self.clone();
                let part = BaseSet::from_list(members?)
                    .described(Rc::new(move || Repr::of(&head, [described.repr()])));
                Ok(Self::Base(part))
            }
        }
    }

    /// Whether members can be found before they are asked for.
    fn can_run_ahead(&self) -> bool {
        match self {
            Self::Add(set) => set.can_run_ahead(),
            Self::Filtered(set) => set.can_run_ahead(),
            _ => true,
        }
    }

    /// The members that fulfil a condition, in the order of this set.
    #[must_use]
    pub fn filter(self, condition: Condition<'q>) -> Self {
        Self::Filtered(FilteredSet::new(self, condition))
    }

    /// The members that are in `other` too, in the order of this set, unless this is the whole
    /// repository: its order is only a direction.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (&self, &other) {
            (Self::Span(span), _) if span.is_full() => {
                let reverse = !span.ascending();
                let visible = match span.hidden().is_empty() {
                    true => other,
                    false => other.filter(Condition::visible(span.hidden().clone())),
                };
                return visible.sorted(reverse);
            }
            (_, Self::Span(span)) if span.is_full() => return self,
            (Self::Base(left), Self::Base(right)) => {
                if let Some(both) = left.combine(right, true) {
                    return Self::Base(both);
                }
            }
            _ => {}
        }
        self.filter(Condition::within(other))
    }

    /// The members that are among `revisions`, in the order of this set.
    #[must_use]
    pub fn among(self, revisions: impl IntoIterator<Item = Revision>) -> Self {
        match &self {
            Self::Span(span) if span.is_full() => self.and(Self::from_set(revisions)),
            _ => self.filter(Condition::among(revisions, SetForm::Changing)),
        }
    }

    /// As [`Self::among`], for revisions of a kind that the repository keeps.
    #[must_use]
    pub fn among_kept(self, revisions: impl IntoIterator<Item = Revision>) -> Self {
        match &self {
            Self::Span(span) if span.is_full() => {
                let all = Self::from_list(revisions.into_iter().collect());
                self.and(all)
            }
            _ => self.filter(Condition::among(revisions, SetForm::Frozen)),
        }
    }

    /// The members that are not in `other`, in the order of this set.
    #[must_use]
    pub fn without(self, other: Self) -> Self {
        if let (Self::Base(left), Self::Base(right)) = (&self, &other)
            && let Some(rest) = left.combine(right, false)
        {
            return Self::Base(rest);
        }
        self.filter(Condition::outside(other))
    }

    /// This set's members followed by those that are only in `other`.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self::Add(AddSet::new(self, other))
    }

    /// The inner structure, as debug commands print it.
    #[must_use]
    pub fn repr(&self) -> Repr {
        match self {
            Self::Base(set) => set.repr(),
            Self::Span(set) => set.repr(),
            Self::Filtered(set) => set.repr(),
            Self::Add(set) => set.repr(),
            Self::Generator(set) => set.repr(),
        }
    }
}

/// The sign of an order in a printed structure.
fn sign(ascending: Option<bool>) -> &'static str {
    match ascending {
        Some(true) => "+",
        Some(false) => "-",
        None => "",
    }
}

//! Revision numbers: positions in one repository's index, different in every clone.

use std::fmt;

/// A revision number that was checked against the index it belongs to, or [`Revision::NULL`],
/// or [`Revision::WDIR`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct Revision(i32);

impl Revision {
    /// The null revision, −1: the parent of every root.
    pub const NULL: Self = Self(-1);
    /// The pseudo revision of the working directory, 2³¹−1.
    pub const WDIR: Self = Self(i32::MAX);

    /// Takes a number that the caller has checked against the index.
    #[must_use]
    pub const fn new(number: i32) -> Self {
        Self(number)
    }

    /// Takes an index position; the null revision when it does not fit (no index is that long).
    #[must_use]
    pub fn from_index(position: usize) -> Self {
        i32::try_from(position).map_or(Self::NULL, Self)
    }

    /// The number: −1 for null.
    #[must_use]
    pub const fn get(self) -> i32 {
        self.0
    }

    /// The position in the index; `None` for null.
    #[must_use]
    pub fn index(self) -> Option<usize> {
        usize::try_from(self.0).ok()
    }

    /// Whether this is the null revision.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == -1
    }

    /// Whether this is the working directory.
    #[must_use]
    pub const fn is_wdir(self) -> bool {
        self.0 == i32::MAX
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A revision number as read from disk, the wire or a user, not yet checked against an index.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(transparent)]
pub struct UncheckedRevision(pub i32);

impl UncheckedRevision {
    /// The revision, if it is null or below `len`, the number of revisions in the index.
    #[must_use]
    pub fn check(self, len: usize) -> Option<Revision> {
        let inside = self.0 == -1 || usize::try_from(self.0).is_ok_and(|rev| rev < len);
        inside.then_some(Revision(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_accepts_null_and_inside_only() {
        assert_eq!(UncheckedRevision(-1).check(0), Some(Revision::NULL));
        assert_eq!(UncheckedRevision(0).check(0), None);
        assert_eq!(UncheckedRevision(2).check(3), Some(Revision::new(2)));
        assert_eq!(UncheckedRevision(-2).check(3), None);
    }
}

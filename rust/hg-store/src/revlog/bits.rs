//! Sets of revisions as bits.

use hg_types::Revision;

/// A set of revisions; grows when a revision is added. Null is never in it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RevBits {
    words: Vec<u64>,
}

impl RevBits {
    /// An empty set with room for revisions below `len`.
    #[must_use]
    pub fn with_len(len: usize) -> Self {
        Self { words: vec![0; len.div_ceil(64)] }
    }

    /// Whether a revision is in the set.
    #[must_use]
    pub fn contains(&self, rev: Revision) -> bool {
        let Some(at) = rev.index() else { return false };
        self.words.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 != 0)
    }

    /// Adds a revision; says whether it was not there. Null is ignored.
    pub fn insert(&mut self, rev: Revision) -> bool {
        let Some(at) = rev.index().filter(|_| !rev.is_wdir()) else { return false };
        if at / 64 >= self.words.len() {
            self.words.resize(at / 64 + 1, 0);
        }
        let bit = 1 << (at % 64);
        let fresh = self.words[at / 64] & bit == 0;
        self.words[at / 64] |= bit;
        fresh
    }

    /// Takes a revision out.
    pub fn remove(&mut self, rev: Revision) {
        if let Some(at) = rev.index()
            && let Some(word) = self.words.get_mut(at / 64)
        {
            *word &= !(1 << (at % 64));
        }
    }

    /// Whether nothing is in the set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Number of revisions in the set.
    #[must_use]
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// The revisions, ascending; can be reversed.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = Revision> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let bits = (0..64).filter(move |bit| word >> bit & 1 != 0);
            bits.map(move |bit| Revision::from_index(at * 64 + bit))
        })
    }

    /// Adds everything that is in `other`.
    pub fn union_with(&mut self, other: &Self) {
        if self.words.len() < other.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Keeps only what is in `other` too.
    pub fn intersect_with(&mut self, other: &Self) {
        self.words.truncate(other.words.len());
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= other;
        }
    }

    /// Takes out everything that is in `other`.
    pub fn subtract(&mut self, other: &Self) {
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word &= !other;
        }
    }
}

impl FromIterator<Revision> for RevBits {
    fn from_iter<I: IntoIterator<Item = Revision>>(revs: I) -> Self {
        let mut out = Self::default();
        out.extend(revs);
        out
    }
}

impl Extend<Revision> for RevBits {
    fn extend<I: IntoIterator<Item = Revision>>(&mut self, revs: I) {
        for rev in revs {
            self.insert(rev);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_behave_like_sets() {
        let set = |revs: &[i32]| -> RevBits { revs.iter().map(|&r| Revision::new(r)).collect() };
        let mut a = set(&[3, 70, -1]);
        assert_eq!(a.count(), 2);
        assert!(a.contains(Revision::new(70)) && !a.contains(Revision::NULL));
        a.union_with(&set(&[200]));
        let back: Vec<_> = a.iter().rev().map(Revision::get).collect();
        assert_eq!(back, [200, 70, 3]);
        a.intersect_with(&set(&[3, 200, 4]));
        a.subtract(&set(&[200]));
        assert_eq!(a.iter().map(Revision::get).collect::<Vec<_>>(), [3]);
    }
}

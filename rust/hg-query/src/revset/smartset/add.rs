//! The union of two sets.

use std::iter::Peekable;

use hg_types::{Result, Revision};

use super::{Repr, Revisions, SmartSet, sign};

/// One set after another; once sorted, both merged.
#[derive(Clone)]
pub struct AddSet<'q> {
    left: Box<SmartSet<'q>>,
    right: Box<SmartSet<'q>>,
    ascending: Option<bool>,
    /// Whether the order of a set that is not sorted is turned round.
    backwards: bool,
}

impl<'q> AddSet<'q> {
    pub(super) fn new(left: SmartSet<'q>, right: SmartSet<'q>) -> Self {
        let (left, right) = (Box::new(left), Box::new(right));
        Self { left, right, ascending: None, backwards: false }
    }

    pub(super) fn can_run_ahead(&self) -> bool {
        self.left.can_run_ahead() && self.right.can_run_ahead()
    }

    pub(super) fn contains(&self, rev: Revision) -> Result<bool> {
        Ok(self.left.contains(rev)? || self.right.contains(rev)?)
    }

    pub(super) fn ascending(&self) -> Option<bool> {
        self.ascending
    }

    pub(super) fn iter(&self) -> Revisions<'q> {
        match self.ascending {
            Some(ascending) => self.fast(ascending).unwrap_or_else(|| self.sorted_list(ascending)),
            None if self.backwards => Box::new(reverse(self.chain())),
            None => self.chain(),
        }
    }

    fn chain(&self) -> Revisions<'q> {
        let left = self.left.clone();
        let rest = self.right.iter().filter(move |rev| match rev {
            // An error is passed on, from whichever side it comes.
            Ok(rev) => !left.contains(*rev).unwrap_or(false),
            Err(_) => true,
        });
        Box::new(self.left.iter().chain(rest))
    }

    fn sorted_list(&self, ascending: bool) -> Revisions<'q> {
        let members: Result<Vec<_>> = self.chain().collect();
        match members {
            Ok(mut members) => {
                members.sort_unstable();
                if !ascending {
                    members.reverse();
                }
                Box::new(members.into_iter().map(Ok))
            }
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }

    pub(super) fn fast(&self, ascending: bool) -> Option<Revisions<'q>> {
        let left = self.left.fast(ascending)?.peekable();
        let right = self.right.fast(ascending)?.peekable();
        Some(Box::new(Merge { left, right, ascending }))
    }

    pub(super) fn sorted(self, reverse: bool) -> Self {
        Self { ascending: Some(!reverse), ..self }
    }

    pub(super) fn reversed(self) -> Self {
        match self.ascending {
            Some(ascending) => Self { ascending: Some(!ascending), ..self },
            None => Self { backwards: !self.backwards, ..self },
        }
    }

    pub(super) fn repr(&self) -> Repr {
        let head = format!("addset{}", sign(self.ascending));
        Repr::of(&head, [self.left.repr(), self.right.repr()])
    }
}

fn reverse<'q>(members: Revisions<'q>) -> Revisions<'q> {
    let members: Result<Vec<_>> = members.collect();
    match members {
        Ok(members) => Box::new(members.into_iter().rev().map(Ok)),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

/// Merges two sorted sequences without doubles.
struct Merge<'q> {
    left: Peekable<Revisions<'q>>,
    right: Peekable<Revisions<'q>>,
    ascending: bool,
}

impl Iterator for Merge<'_> {
    type Item = Result<Revision>;

    fn next(&mut self) -> Option<Self::Item> {
        let (left, right) = match (self.left.peek(), self.right.peek()) {
            (Some(Ok(left)), Some(Ok(right))) => (*left, *right),
            (Some(Err(_)), _) | (Some(_), None) => return self.left.next(),
            _ => return self.right.next(),
        };
        if left == right {
            self.left.next();
            return self.right.next();
        }
        match (left < right) == self.ascending {
            true => self.left.next(),
            false => self.right.next(),
        }
    }
}

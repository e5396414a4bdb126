//! What an iterator gives, taken from it only as far as needed.

use std::cell::RefCell;
use std::collections::HashSet;
use std::rc::Rc;

use hg_types::{Error, Result, Revision};

use super::{Repr, Revisions, sign};

/// In which direction an iterator walks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From low to high.
    Ascending,
    /// From high to low.
    Descending,
}

struct Source<'q> {
    /// `None` once exhausted.
    rest: Option<Revisions<'q>>,
    taken: Vec<Revision>,
    seen: HashSet<Revision>,
}

impl Source<'_> {
    fn pull(&mut self) -> Result<Option<Revision>> {
        let Some(rest) = &mut self.rest else {
            return Ok(None);
        };
        match rest.next() {
            Some(rev) => {
                let rev = rev?;
                self.taken.push(rev);
                self.seen.insert(rev);
                Ok(Some(rev))
            }
            None => {
                self.rest = None;
                Ok(None)
            }
        }
    }
}

/// The revisions of an iterator that walks in one direction.
#[derive(Clone)]
pub struct GeneratorSet<'q> {
    source: Rc<RefCell<Source<'q>>>,
    walks: Direction,
    ascending: bool,
}

impl<'q> GeneratorSet<'q> {
    /// A set in ascending order, made by an iterator that walks in the direction given.
    #[must_use]
    pub fn new(revisions: Revisions<'q>, walks: Direction) -> Self {
        let source = Source { rest: Some(revisions), taken: Vec::new(), seen: HashSet::new() };
        Self { source: Rc::new(RefCell::new(source)), walks, ascending: true }
    }

    pub(super) fn ascending(&self) -> bool {
        self.ascending
    }

    pub(super) fn contains(&self, rev: Revision) -> Result<bool> {
        let mut source = self.source.borrow_mut();
        if source.seen.contains(&rev) {
            return Ok(true);
        }
        let passed = |at: Revision| match self.walks {
            Direction::Ascending => at > rev,
            Direction::Descending => at < rev,
        };
        if source.taken.last().is_some_and(|&last| passed(last)) {
            return Ok(false);
        }
        while let Some(next) = source.pull()? {
            if next == rev {
                return Ok(true);
            }
            if passed(next) {
                return Ok(false);
            }
        }
        Ok(false)
    }

    fn stream(&self) -> Revisions<'q> {
        let source = Rc::clone(&self.source);
        let mut at = 0;
        let mut failed = false;
        Box::new(std::iter::from_fn(move || {
            if failed {
                return None;
            }
            let Ok(mut source) = source.try_borrow_mut() else {
                failed = true;
                return Some(Err(Error::abort("revision set depends on itself")));
            };
            if at == source.taken.len() {
                match source.pull() {
                    Ok(Some(_)) => {}
                    Ok(None) => return None,
                    Err(error) => {
                        failed = true;
                        return Some(Err(error));
                    }
                }
            }
            at += 1;
            Some(Ok(source.taken[at - 1]))
        }))
    }

    pub(super) fn iter(&self) -> Revisions<'q> {
        self.fast(self.ascending).unwrap_or_else(|| {
            let members: Result<Vec<_>> = self.stream().collect();
            match members {
                Ok(members) => Box::new(members.into_iter().rev().map(Ok)),
                Err(error) => Box::new(std::iter::once(Err(error))),
            }
        })
    }

    pub(super) fn fast(&self, ascending: bool) -> Option<Revisions<'q>> {
        let same = ascending == (self.walks == Direction::Ascending);
        same.then(|| self.stream())
    }

    pub(super) fn sorted(self, reverse: bool) -> Self {
        Self { ascending: !reverse, ..self }
    }

    pub(super) fn reversed(self) -> Self {
        let ascending = !self.ascending;
        Self { ascending, ..self }
    }

    pub(super) fn repr(&self) -> Repr {
        let walks = match self.walks {
            Direction::Ascending => "asc",
            Direction::Descending => "desc",
        };
        Repr::text(format!("generatorset{walks}{}", sign(Some(self.ascending))))
    }
}

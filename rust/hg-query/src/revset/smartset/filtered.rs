//! The members of another set that fulfil a condition.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use hg_types::{Result, Revision};

use super::{Hidden, Repr, Revisions, SmartSet};

/// A question about a revision, and how it is printed.
#[derive(Clone)]
pub struct Condition<'q> {
    test: Test<'q>,
    repr: Option<Repr>,
    prepare: Option<Prepare<'q>>,
}

/// Is told which revisions are asked about next.
type Prepare<'q> = Rc<dyn Fn(&[Revision]) + 'q>;

#[derive(Clone)]
enum Test<'q> {
    Ask(Rc<dyn Fn(Revision) -> Result<bool> + 'q>),
    Within(Box<SmartSet<'q>>),
    Outside(Box<SmartSet<'q>>),
    Visible(Hidden),
    Among(Rc<BTreeSet<Revision>>, SetForm),
}

impl<'q> Condition<'q> {
    fn of(test: Test<'q>, repr: Option<Repr>) -> Self {
        Self { test, repr, prepare: None }
    }

    /// A condition without a description.
    pub fn new(test: impl Fn(Revision) -> Result<bool> + 'q) -> Self {
        Self::of(Test::Ask(Rc::new(test)), None)
    }

    /// A condition printed as `<description>`.
    pub fn described(
        description: impl Into<Vec<u8>>,
        test: impl Fn(Revision) -> Result<bool> + 'q,
    ) -> Self {
        Self::with_repr(Repr::text(description), test)
    }

    /// A condition with a structured description.
    pub fn with_repr(repr: Repr, test: impl Fn(Revision) -> Result<bool> + 'q) -> Self {
        Self::of(Test::Ask(Rc::new(test)), Some(repr))
    }

    /// Has `prepare` told which revisions are asked about next, a growing number of them at a time,
    /// so that what the condition needs can be read side by side. It must not fail or be noticed.
    #[must_use]
    pub fn preparing(self, prepare: impl Fn(&[Revision]) + 'q) -> Self {
        Self { prepare: Some(Rc::new(prepare)), ..self }
    }

    pub(super) fn within(set: SmartSet<'q>) -> Self {
        Self::of(Test::Within(Box::new(set)), None)
    }

    pub(super) fn outside(set: SmartSet<'q>) -> Self {
        Self::of(Test::Outside(Box::new(set)), None)
    }

    /// Not being hidden.
    pub(super) fn visible(hidden: Hidden) -> Self {
        Self::of(Test::Visible(hidden), None)
    }

    /// Being one of some revisions.
    pub(super) fn among(revisions: impl IntoIterator<Item = Revision>, form: SetForm) -> Self {
        Self::of(Test::Among(Rc::new(revisions.into_iter().collect()), form), None)
    }

    fn holds(&self, rev: Revision) -> Result<bool> {
        match &self.test {
            Test::Ask(test) => test(rev),
            Test::Within(set) => set.contains(rev),
            Test::Outside(set) => Ok(!set.contains(rev)?),
            Test::Visible(hidden) => Ok(hidden.binary_search(&rev).is_err()),
            Test::Among(revisions, _) => Ok(revisions.contains(&rev)),
        }
    }

    fn is_cached(&self) -> bool {
        matches!(self.test, Test::Ask(_))
    }

    fn repr(&self) -> Option<Repr> {
        match &self.test {
            Test::Ask(_) => self.repr.clone(),
            Test::Within(set) => Some(set.repr()),
            Test::Outside(set) => Some(Repr::of("not", [set.repr()])),
            Test::Visible(hidden) => Some(Repr::text(format!("not {}", frozen(hidden)))),
            Test::Among(revisions, SetForm::Changing) => {
                let shown = joined(revisions.iter().copied());
                Some(Repr::bare(format!("set([{shown}])")))
            }
            Test::Among(revisions, SetForm::Frozen) => {
                let revisions: Vec<_> = revisions.iter().copied().collect();
                Some(Repr::bare(frozen(&revisions)))
            }
        }
    }
}

/// Which kind of set upstream prints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum SetForm {
    /// One that was made for the question.
    Changing,
    /// One that is kept for later questions.
    Frozen,
}

fn frozen(revisions: &[Revision]) -> String {
    match revisions {
        [] => "frozenset()".to_owned(),
        _ => format!("frozenset({{{}}})", joined(hash_order(revisions))),
    }
}

fn joined(revisions: impl IntoIterator<Item = Revision>) -> String {
    revisions.into_iter().map(|rev| rev.to_string()).collect::<Vec<_>>().join(", ")
}

/// The order in which upstream's hash sets enumerate such numbers, which debug output shows: by slots
/// of a table with a power of two of them, where neighbours of a taken slot are tried first.
fn hash_order(revisions: &[Revision]) -> Vec<Revision> {
    const PROBES: usize = 9;
    let mut size = 8;
    while revisions.len() * 5 >= (size - 1) * 3 {
        size *= 2;
    }
    let mut slots: Vec<Option<Revision>> = vec![None; size];
    for &rev in revisions {
        let hash = rev.index().unwrap_or(0);
        let (mut at, mut rest) = (hash & (size - 1), hash);
        loop {
            let last = if at + PROBES < size { at + PROBES } else { at };
            if let Some(free) = (at..=last).find(|&slot| slots[slot].is_none()) {
                slots[free] = Some(rev);
                break;
            }
            rest >>= 5;
            at = (at * 5 + 1 + rest) & (size - 1);
        }
    }
    slots.into_iter().flatten().collect()
}

type Answers = Rc<RefCell<HashMap<Revision, bool, foldhash::fast::RandomState>>>;

/// Candidates, announced in windows that double: whoever wants only the first few gets them soon.
struct ReadAhead<'q> {
    candidates: Revisions<'q>,
    prepare: Prepare<'q>,
    answers: Answers,
    queue: VecDeque<Result<Revision>>,
    window: usize,
}

impl<'q> ReadAhead<'q> {
    const FIRST: usize = 4;
    const LARGEST: usize = 512;

    fn new(candidates: Revisions<'q>, prepare: Prepare<'q>, answers: Answers) -> Self {
        Self { candidates, prepare, answers, queue: VecDeque::new(), window: Self::FIRST }
    }

    fn fill(&mut self) {
        self.queue.extend(self.candidates.by_ref().take(self.window));
        self.window = (self.window * 2).min(Self::LARGEST);
        let answers = self.answers.borrow();
        let open = self.queue.iter().filter_map(|rev| rev.as_ref().ok().copied());
        let open: Vec<Revision> = open.filter(|rev| !answers.contains_key(rev)).collect();
        (self.prepare)(&open);
    }
}

impl Iterator for ReadAhead<'_> {
    type Item = Result<Revision>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.queue.is_empty() {
            self.fill();
        }
        self.queue.pop_front()
    }
}

/// The members of another set that fulfil a condition.
#[derive(Clone)]
pub struct FilteredSet<'q> {
    subset: Box<SmartSet<'q>>,
    condition: Condition<'q>,
    answers: Answers,
}

impl<'q> FilteredSet<'q> {
    pub(super) fn new(subset: SmartSet<'q>, condition: Condition<'q>) -> Self {
        Self { subset: Box::new(subset), condition, answers: Rc::default() }
    }

    /// Asks the condition, once for each revision.
    fn holds(&self, rev: Revision) -> Result<bool> {
        if !self.condition.is_cached() {
            return self.condition.holds(rev);
        }
        if let Some(&answer) = self.answers.borrow().get(&rev) {
            return Ok(answer);
        }
        let answer = self.condition.holds(rev)?;
        self.answers.borrow_mut().insert(rev, answer);
        Ok(answer)
    }

    pub(super) fn contains(&self, rev: Revision) -> Result<bool> {
        Ok(self.subset.contains(rev)? && self.holds(rev)?)
    }

    /// Whether members can be found before they are asked for: nobody sees it, and it costs little.
    pub(super) fn can_run_ahead(&self) -> bool {
        !self.condition.is_cached() && self.subset.can_run_ahead()
    }

    fn select(&self, candidates: Revisions<'q>) -> Revisions<'q> {
        let asking = self.clone();
        let candidates = match &self.condition.prepare {
            Some(prepare) if self.subset.can_run_ahead() => {
                let answers = Rc::clone(&self.answers);
                Box::new(ReadAhead::new(candidates, Rc::clone(prepare), answers))
            }
            _ => candidates,
        };
        Box::new(candidates.filter_map(move |rev| match rev {
            Ok(rev) => match asking.holds(rev) {
                Ok(true) => Some(Ok(rev)),
                Ok(false) => None,
                Err(error) => Some(Err(error)),
            },
            error => Some(error),
        }))
    }

    pub(super) fn iter(&self) -> Revisions<'q> {
        self.select(self.subset.iter())
    }

    pub(super) fn fast(&self, ascending: bool) -> Option<Revisions<'q>> {
        Some(self.select(self.subset.fast(ascending)?))
    }

    pub(super) fn ascending(&self) -> Option<bool> {
        self.subset.ascending()
    }

    pub(super) fn is_topo(&self) -> bool {
        self.subset.is_topo()
    }

    pub(super) fn sorted(self, reverse: bool) -> Self {
        Self { subset: Box::new(self.subset.sorted(reverse)), ..self }
    }

    pub(super) fn reversed(self) -> Self {
        Self { subset: Box::new(self.subset.reversed()), ..self }
    }

    pub(super) fn repr(&self) -> Repr {
        let parts = [Some(self.subset.repr()), self.condition.repr()];
        Repr::of("filteredset", parts.into_iter().flatten())
    }
}

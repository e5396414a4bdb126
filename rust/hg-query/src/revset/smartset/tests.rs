use std::rc::Rc;

use super::*;

fn revs(numbers: &[i32]) -> Vec<Revision> {
    numbers.iter().copied().map(Revision::new).collect()
}

fn list(numbers: &[i32]) -> SmartSet<'static> {
    SmartSet::from_list(revs(numbers))
}

fn span(start: i32, end: i32) -> SmartSet<'static> {
    SmartSet::Span(SpanSet::new(start, end, Hidden::default()))
}

fn counting(direction: Direction, numbers: &[i32]) -> SmartSet<'static> {
    let members = revs(numbers).into_iter().map(Ok);
    SmartSet::Generator(GeneratorSet::new(Box::new(members), direction))
}

fn members(set: &SmartSet<'_>) -> Vec<i32> {
    set.to_vec().expect("no condition fails").iter().map(|rev| rev.get()).collect()
}

fn show(set: &SmartSet<'_>) -> String {
    let pretty = String::from_utf8(set.repr().pretty()).expect("ascii");
    pretty.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn intersections_keep_the_left_order() {
    let set = span(3, -1).and(list(&[0, 2, 5]));
    assert_eq!(members(&set), [2, 0]);
    assert_eq!(show(&set), "<filteredset <spanset- 0:4>, <baseset [0, 2, 5]>>");
    let full = SmartSet::Span(SpanSet::full(9, Hidden::default()));
    assert_eq!(show(&full.clone().and(list(&[5, 2]))), "<baseset+ [2, 5]>");
    assert_eq!(show(&list(&[5, 2]).and(full)), "<baseset [5, 2]>");
}

#[test]
fn unions_chain_or_merge() {
    let set = list(&[5, 3]).plus(span(1, 5));
    assert_eq!(members(&set), [5, 3, 1, 2, 4]);
    assert_eq!(members(&set.clone().reversed()), [4, 2, 1, 3, 5]);
    let sorted = set.sorted(true);
    assert_eq!(members(&sorted), [5, 4, 3, 2, 1]);
    assert_eq!(show(&sorted), "<addset- <baseset [5, 3]>, <spanset+ 1:5>>");
    assert_eq!(sorted.min().expect("no error"), Some(Revision::new(1)));
}

#[test]
fn generators_are_read_no_further_than_needed() {
    let endless = (0..).map(|number| Ok(Revision::new(number)));
    let set = SmartSet::Generator(GeneratorSet::new(Box::new(endless), Direction::Ascending));
    assert_eq!(set.first().expect("no error"), Some(Revision::new(0)));
    assert!(set.contains(Revision::new(7)).expect("no error"));
    assert_eq!(members(&set.slice(2, 4).expect("no error")), [2, 3]);
    let evens = set.filter(Condition::new(|rev| Ok(rev.get() % 2 == 0)));
    assert_eq!(members(&evens.slice(1, 3).expect("no error")), [2, 4]);
}

#[test]
fn conditions_hear_in_windows_what_they_are_asked() {
    let endless = (0..).map(|number| match number {
        9 => Err(hg_types::Error::abort("ninth")),
        number => Ok(Revision::new(number)),
    });
    let set = SmartSet::Generator(GeneratorSet::new(Box::new(endless), Direction::Ascending));
    let told = Rc::new(std::cell::RefCell::new(Vec::new()));
    let tells = Rc::clone(&told);
    let odd = Condition::new(|rev| Ok(rev.get() % 2 == 1))
        .preparing(move |revs| tells.borrow_mut().push(revs.len()));
    let odd = set.filter(odd);
    assert_eq!(members(&odd.slice(0, 2).expect("no error")), [1, 3]);
    assert_eq!(*told.borrow(), [4]);
    // What is found ahead of an error comes before it, and what was answered is not announced again.
    let mut all = odd.iter();
    let first = all.by_ref().take(4).collect::<hg_types::Result<Vec<_>>>().expect("no error");
    assert_eq!(first, revs(&[1, 3, 5, 7]));
    assert!(all.next().is_some_and(|last| last.is_err()));
    assert_eq!(*told.borrow(), [4, 0, 5]);
}

#[test]
fn questions_that_may_be_noticed_do_not_run_ahead() {
    let asked = Rc::new(std::cell::Cell::new(0));
    let counts = Rc::clone(&asked);
    let noticed = Condition::new(move |_| {
        counts.set(counts.get() + 1);
        Ok(true)
    });
    let told = Condition::new(|_| Ok(true)).preparing(|_| panic!("nothing to prepare for"));
    let set = span(0, 100).filter(noticed).filter(told);
    assert_eq!(set.first().expect("no error"), Some(Revision::new(0)));
    assert_eq!(asked.get(), 1);
}

#[test]
fn slices() {
    assert_eq!(show(&span(0, 8).slice(6, 9).expect("ok")), "<spanset+ 6:8>");
    assert_eq!(show(&span(7, -1).slice(6, 9).expect("ok")), "<spanset- 0:2>");
    assert_eq!(show(&span(7, -1).slice(9, 12).expect("ok")), "<spanset- 0:0>");
    let last = counting(Direction::Ascending, &[1, 4, 6]).reversed().slice(0, 1).expect("ok");
    assert_eq!(show(&last), "<baseset slice=0:1 <generatorsetasc->>");
    assert_eq!(members(&last), [6]);
}

#[test]
fn hidden_revisions_are_skipped() {
    let hidden = Hidden::new(revs(&[2]));
    let set = SmartSet::Span(SpanSet::new(0, 4, hidden));
    assert_eq!(members(&set), [0, 1, 3]);
    assert_eq!(members(&set.slice(1, 3).expect("ok")), [1, 3]);
}

#[test]
fn sets_combine_at_once() {
    let set = SmartSet::from_set(revs(&[3, 1, 2]));
    let both = set.clone().and(SmartSet::from_set(revs(&[2, 3, 4])));
    assert_eq!(show(&both), "<baseset+ [2, 3]>");
    assert_eq!(show(&set.without(SmartSet::from_set(revs(&[2])))), "<baseset+ [1, 3]>");
}

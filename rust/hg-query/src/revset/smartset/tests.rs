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

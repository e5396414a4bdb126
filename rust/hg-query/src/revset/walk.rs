//! Walks through the graph, lazy where that pays.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};

use hg_store::revlog::RevBits;
use hg_types::{Error, Result, Revision};

use crate::context::QueryContext;

use super::smartset::{Direction, GeneratorSet, SmartSet};

pub(super) fn generator<'q>(
    revisions: impl Iterator<Item = Result<Revision>> + 'q,
    walks: Direction,
) -> SmartSet<'q> {
    SmartSet::Generator(GeneratorSet::new(Box::new(revisions), walks))
}

/// The ancestors of a set that are `start` or more and less than `stop` generations away; without
/// limits, all of them and the set itself. With `first_only`, second parents are ignored.
pub(super) fn ancestors<'q>(
    ctx: &'q QueryContext,
    set: &SmartSet<'q>,
    start: u64,
    stop: Option<u64>,
    first_only: bool,
) -> Result<SmartSet<'q>> {
    let from = set.to_vec()?;
    let parents_count = if first_only { 1 } else { 2 };
    if start == 0 && stop.is_none() {
        let mut heap: BinaryHeap<Revision> = from.into_iter().collect();
        let walk = std::iter::from_fn(move || {
            let rev = heap.pop()?;
            while heap.peek() == Some(&rev) {
                heap.pop();
            }
            match ctx.parents(rev) {
                Ok(parents) => {
                    let parents = parents.into_iter().take(parents_count);
                    heap.extend(parents.filter(|parent| !parent.is_null()));
                    Some(Ok(rev))
                }
                Err(error) => Some(Err(error)),
            }
        });
        return Ok(generator(walk, Direction::Descending));
    }
    // Depths at which a revision is met, highest revision first. Where the nearest generation
    // counts too, the smallest depth of a revision says it all.
    let mut open: BTreeMap<Revision, BTreeSet<u64>> = BTreeMap::new();
    for rev in from {
        open.entry(rev).or_default().insert(0);
    }
    let last = stop.map_or(u64::MAX, |stop| stop.saturating_sub(1));
    let walk = std::iter::from_fn(move || {
        loop {
            let (rev, mut depths) = open.pop_last()?;
            if start == 0 {
                depths = depths.into_iter().take(1).collect();
            }
            let parents = match ctx.parents(rev) {
                Ok(parents) => parents,
                Err(error) => return Some(Err(error)),
            };
            for parent in parents.into_iter().take(parents_count).filter(|rev| !rev.is_null()) {
                let deeper = depths.iter().filter(|depth| **depth < last).map(|depth| depth + 1);
                let mut deeper = deeper.peekable();
                if deeper.peek().is_some() {
                    open.entry(parent).or_default().extend(deeper);
                }
            }
            if depths.iter().any(|depth| (start..=last).contains(depth)) {
                return Some(Ok(rev));
            }
        }
    });
    Ok(generator(walk, Direction::Descending))
}

/// The descendants of a set that are `start` or more and less than `stop` generations away.
pub(super) fn descendants<'q>(
    ctx: &'q QueryContext,
    set: &SmartSet<'q>,
    start: u64,
    stop: Option<u64>,
    first_only: bool,
) -> Result<SmartSet<'q>> {
    let roots: HashSet<Revision> = set.iter().collect::<Result<_>>()?;
    let Some(&lowest) = roots.iter().min() else {
        return Ok(generator(std::iter::empty(), Direction::Ascending));
    };
    let limited = start > 0 || stop.is_some();
    let with_wdir = limited && start == 0 && roots.contains(&Revision::WDIR);
    let wdir = with_wdir.then_some(Ok(Revision::WDIR));
    if lowest.is_wdir() {
        return Ok(generator(wdir.into_iter(), Direction::Ascending));
    }
    if !limited {
        return Ok(generator(
            all_descendants(ctx, roots, lowest, first_only),
            Direction::Ascending,
        ));
    }
    let last = stop.map_or(u64::MAX, |stop| stop.saturating_sub(1));
    let mut depths: HashMap<Revision, BTreeSet<u64>> = HashMap::new();
    let candidates = (lowest.get()..end(ctx)).map(Revision::new);
    let walk = candidates.filter_map(move |rev| {
        let mut own = BTreeSet::new();
        if roots.contains(&rev) {
            own.insert(0);
        }
        if !rev.is_null() {
            let parents = ctx.changelog().parents(rev);
            let count = if first_only { 1 } else { 2 };
            for (position, parent) in parents.into_iter().take(count).enumerate() {
                if parent.is_null() && position > 0 {
                    continue;
                }
                if let Some(of_parent) = depths.get(&parent) {
                    own.extend(of_parent.iter().filter(|d| **d < last).map(|d| d + 1));
                }
            }
        }
        if own.is_empty() {
            return None;
        }
        let wanted = own.iter().any(|depth| (start..=last).contains(depth));
        depths.insert(rev, own);
        (wanted && !ctx.is_hidden(rev)).then_some(Ok(rev))
    });
    Ok(generator(walk.chain(wdir), Direction::Ascending))
}

fn end(ctx: &QueryContext) -> i32 {
    i32::try_from(ctx.changelog().len()).unwrap_or(i32::MAX)
}

fn all_descendants(
    ctx: &QueryContext,
    roots: HashSet<Revision>,
    lowest: Revision,
    first_only: bool,
) -> impl Iterator<Item = Result<Revision>> {
    let mut seen = RevBits::with_len(ctx.changelog().len());
    let from_null = lowest.is_null() && !first_only;
    (lowest.get()..end(ctx)).map(Revision::new).filter_map(move |rev| {
        let count = if first_only { 1 } else { 2 };
        let reached = || {
            let parents = ctx.changelog().parents(rev);
            parents.into_iter().take(count).any(|parent| {
                seen.contains(parent) || (parent.is_null() && lowest.is_null() && first_only)
            })
        };
        if !(from_null || roots.contains(&rev) || reached()) {
            return None;
        }
        seen.insert(rev);
        (!ctx.is_hidden(rev)).then_some(Ok(rev))
    })
}

/// The revisions on paths from `roots` to `heads`.
pub(super) fn reachable<'q>(
    ctx: &'q QueryContext,
    roots: &SmartSet<'q>,
    heads: &SmartSet<'q>,
) -> Result<SmartSet<'q>> {
    let mut heads = heads.to_vec()?;
    let roots = roots.to_vec()?;
    let mut found = Vec::new();
    if let Some(at) = heads.iter().position(|rev| rev.is_wdir()) {
        heads.swap_remove(at);
        let parents = ctx.wdir_parents()?;
        let before = heads.len();
        heads.extend(parents.into_iter().filter(|rev| !rev.is_null()));
        let below = reachable_revs(ctx, &roots, &heads);
        let joined = roots.iter().any(|rev| rev.is_wdir())
            || heads[before..].iter().any(|parent| below.contains(parent));
        found.extend(joined.then_some(Revision::WDIR));
        found.extend(below);
    } else {
        found = reachable_revs(ctx, &roots, &heads);
    }
    found.sort_unstable();
    found.dedup();
    Ok(SmartSet::from_list(found).sorted(false))
}

fn reachable_revs(ctx: &QueryContext, roots: &[Revision], heads: &[Revision]) -> Vec<Revision> {
    if heads.is_empty() || roots.is_empty() {
        return Vec::new();
    }
    if roots.iter().any(|rev| rev.is_null()) {
        let heads = heads.iter().copied();
        let all = ctx.changelog().ancestor_set(heads);
        return std::iter::once(Revision::NULL).chain(all.iter()).collect();
    }
    let roots: RevBits = roots.iter().copied().collect();
    ctx.changelog().reachable(&roots, heads, true).iter().collect()
}

/// The children of the members of a set, ascending.
pub(super) fn children<'q>(ctx: &'q QueryContext, set: &SmartSet<'q>) -> Result<Vec<Revision>> {
    let parents: HashSet<Revision> = set.iter().collect::<Result<_>>()?;
    let Some(lowest) = parents.iter().min() else {
        return Ok(Vec::new());
    };
    if lowest.is_wdir() {
        return Ok(Vec::new());
    }
    let is_child = |rev: &Revision| {
        let [p1, p2] = ctx.changelog().parents(*rev);
        parents.contains(&p1) || (!p2.is_null() && parents.contains(&p2))
    };
    let candidates = (lowest.get() + 1..end(ctx)).map(Revision::new);
    Ok(candidates.filter(is_child).filter(|rev| !ctx.is_hidden(*rev)).collect())
}

/// The descendant `steps` generations on, if there is one; each step must have no alternative.
pub(super) fn only_descendant(
    ctx: &QueryContext,
    mut rev: Revision,
    steps: u64,
) -> Result<Option<Revision>> {
    for _ in 0..steps {
        if rev.is_wdir() {
            return Ok(None);
        }
        let children = ctx.changelog().children(rev);
        let mut children = children.into_iter().filter(|child| !ctx.is_hidden(*child));
        let Some(child) = children.next() else {
            return Ok(None);
        };
        if children.next().is_some() {
            let message = "revision in set has more than one child";
            return Err(Error::new(hg_types::ErrorKind::UnknownRevision, message));
        }
        rev = child;
    }
    Ok(Some(rev))
}

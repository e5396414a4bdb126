//! What a bisection tests next.

use std::collections::{HashMap, HashSet};

use hg_store::revlog::RevBits;
use hg_types::{Error, Node, Result, Revision};

use crate::context::QueryContext;

use super::State;

/// The outcome of a step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Step {
    /// What to test next; once nothing is left, what the search has narrowed down to.
    pub revs: Vec<Revision>,
    /// How many changesets may still be the one; 0 at the end.
    pub remaining: usize,
    /// Whether the first good changeset is looked for, not the first bad one.
    pub looks_for_good: bool,
}

fn revs(ctx: &QueryContext, nodes: &[Node]) -> Vec<Revision> {
    nodes.iter().filter_map(|node| ctx.changelog().find(node)).collect()
}

/// What may still be the one when the lowest of `tops` has what `known` have not; nothing when it
/// does not descend from them.
fn candidates(ctx: &QueryContext, tops: &[Node], known: &[Node]) -> Option<Vec<Revision>> {
    let known = revs(ctx, known);
    let top = revs(ctx, tops).into_iter().min()?;
    let mut found = ctx.changelog().missing_ancestors([top], known.iter().copied());
    if !known.iter().any(|rev| rev.is_null()) {
        let below = ctx.changelog().descendant_set(known);
        found.retain(|rev| below.contains(*rev));
    }
    (found.last() == Some(&top)).then_some(found)
}

fn confused(ctx: &QueryContext, state: &State) -> Error {
    if state.good.len() == 1 && state.bad.len() == 1 && state.good != state.bad {
        return Error::abort("starting revisions are not directly related");
    }
    let rev = revs(ctx, &state.good).into_iter().min().unwrap_or(Revision::NULL);
    let node = String::from_utf8_lossy(&ctx.node(rev).short()).into_owned();
    Error::abort(format!("inconsistent state, {rev}:{node} is good and bad"))
}

/// Chooses the changeset whose test halves what is left best.
///
/// # Errors
/// When the state makes no sense.
pub fn next(ctx: &QueryContext, state: &State) -> Result<Step> {
    let (candidates, looks_for_good) = match candidates(ctx, &state.bad, &state.good) {
        Some(found) => (found, false),
        None => match candidates(ctx, &state.good, &state.bad) {
            Some(found) => (found, true),
            None => return Err(confused(ctx, state)),
        },
    };
    let skip: HashSet<Revision> = revs(ctx, &state.skip).into_iter().collect();
    let total = candidates.len();
    let top = candidates.last().copied().unwrap_or(Revision::NULL);
    let testable = |rev: &Revision| !skip.contains(rev) && *rev != top;
    if total == 1 || !candidates.iter().any(testable) {
        return Ok(Step { revs: candidates, remaining: 0, looks_for_good });
    }
    let perfect = total / 2;
    let mut best: Option<(usize, Revision)> = None;
    count_ancestors(ctx, &candidates, |rev, above| {
        if skip.contains(&rev) {
            return true;
        }
        let value = above.min(total - above);
        if best.is_none_or(|(most, _)| value > most) {
            best = Some((value, rev));
        }
        value != perfect
    });
    let chosen = best.map_or(top, |(_, rev)| rev);
    Ok(Step { revs: vec![chosen], remaining: total, looks_for_good })
}

/// Tells `visit` how many candidates each candidate descends from, itself included, lowest first, as
/// long as it says yes.
fn count_ancestors(
    ctx: &QueryContext,
    candidates: &[Revision],
    mut visit: impl FnMut(Revision, usize) -> bool,
) {
    let position: HashMap<Revision, usize> =
        candidates.iter().enumerate().map(|(at, rev)| (*rev, at)).collect();
    let parents = |rev: Revision| {
        let parents = ctx.changelog().parents(rev);
        parents.into_iter().filter_map(|parent| position.get(&parent).copied()).collect::<Vec<_>>()
    };
    // A set is handed on to the last child that needs it, so that few are kept at a time.
    let mut waiting = vec![0u32; candidates.len()];
    for &rev in candidates {
        parents(rev).into_iter().for_each(|at| waiting[at] += 1);
    }
    let mut sets: HashMap<usize, (RevBits, usize)> = HashMap::new();
    for (at, &rev) in candidates.iter().enumerate() {
        let mut own: Option<(RevBits, usize)> = None;
        for parent in parents(rev) {
            waiting[parent] -= 1;
            let of_parent = match waiting[parent] {
                0 => sets.remove(&parent),
                _ => sets.get(&parent).cloned(),
            };
            own = match (own, of_parent) {
                (Some((mut set, _)), Some((more, _))) => {
                    set.union_with(&more);
                    let count = set.count();
                    Some((set, count))
                }
                (one, other) => one.or(other),
            };
        }
        let (mut set, mut count) = own.unwrap_or_default();
        count += usize::from(set.insert(Revision::from_index(at)));
        if !visit(rev, count) {
            return;
        }
        if waiting[at] > 0 {
            sets.insert(at, (set, count));
        }
    }
}

/// When the search ends on a merge of which one side was not tested: where both sides part.
#[must_use]
pub fn extend(ctx: &QueryContext, state: &State, step: &Step) -> Option<Revision> {
    let [found] = step.revs[..] else {
        return None;
    };
    let [p1, p2] = ctx.changelog().parents(found);
    if p2.is_null() {
        return None;
    }
    let side = if step.looks_for_good { &state.bad } else { &state.good };
    let tested = [p1, p2].iter().filter(|parent| side.contains(&ctx.node(**parent))).count();
    (tested == 1).then(|| ctx.changelog().ancestor(p1, p2))
}

//! From an optimised tree to a set: the operators.

use hg_types::{Error, Result, Revision};

use crate::context::QueryContext;
use crate::parser::{Tree, list_items};

use super::args::{clamped, integer, integer_range, parse_error, symbol};
use super::predicates;
use super::smartset::{SmartSet, SpanSet};
use super::walk;

/// Whose order a set has to follow.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// It sets the order itself.
    Define,
    /// That of the set it is intersected with.
    Follow,
    /// The order does not matter.
    Any,
}

impl Order {
    /// The order of the right-hand side of an intersection.
    pub(super) fn of_right_side(self) -> Self {
        if self == Self::Any { Self::Any } else { Self::Follow }
    }
}

/// The whole repository, as far as it is visible.
#[must_use]
pub fn full(ctx: &QueryContext) -> SmartSet<'_> {
    SmartSet::Span(SpanSet::full(ctx.changelog().len(), ctx.hidden().clone()))
}

/// Evaluates against the whole repository, in whatever order the expression has.
///
/// # Errors
/// When the expression makes no sense or names what is not there.
pub fn eval_all<'q>(ctx: &'q QueryContext, tree: &Tree) -> Result<SmartSet<'q>> {
    eval(ctx, full(ctx), tree, Order::Define)
}

/// Evaluates what an expression has in common with `subset`.
///
/// # Errors
/// When the expression makes no sense or names what is not there.
pub fn eval<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    tree: &Tree,
    order: Order,
) -> Result<SmartSet<'q>> {
    let (kind, children) = match tree {
        Tree::Nothing => return Err(parse_error("missing argument")),
        Tree::Leaf(_, name) => return name_set(ctx, subset, name),
        Tree::Node(kind, children) => (*kind, &children[..]),
    };
    match (kind, children) {
        ("and", [left, right]) => {
            let subset = eval(ctx, subset, left, order)?;
            eval(ctx, subset, right, order.of_right_side())
        }
        ("andsmally", [left, right]) => {
            let subset = eval(ctx, subset, right, order.of_right_side())?;
            eval(ctx, subset, left, order)
        }
        ("difference", [left, right]) => {
            let set = eval(ctx, subset.clone(), left, order)?;
            Ok(set.without(eval(ctx, subset, right, Order::Any)?))
        }
        ("not", [operand]) => Ok(subset.clone().without(eval(ctx, subset, operand, Order::Any)?)),
        ("or", [operands]) => union(ctx, subset, list_items(operands), order),
        ("range", [first, last]) => {
            let first = eval_all(ctx, first)?;
            let last = eval_all(ctx, last)?;
            // A range without a start is empty, whatever looking for its end would meet.
            match first.first()? {
                None => Ok(SmartSet::empty()),
                first => range(ctx, subset, (first, last.last()?), order),
            }
        }
        ("rangeall", _) => range(ctx, subset, (Some(Revision::new(0)), Some(ctx.tip())), order),
        ("rangepre", [last]) => {
            let last = eval_all(ctx, last)?.last()?;
            range(ctx, subset, (Some(Revision::new(0)), last), order)
        }
        ("rangepost", [first]) => {
            let first = eval_all(ctx, first)?.first()?;
            range(ctx, subset, (first, Some(ctx.tip())), order)
        }
        ("dagrange", [roots, heads]) => {
            let (roots, heads) = (eval_all(ctx, roots)?, eval_all(ctx, heads)?);
            Ok(subset.and(walk::reachable(ctx, &roots, &heads)?))
        }
        ("parentpost", [set]) => parent(ctx, subset, set, 1, false),
        ("parent", [set, number]) => {
            const COMPLAINT: &str = "^ expects a number 0, 1, or 2";
            match integer(number, COMPLAINT)? {
                number @ 0..=2 => parent(ctx, subset, set, clamped(number), number == 1),
                _ => Err(parse_error(COMPLAINT)),
            }
        }
        ("ancestor", [set, number]) => {
            let steps = clamped(integer(number, "~ expects a number")?);
            generation(ctx, subset, set, steps)
        }
        ("relation", [set, name]) => relation(ctx, subset, set, name, None),
        ("relsubscript", [set, name, bounds]) => relation(ctx, subset, set, name, Some(bounds)),
        ("subscript", _) => Err(parse_error("can't use a subscript in this context")),
        ("list", _) => Err(parse_error("can't use a list in this context")
            .hint("see 'hg help \"revsets.x or y\"'")),
        ("keyvalue", _) => Err(parse_error("can't use a key-value pair in this context")),
        ("func", [name, arguments]) => {
            let name = symbol(name, "not a symbol")?;
            predicates::call(ctx, name, subset, arguments, order)
        }
        _ => Err(Error::new(
            hg_types::ErrorKind::Programming,
            format!("revset operation '{kind}' cannot be evaluated"),
        )),
    }
}

/// The one revision that a name stands for.
fn name_set<'q>(ctx: &QueryContext, subset: SmartSet<'q>, name: &[u8]) -> Result<SmartSet<'q>> {
    if name.is_empty() {
        return Err(parse_error("empty string is not a valid revision"));
    }
    let rev = super::symbols::resolve_in_set(ctx, name)?;
    let outside = rev.is_null() || rev.is_wdir();
    let member = subset.contains(rev)? || outside && subset.is_full();
    Ok(if member { SmartSet::from_list(vec![rev]) } else { SmartSet::empty() })
}

fn union<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    operands: &[Tree],
    order: Order,
) -> Result<SmartSet<'q>> {
    if order == Order::Follow {
        let all = union(ctx, full(ctx), operands, Order::Any)?;
        return Ok(subset.and(all));
    }
    match operands {
        [] => Ok(SmartSet::empty()),
        [one] => eval(ctx, subset, one, order),
        _ => {
            // Balanced, so that long unions do not nest deeply.
            let (left, right) = operands.split_at(operands.len() / 2);
            let left = union(ctx, subset.clone(), left, order)?;
            Ok(left.plus(union(ctx, subset, right, order)?))
        }
    }
}

/// The revisions between two numbers.
fn range<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    ends: (Option<Revision>, Option<Revision>),
    order: Order,
) -> Result<SmartSet<'q>> {
    let (Some(first), Some(last)) = ends else {
        return Ok(SmartSet::empty());
    };
    let span =
        |start: i32, end: i32| SmartSet::Span(SpanSet::new(start, end, ctx.hidden().clone()));
    let len = i32::try_from(ctx.changelog().len()).unwrap_or(i32::MAX);
    let set = if first == last {
        SmartSet::from_list(vec![first])
    } else if last.is_wdir() {
        span(first.get(), len).plus(SmartSet::from_list(vec![last]))
    } else if first.is_wdir() {
        SmartSet::from_list(vec![first]).plus(span(len - 1, last.get() - 1))
    } else if first < last {
        span(first.get(), last.get() + 1)
    } else {
        span(first.get(), last.get() - 1)
    };
    Ok(if order == Order::Define { set.and(subset) } else { subset.and(set) })
}

/// `set^n`; the parent of a root is null when it is asked for by number.
fn parent<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    set: &Tree,
    number: i64,
    with_null: bool,
) -> Result<SmartSet<'q>> {
    let mut found = Vec::new();
    for rev in eval_all(ctx, set)?.iter() {
        let rev = rev?;
        match number {
            0 => found.push(rev),
            _ => {
                let parent = ctx.parents(rev)?[if number == 1 { 0 } else { 1 }];
                found.extend(Some(parent).filter(|parent| with_null || !parent.is_null()));
            }
        }
    }
    Ok(subset.among(found))
}

/// `set~n`.
fn generation<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    set: &Tree,
    steps: i64,
) -> Result<SmartSet<'q>> {
    let mut found = Vec::new();
    for rev in eval_all(ctx, set)?.iter() {
        let mut rev = rev?;
        if steps < 0 {
            found.extend(walk::only_descendant(ctx, rev, steps.unsigned_abs())?);
            continue;
        }
        for _ in 0..steps {
            if rev.is_null() {
                break;
            }
            rev = ctx.parents(rev)?[0];
        }
        found.push(rev);
    }
    Ok(subset.among(found))
}

/// Bounds that mean "without limit".
const UNLIMITED: (i128, i128) = (i128::MIN, i128::MAX);

/// `set#generations` and `set#generations[range]`.
fn relation<'q>(
    ctx: &'q QueryContext,
    subset: SmartSet<'q>,
    set: &Tree,
    name: &Tree,
    bounds: Option<&Tree>,
) -> Result<SmartSet<'q>> {
    let name = symbol(name, "not a symbol")?;
    if !matches!(name, b"g" | b"generations") {
        return Err(predicates::unknown(name, &[b"generations"]));
    }
    let (first, last) = match bounds {
        None => UNLIMITED,
        Some(bounds) => integer_range(
            bounds,
            "relation subscript must be an integer or a range",
            "relation subscript bounds must be integers",
            UNLIMITED,
        )?,
    };
    let depth = |limit: i128| {
        let limited = limit != UNLIMITED.0 && limit != UNLIMITED.1;
        limited.then(|| u64::try_from(limit.unsigned_abs()).unwrap_or(u64::MAX))
    };
    if first > last && first.signum() != last.signum() {
        return Ok(SmartSet::empty());
    }
    let members = eval_all(ctx, set)?;
    if members.is_empty()? {
        return Ok(SmartSet::empty());
    }
    // Generations before the set have negative numbers.
    let ancestors = |from: i128, to: i128| {
        walk::ancestors(
            ctx,
            &members,
            depth(to).unwrap_or(0),
            depth(from).map(|last| last.saturating_add(1)),
            false,
        )
    };
    let descendants = |from: i128, to: i128| {
        walk::descendants(
            ctx,
            &members,
            depth(from).unwrap_or(0),
            depth(to).map(|last| last.saturating_add(1)),
            false,
        )
    };
    if last <= 0 {
        return Ok(subset.and(ancestors(first, last)?));
    }
    if first >= 0 {
        return Ok(subset.and(descendants(first, last)?));
    }
    let both = ancestors(first, 0)?.plus(descendants(0, last)?);
    Ok(subset.and(both))
}

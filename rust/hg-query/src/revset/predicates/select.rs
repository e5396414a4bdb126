//! Predicates that choose from a set or change its order.

use hg_types::{Error, ErrorKind, Result, Revision};

use crate::parser::Tree;
use crate::revset::args::{
    arguments, integer, integer_range, keyword_arguments, no_arguments, parse_error,
};
use crate::revset::eval::{Order, eval, eval_all, full};
use crate::revset::smartset::{BaseSet, Hidden, Repr, SmartSet, SpanSet};

use super::Call;

/// `all()`
pub(super) fn all<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "all")?;
    let len = i32::try_from(call.ctx.changelog().len()).unwrap_or(i32::MAX);
    let hidden: Hidden = call.ctx.hidden().clone();
    Ok(call.subset.and(SmartSet::Span(SpanSet::new(0, len, hidden))))
}

/// `none()`
pub(super) fn none<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "none")?;
    Ok(SmartSet::empty())
}

/// `limit(set[, n[, offset]])`, also `first`.
pub(super) fn limit<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let Call { ctx, subset, order, .. } = call;
    let arguments = keyword_arguments(call.arguments, "limit", "set n offset")?;
    let Some(set) = arguments.get("set") else {
        return Err(parse_error("limit requires one to three arguments"));
    };
    let number = |name, default: i128, complaint| {
        arguments.get(name).map_or(Ok(default), |tree| integer(tree, complaint))
    };
    let count = number("n", 1, "limit expects a number")?;
    let count = u128::try_from(count).map_err(|_| parse_error("negative number to select"))?;
    let offset = number("offset", 0, "limit expects a number")?;
    let offset = u128::try_from(offset).map_err(|_| parse_error("negative offset"))?;
    let chosen = eval_all(ctx, set)?.slice(offset, offset.saturating_add(count))?;
    if order == Order::Follow && count > 1 {
        return Ok(subset.and(chosen));
    }
    Ok(chosen.and(subset))
}

/// `last(set[, n])`
pub(super) fn last<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let Call { ctx, subset, order, .. } = call;
    let arguments = arguments(call.arguments, 1..=2, "last requires one or two arguments")?;
    let count = match arguments.get(1) {
        Some(count) => integer(count, "last expects a number")?,
        None => 1,
    };
    let count = u128::try_from(count).map_err(|_| parse_error("negative number to select"))?;
    let chosen = eval_all(ctx, &arguments[0])?.reversed().slice(0, count)?;
    if order == Order::Follow && count > 1 {
        return Ok(subset.and(chosen));
    }
    Ok(chosen.reversed().and(subset))
}

/// `max(set)`
pub(super) fn max<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    extreme(call, "max", SmartSet::max)
}

/// `min(set)`
pub(super) fn min<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    extreme(call, "min", SmartSet::min)
}

fn extreme<'q>(
    call: Call<'q, '_>,
    name: &'static str,
    pick: fn(&SmartSet<'q>) -> Result<Option<Revision>>,
) -> Result<SmartSet<'q>> {
    let subset = call.subset;
    let set = eval_all(call.ctx, call.arguments)?;
    let found = match pick(&set)? {
        Some(rev) if subset.contains(rev)? => vec![rev],
        _ => Vec::new(),
    };
    let describe = move || Repr::of(name, [subset.repr(), set.repr()]);
    Ok(SmartSet::Base(BaseSet::from_list(found).described(std::rc::Rc::new(describe))))
}

/// Null and the working directory are outside of every span.
pub(super) fn is_virtual(rev: Revision) -> bool {
    rev.is_null() || rev.is_wdir()
}

/// `present(set)`
pub(super) fn present<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    match eval(call.ctx, call.subset, call.arguments, call.order) {
        Err(error) if is_unknown(&error) => Ok(SmartSet::empty()),
        result => result,
    }
}

fn is_unknown(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::UnknownRevision | ErrorKind::HiddenRevision)
}

/// `reverse(set)`
pub(super) fn reverse<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let set = eval(call.ctx, call.subset, call.arguments, call.order)?;
    Ok(if call.order == Order::Define { set.reversed() } else { set })
}

/// `revset(set)`
pub(super) fn revset<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    eval(call.ctx, call.subset, call.arguments, call.order)
}

/// `expectsize(set[, size])`
pub(super) fn expect_size<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let arguments = keyword_arguments(call.arguments, "expectsize", "set size")?;
    let (Some(set), Some(size)) = (arguments.get("set"), arguments.get("size")) else {
        return Err(parse_error("invalid set of arguments"));
    };
    let defaults = (0, i128::try_from(call.ctx.changelog().len()).unwrap_or(i128::MAX - 1) + 1);
    let (least, most) = integer_range(
        size,
        "expectsize requires a size range or a positive integer",
        "size range bounds must be integers",
        defaults,
    )?;
    if least < 0 || most < 0 {
        return Err(parse_error("negative size"));
    }
    let result = eval(call.ctx, full(call.ctx), set, call.order)?;
    let len = result.len()?;
    let count = i128::try_from(len).unwrap_or(i128::MAX);
    if (least..=most).contains(&count) {
        return Ok(match call.order {
            Order::Follow => call.subset.and(result),
            _ => result.and(call.subset),
        });
    }
    let expected = match least == most {
        true => format!("expected {least}"),
        false => format!("expected between {least} and {most}"),
    };
    let message = format!("revset size mismatch. {expected}, got {len}");
    Err(Error::new(ErrorKind::UnknownRevision, message))
}

/// The set that an optional argument stands for; everything without one.
pub(super) fn set_or_all<'q>(
    ctx: &'q crate::context::QueryContext,
    tree: &Tree,
) -> Result<SmartSet<'q>> {
    match tree {
        Tree::Nothing => Ok(crate::revset::eval::full(ctx)),
        tree => eval_all(ctx, tree),
    }
}

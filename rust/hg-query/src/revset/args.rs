//! The arguments of predicates.

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use crate::parser::{Arguments, Tree, build_args, list_items};

/// A syntax error without a place.
pub(crate) fn parse_error(message: impl Into<Vec<u8>>) -> Error {
    Error::parse(message, None)
}

/// The text of a string or a symbol.
pub(crate) fn string<'t>(tree: &'t Tree, complaint: &str) -> Result<&'t [u8]> {
    tree.text().ok_or_else(|| parse_error(complaint))
}

/// The text of a symbol.
pub(crate) fn symbol<'t>(tree: &'t Tree, complaint: &str) -> Result<&'t [u8]> {
    tree.as_symbol().ok_or_else(|| parse_error(complaint))
}

/// A number as Python reads it; one that is too large is as good as the largest.
pub(crate) fn parse_int(text: &[u8]) -> Option<i128> {
    let text = text.trim().to_str().ok()?.replace('_', "");
    text.parse().map_or_else(
        |error: std::num::ParseIntError| match error.kind() {
            std::num::IntErrorKind::PosOverflow => Some(i128::MAX),
            std::num::IntErrorKind::NegOverflow => Some(i128::MIN),
            _ => None,
        },
        Some,
    )
}

/// The number that a string or symbol spells.
pub(crate) fn integer(tree: &Tree, complaint: &str) -> Result<i128> {
    parse_int(string(tree, complaint)?).ok_or_else(|| parse_error(complaint))
}

/// A number of steps, generations or lines: more than there can be is as good as any.
pub(crate) fn clamped(number: i128) -> i64 {
    i64::try_from(number).unwrap_or(if number < 0 { i64::MIN } else { i64::MAX })
}

/// The arguments of a call, when their number is allowed.
pub(crate) fn arguments<'t>(
    tree: &'t Tree,
    allowed: std::ops::RangeInclusive<usize>,
    complaint: &str,
) -> Result<&'t [Tree]> {
    let items = list_items(tree);
    if allowed.contains(&items.len()) { Ok(items) } else { Err(parse_error(complaint)) }
}

/// Refuses any argument.
pub(crate) fn no_arguments(tree: &Tree, name: &str) -> Result<()> {
    match tree {
        Tree::Nothing => Ok(()),
        _ => Err(parse_error(format!("{name} takes no arguments"))),
    }
}

/// Positional and keyword arguments.
pub(crate) fn keyword_arguments(
    tree: &Tree,
    name: &str,
    declaration: &'static str,
) -> Result<Arguments> {
    build_args(tree, name, declaration)
}

/// Both ends of a range, absent where it is open.
type Ends<'t> = (Option<&'t Tree>, Option<&'t Tree>);

/// The ends of `a:b`, `a:`, `:b`, `:`.
pub(crate) fn range<'t>(tree: &'t Tree, complaint: &str) -> Result<Ends<'t>> {
    match (tree.kind(), tree.children()) {
        ("rangeall", _) => Ok((None, None)),
        ("rangepre", [last]) => Ok((None, Some(last))),
        ("rangepost", [first]) => Ok((Some(first), None)),
        ("range", [first, last]) => Ok((Some(first), Some(last))),
        _ => Err(parse_error(complaint)),
    }
}

/// A range of numbers, or one number as both ends.
pub(crate) fn integer_range(
    tree: &Tree,
    complaint: &str,
    bound_complaint: &str,
    defaults: (i128, i128),
) -> Result<(i128, i128)> {
    if tree.text().is_some() {
        let number = integer(tree, complaint)?;
        return Ok((number, number));
    }
    let (first, last) = range(tree, complaint)?;
    let bound = |tree: Option<&Tree>, default| {
        tree.map_or(Ok(default), |tree| integer(tree, bound_complaint))
    };
    Ok((bound(first, defaults.0)?, bound(last, defaults.1)?))
}

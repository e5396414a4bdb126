//! What revision a name, a number or a part of a node id stands for.

use hg_store::revlog::PrefixMatch;
use hg_types::{Error, ErrorKind, Node, NodePrefix, Result, Revision};

use crate::context::QueryContext;
use crate::names;

use super::args::parse_int;

/// The revision that `name` stands for.
///
/// # Errors
/// When it is unknown, hidden or ambiguous.
pub fn resolve(ctx: &QueryContext, name: &[u8]) -> Result<Revision> {
    match name {
        b"." => return Ok(ctx.wdir_parents()?[0]),
        b"tip" => return Ok(ctx.tip()),
        b"null" => return Ok(Revision::NULL),
        _ => {}
    }
    let unknown = || {
        let message = [b"unknown revision '", name, b"'"].concat();
        Error::new(ErrorKind::UnknownRevision, message)
    };
    if let Some(found) = number(ctx, name) {
        return visible(ctx, found, name);
    }
    if name.len() == 40
        && let Some(node) = Node::from_hex(name)
    {
        if node == Node::WDIR {
            return Ok(Revision::WDIR);
        }
        if let Some(rev) = ctx.changelog().find(&node) {
            return visible(ctx, rev, name);
        }
    }
    if let Some(node) = names::find(ctx, name)?
        && let Some(rev) = ctx.changelog().find(&node)
    {
        return visible(ctx, rev, name);
    }
    if let Some(rev) = prefix(ctx, name)? {
        return visible(ctx, rev, name);
    }
    Err(unknown())
}

/// The revision that `name` stands for in an expression.
///
/// # Errors
/// As [`resolve`], where an ambiguous prefix is told in the words of the storage.
pub fn resolve_in_set(ctx: &QueryContext, name: &[u8]) -> Result<Revision> {
    resolve(ctx, name).map_err(|error| in_words_of_storage(error, name))
}

/// The complaint about the ambiguous prefix `name` as the storage has it.
pub(super) fn in_words_of_storage(error: Error, name: &[u8]) -> Error {
    match error.kind {
        ErrorKind::AmbiguousPrefix => {
            let digits = name.strip_prefix(b"x").unwrap_or(name);
            let message = [b"00changelog@", digits, b": ambiguous identifier"].concat();
            Error::new(ErrorKind::AmbiguousPrefix, message)
        }
        _ => error,
    }
}

/// Whether `name` stands for a revision.
///
/// # Errors
/// When it cannot be found out.
pub fn is_revision(ctx: &QueryContext, name: &[u8]) -> Result<bool> {
    match resolve(ctx, name) {
        Ok(_) => Ok(true),
        Err(error) => match error.kind {
            ErrorKind::UnknownRevision | ErrorKind::HiddenRevision => Ok(false),
            _ => Err(error),
        },
    }
}

/// A number in its plain form; negative ones count from the end.
fn number(ctx: &QueryContext, name: &[u8]) -> Option<Revision> {
    let value = parse_int(name)?;
    if value.to_string().as_bytes() != name {
        return None;
    }
    if value == i128::from(Revision::WDIR.get()) {
        return Some(Revision::WDIR);
    }
    let len = i128::try_from(ctx.changelog().len()).ok()?;
    let at = if value < 0 { value + len } else { value };
    (0..len).contains(&at).then(|| i32::try_from(at).ok().map(Revision::new))?
}

/// The only revision whose node id starts with the digits of `name`.
pub(crate) fn prefix(ctx: &QueryContext, name: &[u8]) -> Result<Option<Revision>> {
    let digits = match name.strip_prefix(b"x") {
        Some(digits) => digits,
        None => name,
    };
    if digits.is_empty() {
        return disambiguate(ctx, None, name);
    }
    let Some(prefix) = NodePrefix::from_hex(digits) else { return Ok(None) };
    // Hidden changesets count: a prefix must not change its meaning when something is hidden.
    let found = ctx.changelog().find_prefix(&prefix, |_| true);
    let working = digits.iter().all(|c| matches!(c, b'f' | b'F'));
    match found {
        PrefixMatch::Many => disambiguate(ctx, Some(&prefix), name),
        PrefixMatch::One(_) if working => disambiguate(ctx, Some(&prefix), name),
        PrefixMatch::One(rev) => Ok(Some(rev)),
        PrefixMatch::None => Ok(working.then_some(Revision::WDIR)),
    }
}

fn ambiguous(name: &[u8]) -> Error {
    let message = [b"ambiguous revision identifier: ", name].concat();
    Error::new(ErrorKind::AmbiguousPrefix, message)
}

/// Of several matches the only one among the revisions that the configuration prefers; without prefix all match.
fn disambiguate(
    ctx: &QueryContext,
    prefix: Option<&NodePrefix>,
    name: &[u8],
) -> Result<Option<Revision>> {
    let Some(within) = ctx.config.get("experimental", "revisions.disambiguatewithin") else {
        return Err(ambiguous(name));
    };
    let within = within.to_vec();
    let mut matching = Vec::new();
    for rev in super::any_revs(ctx, &[within], None)?.iter() {
        let rev = rev?;
        if prefix.is_none_or(|prefix| prefix.matches(&ctx.node(rev))) {
            matching.push(rev);
        }
    }
    match &matching[..] {
        [only] => Ok(Some(*only)),
        _ => Err(ambiguous(name)),
    }
}

fn visible(ctx: &QueryContext, rev: Revision, name: &[u8]) -> Result<Revision> {
    if ctx.is_hidden(rev) { Err(names::hidden_error(ctx, rev, name)) } else { Ok(rev) }
}

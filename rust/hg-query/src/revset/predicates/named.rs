//! Predicates that ask for bookmarks, tags and branches.

use std::collections::BTreeSet;

use hg_types::{Error, ErrorKind, Result, Revision};

use crate::context::QueryContext;
use crate::names::{self, Namespace};
use crate::parser::quote;
use crate::pattern::StringPattern;
use crate::revset::args::{arguments, no_arguments, string};
use crate::revset::eval::eval_all;
use crate::revset::smartset::{Condition, SmartSet};

use super::{Call, quoted};

fn missing(kind: &str, name: &[u8]) -> Error {
    let message = [kind.as_bytes(), b" '", name, b"' does not exist"].concat();
    Error::new(ErrorKind::UnknownRevision, message)
}

/// The revisions of the names that match; those that are unknown here are left out.
fn matching_names(
    ctx: &QueryContext,
    space: Namespace,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<(bool, BTreeSet<Revision>)> {
    let mut any = false;
    let mut revs = BTreeSet::new();
    for (name, nodes) in space.all(ctx)? {
        if wanted(&name) {
            any = true;
            revs.extend(nodes.iter().filter_map(|node| ctx.changelog().find(node)));
        }
    }
    revs.retain(|rev| !rev.is_null() && !ctx.is_hidden(*rev));
    Ok((any, revs))
}

fn of_space<'q>(call: Call<'q, '_>, name: &str, space: Namespace) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = arguments(call.arguments, 0..=1, &format!("{name} takes one or no arguments"))?;
    let Some(pattern) = arguments.first() else {
        let (_, revs) = matching_names(ctx, space, |_| true)?;
        return Ok(call.subset.among(revs));
    };
    let given = string(pattern, &format!("the argument to {name} must be a string"))?;
    let pattern = StringPattern::whole(given)?;
    if pattern.is_literal() {
        // A name may also be `.`, the active bookmark, or `tip`.
        let plain = given == &pattern.text[..];
        let text = if plain { expand(ctx, space, &pattern.text)? } else { pattern.text.clone() };
        let (any, revs) = matching_names(ctx, space, |name| name == &text[..])?;
        if !any && space == Namespace::Tags && text == b"tip" {
            return Ok(call.subset.among([ctx.tip()]));
        }
        if !any {
            return Err(missing(name, &pattern.text));
        }
        return Ok(call.subset.among(revs));
    }
    let (_, mut revs) = matching_names(ctx, space, |name| pattern.matches(name))?;
    if space == Namespace::Tags && pattern.matches(b"tip") {
        revs.insert(ctx.tip());
    }
    Ok(call.subset.among(revs))
}

fn expand(ctx: &QueryContext, space: Namespace, name: &[u8]) -> Result<Vec<u8>> {
    if space != Namespace::Bookmarks || name != b"." {
        return Ok(name.to_vec());
    }
    let bookmarks = ctx.repo.bookmarks()?;
    let active = bookmarks.active().ok_or_else(|| {
        Error::new(ErrorKind::UnknownRevision, "no active bookmark".as_bytes().to_vec())
    })?;
    Ok(ctx.encoding.local(active).into_owned())
}

/// `bookmark([name])`
pub(super) fn bookmark<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_space(call, "bookmark", Namespace::Bookmarks)
}

/// `tag([name])`
pub(super) fn tag<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_space(call, "tag", Namespace::Tags)
}

/// `named(namespace)`
pub(super) fn named<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = arguments(call.arguments, 1..=1, "named requires a namespace argument")?;
    let text = string(&arguments[0], "the argument to named must be a string")?;
    let pattern = StringPattern::whole(text)?;
    let spaces: Vec<_> = Namespace::ALL
        .into_iter()
        .filter(|space| pattern.matches(space.name().as_bytes()))
        .collect();
    if spaces.is_empty() && pattern.is_literal() {
        return Err(missing("namespace", text));
    }
    let mut all = BTreeSet::new();
    for space in spaces {
        all.extend(matching_names(ctx, space, |_| true)?.1);
    }
    Ok(call.subset.among(all))
}

/// `head()`
pub(super) fn head<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "head")?;
    let branches = call.ctx.repo.branchmap()?;
    let heads: Vec<_> = branches.iter().flat_map(|(_, heads)| heads.to_vec()).collect();
    Ok(call.subset.and(SmartSet::from_set(heads)))
}

/// `branch(string or set)`
pub(super) fn branch<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    if let Some(text) = call.arguments.text() {
        let pattern = StringPattern::whole(text)?;
        let literal = pattern.is_literal();
        if !literal || ctx.repo.branchmap()?.contains(&ctx.encoding.from_local(&pattern.text)?) {
            let description = [b"branch ", &quoted(text)[..]].concat();
            let test = move |rev| Ok(pattern.matches(&names::branch(ctx, rev)?));
            return Ok(call.subset.filter(Condition::described(description, test)));
        }
        if text.starts_with(b"literal:") {
            return Err(missing("branch", &pattern.text));
        }
    }
    let set = eval_all(ctx, call.arguments)?;
    let mut branches = BTreeSet::new();
    for rev in set.iter() {
        branches.insert(names::branch(ctx, rev?)?);
    }
    let shown: Vec<Vec<u8>> = branches.iter().map(|name| quote(name)).collect();
    let description = [b"branch [", &shown.join(&b", "[..])[..], b"]"].concat();
    let test = move |rev| Ok(set.contains(rev)? || branches.contains(&names::branch(ctx, rev)?));
    Ok(call.subset.filter(Condition::described(description, test)))
}

//! Predicates that name revisions one by one.

use std::collections::HashSet;

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Node, Result, Revision};

use crate::context::QueryContext;
use crate::revset::args::{arguments, integer, parse_error, parse_int, string};
use crate::revset::eval::{Order, full};
use crate::revset::smartset::SmartSet;
use crate::revset::symbols;

use super::Call;
use super::select::is_virtual;

type Resolve = fn(&QueryContext, &[u8]) -> Result<Revision>;

/// The revisions that a text lists; names each once, numbers and ids as often as they are there.
fn listed<'q>(call: Call<'q, '_>, once: bool, resolve: Resolve) -> Result<SmartSet<'q>> {
    let text = string(call.arguments, "internal error")?;
    // The slow way takes the order of the subset.
    let subset = match call.order {
        Order::Follow => full(call.ctx),
        _ => call.subset.clone(),
    };
    let everything = subset.is_full();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    for name in text.split(|&c| c == 0).filter(|_| !text.is_empty()) {
        let rev = resolve(call.ctx, name)?;
        if once && !seen.insert(rev) {
            continue;
        }
        if subset.contains(rev)? || (once && everything && is_virtual(rev)) {
            found.push(rev);
        }
    }
    let list = SmartSet::from_list(found);
    Ok(if call.order == Order::Follow { call.subset.and(list) } else { list })
}

/// `_list("a\0b")`: what `a + b` is optimised to.
pub(super) fn list<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    listed(call, true, |ctx, name| {
        if name.is_empty() {
            return Err(parse_error("empty string is not a valid revision"));
        }
        symbols::resolve_in_set(ctx, name)
    })
}

/// `_intlist("1\02")`
pub(super) fn int_list<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    listed(call, false, |_, name| {
        let number = parse_int(name).and_then(|number| i32::try_from(number).ok());
        number.map(Revision::new).ok_or_else(|| parse_error("internal error"))
    })
}

/// `_hexlist("<node>\0<node>")`
pub(super) fn hex_list<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    listed(call, false, |ctx, name| {
        let node = Node::from_hex(name).ok_or_else(|| parse_error("internal error"))?;
        if node == Node::WDIR {
            return Ok(Revision::WDIR);
        }
        let rev = ctx.changelog().rev(&node)?;
        if ctx.is_hidden(rev) {
            return Err(Error::abort([b"00changelog@", name, b": filtered node"].concat()));
        }
        Ok(rev)
    })
}

/// `rev(number)`
pub(super) fn rev<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let number = number_argument(&call)?;
    match visible_revision(call.ctx, number) {
        Some(rev) => Ok(call.subset.and(SmartSet::from_list(vec![rev]))),
        None => Ok(SmartSet::empty()),
    }
}

/// `_rev(number)`: what `%d` stands for, a revision that must be there.
pub(super) fn existing_rev<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let number = number_argument(&call)?;
    match visible_revision(call.ctx, number) {
        Some(rev) => Ok(call.subset.and(SmartSet::from_list(vec![rev]))),
        None => {
            let message = format!("unknown revision '{number}'");
            Err(Error::new(ErrorKind::UnknownRevision, message))
        }
    }
}

fn number_argument(call: &Call<'_, '_>) -> Result<i128> {
    let [number] = arguments(call.arguments, 1..=1, "rev requires one argument")? else {
        return Err(parse_error("rev requires one argument"));
    };
    string(number, "rev requires a number")?;
    integer(number, "rev expects a number")
}

fn visible_revision(ctx: &QueryContext, number: i128) -> Option<Revision> {
    let rev = i32::try_from(number).ok().map(Revision::new)?;
    let exists = rev.index().is_some_and(|at| at < ctx.changelog().len()) && !ctx.is_hidden(rev);
    (rev.is_null() || rev.is_wdir() || exists).then_some(rev)
}

/// `id(string)`
pub(super) fn id<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let [digits] = arguments(call.arguments, 1..=1, "id requires one argument")? else {
        return Err(parse_error("id requires one argument"));
    };
    let digits = string(digits, "id requires a string")?;
    match by_id(call.ctx, digits) {
        Some(rev) if !call.ctx.is_hidden(rev) => {
            Ok(SmartSet::from_list(vec![rev]).and(call.subset))
        }
        _ => Ok(SmartSet::empty()),
    }
}

/// The revision with an id or the start of one; nothing when that is unclear.
fn by_id(ctx: &QueryContext, digits: &[u8]) -> Option<Revision> {
    if digits.len() == 40 {
        let node = Node::from_hex(digits)?;
        return if node == Node::WDIR { Some(Revision::WDIR) } else { ctx.changelog().find(&node) };
    }
    symbols::prefix(ctx, digits).ok().flatten()
}

/// `nodefromfile(path)`
pub(super) fn node_from_file<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let path = string(call.arguments, "nodefromfile require a file path")?;
    let full_path = hg_match::join_path(&call.ctx.cwd, path);
    let text = std::fs::read(full_path.to_path_lossy()).map_err(|error| {
        let reason = hg_vfs::os_message(&error);
        let start = [b"cannot open nodes file \"", path, b"\": "].concat();
        Error::abort([&start[..], reason.as_ref()].concat())
    })?;
    let lines = text.lines().map(<[u8]>::trim_ascii);
    let revs: Vec<_> = lines
        .filter_map(|line| by_id(call.ctx, line))
        .filter(|rev| !call.ctx.is_hidden(*rev))
        .collect();
    Ok(call.subset.and(SmartSet::from_set(revs)))
}

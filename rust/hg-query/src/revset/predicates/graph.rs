//! Predicates that ask the graph.

use std::collections::HashSet;

use hg_types::{Error, Result, Revision};

use crate::context::QueryContext;
use crate::parser::{Tree, list_items};
use crate::revset::args::{
    arguments, clamped, integer, keyword_arguments, no_arguments, parse_error,
};
use crate::revset::eval::eval_all;
use crate::revset::smartset::{Condition, SmartSet};
use crate::revset::walk;

use super::Call;

/// `ancestor(*changeset)`
pub(super) fn ancestor<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let mut common: Option<Revision> = None;
    for set in list_items(call.arguments) {
        for rev in eval_all(ctx, set)?.iter() {
            let rev = rev?;
            common = Some(match common {
                None => rev,
                Some(before) => common_ancestor(ctx, before, rev)?,
            });
        }
    }
    match common {
        Some(rev) if call.subset.contains(rev)? => Ok(SmartSet::from_list(vec![rev])),
        _ => Ok(SmartSet::empty()),
    }
}

/// The best common ancestor of two revisions, either of which may be the working directory.
fn common_ancestor(ctx: &QueryContext, a: Revision, b: Revision) -> Result<Revision> {
    if a == b {
        return Ok(a);
    }
    let (wdir, other) = if a.is_wdir() { (a, b) } else { (b, a) };
    if !wdir.is_wdir() {
        return Ok(ctx.changelog().ancestor(a, b));
    }
    let [p1, p2] = ctx.wdir_parents()?;
    let first = ctx.changelog().ancestor(p1, other);
    let second = if p2.is_null() { Revision::NULL } else { ctx.changelog().ancestor(p2, other) };
    Ok(first.max(second))
}

/// `ancestors(set[, depth])`
pub(super) fn ancestors<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let (set, start, stop) = generations(&call, "ancestors")?;
    if set.is_empty()? {
        return Ok(SmartSet::empty());
    }
    Ok(call.subset.and(walk::ancestors(call.ctx, &set, start, stop, false)?))
}

/// `descendants(set[, depth])`
pub(super) fn descendants<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let (set, start, stop) = generations(&call, "descendants")?;
    if set.is_empty()? {
        return Ok(SmartSet::empty());
    }
    Ok(call.subset.and(walk::descendants(call.ctx, &set, start, stop, false)?))
}

/// `_firstancestors(set)`: along first parents.
pub(super) fn first_ancestors<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let set = eval_all(call.ctx, call.arguments)?;
    if set.is_empty()? {
        return Ok(SmartSet::empty());
    }
    Ok(call.subset.and(walk::ancestors(call.ctx, &set, 0, None, true)?))
}

/// `_firstdescendants(set)`: along first parents.
pub(super) fn first_descendants<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let set = eval_all(call.ctx, call.arguments)?;
    if set.is_empty()? {
        return Ok(SmartSet::empty());
    }
    Ok(call.subset.and(walk::descendants(call.ctx, &set, 0, None, true)?))
}

/// The set, the first generation wanted, and the first not wanted.
fn generations<'q>(call: &Call<'q, '_>, name: &str) -> Result<(SmartSet<'q>, u64, Option<u64>)> {
    let arguments = keyword_arguments(call.arguments, name, "set depth startdepth")?;
    let Some(set) = arguments.get("set") else {
        return Err(parse_error(format!("{name} takes at least 1 argument")));
    };
    let number = |argument: &str| -> Result<Option<u64>> {
        let Some(tree) = arguments.get(argument) else {
            return Ok(None);
        };
        let number = clamped(integer(tree, &format!("{name} expects an integer {argument}"))?);
        let negative = |_| parse_error(format!("negative {argument}"));
        u64::try_from(number).map(Some).map_err(negative)
    };
    let start = number("startdepth")?.unwrap_or(0);
    let stop = number("depth")?.map(|last| last.saturating_add(1));
    Ok((eval_all(call.ctx, set)?, start, stop))
}

/// `branchpoint()`
pub(super) fn branch_point<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "branchpoint")?;
    let Some(lowest) = call.subset.min()? else {
        return Ok(SmartSet::empty());
    };
    let ctx = call.ctx;
    let cl = ctx.changelog();
    // Two are as good as many.
    let mut counts = vec![0u8; cl.len()];
    for rev in cl.revs().filter(|rev| *rev > lowest && !ctx.is_hidden(*rev)) {
        for parent in cl.parents(rev) {
            if let Some(count) = parent.index().and_then(|at| counts.get_mut(at)) {
                *count = count.saturating_add(1);
            }
        }
    }
    let test = move |rev: Revision| {
        Ok(rev.index().and_then(|at| counts.get(at)).is_some_and(|count| *count > 1))
    };
    Ok(call.subset.filter(Condition::described("branchpoint", test)))
}

/// `children(set)`
pub(super) fn children<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let set = eval_all(call.ctx, call.arguments)?;
    let mut children = walk::children(call.ctx, &set)?;
    if !call.subset.is_full() {
        if call.subset.contains(Revision::WDIR)? && !set.is_empty()? {
            refuse_wdir(Revision::WDIR)?;
        }
        for rev in std::mem::take(&mut children) {
            if call.subset.contains(rev)? {
                children.push(rev);
            }
        }
    }
    Ok(call.subset.and(SmartSet::from_set(children)))
}

/// `commonancestors(set)`
pub(super) fn common_ancestors<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let set = eval_all(call.ctx, call.arguments)?;
    if set.is_empty()? {
        return Ok(SmartSet::empty());
    }
    let mut subset = call.subset;
    for rev in set.iter() {
        let one = SmartSet::from_list(vec![rev?]);
        subset = subset.and(walk::ancestors(call.ctx, &one, 0, None, false)?);
    }
    Ok(subset)
}

/// `heads(commonancestors(set))`
pub(super) fn common_ancestor_heads<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let revs = eval_all(call.ctx, call.arguments)?.to_vec()?;
    let mut known = Vec::new();
    for rev in revs {
        match rev.is_wdir() {
            true => known.extend(call.ctx.wdir_parents()?.into_iter().filter(|p| !p.is_null())),
            false => known.push(rev),
        }
    }
    let heads = call.ctx.changelog().common_ancestor_heads(&known);
    Ok(call.subset.and(SmartSet::from_list(heads.into_iter().collect())))
}

/// `heads(set)`
pub(super) fn heads<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let members = eval_all(call.ctx, call.arguments)?.to_vec()?;
    let mut heads: HashSet<Revision> = members.iter().copied().collect();
    for &rev in &members {
        for parent in call.ctx.parents(rev)? {
            heads.remove(&parent);
        }
    }
    Ok(call.subset.and(SmartSet::from_set(heads)))
}

/// `roots(set)`
pub(super) fn roots<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let set = eval_all(ctx, call.arguments)?;
    let members = set.clone();
    let test = move |rev: Revision| {
        if rev.is_null() {
            return Ok(true);
        }
        let [p1, p2] = ctx.parents(rev)?;
        Ok(!members.contains(p1)? && (p2.is_null() || !members.contains(p2)?))
    };
    Ok(call.subset.and(set.filter(Condition::described("roots", test))))
}

/// `merge()`
pub(super) fn merge<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "merge")?;
    let ctx = call.ctx;
    let test = move |rev: Revision| Ok(!ctx.parents(rev)?[1].is_null());
    Ok(call.subset.filter(Condition::described("merge", test)))
}

/// `only(set[, set])`
pub(super) fn only<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = arguments(call.arguments, 1..=2, "only takes one or two arguments")?;
    let sets = arguments.iter().map(|set| eval_all(ctx, set)).collect::<Result<Vec<_>>>()?;
    let mut include = sets[0].to_vec()?;
    let excluded = sets.get(1).map(SmartSet::to_vec).transpose()?;
    // What both name is not looked at any further.
    if let Some(excluded) = &excluded {
        let excluded: HashSet<_> = excluded.iter().collect();
        include.retain(|rev| !excluded.contains(rev));
    }
    if include.is_empty() {
        let is_alone = excluded.is_none();
        return Ok(if is_alone { SmartSet::empty() } else { call.subset.among(Vec::new()) });
    }
    include.iter().try_for_each(|&rev| refuse_wdir(rev))?;
    let cl = ctx.changelog();
    let exclude: Vec<Revision> = match excluded {
        Some(excluded) => {
            excluded.iter().try_for_each(|&rev| refuse_wdir(rev))?;
            excluded
        }
        None => {
            let below = cl.descendant_set(include.iter().copied());
            let heads = cl.heads_where(|rev| !ctx.is_hidden(rev));
            let unrelated = |rev: &Revision| !below.contains(*rev) && !include.contains(rev);
            heads.into_iter().filter(unrelated).collect()
        }
    };
    Ok(call.subset.among(cl.missing_ancestors(include, exclude)))
}

/// Complains about the working directory.
pub(super) fn refuse_wdir(rev: Revision) -> Result<()> {
    match rev.is_wdir() {
        true => Err(Error::abort("working directory revision cannot be specified")),
        false => Ok(()),
    }
}

/// `p1([set])`
pub(super) fn p1<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    some_parents(call, &[0])
}

/// `p2([set])`
pub(super) fn p2<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    some_parents(call, &[1])
}

/// `parents([set])`
pub(super) fn parents<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    some_parents(call, &[0, 1])
}

fn some_parents<'q>(call: Call<'q, '_>, which: &[usize]) -> Result<SmartSet<'q>> {
    let children = match call.arguments {
        Tree::Nothing => SmartSet::from_list(vec![Revision::WDIR]),
        set => eval_all(call.ctx, set)?,
    };
    let mut found = Vec::new();
    for child in children.iter() {
        let parents = call.ctx.parents(child?)?;
        found.extend(which.iter().map(|&at| parents[at]).filter(|rev| !rev.is_null()));
    }
    if found.is_empty() && which.len() == 1 && *call.arguments == Tree::Nothing {
        return Ok(SmartSet::empty());
    }
    if which.len() == 1 && *call.arguments == Tree::Nothing {
        return Ok(call.subset.and(SmartSet::from_list(found)));
    }
    Ok(call.subset.among(found))
}

/// The error for what cannot be asked yet.
pub(super) fn unsupported(name: &str) -> Error {
    Error::abort(format!("revset predicate {name}() is not supported"))
}

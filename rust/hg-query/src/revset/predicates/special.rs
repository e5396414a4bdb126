//! Predicates that ask the working directory, obsolescence, unfinished operations and other
//! repositories.

use std::collections::HashSet;

use hg_store::revlog::RevBits;
use hg_types::{Error, Result, Revision};
use hg_wdir::merge::MergeState;

use crate::bisect;
use crate::context::QueryContext;
use crate::parser::{Tree, build_args};
use crate::revset::args::{arguments, no_arguments, string};
use crate::revset::eval::eval_all;
use crate::revset::smartset::SmartSet;
use crate::revset::{SpecArg, format_spec};

use super::Call;
use super::graph::unsupported;

/// `wdir()`
pub(super) fn wdir<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "wdir")?;
    let member = call.subset.is_full() || call.subset.contains(Revision::WDIR)?;
    Ok(if member { SmartSet::from_list(vec![Revision::WDIR]) } else { SmartSet::empty() })
}

fn of_bits<'q>(
    call: Call<'q, '_>,
    name: &str,
    find: impl FnOnce(&QueryContext) -> Result<RevBits>,
) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, name)?;
    let ctx = call.ctx;
    let found = find(ctx)?;
    Ok(call.subset.among_kept(found.iter()))
}

/// `hidden()`
pub(super) fn hidden<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "hidden")?;
    let hidden = call.ctx.repo.filtered_revs(hg_store::View::Visible)?;
    Ok(call.subset.among_kept(hidden.iter()))
}

/// `obsolete()`
pub(super) fn obsolete<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_bits(call, "obsolete", |ctx| ctx.repo.obsolete_revs())
}

/// `orphan()`
pub(super) fn orphan<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_bits(call, "orphan", |ctx| ctx.repo.orphan_revs())
}

/// `phasedivergent()`
pub(super) fn phase_divergent<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_bits(call, "phasedivergent", |ctx| ctx.repo.phase_divergent_revs())
}

/// `contentdivergent()`
pub(super) fn content_divergent<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_bits(call, "contentdivergent", |ctx| ctx.repo.content_divergent_revs())
}

/// `unstable()`
pub(super) fn unstable<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "unstable")?;
    let mut all = call.ctx.repo.orphan_revs()?;
    all.union_with(&call.ctx.repo.phase_divergent_revs()?);
    all.union_with(&call.ctx.repo.content_divergent_revs()?);
    Ok(call.subset.and(SmartSet::from_set(all.iter())))
}

/// `extinct()`
pub(super) fn extinct<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    of_bits(call, "extinct", |ctx| ctx.repo.extinct_revs())
}

/// `successors(set)`
pub(super) fn successors<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let store = ctx.repo.obsstore()?;
    let mut found = HashSet::new();
    for rev in eval_all(ctx, call.arguments)?.iter() {
        let rev = rev?;
        super::graph::refuse_wdir(rev)?;
        let successors = store.all_successors(ctx.node(rev));
        found.extend(successors.iter().filter_map(|node| ctx.changelog().find(node)));
    }
    found.retain(|rev| !ctx.is_hidden(*rev));
    Ok(call.subset.and(SmartSet::from_set(found)))
}

/// `conflictlocal()`
pub(super) fn conflict_local<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "conflictlocal")?;
    let state = MergeState::read(&call.ctx.repo)?;
    conflict_side(call, state.is_active().then(|| state.local()))
}

/// `conflictother()`
pub(super) fn conflict_other<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "conflictother")?;
    let state = MergeState::read(&call.ctx.repo)?;
    conflict_side(call, state.is_active().then(|| state.other()))
}

fn conflict_side<'q>(call: Call<'q, '_>, side: Option<hg_types::Node>) -> Result<SmartSet<'q>> {
    match side.and_then(|node| call.ctx.changelog().find(&node)) {
        Some(rev) => Ok(call.subset.and(SmartSet::from_set([rev]))),
        None => Ok(SmartSet::empty()),
    }
}

/// `bisect(string)`
pub(super) fn bisect<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let status = string(call.arguments, "bisect requires a string")?.to_ascii_lowercase();
    let state = bisect::State::load(&call.ctx.repo)?;
    Ok(call.subset.among(bisect::of_status(call.ctx, &state, &status)?))
}

/// `bundle()`
pub(super) fn bundle<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    if let Some(start) = call.ctx.repo.overlay_start() {
        let revs = (start..call.ctx.changelog().len()).map(hg_types::Revision::from_index);
        return Ok(call.subset.and(SmartSet::from_set(revs)));
    }
    Err(Error::abort("no bundle provided - specify with -R"))
}

/// `extdata(source)`
pub(super) fn extdata<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let arguments = build_args(call.arguments, "extdata", "source")?;
    let complaint = "extdata takes at least 1 string argument";
    let source = string(arguments.get("source").unwrap_or(&Tree::Nothing), complaint)?;
    let found = crate::extdata::read(call.ctx, source)?;
    let revs = found.into_iter().map(|(rev, _)| rev).collect();
    Ok(call.subset.and(SmartSet::from_list(revs)))
}

/// `outgoing([path])`
pub(super) fn outgoing<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let complaint = "outgoing takes one or no arguments";
    let arguments = arguments(call.arguments, 0..=1, complaint)?;
    let path = match arguments.first() {
        Some(path) => Some(string(path, "outgoing requires a repository path")?),
        None => None,
    };
    let Some(remotes) = &call.ctx.remotes else {
        return Err(unsupported("outgoing"));
    };
    let revs = remotes.outgoing(call.ctx, path.filter(|path| !path.is_empty()))?;
    Ok(call.subset.among(revs))
}

/// `remote([id [,path]])`
pub(super) fn remote<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let complaint = "remote takes zero, one, or two arguments";
    let arguments = arguments(call.arguments, 0..=2, complaint)?;
    let name = match arguments.first() {
        Some(name) => string(name, "remote requires a string id")?,
        None => b".",
    };
    let path = match arguments.get(1) {
        Some(path) => Some(string(path, "remote requires a repository path")?),
        None => None,
    };
    let name = match name {
        b"." => crate::names::branch(call.ctx, call.ctx.wdir_parents()?[0])?,
        name => name.to_vec(),
    };
    let Some(remotes) = &call.ctx.remotes else {
        return Err(unsupported("remote"));
    };
    let node = remotes.lookup(call.ctx, &name, path);
    let node = node.map_err(|error| crate::revset::symbols::in_words_of_storage(error, &name))?;
    match call.ctx.changelog().find(&node) {
        Some(rev) if call.subset.contains(rev)? => Ok(SmartSet::from_list(vec![rev])),
        _ => Ok(SmartSet::empty()),
    }
}

/// `stack([revs])`
pub(super) fn stack<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let bases = match call.arguments {
        Tree::Nothing => vec![ctx.wdir_parents()?[0]],
        set => eval_all(ctx, set)?.to_vec()?,
    };
    let spec = format_spec("only(%) and not public() and not ::merge()", &[SpecArg::Revs(&bases)]);
    Ok(call.subset.and(crate::revset::revs(ctx, &spec)?.sorted(false)))
}

/// `_destupdate([clean])`: where `hg update` without a revision goes.
pub(super) fn dest_update<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    build_args(call.arguments, "limit", "clean")?;
    let rev = crate::destination::update(call.ctx, false)?.rev;
    Ok(call.subset.and(SmartSet::from_list(vec![rev])))
}

/// `_destmerge([set])`: what `hg merge` without a revision merges with.
pub(super) fn dest_merge<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let sources = match call.arguments {
        Tree::Nothing => None,
        set => Some(eval_all(call.ctx, set)?.to_vec()?),
    };
    let rev = crate::destination::merge(call.ctx, sources.as_deref())?;
    Ok(call.subset.and(SmartSet::from_list(vec![rev])))
}

//! `hg heads`.

use std::collections::BTreeSet;

use hg_query::QueryContext;
use hg_query::names;
use hg_query::revset::SmartSet;
use hg_types::{Result, Revision};

use crate::changeset_display::{DisplayOptions, Displayer};
use crate::{Command, CommandContext, log, revision, spec};

/// `hg heads`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::HEADS,
    help: "Show the open heads of all branches: changesets without descendants on the same branch. They are
where development goes on, and what can be updated to and merged.

With revisions, only heads of their branches are shown. -c/--closed shows heads that close their
branch too. -r/--rev STARTREV shows only heads that descend from it. -t/--topo shows changesets
without children, whatever their branch.

Returns 0 if there are matching heads, 1 if not.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let query = revision::query(ctx)?;
    let start = match ctx.opts.nonempty("rev") {
        Some(spec) => Some(hg_query::revset::rev_single(&query, Some(spec), b".")?),
        None => None,
    };
    let mut heads = match ctx.opts.flag("topo") {
        true => topological_heads(&query, start)?,
        false => branch_heads(ctx, &query, start)?,
    };
    if !ctx.args.is_empty() {
        keep_branches(ctx, &query, start, &mut heads)?;
    }
    if heads.is_empty() {
        return Ok(1);
    }
    let heads: Vec<Revision> = heads.into_iter().rev().collect();
    let options = DisplayOptions::from_opts(&ctx.opts);
    ctx.ui.pager("heads")?;
    let display = Displayer::of(&ctx.ui, &query.repo, options)?;
    log::show_list(ctx, &SmartSet::from_list(heads), display)?;
    Ok(0)
}

type Heads = BTreeSet<Revision>;

fn descend_from(query: &QueryContext, start: Option<Revision>, heads: &mut Heads) {
    if let Some(start) = start {
        heads.retain(|head| query.changelog().is_ancestor(start, *head));
    }
}

fn topological_heads(query: &QueryContext, start: Option<Revision>) -> Result<Heads> {
    let mut heads: Heads = query.repo.heads()?.into_iter().collect();
    descend_from(query, start, &mut heads);
    Ok(heads)
}

fn branch_heads(
    ctx: &CommandContext,
    query: &QueryContext,
    start: Option<Revision>,
) -> Result<Heads> {
    let closed = ctx.opts.flag("closed");
    let branches = query.repo.branchmap()?;
    let mut heads = Heads::new();
    for name in branches.names() {
        match closed {
            true => heads.extend(branches.heads(name)),
            false => heads.extend(branches.open_heads(name)),
        }
    }
    descend_from(query, start, &mut heads);
    Ok(heads)
}

/// Keeps the heads of the branches of the revisions named.
fn keep_branches(
    ctx: &CommandContext,
    query: &QueryContext,
    start: Option<Revision>,
    heads: &mut Heads,
) -> Result<()> {
    let mut wanted = BTreeSet::new();
    for rev in revision::range(query, &ctx.args)?.iter() {
        wanted.insert(names::branch(query, rev?)?);
    }
    let mut found = BTreeSet::new();
    let mut kept = Heads::new();
    for &head in &*heads {
        let branch = names::branch(query, head)?;
        if wanted.contains(&branch) {
            kept.insert(head);
            found.insert(branch);
        }
    }
    if ctx.opts.flag("active") {
        let active = topological_heads(query, start)?;
        kept.retain(|head| active.contains(head));
        found.clear();
        for &head in &kept {
            found.insert(names::branch(query, head)?);
        }
    }
    *heads = kept;
    let headless: Vec<&[u8]> = wanted.difference(&found).map(Vec::as_slice).collect();
    if !headless.is_empty() {
        let mut message = b"no open branch heads found on branches ".to_vec();
        message.extend(headless.join(&b", "[..]));
        if let Some(start) = ctx.opts.nonempty("rev") {
            message.extend([b" (started at ", start, b")"].concat());
        }
        message.push(b'\n');
        ctx.ui.warn(message);
    }
    Ok(())
}

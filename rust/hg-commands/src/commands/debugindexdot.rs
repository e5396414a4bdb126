//! `hg debugindexdot`.

use std::collections::BTreeSet;

use bstr::ByteSlice as _;
use hg_store::revlog::Revlog;
use hg_types::{Error, Result, Revision};

use crate::changeset_display::by_template;
use crate::storage::{Storage, open_revlog};
use crate::{Command, CommandContext, revision, spec};

/// `hg debugindexdot`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGINDEXDOT,
    help: "Write the graph of a revlog in the language of graphviz.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let of_changelog = ctx.opts.flag("changelog");
    if ctx.opts.given("template") && !of_changelog {
        return Err(Error::abort("-T/--template is only supported for -c/--changelog"));
    }
    let storage = open_revlog(ctx, ctx.args.first().map(|file| &file[..]))?;
    ctx.ui.write("digraph G {\n");
    for line in ctx.opts.list("include") {
        ctx.ui.write([b"\t", &line[..], b"\n"].concat());
    }
    if ctx.opts.list("rev").is_empty() {
        show_all(ctx, &storage.revlog)?;
    } else {
        show_some(ctx, &storage)?;
    }
    ctx.ui.write("}\n");
    Ok(0)
}

fn show_all(ctx: &CommandContext, revlog: &Revlog) -> Result<()> {
    if ctx.opts.given("template") {
        let label = labels(ctx)?;
        for rev in revlog.revs() {
            show_node(ctx, rev, &[&label(rev)?]);
        }
    }
    for rev in revlog.revs() {
        let [p1, p2] = revlog.parents(rev);
        ctx.ui.write(format!("\t{p1} -> {rev}\n"));
        if !p2.is_null() {
            ctx.ui.write(format!("\t{p2} -> {rev}\n"));
        }
    }
    Ok(())
}

/// The revisions that `--rev` chooses, with what `--common` adds.
fn show_some(ctx: &CommandContext, storage: &Storage) -> Result<()> {
    let revlog = &storage.revlog;
    let mut shown = BTreeSet::new();
    if ctx.opts.flag("changelog") {
        let query = revision::query(ctx)?;
        shown.extend(revision::range(&query, ctx.opts.list("rev"))?.to_vec()?);
    } else {
        for name in ctx.opts.list("rev") {
            shown.insert(storage.lookup(name)?);
        }
    }
    let mut common = BTreeSet::new();
    if ctx.opts.flag("common") {
        let heads: Vec<Revision> = shown.iter().copied().collect();
        common.extend(revlog.common_ancestor_heads(&heads));
        common.retain(|rev| !rev.is_null() && !shown.contains(rev));
        shown.extend(&common);
    }
    let label = if ctx.opts.given("template") { Some(labels(ctx)?) } else { None };
    for &rev in &shown {
        let mut attributes = Vec::new();
        if let Some(label) = &label {
            attributes.push(label(rev)?);
        }
        if common.contains(&rev) {
            attributes.push(b"style=filled".to_vec());
        }
        let attributes: Vec<&[u8]> = attributes.iter().map(Vec::as_slice).collect();
        show_node(ctx, rev, &attributes);
    }
    for &rev in &shown {
        show_edges(ctx, revlog, rev, &shown);
    }
    Ok(())
}

/// Edges from parents; dashed ones from the nearest shown ancestors behind parents that are not shown.
fn show_edges(ctx: &CommandContext, revlog: &Revlog, rev: Revision, shown: &BTreeSet<Revision>) {
    let mut direct = BTreeSet::new();
    let mut ahead = Vec::new();
    for parent in revlog.parents(rev) {
        if shown.contains(&parent) {
            direct.insert(parent);
        } else if !parent.is_null() {
            ahead.push(parent);
        }
    }
    let mut seen = BTreeSet::new();
    let mut distant = BTreeSet::new();
    while let Some(next) = ahead.pop() {
        for parent in revlog.parents(next) {
            if shown.contains(&parent) {
                distant.insert(parent);
            } else if !parent.is_null() && seen.insert(parent) {
                ahead.push(parent);
            }
        }
    }
    for parent in &direct {
        ctx.ui.write(format!("\t{parent} -> {rev}\n"));
    }
    for ancestor in distant.difference(&direct) {
        ctx.ui.write(format!("\t{ancestor} -> {rev} [style=dashed]\n"));
    }
}

fn show_node(ctx: &CommandContext, rev: Revision, attributes: &[&[u8]]) {
    let mut line = format!("\t{rev}").into_bytes();
    if !attributes.is_empty() {
        line.extend([b" [", &attributes.join(&b", "[..])[..], b"]"].concat());
    }
    line.push(b'\n');
    ctx.ui.write(line);
}

/// What a template says about a changeset, as an attribute.
fn labels(ctx: &CommandContext) -> Result<impl Fn(Revision) -> Result<Vec<u8>>> {
    let template = ctx.opts.bytes("template").unwrap_or_default().to_vec();
    let repo = ctx.repo()?.clone();
    let ui = ctx.ui.clone();
    let hidden = repo.hidden_revs()?;
    Ok(move |rev| {
        if hidden.contains(rev) {
            return Err(Error::abort(format!("filtered revision '{rev}'")));
        }
        let text = by_template(&ui, &repo, rev, &template)?;
        Ok([b"label=\"", &text.replace(b"\"", b"\\\"")[..], b"\""].concat())
    })
}

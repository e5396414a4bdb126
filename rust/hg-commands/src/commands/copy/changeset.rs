//! `--at-rev`: copies that a changeset records already or should have recorded.

use std::collections::BTreeSet;

use hg_match::canonical_path;
use hg_query::revset::rev_single;
use hg_repo::recopy::{Recopy, recopy};
use hg_types::{Error, Result, Revision};
use hg_vfs::path_to_bytes;
use hg_wdir::copies::{Side, path_copies};
use hg_wdir::manifest_of;

use crate::scope::{Naming, files_in, match_changeset, warn_bad};
use crate::{CommandContext, revision};

/// The changeset that the user asks for; `None` when the command is about the working directory after all.
pub(super) fn asked_for(ctx: &CommandContext) -> Result<Option<Revision>> {
    let Some(spec) = ctx.opts.nonempty("at-rev") else { return Ok(None) };
    let rev = rev_single(&revision::query(ctx)?, Some(spec), b".")?;
    // Upstream takes the first revision for none at all.
    if rev == Revision::from_index(0) {
        return Ok(None);
    }
    if !ctx.opts.flag("after") && !ctx.opts.flag("forget") {
        return Err(Error::input("--at-rev requires --after"));
    }
    Ok(Some(rev).filter(|rev| !rev.is_wdir()))
}

/// Replaces the changeset by one with other copies.
pub(super) fn run(ctx: &CommandContext, rev: Revision) -> Result<()> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("forget") {
        super::check_unmark(ctx)?;
        let rewriting = ctx.rewriting("uncopy")?;
        recopy(repo, rev, &rewriting, &*ctx.ui, || unmarked(ctx, rev))?;
        return Ok(());
    }
    let (destination, patterns) = super::words(ctx)?;
    let rewriting = ctx.rewriting("copy")?;
    recopy(repo, rev, &rewriting, &*ctx.ui, || marked(ctx, rev, destination, patterns))?;
    Ok(())
}

/// The one source and the one target.
fn marked(
    ctx: &CommandContext,
    rev: Revision,
    destination: &[u8],
    patterns: &[Vec<u8>],
) -> Result<Recopy> {
    let repo = ctx.repo()?;
    let cl = repo.changelog()?;
    let node = cl.node(rev);
    let manifest = manifest_of(repo, &node)?;
    let cwd = ctx.cwd();
    let target = canonical_path(repo.root_bytes(), path_to_bytes(&cwd), destination, &|_| Ok(()))?;
    let naming = Naming::relative(ctx, repo);
    let shown = if target.is_empty() { Vec::new() } else { naming.name(&target) };
    if target.is_empty() || manifest.has_dir(&target) {
        let why = b": --at-rev does not support a directory as destination";
        return Err(Error::input([&shown[..], why].concat()));
    }
    if !manifest.contains(&target) {
        let why = b": copy destination does not exist in ";
        return Err(Error::input([&shown[..], why, &node.short()].concat()));
    }
    let parent = cl.parent_nodes(rev)[0];
    let matcher = match_changeset(ctx, patterns, &parent)?;
    let (files, bad) = files_in(&*manifest_of(repo, &parent)?, &parent, &matcher);
    warn_bad(ctx, &naming, &bad);
    let mut files = files.into_iter();
    match (files.next(), files.next()) {
        (None, _) => Err(Error::input("no files to copy")),
        (Some(source), None) => Ok(Recopy::Mark { source, target }),
        _ => Err(Error::input("--at-rev requires a single source")),
    }
}

/// Files that are copies no longer.
fn unmarked(ctx: &CommandContext, rev: Revision) -> Result<Recopy> {
    let repo = ctx.repo()?;
    let cl = repo.changelog()?;
    let (node, parent) = (cl.node(rev), cl.parents(rev)[0]);
    let matcher = match_changeset(ctx, &ctx.args, &node)?;
    let (files, bad) = files_in(&*manifest_of(repo, &node)?, &node, &matcher);
    let copies = path_copies(
        repo,
        &Side::Revision(parent),
        &Side::Revision(rev),
        &hg_match::Matcher::always(),
    )?;
    let mut out = BTreeSet::new();
    for path in files {
        if copies.contains_key(&path) {
            out.insert(path);
        } else if matcher.exact(&path) {
            let why = b": not unmarking as copy - file is not marked as copied\n";
            ctx.ui.warn([path.as_bytes(), why].concat());
        }
    }
    warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
    Ok(Recopy::Unmark(out))
}

//! Making, moving, renaming and deleting bookmarks.

use hg_store::Repo;
use hg_types::{Error, Node, Result};

use super::{expand, unknown};
use crate::{CommandContext, label, revision};

type Changes = Vec<(Vec<u8>, Option<Node>)>;

pub(super) fn delete(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let bookmarks = repo.bookmarks()?;
    let mut changes = Changes::new();
    let mut deactivate = false;
    for arg in &ctx.args {
        let name = expand(ctx, repo, arg)?;
        if bookmarks.get(&name).is_none() {
            return Err(unknown(&ctx.ui.encoding().local(&name)));
        }
        deactivate |= bookmarks.active() == Some(&name);
        changes.push((name, None));
    }
    if deactivate {
        repo.set_active_bookmark(None)?;
    }
    apply(repo, &changes, None)
}

pub(super) fn rename(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let new = match &ctx.args[..] {
        [] => return Err(Error::input("new bookmark name required")),
        [new] => new,
        _ => return Err(Error::input("only one new bookmark name allowed")),
    };
    let old = expand(ctx, repo, ctx.opts.bytes("rename").unwrap_or_default())?;
    let new = checked(ctx, new)?;
    let bookmarks = repo.bookmarks()?;
    let Some(node) = bookmarks.get(&old) else {
        return Err(unknown(&ctx.ui.encoding().local(&old)));
    };
    check_conflict(ctx, repo, &new, None)?;
    let was_active = bookmarks.active() == Some(&old);
    let activate = was_active && !ctx.opts.flag("inactive");
    let active = activate.then_some(Some(&new[..]));
    apply(repo, &[(new.clone(), Some(node)), (old, None)], active)
}

pub(super) fn add(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let inactive = ctx.opts.flag("inactive");
    let current = repo.wdir_parents()[0];
    let target = match ctx.opts.nonempty("rev") {
        Some(spec) => revision::single(ctx, spec)?.node(repo)?,
        None => Node::WDIR,
    };
    let activate = !inactive && target == Node::WDIR;
    let target = if target == Node::WDIR { current } else { target };
    let mut changes = Changes::new();
    let mut first = None;
    for arg in &ctx.args {
        let name = checked(ctx, arg)?;
        first.get_or_insert_with(|| name.clone());
        if inactive && repo.bookmarks()?.active() == Some(&name) {
            repo.set_active_bookmark(None)?;
            continue;
        }
        let obsolete = check_conflict(ctx, repo, &name, Some(target))?;
        changes.extend(obsolete.into_iter().map(|name| (name, None)));
        changes.push((name, Some(target)));
    }
    if changes.is_empty() {
        return Ok(());
    }
    warn_hidden(ctx, repo, target)?;
    let first = first.as_deref();
    let active = if activate && target == current {
        Some(first)
    } else if current != target && repo.bookmarks()?.active() == first {
        Some(None)
    } else {
        None
    };
    apply(repo, &changes, active)
}

/// Changes bookmarks, and which one is active where `active` says so. Hooks see both.
fn apply(
    repo: &Repo,
    changes: &[(Vec<u8>, Option<Node>)],
    active: Option<Option<&[u8]>>,
) -> Result<()> {
    let tr = repo.transaction("bookmark")?;
    repo.change_bookmarks(&tr, changes)?;
    let Some(active) = active else { return tr.close() };
    let before = repo.bookmarks()?.active().map(<[u8]>::to_vec);
    repo.set_active_bookmark(active)?;
    let closed = tr.close();
    if closed.is_err() {
        repo.set_active_bookmark(before.as_deref())?;
    }
    closed
}

fn checked(ctx: &CommandContext, name: &[u8]) -> Result<Vec<u8>> {
    let name = name.trim_ascii();
    label::check_new(name, "bookmark")?;
    Ok(ctx.ui.encoding().from_local(name)?.into_owned())
}

fn warn_hidden(ctx: &CommandContext, repo: &Repo, target: Node) -> Result<()> {
    let Some(rev) = repo.changelog()?.find(&target) else { return Ok(()) };
    let Some(fate) = hg_query::names::hidden_fate(&revision::query(ctx)?, rev)? else {
        return Ok(());
    };
    let short = target.short();
    ctx.ui.warn([b"bookmarking hidden changeset ", &short[..], b"\n"].concat());
    ctx.ui.warn([b"(", &fate[..], b")\n"].concat());
    Ok(())
}

/// Refuses a name that is taken, unless the bookmark may move to `target`. Gives the diverged bookmarks that the
/// change makes superfluous.
fn check_conflict(
    ctx: &CommandContext,
    repo: &Repo,
    name: &[u8],
    target: Option<Node>,
) -> Result<Vec<Vec<u8>>> {
    if ctx.opts.flag("force") {
        return Ok(Vec::new());
    }
    let bookmarks = repo.bookmarks()?;
    let shown = ctx.ui.encoding().local(name).into_owned();
    if let Some(old) = bookmarks.get(name) {
        if let Some(target) = target
            && let Some(obsolete) = moved(ctx, repo, (name, old), target)?
        {
            return Ok(obsolete);
        }
        let message = [b"bookmark '", &shown[..], b"' already exists (use -f to force)"].concat();
        return Err(Error::abort(message));
    }
    if repo.branchmap()?.contains(name) || hg_wdir::branch::read(repo)? == name {
        let message = "a bookmark cannot have the name of an existing branch";
        return Err(Error::abort(message));
    }
    if name.len() > 3 {
        let query = revision::query(ctx)?;
        // What could be several changesets is none.
        if hg_query::revset::is_revision(&query, name).unwrap_or(false) {
            let start = [b"bookmark ", &shown[..], b" matches a changeset hash\n"].concat();
            ctx.ui.warn(start);
            ctx.ui.warn("(did you leave a -r out of an 'hg bookmark' command?)\n");
        }
    }
    Ok(Vec::new())
}

/// What can be deleted when a bookmark moves from its place to `target`; `None` if it may not.
fn moved(
    ctx: &CommandContext,
    repo: &Repo,
    (name, old): (&[u8], Node),
    target: Node,
) -> Result<Option<Vec<Vec<u8>>>> {
    let bookmarks = repo.bookmarks()?;
    if old == target && target == repo.wdir_parents()[0] {
        return Ok(Some(Vec::new()));
    }
    let changelog = repo.changelog()?;
    let (old_rev, rev) = (changelog.rev(&old)?, changelog.rev(&target)?);
    let beside = bookmarks.siblings(name).any(|(_, node)| node == target);
    if beside && !changelog.is_ancestor(old_rev, rev) {
        return Ok(Some(bookmarks.diverged(&[target], name)));
    }
    let obsolete = bookmarks.diverged(&repo.passed_siblings(name, target)?, name);
    if !repo.is_valid_bookmark_move(old_rev, rev)? {
        return Ok(None);
    }
    let shown = ctx.ui.encoding().local(name).into_owned();
    let from = old.short();
    ctx.ui.status([b"moving bookmark '", &shown[..], b"' forward from ", &from, b"\n"].concat());
    Ok(Some(obsolete))
}

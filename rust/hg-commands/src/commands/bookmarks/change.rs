//! Making, moving, renaming and deleting bookmarks.

use std::collections::HashSet;

use hg_store::{Bookmarks, Repo};
use hg_types::{Error, Node, Phase, Result, Revision};

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
    apply(repo, &changes)
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
    apply(repo, &[(new.clone(), Some(node)), (old, None)])?;
    if was_active && !ctx.opts.flag("inactive") {
        repo.set_active_bookmark(Some(&new))?;
    }
    Ok(())
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
    apply(repo, &changes)?;
    let Some(first) = first else { return Ok(()) };
    let bookmarks = repo.bookmarks()?;
    if activate && bookmarks.get(&first) == Some(current) {
        repo.set_active_bookmark(Some(&first))?;
    } else if current != target && bookmarks.active() == Some(&first) {
        repo.set_active_bookmark(None)?;
    }
    Ok(())
}

fn apply(repo: &Repo, changes: &[(Vec<u8>, Option<Node>)]) -> Result<()> {
    let tr = repo.transaction("bookmark")?;
    repo.change_bookmarks(&tr, changes)?;
    tr.close()
}

fn checked(ctx: &CommandContext, name: &[u8]) -> Result<Vec<u8>> {
    let name = name.trim_ascii();
    label::check_new(name, "bookmark")?;
    Ok(ctx.ui.encoding().from_local(name)?.into_owned())
}

fn warn_hidden(ctx: &CommandContext, repo: &Repo, target: Node) -> Result<()> {
    let Some(rev) = repo.changelog()?.find(&target) else { return Ok(()) };
    if rev.is_null() || !repo.is_hidden(rev)? {
        return Ok(());
    }
    let short = target.short();
    ctx.ui.warn([b"bookmarking hidden changeset ", &short[..], b"\n"].concat());
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
        if hg_query::revset::is_revision(&query, name)? {
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
    let siblings: Vec<Node> = bookmarks
        .iter()
        .filter(|(other, _)| stem(other) == stem(name))
        .map(|(_, node)| node)
        .collect();
    let below =
        |node: &Node| changelog.find(node).is_some_and(|other| changelog.is_ancestor(other, rev));
    if !below(&old) && siblings.contains(&target) {
        return Ok(Some(diverged(&bookmarks, &[target], name)));
    }
    let passed: Vec<Node> =
        siblings.into_iter().filter(|node| *node == target || below(node)).collect();
    let obsolete = diverged(&bookmarks, &passed, name);
    if !is_valid_move(repo, old_rev, rev)? {
        return Ok(None);
    }
    let shown = ctx.ui.encoding().local(name).into_owned();
    let from = old.short();
    ctx.ui.status([b"moving bookmark '", &shown[..], b"' forward from ", &from, b"\n"].concat());
    Ok(Some(obsolete))
}

fn stem(name: &[u8]) -> &[u8] {
    name.split(|&c| c == b'@').next().unwrap_or_default()
}

/// The diverged siblings of a bookmark at these changesets.
fn diverged(bookmarks: &Bookmarks, nodes: &[Node], name: &[u8]) -> Vec<Vec<u8>> {
    let wanted = |other: &[u8], node: Node| {
        stem(other) == stem(name)
            && other != b"@"
            && other.contains(&b'@')
            && other != name
            && nodes.contains(&node)
    };
    bookmarks
        .iter()
        .filter(|(other, node)| wanted(other, *node))
        .map(|(other, _)| other.to_vec())
        .collect()
}

/// Whether a bookmark may move on from `old` to `new`: to descendants, or to what replaces them.
fn is_valid_move(repo: &Repo, old: Revision, new: Revision) -> Result<bool> {
    if old == new {
        return Ok(false);
    }
    if old.is_null() {
        return Ok(true);
    }
    let changelog = repo.changelog()?;
    if changelog.is_ancestor(old, new) {
        return Ok(true);
    }
    let store = repo.obsstore()?;
    if store.is_empty() || repo.phases()?.phase(old) == Phase::Public {
        return Ok(false);
    }
    let mut seen: HashSet<Revision> = HashSet::new();
    let mut todo = vec![old];
    while let Some(rev) = todo.pop() {
        if !seen.insert(rev) {
            continue;
        }
        if rev == new {
            return Ok(true);
        }
        let successors = store.all_successors(changelog.node(rev));
        todo.extend(successors.iter().filter_map(|node| changelog.find(node)));
        todo.extend(changelog.children(rev));
    }
    Ok(false)
}

//! Where `hg update` and `hg merge` go when they are not told.

use std::collections::HashMap;

use hg_store::Bookmarks;
use hg_types::{Error, Node, Phase, Result, Revision};

use crate::context::QueryContext;
use crate::names;

/// Where a plain `hg update` goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UpdateDestination {
    /// The changeset.
    pub rev: Revision,
    /// The active bookmark stands at the working directory's parent: it comes along.
    pub moves_bookmark: bool,
    /// The active bookmark, when the way leads back to it.
    pub returns_to: Option<Vec<u8>>,
}

/// Where `hg update` goes: to what replaces an obsolete parent, back to the active bookmark, or to the
/// newest head above the parent on its branch. With `clean`, a branch name that was only set is
/// forgotten.
///
/// # Errors
/// When a part of the repository cannot be read.
pub fn update(ctx: &QueryContext, clean: bool) -> Result<UpdateDestination> {
    let bookmarks = ctx.repo.bookmarks()?;
    let parent = ctx.wdir_parents()?[0];
    let active = bookmarks.active().and_then(|name| Some((name, bookmarks.get(name)?)));
    let at_parent = active.is_some_and(|(_, node)| node == ctx.node(parent));
    let along = |rev| UpdateDestination { rev, moves_bookmark: at_parent, returns_to: None };
    if let Some(rev) = replacement(ctx, parent)? {
        return Ok(along(rev));
    }
    match active {
        Some((name, node)) if !at_parent => Ok(UpdateDestination {
            rev: ctx.changelog().rev(&node)?,
            moves_bookmark: false,
            returns_to: Some(name.to_vec()),
        }),
        _ => Ok(along(head_above(ctx, parent, clean)?)),
    }
}

/// The newest of what replaces an obsolete changeset; for a pruned one, its nearest ancestor that is
/// not obsolete.
fn replacement(ctx: &QueryContext, parent: Revision) -> Result<Option<Revision>> {
    if parent.is_null() || !is_obsolete(ctx, parent)? {
        return Ok(None);
    }
    if ctx.changelog().children(parent).iter().any(|child| !ctx.is_hidden(*child)) {
        return Ok(None);
    }
    let node = ctx.node(parent);
    let sets = ctx.repo.successors_sets(&node, &mut HashMap::new())?;
    let newest = sets.iter().flatten().filter_map(|node| ctx.changelog().find(node)).max();
    if newest.is_some() {
        return Ok(newest);
    }
    let mut rev = parent;
    while !rev.is_null() && is_obsolete(ctx, rev)? {
        rev = ctx.parents(rev)?[0];
    }
    Ok(Some(rev))
}

fn is_obsolete(ctx: &QueryContext, rev: Revision) -> Result<bool> {
    let store = ctx.repo.obsstore()?;
    Ok(store.has_successors(&ctx.node(rev)) && ctx.repo.phases()?.phase(rev) != Phase::Public)
}

fn head_above(ctx: &QueryContext, parent: Revision, clean: bool) -> Result<Revision> {
    let branch = match clean {
        true => names::branch(ctx, parent)?,
        false => names::branch(ctx, Revision::WDIR)?,
    };
    let stored = ctx.encoding.from_local(&branch)?;
    let branches = ctx.repo.branchmap()?;
    let cl = ctx.changelog();
    if !branches.contains(&stored) {
        if !(parent.is_null() && branch == b"default") {
            // The branch begins here.
            return Ok(parent);
        }
        let closed = |rev: Revision| Ok::<_, Error>(ctx.entry(rev)?.closes_branch());
        for head in ctx.repo.heads()?.into_iter().rev() {
            if head.is_null() || !closed(head)? {
                return Ok(head);
            }
        }
        return Ok(parent);
    }
    let above = |rev: &Revision| parent.is_null() || cl.is_ancestor(parent, *rev);
    let newest = branches.open_heads(&stored).filter(above).max();
    let heads = branches.heads(&stored).iter().copied().filter(above);
    Ok(newest.or_else(|| heads.max()).unwrap_or(parent))
}

/// The other head of the working directory's branch, when there is exactly one; with an active
/// bookmark, its only diverged sibling.
///
/// # Errors
/// When there is none, or more than one.
pub fn merge(ctx: &QueryContext, sources: Option<&[Revision]>) -> Result<Revision> {
    let bookmarks = ctx.repo.bookmarks()?;
    if let Some(active) = bookmarks.active() {
        return merge_bookmark(ctx, &bookmarks, active);
    }
    let from_wdir = sources.is_none();
    let base = match sources {
        None => ctx.wdir_parents()?[0],
        Some([]) => return Err(Error::abort("source set is empty")),
        Some(revs) => revs.iter().copied().max().unwrap_or(Revision::NULL),
    };
    let branch = match from_wdir {
        true => names::branch(ctx, Revision::WDIR)?,
        false => names::branch(ctx, base)?,
    };
    let stored = ctx.encoding.from_local(&branch)?.into_owned();
    let branches = ctx.repo.branchmap()?;
    let heads: Vec<_> = branches.open_heads(&stored).collect();
    if heads.is_empty() {
        let message = [b"no open heads found on branch '", &branch[..], b"'"].concat();
        return Err(Error::abort(message));
    }
    if heads.len() == 1 {
        return Err(no_other_head(ctx, &branch)?);
    }
    if !heads.contains(&base) {
        return Err(Error::abort("working directory not at a head revision")
            .hint("use 'hg update' or merge with an explicit revision"));
    }
    // Who bookmarks a head means it to be merged by name.
    let is_free = |rev: &Revision| *rev != base && bookmarks.names_of(&ctx.node(*rev)).is_empty();
    match heads.iter().copied().filter(is_free).collect::<Vec<_>>()[..] {
        [other] => Ok(other),
        [] => {
            let message = "heads are bookmarked - please merge with an explicit rev";
            Err(Error::abort(message).hint("run 'hg heads' to see all heads, specify rev with -r"))
        }
        _ => {
            let start = [b"branch '", &branch[..], b"' has "].concat();
            let end = format!("{} heads - please merge with an explicit rev", heads.len());
            Err(Error::abort([&start[..], end.as_bytes()].concat())
                .hint("run 'hg heads .' to see heads, specify rev with -r"))
        }
    }
}

fn merge_bookmark(ctx: &QueryContext, bookmarks: &Bookmarks, active: &[u8]) -> Result<Revision> {
    let others: Vec<Node> =
        bookmarks.siblings(active).filter(|(name, _)| *name != active).map(|(_, at)| at).collect();
    let count = match others[..] {
        [node] => return ctx.changelog().rev(&node),
        [] => "no",
        _ => "multiple",
    };
    let message = format!(
        "{count} matching bookmarks to merge - please merge with an explicit rev or bookmark"
    )
    .replace("no matching bookmarks", "no matching bookmark");
    Err(Error::abort(message).hint("run 'hg heads' to see all heads, specify rev with -r"))
}

fn no_other_head(ctx: &QueryContext, branch: &[u8]) -> Result<Error> {
    if ctx.repo.heads()?.len() > 1 {
        let message = [b"branch '", branch, b"' has one head - please merge with an explicit rev"];
        return Ok(Error::abort(message.concat())
            .hint("run 'hg heads' to see all heads, specify rev with -r"));
    }
    if ctx.wdir_parents()?[0] == ctx.tip() {
        return Ok(Error::abort("nothing to merge"));
    }
    Ok(Error::abort("nothing to merge").hint("use 'hg update' instead"))
}

//! Where `hg update` and `hg merge` go when they are not told.

use hg_types::{Error, Result, Revision};

use crate::context::QueryContext;
use crate::names;

/// The newest head below the working directory's parent on its branch.
///
/// # Errors
/// When a part of the repository cannot be read.
pub fn update(ctx: &QueryContext) -> Result<Revision> {
    let parent = ctx.wdir_parents()?[0];
    let branch = names::branch(ctx, Revision::WDIR)?;
    let stored = ctx.encoding.from_local(&branch)?;
    let branches = ctx.repo.branchmap()?;
    let Some((tip, _)) = branches.tip(&stored) else {
        // A new branch: stay, or go to the tip of the default branch.
        if !parent.is_null() {
            return Ok(parent);
        }
        return Ok(branches.tip(b"default").map_or(ctx.tip(), |(rev, _)| rev));
    };
    if parent.is_null() {
        return Ok(tip);
    }
    let cl = ctx.changelog();
    let below = |rev: &Revision| cl.is_ancestor(parent, *rev);
    let open: Vec<_> = branches.open_heads(&stored).filter(below).collect();
    let heads = branches.heads(&stored).iter().copied().filter(below);
    Ok(open.into_iter().max().or_else(|| heads.max()).unwrap_or(parent))
}

/// The other head of the working directory's branch, when there is exactly one.
///
/// # Errors
/// When there is none, or more than one.
pub fn merge(ctx: &QueryContext, sources: Option<&[Revision]>) -> Result<Revision> {
    let from_wdir = sources.is_none();
    let base = match sources {
        None => ctx.wdir_parents()?[0],
        Some(revs) => revs.iter().copied().max().unwrap_or(Revision::NULL),
    };
    let branch = match from_wdir {
        true => names::branch(ctx, Revision::WDIR)?,
        false => names::branch(ctx, base)?,
    };
    let stored = ctx.encoding.from_local(&branch)?.into_owned();
    let branches = ctx.repo.branchmap()?;
    let open: Vec<_> = branches.open_heads(&stored).collect();
    let heads = if open.is_empty() { branches.heads(&stored).to_vec() } else { open };
    if !heads.contains(&base) && from_wdir {
        return Err(Error::abort("working directory not at a head revision")
            .hint("use 'hg update' or merge with an explicit revision"));
    }
    let others: Vec<_> = heads.iter().copied().filter(|rev| *rev != base).collect();
    match &others[..] {
        [other] => Ok(*other),
        [] => Err(no_other_head(ctx, &branch)?),
        _ => {
            let count = heads.len();
            let start = [b"branch '", &branch[..], b"' has "].concat();
            let end = format!("{count} heads - please merge with an explicit rev");
            Err(Error::abort([&start[..], end.as_bytes()].concat())
                .hint("run 'hg heads .' to see heads, specify rev with -r"))
        }
    }
}

fn no_other_head(ctx: &QueryContext, branch: &[u8]) -> Result<Error> {
    if ctx.repo.heads()?.len() > 1 {
        let message = [b"branch '", branch, b"' has one head - please merge with an explicit rev"];
        return Ok(Error::abort(message.concat()).hint("run 'hg heads' to see all heads"));
    }
    if ctx.wdir_parents()?[0] == ctx.tip() {
        return Ok(Error::abort("nothing to merge"));
    }
    Ok(Error::abort("nothing to merge").hint("use 'hg update' instead"))
}

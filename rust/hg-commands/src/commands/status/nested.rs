//! `hg status -S`: what has changed in subrepositories.

use hg_match::Matcher;
use hg_repo::subrepo::{self, State};
use hg_types::{HgPath, HgPathBuf, Result, Revision};
use hg_wdir::{Status, StatusOptions, WorkingDir};

use super::{KINDS, Sides, compare};
use crate::CommandContext;
use crate::nested::{self, Inner, Which};
use crate::revision::Target;

/// Adds what has changed in subrepositories; `matcher` is about the whole tree.
pub(super) fn extend(
    ctx: &CommandContext,
    sides: &Sides,
    matcher: &Matcher,
    options: StatusOptions,
    status: &mut Status,
) -> Result<()> {
    let repo = ctx.repo()?;
    let [before, after] = targets(ctx, sides)?;
    let compared = subrepo::compared(repo, nested::of(repo, before)?, nested::of(repo, after)?)?;
    for (path, state, other) in compared {
        let here = [(path.clone(), state)];
        nested::for_each(ctx, here, (matcher, Which::All), &mut |inner| {
            let found = inner.forgive(of_one(inner, other.as_ref(), options))?;
            add(status, &path, found);
            Ok(())
        })?;
    }
    for kind in &KINDS {
        (kind.list)(status).sort_unstable();
    }
    Ok(())
}

fn of_one(inner: &Inner, other: Option<&State>, options: StatusOptions) -> Result<Status> {
    if let Some(git) = inner.sub.as_git() {
        let other = other.map(|state| state.revision.as_slice());
        return git.status(other, &inner.matcher, options);
    }
    let Some(hg) = inner.sub.as_hg() else { return Ok(Status::default()) };
    let sides = match nested::sides(hg, other)? {
        (before, None) => Sides::Working(before),
        (before, Some(after)) => Sides::Revisions(before, after),
    };
    let ctx = inner.enter(hg);
    let mut wdir = WorkingDir::open(&hg.repo())?;
    let own = crate::scope::match_arguments(&ctx)?;
    let mut status = compare(&mut wdir, &sides, &own, options)?;
    extend(&ctx, &sides, &inner.matcher, options, &mut status)?;
    Ok(status)
}

fn targets(ctx: &CommandContext, sides: &Sides) -> Result<[Target; 2]> {
    let repo = ctx.repo()?;
    Ok(match sides {
        Sides::Parent => {
            let rev = repo.changelog()?.rev(&hg_wdir::parents(repo)?[0])?;
            [Target::of(rev), Target::of(Revision::WDIR)]
        }
        Sides::Working(old) => [*old, Target::WorkingDirectory],
        Sides::Revisions(old, new) => [*old, *new],
    })
}

fn add(status: &mut Status, path: &HgPath, mut found: Status) {
    let full = |file: HgPathBuf| path.join(file.as_bytes());
    for kind in &KINDS {
        let files = std::mem::take((kind.list)(&mut found));
        (kind.list)(status).extend(files.into_iter().map(full));
    }
    status.bad.extend(found.bad.into_iter().map(|(file, why)| (full(file), why)));
}

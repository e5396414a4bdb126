//! Which changesets a graft takes: merges, ancestors and what was grafted before are left out.

use std::collections::HashMap;

use hg_query::QueryContext;
use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

use crate::{CommandContext, revision, rewriting};

/// What is to be grafted.
pub(super) struct Plan {
    /// The changesets, in order.
    pub(super) revs: Vec<Revision>,
}

impl Plan {
    /// Reads the revisions; `None` when nothing is left of them.
    pub(super) fn make(
        ctx: &CommandContext,
        repo: &Repo,
        specs: &[Vec<u8>],
    ) -> Result<Option<Self>> {
        let query: QueryContext = revision::query(ctx)?;
        let mut revs: Vec<Revision> =
            revision::range(&query, specs)?.iter().collect::<Result<_>>()?;
        let cl = repo.changelog()?;
        if let Some(base) = ctx.opts.nonempty("base") {
            let base = revision::changeset(ctx, base)?;
            if revs.len() != 1 {
                return Err(Error::input("only one revision allowed with --base"));
            }
            let _ = base;
        } else {
            drop_merges(ctx, &cl, &mut revs);
        }
        if revs.is_empty() {
            return Ok(None);
        }
        if !ctx.opts.flag("force") {
            let p1 = cl.rev(&hg_wdir::parents(repo)?[0])?;
            drop_ancestors(ctx, repo, &cl, p1, &mut revs)?;
            if revs.is_empty() {
                return Ok(None);
            }
            drop_grafted(ctx, repo, &cl, p1, &mut revs)?;
        }
        Ok((!revs.is_empty()).then_some(Self { revs }))
    }
}

fn drop_merges(ctx: &CommandContext, cl: &Changelog, revs: &mut Vec<Revision>) {
    revs.retain(|&rev| {
        let merge = !cl.parents(rev)[1].is_null();
        if merge {
            ctx.ui.warn(format!("skipping ungraftable merge revision {rev}\n"));
        }
        !merge
    });
}

fn drop_ancestors(
    ctx: &CommandContext,
    repo: &Repo,
    cl: &Changelog,
    p1: Revision,
    revs: &mut Vec<Revision>,
) -> Result<()> {
    let ancestors = cl.ancestor_set([p1]);
    for &rev in revs.iter().filter(|rev| ancestors.contains(**rev)) {
        let shown = rewriting::shown(repo, rev)?;
        ctx.ui.warn([b"skipping ancestor revision ", &shown[..], b"\n"].concat());
    }
    revs.retain(|rev| !ancestors.contains(*rev));
    Ok(())
}

/// Leaves out what stands among the ancestors of the working directory as a copy.
fn drop_grafted(
    ctx: &CommandContext,
    repo: &Repo,
    cl: &Changelog,
    p1: Revision,
    revs: &mut Vec<Revision>,
) -> Result<()> {
    ctx.ui.debug("scanning for duplicate grafts\n");
    // Who is known by which id: the changesets themselves, and their origins.
    let mut known: HashMap<Vec<u8>, Revision> = HashMap::new();
    for &rev in revs.iter() {
        known.insert(cl.node(rev).hex(), rev);
        if let Some(source) = source_of(cl, rev)? {
            known.insert(source, rev);
        }
    }
    let first = revs[0];
    let shown = |rev: Revision| rewriting::shown(repo, rev);
    let mut here: Vec<Revision> = cl.missing_ancestors([p1], [first]).into_iter().collect();
    here.sort_unstable();
    for at in here {
        let source = source_of(cl, at)?;
        let by_source = source.as_ref().and_then(|source| known.get(source).copied());
        if let (Some(source), Some(rev)) = (source, by_source) {
            let Some(place) = revs.iter().position(|known| *known == rev) else { continue };
            let origin = Node::from_hex(&source).and_then(|node| cl.find(&node));
            let text = if Some(rev) == origin {
                let parts = [
                    &b"skipping revision "[..],
                    &shown(rev)?,
                    b" (already grafted to ",
                    &shown(at)?,
                    b")\n",
                ];
                parts.concat()
            } else {
                let origin = match origin {
                    Some(origin) => [b"has origin ", &shown(origin)?[..]].concat(),
                    None => [b"also has unknown origin ", &source[..12.min(source.len())]].concat(),
                };
                let also: &[u8] = if origin.starts_with(b"has") { b" also " } else { b" " };
                let parts = [
                    &b"skipping already grafted revision "[..],
                    &shown(rev)?,
                    b" (",
                    &shown(at)?,
                    also,
                    &origin,
                    b")\n",
                ];
                parts.concat()
            };
            ctx.ui.warn(text);
            revs.remove(place);
        } else if let Some(&rev) = known.get(&cl.node(at).hex())
            && rev != at
            && let Some(place) = revs.iter().position(|known| *known == rev)
        {
            let parts = [
                &b"skipping already grafted revision "[..],
                &shown(rev)?,
                b" (was grafted from ",
                &shown(at)?,
                b")\n",
            ];
            ctx.ui.warn(parts.concat());
            revs.remove(place);
        }
        if revs.is_empty() {
            break;
        }
    }
    Ok(())
}

fn source_of(cl: &Changelog, rev: Revision) -> Result<Option<Vec<u8>>> {
    Ok(cl.entry(rev)?.extra().remove(&b"source"[..]))
}

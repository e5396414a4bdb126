//! `hg debugp1copies`, `hg debugp2copies` and `hg debugpathcopies`.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_format::side_data::Parent;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, HgPathBuf, Node, Result, Revision};
use hg_wdir::copies::{Copies, Side, path_copies, told_in_extras};
use hg_wdir::{WorkingDir, manifest_of};

use crate::revision::Target;
use crate::scope::match_patterns;
use crate::{Command, CommandContext, revision, spec};

/// `hg debugp1copies`.
pub static P1: Command = Command {
    spec: &spec::debug_n_z::DEBUGP1COPIES,
    help: "Show what a changeset says was copied from files of its first parent.",
    run: |ctx| run_parent(ctx, 0),
};

/// `hg debugp2copies`.
pub static P2: Command = Command {
    spec: &spec::debug_n_z::DEBUGP2COPIES,
    help: "Show what a changeset says was copied from files of its second parent.",
    run: |ctx| run_parent(ctx, 1),
};

/// `hg debugpathcopies`.
pub static BETWEEN: Command = Command {
    spec: &spec::debug_n_z::DEBUGPATHCOPIES,
    help: "Show which files of REV2 were copied or renamed from which files of REV1.",
    run: run_between,
};

fn run_parent(ctx: &CommandContext, parent: usize) -> Result<i32> {
    let repo = ctx.repo()?;
    let rev = match ctx.opts.nonempty("rev") {
        Some(spec) => revision::single(ctx, spec)?,
        None => Target::WorkingDirectory,
    };
    let (recorded, parents) = match rev {
        Target::Changeset(rev) => {
            if let Some(told) = told_in_extras(repo, rev)? {
                let side = [Parent::First, Parent::Second][parent];
                let copies = told.into_iter().filter(|(_, (of, _))| *of == side);
                show(ctx, &copies.map(|(path, (_, source))| (path, source)).collect());
                return Ok(0);
            }
            let changelog = repo.changelog()?;
            let parents = changelog.parents(rev).map(|parent| changelog.node(parent));
            (recorded(repo, rev)?, parents)
        }
        Target::WorkingDirectory => {
            let wdir = WorkingDir::open(repo)?;
            let copies = wdir.dirstate().copies()?.into_iter();
            (copies.map(|(to, from)| (to, (from, None))).collect(), wdir.dirstate().parents())
        }
    };
    let manifests = [manifest_of(repo, &parents[0])?, manifest_of(repo, &parents[1])?];
    // What both have the same of was copied from the first.
    let of = |source: &HgPath, node: Option<Node>| {
        let has = |manifest: &Arc<Manifest>| manifest.node(source);
        let same = |manifest: &Arc<Manifest>| node.is_some() && has(manifest) == node;
        let exactly = manifests.iter().position(same);
        exactly.or_else(|| manifests.iter().position(|manifest| has(manifest).is_some()))
    };
    let copies =
        recorded.into_iter().filter(|(_, (source, node))| of(source, *node) == Some(parent));
    show(ctx, &copies.map(|(path, (source, _))| (path, source)).collect());
    Ok(0)
}

/// Copies with the file revision that was copied, as far as it is known.
type Recorded = BTreeMap<HgPathBuf, (HgPathBuf, Option<Node>)>;

/// The copies that file revisions of a changeset tell of.
fn recorded(repo: &Repo, rev: Revision) -> Result<Recorded> {
    let entry = repo.changelog()?.entry(rev)?;
    let manifest = repo.manifest(&entry.manifest())?;
    let mut out = Recorded::new();
    for path in entry.files() {
        let Some(node) = manifest.node(path) else { continue };
        let filelog = repo.filelog(path)?;
        if let Some((source, node)) = filelog.renamed(filelog.rev(&node)?)? {
            out.insert(path.to_owned(), (source, Some(node)));
        }
    }
    Ok(out)
}

fn run_between(ctx: &CommandContext) -> Result<i32> {
    let [old, new, patterns @ ..] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let repo = ctx.repo()?;
    let side = |spec: &[u8]| match revision::single(ctx, spec)? {
        Target::Changeset(rev) => Ok(Side::Revision(rev)),
        Target::WorkingDirectory => WorkingDir::open(repo)?.copies_side(),
    };
    let copies = path_copies(repo, &side(old)?, &side(new)?, &match_patterns(ctx, patterns)?)?;
    show(ctx, &copies);
    Ok(0)
}

fn show(ctx: &CommandContext, copies: &Copies) {
    for (path, source) in copies {
        ctx.ui.write([source.as_bytes(), b" -> ", path.as_bytes(), b"\n"].concat());
    }
}

//! Names of changesets: bookmarks, tags, branches, and what is to be said about hidden ones.

use std::collections::HashMap;

use hg_types::{Error, ErrorKind, Node, Result, Revision};

use crate::context::QueryContext;
use crate::revset::smartset::Hidden;

/// A kind of names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Namespace {
    /// Movable.
    Bookmarks,
    /// Fixed.
    Tags,
    /// Shared by all changesets of a branch.
    Branches,
}

impl Namespace {
    /// All kinds, in the order in which names are looked up.
    pub const ALL: [Self; 3] = [Self::Bookmarks, Self::Tags, Self::Branches];

    /// What users call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bookmarks => "bookmarks",
            Self::Tags => "tags",
            Self::Branches => "branches",
        }
    }

    /// All names (in the user's character set) with the changesets they stand for. A branch
    /// stands for its tip; the tag `tip` is left out.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn all(self, ctx: &QueryContext) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
        let local = |name: &[u8]| ctx.encoding.local(name).into_owned();
        Ok(match self {
            Self::Bookmarks => {
                let marks = ctx.repo.bookmarks()?;
                marks.iter().map(|(name, node)| (local(name), vec![node])).collect()
            }
            Self::Tags => {
                let tags = ctx.repo.tags()?;
                let real = tags.iter().filter(|(name, ..)| *name != b"tip");
                real.map(|(name, node, _)| (local(name), vec![node])).collect()
            }
            Self::Branches => {
                let branches = ctx.repo.branchmap()?;
                let tip = |name| branches.tip(name).map(|(rev, _)| ctx.node(rev));
                branches.names().map(|name| (local(name), Vec::from_iter(tip(name)))).collect()
            }
        })
    }
}

/// The changeset that a bookmark, tag or branch of this name stands for.
pub(crate) fn find(ctx: &QueryContext, name: &[u8]) -> Result<Option<Node>> {
    let Ok(stored) = ctx.encoding.from_local(name) else {
        // No name is called so, but for those that cannot be read either.
        ctx.repo.tags()?;
        return Ok(None);
    };
    if let Some(node) = ctx.repo.bookmarks()?.get(&stored) {
        return Ok(Some(node));
    }
    if let Some(node) = ctx.repo.tags()?.get(&stored) {
        return Ok(Some(node));
    }
    let tip = ctx.repo.branchmap()?.tip(&stored);
    Ok(tip.map(|(rev, _)| ctx.node(rev)))
}

/// The hidden revisions, sorted.
pub(crate) fn hidden_revisions(ctx: &QueryContext) -> Result<Hidden> {
    let hidden = ctx.repo.hidden_revs()?;
    Ok(Hidden::new(hidden.iter().collect()))
}

/// The branch of a revision, in the user's character set.
///
/// # Errors
/// When it cannot be read.
pub fn branch(ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
    if rev.is_wdir() {
        return wdir_branch(ctx);
    }
    if rev.is_null() {
        return Ok(b"default".to_vec());
    }
    let branches = ctx.repo.rev_branches()?;
    Ok(ctx.encoding.local(branches.branch(rev)).into_owned())
}

/// The branch that the user means by a name: a branch's own, or that of the revision it stands for.
///
/// # Errors
/// When it is neither.
pub fn look_up_branch(ctx: &QueryContext, name: &[u8]) -> Result<Vec<u8>> {
    if ctx.repo.branchmap()?.contains(&ctx.encoding.from_local(name)?) {
        return Ok(name.to_vec());
    }
    branch(ctx, crate::revset::symbols::resolve(ctx, name)?)
}

fn wdir_branch(ctx: &QueryContext) -> Result<Vec<u8>> {
    let text = ctx.repo.vfs().try_read("branch")?.unwrap_or_default();
    let name = text.trim_ascii();
    let name = if name.is_empty() { b"default" } else { name };
    Ok(ctx.encoding.local(name).into_owned())
}

/// The error for a revision that exists but is hidden.
pub(crate) fn hidden_error(ctx: &QueryContext, rev: Revision, name: &[u8]) -> Error {
    let fate = fate(ctx, rev).unwrap_or_default();
    let message = [b"hidden revision '", name, b"'", &fate[..]].concat();
    Error::new(ErrorKind::HiddenRevision, message).hint("use --hidden to access hidden revisions")
}

/// `hidden revision '0123456789ab' is pruned` for a changeset that only `--hidden` shows.
///
/// # Errors
/// When a part of the repository cannot be read.
pub fn hidden_fate(ctx: &QueryContext, rev: Revision) -> Result<Option<Vec<u8>>> {
    if rev.is_null() || !ctx.repo.filtered_revs(hg_store::View::Visible)?.contains(rev) {
        return Ok(None);
    }
    let short = ctx.node(rev).short();
    let fate = fate(ctx, rev)?;
    Ok(Some([b"hidden revision '", &short[..], b"'", &fate].concat()))
}

/// What became of an obsolete changeset: ` is pruned`, ` was rewritten as: 0123456789ab`.
fn fate(ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
    let node = ctx.node(rev);
    if !ctx.repo.obsstore()?.has_successors(&node) {
        return Ok(Vec::new());
    }
    let sets = ctx.repo.successors_sets(&node, &mut HashMap::new())?;
    Ok(match &sets[..] {
        [] => b" is pruned".to_vec(),
        [successors] => match &successors[..] {
            [one] => [b" was rewritten as: ", &one.short()[..]].concat(),
            [first, second] => {
                [b" was split as: ", &first.short()[..], b", ", &second.short()].concat()
            }
            [first, second, more @ ..] => {
                let more = format!(" and {} more", more.len());
                let shown = [first.short(), second.short()].join(&b", "[..]);
                [b" was split as: ", &shown[..], more.as_bytes()].concat()
            }
            [] => b" is pruned".to_vec(),
        },
        _ => b" has diverged".to_vec(),
    })
}

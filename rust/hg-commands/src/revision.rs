//! Revisions that the user names in options.

use hg_store::Repo;
use hg_store::revlog::PrefixMatch;
use hg_types::{Error, ErrorKind, Node, NodePrefix, Result, Revision};

use crate::CommandContext;

/// What a revision names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A changeset, or the null revision.
    Changeset(Revision),
    /// The working directory.
    WorkingDirectory,
}

impl Target {
    /// The changeset's id.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn node(&self, repo: &Repo) -> Result<Node> {
        Ok(match self {
            Self::Changeset(rev) => repo.changelog()?.node(*rev),
            Self::WorkingDirectory => Node::WDIR,
        })
    }
}

/// The one revision that `spec` names.
///
/// # Errors
/// When there is none.
pub fn single(ctx: &CommandContext, spec: &[u8]) -> Result<Target> {
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    match spec {
        b"" | b"." => {
            let node = hg_wdir::parents(repo)?[0];
            return Ok(Target::Changeset(changelog.rev(&node)?));
        }
        b"null" => return Ok(Target::Changeset(Revision::NULL)),
        b"tip" => return Ok(Target::Changeset(changelog.tip())),
        b"wdir()" => return Ok(Target::WorkingDirectory),
        _ => {}
    }
    let text = std::str::from_utf8(spec).ok();
    if let Some(rev) = text.and_then(|text| text.parse::<i64>().ok())
        && let Some(rev) = from_end(rev, changelog.len()).and_then(|rev| changelog.check_rev(rev))
    {
        return Ok(Target::Changeset(rev));
    }
    if let Some(prefix) = NodePrefix::from_hex(spec)
        && let PrefixMatch::One(rev) = changelog.find_prefix(&prefix, |_| true)
    {
        return Ok(Target::Changeset(rev));
    }
    let message = [b"unknown revision '", spec, b"'"].concat();
    Err(Error::new(ErrorKind::UnknownRevision, message))
}

/// A revision number; negative ones count from the end.
fn from_end(rev: i64, len: usize) -> Option<i64> {
    if rev >= 0 { Some(rev) } else { rev.checked_add(i64::try_from(len).ok()?) }
}

/// The two revisions that a list of revision options names: old and new; `None` for the first parent
/// and the working directory.
///
/// # Errors
/// When one names nothing, or there are too many.
pub fn pair(ctx: &CommandContext, revs: &[Vec<u8>]) -> Result<(Option<Target>, Option<Target>)> {
    match revs {
        [] => Ok((None, None)),
        [one] => {
            let ends = one.windows(2).position(|two| two == b"::");
            let ends = ends
                .map(|at| (at, at + 2))
                .or_else(|| one.iter().position(|&byte| byte == b':').map(|at| (at, at + 1)));
            match ends {
                Some((end, start)) => {
                    Ok((Some(single(ctx, &one[..end])?), Some(single(ctx, &one[start..])?)))
                }
                None => Ok((Some(single(ctx, one)?), None)),
            }
        }
        [old, new] => Ok((Some(single(ctx, old)?), Some(single(ctx, new)?))),
        _ => Err(Error::input("too many revisions specified")),
    }
}

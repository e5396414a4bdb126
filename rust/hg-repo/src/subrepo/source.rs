//! Where subrepositories come from: locations in `.hgsub` are relative to where the repository around comes from.

use hg_store::Repo;
use hg_types::{Error, Result};
use hg_wire::paths::Paths;
use hg_wire::url::Url;

use super::Subrepos;

/// Which way changesets go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From there to here.
    Pull,
    /// From here to there.
    Push,
}

/// Where a repository comes from, or is pushed to; `None` when nothing says so.
///
/// # Errors
/// When a location is malformed.
pub fn source_of(repo: &Repo, direction: Direction) -> Result<Option<Vec<u8>>> {
    let own = Subrepos::of(repo);
    if let Some(parent) = &own.parent {
        let url = Url::parse(&parent.source)?;
        if is_absolute(&url) {
            return Ok(Some(url.to_bytes()));
        }
        let around = source_of(&parent.repo, direction)?;
        return around.map(|around| join_source(&around, &parent.source)).transpose();
    }
    if let Some(location) = own.location() {
        return Ok(Some(location));
    }
    let paths = Paths::load(&repo.config(), Some(repo.root()), repo.root())?;
    let first = |name: &[u8]| paths.get(name).and_then(<[_]>::first).cloned();
    if direction == Direction::Push {
        if let Some(path) = first(b"default-push") {
            return Ok(Some(path.location));
        }
        if let Some(url) = first(b"default").and_then(|path| path.push_url) {
            return Ok(Some(url));
        }
    }
    if let Some(path) = first(b"default") {
        return Ok(Some(path.location));
    }
    if repo.is_shared() {
        let root = repo.shared_vfs().base().parent();
        return Ok(root.map(|root| hg_vfs::path_to_bytes(root).to_vec()));
    }
    Ok(None)
}

/// Where something in `repo` comes from, of which only the way from there may be known.
pub(super) fn require_source_of(
    repo: &Repo,
    source: &[u8],
    direction: Direction,
) -> Result<Vec<u8>> {
    let url = Url::parse(source)?;
    match is_absolute(&url) {
        true => Ok(url.to_bytes()),
        false => join_source(&require_source(repo, direction)?, source),
    }
}

/// [`source_of`], where it is needed.
pub(super) fn require_source(repo: &Repo, direction: Direction) -> Result<Vec<u8>> {
    let missing = || Error::abort("default path for subrepository not found");
    source_of(repo, direction)?.ok_or_else(missing)
}

fn is_absolute(url: &Url) -> bool {
    url.scheme.is_some() || url.path.as_deref().is_some_and(|path| path.starts_with(b"/"))
}

/// A location relative to another one.
pub(super) fn join_source(around: &[u8], source: &[u8]) -> Result<Vec<u8>> {
    let url = Url::parse(source)?;
    if is_absolute(&url) {
        return Ok(url.to_bytes());
    }
    let mut base = Url::parse(around)?;
    let own = base.path.take().unwrap_or_default();
    let path = hg_match::join_path(&own, url.path.as_deref().unwrap_or_default());
    base.path = Some(hg_match::normalize_path(&path));
    Ok(base.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_relative_to_what_is_around() {
        for (around, source, expected) in [
            ("/a/b", "s", "/a/b/s"),
            ("/a/b", "../s", "/a/s"),
            ("/a/b", "/s", "/s"),
            ("../tcc", "s/ss", "../tcc/s/ss"),
            (".", "s", "s"),
            ("http://u:p@h:80/main", "../sub", "http://u:p@h:80/sub"),
            ("ssh://u@h/cloned", "../sub", "ssh://u@h/sub"),
            ("ssh://u@h//abs/cloned", "../sub", "ssh://u@h//abs/sub"),
            ("/a", "https://h/x", "https://h/x"),
        ] {
            let joined = join_source(around.as_bytes(), source.as_bytes()).expect("well formed");
            assert_eq!(String::from_utf8_lossy(&joined), expected, "{around} {source}");
        }
    }
}

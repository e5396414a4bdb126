//! Names of changesets as one repository asks another about them: ids, numbers, bookmarks, branches.

use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, NodePrefix, Result};

use crate::facts;
use crate::local::Lookup;
use crate::paths::Path;
use crate::peer::Peer;

/// Looks names up without tags; commands use the full evaluator instead.
#[must_use]
pub fn plain() -> Lookup {
    std::sync::Arc::new(symbol)
}

/// What `--rev`, `--branch` and the `#branch` of a location name at `peer`: symbols to be looked up
/// there, the first of which is to be checked out. `current` is what the branch `.` means.
pub fn with_branches(
    peer: &mut dyn Peer,
    path: &Path,
    branches: &[Vec<u8>],
    revs: &[Vec<u8>],
    current: Option<&[u8]>,
) -> Result<Vec<Vec<u8>>> {
    let mut out = revs.to_vec();
    if path.branch.is_none() && branches.is_empty() {
        return Ok(out);
    }
    let map = peer.branchmap()?;
    let heads = |name: &[u8]| {
        let entry = map.iter().find(|(branch, _)| branch == name);
        entry.map(|(_, heads)| heads.iter().rev().map(Node::hex).collect::<Vec<_>>())
    };
    for branch in branches {
        let name = match branch.as_slice() {
            b"." => current.ok_or_else(|| Error::abort("dirstate branch not accessible"))?,
            name => name,
        };
        let Some(found) = heads(name) else {
            let message = [b"unknown branch '", name, b"'"].concat();
            return Err(Error::new(ErrorKind::UnknownRevision, message));
        };
        out.extend(found);
    }
    if let Some(fragment) = &path.branch {
        match heads(fragment) {
            Some(found) => out.extend(found),
            None => out.push(fragment.clone()),
        }
    }
    Ok(out)
}

/// The changeset a symbol names.
pub fn symbol(repo: &Repo, key: &[u8]) -> Result<Node> {
    let view = facts::visible(repo)?;
    let unknown =
        || Error::new(ErrorKind::UnknownRevision, [b"unknown revision '", key, b"'"].concat());
    match key {
        b"null" => return Ok(Node::NULL),
        b"tip" => return Ok(view.revs().next_back().map_or(Node::NULL, |rev| view.node(rev))),
        b"." => return repo_parent(repo),
        _ => {}
    }
    if let Some(node) = Node::from_hex(key) {
        return if view.rev(&node).is_some() { Ok(node) } else { Err(unknown()) };
    }
    if let Some(number) = std::str::from_utf8(key).ok().and_then(|text| text.parse::<i64>().ok()) {
        let len = i64::try_from(view.len()).unwrap_or(i64::MAX);
        let at = if number < 0 { len + number } else { number };
        if let Some(rev) = usize::try_from(at).ok().filter(|&rev| view.contains(rev)) {
            return Ok(view.node(rev));
        }
    }
    if let Some(node) = repo.bookmarks()?.get(key) {
        return Ok(node);
    }
    let branches = facts::branch_heads(repo, hg_store::View::Visible)?;
    if let Some((_, heads)) = branches.iter().find(|(name, _)| name == key) {
        return branch_tip(repo, heads).map(|node| node.unwrap_or(Node::NULL));
    }
    let prefix = NodePrefix::from_hex(key).ok_or_else(unknown)?;
    let mut matches = view.revs().map(|rev| view.node(rev)).filter(|node| prefix.matches(node));
    match (matches.next(), matches.next()) {
        (Some(node), None) => Ok(node),
        (Some(_), Some(_)) => Err(Error::new(
            ErrorKind::AmbiguousPrefix,
            [b"00changelog@", key, b": ambiguous identifier"].concat(),
        )),
        (None, _) => Err(unknown()),
    }
}

/// The head of a branch that its name stands for: the newest open one, else the newest.
pub fn branch_tip(repo: &Repo, heads: &[Node]) -> Result<Option<Node>> {
    let changelog = repo.changelog()?;
    for node in heads.iter().rev() {
        if !changelog.entry_of(node)?.closes_branch() {
            return Ok(Some(*node));
        }
    }
    Ok(heads.last().copied())
}

/// The first parent of the working directory, from the first bytes of the dirstate.
fn repo_parent(repo: &Repo) -> Result<Node> {
    let text = repo.vfs().try_read("dirstate")?.unwrap_or_default();
    const V2_MARKER: &[u8] = b"dirstate-v2\n";
    let start = if text.starts_with(V2_MARKER) { V2_MARKER.len() } else { 0 };
    let node = text.get(start..start + 20).and_then(Node::from_slice);
    Ok(node.unwrap_or(Node::NULL))
}

//! Where bookmarks may move, and which diverged ones (`name@path`) a move makes superfluous.

use hg_types::{Node, Phase, Result, Revision};

use super::Bookmarks;
use crate::Repo;
use crate::revlog::RevBits;
use crate::transaction::Transaction;

/// The part of a bookmark's name that its diverged siblings share.
#[must_use]
pub(super) fn stem(name: &[u8]) -> &[u8] {
    name.split(|&c| c == b'@').next().unwrap_or_default()
}

impl Bookmarks {
    /// The bookmark and all that share its stem.
    pub fn siblings<'a>(&'a self, name: &'a [u8]) -> impl Iterator<Item = (&'a [u8], Node)> {
        self.iter().filter(move |(other, _)| stem(other) == stem(name))
    }

    /// The diverged siblings of a bookmark at these changesets.
    #[must_use]
    pub fn diverged(&self, nodes: &[Node], name: &[u8]) -> Vec<Vec<u8>> {
        let wanted = |other: &[u8], node: Node| {
            other != b"@" && other.contains(&b'@') && other != name && nodes.contains(&node)
        };
        self.siblings(name)
            .filter(|(other, node)| wanted(other, *node))
            .map(|(other, _)| other.to_vec())
            .collect()
    }
}

impl Repo {
    /// Whether a bookmark may move on from `old` to `new`: to descendants, or to what replaces them.
    ///
    /// # Errors
    /// When history, phases or markers cannot be read.
    pub fn is_valid_bookmark_move(&self, old: Revision, new: Revision) -> Result<bool> {
        if old == new {
            return Ok(false);
        }
        if old.is_null() {
            return Ok(true);
        }
        let changelog = self.changelog()?;
        if changelog.is_ancestor(old, new) {
            return Ok(true);
        }
        if self.obsstore()?.is_empty() || self.phases()?.phase(old) == Phase::Public {
            return Ok(false);
        }
        self.is_in_foreground(old, new)
    }

    /// Whether following children and replacements leads from `old` to `new`.
    ///
    /// # Errors
    /// When history or markers cannot be read.
    pub fn is_in_foreground(&self, old: Revision, new: Revision) -> Result<bool> {
        let (changelog, store) = (self.changelog()?, self.obsstore()?);
        let mut reached = RevBits::with_len(changelog.len());
        reached.insert(old);
        // Children come later than their parents, replacements usually but not always.
        let mut again = true;
        while again {
            again = false;
            for rev in changelog.revs() {
                let parents = changelog.parents(rev);
                let follows = |parent: &Revision| !parent.is_null() && reached.contains(*parent);
                if !reached.contains(rev) && !parents.iter().any(follows) {
                    continue;
                }
                reached.insert(rev);
                for node in store.all_successors(changelog.node(rev)) {
                    let Some(successor) = changelog.find(&node) else { continue };
                    again |= !reached.contains(successor) && successor < rev;
                    reached.insert(successor);
                }
            }
        }
        Ok(reached.contains(new))
    }

    /// The siblings of a bookmark that are at `target` or below it, and so are passed by a move to it.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn passed_siblings(&self, name: &[u8], target: Node) -> Result<Vec<Node>> {
        let changelog = self.changelog()?;
        let rev = changelog.rev(&target)?;
        let below = |node: &Node| {
            *node == target
                || changelog.find(node).is_some_and(|other| changelog.is_ancestor(other, rev))
        };
        Ok(self.bookmarks()?.siblings(name).map(|(_, node)| node).filter(below).collect())
    }

    /// Moves the active bookmark from one of `from` to `to`, when it is there and may move, and deletes
    /// the diverged siblings that this passes. Says whether anything changed.
    ///
    /// # Errors
    /// When bookmarks or history cannot be read, or the transaction is over.
    pub fn advance_active_bookmark(
        &self,
        tr: &Transaction,
        from: &[Node],
        to: Node,
    ) -> Result<bool> {
        let bookmarks = self.bookmarks()?;
        let Some(active) = bookmarks.active() else { return Ok(false) };
        let Some(at) = bookmarks.get(active) else { return Ok(false) };
        if !from.contains(&at) {
            return Ok(false);
        }
        let changelog = self.changelog()?;
        let mut changes = Vec::new();
        if self.is_valid_bookmark_move(changelog.rev(&at)?, changelog.rev(&to)?)? {
            changes.push((active.to_vec(), Some(to)));
        }
        let passed = self.passed_siblings(active, to)?;
        changes.extend(bookmarks.diverged(&passed, active).into_iter().map(|name| (name, None)));
        if changes.is_empty() {
            return Ok(false);
        }
        self.change_bookmarks(tr, &changes)?;
        Ok(true)
    }
}

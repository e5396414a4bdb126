//! Whether a push leaves more heads at the destination than there were.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use hg_types::{Error, ErrorKind, Node, Reporter, Result};

use crate::view::View;

/// An obsolescence marker as far as the check needs it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Replacement {
    /// What replaces the changeset; empty when it was pruned.
    pub successors: Vec<Node>,
    /// Its parents, recorded when it was pruned.
    pub parents: Vec<Node>,
}

/// What the check needs to know of the local repository.
pub trait Facts {
    /// The branch of a changeset.
    fn branch(&self, rev: usize) -> Result<Vec<u8>>;
    /// Whether a changeset closes its branch.
    fn closes_branch(&self, rev: usize) -> Result<bool>;
    /// Whether a changeset is public.
    fn is_public(&self, rev: usize) -> bool;
    /// The markers that replace a changeset, known here or not.
    fn replacements(&self, node: &Node) -> Vec<Replacement>;
    /// Whether there are any markers.
    fn has_replacements(&self) -> bool;
    /// A bookmark at a changeset.
    fn has_bookmark(&self, rev: usize) -> Option<Vec<u8>>;
}

/// What is pushed, and where to.
pub struct PushedHeads<'a> {
    /// The local history, hidden changesets included.
    pub view: &'a View,
    /// More about it.
    pub facts: &'a dyn Facts,
    /// The changesets that are sent.
    pub missing: &'a [usize],
    /// Heads of what both sides have.
    pub common: &'a [usize],
    /// The branches of the destination with their heads.
    pub remote_branches: &'a [(Vec<u8>, Vec<Node>)],
    /// Heads that may be new because a bookmark at the destination moves to them.
    pub bookmarked: &'a HashSet<Node>,
    /// Whether new branches are allowed.
    pub new_branch: bool,
}

/// The heads of one branch before and after the push.
struct BranchHeads {
    name: Vec<u8>,
    /// The heads at the destination; `None` for a branch it does not have.
    remote: Option<Vec<Node>>,
    /// The heads it will have, as far as known here.
    new: Vec<usize>,
    /// Its heads that are not known here.
    unknown: Vec<Node>,
}

impl PushedHeads<'_> {
    /// Refuses a push that makes new branches or heads; else the heads of the destination that are
    /// none afterwards.
    pub fn check(&self, reporter: &dyn Reporter, verbose: bool) -> Result<Vec<Node>> {
        let branches = self.branch_heads()?;
        self.check_new_branches(&branches)?;
        let future = self.future_flags();
        let mut refusal = None;
        for branch in &branches {
            let error = self.check_branch(branch, &future, reporter, verbose)?;
            refusal = refusal.or(error);
        }
        refusal.map_or_else(|| Ok(self.replaced_heads(&branches)), Err)
    }

    fn replaced_heads(&self, branches: &[BranchHeads]) -> Vec<Node> {
        let mut out = BTreeSet::new();
        for branch in branches {
            let new = self.view.nodes(&branch.new);
            let gone = branch.remote.iter().flatten().filter(|node| !new.contains(node));
            out.extend(gone.filter(|node| self.view.rev(node).is_some()));
        }
        out.into_iter().collect()
    }

    fn branch_heads(&self) -> Result<Vec<BranchHeads>> {
        let mut sent: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
        for &rev in self.missing {
            sent.entry(self.facts.branch(rev)?).or_default().push(rev);
        }
        let heads = |(name, revs): (Vec<u8>, Vec<usize>)| {
            let remote = self.remote_branches.iter().find(|(branch, _)| *branch == name);
            let remote = remote.map(|(_, heads)| heads.clone());
            let mut candidates = revs;
            let mut unknown = Vec::new();
            for node in remote.iter().flatten() {
                match self.view.rev(node) {
                    Some(rev) => candidates.push(rev),
                    None => unknown.push(*node),
                }
            }
            BranchHeads { name, remote, new: self.view.heads_of(&candidates), unknown }
        };
        Ok(sent.into_iter().map(heads).collect())
    }

    fn check_new_branches(&self, branches: &[BranchHeads]) -> Result<()> {
        if self.new_branch {
            return Ok(());
        }
        let new: Vec<&BranchHeads> = branches.iter().filter(|b| b.remote.is_none()).collect();
        if new.is_empty() {
            return Ok(());
        }
        let mut closed = 0;
        for branch in &new {
            let mut all = true;
            for &rev in &branch.new {
                all &= self.facts.closes_branch(rev)?;
            }
            closed += usize::from(all);
        }
        let names: Vec<&[u8]> = new.iter().map(|branch| branch.name.as_slice()).collect();
        let mut message = b"push creates new remote branches: ".to_vec();
        message.extend(names.join(&b", "[..]));
        if closed > 0 {
            message.extend(format!(" ({closed} closed)").bytes());
        }
        Err(Error::new(ErrorKind::State, message)
            .hint("use 'hg push --new-branch' to create new remote branches"))
    }

    /// One flag a revision: what both sides have after the push.
    fn future_flags(&self) -> Vec<bool> {
        let mut flags = self.view.ancestor_flags(self.common);
        for &rev in self.missing {
            flags[rev] = true;
        }
        flags
    }

    fn check_branch(
        &self,
        branch: &BranchHeads,
        future: &[bool],
        reporter: &dyn Reporter,
        verbose: bool,
    ) -> Result<Option<Error>> {
        if !branch.unknown.is_empty() {
            reporter.status(&unknown_heads_text(&branch.name, &branch.unknown, verbose));
        }
        let kept = self.kept_heads(branch, future);
        let mut after: BTreeSet<Node> = kept.iter().map(|&rev| self.view.node(rev)).collect();
        after.extend(&branch.unknown);
        let Some(remote) = &branch.remote else {
            return self.check_new_branch(branch, &after, reporter);
        };
        if after.len() <= remote.len() {
            return Ok(None);
        }
        let extra: Vec<Node> = after
            .into_iter()
            .filter(|node| !self.bookmarked.contains(node) && !remote.contains(node))
            .collect();
        let Some(first) = extra.first() else {
            return Ok(None);
        };
        let mut message = [&b"push creates new remote head "[..], &first.short()].concat();
        let bookmark = self.view.rev(first).and_then(|rev| self.facts.has_bookmark(rev));
        if branch.name != b"default" {
            message.extend([&b" on branch '"[..], &branch.name, b"'"].concat());
        } else if let Some(bookmark) = bookmark {
            message.extend([&b" with bookmark '"[..], &bookmark, b"'"].concat());
        }
        let hint = if branch.unknown.is_empty() {
            "merge or see 'hg help push' for details about pushing new heads"
        } else {
            "pull and merge or see 'hg help push' for details about pushing new heads"
        };
        reporter.note(&[&b"new remote heads on branch '"[..], &branch.name, b"':\n"].concat());
        note_heads(&extra, reporter);
        Ok(Some(Error::new(ErrorKind::State, message).hint(hint)))
    }

    fn check_new_branch(
        &self,
        branch: &BranchHeads,
        after: &BTreeSet<Node>,
        reporter: &dyn Reporter,
    ) -> Result<Option<Error>> {
        if after.len() <= 1 {
            return Ok(None);
        }
        let name = &branch.name;
        let message = [&b"push creates new branch '"[..], name, b"' with multiple heads"];
        let extra: Vec<Node> =
            after.iter().filter(|node| !self.bookmarked.contains(node)).copied().collect();
        if extra.is_empty() {
            return Ok(None);
        }
        reporter.note(&[&b"new remote heads on branch '"[..], name, b"':\n"].concat());
        note_heads(&extra, reporter);
        let hint = "merge or see 'hg help push' for details about pushing new heads";
        Ok(Some(Error::new(ErrorKind::State, message.concat()).hint(hint)))
    }

    /// The new heads without those that the pushed changesets replace.
    fn kept_heads(&self, branch: &BranchHeads, future: &[bool]) -> Vec<usize> {
        if !self.facts.has_replacements() {
            return branch.new.clone();
        }
        let mut kept: Vec<usize> = Vec::new();
        for (at, &head) in branch.new.iter().enumerate() {
            let others: Vec<usize> = kept.iter().chain(&branch.new[at + 1..]).copied().collect();
            if self.facts.is_public(head) || self.stays(head, &others, branch, future) {
                kept.push(head);
            }
        }
        kept
    }

    /// Whether something that only `head` leads to is public or not replaced by the push.
    fn stays(&self, head: usize, others: &[usize], branch: &BranchHeads, future: &[bool]) -> bool {
        let only = self.view.missing(others, &[head]);
        let in_branch = |rev: &usize| self.facts.branch(*rev).is_ok_and(|name| name == branch.name);
        only.into_iter()
            .filter(in_branch)
            .any(|rev| self.facts.is_public(rev) || !self.replaced(&self.view.node(rev), future))
    }

    /// Whether following the markers from `node` leads to something both sides will have.
    fn replaced(&self, node: &Node, future: &[bool]) -> bool {
        let mut stack = vec![*node];
        let mut seen: HashSet<Node> = stack.iter().copied().collect();
        while let Some(current) = stack.pop() {
            let here = self.view.rev(&current).is_some_and(|rev| future[rev]);
            if here && current != *node {
                return true;
            }
            for marker in self.facts.replacements(&current) {
                let next =
                    if marker.successors.is_empty() { marker.parents } else { marker.successors };
                stack.extend(next.into_iter().filter(|node| seen.insert(*node)));
            }
        }
        false
    }
}

fn note_heads(heads: &[Node], reporter: &dyn Reporter) {
    for head in heads {
        reporter.note(&[&b" "[..], &head.short(), b"\n"].concat());
    }
}

fn unknown_heads_text(branch: &[u8], heads: &[Node], verbose: bool) -> Vec<u8> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    let all = verbose || heads.len() <= 4;
    let shown = if all { &heads[..] } else { &heads[..4] };
    let names: Vec<Vec<u8>> = shown.iter().map(Node::short).collect();
    let mut text = [&b"remote has heads on branch '"[..], branch].concat();
    text.extend_from_slice(b"' that are not known locally: ");
    text.extend(names.join(&b' '));
    if !all {
        text.extend(format!(" and {} others", heads.len() - 4).bytes());
    }
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests;

//! What is checked for every entry of every revlog.

use std::collections::HashMap;

use hg_types::{HgPath, Node, Revision};

use super::{Findings, Verifier};
use crate::revlog::Revlog;

fn short(node: &Node) -> String {
    String::from_utf8(node.short()).unwrap_or_default()
}

/// Checks the entries of one revlog, first to last.
#[derive(Default)]
pub(super) struct EntryCheck {
    seen: HashMap<Node, Revision>,
}

impl EntryCheck {
    /// Checks a revision's link and parents; gives its link if that can be trusted.
    pub(super) fn check(
        &mut self,
        verifier: &Verifier<'_>,
        findings: &mut Findings,
        log: &Revlog,
        rev: Revision,
        links: &Links<'_>,
    ) -> Option<Revision> {
        let node = log.node(rev);
        let linkrev = links.check(verifier, findings, log, rev);
        for (parent, which) in log.parents(rev).into_iter().zip(1..) {
            let parent = log.node(parent);
            if !parent.is_null() && !self.seen.contains_key(&parent) {
                let text = format!("unknown parent {which} {} of {}", short(&parent), short(&node));
                findings.error(linkrev, text);
            }
        }
        if let Some(first) = self.seen.insert(node, rev) {
            findings.error(linkrev, format!("duplicate revision {rev} ({first})"));
        }
        linkrev
    }
}

/// The changesets that a revision may belong to.
pub(super) struct Links<'a> {
    /// Their revisions; `None` for one that is not known.
    pub(super) revs: &'a [Option<Revision>],
    /// The file, where it is a file revision.
    pub(super) file: Option<&'a HgPath>,
}

impl Links<'_> {
    fn check(
        &self,
        verifier: &Verifier<'_>,
        findings: &mut Findings,
        log: &Revlog,
        rev: Revision,
    ) -> Option<Revision> {
        let linkrev = log.linkrev(rev);
        let strange = verifier.has_changesets() && !self.revs.contains(&Some(linkrev));
        if !linkrev.is_null() && !strange {
            return Some(linkrev);
        }
        let exists = linkrev.index().is_some_and(|at| at < verifier.changelog.len());
        let kind = if exists { "unexpected" } else { "nonexistent" };
        findings.error(None, format!("rev {rev} points to {kind} changeset {linkrev}"));
        if !self.revs.is_empty() {
            let expected = self.expected(verifier, &log.node(rev));
            let list: Vec<_> = expected
                .iter()
                .map(|rev| rev.map_or_else(|| "None".to_owned(), |rev| rev.to_string()))
                .collect();
            findings.warning(format!(" (expected {})", list.join(" ")));
        }
        None
    }

    /// Of several changesets, those whose manifest really holds the file revision.
    fn expected(&self, verifier: &Verifier<'_>, node: &Node) -> Vec<Option<Revision>> {
        let filter = |file: &HgPath| {
            let mut out = Vec::new();
            for rev in self.revs.iter().flatten() {
                let entry = verifier.changelog.entry(*rev).ok()?;
                let manifest = verifier.manifests.read(&entry.manifest()).ok()?;
                if manifest.node(file)? == *node {
                    out.push(Some(*rev));
                }
            }
            Some(out)
        };
        match self.file {
            Some(file) if self.revs.len() > 1 => filter(file).unwrap_or_else(|| self.revs.to_vec()),
            _ => self.revs.to_vec(),
        }
    }
}

//! Taking in the revisions of a changegroup.

use std::collections::VecDeque;
use std::sync::Arc;

use hg_diff::delta;
use hg_types::{Error, ErrorKind, Node, Result, Revision};

use super::read::Text;
use super::write::{Appender, NewRevision};
use super::{Revlog, RevlogTransaction};

/// When this much was appended, it is written.
const FLUSH_SIZE: u64 = 16 << 20;
/// Texts kept because the next deltas may be against them.
const RECENT_COUNT: usize = 12;
const RECENT_BYTES: usize = 32 << 20;

/// One revision of a changegroup.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IncomingRevision {
    /// Its node id.
    pub node: Node,
    /// The first parent.
    pub p1: Node,
    /// The second parent.
    pub p2: Node,
    /// The changeset it belongs to.
    pub link: Node,
    /// The revision that the delta is against; null for the empty text.
    pub delta_base: Node,
    /// The delta.
    pub delta: Vec<u8>,
    /// Revision flags.
    pub flags: u16,
}

/// What became of a group.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GroupOutcome {
    /// Number of revisions in the group.
    pub received: usize,
    /// The first revision that was added; null when none was.
    pub first: Option<Revision>,
    /// Revisions added.
    pub added: usize,
    /// Revisions that were there already.
    pub duplicates: Vec<Revision>,
}

/// Texts read or made last.
#[derive(Default)]
struct Recent {
    texts: VecDeque<(Revision, Text)>,
    bytes: usize,
}

impl Recent {
    fn get(&self, rev: Revision) -> Option<Text> {
        self.texts.iter().rev().find(|(at, _)| *at == rev).map(|(_, text)| Arc::clone(text))
    }

    fn push(&mut self, rev: Revision, text: Text) {
        self.bytes += text.len();
        self.texts.push_back((rev, text));
        while self.texts.len() > RECENT_COUNT || self.bytes > RECENT_BYTES && self.texts.len() > 1 {
            if let Some((_, old)) = self.texts.pop_front() {
                self.bytes -= old.len();
            }
        }
    }
}

impl Revlog {
    /// Adds the revisions of a group, in order, each verified against its node id, and writes them.
    ///
    /// `link` gives the changelog revision for a revision's link node; it is also given the number
    /// that the revision will have, which is the answer for changelogs. `added` is called for each
    /// new revision.
    ///
    /// # Errors
    /// When a revision cannot be read, its base or parents are unknown, its text does not have its
    /// node id, or writing fails.
    pub fn add_group(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        group: impl Iterator<Item = Result<IncomingRevision>>,
        link: impl FnMut(&Node, Revision) -> Result<Revision>,
        added: impl FnMut(&Self, Revision) -> Result<()>,
    ) -> Result<GroupOutcome> {
        self.take_group(Some(tr), group, link, added)
    }

    /// Like [`Revlog::add_group`], in memory only: for looking into bundles.
    ///
    /// # Errors
    /// As for [`Revlog::add_group`].
    pub fn overlay_group(
        &mut self,
        group: impl Iterator<Item = Result<IncomingRevision>>,
        link: impl FnMut(&Node, Revision) -> Result<Revision>,
        added: impl FnMut(&Self, Revision) -> Result<()>,
    ) -> Result<GroupOutcome> {
        self.take_group(None, group, link, added)
    }

    fn take_group(
        &mut self,
        mut tr: Option<&mut dyn RevlogTransaction>,
        group: impl Iterator<Item = Result<IncomingRevision>>,
        mut link: impl FnMut(&Node, Revision) -> Result<Revision>,
        mut added: impl FnMut(&Self, Revision) -> Result<()>,
    ) -> Result<GroupOutcome> {
        let mut outcome = GroupOutcome::default();
        let mut recent = Recent::default();
        let mut appender = Appender::new(self);
        let mut flushed = appender.revlog.data_end();
        for incoming in group {
            let incoming = incoming?;
            outcome.received += 1;
            if let Some(rev) = appender.revlog.find(&incoming.node) {
                outcome.duplicates.push(rev);
                continue;
            }
            let next = Revision::from_index(appender.revlog.len());
            let linkrev = link(&incoming.link, next)?;
            let rev = appender.take(&incoming, linkrev, &mut recent)?;
            outcome.first.get_or_insert(rev);
            outcome.added += 1;
            added(appender.revlog, rev)?;
            let end = appender.revlog.data_end();
            if let Some(tr) = tr.as_deref_mut()
                && end - flushed > FLUSH_SIZE
            {
                appender.revlog.flush(tr)?;
                flushed = end;
            }
        }
        if let Some(tr) = tr {
            self.flush(tr)?;
        }
        Ok(outcome)
    }

    fn unknown(&self, node: &Node, what: &str) -> Error {
        let parts = [&self.name.display[..], b"@", &node.hex(), b": ", what.as_bytes()];
        Error::new(ErrorKind::UnknownRevision, parts.concat())
    }
}

impl Appender<'_> {
    fn take(
        &mut self,
        incoming: &IncomingRevision,
        linkrev: Revision,
        recent: &mut Recent,
    ) -> Result<Revision> {
        let revlog = &*self.revlog;
        let known = |node: &Node, what| revlog.find(node).ok_or_else(|| revlog.unknown(node, what));
        let p1 = known(&incoming.p1, "unknown parent")?;
        let p2 = known(&incoming.p2, "unknown parent")?;
        let base = known(&incoming.delta_base, "unknown delta base")?;
        let text = match recent.get(base) {
            Some(text) => text,
            None => revlog.raw_revision(base)?,
        };
        let text = delta::apply(&text, &incoming.delta).map_err(|source| {
            let node = incoming.node.short();
            super::error::integrity(&revlog.name, bstr::BStr::new(&node)).because(source)
        })?;
        let new = NewRevision {
            text: Arc::new(text),
            p1,
            p2,
            linkrev,
            flags: incoming.flags,
            node: Some(incoming.node),
            delta: Some((base, &incoming.delta)),
        };
        revlog.check_new(&new, &incoming.node)?;
        let rev = self.append(&new, incoming.node)?;
        recent.push(rev, new.text);
        Ok(rev)
    }
}

//! Taking in the revisions of a changegroup.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use hg_diff::delta;
use hg_format::revlog::Compressor;
use hg_types::{Error, Node, Result, Revision};
use rayon::prelude::*;

use super::error::{chunk_error, integrity};
use super::read::{Text, hash_text};
use super::write::{Appender, NewRevision, Packed, skips_hash};
use super::{Revlog, RevlogTransaction};

/// When this much was appended, it is written.
const FLUSH_SIZE: u64 = 16 << 20;
/// Revisions verified together, at most.
const BATCH_COUNT: usize = 1024;
/// Size of the texts verified together, about.
const BATCH_BYTES: usize = 16 << 20;
/// Below this size of texts other processors are not asked.
const PARALLEL_BYTES: usize = 256 << 10;
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
        self.check_writable()?;
        let mut outcome = GroupOutcome::default();
        let mut recent = Recent::default();
        let mut appender = Appender::new(self);
        let mut flushed = appender.revlog.data_end();
        let mut group = group.peekable();
        while group.peek().is_some() {
            let mut batch = Batch::default();
            while batch.has_room()
                && let Some(incoming) = group.next()
            {
                outcome.received += 1;
                let duplicate = batch.add(appender.revlog, &mut recent, incoming?, &mut link)?;
                outcome.duplicates.extend(duplicate);
            }
            for (taken, packed) in batch.verify(appender.revlog)? {
                appender.packed = packed;
                let rev = appender.append(&taken.revision(), taken.incoming.node)?;
                outcome.first.get_or_insert(rev);
                outcome.added += 1;
                added(appender.revlog, rev)?;
            }
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
        Error::storage(parts.concat())
    }
}

/// A revision of a group whose text has been made.
#[derive(Debug)]
struct Taken {
    incoming: IncomingRevision,
    text: Text,
    p1: Revision,
    p2: Revision,
    base: Revision,
    linkrev: Revision,
}

impl Taken {
    fn revision(&self) -> NewRevision<'_> {
        NewRevision {
            text: Arc::clone(&self.text),
            p1: self.p1,
            p2: self.p2,
            linkrev: self.linkrev,
            flags: self.incoming.flags,
            node: Some(self.incoming.node),
            delta: Some((self.base, &self.incoming.delta)),
        }
    }

    /// Checks the hash and compresses what will most likely be stored.
    fn verify(&self, revlog: &Revlog, rev: usize, compressor: &mut Compressor) -> Result<Packed> {
        let IncomingRevision { node, p1, p2, flags, delta, .. } = &self.incoming;
        if !skips_hash(*flags) && hash_text(&self.text, p1, p2) != *node {
            return Err(integrity(&revlog.name, rev));
        }
        let mut packed = Packed::default();
        let delta_is_used = revlog.options.reuse_external_delta && revlog.header.general_delta;
        if revlog.options.changelog || self.base.is_null() {
            packed.text = Some(compressor.compress(&self.text).map_err(chunk_error)?);
        } else if delta_is_used {
            packed.delta = Some(compressor.compress(delta).map_err(chunk_error)?);
        }
        Ok(packed)
    }
}

/// Revisions that are verified together.
#[derive(Debug, Default)]
struct Batch {
    list: Vec<Taken>,
    revs: HashMap<Node, usize>,
    bytes: usize,
}

impl Batch {
    fn has_room(&self) -> bool {
        self.list.len() < BATCH_COUNT && self.bytes < BATCH_BYTES
    }

    /// Makes the text of a revision; gives the revision that has the same node id already.
    fn add(
        &mut self,
        revlog: &Revlog,
        recent: &mut Recent,
        incoming: IncomingRevision,
        link: &mut impl FnMut(&Node, Revision) -> Result<Revision>,
    ) -> Result<Option<Revision>> {
        let known = |node: &Node| {
            let here = self.revs.get(node).map(|at| Revision::from_index(revlog.len() + at));
            here.or_else(|| revlog.find(node))
        };
        let rev = known(&incoming.node);
        if rev.is_some() {
            return Ok(rev);
        }
        let find = |node: &Node, what| known(node).ok_or_else(|| revlog.unknown(node, what));
        let p1 = find(&incoming.p1, "unknown parent")?;
        let p2 = find(&incoming.p2, "unknown parent")?;
        let base = find(&incoming.delta_base, "unknown delta base")?;
        let at = self.list.len();
        let next = Revision::from_index(revlog.len() + at);
        let linkrev = link(&incoming.link, next)?;
        let base_text = match recent.get(base) {
            Some(text) => text,
            None => match self.revs.get(&incoming.delta_base) {
                Some(&at) => Arc::clone(&self.list[at].text),
                None => revlog.raw_revision(base)?,
            },
        };
        let text = delta::apply(&base_text, &incoming.delta).map_err(|source| {
            let node = incoming.node.short();
            integrity(&revlog.name, bstr::BStr::new(&node)).because(source)
        })?;
        let text = Arc::new(text);
        recent.push(next, Arc::clone(&text));
        self.bytes += text.len();
        self.revs.insert(incoming.node, at);
        self.list.push(Taken { incoming, text, p1, p2, base, linkrev });
        Ok(None)
    }

    /// Checks all hashes, on all processors when there is enough to do.
    fn verify(self, revlog: &Revlog) -> Result<Vec<(Taken, Packed)>> {
        let first = revlog.len();
        let compressor = || Compressor::new(revlog.options.compression);
        let packed: Vec<Packed> = if self.bytes < PARALLEL_BYTES {
            let mut compressor = compressor();
            let one =
                |(at, taken): (usize, &Taken)| taken.verify(revlog, first + at, &mut compressor);
            self.list.iter().enumerate().map(one).collect::<Result<_>>()?
        } else {
            self.list
                .par_iter()
                .enumerate()
                .map_init(compressor, |compressor, (at, taken)| {
                    taken.verify(revlog, first + at, compressor)
                })
                .collect::<Result<_>>()?
        };
        Ok(self.list.into_iter().zip(packed).collect())
    }
}

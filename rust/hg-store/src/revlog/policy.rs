//! Which form a new revision is stored in: a delta against which revision, or its full text.
//!
//! The limits are those other programs rely on: a delta chain is at most
//! [`max_chain_len`](super::RevlogOptions::max_chain_len) long, all its chunks together are at most
//! twice the text, and a delta is never larger than the text. With sparse revlogs a revision that
//! its parents cannot carry within these limits is stored as an *intermediate snapshot*: a delta
//! against an earlier snapshot, at most half as large as the one before it in the chain may be.

use hg_diff::delta;
use hg_format::revlog::entry;
use hg_types::{Error, Result, Revision};

use super::Revlog;
use super::error::chunk_error;
use super::write::{Appender, NewRevision};

/// A chain may hold this many times the size of the text.
const CHAIN_SIZE_FACTOR: u64 = 2;
/// Without sparse reading, a chain may span this many times the size of the text in the file.
const CHAIN_SPAN_FACTOR: u64 = 4;

/// What goes into the data file for a revision.
pub(crate) struct Stored {
    /// What the index calls its base; `None` for a full text.
    pub(crate) base: Option<Revision>,
    pub(crate) chunk: Vec<u8>,
}

/// A compressed delta that may be used.
struct Candidate {
    base: Revision,
    chunk: Vec<u8>,
}

impl Appender<'_> {
    /// Decides how to store a revision.
    pub(crate) fn store(&mut self, new: &NewRevision<'_>) -> Result<Stored> {
        match self.delta(new)? {
            Some(Candidate { base, chunk }) => {
                let base =
                    if self.revlog.header.general_delta { base } else { self.chain_start(base)? };
                Ok(Stored { base: Some(base), chunk })
            }
            None => {
                let chunk = match self.packed.text.take() {
                    Some(chunk) => chunk,
                    None => self.compressor.compress(&new.text).map_err(chunk_error)?,
                };
                Ok(Stored { base: None, chunk })
            }
        }
    }

    fn delta(&mut self, new: &NewRevision<'_>) -> Result<Option<Candidate>> {
        let revlog = &*self.revlog;
        let no_deltas = hg_format::revlog::FLAG_CENSORED | hg_format::revlog::FLAG_EXTSTORED;
        if revlog.options.changelog
            || revlog.is_empty()
            || new.text.is_empty()
            || new.flags & no_deltas != 0
        {
            return Ok(None);
        }
        let previous = revlog.tip();
        if !revlog.header.general_delta {
            let known = new.delta.filter(|(base, _)| *base == previous);
            return self.best(new, &[previous], known);
        }
        if let Some((base, known)) = new.delta
            && !base.is_null()
            && revlog.options.reuse_external_delta
            && let Some(found) = self.try_known(new, base, known)?
        {
            return Ok(Some(found));
        }
        let parents: Vec<_> = [new.p1, new.p2].into_iter().filter(|rev| !rev.is_null()).collect();
        if let Some(found) = self.best(new, &parents, new.delta)? {
            return Ok(Some(found));
        }
        if !self.revlog.options.sparse {
            return self.best(new, &[previous], None);
        }
        self.snapshot(new, &parents)
    }

    /// The smallest delta within the limits against one of `bases`.
    fn best(
        &mut self,
        new: &NewRevision<'_>,
        bases: &[Revision],
        known: Option<(Revision, &[u8])>,
    ) -> Result<Option<Candidate>> {
        let mut best: Option<Candidate> = None;
        for &base in bases {
            let found = match known {
                Some((of, delta)) if of == base => self.try_known(new, base, delta)?,
                _ => self.try_base(new, base)?,
            };
            best = match (best, found) {
                (Some(a), Some(b)) => Some(if b.chunk.len() < a.chunk.len() { b } else { a }),
                (a, b) => a.or(b),
            };
        }
        Ok(best)
    }

    /// A delta against one of the snapshots under the parents, deepest first.
    fn snapshot(
        &mut self,
        new: &NewRevision<'_>,
        parents: &[Revision],
    ) -> Result<Option<Candidate>> {
        let mut tried = Vec::new();
        for &parent in parents {
            for base in self.revlog.delta_chain(parent)?.into_iter().rev() {
                if tried.contains(&base)
                    || parents.contains(&base)
                    || !self.revlog.is_snapshot(base)?
                {
                    continue;
                }
                tried.push(base);
                if let Some(found) = self.try_base(new, base)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    fn try_base(&mut self, new: &NewRevision<'_>, base: Revision) -> Result<Option<Candidate>> {
        let no_base = hg_format::revlog::FLAG_CENSORED
            | hg_format::revlog::FLAG_ELLIPSIS
            | hg_format::revlog::FLAG_EXTSTORED;
        if self.revlog.flags(base) & no_base != 0 || !self.has_room(new, base)? {
            return Ok(None);
        }
        let old = self.revlog.revision(base)?;
        let delta = delta::make(&old, &new.text)
            .map_err(|source| Error::storage("cannot make delta").because(source))?;
        self.try_delta(new, base, &delta)
    }

    /// Whether a chain through `base` could stay within the limits at all.
    fn has_room(&mut self, new: &NewRevision<'_>, base: Revision) -> Result<bool> {
        let (len, size) = self.chain(base)?;
        Ok(len < self.revlog.options.max_chain_len
            && size <= new.text.len() as u64 * CHAIN_SIZE_FACTOR)
    }

    /// The delta that came with the revision.
    fn try_known(
        &mut self,
        new: &NewRevision<'_>,
        base: Revision,
        delta: &[u8],
    ) -> Result<Option<Candidate>> {
        if !self.has_room(new, base)? {
            return Ok(None);
        }
        match self.packed.delta.take() {
            Some(chunk) => self.check_delta(new, base, chunk),
            None => self.try_delta(new, base, delta),
        }
    }

    fn try_delta(
        &mut self,
        new: &NewRevision<'_>,
        base: Revision,
        delta: &[u8],
    ) -> Result<Option<Candidate>> {
        let chunk = self.compressor.compress(delta).map_err(chunk_error)?;
        self.check_delta(new, base, chunk)
    }

    fn check_delta(
        &mut self,
        new: &NewRevision<'_>,
        base: Revision,
        chunk: Vec<u8>,
    ) -> Result<Option<Candidate>> {
        let text_len = new.text.len() as u64;
        let chunk_len = chunk.len() as u64;
        let (_, size) = self.chain(base)?;
        let mut good = chunk_len <= text_len && size + chunk_len <= text_len * CHAIN_SIZE_FACTOR;
        if good && !self.revlog.options.sparse {
            let start = self.chain_start(base)?;
            let span = self.revlog.data.end() + chunk_len - self.revlog.chunk_offset(start);
            good = span <= text_len * CHAIN_SPAN_FACTOR;
        } else if good
            && self.revlog.header.general_delta
            && base != new.p1
            && base != new.p2
            && self.revlog.is_snapshot(base)?
        {
            // It would be an intermediate snapshot.
            let depth = self.revlog.snapshot_depth(base)? + 1;
            let limit = text_len.checked_shr(depth).unwrap_or(0);
            let base_len = u64::from(self.revlog.entry(base)?.compressed_len);
            good = chunk_len <= limit && chunk_len <= base_len;
        }
        Ok(good.then_some(Candidate { base, chunk }))
    }

    /// Number of chunks in the delta chain of a revision, and their size together.
    fn chain(&mut self, rev: Revision) -> Result<(usize, u64)> {
        let mut below = Vec::new();
        let mut at = rev;
        let (mut len, mut size) = loop {
            if at.is_null() {
                break (0, 0);
            }
            if let Some(&known) = self.chains.get(&at) {
                break known;
            }
            below.push(at);
            at = self.revlog.delta_parent(at)?;
        };
        for rev in below.into_iter().rev() {
            len += 1;
            size += u64::from(self.revlog.entry(rev)?.compressed_len);
            self.chains.insert(rev, (len, size));
        }
        Ok((len, size))
    }

    fn chain_start(&self, rev: Revision) -> Result<Revision> {
        if !self.revlog.header.general_delta {
            // The index says where the chain starts.
            let base = self.revlog.entry(rev)?.base;
            return base.check(self.revlog.len()).ok_or_else(|| self.revlog.corrupted());
        }
        let mut at = rev;
        loop {
            let parent = self.revlog.delta_parent(at)?;
            if parent.is_null() {
                return Ok(at);
            }
            at = parent;
        }
    }
}

impl Revlog {
    pub(super) fn chunk_offset(&self, rev: Revision) -> u64 {
        let record = rev.index().and_then(|at| Some((at, self.index.record(at)?)));
        record.map_or(0, |(at, record)| entry::offset(record, at))
    }

    /// Whether a revision is a snapshot: a full text, or (in sparse revlogs) a delta against a
    /// snapshot that is none of its parents.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn is_snapshot(&self, rev: Revision) -> Result<bool> {
        let mut at = rev;
        loop {
            let base = self.delta_parent(at)?;
            if base.is_null() {
                return Ok(true);
            }
            if !self.options.sparse || !self.header.general_delta || self.is_parent(base, at)? {
                return Ok(false);
            }
            at = base;
        }
    }

    /// Whether `base` is a parent of `rev`; a parent whose delta is empty stands for its own base.
    fn is_parent(&self, base: Revision, rev: Revision) -> Result<bool> {
        for mut parent in self.parents(rev) {
            while !parent.is_null() && parent != base && self.entry(parent)?.compressed_len == 0 {
                parent = self.delta_parent(parent)?;
            }
            if parent == base {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Number of snapshots below a revision in its delta chain.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn snapshot_depth(&self, rev: Revision) -> Result<u32> {
        let mut depth = 0;
        let mut at = self.delta_parent(rev)?;
        while !at.is_null() {
            depth += u32::from(self.is_snapshot(at)?);
            at = self.delta_parent(at)?;
        }
        Ok(depth)
    }
}

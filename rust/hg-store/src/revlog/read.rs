//! Reading revisions: chunks, delta chains, hashes.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use hg_diff::delta;
use hg_format::revlog::{
    FLAG_CENSORED, FLAG_ELLIPSIS, FLAG_EXTSTORED, KNOWN_FLAGS, decompress, entry,
};
use hg_types::{Error, Node, Result, Revision};
use sha1::{Digest as _, Sha1};

use super::Revlog;
use super::error::{chunk_error, integrity};

/// The text of a revision, shared.
pub type Text = Arc<Vec<u8>>;

/// What a revision's flags mean for reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlagPolicy {
    /// The text must have its hash.
    Plain,
    /// The text cannot have its hash: censored or cut off.
    NoHash,
}

/// The hash of a text with its parents, which is its node id.
#[must_use]
pub fn hash_text(text: &[u8], p1: &Node, p2: &Node) -> Node {
    let (low, high) = if p1 < p2 { (p1, p2) } else { (p2, p1) };
    let mut hash = Sha1::new();
    hash.update(low.as_bytes());
    hash.update(high.as_bytes());
    hash.update(text);
    Node(hash.finalize().into())
}

impl Revlog {
    /// The text of a revision, its hash checked; empty for null.
    ///
    /// # Errors
    /// When the stored data is damaged, or needs an extension to be read.
    pub fn revision(&self, rev: Revision) -> Result<Text> {
        if rev.is_null() {
            return Ok(Text::default());
        }
        let entry = self.entry(rev)?;
        if let Some(text) = self.cached(&entry.node) {
            return Ok(text);
        }
        let policy = self.flag_policy(rev)?;
        let text = Arc::new(self.build_text(rev)?);
        if policy == FlagPolicy::Plain {
            self.check_hash(rev, &text)?;
        }
        self.keep(rev, &text);
        Ok(text)
    }

    /// The text as stored, hash not checked, whatever the flags say.
    ///
    /// # Errors
    /// When the stored data is damaged.
    pub fn raw_revision(&self, rev: Revision) -> Result<Text> {
        if rev.is_null() {
            return Ok(Text::default());
        }
        let node = self.node(rev);
        match self.cached(&node) {
            Some(text) => Ok(text),
            None => Ok(Arc::new(self.build_text(rev)?)),
        }
    }

    /// The length of a revision's text.
    ///
    /// # Errors
    /// When the index does not hold it and the text cannot be read.
    pub fn raw_size(&self, rev: Revision) -> Result<usize> {
        if rev.is_null() {
            return Ok(0);
        }
        match usize::try_from(self.entry(rev)?.text_len) {
            Ok(len) => Ok(len),
            Err(_) => Ok(self.raw_revision(rev)?.len()),
        }
    }

    /// What the flags of a revision mean for reading it.
    ///
    /// # Errors
    /// When they are unknown, or need an extension.
    pub fn flag_policy(&self, rev: Revision) -> Result<FlagPolicy> {
        let flags = self.flags(rev);
        if flags & !KNOWN_FLAGS != 0 {
            let flags = flags & !KNOWN_FLAGS;
            return Err(Error::storage(format!("incompatible revision flag '{flags:#x}'")));
        }
        if flags & FLAG_EXTSTORED != 0 {
            let message = format!("missing processor for flag '{FLAG_EXTSTORED:#x}'");
            return Err(Error::storage(message));
        }
        let no_hash = flags & (FLAG_CENSORED | FLAG_ELLIPSIS) != 0;
        Ok(if no_hash { FlagPolicy::NoHash } else { FlagPolicy::Plain })
    }

    /// Checks that a text is that of a revision.
    ///
    /// # Errors
    /// When its hash is another one.
    pub fn check_hash(&self, rev: Revision, text: &[u8]) -> Result<()> {
        let entry = self.entry(rev)?;
        let at = rev.index().unwrap_or(0);
        let parent = |rev: hg_types::UncheckedRevision| {
            rev.check(at).map(|rev| self.node(rev)).ok_or_else(|| self.corrupted())
        };
        let (p1, p2) = (parent(entry.p1)?, parent(entry.p2)?);
        if hash_text(text, &p1, &p2) == entry.node {
            return Ok(());
        }
        Err(integrity(&self.name, rev))
    }

    /// The revision that a revision's delta is against; null when that is none: see
    /// [`Revlog::stores_text`].
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn delta_parent(&self, rev: Revision) -> Result<Revision> {
        let at = rev.index().ok_or_else(|| self.no_revision(rev))?;
        let base = self.entry(rev)?.base;
        if base.0 == rev.get() {
            return Ok(Revision::NULL);
        }
        let base = base.check(at).ok_or_else(|| self.corrupted())?;
        if self.header.general_delta || base.is_null() {
            return Ok(base);
        }
        Ok(Revision::new(rev.get() - 1))
    }

    /// Whether the chunk of a revision is its full text. One without a delta parent may also be a
    /// delta against the empty text: old repositories have such.
    ///
    /// # Errors
    /// When there is no such revision.
    pub fn stores_text(&self, rev: Revision) -> Result<bool> {
        Ok(self.entry(rev)?.base.0 == rev.get())
    }

    /// The revisions whose chunks make up a revision, from the full text to itself.
    ///
    /// # Errors
    /// When the index is damaged.
    pub fn delta_chain(&self, rev: Revision) -> Result<Vec<Revision>> {
        Ok(self.chain_from(rev, |_| false)?.0)
    }

    /// The chain down to (and without) the first revision that is `known`, and that one.
    fn chain_from(
        &self,
        rev: Revision,
        known: impl Fn(Revision) -> bool,
    ) -> Result<(Vec<Revision>, Option<Revision>)> {
        let mut chain = Vec::new();
        let mut at = rev;
        let mut met = None;
        while !at.is_null() {
            if known(at) {
                met = Some(at);
                break;
            }
            chain.push(at);
            // Each step goes to a lower revision, so this ends.
            at = self.delta_parent(at)?;
        }
        chain.reverse();
        Ok((chain, met))
    }

    fn build_text(&self, rev: Revision) -> Result<Vec<u8>> {
        let cached = self.last_text();
        self.build_text_from(rev, |at| {
            cached.as_ref().filter(|(known, _)| *known == at).map(|(_, text)| text)
        })
    }

    /// The text of a revision, built from the nearest text at hand.
    fn build_text_from<'t>(
        &self,
        rev: Revision,
        at_hand: impl Fn(Revision) -> Option<&'t Text>,
    ) -> Result<Vec<u8>> {
        let (chain, met) = self.chain_from(rev, |at| at_hand(at).is_some())?;
        let base;
        let (start, deltas) = match (met.and_then(at_hand), &chain[..]) {
            (Some(text), deltas) => (&text[..], deltas),
            (None, [first, deltas @ ..]) if self.stores_text(*first)? => {
                base = self.chunk(*first)?;
                (&base[..], deltas)
            }
            (None, deltas @ [_, ..]) => (&[][..], deltas),
            (None, []) => return Err(self.corrupted()),
        };
        let chunks = deltas.iter().map(|&rev| self.chunk(rev)).collect::<Result<Vec<_>>>()?;
        delta::apply_chain(start, &chunks)
            .map_err(|source| integrity(&self.name, rev).because(source))
    }

    /// Reads some revisions, each with its hash checked. In ascending order, most of them are built
    /// from the one before; what is kept for that is bounded.
    pub fn texts_of(&self, revs: &[Revision], mut seen: impl FnMut(Revision, Result<Text>)) {
        const KEPT_BYTES: usize = 16 << 20;
        let mut kept: HashMap<Revision, Text> = HashMap::new();
        let mut order: VecDeque<Revision> = VecDeque::new();
        let mut kept_bytes = 0;
        for &rev in revs {
            let text = self.build_text_from(rev, |at| kept.get(&at)).and_then(|text| {
                if self.flag_policy(rev)? == FlagPolicy::Plain {
                    self.check_hash(rev, &text)?;
                }
                Ok(Arc::new(text))
            });
            if let Ok(text) = &text
                && kept.insert(rev, Arc::clone(text)).is_none()
            {
                kept_bytes += text.len();
                order.push_back(rev);
            }
            while kept_bytes > KEPT_BYTES
                && let Some(oldest) = order.pop_front()
            {
                kept_bytes -= kept.remove(&oldest).map_or(0, |text| text.len());
            }
            seen(rev, text);
        }
    }

    /// Reads every revision, first to last, each with its hash checked. Deltas are applied once as
    /// far as memory allows: a text is kept until the last delta against it was used.
    pub fn each_text(&self, mut seen: impl FnMut(Revision, Result<Text>)) {
        const KEPT_BYTES: usize = 64 << 20;
        let parents: Vec<_> =
            self.revs().map(|rev| self.delta_parent(rev).unwrap_or(Revision::NULL)).collect();
        let mut users: HashMap<Revision, usize> = HashMap::new();
        for parent in parents.iter().filter(|parent| !parent.is_null()) {
            *users.entry(*parent).or_default() += 1;
        }
        let mut kept: HashMap<Revision, Text> = HashMap::new();
        let mut kept_bytes = 0;
        for (rev, parent) in self.revs().zip(parents) {
            let text = match kept.get(&parent) {
                Some(base) => self.chunk(rev).and_then(|chunk| {
                    let text = delta::apply(base, &chunk);
                    text.map_err(|source| integrity(&self.name, rev).because(source))
                }),
                None => self.build_text(rev),
            };
            if let Some(left) = users.get_mut(&parent) {
                *left -= 1;
                if *left == 0
                    && let Some(text) = kept.remove(&parent)
                {
                    kept_bytes -= text.len();
                }
            }
            let text = text.and_then(|text| {
                if self.flag_policy(rev)? == FlagPolicy::Plain {
                    self.check_hash(rev, &text)?;
                }
                Ok(Arc::new(text))
            });
            if let Ok(text) = &text
                && users.contains_key(&rev)
                && kept_bytes + text.len() <= KEPT_BYTES
            {
                kept_bytes += text.len();
                kept.insert(rev, Arc::clone(text));
            }
            seen(rev, text);
        }
    }

    /// How many bytes the files hold more (or, negative, less) chunks than the index says.
    ///
    /// # Errors
    /// When the data file cannot be read.
    pub fn data_excess(&self) -> Result<i64> {
        if self.header.inline {
            return Ok(0);
        }
        let expected = i64::try_from(self.data_end()).unwrap_or(i64::MAX);
        let data = self.files.try_map(&self.chunk_file())?.unwrap_or_default();
        Ok(i64::try_from(data.len()).unwrap_or(i64::MAX) - expected)
    }

    /// The decompressed chunk of a revision: its full text or its delta.
    ///
    /// # Errors
    /// When the chunk is missing or damaged.
    pub fn chunk(&self, rev: Revision) -> Result<Cow<'_, [u8]>> {
        let raw = self.raw_chunk(rev)?;
        if self.is_plain_chunk(rev) {
            return Ok(Cow::Borrowed(raw));
        }
        decompress(raw, self.chunk_limit(rev)?).map_err(chunk_error)
    }

    /// How many bytes a chunk may decompress to: a delta can be larger than the text it makes, but
    /// not by much.
    fn chunk_limit(&self, rev: Revision) -> Result<usize> {
        const SLACK: usize = 64 << 20;
        Ok(match usize::try_from(self.entry(rev)?.text_len) {
            Ok(len) => len.saturating_mul(2).saturating_add(SLACK),
            Err(_) => usize::MAX >> 2,
        })
    }

    /// The chunk of a revision as stored.
    ///
    /// # Errors
    /// When the data file is shorter than the index says.
    pub fn raw_chunk(&self, rev: Revision) -> Result<&[u8]> {
        let at = rev.index().ok_or_else(|| self.no_revision(rev))?;
        let record = self.index.record(at).ok_or_else(|| self.no_revision(rev))?;
        let offset = entry::offset(record, at);
        let len = entry::compressed_len(record) as usize;
        if let Some(chunk) = self.data.appended(offset, len) {
            return Ok(chunk);
        }
        if let Some(chunk) = self.index.inline_chunk(at) {
            return Ok(chunk);
        }
        if len == 0 {
            return Ok(&[]);
        }
        let data = self.data_file()?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX);
        start.checked_add(len).and_then(|end| data.get(start..end)).ok_or_else(|| {
            let message = format!(
                "; expected {len} bytes from offset {offset}, got {}",
                i128::from(data.len() as u64) - i128::from(offset)
            );
            let file = self.chunk_file();
            Error::storage([b"partial read of revlog ", &file[..], message.as_bytes()].concat())
        })
    }

    fn data_file(&self) -> Result<&[u8]> {
        if let Some(data) = self.data.base().get() {
            return Ok(data);
        }
        let data = self.files.try_map(&self.chunk_file())?.unwrap_or_default();
        Ok(self.data.base().get_or_init(|| data))
    }

    /// The text used last, if it belongs to a revision of this clone.
    fn last_text(&self) -> Option<(Revision, Text)> {
        let cache = self.cache.lock().ok()?;
        let (rev, node, text) = cache.as_ref()?;
        (self.node(*rev) == *node).then(|| (*rev, Arc::clone(text)))
    }

    pub(super) fn cached(&self, node: &Node) -> Option<Text> {
        let cache = self.cache.lock().ok()?;
        cache.as_ref().filter(|(_, cached, _)| cached == node).map(|(.., text)| Arc::clone(text))
    }

    /// Keeps the text of a revision that was read or written last.
    pub(super) fn keep(&self, rev: Revision, text: &Text) {
        if let Ok(mut cache) = self.cache.lock() {
            *cache = Some((rev, self.node(rev), Arc::clone(text)));
        }
    }
}

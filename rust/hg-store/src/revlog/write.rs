//! Appending revisions, and getting them into the files.

use std::os::unix::fs::FileExt as _;

use hg_format::revlog::entry::{self, ENTRY_LEN};
use hg_format::revlog::{Compressor, Entry, FLAG_CENSORED, FLAG_ELLIPSIS, FLAG_EXTSTORED, Header};
use hg_types::{Error, Node, Result, Revision, UncheckedRevision};

use super::data::ChunkData;
use super::policy::Stored;
use super::read::{Text, hash_text};
use super::{Revlog, RevlogTransaction};

/// When this much was appended by this process, it is read back from the file instead.
pub(super) const MAX_APPENDED: usize = 64 << 20;

/// A revision to be stored.
#[derive(Clone, Debug)]
pub struct NewRevision<'a> {
    /// The full text.
    pub text: Text,
    /// The first parent.
    pub p1: Revision,
    /// The second parent.
    pub p2: Revision,
    /// The changelog revision it belongs to.
    pub linkrev: Revision,
    /// Revision flags.
    pub flags: u16,
    /// The node id; computed when absent.
    pub node: Option<Node>,
    /// A delta to the text that is known already, and the revision it is against (null for a
    /// delta against the empty text, which is not used).
    pub delta: Option<(Revision, &'a [u8])>,
}

impl NewRevision<'_> {
    /// A revision with nothing but what every revision has.
    #[must_use]
    pub fn new(text: impl Into<Vec<u8>>, p1: Revision, p2: Revision, linkrev: Revision) -> Self {
        let text = Text::new(text.into());
        Self { text, p1, p2, linkrev, flags: 0, node: None, delta: None }
    }
}

/// Chunks of a revision that were compressed before it is decided which is stored.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    /// The known delta.
    pub(crate) delta: Option<Vec<u8>>,
    /// The full text.
    pub(crate) text: Option<Vec<u8>>,
}

/// Appends revisions to a revlog in memory; keeps what pays to be kept between two of them.
pub(crate) struct Appender<'r> {
    /// Of the revision that is being appended.
    pub(crate) packed: Packed,
    pub(crate) revlog: &'r mut Revlog,
    pub(crate) compressor: Compressor,
    /// Length and size of delta chains met so far.
    pub(crate) chains: std::collections::HashMap<Revision, (usize, u64)>,
}

impl<'r> Appender<'r> {
    pub(crate) fn new(revlog: &'r mut Revlog) -> Self {
        let compressor = Compressor::new(revlog.options.compression);
        Self {
            revlog,
            compressor,
            chains: std::collections::HashMap::new(),
            packed: Packed::default(),
        }
    }

    /// Appends a revision that is not there yet.
    pub(crate) fn append(&mut self, new: &NewRevision<'_>, node: Node) -> Result<Revision> {
        let at = self.revlog.len();
        let rev = Revision::from_index(at);
        let too_big = || Error::storage("revision is too large for a revlog");
        let text_len = i32::try_from(new.text.len()).map_err(|_| too_big())?;
        let Stored { base, chunk } = self.store(new)?;
        let chunk = self.revlog.note_chunk([new.p1, new.p2], chunk)?;
        let entry = Entry {
            offset: self.revlog.data.end(),
            flags: new.flags,
            compressed_len: u32::try_from(chunk.len()).map_err(|_| too_big())?,
            text_len,
            base: UncheckedRevision(base.unwrap_or(rev).get()),
            linkrev: UncheckedRevision(new.linkrev.get()),
            p1: UncheckedRevision(new.p1.get()),
            p2: UncheckedRevision(new.p2.get()),
            node,
        };
        let revlog = &mut *self.revlog;
        let header = (at == 0).then_some(revlog.header);
        revlog.index.push(entry.encode(header));
        revlog.data.push(&chunk);
        revlog.nodes.insert(node, at);
        if revlog.flag_policy(rev).is_ok() {
            revlog.keep(rev, &new.text);
        }
        Ok(rev)
    }
}

impl Revlog {
    /// Stores a revision and writes it through the transaction; gives the revision with the same
    /// node id when there is one already.
    ///
    /// # Errors
    /// When a parent is unknown, the text does not have the given node id, or writing fails.
    pub fn add_revision(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        new: &NewRevision<'_>,
    ) -> Result<Revision> {
        let rev = self.append_revision(new)?;
        self.flush(tr)?;
        Ok(rev)
    }

    /// Appends a revision in memory only: for overlays such as bundles, or before
    /// [`Revlog::flush`].
    ///
    /// # Errors
    /// When a parent is unknown or the text does not have the given node id.
    pub fn append_revision(&mut self, new: &NewRevision<'_>) -> Result<Revision> {
        self.check_writable()?;
        for parent in [new.p1, new.p2] {
            if parent.index().is_some_and(|at| at >= self.len()) {
                return Err(self.no_revision(parent));
            }
        }
        let hashed = || hash_text(&new.text, &self.node(new.p1), &self.node(new.p2));
        let node = new.node.unwrap_or_else(hashed);
        if let Some(rev) = self.find(&node) {
            return Ok(rev);
        }
        Appender::new(self).append(new, node)
    }

    pub(super) fn check_writable(&self) -> Result<()> {
        if self.header.version == 1 {
            return Ok(());
        }
        let message = format!("cannot add to revlog of version {}", self.header.version);
        Err(Error::storage(message))
    }

    /// Writes what was appended in memory. Chunks come before index entries; the entries of a
    /// changelog are written when the transaction closes.
    ///
    /// # Errors
    /// When writing fails; the transaction must then be aborted.
    pub fn flush(&mut self, tr: &mut dyn RevlogTransaction) -> Result<()> {
        if self.written == self.len() {
            return Ok(());
        }
        if self.docketed.is_some() {
            self.append_docketed(tr)?;
            self.written = self.len();
            return Ok(());
        }
        let outgrown = self.data_end() >= self.options.max_inline || self.options.changelog;
        if self.header.inline && outgrown {
            self.split(tr)?;
        } else if self.header.inline {
            self.append_inline(tr)?;
        } else {
            self.append_split(tr)?;
        }
        self.written = self.len();
        if !self.header.inline && self.data.appended_len() > MAX_APPENDED {
            self.data = ChunkData::new(self.data_end());
        }
        Ok(())
    }

    /// Whether something was appended that [`Revlog::flush`] has not written.
    #[must_use]
    pub fn needs_flush(&self) -> bool {
        self.written < self.len()
    }

    /// Where the chunk of the first unwritten revision starts.
    pub(super) fn written_data_end(&self) -> u64 {
        match self.index.record(self.written) {
            Some(record) => entry::offset(record, self.written),
            None => self.data_end(),
        }
    }

    fn append_inline(&self, tr: &mut dyn RevlogTransaction) -> Result<()> {
        let offset = (self.written * ENTRY_LEN) as u64 + self.written_data_end();
        let mut bytes = Vec::new();
        for rev in self.rev_range(self.written..self.len()) {
            bytes.extend_from_slice(&self.record_bytes(rev));
            bytes.extend_from_slice(self.raw_chunk(rev)?);
        }
        self.write_at(tr, &self.name.index_file(), offset, &bytes)
    }

    fn append_split(&self, tr: &mut dyn RevlogTransaction) -> Result<()> {
        let start = self.written_data_end();
        let len = usize::try_from(self.data_end() - start).unwrap_or(usize::MAX);
        let chunks = self.data.appended(start, len).ok_or_else(|| self.corrupted())?;
        self.write_at(tr, &self.name.data_file(), start, chunks)?;
        let records = self.index_bytes(self.written);
        let offset = (self.written * ENTRY_LEN) as u64;
        if self.options.changelog {
            return tr.delay(&self.name.index_file(), offset, &records);
        }
        self.write_at(tr, &self.name.index_file(), offset, &records)
    }

    /// Moves the chunks of an inline revlog to a data file: that is written first, then the new
    /// index replaces the old one, so that readers see one or the other.
    fn split(&mut self, tr: &mut dyn RevlogTransaction) -> Result<()> {
        let mut chunks = Vec::new();
        for rev in self.revs() {
            chunks.extend_from_slice(self.raw_chunk(rev)?);
        }
        self.write_at(tr, &self.name.data_file(), 0, &chunks)?;
        let was_written = self.written > 0;
        self.header = Header { inline: false, ..self.header };
        let index_file = self.name.index_file();
        if !was_written {
            return self.write_at(tr, &index_file, 0, &self.index_bytes(0));
        }
        tr.add_backup(&index_file)?;
        if self.options.changelog {
            // What the transaction adds stays unseen until it closes.
            let old = self.index_bytes(0)[..self.written * ENTRY_LEN].to_vec();
            self.files.write_atomic(&index_file, &old)?;
            let offset = old.len() as u64;
            return tr.delay(&index_file, offset, &self.index_bytes(self.written));
        }
        self.files.write_atomic(&index_file, &self.index_bytes(0))
    }

    fn index_bytes(&self, from: usize) -> Vec<u8> {
        self.rev_range(from..self.len()).flat_map(|rev| self.record_bytes(rev)).collect()
    }

    /// An entry as it is to be stored: the first one carries the header.
    fn record_bytes(&self, rev: Revision) -> [u8; ENTRY_LEN] {
        let at = rev.index().unwrap_or(0);
        let mut record = self.index.record(at).copied().unwrap_or([0; ENTRY_LEN]);
        if at == 0 {
            record[..4].copy_from_slice(&self.header.encode());
        }
        record
    }

    pub(super) fn write_at(
        &self,
        tr: &mut dyn RevlogTransaction,
        name: &[u8],
        offset: u64,
        bytes: &[u8],
    ) -> Result<()> {
        tr.add(name, offset)?;
        let file = self.files.open_update(name)?;
        file.write_all_at(bytes, offset).map_err(|source| {
            let message = [b"cannot write ", name, b": ", &hg_vfs::os_message(&source)].concat();
            Error::new(hg_types::ErrorKind::Io, message).because(source)
        })
    }
}

/// Whether flags say that a revision's text need not have its hash.
pub(crate) fn skips_hash(flags: u16) -> bool {
    flags & (FLAG_CENSORED | FLAG_ELLIPSIS | FLAG_EXTSTORED) != 0
}

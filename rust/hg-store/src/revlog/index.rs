//! The index of a revlog: mapped entries of the file, then entries appended in this process.

use std::sync::Arc;

use hg_format::revlog::entry::{self, ENTRY_LEN};
use hg_format::revlog::{Entry, Header, RevlogError, v0};
use hg_types::{Node, Revision, UncheckedRevision};
use hg_vfs::FileBytes;

/// One raw entry.
pub(crate) type Record = [u8; ENTRY_LEN];

/// All entries; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Index {
    base: FileBytes,
    /// Where each entry of an inline index starts.
    positions: Option<Arc<Vec<usize>>>,
    base_len: usize,
    tail: Arc<Vec<Record>>,
}

impl Index {
    /// The index of a revlog without revisions.
    pub(crate) fn empty() -> Self {
        Self { base: FileBytes::default(), positions: None, base_len: 0, tail: Arc::default() }
    }

    /// Takes the bytes of an index file.
    pub(crate) fn open(base: FileBytes, header: Header) -> Result<Self, RevlogError> {
        if header.version == 0 {
            let encode = |entry: &Entry| entry.encode(None);
            let tail = Arc::new(v0::decode(&base)?.iter().map(encode).collect());
            return Ok(Self { tail, ..Self::empty() });
        }
        if header.inline {
            let positions = inline_positions(&base)?;
            let base_len = positions.len();
            return Ok(Self {
                base,
                base_len,
                positions: Some(positions.into()),
                tail: Arc::default(),
            });
        }
        if !base.len().is_multiple_of(ENTRY_LEN) {
            return Err(RevlogError::Truncated(base.len()));
        }
        let base_len = base.len() / ENTRY_LEN;
        Ok(Self { base, base_len, positions: None, tail: Arc::default() })
    }

    pub(crate) fn len(&self) -> usize {
        self.base_len + self.tail.len()
    }

    pub(crate) fn record(&self, at: usize) -> Option<&Record> {
        if at >= self.base_len {
            return self.tail.get(at - self.base_len);
        }
        let start = match &self.positions {
            Some(positions) => *positions.get(at)?,
            None => at * ENTRY_LEN,
        };
        self.base.get(start..)?.first_chunk()
    }

    /// The chunk that lies behind an entry of an inline index file.
    pub(crate) fn inline_chunk(&self, at: usize) -> Option<&[u8]> {
        let start = self.positions.as_ref()?.get(at)? + ENTRY_LEN;
        let len = usize::try_from(entry::compressed_len(self.record(at)?)).ok()?;
        self.base.get(start..start.checked_add(len)?)
    }

    pub(crate) fn entry(&self, at: usize) -> Option<Entry> {
        Some(Entry::decode(self.record(at)?, at))
    }

    pub(crate) fn push(&mut self, record: Record) {
        Arc::make_mut(&mut self.tail).push(record);
    }

    /// Puts other flags on an entry that this process holds.
    pub(crate) fn set_flags(&mut self, at: usize, flags: u16) {
        let tail = Arc::make_mut(&mut self.tail);
        if let Some(record) = at.checked_sub(self.base_len).and_then(|at| tail.get_mut(at)) {
            record[6..8].copy_from_slice(&flags.to_be_bytes());
        }
    }

    /// The node of a revision; the null id outside the index.
    pub(crate) fn node(&self, at: usize) -> Node {
        self.record(at).map_or(Node::NULL, entry::node)
    }

    /// The parents of a revision. Numbers that cannot be right (not below the revision) count as
    /// null here, so that walks end; reading the revision reports them.
    pub(crate) fn parents(&self, at: usize) -> [Revision; 2] {
        let Some(record) = self.record(at) else { return [Revision::NULL; 2] };
        let check = |rev| UncheckedRevision(rev).check(at).unwrap_or(Revision::NULL);
        entry::parents(record).map(check)
    }

    /// Where the chunk after the last one starts.
    pub(crate) fn data_end(&self) -> u64 {
        let Some(last) = self.len().checked_sub(1) else { return 0 };
        self.record(last).map_or(0, |record| {
            entry::offset(record, last) + u64::from(entry::compressed_len(record))
        })
    }
}

fn inline_positions(base: &[u8]) -> Result<Vec<usize>, RevlogError> {
    let mut positions = Vec::new();
    let mut at = 0;
    while at < base.len() {
        let record: Option<&Record> = base[at..].first_chunk();
        let len = record.and_then(|record| usize::try_from(entry::compressed_len(record)).ok());
        let next = len
            .and_then(|len| at.checked_add(ENTRY_LEN + len))
            .filter(|&next| next <= base.len())
            .ok_or(RevlogError::Truncated(at))?;
        positions.push(at);
        at = next;
    }
    Ok(positions)
}

//! The stored chunks of a revlog: a mapped file, then what this process appended.

use std::sync::{Arc, OnceLock};

use hg_vfs::FileBytes;

/// All chunks by their offset; cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ChunkData {
    /// The data file, opened when first used; not used for inline revlogs.
    base: Arc<OnceLock<FileBytes>>,
    /// Where the chunks of this process start.
    base_end: u64,
    tail: Arc<Vec<u8>>,
}

impl ChunkData {
    pub(crate) fn new(base_end: u64) -> Self {
        Self { base: Arc::default(), base_end, tail: Arc::default() }
    }

    /// A slice of what this process appended, when `offset` lies there.
    pub(crate) fn appended(&self, offset: u64, len: usize) -> Option<&[u8]> {
        let start = usize::try_from(offset.checked_sub(self.base_end)?).ok()?;
        self.tail.get(start..start.checked_add(len)?)
    }

    /// The mapped file.
    pub(crate) fn base(&self) -> &OnceLock<FileBytes> {
        &self.base
    }

    pub(crate) fn push(&mut self, chunk: &[u8]) {
        Arc::make_mut(&mut self.tail).extend_from_slice(chunk);
    }

    pub(crate) fn appended_len(&self) -> usize {
        self.tail.len()
    }

    pub(crate) fn end(&self) -> u64 {
        self.base_end + self.tail.len() as u64
    }
}

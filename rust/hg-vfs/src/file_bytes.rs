//! The bytes of a file, mapped when it is big.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Deref;
use std::sync::Arc;

use memmap2::{Mmap, MmapOptions};

/// Files below this size are read: mapping costs more than copying them.
const MAP_THRESHOLD: u64 = 64 * 1024;

/// The content of a file at the moment it was opened; cheap to clone.
///
/// The mapping is private, but another process that truncates the file is still seen: map only
/// files that are replaced by renaming or only ever appended to.
#[derive(Clone, Default)]
pub struct FileBytes(Arc<Content>);

enum Content {
    Read(Vec<u8>),
    Mapped(Mmap),
}

impl Default for Content {
    fn default() -> Self {
        Self::Read(Vec::new())
    }
}

impl FileBytes {
    /// Takes bytes that are in memory already.
    #[must_use]
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Content::Read(bytes)))
    }

    /// Reads or maps an open file from its start.
    ///
    /// # Errors
    /// When the system refuses to read.
    pub fn from_file(file: &File) -> io::Result<Self> {
        let size = file.metadata()?.len();
        if size >= MAP_THRESHOLD
            && let Some(map) = map_private(file)
        {
            return Ok(Self(Arc::new(Content::Mapped(map))));
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size.min(1 << 30)).unwrap_or(0));
        let mut reader = file;
        reader.read_to_end(&mut bytes)?;
        Ok(Self::from_vec(bytes))
    }

    /// Whether the bytes are a mapping.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(*self.0, Content::Mapped(_))
    }
}

#[expect(unsafe_code, reason = "mapping memory is what this module is for")]
fn map_private(file: &File) -> Option<Mmap> {
    // SAFETY: the mapping is private and read-only; the files mapped are only ever appended to or
    // replaced by renaming, under the repository's locks (see the type's documentation).
    unsafe { MmapOptions::new().map_copy_read_only(file) }.ok()
}

impl Deref for FileBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match &*self.0 {
            Content::Read(bytes) => bytes,
            Content::Mapped(map) => map,
        }
    }
}

impl AsRef<[u8]> for FileBytes {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl std::fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileBytes({} bytes)", self.len())
    }
}

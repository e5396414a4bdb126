//! The bytes of a file, mapped when it is big.

use std::fs::File;
use std::io::{self, Read as _};
use std::ops::Deref;
use std::path::Path;
use std::sync::Arc;

use crate::mapping::Mapping;

/// Files below this size are read: mapping costs more than copying them.
const MAP_THRESHOLD: u64 = 64 * 1024;

/// The content of a file at the moment it was opened; cheap to clone.
///
/// Another process that truncates a mapped file does not end this one: the lost bytes read as
/// zeroes, and [`crate::torn_file`] names the file.
#[derive(Clone, Default)]
pub struct FileBytes(Arc<Content>);

enum Content {
    Read(Vec<u8>),
    Mapped(Mapping),
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

    /// Reads or maps an open file from its start; `path` is what messages call it.
    ///
    /// # Errors
    /// When the system refuses to read.
    pub fn from_file(file: &File, path: &Path) -> io::Result<Self> {
        let size = file.metadata()?.len();
        if size >= MAP_THRESHOLD
            && let Ok(map) = Mapping::new(file, path)
        {
            return Ok(Self(Arc::new(Content::Mapped(map))));
        }
        let mut reader = file;
        // Some files say that they are empty and are not; big ones are here if mapping is refused.
        if size == 0 || size >= MAP_THRESHOLD {
            let mut bytes = Vec::new();
            reader.read_to_end(&mut bytes)?;
            return Ok(Self::from_vec(bytes));
        }
        // What was appended since it was asked for its size is not wanted: one read is enough.
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        let mut filled = 0;
        while filled < bytes.len() {
            match reader.read(&mut bytes[filled..]) {
                Ok(0) => break,
                Ok(more) => filled += more,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        bytes.truncate(filled);
        Ok(Self::from_vec(bytes))
    }

    /// Whether the bytes are a mapping.
    #[must_use]
    pub fn is_mapped(&self) -> bool {
        matches!(*self.0, Content::Mapped(_))
    }
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

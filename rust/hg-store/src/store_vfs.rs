//! The files of the store under their logical names.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hg_format::store_path::PathEncoding;
use hg_types::Result;
use hg_vfs::{AtomicFile, AtomicOptions, FileBytes, FileStat, Vfs};

use crate::fncache::FnCache;
use crate::revlog::RevlogFiles;

/// Files of the store by logical name (`data/Foo.i`): names are encoded on the way to the file
/// system, and new files are remembered for the name cache. Cheap to clone.
#[derive(Clone, Debug)]
pub struct StoreVfs {
    raw: Vfs,
    encoding: PathEncoding,
    fncache: Option<Arc<FnCache>>,
}

impl StoreVfs {
    /// The store in the directory of `raw`.
    #[must_use]
    pub fn new(raw: Vfs, encoding: PathEncoding) -> Self {
        let cached = matches!(encoding, PathEncoding::FnCache { .. } | PathEncoding::Plain);
        let fncache = cached.then(|| Arc::new(FnCache::new(raw.clone())));
        Self { raw, encoding, fncache }
    }

    /// The store's directory, without encoding of names.
    #[must_use]
    pub fn raw(&self) -> &Vfs {
        &self.raw
    }

    /// How names are encoded.
    #[must_use]
    pub fn encoding(&self) -> PathEncoding {
        self.encoding
    }

    /// The name cache, if this layout has one.
    #[must_use]
    pub fn fncache(&self) -> Option<&Arc<FnCache>> {
        self.fncache.as_ref()
    }

    /// The name of the file below the store.
    #[must_use]
    pub fn encode(&self, name: impl AsRef<[u8]>) -> Vec<u8> {
        self.encoding.encode(name.as_ref())
    }

    /// The full path of the file.
    #[must_use]
    pub fn join(&self, name: impl AsRef<[u8]>) -> PathBuf {
        self.raw.join(self.encode(name))
    }

    /// The store's directory.
    #[must_use]
    pub fn base(&self) -> &Path {
        self.raw.base()
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub fn read(&self, name: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        Ok(self.raw.read(self.encode(name))?)
    }

    /// Reads a whole file; `None` when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn try_read(&self, name: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        Ok(self.raw.try_read(self.encode(name))?)
    }

    /// Reads or maps a whole file.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub fn map(&self, name: impl AsRef<[u8]>) -> Result<FileBytes> {
        Ok(self.raw.map(self.encode(name))?)
    }

    /// Reads or maps a whole file; `None` when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn try_map(&self, name: impl AsRef<[u8]>) -> Result<Option<FileBytes>> {
        Ok(self.raw.try_map(self.encode(name))?)
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// When it cannot be opened, or is not there.
    pub fn open(&self, name: impl AsRef<[u8]>) -> Result<File> {
        Ok(self.raw.open(self.encode(name))?)
    }

    /// Opens a file for writing at its end, making it when it is not there. A file with several
    /// names (hard links of a local clone) gets a content of its own first.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_append(&self, name: impl AsRef<[u8]>) -> Result<File> {
        let path = self.prepare(name.as_ref())?;
        Ok(self.raw.open_append(path)?)
    }

    /// Opens a file for reading and writing, making it when it is not there; see
    /// [`StoreVfs::open_append`].
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_update(&self, name: impl AsRef<[u8]>) -> Result<File> {
        let path = self.prepare(name.as_ref())?;
        Ok(self.raw.open_update(path)?)
    }

    /// Opens a file that appears under its name when it is committed.
    ///
    /// # Errors
    /// When the temporary file cannot be made.
    pub fn create_atomic(
        &self,
        name: impl AsRef<[u8]>,
        options: AtomicOptions,
    ) -> Result<AtomicFile> {
        let path = self.remember(name.as_ref())?;
        Ok(self.raw.create_atomic(path, options)?)
    }

    /// Writes a whole file under a temporary name and renames it into place, with the check that
    /// readers notice.
    ///
    /// # Errors
    /// When it cannot be written; the old file is then untouched.
    pub fn write_atomic(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        let path = self.remember(name.as_ref())?;
        Ok(self.raw.write_atomic_checked(path, bytes)?)
    }

    /// Appends to a file, making it when it is not there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        let path = self.prepare(name.as_ref())?;
        Ok(self.raw.append(path, bytes)?)
    }

    /// Cuts a file to `size` bytes.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn truncate(&self, name: impl AsRef<[u8]>, size: u64) -> Result<()> {
        Ok(self.raw.truncate(self.encode(name), size)?)
    }

    /// Whether the file exists.
    #[must_use]
    pub fn exists(&self, name: impl AsRef<[u8]>) -> bool {
        self.raw.exists(self.encode(name))
    }

    /// What the file is; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn lstat(&self, name: impl AsRef<[u8]>) -> Result<Option<Metadata>> {
        Ok(self.raw.lstat(self.encode(name))?)
    }

    /// The version of the file; `None` when it is not there.
    #[must_use]
    pub fn file_stat(&self, name: impl AsRef<[u8]>) -> Option<FileStat> {
        self.raw.file_stat(self.encode(name))
    }

    /// The length of the file in bytes; 0 when it is not there.
    #[must_use]
    pub fn len_of(&self, name: impl AsRef<[u8]>) -> u64 {
        self.file_stat(name).map_or(0, |stat| stat.size)
    }

    /// Removes a file; says whether it was there.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn try_remove(&self, name: impl AsRef<[u8]>) -> Result<bool> {
        Ok(self.raw.try_remove(self.encode(name))?)
    }

    /// Renames a file within the store, with the check that readers notice.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<()> {
        let to = self.remember(to.as_ref())?;
        Ok(self.raw.rename_checked(self.encode(from), to)?)
    }

    fn prepare(&self, name: &[u8]) -> Result<Vec<u8>> {
        let path = self.remember(name)?;
        self.raw.unlink_before_write(&path)?;
        Ok(path)
    }

    /// Notes a file that is about to be made in the name cache.
    fn remember(&self, name: &[u8]) -> Result<Vec<u8>> {
        let path = self.encode(name);
        if let Some(fncache) = &self.fncache
            && FnCache::covers(name)
            && self.raw.file_stat(&path).is_none_or(|stat| stat.size == 0)
        {
            fncache.add(name)?;
        }
        Ok(path)
    }
}

impl RevlogFiles for StoreVfs {
    fn try_map(&self, name: &[u8]) -> Result<Option<FileBytes>> {
        Self::try_map(self, name)
    }

    fn open_update(&self, name: &[u8]) -> Result<File> {
        Self::open_update(self, name)
    }

    fn write_atomic(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        Self::write_atomic(self, name, bytes)
    }
}

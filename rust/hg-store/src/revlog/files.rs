//! The files below a revlog, and the part of a transaction that revlogs write through.

use std::fs::File;

use hg_types::Result;
use hg_vfs::{FileBytes, Vfs};

/// Files of a store by their unencoded names, such as `data/dir/file.i`.
pub trait RevlogFiles: Send + Sync + std::fmt::Debug {
    /// Reads or maps a whole file; `None` when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    fn try_map(&self, name: &[u8]) -> Result<Option<FileBytes>>;

    /// Opens a file for reading and writing in place, making it when it is not there, and giving
    /// it a content of its own when another name shares it (hard links).
    ///
    /// # Errors
    /// When it cannot be opened.
    fn open_update(&self, name: &[u8]) -> Result<File>;

    /// Replaces a whole file by renaming a new one into its place.
    ///
    /// # Errors
    /// When it cannot be written; the old file is then untouched.
    fn write_atomic(&self, name: &[u8], bytes: &[u8]) -> Result<()>;
}

/// Names are used as they are.
impl RevlogFiles for Vfs {
    fn try_map(&self, name: &[u8]) -> Result<Option<FileBytes>> {
        Ok(Self::try_map(self, name)?)
    }

    fn open_update(&self, name: &[u8]) -> Result<File> {
        self.unlink_before_write(name)?;
        Ok(Self::open_update(self, name)?)
    }

    fn write_atomic(&self, name: &[u8], bytes: &[u8]) -> Result<()> {
        Ok(Self::write_atomic(self, name, bytes)?)
    }
}

/// What revlogs need of a transaction. Names are those of [`RevlogFiles`].
pub trait RevlogTransaction {
    /// Journals, before the first append to `name` in this transaction, that the file was `offset`
    /// bytes long: an abort cuts it to that, and removes it when that is zero. Later calls for the
    /// same file change nothing.
    ///
    /// # Errors
    /// When the journal cannot be written.
    fn add(&mut self, name: &[u8], offset: u64) -> Result<()>;

    /// Keeps a copy of a file that is about to be replaced; an abort puts it back.
    ///
    /// # Errors
    /// When the copy or the journal cannot be written.
    fn add_backup(&mut self, name: &[u8]) -> Result<()>;

    /// Takes bytes to write at `offset` of `name` when the transaction closes: after everything
    /// else was written. Calls follow each other without gap. Until then they are in
    /// `{name}.a`, a copy of the whole file with these bytes, for processes that are given
    /// `HG_PENDING`. The file is journalled as by [`RevlogTransaction::add`].
    ///
    /// # Errors
    /// When the journal cannot be written.
    fn delay(&mut self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()>;

    /// Has the docket of a changelog replaced when the transaction closes, after everything that it
    /// points to was written. A later call replaces the bytes. Until then the docket says what it
    /// said, and what will be is in it for processes that are given `HG_PENDING`.
    ///
    /// # Errors
    /// When the journal cannot be written.
    fn settle(&mut self, name: &[u8], docket: &[u8]) -> Result<()>;
}

//! A directory and the files below it.

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::atomic::{self, AtomicFile, AtomicOptions};
use crate::error::{IoResultExt as _, Result};
use crate::file_bytes::FileBytes;
use crate::mode::{create_mode, umask};
use crate::stat::FileStat;

/// Bytes as a path of the operating system.
#[must_use]
pub fn bytes_to_path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// A path of the operating system as bytes.
#[must_use]
pub fn path_to_bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_bytes()
}

/// One name in a directory.
#[derive(Clone, Debug)]
pub struct DirEntry {
    /// The name, without directory.
    pub name: Vec<u8>,
    /// What it is, symbolic links not followed.
    pub kind: fs::FileType,
}

/// A base directory; every path given to it is bytes relative to that. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Vfs {
    base: Arc<Path>,
    mode: Option<u32>,
}

impl Vfs {
    /// Works below `base`; files get the permissions the mask gives.
    pub fn new(base: impl AsRef<Path>) -> Self {
        Self { base: Arc::from(base.as_ref()), mode: None }
    }

    /// Works below `base`; files get the permissions that [`create_mode`] reads off `model`.
    pub fn with_mode_of(base: impl AsRef<Path>, model: &Path) -> Self {
        Self { base: Arc::from(base.as_ref()), mode: create_mode(model) }
    }

    /// The same permissions, another base.
    #[must_use]
    pub fn at(&self, name: impl AsRef<[u8]>) -> Self {
        Self { base: Arc::from(self.join(name)), mode: self.mode }
    }

    /// The base directory.
    #[must_use]
    pub fn base(&self) -> &Path {
        &self.base
    }

    /// The base directory as bytes.
    #[must_use]
    pub fn base_bytes(&self) -> &[u8] {
        path_to_bytes(&self.base)
    }

    /// The mode of new files, `None` when the mask decides.
    #[must_use]
    pub fn mode(&self) -> Option<u32> {
        self.mode
    }

    /// The full path of a name; the base itself for the empty name.
    #[must_use]
    pub fn join(&self, name: impl AsRef<[u8]>) -> PathBuf {
        let name = name.as_ref();
        if name.is_empty() { self.base.to_path_buf() } else { self.base.join(bytes_to_path(name)) }
    }

    /// Reads a whole file.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub fn read(&self, name: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        let path = self.join(name);
        fs::read(&path).when("reading", path)
    }

    /// Reads a whole file; `None` when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn try_read(&self, name: impl AsRef<[u8]>) -> Result<Option<Vec<u8>>> {
        optional(self.read(name))
    }

    /// Reads or maps a whole file.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub fn map(&self, name: impl AsRef<[u8]>) -> Result<FileBytes> {
        let path = self.join(name);
        File::open(&path).and_then(|file| FileBytes::from_file(&file, &path)).when("reading", path)
    }

    /// Reads or maps a whole file; `None` when it is not there.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn try_map(&self, name: impl AsRef<[u8]>) -> Result<Option<FileBytes>> {
        optional(self.map(name))
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// When it cannot be opened, or is not there.
    pub fn open(&self, name: impl AsRef<[u8]>) -> Result<File> {
        let path = self.join(name);
        File::open(&path).when("reading", path)
    }

    /// Makes an empty file, or empties an existing one, making its directories.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn create(&self, name: impl AsRef<[u8]>) -> Result<File> {
        self.open_with(name, OpenOptions::new().write(true).create(true).truncate(true))
    }

    /// Opens a file for writing at its end, making it and its directories when they are not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_append(&self, name: impl AsRef<[u8]>) -> Result<File> {
        self.open_with(name, OpenOptions::new().append(true).create(true))
    }

    /// Opens a file for reading and writing, making it and its directories when they are not there.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open_update(&self, name: impl AsRef<[u8]>) -> Result<File> {
        self.open_with(name, OpenOptions::new().read(true).write(true).create(true).truncate(false))
    }

    fn open_with(&self, name: impl AsRef<[u8]>, options: &OpenOptions) -> Result<File> {
        let path = self.join(&name);
        let fresh = self.mode.is_some() && fs::symlink_metadata(&path).is_err();
        let file = match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                self.create_parents(&name)?;
                options.open(&path)
            }
            other => other,
        }
        .when("opening", &path)?;
        if fresh && let Some(mode) = self.mode {
            file.set_permissions(fs::Permissions::from_mode(mode & 0o666))
                .when("changing mode of", path)?;
        }
        Ok(file)
    }

    /// Gives the file a content of its own if it shares it with another name (hard link), so that
    /// changing it in place does not change the other.
    ///
    /// # Errors
    /// When copying fails.
    pub fn unlink_before_write(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(&name);
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_file() && meta.nlink() > 1 => {
                let bytes = self.read(&name)?;
                self.write_atomic(&name, &bytes)
            }
            _ => Ok(()),
        }
    }

    /// Writes a whole file in place.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        let mut file = self.create(&name)?;
        file.write_all(bytes).when("writing", self.join(name))
    }

    /// Writes a whole file under a temporary name and renames it into place.
    ///
    /// # Errors
    /// When it cannot be written; the old file is then untouched.
    pub fn write_atomic(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        self.write_atomic_with(name, bytes, AtomicOptions::default())
    }

    /// Like [`Vfs::write_atomic`], and moves the time on if readers could miss the change.
    ///
    /// # Errors
    /// When it cannot be written; the old file is then untouched.
    pub fn write_atomic_checked(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        let options = AtomicOptions { check_ambiguity: true, ..AtomicOptions::default() };
        self.write_atomic_with(name, bytes, options)
    }

    /// Like [`Vfs::write_atomic`] with every choice.
    ///
    /// # Errors
    /// When it cannot be written; the old file is then untouched.
    pub fn write_atomic_with(
        &self,
        name: impl AsRef<[u8]>,
        bytes: &[u8],
        options: AtomicOptions,
    ) -> Result<()> {
        let mut file = self.create_atomic(&name, options)?;
        file.write_all(bytes).when("writing", self.join(name))?;
        file.commit()
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
        let options = AtomicOptions { mode: options.mode.or(self.mode), ..options };
        match AtomicFile::create(self.join(&name), options) {
            Err(error) if error.is_not_found() => {
                self.create_parents(&name)?;
                AtomicFile::create(self.join(name), options)
            }
            other => other,
        }
    }

    /// Appends to a file, making it when it is not there.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn append(&self, name: impl AsRef<[u8]>, bytes: &[u8]) -> Result<()> {
        let mut file = self.open_append(&name)?;
        file.write_all(bytes).when("writing", self.join(name))
    }

    /// Cuts a file to `size` bytes.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn truncate(&self, name: impl AsRef<[u8]>, size: u64) -> Result<()> {
        let path = self.join(name);
        OpenOptions::new()
            .write(true)
            .open(&path)
            .and_then(|file| file.set_len(size))
            .when("truncating", path)
    }

    /// Whether the name exists, symbolic links followed.
    #[must_use]
    pub fn exists(&self, name: impl AsRef<[u8]>) -> bool {
        self.join(name).exists()
    }

    /// Whether the name exists, symbolic links not followed.
    #[must_use]
    pub fn lexists(&self, name: impl AsRef<[u8]>) -> bool {
        fs::symlink_metadata(self.join(name)).is_ok()
    }

    /// Whether the name is a directory, symbolic links followed.
    #[must_use]
    pub fn is_dir(&self, name: impl AsRef<[u8]>) -> bool {
        self.join(name).is_dir()
    }

    /// What the name is, symbolic links not followed; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn lstat(&self, name: impl AsRef<[u8]>) -> Result<Option<Metadata>> {
        let path = self.join(name);
        optional(fs::symlink_metadata(&path).when("reading", path))
    }

    /// What the name is, symbolic links followed; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn stat(&self, name: impl AsRef<[u8]>) -> Result<Option<Metadata>> {
        let path = self.join(name);
        optional(fs::metadata(&path).when("reading", path))
    }

    /// The version of a file, `None` when it is not there or cannot be asked.
    #[must_use]
    pub fn file_stat(&self, name: impl AsRef<[u8]>) -> Option<FileStat> {
        fs::metadata(self.join(name)).ok().map(|meta| FileStat::new(&meta))
    }

    /// Removes a file.
    ///
    /// # Errors
    /// When it cannot be removed, or is not there.
    pub fn remove(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(name);
        fs::remove_file(&path).when("removing", path)
    }

    /// Removes a file; says whether it was there.
    ///
    /// # Errors
    /// When it is there and cannot be removed.
    pub fn try_remove(&self, name: impl AsRef<[u8]>) -> Result<bool> {
        optional(self.remove(name)).map(|done| done.is_some())
    }

    /// Removes a file, then every directory above it that this leaves empty.
    ///
    /// # Errors
    /// When the file cannot be removed, or is not there.
    pub fn remove_with_parents(&self, name: impl AsRef<[u8]>) -> Result<()> {
        self.remove(&name)?;
        self.remove_empty_parents(name);
        Ok(())
    }

    /// Removes every directory above a name that is empty, up to the base.
    pub fn remove_empty_parents(&self, name: impl AsRef<[u8]>) {
        let path = self.join(name);
        for directory in path.ancestors().skip(1) {
            if directory == &*self.base || fs::remove_dir(directory).is_err() {
                break;
            }
        }
    }

    /// Removes a directory with everything in it; nothing happens when it is not there.
    ///
    /// # Errors
    /// When something in it cannot be removed.
    pub fn remove_tree(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(name);
        optional(fs::remove_dir_all(&path).when("removing", path)).map(|_| ())
    }

    /// Removes an empty directory.
    ///
    /// # Errors
    /// When it is not empty or not there.
    pub fn remove_dir(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(name);
        fs::remove_dir(&path).when("removing", path)
    }

    /// Renames a file.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<()> {
        atomic::rename(&self.join(from), &self.join(to), false)
    }

    /// Renames a file, and moves its time on if readers could miss the change.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn rename_checked(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<()> {
        atomic::rename(&self.join(from), &self.join(to), true)
    }

    /// Makes a copy of a file under another name, by a hard link where that is possible; makes its
    /// directories.
    ///
    /// # Errors
    /// When the file cannot be read or the copy not be written.
    pub fn link_or_copy(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<()> {
        self.create_parents(&to)?;
        let (from, to) = (self.join(from), self.join(to));
        optional(fs::remove_file(&to).when("removing", &to))?;
        fs::hard_link(&from, &to).or_else(|_| copy_with_times(&from, &to)).when("copying", from)
    }

    /// Copies a file with its mode and times, making its directories.
    ///
    /// # Errors
    /// When the file cannot be read or the copy not be written.
    pub fn copy(&self, from: impl AsRef<[u8]>, to: impl AsRef<[u8]>) -> Result<()> {
        self.create_parents(&to)?;
        let (from, to) = (self.join(from), self.join(to));
        optional(fs::remove_file(&to).when("removing", &to))?;
        copy_with_times(&from, &to).when("copying", from)
    }

    /// Makes a directory and those above it, with the permissions of the repository.
    ///
    /// # Errors
    /// When one cannot be made.
    pub fn create_dirs(&self, name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(name);
        self.create_dirs_at(&path)
    }

    fn create_parents(&self, name: impl AsRef<[u8]>) -> Result<()> {
        self.join(name).parent().map_or(Ok(()), |parent| self.create_dirs_at(parent))
    }

    fn create_dirs_at(&self, path: &Path) -> Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        let missing: Vec<_> = path.ancestors().take_while(|above| !above.is_dir()).collect();
        for directory in missing.into_iter().rev() {
            match fs::create_dir(directory) {
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && directory.is_dir() => {}
                other => other.when("creating", directory)?,
            }
            if let Some(mode) = self.mode {
                fs::set_permissions(directory, fs::Permissions::from_mode(mode & 0o7777))
                    .when("changing mode of", directory)?;
            }
        }
        Ok(())
    }

    /// The names in a directory, sorted.
    ///
    /// # Errors
    /// When it cannot be read, or is not there.
    pub fn read_dir(&self, name: impl AsRef<[u8]>) -> Result<Vec<DirEntry>> {
        let path = self.join(name);
        let read = || -> io::Result<Vec<DirEntry>> {
            let mut entries = Vec::new();
            for entry in fs::read_dir(&path)? {
                let entry = entry?;
                let name = entry.file_name().as_bytes().to_vec();
                entries.push(DirEntry { name, kind: entry.file_type()? });
            }
            entries.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(entries)
        };
        read().when("reading", &path)
    }

    /// Makes a symbolic link, replacing what has that name.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn symlink(&self, target: &[u8], name: impl AsRef<[u8]>) -> Result<()> {
        let path = self.join(&name);
        self.try_remove(&name)?;
        self.create_parents(&name)?;
        std::os::unix::fs::symlink(bytes_to_path(target), &path).when("linking", path)
    }

    /// Where a symbolic link points.
    ///
    /// # Errors
    /// When it is not one, or is not there.
    pub fn readlink(&self, name: impl AsRef<[u8]>) -> Result<Vec<u8>> {
        let path = self.join(name);
        fs::read_link(&path).map(|to| path_to_bytes(&to).to_vec()).when("reading", path)
    }

    /// Makes a file what its flags in the manifest say: a symbolic link whose target is the file's
    /// content, or a regular file with or without the executable bit.
    ///
    /// # Errors
    /// When the system refuses.
    pub fn set_flags(&self, name: impl AsRef<[u8]>, link: bool, exec: bool) -> Result<()> {
        let path = self.join(&name);
        let meta = fs::symlink_metadata(&path).when("reading", &path)?;
        let mode = meta.mode();
        if link {
            if !meta.is_symlink() {
                let target = self.read(&name)?;
                self.symlink(&target, &name)?;
            }
            return Ok(());
        }
        let mut mode = mode;
        if meta.is_symlink() {
            let content = self.readlink(&name)?;
            self.remove(&name)?;
            self.write(&name, &content)?;
            mode = 0o666 & !umask();
        }
        let is_exec = mode & 0o100 != 0;
        if exec != is_exec {
            // Whoever may read it may run it.
            let wanted = if exec { mode | (mode & 0o444) >> 2 & !umask() } else { mode & 0o666 };
            fs::set_permissions(&path, fs::Permissions::from_mode(wanted & 0o7777))
                .when("changing mode of", path)?;
        }
        Ok(())
    }
}

fn copy_with_times(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let meta = fs::metadata(from)?;
    let times = fs::FileTimes::new().set_modified(meta.modified()?).set_accessed(meta.accessed()?);
    File::open(to)?.set_times(times)
}

fn optional<T>(result: Result<T>) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

//! Files that appear complete or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use crate::error::{IoResultExt as _, Result};
use crate::mode::umask;
use crate::stat::FileStat;

/// How an [`AtomicFile`] is put in place.
#[derive(Clone, Copy, Default, Debug)]
pub struct AtomicOptions {
    /// Permissions of a new file; an existing one keeps its own. `None`: what the mask gives.
    pub mode: Option<u32>,
    /// Move the time on if a reader could mistake the new file for the old one.
    pub check_ambiguity: bool,
    /// Wait until the disk has it.
    pub sync: bool,
}

/// A file written under a temporary name beside its place; [`AtomicFile::commit`] renames it,
/// dropping forgets it.
#[must_use = "nothing is written without commit"]
pub struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    file: Option<BufWriter<File>>,
    options: AtomicOptions,
}

impl AtomicFile {
    /// Opens a temporary file beside `target`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create(target: impl Into<PathBuf>, options: AtomicOptions) -> Result<Self> {
        let target = target.into();
        let (temporary, file) = open_temporary(&target)?;
        let made = Self { target, temporary, file: Some(BufWriter::new(file)), options };
        let mode = match fs::symlink_metadata(&made.target) {
            Ok(meta) if meta.is_file() => meta.mode() & 0o777,
            _ => options.mode.unwrap_or(!umask()) & 0o666,
        };
        fs::set_permissions(&made.temporary, fs::Permissions::from_mode(mode))
            .when("changing mode of", &made.temporary)?;
        Ok(made)
    }

    /// Puts the file in place.
    ///
    /// # Errors
    /// When flushing or renaming fails; the old file is then still there.
    pub fn commit(mut self) -> Result<()> {
        let Some(writer) = self.file.take() else { return Ok(()) };
        let file = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .when("writing", &self.temporary)?;
        if self.options.sync {
            file.sync_all().when("writing", &self.temporary)?;
        }
        drop(file);
        rename(&self.temporary, &self.target, self.options.check_ambiguity)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.file {
            Some(file) => file.write(bytes),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        // After a commit the name is gone already, and there is nobody to tell about a failure.
        let _ = fs::remove_file(&self.temporary);
    }
}

/// Renames, and moves the modification time on when the new file could be taken for the old one.
pub(crate) fn rename(from: &Path, to: &Path, check_ambiguity: bool) -> Result<()> {
    let old = if check_ambiguity { fs::metadata(to).ok() } else { None };
    fs::rename(from, to).when("renaming", from)?;
    if let Some(old) = old {
        avoid_ambiguity(to, &FileStat::new(&old))?;
    }
    Ok(())
}

/// Moves the modification time of `path` one second past `old`'s when they could be confused.
pub(crate) fn avoid_ambiguity(path: &Path, old: &FileStat) -> Result<()> {
    let new = FileStat::new(&fs::metadata(path).when("reading", path)?);
    if new.is_ambiguous(old) {
        let seconds = (old.mtime() + 1) & 0x7fff_ffff;
        let time = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs());
        let set = File::open(path).and_then(|file| {
            file.set_times(fs::FileTimes::new().set_modified(time).set_accessed(time))
        });
        // Somebody else's file: the time cannot be set, and readers have to live with it.
        match set {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            other => other.when("changing time of", path)?,
        }
    }
    Ok(())
}

fn open_temporary(target: &Path) -> Result<(PathBuf, File)> {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let name = target.file_name().unwrap_or_default();
    loop {
        let count = COUNTER.fetch_add(1, Ordering::Relaxed);
        let mut temporary = std::ffi::OsString::from(".");
        temporary.push(name);
        temporary.push(format!("-{:x}{count:x}~", std::process::id()));
        let path = target.with_file_name(temporary);
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.when("creating", &path).map(|file| (path, file)),
        }
    }
}

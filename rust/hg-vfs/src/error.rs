//! What can go wrong with files, always with the path.

use std::io;
use std::path::PathBuf;

use hg_types::ErrorKind;

use crate::vfs::path_to_bytes;

/// Result of a file operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed file operation.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An operating system call failed.
    #[error("{action} {path:?} failed")]
    Io {
        /// What was tried: `reading`, `writing`, ...
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// A lock is held by somebody else, and the time to wait is over.
    #[error("lock {path:?} is held by {locker:?}")]
    LockHeld {
        /// The lock.
        path: PathBuf,
        /// What is locked, for the user.
        description: Vec<u8>,
        /// The holder as the lock names it.
        locker: Vec<u8>,
    },
    /// A lock cannot be taken.
    #[error("cannot lock {path:?}")]
    LockUnavailable {
        /// The lock.
        path: PathBuf,
        /// What was to be locked, for the user.
        description: Vec<u8>,
        /// The system's answer.
        source: io::Error,
    },
    /// A repository path that must not be touched.
    #[error("unsafe path")]
    Audit(
        /// The message for the user.
        Vec<u8>,
    ),
    /// A repository path that leads out of the working directory or into another one.
    #[error("blocked path")]
    Blocked(
        /// The message for the user.
        Vec<u8>,
    ),
    /// A file was cut off while it was being read.
    #[error("{path:?} was truncated while it was mapped")]
    Torn {
        /// The file.
        path: PathBuf,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl Error {
    /// The I/O error behind this, if there is one.
    #[must_use]
    pub fn io(&self) -> Option<&io::Error> {
        match self {
            Self::Io { source, .. } | Self::LockUnavailable { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Whether the file is just not there.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.is_absent() || self.io().is_some_and(|e| e.kind() == io::ErrorKind::NotADirectory)
    }

    /// Whether the file is not there, and no file is in the place of a directory above it.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        self.io().is_some_and(|source| source.kind() == io::ErrorKind::NotFound)
    }
}

/// Adds the path to an [`io::Error`].
pub trait IoResultExt<T> {
    /// Says what was tried on which path.
    ///
    /// # Errors
    /// The error it was called on.
    fn when(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T>;
}

impl<T> IoResultExt<T> for io::Result<T> {
    fn when(self, action: &'static str, path: impl Into<PathBuf>) -> Result<T> {
        self.map_err(|source| Error::Io { action, path: path.into(), source })
    }
}

/// What the system says when a directory is read or written like a file.
#[must_use]
pub fn is_a_directory() -> io::Error {
    rustix::io::Errno::ISDIR.into()
}

/// The operating system's words for an error, without Rust's `(os error N)`.
#[must_use]
pub fn os_message(error: &io::Error) -> Vec<u8> {
    let text = error.to_string();
    let end = text.rfind(" (os error ").unwrap_or(text.len());
    text.as_bytes()[..end].to_vec()
}

impl From<Error> for hg_types::Error {
    fn from(error: Error) -> Self {
        let made = match &error {
            Error::Io { path, source, .. } => {
                let kind = match source.kind() {
                    io::ErrorKind::BrokenPipe => ErrorKind::BrokenPipe,
                    _ => ErrorKind::Io,
                };
                let path = path_to_bytes(path);
                Self::new(kind, [&os_message(source)[..], b": '", path, b"'"].concat())
            }
            Error::LockHeld { description, locker, .. } => Self::new(
                ErrorKind::LockHeld,
                [&description[..], b": timed out waiting for lock held by '", locker, b"'"]
                    .concat(),
            ),
            Error::LockUnavailable { description, source, .. } => Self::new(
                ErrorKind::LockUnavailable,
                [&b"could not lock "[..], description, b": ", &os_message(source)].concat(),
            ),
            Error::Audit(message) => Self::new(ErrorKind::Input, message.clone()),
            Error::Blocked(message) => Self::abort(message.clone()),
            Error::Torn { path } => {
                let path = path_to_bytes(path);
                Self::storage([b"file '", path, b"' was truncated while it was read"].concat())
                    .hint("another process changed it; run the command again")
            }
            Error::Interrupted => Self::new(ErrorKind::Canceled, "interrupted"),
        };
        made.because(error)
    }
}

//! The error of every operation above the codecs: a category that decides exit code and prefix,
//! a message in bytes, a way out, and the cause.

use std::fmt;

use bstr::ByteSlice as _;

/// Result of an operation that can fail with [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as far as a caller or the exit code must tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ErrorKind {
    /// Any failure without a category of its own.
    Abort,
    /// The user's arguments or input are at fault.
    Input,
    /// The repository's state does not allow it now (unfinished merge, uncommitted changes).
    State,
    /// The configuration is at fault.
    Config,
    /// A configuration file cannot be parsed.
    ConfigParse,
    /// A hook refused.
    Hook,
    /// Stored data is missing or corrupt.
    Storage,
    /// A remote peer failed or refused.
    Remote,
    /// Refused for safety.
    Security,
    /// The user must do something before the operation can go on (conflicts).
    Intervention,
    /// The user cancelled.
    Canceled,
    /// The repository cannot be opened or does not exist.
    Repo,
    /// The repository needs a feature this program lacks.
    Requirement,
    /// A revision is unknown.
    UnknownRevision,
    /// A revision exists but is hidden.
    HiddenRevision,
    /// A node id prefix fits several changesets.
    AmbiguousPrefix,
    /// A revset, fileset, template or pattern cannot be parsed.
    Parse,
    /// A lock is held by somebody else.
    LockHeld,
    /// A lock cannot be taken (permissions, read-only file system).
    LockUnavailable,
    /// An operating system call failed.
    Io,
    /// The reader of our output went away.
    BrokenPipe,
    /// A mistake in this program.
    Programming,
}

/// A failure: `abort: <message>` and `(<hint>)` in the end.
#[derive(Debug)]
pub struct Error {
    /// The category.
    pub kind: ErrorKind,
    /// What is wrong, without `abort: ` and without newline.
    pub message: Vec<u8>,
    /// What the user can do, without parentheses.
    pub hint: Option<Vec<u8>>,
    /// Position in the parsed text, for [`ErrorKind::Parse`].
    pub location: Option<usize>,
    /// The cause.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a message.
    pub fn new(kind: ErrorKind, message: impl Into<Vec<u8>>) -> Self {
        Self { kind, message: message.into(), hint: None, location: None, source: None }
    }

    /// An error without category.
    pub fn abort(message: impl Into<Vec<u8>>) -> Self {
        Self::new(ErrorKind::Abort, message)
    }

    /// The user's arguments are at fault.
    pub fn input(message: impl Into<Vec<u8>>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// The repository's state does not allow it.
    pub fn state(message: impl Into<Vec<u8>>) -> Self {
        Self::new(ErrorKind::State, message)
    }

    /// Stored data is missing or corrupt.
    pub fn storage(message: impl Into<Vec<u8>>) -> Self {
        Self::new(ErrorKind::Storage, message)
    }

    /// Text of a language that cannot be parsed, at `location`.
    pub fn parse(message: impl Into<Vec<u8>>, location: Option<usize>) -> Self {
        Self { location, ..Self::new(ErrorKind::Parse, message) }
    }

    /// Adds what the user can do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Vec<u8>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the cause.
    #[must_use]
    pub fn because(mut self, cause: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Box::new(cause));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message.as_bstr().fmt(f)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|cause| cause as _)
    }
}

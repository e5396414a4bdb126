//! Vocabulary of the version control system: node ids, revision numbers, repository paths,
//! phases, dates, file flags, errors, and the [`Reporter`] through which libraries speak.
//!
//! This crate does no I/O and never reads the clock, the environment or the current directory.

pub mod date;
mod encoding;
mod error;
mod flags;
mod node;
mod path;
mod phase;
mod printable;
mod reporter;
mod revision;
pub mod similar;

pub use date::{Civil, Clock, DateRange, FixedClock, HgDate, parse_date, parse_extended_date};
pub use encoding::{Encoding, LocalText};
pub use error::{Error, ErrorKind, Result};
pub use flags::FileFlags;
pub use node::{NODE_LEN, Node, NodePrefix, short_hex, to_hex};
pub use path::{HgPath, HgPathBuf};
pub use phase::Phase;
pub use printable::{python_bytes, quoted};
pub use reporter::{Interaction, Reporter, ShellCommand, Silent};
pub use revision::{Revision, UncheckedRevision};

//! Files: reading, mapping, atomic replacement, locks, permissions, path auditing.
//!
//! Every path given to a [`Vfs`] is bytes relative to its base directory. This crate knows nothing
//! about what the files hold, and it is the only crate that maps memory.

mod atomic;
mod audit;
mod clock;
mod descriptors;
mod dir_handle;
mod error;
mod file_bytes;
mod lock;
mod mapping;
mod mode;
mod pipes;
mod stat;
mod vfs;

pub use atomic::{AtomicFile, AtomicOptions};
pub use audit::{PathAuditor, check_links, check_path, through_link};
pub use clock::SystemClock;
pub use descriptors::separate_descriptors;
pub use dir_handle::{DirHandle, Names, NodeKind, NodeStat};
pub use error::{Error, IoResultExt, Result, is_a_directory, os_message};
pub use file_bytes::FileBytes;
pub use lock::{Lock, LockOptions, host_id};
pub use mapping::{check_torn, take_torn_file, torn_file};
pub use mode::{create_mode, umask};
pub use pipes::{ChildPipes, duplicate_descriptor, silence_streams, take_stdin, take_stdout};
pub use stat::FileStat;
pub use vfs::{DirEntry, Vfs, bytes_to_path, path_to_bytes};

//! The working directory: dirstate, status, update, merge state.

pub mod annotate;
pub mod branch;
pub mod copies;
pub mod diff;
pub mod dirstate;
pub mod facts;
pub mod filter;
pub mod linkrev;
pub mod merge;
pub mod portable;
pub mod relocate;
pub mod snapshot;
mod status;
mod sync;
mod time;
pub mod tracking;
pub mod unfinished;
mod verify;
mod walk;
mod working_dir;

pub use dirstate::{Dirstate, SavedDirstate};
pub use status::{
    Clutter, Status, StatusFunction, StatusOptions, StatusReplacement, between_manifests,
    status_against,
};
pub use time::FileClock;
pub use verify::verify_dirstate;
pub use working_dir::{WorkingDir, dirstate_format, flags_of, ignore_files, manifest_of, parents};

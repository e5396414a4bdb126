//! The working directory: dirstate, status, update, merge state.

pub mod dirstate;
pub mod merge;

pub use dirstate::Dirstate;
pub mod copies;
pub mod diff;
pub mod merge;
pub mod snapshot;

//! The working directory: dirstate, status, update, merge state.

pub mod copies;
pub mod diff;
pub mod dirstate;
pub mod merge;
pub mod snapshot;

pub use dirstate::Dirstate;

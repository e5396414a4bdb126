//! The working directory: dirstate, status, update, merge state.

pub mod dirstate;
pub mod merge;

pub use dirstate::Dirstate;

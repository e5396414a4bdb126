//! The working directory: dirstate, status, update, merge state.

pub mod dirstate;

pub use dirstate::Dirstate;

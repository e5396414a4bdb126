//! The working directory: dirstate, status, update, merge state.

pub mod merge;

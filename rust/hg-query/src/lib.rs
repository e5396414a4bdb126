//! Languages that ask the history: revsets, filesets, templates; graph drawing.

pub mod parser;
pub mod revset;
pub mod template;

//! Revsets: the language that selects changesets.

pub mod analyze;
pub mod lang;
pub mod optimize;
pub mod smartset;

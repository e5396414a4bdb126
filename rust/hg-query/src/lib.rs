//! Languages that ask the history: revsets, filesets, templates; graph drawing.

pub mod bisect;
pub mod changes;
mod context;
pub mod destination;
pub mod extdata;
pub mod filehistory;
pub mod fileset;
pub mod graph;
pub mod line_search;
pub mod names;
pub mod parser;
pub mod pattern;
pub mod plugins;
pub mod revset;
pub mod template;
mod wdir;

pub use context::{QueryContext, Remotes};

//! The template language (`hg help templates`): text with `{keyword}`, filters, functions and maps.
//!
//! [`Engine`] holds the templates of one command. It compiles each once, on first use, and renders it for any
//! number of changesets into a buffer of the caller. Keywords are evaluated only where they are used.

mod changeset;
mod code;
mod engine;
mod eval;
mod filters;
mod functions;
mod history;
mod host;
mod json;
mod keywords;
pub mod map;
mod ops;
mod raw;
mod resolved;
mod scope;
#[cfg(test)]
mod tests;

pub mod spec;
pub mod styles;
pub mod syntax;
mod text;
mod value;
mod wdir;

pub use changeset::{Changeset, Copied, DraftFacts, FileLists};
pub use code::{Arguments, Code};
pub use engine::Engine;
pub use filters::short_age;
pub use functions::regex::substitute;
pub use history::History;
pub use host::{Host, StatLine, SubOptions, Verbosity};
pub use json::{JsonStyle, append_cbor, append_json, append_string as append_json_string, json};
pub use keywords::{Fate, ONE_LINE_SUMMARY, Unstable, closest_successors, graph_node};
pub use scope::Scope;
pub use text::short_user;
pub use value::{
    Change, DateForm, Dict, Item, ItemForm, List, ListKind, Mappings, Name, PairForm, Value, Vars,
};
pub use wdir::branch as working_branch;

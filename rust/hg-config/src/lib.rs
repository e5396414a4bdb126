//! The configuration: the registry of known items, the layers of hgrc files, origins, trust.
//!
//! This crate reads configuration files and nothing else; what comes from the process (variables,
//! current directory, user) is handed in as an [`Environment`]. It never prints: warnings that
//! arise while files are read are collected ([`Config::take_warnings`]).

mod config;
mod environment;
mod expand;
mod layer;
mod load;
mod merge_tools;
mod parse;
pub mod registry;
mod sections;
mod trust;
pub mod value;

pub use config::{Config, Value};
pub use environment::{Environment, Plain};
pub use expand::{expand_path, expand_user, expand_variables};
pub use layer::Origin;
pub use load::RepoLayers;
pub use parse::{check_syntax, normalize as normalize_path};
pub use sections::{Item, Sections};
pub use trust::user_name;

//! Patterns, matchers and `.hgignore`, compiled once and shared by threads.
//!
//! [`matcher`] makes a [`Matcher`] from the patterns of a command line, [`IgnoreMatcher`] one from
//! ignore files (`hg help patterns`, `hg help hgignore`).

mod canon;
mod digest;
mod glob;
mod ignore;
mod kind;
mod matcher;
mod options;
mod patterns;
mod pyregex;
mod repr;
mod roots;
mod rules;
mod search;
mod visit;

pub use canon::{Audit, Warn, canonical_path, join_path, normalize_path, path_to, relative_path};
pub use digest::ignore_digest;
pub use hg_types::python_bytes;
pub use ignore::{IgnoreMatcher, IgnoreRule};
pub use kind::PatternKind;
pub use matcher::{Matcher, Predicate};
pub use options::{FilesetCompiler, MatchOptions, matcher};
pub use repr::pretty as pretty_repr;
pub use search::PythonRegex;
pub use visit::{VisitChildren, VisitDir};

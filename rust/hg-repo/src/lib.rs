//! Whole operations on a repository (commit, update, merge, clone, ...): what embedders depend on.

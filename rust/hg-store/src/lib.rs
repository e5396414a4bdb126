//! The store: revlogs, changelog, manifests, filelogs, phases, bookmarks, tags, caches, transactions.

pub mod changelog;
pub mod filelog;
pub mod manifest;
pub mod revlog;

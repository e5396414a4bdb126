//! The store: revlogs, changelog, manifests, filelogs, phases, bookmarks, tags, caches, transactions.

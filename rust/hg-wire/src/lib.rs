//! Exchange: discovery, bundles, exchange, peers.
//!
//! Data flows by pulling: a [`source::ChangegroupSource`] is asked for one delta after the other,
//! whether it stands before a bundle file, a wire or the store of another repository, so that no
//! changegroup is ever held in memory or written to a temporary file on the way.

pub mod apply;
pub mod bookmarks;
pub mod bookmarks_sync;
pub mod bundle;
pub mod bundle_repo;
pub mod bundle_write;
pub mod changegroups;
pub mod compress;
pub mod discovery;
pub mod facts;
pub mod generate;
pub mod http;
pub mod incoming;
pub mod local;
pub mod lookup;
pub mod obs;
pub mod open;
pub mod outgoing;
pub mod parts;
pub mod paths;
pub mod peer;
pub mod pull;
pub mod push;
pub mod push_facts;
pub mod push_heads;
pub mod push_phases;
pub mod pushkey;
pub mod remote;
pub mod replaced;
pub mod repo_store;
pub mod serve;
pub mod source;
pub mod ssh;
pub mod static_http;
pub mod stream;
pub mod stream_apply;
pub mod summary;
pub mod take;
pub mod url;
pub mod view;

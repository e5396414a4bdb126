//! Serving repositories over HTTP: connections, who may do what, and the wire protocol's commands
//! (`hg help internals.wireprotocol`, "HTTP Version 1 Transport"; `hg help config.web`).
//!
//! A connection has a thread of its own, and every request opens its repository anew, so that each sees
//! what others have written meanwhile. Memory is bounded by what one request holds: headers have limits,
//! payloads and answers are streamed.

mod access;
mod answer;
mod commands;
mod connection;
mod request;

pub use connection::{Server, Site, Visit};

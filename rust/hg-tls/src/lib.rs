//! TLS: whom to trust, and connections that are (`hg help config.hostsecurity`).
//!
//! The protocol is rustls', and so is the checking of chains of certificates; what users configure,
//! and what they are told when something is wrong, is that of OpenSSL, which they know. Nothing is
//! read before a connection is made.

mod certificate;
mod ciphers;
mod client;
mod der;
mod failure;
mod fingerprint;
mod key;
mod names;
mod pem;
mod server;
mod settings;
mod stream;
mod verify;

pub use client::{AskPassphrase, ClientStream, Identity, Tls};
pub use server::{Acceptor, ServerStream};

//! Repositories that are reached over HTTP (`hg help internals.wireprotocol`, "HTTP Version 1
//! Transport"; `hg help urls`, `hg help config.auth`, `hg help config.http_proxy`).

mod account;
mod arguments;
mod connection;
mod digest;
mod exchange;
mod framing;
mod proxy;
mod session;

pub use arguments::form_decode;
pub use framing::Framing;

use std::io::{Read, Write};
use std::sync::Arc;

use hg_config::Config;
use hg_types::{Reporter, Result};

use crate::remote::RemotePeer;
use crate::url::Url;
use exchange::{Exchange, Request, is_absent};
use session::Session;

/// Whoever can be asked for a name and a password.
pub trait Asker: Send + Sync {
    /// Whether there is somebody to ask.
    fn is_interactive(&self) -> bool;
    /// Tells what the questions are about.
    fn show(&self, text: &[u8]);
    /// Asks for a line.
    ///
    /// # Errors
    /// When the user gives none.
    fn ask(&self, prompt: &[u8]) -> Result<Vec<u8>>;
    /// Asks for a password, or for what `prompt` says, without showing what is typed.
    ///
    /// # Errors
    /// When the user gives none.
    fn ask_password(&self, prompt: Option<&[u8]>) -> Result<Option<Vec<u8>>>;
}

/// What speaking to a repository over HTTP needs.
#[derive(Clone)]
pub struct HttpContext {
    /// The configuration (`[auth]`, `[http_proxy]`, `http.timeout`, ...).
    pub config: Config,
    /// Whoever hears what goes on.
    pub reporter: Arc<dyn Reporter + Send + Sync>,
    /// Whoever is asked for passwords; without one, nobody is.
    pub asker: Option<Arc<dyn Asker>>,
    /// Whether servers are believed to be who they say (`--insecure`).
    pub insecure: bool,
}

/// The files that a web server gives out.
pub(crate) struct Files(Exchange);

impl Files {
    /// The file at a path below the location of the server; `None` when there is none.
    ///
    /// # Errors
    /// When the server cannot be asked.
    pub(crate) fn get(&mut self, place: Vec<u8>) -> Result<Option<impl Read + '_>> {
        match self.0.send(&Request { method: "GET", query: place, headers: &[], body: None }) {
            Ok(_) => self.0.body().map(Some),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl HttpContext {
    /// The files below a location.
    ///
    /// # Errors
    /// When the location cannot be used.
    pub(crate) fn files(&self, url: Url) -> Result<Files> {
        Exchange::new(self, url).map(Files)
    }

    /// Connects to the repository at `location`.
    ///
    /// # Errors
    /// When the location cannot be used, or nobody answers as a server should.
    pub fn peer(&self, location: &[u8]) -> Result<RemotePeer> {
        let url = Url::parse_with(location, false)?;
        let session = Session::open(self, url)?;
        let shown = session.url();
        Ok(RemotePeer::new(Box::new(session), &shown, Arc::clone(&self.reporter)))
    }

    /// Copies what `location` leads to into `out`.
    ///
    /// # Errors
    /// When the location cannot be used, nobody answers, or the connection is lost.
    pub fn download(&self, location: &[u8], out: &mut dyn Write) -> Result<u64> {
        let url = Url::parse(location)?;
        let query = url.query.as_ref().map_or_else(Vec::new, |query| [b"?", &query[..]].concat());
        let mut exchange = Exchange::new(self, url)?;
        exchange.send(&Request { method: "GET", query, headers: &[], body: None })?;
        std::io::copy(exchange.body()?, out).map_err(connection::io_failed)
    }
}

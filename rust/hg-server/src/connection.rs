//! Connections: requests one after another, and what is logged of them.

use std::io::{self, BufReader, BufWriter, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use hg_store::Repo;
use hg_tls::Acceptor;
use hg_types::{Clock, Result};
use hg_wire::local::Lookup;

use crate::answer::{Responder, Sent};
use crate::commands::{self, Client};
use crate::request::{Body, Failure, Request};

/// How long a connection may be idle.
const IDLE: Duration = Duration::from_secs(300);

/// A repository, opened for one request.
pub struct Visit {
    /// The repository.
    pub repo: Repo,
    /// How symbols are looked up in it.
    pub lookup: Lookup,
    /// Gives what the repository and its hooks have said since it was last asked.
    pub said: Box<dyn Fn() -> Vec<u8>>,
}

/// What a server serves.
pub trait Site: Send + Sync {
    /// Opens the repository at a path of a URL; gives what of the path leads into it. `None` when there is
    /// none.
    ///
    /// # Errors
    /// When it cannot be opened.
    fn visit(&self, path: &[u8]) -> Result<Option<(Visit, Vec<u8>)>>;
    /// The time.
    fn clock(&self) -> &dyn Clock;
    /// How the server calls itself.
    fn name(&self) -> Vec<u8>;
    /// Notes a request.
    fn log_access(&self, line: &[u8]);
    /// Notes that something went wrong.
    fn log_error(&self, line: &[u8]);
}

/// Answers connections.
pub struct Server {
    /// What it serves.
    pub site: Arc<dyn Site>,
    /// Encrypts connections, if they are to be.
    pub tls: Option<Acceptor>,
}

impl Server {
    /// Takes a connection that waits, and answers it in a thread of its own.
    ///
    /// # Errors
    /// When there is none after all, or no thread for it.
    pub fn accept(&self, listener: &TcpListener) -> io::Result<()> {
        let (stream, address) = match listener.accept() {
            Ok(accepted) => accepted,
            // Clients that are gone already are no reason to complain.
            Err(error) if is_passing(&error) => return Ok(()),
            Err(error) => {
                // Whatever there is too little of, there may be more of it soon.
                std::thread::sleep(Duration::from_millis(10));
                return Err(error);
            }
        };
        stream.set_nonblocking(false)?;
        let site = Arc::clone(&self.site);
        let (address, tls) = (address.ip().to_string(), self.tls.clone());
        std::thread::Builder::new().name("request".to_owned()).spawn(move || {
            let client = Client { address: &address, is_secure: tls.is_some() };
            let talk = Talk { site: &*site, client };
            // A connection that broke is the end of it, and of nothing else.
            let _ = talk.begin(stream, tls.as_ref());
        })?;
        Ok(())
    }
}

fn is_passing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::Interrupted
            | io::ErrorKind::ConnectionReset
    ) || matches!(error.raw_os_error(), Some(23 | 24))
}

/// One connection.
struct Talk<'a> {
    site: &'a dyn Site,
    client: Client<'a>,
}

impl Talk<'_> {
    fn begin(&self, stream: TcpStream, tls: Option<&Acceptor>) -> io::Result<()> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_write_timeout(Some(IDLE))?;
        stream.set_nodelay(true)?;
        let Some(tls) = tls else { return self.run(&stream) };
        let stream = tls.accept(stream)?;
        let outcome = self.run(&stream);
        stream.close();
        outcome
    }

    fn run<S>(&self, stream: &S) -> io::Result<()>
    where
        S: Sync,
        for<'s> &'s S: io::Read + io::Write,
    {
        let mut input = BufReader::with_capacity(1 << 16, stream);
        let mut out = BufWriter::with_capacity(1 << 16, stream);
        let name = self.site.name();
        loop {
            let request = match Request::read(&mut input) {
                Ok(request) => request,
                Err(Failure::Closed | Failure::Broken) => return Ok(()),
                Err(Failure::Malformed(line)) => {
                    let mut responder = Responder::new(&mut out, true, &name, self.now());
                    let sent = responder.refuse((400, "Bad request syntax"));
                    self.log(&line, Some(Sent { status: 400 }), &Request::default());
                    return sent;
                }
            };
            if request
                .get("expect")
                .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"))
            {
                out.write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
                out.flush()?;
            }
            let mut body = Body::new(&mut input, request.framing());
            let mut responder = Responder::new(&mut out, request.takes_chunks, &name, self.now());
            let is_whole = self.answer(&request, &mut body, &mut responder);
            let sent = responder.sent;
            self.log(&request.line, sent, &request);
            let is_read = body.finish();
            if !is_whole || !is_read || !request.keep_alive || !request.takes_chunks {
                return out.flush();
            }
        }
    }

    fn now(&self) -> hg_types::HgDate {
        self.site.clock().date()
    }

    /// Answers a request; whether the client got all of the answer.
    fn answer<R: io::BufRead + Send>(
        &self,
        request: &Request,
        body: &mut Body<R>,
        responder: &mut Responder<'_>,
    ) -> bool {
        let outcome = self.try_answer(request, body, responder);
        let Err(error) = outcome else { return true };
        let place = [&request.path[..], b"': "].concat();
        let parts: [&[u8]; 4] =
            [b"Exception happened during processing request '", &place, &error.message, b"\n"];
        self.site.log_error(&[&self.prefix()[..], &parts.concat()].concat());
        if responder.sent.is_some() {
            return false;
        }
        let text = "Internal Server Error";
        responder.whole((500, text), None, text.as_bytes()).is_ok()
    }

    fn try_answer<R: io::BufRead + Send>(
        &self,
        request: &Request,
        body: &mut Body<R>,
        responder: &mut Responder<'_>,
    ) -> Result<()> {
        let command = request.parameter(b"cmd").unwrap_or_default();
        // A client that has gone needs no answer.
        let mut refuse = |status, reason| drop(responder.refuse((status, reason)));
        let Some((visit, rest)) = self.site.visit(&request.path)? else {
            refuse(404, "Not Found");
            return Ok(());
        };
        let is_inside = !matches!(rest.as_slice(), b"" | b"/");
        if hg_wire::serve::is_command(command) {
            if is_inside {
                refuse(404, "Not Found");
                return Ok(());
            }
            return commands::answer(&visit, request, body, responder, self.client);
        }
        match command {
            b"" => refuse(501, "the web interface is not supported yet"),
            _ => refuse(400, "method not found"),
        }
        Ok(())
    }

    fn prefix(&self) -> Vec<u8> {
        let now = self.now().format(b"%d/%b/%Y %H:%M:%S");
        [self.client.address.as_bytes(), b" - - [", &now, b"] "].concat()
    }

    /// Notes a request in the access log.
    fn log(&self, line: &[u8], sent: Option<Sent>, request: &Request) {
        let status = sent.map_or_else(|| "-".to_owned(), |sent| sent.status.to_string());
        let mut text = self.prefix();
        text.extend([b"\"", line, b"\" ", status.as_bytes(), b" -"].concat());
        for (name, value) in request.headers.iter().filter(|(name, _)| name.starts_with("x-")) {
            text.extend([b" ", name.as_bytes(), b":", value].concat());
        }
        text.push(b'\n');
        self.site.log_access(&text);
    }
}

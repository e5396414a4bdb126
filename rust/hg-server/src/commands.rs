//! Commands of the wire protocol in HTTP requests.

use std::io::{self, BufRead, BufReader, Write};

use hg_format::bundlespec::Compression;
use hg_format::wire::Arguments;
use hg_types::Result;
use hg_wire::compress::Compressor;
use hg_wire::serve::{self, Response, Transport};

use crate::access::{self, Denied, Sender};
use crate::answer::{Chunks, Responder};
use crate::connection::Visit;
use crate::request::{Body, Request};

/// What is said with the code 200.
pub(crate) const FOLLOWS: &str = "Script output follows";

const PLAIN: &str = "application/mercurial-0.1";
const FRAMED: &str = "application/mercurial-0.2";
const ERROR: &str = "application/hg-error";

/// Who asks, as far as the connection tells.
#[derive(Clone, Copy)]
pub(crate) struct Client<'a> {
    /// Where from.
    pub(crate) address: &'a str,
    /// Whether nobody else can listen.
    pub(crate) is_secure: bool,
}

impl Client<'_> {
    /// What hooks are told.
    fn name(self) -> String {
        let scheme = if self.is_secure { "https" } else { "http" };
        format!("remote:{scheme}:{}:", self.address)
    }
}

/// Answers a command.
///
/// # Errors
/// When nothing could be sent yet, and why is not for the client.
pub(crate) fn answer<R: BufRead + Send>(
    visit: &Visit,
    request: &Request,
    body: &mut Body<R>,
    responder: &mut Responder<'_>,
    client: Client<'_>,
) -> Result<()> {
    let command = request.parameter(b"cmd").unwrap_or_default();
    let arguments = match request.arguments(body) {
        Ok(arguments) => arguments,
        Err(error) => return Err(hg_types::Error::abort(error.to_string())),
    };
    let config = visit.repo.config();
    let sender = Sender { user: None, method: &request.method, is_secure: client.is_secure };
    if let Some(denied) = check(&config, &sender, command, &arguments)? {
        send(responder.refuse(denied));
        return Ok(());
    }
    let flush = || (visit.said)();
    let server = serve::Server {
        repo: &visit.repo,
        lookup: visit.lookup.clone(),
        client: client.name().into_bytes(),
        transport: Transport::Http,
        flush: &flush,
    };
    let encoding = Encoding::choose(visit, request, command, &arguments)?;
    let mut payload = BufReader::with_capacity(1 << 16, body);
    let mut out = Lazy { responder: Some(responder), open: None, encoding: &encoding };
    let response = server.respond(command, arguments, &mut payload, &mut out);
    if response.is_err() && out.open.is_some() {
        // What fails in the middle must not look whole: the body stays without its end.
        return response.map(|_| ());
    }
    let responder = match out.finish() {
        Left::Unused(responder) => responder,
        Left::Sent(done) => {
            return response
                .and_then(|_| done.map_err(|error| hg_types::Error::abort(error.to_string())));
        }
    };
    send(match response? {
        Response::Text(text) => responder.whole((200, FOLLOWS), Some(PLAIN), &text),
        Response::Written => responder.whole((200, FOLLOWS), Some(PLAIN), b""),
        Response::Refusal(message) => {
            let text = message.strip_prefix(b"abort: ").unwrap_or(&message);
            responder.whole((200, FOLLOWS), Some(ERROR), &[text, b"\n"].concat())
        }
        Response::Unknown => {
            responder.whole((400, "method not found"), None, b"0\nmethod not found\n")
        }
    });
    Ok(())
}

/// A client that has gone needs no answer.
fn send(sent: io::Result<()>) {
    drop(sent);
}

fn check(
    config: &hg_config::Config,
    sender: &Sender<'_>,
    command: &[u8],
    arguments: &Arguments,
) -> Result<Option<Denied>> {
    if let Some(denied) = access::check_read(config, sender) {
        return Ok(Some(denied));
    }
    match serve::is_push(command, arguments) {
        true => access::check_push(config, sender),
        false => access::check_pull(config),
    }
}

impl Responder<'_> {
    /// Says no.
    pub(crate) fn refuse(&mut self, (status, reason): Denied) -> io::Result<()> {
        self.whole((status, reason), None, format!("0\n{reason}\n").as_bytes())
    }
}

/// How an answer is packed.
enum Encoding {
    /// As it is.
    Raw,
    /// With zlib, which every client knows.
    Zlib(Option<i32>),
    /// With what client and server agree on, and say so.
    Framed(&'static str, Compression, Option<i32>),
}

impl Encoding {
    fn choose(
        visit: &Visit,
        request: &Request,
        command: &[u8],
        arguments: &Arguments,
    ) -> Result<Self> {
        if !serve::is_compressible(command) {
            return Ok(Self::Raw);
        }
        let config = visit.repo.config();
        let level = |name: &str| -> Result<Option<i32>> {
            let level = config.find_int("server", name)?;
            Ok(level.and_then(|level| i32::try_from(level).ok()).filter(|&level| level >= 0))
        };
        let about = request.joined("x-hgproto");
        let mut words = about.split(|&b| b == b' ');
        if words.clone().any(|word| word == b"0.2") {
            let known = words.find_map(|word| word.strip_prefix(b"comp="));
            let known: Vec<&[u8]> = known.unwrap_or(b"zlib,none").split(|&b| b == b',').collect();
            let streamed = arguments.iter().any(|(name, value)| name == b"stream" && value == b"1");
            if streamed && known.contains(&&b"none"[..]) {
                // Files of a store are compressed already.
                return Ok(Self::Framed("none", Compression::None, None));
            }
            let engines = serve::engines(&visit.repo)?;
            let common = engines.into_iter().find(|name| known.contains(&name.as_bytes()));
            if let Some(name) = common {
                let (engine, level) = match name {
                    "zstd" => (Compression::Zstd, level("zstdlevel")?),
                    "bzip2" => (Compression::Bzip2, None),
                    "none" => (Compression::None, None),
                    _ => (Compression::Gzip, level("zliblevel")?),
                };
                return Ok(Self::Framed(name, engine, level));
            }
        }
        Ok(Self::Zlib(level("zliblevel")?))
    }
}

/// A body that begins with its first byte: until then, the answer may still be another one.
struct Lazy<'a, 'r> {
    responder: Option<&'a mut Responder<'r>>,
    open: Option<Compressor<Chunks<'a>>>,
    encoding: &'a Encoding,
}

/// What became of a [`Lazy`] body.
enum Left<'a, 'r> {
    /// Nothing was written.
    Unused(&'a mut Responder<'r>),
    /// It was sent, or not.
    Sent(io::Result<()>),
}

impl<'a, 'r> Lazy<'a, 'r> {
    fn finish(self) -> Left<'a, 'r> {
        match (self.responder, self.open) {
            (Some(responder), _) => Left::Unused(responder),
            (None, Some(open)) => Left::Sent(open.finish().and_then(Chunks::finish)),
            (None, None) => Left::Sent(Err(io::ErrorKind::BrokenPipe.into())),
        }
    }

    fn body(&mut self) -> io::Result<&mut Compressor<Chunks<'a>>> {
        if let Some(responder) = self.responder.take() {
            let opened = match self.encoding {
                Encoding::Raw => {
                    Compressor::new(Compression::None, None, responder.stream(PLAIN)?)?
                }
                Encoding::Zlib(level) => {
                    Compressor::new(Compression::Gzip, *level, responder.stream(PLAIN)?)?
                }
                Encoding::Framed(name, engine, level) => {
                    let mut out = responder.stream(FRAMED)?;
                    let length = u8::try_from(name.len()).unwrap_or_default();
                    out.write_all(&[&[length], name.as_bytes()].concat())?;
                    Compressor::new(*engine, *level, out)?
                }
            };
            self.open = Some(opened);
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::BrokenPipe.into())
    }
}

impl Write for Lazy<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        self.body()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open.as_mut().map_or(Ok(()), Write::flush)
    }
}

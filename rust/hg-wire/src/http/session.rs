//! Requests of the wire protocol as HTTP requests.

use std::io::{self, Read, Write};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_format::bundlespec::Compression;
use hg_format::wire::Arguments;
use hg_types::{Error, ErrorKind, Reporter, Result};

use super::HttpContext;
use super::arguments::{form_encode, header_limit, in_headers};
use super::connection::{Connection, Head, io_failed};
use super::exchange::{Exchange, Payload, Request};
use crate::compress;
use crate::remote::{Transport, has};
use crate::url::Url;

/// What the client says it can decompress.
const COMPRESSIONS: &str = "comp=zstd,zlib,none,bzip2";

/// The largest answer of a command whose answers are small.
const ANSWER_LIMIT: u64 = 1 << 30;

/// How much of a page is shown that is not from Mercurial.
const SHOWN: u64 = 1 << 10;

/// The commands whose answers the first media type has compressed.
const COMPRESSED: [&str; 3] = ["changegroup", "changegroupsubset", "getbundle"];

/// A server to which requests are sent one by one.
pub(super) struct Session {
    exchange: Exchange,
    reporter: Arc<dyn Reporter + Send + Sync>,
    capabilities: Vec<Vec<u8>>,
    /// What the client says about itself, once it knows what the server understands.
    about: Vec<u8>,
}

impl Session {
    /// Asks the server at `url` what it can do.
    pub(super) fn open(context: &HttpContext, url: Url) -> Result<Self> {
        let mut public = url.clone();
        (public.user, public.password) = (None, None);
        let reporter = Arc::clone(&context.reporter);
        reporter.debug(&[b"using ", &public.to_bytes()[..], b"\n"].concat());
        let exchange = Exchange::new(context, url.clone())?;
        let mut this = Self { exchange, reporter, capabilities: Vec::new(), about: Vec::new() };
        let answer = this.call("capabilities", &Arguments::new())?;
        if this.exchange.url() != &url {
            let real = this.exchange.url().to_public_bytes();
            this.reporter.status(&[b"real URL is ", &real[..], b"\n"].concat());
        }
        this.capabilities = answer.fields().map(<[u8]>::to_vec).collect();
        this.about = this.describe();
        Ok(this)
    }

    /// Where the repository is, redirections followed.
    pub(super) fn url(&self) -> Vec<u8> {
        self.exchange.url().to_bytes()
    }

    fn value(&self, name: &[u8]) -> Option<&[u8]> {
        let named =
            |known: &'_ Vec<u8>| known.starts_with(name) && known.get(name.len()) == Some(&b'=');
        let found = self.capabilities.iter().find(|known| named(known));
        found.map(|found| &found[name.len() + 1..])
    }

    fn describe(&self) -> Vec<u8> {
        let types = self.value(b"httpmediatype").unwrap_or_default();
        let takes = |name: &[u8]| types.split(|&b| b == b',').any(|known| known == name);
        let mut words = Vec::new();
        if takes(b"0.1tx") {
            words.push("0.1");
        }
        if takes(b"0.2tx") && has(&self.capabilities, b"compression") {
            words.extend(["0.2", COMPRESSIONS]);
        }
        words.push("partial-pull");
        words.join(" ").into_bytes()
    }

    /// Sends a request; the body of the answer is next.
    fn send(
        &mut self,
        command: &str,
        arguments: &Arguments,
        body: Option<&Payload>,
    ) -> Result<Head> {
        self.reporter.debug(format!("sending {command} command\n").as_bytes());
        let mut query = [b"?cmd=", command.as_bytes()].concat();
        let (mut headers, mut posted) = (Vec::new(), None);
        let encoded = form_encode(arguments);
        if !encoded.is_empty() {
            if has(&self.capabilities, b"httppostargs") && body.is_none() {
                headers.push(("x-hgargs-post".to_owned(), encoded.len().to_string().into_bytes()));
                posted = Some(in_file(&mut |out| out.write_all(&encoded).map_err(io_failed))?);
            } else if let Some(limit) = self.value(b"httpheader") {
                headers.extend(in_headers("x-hgarg", &encoded, header_limit(limit)));
            } else {
                query.extend([b"&", &encoded[..]].concat());
            }
        }
        if !self.about.is_empty() {
            headers.extend(in_headers("x-hgproto", &self.about, header_limit(b"")));
        }
        if !headers.is_empty() {
            let names = headers.iter().filter(|(name, _)| name != "x-hgargs-post");
            let names: Vec<&str> = names.map(|(name, _)| name.as_str()).collect();
            // Headers are listed as the standard writes them, whatever case they are sent in.
            let names =
                names.join(",").replace("x-hgarg", "X-HgArg").replace("x-hgproto", "X-HgProto");
            let names = names.into_bytes();
            headers.insert(0, ("vary".to_owned(), names));
        }
        let body = body.or(posted.as_ref());
        if body.is_some() {
            headers.push(("content-type".to_owned(), b"application/mercurial-0.1".to_vec()));
        }
        // What changes something there is never asked for with GET.
        let is_change = body.is_some() || command == "pushkey";
        let method = if is_change { "POST" } else { "GET" };
        if let Some(body) = body.filter(|_| command == "unbundle") {
            self.reporter.debug(format!("sending {} bytes\n", body.len()).as_bytes());
        }
        let head = self.exchange.send(&Request { method, query, headers: &headers, body })?;
        self.check(&head)?;
        Ok(head)
    }

    /// Refuses answers that are not Mercurial's.
    fn check(&mut self, head: &Head) -> Result<()> {
        let kind = head.get("content-type").unwrap_or_default().to_vec();
        if kind.starts_with(b"application/mercurial-0.")
            || kind.starts_with(b"application/hg-changegroup")
        {
            return Ok(());
        }
        let mut text = Vec::new();
        let body = self.exchange.body()?;
        body.take(SHOWN).read_to_end(&mut text).map_err(io_failed)?;
        if kind.starts_with(b"application/hg-error") {
            return Err(Error::new(
                ErrorKind::Remote,
                [b"remote error:\n", &text[..]].concat().trim_end(),
            ));
        }
        let url = self.exchange.url().to_public_bytes();
        let kind = if kind.is_empty() { b"no content-type" } else { kind.as_slice() };
        let parts: [&[u8]; 7] = [
            b"'",
            &url,
            b"' does not appear to be an hg repository:\n---%<--- (",
            kind,
            b")\n",
            &text,
            b"\n---%<---\n",
        ];
        Err(Error::new(ErrorKind::Repo, parts.concat()))
    }

    fn answer<'a>(&'a mut self, command: &str, head: &Head) -> Result<Box<dyn Read + Send + 'a>> {
        let kind = head.get("content-type").unwrap_or_default().to_vec();
        let body = self.exchange.body()?;
        if !kind.starts_with(b"application/mercurial-0.2") {
            if COMPRESSED.contains(&command) {
                return compress::decompress(Compression::Gzip, body).map_err(io_failed);
            }
            return Ok(Box::new(body));
        }
        let name = engine_name(body).map_err(io_failed)?;
        let engine = match name.as_slice() {
            b"zstd" => Compression::Zstd,
            b"zlib" => Compression::Gzip,
            b"bzip2" => Compression::Bzip2,
            b"none" => Compression::None,
            _ => {
                let message = [b"unknown compression of an answer: ", &name[..]].concat();
                return Err(Error::new(ErrorKind::Remote, message));
            }
        };
        compress::decompress(engine, body).map_err(io_failed)
    }
}

/// The name of a compression engine in front of what it has compressed.
fn engine_name(body: &mut Connection) -> io::Result<Vec<u8>> {
    let mut length = [0];
    body.read_exact(&mut length)?;
    let mut name = vec![0; usize::from(length[0])];
    body.read_exact(&mut name)?;
    Ok(name)
}

/// What `write` writes, in a file without a name.
fn in_file(write: &mut dyn FnMut(&mut dyn Write) -> Result<()>) -> Result<Payload> {
    let mut file = io::BufWriter::new(tempfile::tempfile().map_err(io_failed)?);
    write(&mut file)?;
    let file = file.into_inner().map_err(|error| io_failed(error.into_error()))?;
    Payload::new(file).map_err(io_failed)
}

/// Failures to read an answer, in the words users see.
fn broken(error: io::Error) -> Error {
    let text = error.to_string();
    if text.starts_with("HTTP request error") {
        return Error::new(ErrorKind::Remote, text).because(error).hint(
            "this may be an intermittent network failure; if the error persists, consider contacting \
             the network or server operator",
        );
    }
    io_failed(error)
}

impl Transport for Session {
    fn capabilities(&self) -> &[Vec<u8>] {
        &self.capabilities
    }

    fn call(&mut self, command: &str, arguments: &Arguments) -> Result<Vec<u8>> {
        let head = self.send(command, arguments, None)?;
        let mut out = Vec::new();
        let mut answer = self.answer(command, &head)?.take(ANSWER_LIMIT);
        answer.read_to_end(&mut out).map_err(broken)?;
        Ok(out)
    }

    fn stream<'a>(
        &'a mut self,
        command: &str,
        arguments: &Arguments,
    ) -> Result<Box<dyn Read + Send + 'a>> {
        let head = self.send(command, arguments, None)?;
        self.answer(command, &head)
    }

    fn send_bundle<'a>(
        &'a mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<Box<dyn Read + Send + 'a>> {
        let payload = in_file(write)?;
        let head = self.send("unbundle", arguments, Some(&payload))?;
        self.answer("unbundle", &head)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.capabilities.is_empty() {
            return;
        }
        let ((sent, received), requests) = (self.exchange.traffic(), self.exchange.requests);
        let plural = if requests == 1 { "" } else { "s" };
        let text = format!(
            "(sent {requests} HTTP request{plural} and {sent} bytes; received {received} bytes in responses)\n"
        );
        self.reporter.debug(text.as_bytes());
    }
}

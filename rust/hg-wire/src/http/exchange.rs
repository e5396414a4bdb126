//! One request and its answer: connecting again, redirections, and saying who we are.

use std::sync::Arc;
use std::time::Duration;

use hg_tls::{Identity, Tls};
use hg_types::{Error, ErrorKind, Result};

use super::HttpContext;
use super::account::{self, Account, Accounts};
use super::connection::{Connection, Head, io_failed};
use super::digest::Challenge;
use super::proxy::Proxy;
use crate::url::Url;

/// The most redirections of one request.
const REDIRECTS: usize = 10;

/// How the client calls itself: what it speaks, and what it is compatible with.
const AGENT: &str = "mercurial/proto-1.0 (Mercurial 7.2.4)";

/// A request.
pub(super) struct Request<'a> {
    /// `GET` or `POST`.
    pub(super) method: &'static str,
    /// What follows the location of the repository.
    pub(super) query: Vec<u8>,
    /// Headers of its own.
    pub(super) headers: &'a [(String, Vec<u8>)],
    /// What it carries.
    pub(super) body: Option<&'a Payload>,
}

/// The body of a request, which may have to be sent more than once.
pub(super) struct Payload {
    file: std::fs::File,
    length: u64,
}

impl Payload {
    /// A body in a file that holds nothing else.
    pub(super) fn new(file: std::fs::File) -> std::io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self { file, length })
    }

    fn send(&self, connection: &mut Connection) -> std::io::Result<()> {
        use std::os::unix::fs::FileExt as _;
        let (mut at, mut buffer) = (0, vec![0; 1 << 16]);
        while at < self.length {
            let read = self.file.read_at(&mut buffer, at)?;
            if read == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            connection.send(&buffer[..read])?;
            at += read as u64;
        }
        Ok(())
    }

    /// Bytes in it.
    pub(super) fn len(&self) -> u64 {
        self.length
    }
}

/// Carries requests to one repository.
pub(super) struct Exchange {
    url: Url,
    proxy: Option<Proxy>,
    timeout: Option<Duration>,
    accounts: Accounts,
    challenge: Option<(Challenge, u32)>,
    connection: Option<Connection>,
    /// Makes connections that are encrypted.
    tls: Option<Tls>,
    context: HttpContext,
    /// Requests that were sent.
    pub(super) requests: u64,
    /// Bytes that were sent and received over connections that are closed.
    closed: (u64, u64),
}

impl Exchange {
    pub(super) fn new(context: &HttpContext, url: Url) -> Result<Self> {
        let (proxy, tls) = way(context, &url)?;
        if let Some(proxy) = &proxy {
            let text = [b"proxying through ", &proxy.shown[..], b"\n"].concat();
            context.reporter.debug(&text);
        }
        let timeout = context.config.get("http", "timeout").filter(|value| !value.is_empty());
        let timeout =
            timeout.and_then(|value| std::str::from_utf8(value).ok()?.trim().parse().ok());
        let timeout = timeout.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Ok(Self {
            accounts: Accounts::new(context, &url),
            proxy,
            timeout: timeout.filter(|timeout| !timeout.is_zero()),
            url,
            challenge: None,
            connection: None,
            tls,
            context: context.clone(),
            requests: 0,
            closed: (0, 0),
        })
    }

    /// Bytes sent, and bytes of bodies received, so far.
    pub(super) fn traffic(&self) -> (u64, u64) {
        let (sent, received) = self.connection.as_ref().map_or((0, 0), |c| (c.sent, c.received));
        (self.closed.0 + sent, self.closed.1 + received)
    }

    /// Where requests go, without account and query.
    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// Sends a request; gives the first lines of the answer. Its body is read from
    /// [`Exchange::body`].
    ///
    /// # Errors
    /// When nobody answers, or with a failure.
    pub(super) fn send(&mut self, request: &Request<'_>) -> Result<Head> {
        let (mut redirected, mut refused) = (0, false);
        loop {
            let head = self.attempt(request)?;
            match head.status {
                401 => {
                    let asked: Vec<Challenge> =
                        head.all("www-authenticate").filter_map(Challenge::parse).collect();
                    let known = |name: &str| asked.iter().find(|c| c.scheme == name);
                    let Some(challenge) = known("digest").or_else(|| known("basic")) else {
                        return Err(account::refused());
                    };
                    if refused {
                        return Err(account::refused());
                    }
                    self.skip();
                    self.accounts.find(challenge)?;
                    self.challenge = Some((challenge.clone(), 0));
                    refused = true;
                }
                301 | 302 | 303 | 307 | 308 if request.body.is_none() => {
                    let Some(place) = head.get("location") else { return Err(failed(&head)) };
                    redirected += 1;
                    // Another place may ask again who we are.
                    refused = false;
                    if redirected > REDIRECTS || !self.redirect(place, &request.query)? {
                        return Err(endless(&head));
                    }
                }
                200..=299 => return Ok(head),
                _ => return Err(failed(&head)),
            }
        }
    }

    /// The body of the last answer.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn body(&mut self) -> Result<&mut Connection> {
        let gone = || Error::new(ErrorKind::Remote, "error: connection closed");
        self.connection.as_mut().ok_or_else(gone)
    }

    /// Leaves the rest of an answer alone.
    fn skip(&mut self) {
        if let Some(connection) = &mut self.connection {
            connection.skip_body();
        }
    }

    /// Goes on at another place; whether that is one that was not asked just now.
    fn redirect(&mut self, place: &[u8], query: &[u8]) -> Result<bool> {
        self.skip();
        let place = match place.starts_with(b"/") {
            true => {
                let mut base = self.url.clone();
                (base.path, base.query, base.fragment) = (None, None, None);
                let base = base.to_bytes();
                [base.strip_suffix(b"/").unwrap_or(&base), place].concat()
            }
            false => place.to_vec(),
        };
        let place = place.strip_suffix(query).unwrap_or(&place);
        let mut url = Url::parse_with(place, false)?;
        let server = |url: &Url| (url.scheme.clone(), url.host.clone(), url.port.clone());
        let is_here = server(&url) == server(&self.url);
        let is_same = is_here && (&url.path, &url.query) == (&self.url.path, &self.url.query);
        if is_here {
            (url.user, url.password) = (self.url.user.clone(), self.url.password.clone());
        } else {
            // Another server never hears what this one was told.
            self.challenge = None;
            self.accounts.leave_for(&url);
            self.close();
            (self.proxy, self.tls) = way(&self.context, &url)?;
        }
        self.url = url;
        Ok(!is_same)
    }

    fn close(&mut self) {
        self.closed = self.traffic();
        self.connection = None;
    }

    fn attempt(&mut self, request: &Request<'_>) -> Result<Head> {
        // What may have changed something there is not sent again, so that it needs a connection that
        // is known to be open.
        let is_change = request.method != "GET";
        // Whoever read an answer stopped where it was complete, which may be before its body ends.
        self.skip();
        if is_change || self.connection.as_ref().is_some_and(|known| !known.is_reusable()) {
            self.close();
        }
        let is_old = self.connection.is_some();
        let answer = self.try_once(request);
        match answer {
            // Servers close connections that were idle for a while.
            Ok(None) | Err(_) if is_old => {
                self.close();
                self.try_once(request)?
            }
            other => other?,
        }
        .ok_or_else(|| Error::new(ErrorKind::Remote, "error: bad HTTP status line: ''"))
    }

    fn try_once(&mut self, request: &Request<'_>) -> Result<Option<Head>> {
        let head = self.head(request)?;
        let identity = self.tls.as_ref().and_then(|_| self.accounts.identity());
        if self.connection.is_none() {
            let connection = self.connect(identity.as_ref())?;
            self.connection = Some(connection);
        }
        self.requests += 1;
        let Some(connection) = &mut self.connection else { return Ok(None) };
        let mut sent = connection.send(&head);
        if let (Ok(()), Some(body)) = (&sent, request.body) {
            sent = body.send(connection);
        }
        // A server may answer before it has read everything: the answer says more.
        match (sent, connection.read_head()) {
            (Err(error), Ok(None)) => Err(io_failed(error)),
            (_, answer) => answer,
        }
    }

    fn connect(&mut self, identity: Option<&Identity>) -> Result<Connection> {
        let own = (self.url.host.as_ref().ok_or_else(no_host)?, self.url.port.as_ref());
        let own_port = if self.tls.is_some() { 443 } else { 80 };
        let (host, port) = match &self.proxy {
            Some(proxy) => (&proxy.host, port_number(Some(&proxy.port), 80)?),
            None => (own.0, port_number(own.1, own_port)?),
        };
        let host = String::from_utf8_lossy(host);
        let host = host.trim_start_matches('[').trim_end_matches(']');
        let mut connection = Connection::open(host, port, self.timeout)?;
        let Some(tls) = &mut self.tls else { return Ok(connection) };
        if let Some(proxy) = &self.proxy {
            let port = port_number(own.1, own_port)?.to_string();
            let place = [&own.0[..], port.as_bytes()].join(&b':');
            connection.tunnel(&place, proxy.authorization.as_deref())?;
        }
        let accounts = &self.accounts;
        connection.encrypted(|stream| {
            tls.connect(stream, identity, &|file| accounts.ask_passphrase(file))
        })
    }

    /// The path of a request, as the server gets it.
    fn target(&self, query: &[u8]) -> Vec<u8> {
        let mut url = self.url.clone();
        (url.user, url.password, url.fragment, url.query) = (None, None, None, None);
        let whole = url.to_bytes();
        let start = whole.windows(3).position(|w| w == b"://").map_or(0, |at| at + 3);
        let slash =
            whole[start..].iter().position(|&b| b == b'/').map_or(whole.len(), |at| start + at);
        let path = &whole[slash..];
        [if path.is_empty() { b"/" } else { path }, query].concat()
    }

    fn head(&mut self, request: &Request<'_>) -> Result<Vec<u8>> {
        let target = self.target(&request.query);
        let host = self.url.host.clone().ok_or_else(no_host)?;
        let host = match &self.url.port {
            Some(port) => [&host[..], port].join(&b':'),
            None => host,
        };
        let mut out = request.method.as_bytes().to_vec();
        out.push(b' ');
        if self.proxy.is_some() && self.tls.is_none() {
            out.extend([b"http://", &host[..]].concat());
        }
        out.extend_from_slice(&target);
        out.extend_from_slice(b" HTTP/1.1\r\nAccept-Encoding: identity\r\n");
        let mut line = |name: &str, value: &[u8]| {
            out.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        };
        for (name, value) in request.headers {
            line(name, value);
        }
        line("accept", b"application/mercurial-0.1");
        if request.method != "GET" {
            let length = request.body.map_or(0, Payload::len);
            line("content-length", length.to_string().as_bytes());
        }
        if let Some((challenge, count)) = &mut self.challenge {
            *count += 1;
            let (user, password): Account = self.accounts.find(challenge)?;
            let asked = (request.method, target.as_slice());
            if let Some(answer) = challenge.answer((&user, &password), asked, *count) {
                line("authorization", &answer);
            }
        }
        // A server behind a tunnel never hears what the proxy was told.
        let proxy = self.proxy.as_ref().filter(|_| self.tls.is_none());
        if let Some(authorization) = proxy.and_then(|proxy| proxy.authorization.as_ref()) {
            line("proxy-authorization", authorization);
        }
        line("host", &host);
        line("user-agent", AGENT.as_bytes());
        out.extend_from_slice(b"\r\n");
        Ok(out)
    }
}

fn no_host() -> Error {
    Error::new(ErrorKind::Remote, "error: no host given")
}

/// How requests get to a server.
fn way(context: &HttpContext, url: &Url) -> Result<(Option<Proxy>, Option<Tls>)> {
    let scheme = url.scheme.as_deref().unwrap_or_default();
    let Some(host) = &url.host else {
        return Err(Error::new(ErrorKind::Remote, "error: no host given"));
    };
    let tls = match scheme {
        b"http" => None,
        b"https" => {
            let reporter = Arc::clone(&context.reporter);
            Some(Tls::new(&context.config, reporter, host, context.insecure))
        }
        _ => return Err(crate::peer::unsupported_scheme(scheme)),
    };
    Ok((Proxy::find(&context.config, host)?, tls))
}

fn port_number(port: Option<&Vec<u8>>, default: u16) -> Result<u16> {
    let Some(port) = port else { return Ok(default) };
    let number = std::str::from_utf8(port).ok().and_then(|text| text.parse().ok());
    number.ok_or_else(|| {
        let quoted = hg_types::quoted(port);
        Error::new(ErrorKind::Remote, [b"error: nonnumeric port: ", &quoted[..]].concat())
    })
}

fn failed(head: &Head) -> Error {
    let status = head.status.to_string();
    let parts: [&[u8]; 4] = [b"HTTP Error ", status.as_bytes(), b": ", &head.reason];
    Error::new(ErrorKind::Remote, parts.concat())
}

/// Whether a server has said that there is nothing, or nothing for us.
pub(super) fn is_absent(error: &Error) -> bool {
    let is_code = |code: &str| error.message.starts_with(format!("HTTP Error {code}: ").as_bytes());
    is_code("404") || is_code("403")
}

fn endless(head: &Head) -> Error {
    let mut error = failed(head);
    let start = error.message.len() - head.reason.len();
    error.message.truncate(start);
    error.message.extend_from_slice(
        b"The HTTP server returned a redirect error that would lead to an infinite loop.\n\
          The last 30x error message was:\n",
    );
    error.message.extend_from_slice(&head.reason);
    error
}

#[cfg(test)]
mod tests {
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::TcpListener;

    use hg_config::Config;
    use hg_types::Silent;

    use super::*;

    /// A server that gives `answers` one after another, and what it was asked.
    fn server(answers: Vec<String>) -> (u16, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answer in answers {
                let (stream, _) = listener.accept().expect("a client");
                let mut lines = BufReader::new(&stream).lines().map_while(std::io::Result::ok);
                asked.push(
                    lines
                        .by_ref()
                        .take_while(|line| !line.is_empty())
                        .collect::<Vec<_>>()
                        .join("\n"),
                );
                (&stream).write_all(answer.as_bytes()).expect("sent");
            }
            asked
        });
        (port, thread)
    }

    fn answer(status: &str, headers: &str, body: &str) -> String {
        let length = body.len();
        format!(
            "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )
    }

    fn exchange(location: &str) -> Exchange {
        let context = HttpContext {
            config: Config::default(),
            reporter: Arc::new(Silent),
            asker: None,
            insecure: false,
        };
        let url = Url::parse(location.as_bytes()).expect("valid");
        Exchange::new(&context, url).expect("valid")
    }

    fn ask(exchange: &mut Exchange) -> Result<Vec<u8>> {
        let query = b"?cmd=x".to_vec();
        exchange.send(&Request { method: "GET", query, headers: &[], body: None })?;
        let mut out = Vec::new();
        exchange.body()?.read_to_end(&mut out).expect("whole");
        Ok(out)
    }

    const CHALLENGE: &str = "WWW-Authenticate: Basic realm=\"r\"\r\n";

    #[test]
    fn accounts_are_given_to_the_server_that_asks_and_to_no_other() {
        let (other, elsewhere) = server(vec![answer("401 who", CHALLENGE, "")]);
        let place = format!("Location: http://127.0.0.1:{other}/b?cmd=x\r\n");
        let answers = vec![answer("401 who", CHALLENGE, ""), answer("302 moved", &place, "")];
        let (port, first) = server(answers);
        let mut exchange = exchange(&format!("http://u:secret@127.0.0.1:{port}/a"));
        let error = ask(&mut exchange).expect_err("nobody to ask");
        let expected = format!("http authorization required for http://127.0.0.1:{other}/b");
        assert_eq!(error.message, expected.into_bytes());
        let asked = first.join().expect("served");
        assert!(
            !asked[0].contains("authorization:")
                && asked[1].contains("authorization: Basic dTpzZWNyZXQ=")
        );
        assert!(!elsewhere.join().expect("served")[0].contains("authorization:"));
    }

    #[test]
    fn refusals_tell_the_reason_in_the_servers_words() {
        let (port, _) = server(vec![answer("403 not today", "", "x")]);
        let error = ask(&mut exchange(&format!("http://127.0.0.1:{port}"))).expect_err("refused");
        assert_eq!(error.message, b"HTTP Error 403: not today");
        let wrong = vec![answer("401 who", CHALLENGE, ""), answer("401 who", CHALLENGE, "")];
        let (port, _) = server(wrong);
        let error =
            ask(&mut exchange(&format!("http://u:p@127.0.0.1:{port}"))).expect_err("refused");
        assert_eq!(error.message, b"authorization failed");
    }

    #[test]
    fn a_connection_that_was_closed_meanwhile_is_made_again() {
        let kept = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na".to_owned();
        let (port, _) = server(vec![kept, answer("200 OK", "", "b")]);
        let mut exchange = exchange(&format!("http://127.0.0.1:{port}"));
        assert_eq!(ask(&mut exchange).expect("answered"), b"a");
        assert_eq!(ask(&mut exchange).expect("answered"), b"b");
    }
}

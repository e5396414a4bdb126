//! A connection that carries requests one after another, and the bodies of their answers.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use hg_types::{Error, ErrorKind, Result};

use super::framing::Framing;

/// The longest header that is read, with all its lines.
const HEAD_LIMIT: usize = 1 << 18;

/// The most lines of a header.
const LINES_LIMIT: usize = 256;

/// The first lines of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Head {
    /// The code, as 200 or 404.
    pub(super) status: u16,
    /// What the code means, in the server's words.
    pub(super) reason: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    /// Whether another request may follow on the connection.
    keep_alive: bool,
}

impl Head {
    /// The value of a header; names have no case.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_slice())
    }

    /// The values of a header that may be there several times.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        let found = self.headers.iter().filter(move |(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_slice())
    }

    fn has_token(&self, name: &str, token: &str) -> bool {
        let values = self.get(name).unwrap_or_default().to_ascii_lowercase();
        values.split(|&b| b == b',').any(|value| value.trim_ascii() == token.as_bytes())
    }
}

/// What bytes go over.
enum Wire {
    Plain(TcpStream),
    Encrypted(Box<hg_tls::ClientStream>),
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.read(buffer),
            Self::Encrypted(stream) => stream.read(buffer),
        }
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stream) => stream.write(bytes),
            Self::Encrypted(stream) => stream.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(stream) => stream.flush(),
            Self::Encrypted(stream) => stream.flush(),
        }
    }
}

/// A connection to a server.
pub(super) struct Connection {
    stream: BufReader<Wire>,
    framing: Framing,
    keep_alive: bool,
    /// Bytes that were sent.
    pub(super) sent: u64,
    /// Bytes of bodies that were received.
    pub(super) received: u64,
}

/// Nothing came back, or nothing that could be understood.
pub(super) fn io_failed(error: io::Error) -> Error {
    let text = match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => "timed out".to_owned(),
        _ => {
            let text = error.to_string();
            text.split(" (os error").next().unwrap_or_default().to_owned()
        }
    };
    Error::new(ErrorKind::Remote, format!("error: {text}")).because(error)
}

impl Connection {
    /// Connects to a host.
    pub(super) fn open(host: &str, port: u16, timeout: Option<Duration>) -> Result<Self> {
        use std::net::ToSocketAddrs as _;
        let addresses = (host, port).to_socket_addrs().map_err(|error| {
            let unknown = "error: Name or service not known";
            Error::new(ErrorKind::Remote, unknown).because(error)
        })?;
        let mut failure = io::Error::from(io::ErrorKind::NotFound);
        for address in addresses {
            let connected = match timeout {
                Some(timeout) => TcpStream::connect_timeout(&address, timeout),
                None => TcpStream::connect(address),
            };
            match connected {
                Ok(stream) => return Self::over(stream, timeout).map_err(io_failed),
                Err(error) => failure = error,
            }
        }
        Err(io_failed(failure))
    }

    fn over(stream: TcpStream, timeout: Option<Duration>) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(timeout)?;
        stream.set_write_timeout(timeout)?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 16, Wire::Plain(stream)),
            framing: Framing::Done,
            keep_alive: true,
            sent: 0,
            received: 0,
        })
    }

    /// Has what follows encrypted by `encrypt`.
    ///
    /// # Errors
    /// When that fails, or it is encrypted already.
    pub(super) fn encrypted(
        self,
        encrypt: impl FnOnce(TcpStream) -> Result<hg_tls::ClientStream>,
    ) -> Result<Self> {
        let Wire::Plain(stream) = self.stream.into_inner() else {
            return Err(Error::new(ErrorKind::Remote, "error: encrypted twice"));
        };
        let stream = Wire::Encrypted(Box::new(encrypt(stream)?));
        Ok(Self {
            stream: BufReader::with_capacity(1 << 16, stream),
            framing: Framing::Done,
            keep_alive: true,
            sent: self.sent,
            received: self.received,
        })
    }

    /// Has a proxy pass on what follows to a server.
    ///
    /// # Errors
    /// When it does not.
    pub(super) fn tunnel(&mut self, place: &[u8], authorization: Option<&[u8]>) -> Result<()> {
        let mut request = [b"CONNECT ", place, b" HTTP/1.0\r\n"].concat();
        if let Some(authorization) = authorization {
            request.extend([b"Proxy-authorization: ", authorization, b"\r\n"].concat());
        }
        request.extend_from_slice(b"\r\n");
        self.send(&request).map_err(io_failed)?;
        match self.read_head()? {
            Some(head) if head.status == 200 => Ok(()),
            Some(head) => {
                let text = format!("error: Tunnel connection failed: {} ", head.status);
                let text = [text.as_bytes(), &head.reason].concat();
                Err(Error::new(ErrorKind::Remote, text))
            }
            None => Err(Error::new(ErrorKind::Remote, "error: bad HTTP status line: ''")),
        }
    }

    /// Whether another request can be sent.
    pub(super) fn is_reusable(&self) -> bool {
        self.keep_alive && self.framing.is_done()
    }

    /// Sends bytes.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sent += bytes.len() as u64;
        self.stream.get_mut().write_all(bytes)?;
        self.stream.get_mut().flush()
    }

    /// Reads the first lines of an answer; `None` when the server closed the connection instead.
    pub(super) fn read_head(&mut self) -> Result<Option<Head>> {
        loop {
            let Some(head) = self.read_one_head()? else { return Ok(None) };
            if head.status != 100 {
                self.keep_alive = head.keep_alive;
                self.framing = framing(&head)?;
                return Ok(Some(head));
            }
        }
    }

    fn read_one_head(&mut self) -> Result<Option<Head>> {
        let mut text = Vec::new();
        loop {
            let before = text.len();
            let mut limited = (&mut self.stream).take((HEAD_LIMIT - before) as u64);
            let read = limited.read_until(b'\n', &mut text);
            match read {
                Ok(0) if text.is_empty() => return Ok(None),
                Ok(0) => return Err(bad_status(&text)),
                Ok(_) => {}
                Err(error) => return Err(io_failed(error)),
            }
            if before == 0 && !text.starts_with(b"HTTP/") {
                return Err(bad_status(&text));
            }
            if matches!(&text[before..], b"\r\n" | b"\n") {
                break;
            }
        }
        let mut lines = [httparse::EMPTY_HEADER; LINES_LIMIT];
        let mut parsed = httparse::Response::new(&mut lines);
        if !parsed.parse(&text).is_ok_and(|status| status.is_complete()) {
            return Err(bad_status(&text));
        }
        let headers = parsed.headers.iter().map(|line| (line.name.to_owned(), line.value.to_vec()));
        let mut head = Head {
            status: parsed.code.unwrap_or_default(),
            reason: parsed.reason.unwrap_or_default().as_bytes().to_vec(),
            headers: headers.collect(),
            keep_alive: false,
        };
        head.keep_alive = match parsed.version {
            Some(1) => !head.has_token("connection", "close"),
            _ => head.has_token("connection", "keep-alive"),
        };
        Ok(Some(head))
    }

    /// Reads what is left of a body that is not wanted, when that is little.
    pub(super) fn skip_body(&mut self) {
        if self.framing == Framing::ToEnd {
            return;
        }
        // A failure here leaves the body unfinished, and with it the connection unused.
        let _ = io::copy(&mut Read::take(&mut *self, 1 << 16), &mut io::sink());
        let mut byte = [0];
        let _ = self.read(&mut byte);
    }
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.framing.read(&mut self.stream, buffer)?;
        self.received += read as u64;
        Ok(read)
    }
}

fn framing(head: &Head) -> Result<Framing> {
    if matches!(head.status, 204 | 304) {
        return Ok(Framing::Done);
    }
    if head.has_token("transfer-encoding", "chunked") {
        return Ok(Framing::Chunked { left: 0 });
    }
    let Some(length) = head.get("content-length") else { return Ok(Framing::ToEnd) };
    let length = std::str::from_utf8(length).ok().and_then(|text| text.trim().parse().ok());
    match length {
        Some(length) => Ok(Framing::of_length(length)),
        None => Err(Error::new(ErrorKind::Remote, "error: invalid Content-Length")),
    }
}

fn bad_status(text: &[u8]) -> Error {
    let line = text.split(|&b| b == b'\r' || b == b'\n').next().unwrap_or_default();
    let shown = &line[..line.len().min(80)];
    let quoted = hg_types::quoted(shown);
    Error::new(ErrorKind::Remote, [b"error: bad HTTP status line: ", &quoted[..]].concat())
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A connection on which a server has answered `answer` and gone.
    fn answered(answer: &[u8]) -> Connection {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let connection = Connection::open("127.0.0.1", port, None).expect("connected");
        listener.accept().expect("a client").0.write_all(answer).expect("sent");
        connection
    }

    #[test]
    fn heads_tell_codes_reasons_and_whether_the_connection_stays() {
        let mut connection =
            answered(b"HTTP/1.1 404 go away\r\nX-A: b\r\nContent-Length: 0\r\n\r\n");
        let head = connection.read_head().expect("a head").expect("an answer");
        assert_eq!((head.status, head.reason.as_slice()), (404, &b"go away"[..]));
        assert_eq!(head.get("x-a"), Some(&b"b"[..]));
        assert!(connection.is_reusable());
        let mut connection = answered(b"HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n");
        connection.read_head().expect("a head");
        assert!(!connection.is_reusable());
        assert!(answered(b"").read_head().expect("closed").is_none());
        answered(b"SSH-2.0\r\n").read_head().expect_err("another protocol");
    }
}

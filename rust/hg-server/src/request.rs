//! Requests as they come in.

use std::io::{self, BufRead, Read};

use hg_format::percent;
use hg_format::wire::Arguments;
use hg_wire::http::{Framing, form_decode};

/// The longest header that is read, with all its lines.
const HEAD_LIMIT: u64 = 1 << 20;

/// The most lines of a header.
const LINES_LIMIT: usize = 1000;

/// How much of a body is read that nobody wants.
const UNWANTED_LIMIT: u64 = 1 << 20;

/// The largest body of arguments.
const ARGUMENTS_LIMIT: u64 = 1 << 28;

/// The first lines of a request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    /// The first line, as it came.
    pub(crate) line: Vec<u8>,
    /// `GET`, `POST`, ...
    pub(crate) method: String,
    /// The path, with its quoting undone.
    pub(crate) path: Vec<u8>,
    /// The pairs behind `?`.
    pub(crate) query: Arguments,
    /// All headers, names as they came.
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    /// Whether another request may follow.
    pub(crate) keep_alive: bool,
    /// Whether the client understands chunks.
    pub(crate) takes_chunks: bool,
}

/// What came instead of a request that can be answered.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The client has no more.
    Closed,
    /// Something else than a request.
    Malformed(Vec<u8>),
    /// The connection broke.
    Broken,
}

impl Request {
    /// Reads the first lines of a request.
    pub(crate) fn read(input: &mut impl BufRead) -> Result<Self, Failure> {
        let mut text = Vec::new();
        let mut input = input.take(HEAD_LIMIT);
        loop {
            let before = text.len();
            let read = input.read_until(b'\n', &mut text).map_err(|_| Failure::Broken)?;
            match read {
                0 if text.is_empty() => return Err(Failure::Closed),
                0 => return Err(Failure::Malformed(first_line(&text))),
                _ => {}
            }
            let line = &text[before..];
            if matches!(line, b"\r\n" | b"\n") {
                if before == 0 {
                    text.clear();
                    continue;
                }
                break;
            }
            if before == 0
                && !line.trim_ascii_end().ends_with(b"HTTP/1.1")
                && !line.trim_ascii_end().ends_with(b"HTTP/1.0")
            {
                return Err(Failure::Malformed(first_line(&text)));
            }
        }
        Self::parse(&text).ok_or_else(|| Failure::Malformed(first_line(&text)))
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let mut lines = vec![httparse::EMPTY_HEADER; LINES_LIMIT];
        let mut parsed = httparse::Request::new(&mut lines);
        if !parsed.parse(text).ok()?.is_complete() {
            return None;
        }
        let target = parsed.path?.as_bytes();
        let (path, query) = match target.iter().position(|&b| b == b'?') {
            Some(at) => (&target[..at], &target[at + 1..]),
            None => (target, &b""[..]),
        };
        let headers = parsed.headers.iter().map(|line| (line.name.to_owned(), line.value.to_vec()));
        let mut request = Self {
            line: first_line(text),
            method: parsed.method?.to_owned(),
            path: percent::unquote(path),
            query: form_decode(query),
            headers: headers.collect(),
            keep_alive: false,
            takes_chunks: parsed.version == Some(1),
        };
        let connection = request.get("connection").unwrap_or_default().to_ascii_lowercase();
        request.keep_alive = match request.takes_chunks {
            true => connection != b"close",
            false => connection == b"keep-alive",
        };
        Some(request)
    }

    /// The value of a header; names have no case.
    pub(crate) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_slice())
    }

    /// The values of `name-1`, `name-2`, ... joined.
    pub(crate) fn joined(&self, name: &str) -> Vec<u8> {
        let mut out = Vec::new();
        let mut number = 1;
        while let Some(value) = self.get(&format!("{name}-{number}")) {
            out.extend_from_slice(value);
            number += 1;
        }
        out
    }

    /// A pair behind `?`.
    pub(crate) fn parameter(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.query.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// The arguments of a command: behind `?`, in headers, and in front of the body.
    pub(crate) fn arguments(&self, body: &mut impl Read) -> io::Result<Arguments> {
        let mut out: Arguments =
            self.query.iter().filter(|(name, _)| name != b"cmd").cloned().collect();
        let posted = self.get("x-hgargs-post");
        let posted = posted.and_then(|text| std::str::from_utf8(text).ok()?.parse::<u64>().ok());
        if let Some(length) = posted {
            if length > ARGUMENTS_LIMIT {
                return Err(io::ErrorKind::InvalidData.into());
            }
            let mut text = Vec::new();
            body.take(length).read_to_end(&mut text)?;
            out.extend(form_decode(&text));
        }
        out.extend(form_decode(&self.joined("x-hgarg")));
        Ok(out)
    }

    /// How the end of the body is found.
    pub(crate) fn framing(&self) -> Framing {
        if self.get("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case(b"chunked"))
        {
            return Framing::Chunked { left: 0 };
        }
        let length = self.get("content-length").and_then(|text| std::str::from_utf8(text).ok());
        Framing::of_length(length.and_then(|text| text.trim().parse().ok()).unwrap_or(0))
    }
}

fn first_line(text: &[u8]) -> Vec<u8> {
    text.split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii_end().to_vec()
}

/// The body of a request.
pub(crate) struct Body<R> {
    input: R,
    framing: Framing,
}

impl<R: BufRead> Body<R> {
    pub(crate) fn new(input: R, framing: Framing) -> Self {
        Self { input, framing }
    }

    /// Reads what nobody wanted, as far as that is little; whether the end was reached.
    pub(crate) fn finish(&mut self) -> bool {
        let rest = io::copy(&mut Read::take(&mut *self, UNWANTED_LIMIT), &mut io::sink());
        // One more read sees the end when the limit was exact.
        rest.is_ok() && self.read(&mut [0]).is_ok() && self.framing.is_done()
    }
}

impl<R: BufRead> Read for Body<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.framing.read(&mut self.input, buffer)
    }
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn arguments_come_from_everywhere() {
        let text = b"POST /a%20b/?cmd=x&q=1 HTTP/1.1\r\nX-HgArgs-Post: 3\r\nX-HgArg-1: h=2&\r\nX-HgArg-2: i=+\r\n\r\np=0rest";
        let mut input = &text[..];
        let request = Request::read(&mut input).expect("a request");
        assert_eq!(request.path.as_bstr(), "/a b/");
        assert_eq!(request.parameter(b"cmd"), Some(&b"x"[..]));
        let arguments = request.arguments(&mut input).expect("there");
        let pair = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(arguments, [pair("q", "1"), pair("p", "0"), pair("h", "2"), pair("i", " ")]);
        assert_eq!(input, b"rest");
    }

    #[test]
    fn what_is_no_request_is_named() {
        for (text, line) in [
            (&b"garbage\r\n"[..], "garbage"),
            (b"GET /", "GET /"),
            (b"\x16\x03\x01\n", "\x16\x03\x01"),
        ] {
            match Request::read(&mut &text[..]) {
                Err(Failure::Malformed(found)) => assert_eq!(found.as_bstr(), line),
                other => panic!("{other:?}"),
            }
        }
        assert!(matches!(Request::read(&mut &b""[..]), Err(Failure::Closed)));
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Request::read(&mut bytes.as_slice());
        }
    }
}

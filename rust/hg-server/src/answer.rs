//! Answers as they go out.

use std::io::{self, Write};

use hg_types::HgDate;

/// What a request was answered with, for the log.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Sent {
    /// The code.
    pub(crate) status: u16,
}

/// Writes one answer to a client.
pub(crate) struct Responder<'a> {
    out: &'a mut dyn Write,
    /// Whether the client understands chunks.
    takes_chunks: bool,
    /// The value of `Server`.
    server: &'a [u8],
    now: HgDate,
    /// What was sent.
    pub(crate) sent: Option<Sent>,
}

impl<'a> Responder<'a> {
    pub(crate) fn new(
        out: &'a mut dyn Write,
        takes_chunks: bool,
        server: &'a [u8],
        now: HgDate,
    ) -> Self {
        Self { out, takes_chunks, server, now, sent: None }
    }

    fn head(&mut self, status: u16, reason: &str, headers: &[(&str, &[u8])]) -> io::Result<()> {
        self.sent = Some(Sent { status });
        let date = HgDate { offset: 0, ..self.now }.format(b"%a, %d %b %Y %H:%M:%S GMT");
        let mut text = format!("HTTP/1.1 {status} {reason}\r\n").into_bytes();
        let fixed = [("Server", self.server), ("Date", date.as_slice())];
        for (name, value) in fixed.iter().chain(headers) {
            text.extend([name.as_bytes(), b": ", value, b"\r\n"].concat());
        }
        text.extend_from_slice(b"\r\n");
        self.out.write_all(&text)
    }

    /// Sends an answer of known length.
    pub(crate) fn whole(
        &mut self,
        (status, reason): (u16, &str),
        kind: Option<&str>,
        body: &[u8],
    ) -> io::Result<()> {
        let length = body.len().to_string();
        let mut headers = Vec::new();
        headers.extend(kind.map(|kind| ("Content-Type", kind.as_bytes())));
        headers.push(("Content-Length", length.as_bytes()));
        self.head(status, reason, &headers)?;
        self.out.write_all(body)?;
        self.out.flush()
    }

    /// Begins an answer of any length; what is written to the writer becomes its body.
    pub(crate) fn stream(&mut self, kind: &str) -> io::Result<Chunks<'_>> {
        let mut headers = vec![("Content-Type", kind.as_bytes())];
        if self.takes_chunks {
            headers.push(("Transfer-Encoding", b"chunked"));
        }
        self.head(200, crate::commands::FOLLOWS, &headers)?;
        let is_chunked = self.takes_chunks;
        Ok(Chunks { out: self.out, is_chunked, buffer: Vec::with_capacity(CHUNK) })
    }
}

/// Bytes of a chunk.
const CHUNK: usize = 1 << 15;

/// Writes a body in chunks.
pub(crate) struct Chunks<'a> {
    out: &'a mut dyn Write,
    is_chunked: bool,
    buffer: Vec<u8>,
}

impl Chunks<'_> {
    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        if self.is_chunked {
            let size = format!("{:x}\r\n", self.buffer.len());
            self.out.write_all(size.as_bytes())?;
            self.buffer.extend_from_slice(b"\r\n");
        }
        self.out.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the body.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.send()?;
        if self.is_chunked {
            self.out.write_all(b"0\r\n\r\n")?;
        }
        self.out.flush()
    }
}

impl Write for Chunks<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let take = bytes.len().min(CHUNK - self.buffer.len());
        self.buffer.extend_from_slice(&bytes[..take]);
        if self.buffer.len() == CHUNK {
            self.send()?;
        }
        Ok(take)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;

    use super::*;

    #[test]
    fn bodies_without_length_are_chunked_for_clients_that_know() {
        for (takes_chunks, end) in [(true, "3\r\nabc\r\n0\r\n\r\n"), (false, "\r\n\r\nabc")] {
            let mut out = Vec::new();
            let now = HgDate { seconds: 1_000_000_000, offset: 7200 };
            let mut responder = Responder::new(&mut out, takes_chunks, b"test", now);
            let mut body = responder.stream("text/plain").expect("memory");
            body.write_all(b"abc").expect("memory");
            body.finish().expect("memory");
            assert!(out.starts_with_str("HTTP/1.1 200 Script output follows\r\nServer: test\r\nDate: Sun, 09 Sep 2001 01:46:40 GMT\r\n"));
            assert!(out.ends_with_str(end));
        }
    }
}

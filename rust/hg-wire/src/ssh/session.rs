//! The process on the other side: handshake, requests and answers, and what it says meanwhile.

use std::io::{self, BufReader, Read, Write};
use std::process::{Child, Stdio};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_format::wire::{self, Arguments, ChunkWriter};
use hg_types::{Error, ErrorKind, Reporter, Result};
use hg_vfs::ChildPipes;

use super::{Location, SshContext, cannot_start, location};
use crate::remote::{Transport, argument, garbled, has};

/// The most lines of a greeting that are read before the answer to the handshake.
const GREETING_LIMIT: usize = 500;

/// What a client says about itself.
const CLIENT: &[u8] = b"comp=zstd,zlib,none,bzip2 partial-pull";

/// The names of the arguments of the commands that are sent.
const COMMANDS: [(&str, &[&str]); 11] = [
    ("batch", &["cmds", "*"]),
    ("between", &["pairs"]),
    ("branchmap", &[]),
    ("debugwireargs", &["one", "two", "*"]),
    ("getbundle", &["*"]),
    ("known", &["nodes", "*"]),
    ("listkeys", &["namespace"]),
    ("lookup", &["key"]),
    ("protocaps", &["caps"]),
    ("pushkey", &["namespace", "key", "old", "new"]),
    ("unbundle", &["heads"]),
];

/// A running `hg serve --stdio` somewhere.
pub(super) struct Session {
    child: Child,
    pipes: BufReader<ChildPipes>,
    reporter: Arc<dyn Reporter + Send + Sync>,
    /// An unfinished line of what the other side said.
    line: Vec<u8>,
    /// Whether the handshake is done: what is said before may belong to a failure.
    settled: bool,
    /// What the server can do.
    capabilities: Vec<Vec<u8>>,
}

impl Session {
    /// Starts `ssh` and greets the server.
    pub(super) fn open(context: &SshContext, place: &Location) -> Result<Self> {
        let program = location::quote(&context.setting("remotecmd", b"hg"));
        let path = location::quote(&place.path);
        let command = [&program[..], b" -R ", &path, b" serve --stdio"].concat();
        let line = context.command_line(place, &command);
        let reporter = Arc::clone(&context.reporter);
        reporter.debug(&[b"running ", &line[..], b"\n"].concat());
        let mut process = context.process(&line)?;
        process.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process.spawn().map_err(cannot_start)?;
        let pipes = BufReader::with_capacity(1 << 16, ChildPipes::take(&mut child).map_err(lost)?);
        let capabilities = Vec::new();
        let mut this =
            Self { child, pipes, reporter, line: Vec::new(), settled: false, capabilities };
        if !this.greet() {
            this.close();
            let error = Error::new(ErrorKind::Repo, "no suitable response from remote hg");
            let hint = context.config.get("ui", "ssherrorhint").filter(|hint| !hint.is_empty());
            return Err(match hint {
                Some(hint) => error.hint(hint),
                None => error,
            });
        }
        this.settled = true;
        if has(&this.capabilities, b"protocaps") {
            this.call("protocaps", &vec![argument("caps", CLIENT)])?;
        }
        Ok(this)
    }

    /// Asks what the server can do; whether there was a server.
    fn greet(&mut self) -> bool {
        self.reporter.debug(b"sending hello command\n");
        self.reporter.debug(b"sending between command\n");
        let null = hg_types::Node::NULL.hex();
        let pairs = vec![(b"pairs".to_vec(), [&null[..], &null].join(&b'-'))];
        let mut request = wire::encode_request("hello", &[], &Arguments::new());
        request.extend(wire::encode_request("between", &["pairs"], &pairs));
        if self.pipes.get_mut().write_all(&request).is_err() {
            return false;
        }
        let mut last = Vec::new();
        for _ in 0..GREETING_LIMIT {
            let Ok(Some(line)) = wire::read_line(&mut self.pipes) else {
                return false;
            };
            if last == b"1" && line.is_empty() {
                return true;
            }
            self.reporter.debug(&[b"remote: ", &line[..], b"\n"].concat());
            if let Some(names) = line.strip_prefix(b"capabilities:") {
                self.capabilities = names.fields().map(<[u8]>::to_vec).collect();
            }
            last = line;
        }
        false
    }

    /// Sends a request.
    fn send(&mut self, command: &str, arguments: &Arguments) -> Result<()> {
        self.reporter.debug(format!("sending {command} command\n").as_bytes());
        let names = COMMANDS.iter().find(|(name, _)| *name == command).map_or(&[][..], |(_, n)| n);
        let request = wire::encode_request(command, names, arguments);
        let sent = self.pipes.get_mut().write_all(&request);
        // Without a reader, the answer (or its absence) says more than the failed write.
        sent.or_else(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Ok(()),
            _ => Err(lost(error)),
        })
    }

    /// Reads an answer of known length.
    fn receive(&mut self) -> Result<Vec<u8>> {
        let line = wire::read_line(&mut self.pipes);
        self.forward();
        let line = line.map_err(garbled)?;
        let Some(line) = line else {
            self.finish_errors();
            return Err(Error::new(ErrorKind::Remote, "unexpected response: empty string"));
        };
        if line.is_empty() {
            return Err(
                Error::new(ErrorKind::Remote, "remote error").hint("check previous remote output")
            );
        }
        let Some(length) = wire::number(&line) else {
            let shown = hg_types::quoted(&[&line[..], b"\n"].concat());
            let parts: [&[u8]; 2] = [b"unexpected response: ", &shown];
            return Err(Error::new(ErrorKind::Remote, parts.concat()));
        };
        let value = wire::read_value(&mut self.pipes, length);
        self.forward();
        value.map_err(garbled)
    }

    /// Passes on what the other side said so far, whole lines at a time.
    fn forward(&mut self) {
        self.line.extend(self.pipes.get_mut().take_said());
        if !self.settled {
            return;
        }
        while let Some(end) = self.line.find_byte(b'\n') {
            let line: Vec<u8> = self.line.drain(..=end).collect();
            self.say(&line);
        }
    }

    fn say(&self, line: &[u8]) {
        let text = [b"remote: ", line].concat();
        if self.settled { self.reporter.status(&text) } else { self.reporter.warn(&text) }
    }

    fn finish_errors(&mut self) {
        // What was said before the pipe broke is still worth hearing.
        let _ = self.pipes.get_mut().drain_errors();
        self.forward();
        let rest = std::mem::take(&mut self.line);
        for line in rest.lines_with_terminator() {
            let line = line.trim_end_with(|c| c == '\n');
            self.say(&[line, b"\n"].concat());
        }
    }

    fn close(&mut self) {
        self.pipes.get_mut().close_input();
        self.finish_errors();
        // Its own exit code tells nothing that the answers did not.
        let _ = self.child.wait();
    }
}

impl Session {
    /// Asks `unbundle` with what `write` writes, unless the other side refuses at once; what it says then.
    fn send_payload(
        &mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<Vec<u8>> {
        let refusal = self.call("unbundle", arguments)?;
        if refusal.is_empty() {
            let mut out = ChunkWriter::new(self.pipes.get_mut());
            write(&mut out)?;
            out.finish().map_err(lost)?;
        }
        Ok(refusal)
    }
}

impl Transport for Session {
    fn capabilities(&self) -> &[Vec<u8>] {
        &self.capabilities
    }

    fn call(&mut self, command: &str, arguments: &Arguments) -> Result<Vec<u8>> {
        self.send(command, arguments)?;
        self.receive()
    }

    fn stream<'a>(
        &'a mut self,
        command: &str,
        arguments: &Arguments,
    ) -> Result<Box<dyn Read + Send + 'a>> {
        self.send(command, arguments)?;
        Ok(Box::new(self))
    }

    fn send_bundle<'a>(
        &'a mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<Box<dyn Read + Send + 'a>> {
        let refusal = self.send_payload(arguments, write)?;
        if !refusal.is_empty() {
            let message = [b"unexpected remote reply: ", &refusal[..]].concat();
            return Err(Error::new(ErrorKind::Remote, message));
        }
        Ok(Box::new(self))
    }

    fn send_old_bundle(
        &mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut refusal = self.send_payload(arguments, write)?;
        if refusal.is_empty() {
            refusal = self.receive()?;
        }
        if !refusal.is_empty() {
            return Err(crate::remote::push_failed(b"push failed:", &refusal));
        }
        // What was said meanwhile came by another way.
        Ok((self.receive()?, Vec::new()))
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

impl Read for Session {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.pipes.read(buffer);
        self.forward();
        read
    }
}

/// The connection broke.
pub(super) fn lost(error: io::Error) -> Error {
    Error::new(ErrorKind::Remote, format!("connection to remote lost: {error}")).because(error)
}

//! The first version of the wire protocol, as `ssh` carries it (`hg help internals.wireprotocol`,
//! sections "SSH Version 1 Transport" and "Commands"): framing of requests and answers, and the
//! texts of which arguments and answers are made.

use std::io::{self, BufRead, Read, Write};

use hg_types::Node;

/// The longest line that is read.
const LINE_LIMIT: u64 = 1 << 16;

/// The longest argument or answer that is held in memory.
const VALUE_LIMIT: u64 = 1 << 30;

/// The most arguments in one request.
const COUNT_LIMIT: usize = 1 << 10;

/// What is wrong with a request or an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The other side went away in the middle of something.
    #[error("unexpected end of stream")]
    Truncated,
    /// A line or value is longer than anybody needs.
    #[error("value is too long")]
    TooLong,
    /// A number or a list cannot be read.
    #[error("malformed {0}")]
    Malformed(&'static str),
    /// An argument that the command does not have.
    #[error("unexpected parameter {}", String::from_utf8_lossy(.0))]
    UnknownArgument(Vec<u8>),
    /// The stream cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Names and values of a request's arguments.
pub type Arguments = Vec<(Vec<u8>, Vec<u8>)>;

/// Reads up to and without the next newline; `None` at the end of the stream.
pub fn read_line(input: &mut impl BufRead) -> Result<Option<Vec<u8>>, Error> {
    let mut line = Vec::new();
    input.take(LINE_LIMIT).read_until(b'\n', &mut line)?;
    match line.pop() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 + 1 >= LINE_LIMIT => Err(Error::TooLong),
        // The last byte of a stream that ends within a line is lost, as it always was.
        Some(_) => Ok(Some(line)),
    }
}

/// Reads exactly `length` bytes.
pub fn read_value(input: &mut impl Read, length: u64) -> Result<Vec<u8>, Error> {
    if length > VALUE_LIMIT {
        return Err(Error::TooLong);
    }
    let mut out = Vec::new();
    input.take(length).read_to_end(&mut out)?;
    if out.len() as u64 == length { Ok(out) } else { Err(Error::Truncated) }
}

/// A decimal number and nothing else.
#[must_use]
pub fn number(text: &[u8]) -> Option<u64> {
    let digits = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
    std::str::from_utf8(text).ok().filter(|_| digits)?.parse().ok()
}

/// Reads one argument's line: its name and its length or count.
fn read_argument_line(input: &mut impl BufRead) -> Result<(Vec<u8>, u64), Error> {
    let line = read_line(input)?.ok_or(Error::Truncated)?;
    let space = line.iter().rposition(|&b| b == b' ').ok_or(Error::Malformed("argument"))?;
    let length = number(&line[space + 1..]).ok_or(Error::Malformed("argument length"))?;
    Ok((line[..space].to_vec(), length))
}

/// Reads the arguments of a command that has those of `names`; `*` stands for any others, which come
/// as a dictionary.
pub fn read_arguments(input: &mut impl BufRead, names: &[&str]) -> Result<Arguments, Error> {
    let mut out = Arguments::new();
    for _ in names {
        let (name, length) = read_argument_line(input)?;
        if !names.iter().any(|known| known.as_bytes() == name) {
            return Err(Error::UnknownArgument(name));
        }
        if name != b"*" {
            out.push((name, read_value(input, length)?));
            continue;
        }
        let count = usize::try_from(length).ok().filter(|&count| count <= COUNT_LIMIT);
        for _ in 0..count.ok_or(Error::TooLong)? {
            let (name, length) = read_argument_line(input)?;
            out.push((name, read_value(input, length)?));
        }
    }
    Ok(out)
}

/// Writes a request; `names` are the arguments the command has, of which `*` takes the others.
pub fn encode_request(command: &str, names: &[&str], arguments: &Arguments) -> Vec<u8> {
    let mut out = [command.as_bytes(), b"\n"].concat();
    let mut others: Vec<&(Vec<u8>, Vec<u8>)> = Vec::new();
    let mut named: Vec<&(Vec<u8>, Vec<u8>)> = Vec::new();
    for argument in arguments {
        let known = names.iter().any(|name| name.as_bytes() == argument.0);
        if known { named.push(argument) } else { others.push(argument) }
    }
    let push = |out: &mut Vec<u8>, (name, value): &(Vec<u8>, Vec<u8>)| {
        out.extend_from_slice(name);
        out.extend_from_slice(format!(" {}\n", value.len()).as_bytes());
        out.extend_from_slice(value);
    };
    if names.contains(&"*") {
        out.extend_from_slice(format!("* {}\n", others.len()).as_bytes());
        others.into_iter().for_each(|argument| push(&mut out, argument));
    }
    named.into_iter().for_each(|argument| push(&mut out, argument));
    out
}

/// Writes an answer of known length.
pub fn write_string(out: &mut impl Write, value: &[u8]) -> io::Result<()> {
    out.write_all(format!("{}\n", value.len()).as_bytes())?;
    out.write_all(value)
}

/// What stands for a byte that separates things.
const ESCAPES: [(u8, u8); 4] = [(b':', b'c'), (b',', b'o'), (b';', b's'), (b'=', b'e')];

/// Escapes a value within a batch.
#[must_use]
pub fn escape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match ESCAPES.iter().find(|(plain, _)| *plain == byte) {
            Some((_, letter)) => out.extend([b':', *letter]),
            None => out.push(byte),
        }
    }
    out
}

/// The value that [`escape`] made `bytes` of.
#[must_use]
pub fn unescape(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let [first, tail @ ..] = rest {
        let plain = tail.first().and_then(|b| ESCAPES.iter().find(|(_, letter)| letter == b));
        match (first, plain) {
            (b':', Some((plain, _))) => {
                out.push(*plain);
                rest = &tail[1..];
            }
            _ => {
                out.push(*first);
                rest = tail;
            }
        }
    }
    out
}

/// Writes the commands of a batch.
#[must_use]
pub fn encode_batch(commands: &[(&str, Arguments)]) -> Vec<u8> {
    let text = |(name, arguments): &(&str, Arguments)| {
        let pair = |(key, value): &(Vec<u8>, Vec<u8>)| [escape(key), escape(value)].join(&b'=');
        let pairs: Vec<Vec<u8>> = arguments.iter().map(pair).collect();
        [name.as_bytes(), &pairs.join(&b',')].join(&b' ')
    };
    commands.iter().map(text).collect::<Vec<_>>().join(&b';')
}

/// Reads the commands of a batch.
pub fn decode_batch(bytes: &[u8]) -> Result<Vec<(Vec<u8>, Arguments)>, Error> {
    let command = |text: &[u8]| {
        let space = text.iter().position(|&b| b == b' ').ok_or(Error::Malformed("batch"))?;
        let pairs = text[space + 1..].split(|&b| b == b',').filter(|pair| !pair.is_empty());
        let pair = |pair: &[u8]| {
            let equals = pair.iter().position(|&b| b == b'=').ok_or(Error::Malformed("batch"))?;
            Ok((unescape(&pair[..equals]), unescape(&pair[equals + 1..])))
        };
        Ok((text[..space].to_vec(), pairs.map(pair).collect::<Result<_, Error>>()?))
    };
    bytes.split(|&b| b == b';').map(command).collect()
}

/// Writes nodes, separated by spaces.
#[must_use]
pub fn encode_nodes(nodes: &[Node]) -> Vec<u8> {
    nodes.iter().map(Node::hex).collect::<Vec<_>>().join(&b' ')
}

/// Reads nodes that are separated by spaces.
pub fn decode_nodes(bytes: &[u8]) -> Result<Vec<Node>, Error> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    let node = |text: &[u8]| Node::from_hex(text).ok_or(Error::Malformed("list of nodes"));
    bytes.split(|&b| b == b' ').map(node).collect()
}

/// Branches with their heads.
pub type BranchHeads = Vec<(Vec<u8>, Vec<Node>)>;

/// Writes branches with their heads, one branch a line.
#[must_use]
pub fn encode_branchmap(branches: &[(Vec<u8>, Vec<Node>)]) -> Vec<u8> {
    let line = |(name, nodes): &(Vec<u8>, Vec<Node>)| {
        [crate::percent::quote(name, b"/"), encode_nodes(nodes)].join(&b' ')
    };
    branches.iter().map(line).collect::<Vec<_>>().join(&b'\n')
}

/// Reads branches with their heads.
pub fn decode_branchmap(bytes: &[u8]) -> Result<BranchHeads, Error> {
    let lines = bytes.split(|&b| b == b'\n').filter(|line| !line.is_empty());
    let branch = |line: &[u8]| {
        let space = line.iter().position(|&b| b == b' ').ok_or(Error::Malformed("branch map"))?;
        Ok((crate::percent::unquote(&line[..space]), decode_nodes(&line[space + 1..])?))
    };
    lines.map(branch).collect()
}

/// A stream in chunks with their lengths before them, as payloads of requests come.
#[derive(Debug)]
pub struct ChunkReader<R> {
    input: R,
    left: u64,
    ended: bool,
}

impl<R: BufRead> ChunkReader<R> {
    /// Reads the chunks that come next.
    pub const fn new(input: R) -> Self {
        Self { input, left: 0, ended: false }
    }

    /// Skips what is left of the payload.
    ///
    /// # Errors
    /// When the stream ends too early.
    pub fn finish(&mut self) -> io::Result<()> {
        io::copy(self, &mut io::sink()).map(|_| ())
    }
}

impl<R: BufRead> Read for ChunkReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !self.ended {
            let line = read_line(&mut self.input).map_err(io::Error::other)?;
            let length = line.as_deref().and_then(number);
            // A sender that goes away is one that has sent everything.
            self.left = length.unwrap_or(0);
            self.ended = self.left == 0;
        }
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = (&mut self.input).take(self.left).read(buffer)?;
        self.left -= read as u64;
        self.ended |= read == 0;
        Ok(read)
    }
}

/// Writes a payload in chunks.
#[derive(Debug)]
pub struct ChunkWriter<W: Write> {
    out: W,
    buffer: Vec<u8>,
}

impl<W: Write> ChunkWriter<W> {
    const CHUNK: usize = 1 << 15;

    /// Writes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, buffer: Vec::new() }
    }

    fn send(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.out.write_all(format!("{}\n", self.buffer.len()).as_bytes())?;
            self.out.write_all(&self.buffer)?;
            self.buffer.clear();
        }
        Ok(())
    }

    /// Says that nothing more comes.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.send()?;
        self.out.write_all(b"0\n")?;
        self.out.flush()
    }
}

impl<W: Write> Write for ChunkWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= Self::CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requests_are_framed_by_kind_of_argument() {
        let arguments = vec![(b"nodes".to_vec(), b"ab".to_vec()), (b"x".to_vec(), Vec::new())];
        let names = ["nodes", "*"];
        let bytes = encode_request("known", &names, &arguments);
        assert_eq!(bytes, b"known\n* 1\nx 0\nnodes 2\nab");
        let read = read_arguments(&mut &bytes[6..], &names).expect("valid");
        assert_eq!(read, [arguments[1].clone(), arguments[0].clone()]);
        let unknown = read_arguments(&mut &b"kay 2\nbm"[..], &["key"]);
        assert!(matches!(unknown, Err(Error::UnknownArgument(name)) if name == b"kay"));
    }

    #[test]
    fn impossible_lengths_are_refused() {
        for bytes in [&b"key 99999999999999\nab"[..], b"key -1\n", b"key\n", b"key 5\nab", b""] {
            assert!(read_arguments(&mut &bytes[..], &["key"]).is_err());
        }
        assert!(read_arguments(&mut &b"* 4000000000\n"[..], &["*"]).is_err());
    }

    proptest! {
        #[test]
        fn batches_round_trip(
            key in prop::collection::vec(any::<u8>(), 1..9),
            value in prop::collection::vec(any::<u8>(), 0..20),
        ) {
            let arguments = vec![(key, value)];
            let bytes = encode_batch(&[("heads", Vec::new()), ("lookup", arguments.clone())]);
            let back = decode_batch(&bytes).expect("valid");
            prop_assert_eq!(&back[1].1, &arguments);
            prop_assert!(back[0].1.is_empty());
        }

        #[test]
        fn payloads_round_trip(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut sent = Vec::new();
            let mut writer = ChunkWriter::new(&mut sent);
            writer.write_all(&bytes).expect("memory");
            writer.finish().expect("memory");
            sent.extend_from_slice(b"next\n");
            let mut input = &sent[..];
            let mut back = Vec::new();
            ChunkReader::new(&mut input).read_to_end(&mut back).expect("valid");
            prop_assert_eq!(back, bytes);
            prop_assert_eq!(input, b"next\n");
        }

        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = decode_batch(&bytes);
            let _ = decode_branchmap(&bytes);
            let _ = decode_nodes(&bytes);
            let _ = read_arguments(&mut &bytes[..], &["key", "*"]);
            let _ = unescape(&bytes);
            let mut out = Vec::new();
            let _ = ChunkReader::new(&bytes[..]).read_to_end(&mut out);
        }
    }
}

//! The HG20 container: stream parameters and parts with framed payloads.
//!
//! Format: `hg help internals.bundle2`. [`Reader`] and [`Writer`] work on the bytes behind the
//! stream parameters, already decompressed or not yet compressed; [`parts`] has the payloads.

pub mod parts;

use std::io::{self, Read, Write};

use crate::percent;

/// The magic string in front.
pub const MAGIC: &[u8; 4] = b"HG20";

/// Bytes of part headers and stream parameters that are believed.
const HEADER_LIMIT: usize = 1 << 24;

/// Bytes of an interrupting part that are kept.
const INTERRUPT_LIMIT: u64 = 1 << 24;

/// The preferred length of payload chunks.
pub const CHUNK_SIZE: usize = 32768;

/// What is wrong with an HG20 stream.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream is shorter than it says.
    #[error("stream ended unexpectedly (got {got} bytes, expected {expected})")]
    Truncated {
        /// Bytes that were there.
        got: usize,
        /// Bytes that were announced.
        expected: usize,
    },
    /// The stream parameters have an impossible length.
    #[error("negative bundle param size: {0}")]
    ParameterSize(i32),
    /// A stream parameter has an empty name.
    #[error("empty parameter name")]
    EmptyParameter,
    /// A stream parameter's name does not start with a letter.
    #[error("non letter first character: {0}")]
    ParameterName(String),
    /// A part header has an impossible length.
    #[error("negative part header size: {0}")]
    HeaderSize(i32),
    /// A part header is longer than anything sane.
    #[error("part header of {0} bytes is too long")]
    HeaderTooLong(usize),
    /// A part header ends before its contents.
    #[error("part header ends before its parameters")]
    ShortHeader,
    /// A payload chunk has an impossible length.
    #[error("negative payload chunk size: {0}")]
    ChunkSize(i32),
    /// A part name or parameter is longer than its length field.
    #[error("part name or parameter is too long")]
    FieldTooLong,
    /// A payload has an unreadable entry.
    #[error("bad {0} payload")]
    Payload(&'static str),
    /// The stream cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl From<crate::changegroup::Error> for Error {
    fn from(error: crate::changegroup::Error) -> Self {
        match error {
            crate::changegroup::Error::Truncated { got, expected } => {
                Self::Truncated { got, expected }
            }
            crate::changegroup::Error::Io(error) => Self::Io(error),
            other => Self::Io(io::Error::new(io::ErrorKind::InvalidData, other)),
        }
    }
}

/// A list of names and values in the order of the stream.
pub type Parameters = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// Reads the stream parameters, the length field and all, right behind the magic string.
pub fn read_stream_parameters(input: &mut impl Read) -> Result<Parameters, Error> {
    let size = read_i32(input)?;
    let size = usize::try_from(size).map_err(|_| Error::ParameterSize(size))?;
    if size > HEADER_LIMIT {
        return Err(Error::HeaderTooLong(size));
    }
    decode_stream_parameters(&crate::changegroup::read_exactly(input, size)?)
}

/// Splits and unquotes the text of the stream parameters.
pub fn decode_stream_parameters(text: &[u8]) -> Result<Parameters, Error> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    text.split(|&b| b == b' ')
        .map(|item| {
            let (name, value) = split_once(item, b'=');
            let name = percent::unquote(name);
            match name.first() {
                None => return Err(Error::EmptyParameter),
                Some(first) if !first.is_ascii_alphabetic() => {
                    return Err(Error::ParameterName(String::from_utf8_lossy(&name).into_owned()));
                }
                Some(_) => {}
            }
            Ok((name, value.map(percent::unquote)))
        })
        .collect()
}

/// Writes magic string and stream parameters.
pub fn write_stream_header(out: &mut impl Write, parameters: &Parameters) -> Result<(), Error> {
    let text: Vec<Vec<u8>> = parameters
        .iter()
        .map(|(name, value)| {
            let mut item = percent::quote(name, b"/");
            if let Some(value) = value {
                item.push(b'=');
                item.extend(percent::quote(value, b"/"));
            }
            item
        })
        .collect();
    let text = text.join(&b' ');
    let size = i32::try_from(text.len()).map_err(|_| Error::FieldTooLong)?;
    out.write_all(MAGIC)?;
    out.write_all(&size.to_be_bytes())?;
    out.write_all(&text)?;
    Ok(())
}

fn split_once(bytes: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    match bytes.iter().position(|&b| b == separator) {
        Some(at) => (&bytes[..at], Some(&bytes[at + 1..])),
        None => (bytes, None),
    }
}

fn read_i32(input: &mut impl Read) -> Result<i32, Error> {
    let bytes = crate::changegroup::read_exactly(input, 4)?;
    Ok(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

/// What stands before the payload of a part.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct PartHeader {
    /// The type, in lower case.
    pub kind: Vec<u8>,
    /// Whether a reader that does not know the type must stop.
    pub mandatory: bool,
    /// The number of the part in its stream.
    pub id: u32,
    /// Parameters that the reader must know.
    pub mandatory_parameters: Vec<(Vec<u8>, Vec<u8>)>,
    /// Parameters that the reader may ignore.
    pub advisory_parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl PartHeader {
    /// A part of type `kind` without parameters.
    #[must_use]
    pub fn new(kind: &[u8], mandatory: bool) -> Self {
        Self { kind: kind.to_vec(), mandatory, ..Self::default() }
    }

    /// Adds a mandatory parameter.
    #[must_use]
    pub fn with(mut self, name: &[u8], value: &[u8]) -> Self {
        self.mandatory_parameters.push((name.to_vec(), value.to_vec()));
        self
    }

    /// Adds an advisory parameter.
    #[must_use]
    pub fn with_advisory(mut self, name: &[u8], value: &[u8]) -> Self {
        self.advisory_parameters.push((name.to_vec(), value.to_vec()));
        self
    }

    /// The value of a parameter, mandatory or advisory.
    #[must_use]
    pub fn parameter(&self, name: &[u8]) -> Option<&[u8]> {
        let all = self.mandatory_parameters.iter().chain(&self.advisory_parameters);
        all.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.as_slice())
    }

    /// Reads a header without its length field.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let mut rest = bytes;
        let mut take = |count: usize| -> Result<&[u8], Error> {
            let (head, tail) = rest.split_at_checked(count).ok_or(Error::ShortHeader)?;
            rest = tail;
            Ok(head)
        };
        let name_len = usize::from(take(1)?[0]);
        let name = take(name_len)?.to_vec();
        let id = take(4)?;
        let id = u32::from_be_bytes([id[0], id[1], id[2], id[3]]);
        let counts = take(2)?;
        let (mandatory_count, advisory_count) = (usize::from(counts[0]), usize::from(counts[1]));
        let sizes = take(2 * (mandatory_count + advisory_count))?.to_vec();
        let mut parameters = sizes
            .chunks_exact(2)
            .map(|pair| {
                let key = take(pair[0].into())?.to_vec();
                Ok((key, take(pair[1].into())?.to_vec()))
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let advisory_parameters = parameters.split_off(mandatory_count);
        Ok(Self {
            mandatory: name.iter().any(u8::is_ascii_uppercase),
            kind: name.to_ascii_lowercase(),
            id,
            mandatory_parameters: parameters,
            advisory_parameters,
        })
    }

    /// Appends the header without its length field.
    pub fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let byte = |length: usize| u8::try_from(length).map_err(|_| Error::FieldTooLong);
        out.push(byte(self.kind.len())?);
        if self.mandatory {
            out.extend(self.kind.to_ascii_uppercase());
        } else {
            out.extend(self.kind.to_ascii_lowercase());
        }
        out.extend(self.id.to_be_bytes());
        out.push(byte(self.mandatory_parameters.len())?);
        out.push(byte(self.advisory_parameters.len())?);
        let all = || self.mandatory_parameters.iter().chain(&self.advisory_parameters);
        for (name, value) in all() {
            out.push(byte(name.len())?);
            out.push(byte(value.len())?);
        }
        for (name, value) in all() {
            out.extend_from_slice(name);
            out.extend_from_slice(value);
        }
        Ok(())
    }
}

/// A small part read whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Part {
    /// Type and parameters.
    pub header: PartHeader,
    /// The payload.
    pub payload: Vec<u8>,
}

/// Reads the parts of a stream, behind the stream parameters.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    state: State,
    /// Parts that interrupted a payload and nobody has taken yet.
    interrupts: Vec<Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// The next bytes are the length of a part header.
    BetweenParts,
    /// This many bytes of a payload chunk are to come.
    InChunk(usize),
    /// The next bytes are the length of a payload chunk.
    BetweenChunks,
    /// The stream has ended.
    Ended,
}

impl<R: Read> Reader<R> {
    /// Starts right behind the stream parameters.
    pub const fn new(input: R) -> Self {
        Self { input, state: State::BetweenParts, interrupts: Vec::new() }
    }

    /// Skips what is left of the current part and reads the next header; `None` at the end.
    pub fn next_part(&mut self) -> Result<Option<PartHeader>, Error> {
        self.skip_payload()?;
        if self.state == State::Ended {
            return Ok(None);
        }
        let header = read_header(&mut self.input)?;
        self.state = if header.is_some() { State::BetweenChunks } else { State::Ended };
        Ok(header)
    }

    /// Reads and drops what is left of the current part's payload.
    pub fn skip_payload(&mut self) -> Result<(), Error> {
        let mut buffer = [0; 4096];
        while matches!(self.state, State::InChunk(_) | State::BetweenChunks) {
            self.read_payload(&mut buffer)?;
        }
        Ok(())
    }

    /// Reads payload bytes of the current part; 0 at its end.
    pub fn read_payload(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match self.state {
                State::BetweenParts | State::Ended => return Ok(0),
                State::BetweenChunks => self.next_chunk()?,
                State::InChunk(left) => {
                    let wanted = left.min(buffer.len());
                    let got = self.input.read(&mut buffer[..wanted])?;
                    if got == 0 {
                        return Err(Error::Truncated { got: 0, expected: left });
                    }
                    self.state =
                        if got == left { State::BetweenChunks } else { State::InChunk(left - got) };
                    return Ok(got);
                }
            }
        }
    }

    fn next_chunk(&mut self) -> Result<(), Error> {
        let size = read_i32(&mut self.input)?;
        match usize::try_from(size) {
            Ok(0) => self.state = State::BetweenParts,
            Ok(size) => self.state = State::InChunk(size),
            Err(_) if size == -1 => self.read_interrupt()?,
            Err(_) => return Err(Error::ChunkSize(size)),
        }
        Ok(())
    }

    fn read_interrupt(&mut self) -> Result<(), Error> {
        let Some(header) = read_header(&mut self.input)? else {
            return Ok(());
        };
        let mut payload = Vec::new();
        loop {
            let size = read_i32(&mut self.input)?;
            let length = usize::try_from(size).map_err(|_| Error::ChunkSize(size))?;
            if length == 0 {
                break;
            }
            if (payload.len() + length) as u64 > INTERRUPT_LIMIT {
                return Err(Error::HeaderTooLong(payload.len() + length));
            }
            payload.extend(crate::changegroup::read_exactly(&mut self.input, length)?);
        }
        self.interrupts.push(Part { header, payload });
        Ok(())
    }

    /// The parts that interrupted payloads since the last call.
    pub fn take_interrupts(&mut self) -> Vec<Part> {
        std::mem::take(&mut self.interrupts)
    }

    /// The rest of the current part's payload, at most `limit` bytes of it.
    pub fn payload(&mut self, limit: usize) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        let limit = limit as u64;
        let got = PayloadReader { reader: self }.take(limit + 1).read_to_end(&mut bytes)?;
        if got as u64 > limit {
            return Err(Error::HeaderTooLong(got));
        }
        Ok(bytes)
    }

    /// The payload of the current part as a stream.
    pub const fn payload_reader(&mut self) -> PayloadReader<'_, R> {
        PayloadReader { reader: self }
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> R {
        self.input
    }
}

fn read_header(input: &mut impl Read) -> Result<Option<PartHeader>, Error> {
    let size = read_i32(input)?;
    let size = usize::try_from(size).map_err(|_| Error::HeaderSize(size))?;
    if size == 0 {
        return Ok(None);
    }
    if size > HEADER_LIMIT {
        return Err(Error::HeaderTooLong(size));
    }
    PartHeader::decode(&crate::changegroup::read_exactly(input, size)?).map(Some)
}

/// The payload of a part as a stream; ends where the payload ends.
#[derive(Debug)]
pub struct PayloadReader<'a, R> {
    reader: &'a mut Reader<R>,
}

impl<R: Read> Read for PayloadReader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.reader.read_payload(buffer).map_err(|error| match error {
            Error::Io(error) => error,
            other => io::Error::new(io::ErrorKind::InvalidData, other),
        })
    }
}

/// Writes the parts of a stream, behind the stream parameters.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    next_id: u32,
}

impl<W: Write> Writer<W> {
    /// Starts right behind the stream parameters.
    pub const fn new(out: W) -> Self {
        Self { out, next_id: 0 }
    }

    /// Starts a part and numbers it; its payload goes to the result, which must be finished.
    pub fn part(&mut self, mut header: PartHeader) -> Result<PartWriter<'_, W>, Error> {
        header.id = self.next_id;
        self.next_id += 1;
        let mut bytes = Vec::new();
        header.encode(&mut bytes)?;
        let size = i32::try_from(bytes.len()).map_err(|_| Error::FieldTooLong)?;
        self.out.write_all(&size.to_be_bytes())?;
        self.out.write_all(&bytes)?;
        Ok(PartWriter { out: &mut self.out, id: header.id, pending: Vec::new() })
    }

    /// Writes a whole part with a payload at hand; its number.
    pub fn whole_part(&mut self, header: PartHeader, payload: &[u8]) -> Result<u32, Error> {
        let mut part = self.part(header)?;
        part.write_all(payload)?;
        part.finish()
    }

    /// Ends the stream and gives it back.
    pub fn finish(mut self) -> Result<W, Error> {
        self.out.write_all(&[0; 4])?;
        Ok(self.out)
    }
}

/// The payload of a part being written, cut into chunks.
#[derive(Debug)]
#[must_use = "a part must be finished"]
pub struct PartWriter<'a, W> {
    out: &'a mut W,
    id: u32,
    pending: Vec<u8>,
}

impl<W: Write> PartWriter<'_, W> {
    fn flush_chunk(&mut self) -> io::Result<()> {
        for chunk in self.pending.chunks(CHUNK_SIZE) {
            let size = u32::try_from(chunk.len()).map_err(io::Error::other)?;
            self.out.write_all(&size.to_be_bytes())?;
            self.out.write_all(chunk)?;
        }
        self.pending.clear();
        Ok(())
    }

    /// Ends the payload; the number of the part.
    pub fn finish(mut self) -> Result<u32, Error> {
        self.flush_chunk()?;
        self.out.write_all(&[0; 4])?;
        Ok(self.id)
    }
}

impl<W: Write> Write for PartWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = CHUNK_SIZE - self.pending.len().min(CHUNK_SIZE - 1);
        let taken = bytes.len().min(room);
        self.pending.extend_from_slice(&bytes[..taken]);
        if self.pending.len() >= CHUNK_SIZE {
            self.flush_chunk()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a peer can do with bundles: names with lists of values, sorted by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Capabilities(pub std::collections::BTreeMap<Vec<u8>, Vec<Vec<u8>>>);

impl Capabilities {
    /// Reads the blob of a `bundle2` capability, after the URL quoting around it is gone.
    #[must_use]
    pub fn decode(blob: &[u8]) -> Self {
        let lines = blob.split(|&b| b == b'\n').filter(|line| !line.is_empty());
        let entry = |line| {
            let (name, values) = split_once(line, b'=');
            let values = values.map_or_else(Vec::new, |values| {
                values.split(|&b| b == b',').map(percent::unquote).collect()
            });
            (percent::unquote(name), values)
        };
        Self(lines.map(entry).collect())
    }

    /// Writes the blob.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let line = |(name, values): (&Vec<u8>, &Vec<Vec<u8>>)| {
            let mut line = percent::quote(name, b"/");
            if !values.is_empty() {
                line.push(b'=');
                let quoted: Vec<_> = values.iter().map(|v| percent::quote(v, b"/")).collect();
                line.extend(quoted.join(&b','));
            }
            line
        };
        self.0.iter().map(line).collect::<Vec<_>>().join(&b'\n')
    }

    /// The values of a capability; `None` when it is absent.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[Vec<u8>]> {
        self.0.get(name).map(Vec::as_slice)
    }

    /// Whether `value` is among the values of `name`.
    #[must_use]
    pub fn has(&self, name: &[u8], value: &[u8]) -> bool {
        self.get(name).is_some_and(|values| values.iter().any(|v| v == value))
    }
}

#[cfg(test)]
mod tests;

//! Frames on channels: a letter, a length of four bytes, data.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::Streams;
use crate::ui::{Message, Messages, encode_cbor};

/// The most that is asked for at once.
const CHUNK: u32 = 4096;

type Shared<T> = Arc<Mutex<T>>;

fn lock<T>(shared: &Shared<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Both directions of a conversation.
pub(super) struct Channels {
    input: Shared<BufReader<File>>,
    output: Shared<File>,
}

impl Channels {
    pub(super) fn new(input: File, output: File) -> Self {
        let input = BufReader::new(input);
        Self { input: Arc::new(Mutex::new(input)), output: Arc::new(Mutex::new(output)) }
    }

    /// What the other side says.
    pub(super) fn input(&self) -> MutexGuard<'_, BufReader<File>> {
        lock(&self.input)
    }

    /// Writes a frame.
    pub(super) fn write(&self, channel: u8, data: &[u8]) -> io::Result<()> {
        write_frame(&mut lock(&self.output), channel, data)
    }

    /// Passes bytes on that are frames already.
    pub(super) fn write_raw(&self, data: &[u8]) -> io::Result<()> {
        lock(&self.output).write_all(data)
    }

    /// Reads a length and so much data.
    pub(super) fn read_frame(&self) -> io::Result<Vec<u8>> {
        read_frame(&mut *self.input())
    }

    /// Streams over these channels.
    pub(super) fn streams(&self) -> Streams {
        Streams {
            input: Box::new(Asked { channels: self.share(), given: Vec::new() }),
            output: Box::new(Channel { output: self.output.clone(), letter: b'o' }),
            errors: Box::new(Channel { output: self.output.clone(), letter: b'e' }),
            input_is_terminal: false,
            output_is_terminal: false,
            errors_is_terminal: false,
            captured: true,
            messages: None,
        }
    }

    fn share(&self) -> Self {
        Self { input: self.input.clone(), output: self.output.clone() }
    }
}

/// Reads a length and so much data; memory grows with what really comes.
pub(super) fn read_frame(input: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u32::from_be_bytes(length);
    let mut data = Vec::new();
    input.take(length.into()).read_to_end(&mut data)?;
    if data.len() as u64 != u64::from(length) {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(data)
}

fn write_frame(output: &mut File, channel: u8, data: &[u8]) -> io::Result<()> {
    let length = u32::try_from(data.len()).map_err(io::Error::other)?;
    let mut frame = Vec::with_capacity(data.len() + 5);
    frame.push(channel);
    frame.extend_from_slice(&length.to_be_bytes());
    frame.extend_from_slice(data);
    output.write_all(&frame)
}

/// What is written becomes frames of one channel.
struct Channel {
    output: Shared<File>,
    letter: u8,
}

impl Write for Channel {
    fn write(&mut self, data: &[u8]) -> io::Result<usize> {
        if !data.is_empty() {
            write_frame(&mut lock(&self.output), self.letter, data)?;
        }
        Ok(data.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Input that the other side is asked for: lines on the channel `L`, blocks on `I`.
struct Asked {
    channels: Channels,
    /// What was given and is not read yet.
    given: Vec<u8>,
}

impl Asked {
    fn ask(&mut self, channel: u8) -> io::Result<&mut Vec<u8>> {
        if self.given.is_empty() {
            let request = [&[channel][..], &CHUNK.to_be_bytes()].concat();
            self.channels.write_raw(&request)?;
            self.given = self.channels.read_frame()?;
        }
        Ok(&mut self.given)
    }
}

impl Read for Asked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let given = self.ask(b'I')?;
        let length = given.len().min(buffer.len());
        buffer[..length].copy_from_slice(&given[..length]);
        given.drain(..length);
        Ok(length)
    }
}

impl BufRead for Asked {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(self.ask(b'L')?)
    }

    fn consume(&mut self, amount: usize) {
        self.given.drain(..amount.min(self.given.len()));
    }
}

/// Messages in parts, as CBOR on a channel of their own.
pub(super) struct MessageChannel(Shared<File>);

impl MessageChannel {
    pub(super) fn new(channels: &Channels) -> Self {
        Self(channels.output.clone())
    }
}

impl Messages for MessageChannel {
    fn send(&mut self, message: Message) -> io::Result<()> {
        write_frame(&mut lock(&self.0), b'm', &encode_cbor(&message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_that_is_cut_short_is_an_end() {
        assert_eq!(read_frame(&mut &b"\0\0\0\x02ab"[..]).ok(), Some(b"ab".to_vec()));
        let cut = read_frame(&mut &b"\xff\xff\xff\xffab"[..]).map_err(|error| error.kind());
        assert_eq!(cut, Err(io::ErrorKind::UnexpectedEof));
    }
}

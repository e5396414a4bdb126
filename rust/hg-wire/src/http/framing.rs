//! Where the body of a message ends (RFC 9112, section 6).

use std::io::{self, BufRead, Read};

/// The longest line between chunks.
const LINE_LIMIT: u64 = 1 << 13;

/// The most lines behind the last chunk.
const TRAILERS_LIMIT: usize = 256;

/// How the end of a body is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Framing {
    /// After this many more bytes, of so many altogether.
    Length {
        /// Bytes to come.
        left: u64,
        /// Bytes of the whole body.
        whole: u64,
    },
    /// In chunks, of whose current one this many bytes are left.
    Chunked {
        /// Bytes to come before the next chunk.
        left: u64,
    },
    /// Where the connection ends.
    ToEnd,
    /// It was reached.
    Done,
}

impl Framing {
    /// A body of known length.
    #[must_use]
    pub fn of_length(length: u64) -> Self {
        if length == 0 { Self::Done } else { Self::Length { left: length, whole: length } }
    }

    /// Whether the end was reached.
    #[must_use]
    pub fn is_done(self) -> bool {
        self == Self::Done
    }

    /// Reads bytes of the body from `input`.
    ///
    /// # Errors
    /// When `input` fails, or ends before the body does, or is not framed as it should be.
    pub fn read(&mut self, input: &mut impl BufRead, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::Chunked { left: 0 } = self {
            let left = next_chunk(input)?;
            *self = if left == 0 { Self::Done } else { Self::Chunked { left } };
        }
        let left = match *self {
            Self::Done => return Ok(0),
            Self::ToEnd => u64::MAX,
            Self::Length { left, .. } | Self::Chunked { left } => left,
        };
        if buffer.is_empty() {
            return Ok(0);
        }
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
        let read = input.read(&mut buffer[..most])?;
        let rest = left - read as u64;
        *self = match *self {
            Self::ToEnd if read == 0 => Self::Done,
            Self::ToEnd => Self::ToEnd,
            Self::Length { whole, .. } if read == 0 => return Err(incomplete(whole, whole - left)),
            Self::Length { .. } if rest == 0 => Self::Done,
            Self::Length { whole, .. } => Self::Length { left: rest, whole },
            Self::Chunked { .. } if read == 0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            Self::Chunked { .. } => Self::Chunked { left: rest },
            Self::Done => Self::Done,
        };
        Ok(read)
    }
}

/// The size of the next chunk; behind the last one, which is empty, everything is read.
fn next_chunk(input: &mut impl BufRead) -> io::Result<u64> {
    let mut line = read_line(input)?;
    if line.trim_ascii().is_empty() {
        // The end of the line that the chunk before it was in.
        line = read_line(input)?;
    }
    let digits = line.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    let size = std::str::from_utf8(digits).ok().filter(|text| !text.starts_with('+'));
    let size = size.and_then(|text| u64::from_str_radix(text, 16).ok());
    let size = size.ok_or(io::ErrorKind::InvalidData)?;
    if size == 0 {
        for _ in 0..TRAILERS_LIMIT {
            if read_line(input)?.trim_ascii().is_empty() {
                return Ok(0);
            }
        }
        return Err(io::ErrorKind::InvalidData.into());
    }
    Ok(size)
}

fn read_line(input: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut line = Vec::new();
    input.take(LINE_LIMIT).read_until(b'\n', &mut line)?;
    if line.ends_with(b"\n") { Ok(line) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

fn incomplete(expected: u64, got: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::UnexpectedEof,
        format!("HTTP request error (incomplete response; expected {expected} bytes got {got})"),
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn body(mut framing: Framing, mut text: &[u8]) -> io::Result<(Vec<u8>, &[u8])> {
        let (mut out, mut buffer) = (Vec::new(), [0; 2]);
        loop {
            match framing.read(&mut text, &mut buffer)? {
                0 => return Ok((out, text)),
                read => out.extend_from_slice(&buffer[..read]),
            }
        }
    }

    #[test]
    fn bodies_end_where_their_framing_says() {
        let chunked = Framing::Chunked { left: 0 };
        let text = b"3\r\nabc\r\n1;x=y\r\nd\r\n0\r\nTrailer: x\r\n\r\nrest";
        assert_eq!(body(chunked, text).expect("whole"), (b"abcd".to_vec(), &b"rest"[..]));
        assert_eq!(
            body(Framing::of_length(2), b"abc").expect("whole"),
            (b"ab".to_vec(), &b"c"[..])
        );
        assert_eq!(body(Framing::ToEnd, b"abc").expect("whole"), (b"abc".to_vec(), &b""[..]));
        assert_eq!(body(Framing::of_length(0), b"abc").expect("whole"), (Vec::new(), &b"abc"[..]));
    }

    #[test]
    fn bodies_that_are_cut_off_or_mad_fail() {
        body(Framing::of_length(4), b"abc").expect_err("cut off");
        for text in
            [&b"3\r\nab"[..], b"zz\r\n", b"+1\r\na", b"ffffffffffffffffff\r\n", b"0\r\n", b""]
        {
            body(Framing::Chunked { left: 0 }, text).expect_err("no chunks");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = body(Framing::Chunked { left: 0 }, &bytes);
        }
    }
}

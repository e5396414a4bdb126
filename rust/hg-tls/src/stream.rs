//! Bytes over a connection that is encrypted.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use crate::failure::{self, Place};

/// What a failure is called, instead of what rustls calls it.
fn renamed(error: io::Error) -> io::Error {
    match failure::describe(&error, Place::Read) {
        Some(text) => io::Error::new(error.kind(), text),
        None => error,
    }
}

/// Reads; a side that leaves without a word has reached its end, as many do.
pub(crate) fn read<S: Read>(stream: &mut S, buffer: &mut [u8]) -> io::Result<usize> {
    match stream.read(buffer) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
        other => other.map_err(renamed),
    }
}

/// Writes; when the other side has said why it takes no more, that is the failure.
pub(crate) fn write<S: Read + Write>(stream: &mut S, bytes: &[u8]) -> io::Result<usize> {
    stream.write(bytes).map_err(renamed)
}

/// Carries out a handshake.
pub(crate) fn shake<D>(
    connection: &mut rustls::ConnectionCommon<D>,
    stream: &mut TcpStream,
) -> io::Result<()> {
    while connection.is_handshaking() {
        connection.complete_io(stream)?;
    }
    while connection.wants_write() {
        connection.write_tls(stream)?;
    }
    Ok(())
}

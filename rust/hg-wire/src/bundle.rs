//! Bundle files: recognising and opening them, whatever the container.

use std::io::Read;

use hg_format::bundle2::{self, Parameters};
use hg_format::bundlespec::Compression;
use hg_types::{Error, Result};

use crate::compress;

/// Bytes of a bundle, behind headers and compression.
pub type Bytes<'a> = Box<dyn Read + Send + 'a>;

/// An opened bundle.
pub enum Bundle<'a> {
    /// HG10: one changegroup of version 01.
    V1 {
        /// How it was compressed.
        compression: Compression,
        /// The changegroup.
        input: Bytes<'a>,
    },
    /// HG20: parts.
    V2 {
        /// Stream parameters, compression included.
        parameters: Parameters,
        /// How it was compressed.
        compression: Compression,
        /// The parts.
        reader: bundle2::Reader<Bytes<'a>>,
    },
    /// HGS1: raw store files.
    Packed1 {
        /// What follows the header.
        input: Bytes<'a>,
    },
}

/// Failure of an HG20 stream in the words users see.
pub fn bundle2_error(error: bundle2::Error) -> Error {
    Error::abort(error.to_string()).because(error)
}

/// Failure to read a bundle.
pub fn read_error(error: std::io::Error) -> Error {
    Error::abort(error.to_string()).because(error)
}

/// Opens a bundle; `name` is the file's, `None` for what a peer sends.
pub fn open<'a>(input: impl Read + Send + 'a, name: Option<&[u8]>) -> Result<Bundle<'a>> {
    let mut input = compress::buffered(input);
    let header = some_bytes::<4>(&mut input)?;
    match &header {
        b"HG10" => {
            let code = some_bytes::<2>(&mut input)?;
            let compression = Compression::from_code(&code)
                .filter(|&engine| engine != Compression::Zstd)
                .ok_or_else(|| unknown_compression(&code))?;
            let input = compress::decompress_v1(compression, input).map_err(read_error)?;
            Ok(Bundle::V1 { compression, input: Box::new(compress::buffered(input)) })
        }
        b"HG20" => open_v2(input, name),
        b"HGS1" => {
            let code = some_bytes::<2>(&mut input)?;
            if &code != b"UN" {
                return Err(unknown_compression(&code));
            }
            Ok(Bundle::Packed1 { input: Box::new(input) })
        }
        // A peer may send a bare changegroup: the first chunk length starts with a zero byte.
        [0, ..] if name.is_none() => {
            let input = Box::new(std::io::Cursor::new(header).chain(input));
            Ok(Bundle::V1 { compression: Compression::None, input })
        }
        [b'H', b'G', b'2', minor] => {
            let message = [&b"unknown bundle version 2"[..], &[*minor]].concat();
            Err(Error::abort(message))
        }
        [b'H', b'G', version @ ..] => {
            let message = [name.unwrap_or(b"stream"), b": unknown bundle version ", version];
            Err(Error::abort(message.concat()))
        }
        _ => Err(Error::abort([name.unwrap_or(b"stream"), b": not a Mercurial bundle"].concat())),
    }
}

fn open_v2<'a>(mut input: impl Read + Send + 'a, file: Option<&[u8]>) -> Result<Bundle<'a>> {
    let parameters = bundle2::read_stream_parameters(&mut input).map_err(bundle2_error)?;
    let mut compression = Compression::None;
    for (name, value) in &parameters {
        let value = value.as_deref().unwrap_or_default();
        if name.eq_ignore_ascii_case(b"compression") {
            compression = Compression::from_code(value).ok_or_else(|| {
                let parts: [&[u8]; 5] = [b"Stream Parameter - ", name, b"='", value, b"'"];
                unknown_feature(file, &parts.concat())
            })?;
        } else if name.first().is_some_and(u8::is_ascii_uppercase) {
            return Err(unknown_feature(file, &[b"Stream Parameter - ", name.as_slice()].concat()));
        }
    }
    let input: Bytes<'a> = if compression == Compression::None {
        Box::new(input)
    } else {
        let input = compress::decompress(compression, input).map_err(read_error)?;
        Box::new(compress::buffered(input))
    };
    Ok(Bundle::V2 { parameters, compression, reader: bundle2::Reader::new(input) })
}

/// The error for something in an HG20 stream that must be understood and is not.
pub fn unknown_feature(name: Option<&[u8]>, what: &[u8]) -> Error {
    let message = [name.unwrap_or(b"stream"), b": unknown bundle feature, ", what];
    Error::abort(message.concat())
        .hint("see https://mercurial-scm.org/wiki/BundleFeature for more information")
}

fn some_bytes<const N: usize>(input: &mut impl Read) -> Result<[u8; N]> {
    let mut bytes = Vec::with_capacity(N);
    input.take(N as u64).read_to_end(&mut bytes).map_err(read_error)?;
    <[u8; N]>::try_from(bytes).map_err(|bytes| {
        let got = bytes.len();
        Error::abort(format!("stream ended unexpectedly (got {got} bytes, expected {N})"))
    })
}

fn unknown_compression(code: &[u8]) -> Error {
    Error::abort([b"unknown stream compression type: ", code].concat())
}

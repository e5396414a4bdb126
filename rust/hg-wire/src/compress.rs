//! The compression of whole bundles: `UN`, `GZ`, `BZ`, `ZS`.

use std::io::{self, BufRead, BufReader, Read, Write};

use hg_format::bundlespec::Compression;

/// The largest window a Zstandard frame may ask for (2^27 bytes).
const ZSTD_WINDOW_LOG_MAX: u32 = 27;

/// Bytes as they were before `compression`.
pub fn decompress<'a>(
    compression: Compression,
    input: impl Read + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    Ok(match compression {
        Compression::None => Box::new(input),
        Compression::Gzip => Box::new(flate2::read::ZlibDecoder::new(input)),
        Compression::Bzip2 => Box::new(bzip2::read::BzDecoder::new(input)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::new(input)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG_MAX)?;
            Box::new(decoder.single_frame())
        }
    })
}

/// Bytes of an HG10 bundle, where the letters `BZ` of the header are part of the bzip2 stream.
pub fn decompress_v1<'a>(
    compression: Compression,
    input: impl Read + Send + 'a,
) -> io::Result<Box<dyn Read + Send + 'a>> {
    if compression == Compression::Bzip2 {
        return decompress(compression, io::Cursor::new(b"BZ").chain(input));
    }
    decompress(compression, input)
}

/// Compresses what is written to it; [`Compressor::finish`] ends the stream.
pub enum Compressor<W: Write> {
    /// Passes everything on.
    None(W),
    /// zlib.
    Gzip(flate2::write::ZlibEncoder<W>),
    /// bzip2.
    Bzip2(bzip2::write::BzEncoder<W>),
    /// Zstandard.
    Zstd(Box<zstd::stream::write::Encoder<'static, W>>),
}

impl<W: Write> Compressor<W> {
    /// Starts a stream at `level`, the engine's own default when `None`.
    pub fn new(compression: Compression, level: Option<i32>, out: W) -> io::Result<Self> {
        let small = |default: u32| level.map_or(default, |level| level.clamp(0, 9).unsigned_abs());
        Ok(match compression {
            Compression::None => Self::None(out),
            Compression::Gzip => {
                let level = flate2::Compression::new(small(6));
                Self::Gzip(flate2::write::ZlibEncoder::new(out, level))
            }
            Compression::Bzip2 => {
                let level = bzip2::Compression::new(small(9).max(1));
                Self::Bzip2(bzip2::write::BzEncoder::new(out, level))
            }
            Compression::Zstd => {
                let encoder = zstd::stream::write::Encoder::new(out, level.unwrap_or(3))?;
                Self::Zstd(Box::new(encoder))
            }
        })
    }

    /// Ends the stream and gives the writer back.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::None(out) => Ok(out),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Bzip2(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::None(out) => out.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Bzip2(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::None(out) => out.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Bzip2(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

/// Wraps `input` for many small reads.
pub(crate) fn buffered<'a>(input: impl Read + Send + 'a) -> impl BufRead + Send + 'a {
    BufReader::with_capacity(1 << 16, input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_engine_round_trips() {
        let text: Vec<u8> = (0..100_000_u32).flat_map(|i| (i / 7).to_be_bytes()).collect();
        for compression in Compression::ALL {
            let mut out = Compressor::new(compression, None, Vec::new()).expect("engine");
            out.write_all(&text).expect("memory");
            let packed = out.finish().expect("memory");
            let mut back = Vec::new();
            let mut reader = decompress(compression, &packed[..]).expect("engine");
            reader.read_to_end(&mut back).expect("valid");
            assert_eq!(back, text, "{compression:?}");
        }
    }
}

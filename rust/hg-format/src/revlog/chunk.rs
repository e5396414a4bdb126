//! Stored chunks: a byte for the compression, then the data
//! (`hg help internals.revlogs`, "Revision Entries").

use std::borrow::Cow;
use std::io::{Read as _, Write as _};

use super::RevlogError;

/// Texts shorter than this are never smaller compressed.
const MIN_ZLIB: usize = 44;
/// Below this length zstd is not tried.
const MIN_ZSTD: usize = 50;

/// How new chunks are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Compression {
    /// Stored as they are.
    None,
    /// zlib with a level from 0 to 9; −1 for the usual one.
    Zlib(i32),
    /// zstd with a level from 1 to 22.
    Zstd(i32),
}

impl Default for Compression {
    fn default() -> Self {
        Self::Zstd(3)
    }
}

/// Decompresses one chunk that holds at most `limit` bytes.
///
/// # Errors
/// When the first byte is unknown, the data is damaged, or more than `limit` bytes come out.
pub fn decompress(chunk: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, RevlogError> {
    match chunk.first() {
        None | Some(0) => Ok(Cow::Borrowed(chunk)),
        Some(b'u') => Ok(Cow::Borrowed(&chunk[1..])),
        Some(b'x') => inflate(chunk, limit).map(Cow::Owned),
        Some(b'(') => unzstd(chunk, limit).map(Cow::Owned),
        Some(&other) => Err(RevlogError::UnknownCompression(other)),
    }
}

/// How much to reserve before the first byte has come out: a lying header must not cost memory.
fn guess(chunk: &[u8], limit: usize) -> usize {
    limit.min(chunk.len().saturating_mul(8)).min(16 << 20)
}

/// What is made room for first when zlib is asked.
const Z_STEP: usize = 64 << 10;

/// What the quick inflater of a thread keeps between chunks: most are small, and what a chunk costs is setting up.
struct QuickInflater {
    inflater: libdeflater::Decompressor,
    scratch: Vec<u8>,
}

impl QuickInflater {
    /// As much is kept between chunks.
    const KEPT: usize = 256 << 10;

    /// The data of a sound chunk of at most `limit` bytes; nothing when it is anything else.
    fn inflate(&mut self, chunk: &[u8], limit: usize) -> Option<Vec<u8>> {
        let mut size = guess(chunk, limit).max(Self::KEPT);
        let mut large = Vec::new();
        loop {
            let room = if size <= Self::KEPT { &mut self.scratch } else { &mut large };
            room.resize(size, 0);
            match self.inflater.zlib_decompress(chunk, room) {
                Ok(len) if len > limit => return None,
                Ok(len) if size <= Self::KEPT => return Some(room[..len].to_vec()),
                Ok(len) => {
                    large.truncate(len);
                    return Some(large);
                }
                Err(libdeflater::DecompressionError::InsufficientSpace) if size < limit => {
                    size = size.saturating_mul(4).min(limit);
                }
                Err(_) => return None,
            }
        }
    }
}

thread_local! {
    static QUICK: std::cell::RefCell<QuickInflater> = std::cell::RefCell::new(QuickInflater {
        inflater: libdeflater::Decompressor::new(),
        scratch: Vec::new(),
    });
}

/// Inflates a chunk. zlib itself is asked only what is wrong with one that is not sound: users see its words.
fn inflate(chunk: &[u8], limit: usize) -> Result<Vec<u8>, RevlogError> {
    if let Some(out) = QUICK.with_borrow_mut(|quick| quick.inflate(chunk, limit)) {
        return Ok(out);
    }
    let mut out = vec![0; limit.saturating_add(1).min(Z_STEP)];
    let mut inflater = flate2::Decompress::new(true);
    let failed = |code: i8, why: &str| {
        RevlogError::Decompress(format!("Error {code} while decompressing data: {why}"))
    };
    loop {
        let (read, written) = (position(inflater.total_in()), position(inflater.total_out()));
        if written > limit {
            return Err(RevlogError::TooLarge(limit));
        }
        if written == out.len() {
            out.resize(limit.saturating_add(1).min(written.saturating_mul(4)), 0);
        }
        let flush = flate2::FlushDecompress::None;
        match inflater.decompress(&chunk[read..], &mut out[written..], flush) {
            Ok(flate2::Status::StreamEnd) => {
                out.truncate(position(inflater.total_out()));
                return bounded(out, limit);
            }
            Ok(_) if position(inflater.total_in()) > read => {}
            Ok(_) if position(inflater.total_out()) > written => {}
            Ok(_) => return Err(failed(-5, "incomplete or truncated stream")),
            Err(error) => return Err(failed(-3, error.message().unwrap_or("damaged"))),
        }
    }
}

fn position(total: u64) -> usize {
    usize::try_from(total).unwrap_or(usize::MAX)
}

thread_local! {
    static ZSTD: std::cell::RefCell<zstd::bulk::Decompressor<'static>> =
        std::cell::RefCell::new(zstd::bulk::Decompressor::new().expect("allocation"));
}

fn unzstd(chunk: &[u8], limit: usize) -> Result<Vec<u8>, RevlogError> {
    let failed = |error: std::io::Error| {
        RevlogError::Decompress(format!("zstd decompressor error: {error}"))
    };
    let claimed = zstd::zstd_safe::get_frame_content_size(chunk).ok().flatten();
    if let Some(size) = claimed.and_then(|size| usize::try_from(size).ok()) {
        if size > limit {
            return Err(RevlogError::TooLarge(limit));
        }
        // No compressor packs tighter than this; a header that claims more lies.
        if size <= chunk.len().saturating_mul(1 << 16) {
            return ZSTD.with_borrow_mut(|zstd| zstd.decompress(chunk, size)).map_err(failed);
        }
    }
    let mut out = Vec::with_capacity(guess(chunk, limit));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let decoder = zstd::stream::read::Decoder::with_buffer(chunk).map_err(failed)?;
    decoder.take(bound).read_to_end(&mut out).map_err(failed)?;
    bounded(out, limit)
}

fn bounded(out: Vec<u8>, limit: usize) -> Result<Vec<u8>, RevlogError> {
    if out.len() > limit { Err(RevlogError::TooLarge(limit)) } else { Ok(out) }
}

/// Compresses chunks; keeps what zstd can use again.
pub struct Compressor {
    compression: Compression,
    zstd: Option<zstd::bulk::Compressor<'static>>,
}

impl std::fmt::Debug for Compressor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Compressor").field(&self.compression).finish()
    }
}

impl Compressor {
    /// A compressor for one kind of compression.
    #[must_use]
    pub fn new(compression: Compression) -> Self {
        Self { compression, zstd: None }
    }

    /// The chunk to store for `data`: the shorter of compressed and plain.
    ///
    /// # Errors
    /// When the compression library fails.
    pub fn compress(&mut self, data: &[u8]) -> Result<Vec<u8>, RevlogError> {
        if let Some(packed) = self.pack(data)?
            && packed.len() < data.len()
        {
            return Ok(packed);
        }
        if matches!(data.first(), None | Some(0)) {
            return Ok(data.to_vec());
        }
        let mut out = Vec::with_capacity(data.len() + 1);
        out.push(b'u');
        out.extend_from_slice(data);
        Ok(out)
    }

    fn pack(&mut self, data: &[u8]) -> Result<Option<Vec<u8>>, RevlogError> {
        let failed = |error: std::io::Error| RevlogError::Decompress(error.to_string());
        match self.compression {
            Compression::Zlib(level) if data.len() >= MIN_ZLIB => {
                let level = u32::try_from(level)
                    .map_or_else(|_| flate2::Compression::default(), flate2::Compression::new);
                let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(data).map_err(failed)?;
                encoder.finish().map(Some).map_err(failed)
            }
            Compression::Zstd(level) if data.len() >= MIN_ZSTD => {
                let zstd = match &mut self.zstd {
                    Some(zstd) => zstd,
                    empty => empty.insert(zstd::bulk::Compressor::new(level).map_err(failed)?),
                };
                zstd.compress(data).map(Some).map_err(failed)
            }
            _ => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn chunks_round_trip(data: Vec<u8>, repeat in 1usize..40, kind in 0usize..3) {
            let data = data.repeat(repeat);
            let kind = [Compression::None, Compression::Zlib(-1), Compression::Zstd(3)][kind];
            let chunk = Compressor::new(kind).compress(&data).expect("compresses");
            prop_assert!(chunk.len() <= data.len() + 1);
            prop_assert_eq!(&*decompress(&chunk, data.len()).expect("own chunk"), &data[..]);
        }

        #[test]
        fn noise_never_panics(mut data: Vec<u8>, kind in 0usize..4) {
            data.insert(0, [0, b'u', b'x', b'('][kind]);
            let _ = decompress(&data, 1000);
        }
    }

    #[test]
    fn deflated_chunks_of_every_size_come_back() {
        for len in [44, 1000, QuickInflater::KEPT, QuickInflater::KEPT + 1, 3 << 20] {
            let data: Vec<u8> = (0..len).map(|at| (at / 100 % 251) as u8).collect();
            let chunk = Compressor::new(Compression::Zlib(-1)).compress(&data).expect("compresses");
            assert_eq!(chunk[0], b'x');
            assert_eq!(&*decompress(&chunk, len).expect("own chunk"), &data[..]);
            let trailed = [&chunk[..], b"more"].concat();
            assert_eq!(&*decompress(&trailed, len).expect("bytes behind the end"), &data[..]);
            assert_eq!(decompress(&chunk, len - 1), Err(RevlogError::TooLarge(len - 1)));
        }
    }

    #[test]
    fn damage_is_told_in_the_words_of_zlib() {
        let chunk =
            Compressor::new(Compression::Zlib(-1)).compress(&[b'a'; 100]).expect("compresses");
        let mut broken = chunk.clone();
        broken[2] = 0xff;
        for (chunk, word) in [
            (&broken[..], "Error -3 while decompressing data: "),
            (
                &chunk[..chunk.len() - 6],
                "Error -5 while decompressing data: incomplete or truncated stream",
            ),
        ] {
            let said = decompress(chunk, 100).expect_err("damaged").to_string();
            assert!(said.contains(word), "{said}");
        }
    }

    #[test]
    fn bombs_are_refused() {
        for kind in [Compression::Zlib(9), Compression::Zstd(3)] {
            let chunk = Compressor::new(kind).compress(&vec![b'a'; 1 << 20]).expect("compresses");
            assert_eq!(decompress(&chunk, 1000), Err(RevlogError::TooLarge(1000)));
        }
        assert_eq!(decompress(b"?", 10), Err(RevlogError::UnknownCompression(b'?')));
    }
}

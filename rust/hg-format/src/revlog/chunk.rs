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

fn inflate(chunk: &[u8], limit: usize) -> Result<Vec<u8>, RevlogError> {
    let mut out = Vec::with_capacity(guess(chunk, limit));
    let bound = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    flate2::read::ZlibDecoder::new(chunk)
        .take(bound)
        .read_to_end(&mut out)
        .map_err(|error| RevlogError::Decompress(error.to_string()))?;
    bounded(out, limit)
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
    fn bombs_are_refused() {
        for kind in [Compression::Zlib(9), Compression::Zstd(3)] {
            let chunk = Compressor::new(kind).compress(&vec![b'a'; 1 << 20]).expect("compresses");
            assert_eq!(decompress(&chunk, 1000), Err(RevlogError::TooLarge(1000)));
        }
        assert_eq!(decompress(b"?", 10), Err(RevlogError::UnknownCompression(b'?')));
    }
}

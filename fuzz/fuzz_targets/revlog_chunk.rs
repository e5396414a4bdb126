//! Compressed chunks: bounded, and what is packed is unpacked.
#![no_main]

use hg_format::revlog::{Compression, Compressor, decompress};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    const LIMIT: usize = 1 << 20;
    if let Ok(text) = decompress(data, LIMIT) {
        assert!(text.len() <= LIMIT.max(data.len()), "the limit holds");
    }
    let packed = Compressor::new(Compression::default()).compress(data).expect("compresses");
    assert_eq!(&*decompress(&packed, data.len()).expect("is whole"), data);
});

//! Names of files in the store.
#![no_main]

use hg_format::store_path::{PathEncoding, decode_dirs, decode_store, encode_dirs};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if data.contains(&0) || data.contains(&b'\n') {
        return;
    }
    assert_eq!(decode_dirs(&encode_dirs(data)), data, "suffixes round-trip");
    let _ = (decode_dirs(data), decode_store(data));
    for encoding in [
        PathEncoding::Flat,
        PathEncoding::Store,
        PathEncoding::FnCache { dotencode: true },
        PathEncoding::Plain,
    ] {
        let _ = encoding.encode(data);
    }
});

//! Bundles of every kind: the header, the compression, and what is in them.
#![no_main]

use std::io::Read;

use hg_format::changegroup::{Version, copy};
use hg_wire::bundle::{Bundle, open};
use libfuzzer_sys::fuzz_target;

/// What a compressed bundle may unpack to here; real ones are read as a stream.
const LIMIT: u64 = 1 << 20;

fuzz_target!(|data: &[u8]| {
    for name in [Some(&b"file"[..]), None] {
        match open(data, name) {
            Ok(Bundle::V1 { input, .. }) => {
                let _ = copy(&mut input.take(LIMIT), &mut std::io::sink(), Version::V1);
            }
            Ok(Bundle::V2 { mut reader, .. }) => {
                for _ in 0..100 {
                    if !matches!(reader.next_part(), Ok(Some(_)))
                        || reader.payload(1 << 16).is_err()
                    {
                        break;
                    }
                }
            }
            Ok(Bundle::Packed1 { .. }) | Err(_) => {}
        }
    }
});

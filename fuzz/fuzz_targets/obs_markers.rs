//! Obsolescence markers.
#![no_main]

use hg_format::obs_markers::{decode, encode_v1};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok((_, markers)) = decode(data) else { return };
    let mut out = vec![1];
    if markers.iter().try_for_each(|marker| encode_v1(marker, &mut out)).is_ok() {
        assert_eq!(decode(&out).expect("is whole").1.len(), markers.len());
    }
});

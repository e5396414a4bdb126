//! Headers of stream clones.
#![no_main]

use hg_format::streamclone::{HeaderV1, read_file_v1, read_file_v2};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = HeaderV1::read(&mut &*data);
    let _ = read_file_v1(&mut &*data);
    let _ = read_file_v2(&mut &*data);
});

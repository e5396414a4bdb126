//! Changegroups of every version.
#![no_main]

use hg_format::changegroup::{DeltaHeader, Reader, Version, copy};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&which, data)) = data.split_first() else { return };
    let version = Version::ALL[usize::from(which) % Version::ALL.len()];
    let _ = DeltaHeader::decode(data, version, None);
    let _ = copy(&mut &*data, &mut std::io::sink(), version);
    let mut reader = Reader::new(data, version);
    for _ in 0..1000 {
        match reader.next_delta() {
            Ok(Some(_)) => {}
            Ok(None) => {
                let _ = reader.next_path();
            }
            Err(_) => break,
        }
    }
});

//! Revlog indexes, the old format too.
#![no_main]

use hg_format::revlog::{Entry, Header, entry, v0};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(header) = Header::decode(data) else { return };
    if header.version == 0 {
        let _ = v0::decode(data);
        return;
    }
    for (at, record) in data.as_chunks::<{ entry::ENTRY_LEN }>().0.iter().enumerate().skip(1) {
        let again = Entry::decode(record, at).encode(None);
        assert_eq!(again[..52], record[..52], "entries round-trip");
    }
});

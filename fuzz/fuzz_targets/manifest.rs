//! Manifests.
#![no_main]

use hg_format::manifest::{Entries, search};
use hg_types::HgPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let entries: Vec<_> = Entries::new(data).map_while(Result::ok).collect();
    let mut out = Vec::new();
    entries.iter().for_each(|entry| entry.encode(&mut out));
    let again: Vec<_> = Entries::new(&out).map_while(Result::ok).collect();
    assert_eq!(again, entries, "entries round-trip");
    let _ = search(data, HgPath::new(b"m"));
});

//! Hunks that a user has edited.
#![no_main]

use hg_diff::select::{read_hunks, reverse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for hunk in read_hunks(data).unwrap_or_default() {
        let _ = reverse(&hunk);
    }
});

//! Descriptions of bundles.
#![no_main]

use hg_format::bundlespec::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for (strict, modern) in [(false, false), (false, true), (true, false), (true, true)] {
        let _ = parse(data, strict, modern);
    }
});

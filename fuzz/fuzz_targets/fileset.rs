//! Filesets.
#![no_main]

use hg_query::fileset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(tree) = fileset::parse(data) {
        let _ = fileset::analyze(tree);
    }
});

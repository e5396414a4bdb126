//! Descriptions of histories, what `debugbuilddag` reads.
#![no_main]

use hg_repo::dag;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = dag::parse(data);
});

//! The first dirstate format.
#![no_main]

use hg_format::dirstate::v1;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = v1::parents(data);
    let items: Result<Vec<_>, _> = v1::items(data).collect();
    let mut out = Vec::new();
    for item in items.iter().flatten() {
        let _ = v1::write_item(item, &mut out);
    }
});

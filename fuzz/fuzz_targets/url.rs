//! Locations of repositories.
#![no_main]

use hg_wire::url::Url;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(url) = Url::parse(data) {
        let _ = (url.is_local(), url.local_path());
    }
});

//! .hgignore files.
#![no_main]

use std::path::PathBuf;
use std::sync::OnceLock;

use hg_match::IgnoreMatcher;
use hg_types::HgPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    static FILE: OnceLock<PathBuf> = OnceLock::new();
    let file =
        FILE.get_or_init(|| std::env::temp_dir().join(format!("hgignore-{}", std::process::id())));
    if data.windows(7).any(|part| part == b"include") || std::fs::write(file, data).is_err() {
        return;
    }
    let name = file.as_os_str().as_encoded_bytes().to_vec();
    let Ok(ignore) = IgnoreMatcher::load(b"/root", vec![name], &|_| {}) else { return };
    for path in [&b"a"[..], b"sub/a.o", b"x/y/z"] {
        let _ = (ignore.matches(HgPath::new(path)), ignore.is_ignored(HgPath::new(path)));
    }
});

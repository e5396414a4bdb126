//! Patterns of every kind.
#![no_main]

use hg_match::{MatchOptions, matcher};
use hg_types::HgPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let patterns: Vec<Vec<u8>> = data.split(|&b| b == b'\n').take(8).map(<[u8]>::to_vec).collect();
    // Files of patterns would be read from anywhere.
    if patterns
        .iter()
        .any(|p| [&b"include:"[..], b"subinclude:", b"listfile"].iter().any(|k| p.starts_with(k)))
    {
        return;
    }
    let (first, rest) = patterns.split_at(patterns.len() / 2);
    let options = MatchOptions {
        patterns: first,
        include: rest,
        exclude: &patterns[..1],
        ..MatchOptions::new(b"/root", b"/root/sub")
    };
    let Ok(made) = matcher(&options) else { return };
    for path in [&b""[..], b"a", b"sub/a.c", b"sub/b/c/d.txt"] {
        let path = HgPath::new(path);
        let _ =
            (made.matches(path), made.exact(path), made.visit_dir(path), made.visit_children(path));
    }
    let _ = made.pretty();
});

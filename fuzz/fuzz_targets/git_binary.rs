//! Git's binary patches.
#![no_main]

use hg_diff::binary;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&at, rest)) = data.split_first() else { return };
    let (base, delta) = rest.split_at(usize::from(at).min(rest.len()));
    let _ = binary::apply_git_delta(base, delta);
    let _ = (binary::decode85(data), binary::decode_line(data), binary::inflate(data, 1 << 16));
    let mut text = Vec::new();
    binary::encode85(data, &mut text);
    assert_eq!(&binary::decode85(&text).expect("is whole")[..data.len()], data);
});

//! Patches in mails and mailboxes.
#![no_main]

use hg_diff::patch::message::{extract, split};
use hg_types::Encoding;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    for part in split(data).into_iter().take(20) {
        let _ = extract(&part, &Encoding::named(b"utf-8").expect("is known"), &mut |_| {});
    }
});

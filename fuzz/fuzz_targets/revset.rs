//! Revsets.
#![no_main]

use hg_query::revset::lang;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(tree) = lang::parse(data, None) {
        let _ = lang::fold_concat(tree);
    }
    let _ = hg_query::parser::unescape(data);
});

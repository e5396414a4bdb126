//! Templates.
#![no_main]

use hg_query::template::{map, syntax};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (syntax::parse(data), syntax::parse_expression(data), map::unquote(data));
});

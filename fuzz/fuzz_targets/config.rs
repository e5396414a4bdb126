//! hgrc files and values in them.
#![no_main]

use hg_config::{Environment, check_syntax, value};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let env = Environment { cwd: "/nonexistent".into(), ..Environment::default() };
    let _ = check_syntax(data, &env);
    let _ = (value::parse_bool(data), value::parse_int(data), value::parse_float(data));
    let _ = (value::parse_bytes(data), value::parse_list(data));
});

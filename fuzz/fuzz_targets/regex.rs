//! Python's regular expressions.
#![no_main]

use hg_match::PythonRegex;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |&b| b == 0);
    let (pattern, text) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    if let Ok(regex) = PythonRegex::new(pattern) {
        let _ = (regex.is_match(text), regex.find(text, text.len().min(1)));
    }
});

//! Dates.
#![no_main]

use hg_types::{DateRange, FixedClock, HgDate, parse_date, parse_extended_date};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let clock = FixedClock(HgDate::new(1_700_000_000, 0));
    let _ = (
        parse_date(data, &clock),
        parse_extended_date(data, &clock),
        DateRange::parse(data, &clock),
    );
});

//! Three-way merges and text diffs.
#![no_main]

use hg_diff::merge3::{Labels, Merge3, Style, merge};
use hg_diff::{DiffOptions, unified};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&b| b == 0xff);
    let mut next = || parts.next().unwrap_or_default();
    let (base, local, other) = (next(), next(), next());
    for style in
        [Style::Merge, Style::Merge3, Style::MergeDiff, Style::Union, Style::Local, Style::Other]
    {
        let _ = merge(base, local, other, style, &Labels::default());
    }
    let merge = Merge3::new(base, local, other);
    let _ = merge.minimize(merge.regions());
    let _ = unified::hunks(base, local, &DiffOptions::default());
});

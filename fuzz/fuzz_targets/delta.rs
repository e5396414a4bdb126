//! Binary deltas: applied, folded, made.
#![no_main]

use hg_diff::delta;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&at, rest)) = data.split_first() else { return };
    let (base, delta) = rest.split_at(usize::from(at).min(rest.len()));
    let one = delta::apply(base, delta);
    if let (Ok(text), Ok(len)) = (&one, delta::patched_len(base.len(), delta)) {
        assert_eq!(text.len(), len);
    }
    let (first, second) = delta.split_at(delta.len() / 2);
    let folded = delta::combine(&[first, second]);
    if let Ok(both) = delta::apply_chain(base, &[first, second])
        && let Ok(folded) = folded
        && let Ok(text) = delta::apply(base, &folded)
    {
        assert_eq!(text, both, "folding changes nothing");
    }
    let made = delta::make(base, delta).expect("small");
    assert_eq!(delta::apply(base, &made).expect("fits"), delta, "deltas round-trip");
});

use proptest::prelude::*;

use super::*;

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"abc\n\n"[..]), 0..60)
}

fn encode(hunks: &[Hunk<'_>]) -> Vec<u8> {
    let mut out = Vec::new();
    for hunk in hunks {
        hunk.encode(&mut out).expect("small");
    }
    out
}

proptest! {
    #[test]
    fn made_deltas_apply(old in text(), new in text()) {
        let delta = make(&old, &new).expect("small");
        prop_assert_eq!(patched_len(old.len(), &delta), Ok(new.len()));
        prop_assert_eq!(apply(&old, &delta), Ok(new));
    }

    #[test]
    fn folding_equals_one_by_one(texts in prop::collection::vec(text(), 1..9)) {
        let deltas: Vec<_> =
            texts.windows(2).map(|pair| make(&pair[0], &pair[1]).expect("small")).collect();
        let last = texts.last().expect("at least one").clone();
        prop_assert_eq!(apply_chain(&texts[0], &deltas), Ok(last.clone()));
        let combined = combine(&deltas).expect("fits");
        prop_assert_eq!(apply(&texts[0], &combined), Ok(last));
    }

    #[test]
    fn byte_hunks_fold(
        base in prop::collection::vec(any::<u8>(), 0..40),
        seeds in prop::collection::vec(
            prop::collection::vec((0_usize..12, 0_usize..9, prop::collection::vec(any::<u8>(), 0..6)), 0..5),
            0..7,
        ),
    ) {
        let mut current = base.clone();
        let mut deltas = Vec::new();
        for seed in &seeds {
            let mut at = 0;
            let mut hunks = Vec::new();
            for (gap, width, data) in seed {
                let start = (at + gap).min(current.len());
                at = (start + width).min(current.len());
                hunks.push(Hunk { start: start as u32, end: at as u32, data });
            }
            let delta = encode(&hunks);
            current = apply(&current, &delta).expect("in range");
            deltas.push(delta);
        }
        prop_assert_eq!(apply_chain(&base, &deltas), Ok(current));
    }

    #[test]
    fn garbage_never_panics(
        base in prop::collection::vec(any::<u8>(), 0..20),
        deltas in prop::collection::vec(prop::collection::vec(0_u8..3, 0..40), 0..4),
    ) {
        let _ = apply_chain(&base, &deltas);
        let _ = combine(&deltas);
        for delta in &deltas {
            let applied = apply(&base, delta);
            let len = patched_len(base.len(), delta);
            prop_assert_eq!(applied.map(|text| text.len()), len);
        }
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let hunk = encode(&[Hunk { start: 1, end: 9, data: b"x" }]);
    assert_eq!(apply(b"abc", &hunk), Err(Error::Range { end: 9, len: 3 }));
    assert_eq!(apply(b"abc", &hunk[..5]), Err(Error::Truncated(0)));
    assert_eq!(apply(b"abc", &hunk[..12]), Err(Error::Truncated(0)));
    let back =
        encode(&[Hunk { start: 2, end: 3, data: b"" }, Hunk { start: 1, end: 3, data: b"" }]);
    assert_eq!(apply(b"abc", &back), Err(Error::Order { start: 1, end: 3 }));
    assert!(apply_chain(b"abc", &[hunk.clone(), hunk]).is_err());
}

#[test]
fn folded_range_error_keeps_bounds() {
    let first = encode(&[Hunk { start: 0, end: 3, data: b"" }]);
    let second = encode(&[Hunk { start: 1, end: 2, data: b"zz" }]);
    assert!(apply_chain(b"abc", &[first, second]).is_err());
}

#[test]
fn empty_delta_changes_nothing() {
    assert_eq!(apply(b"abc", b""), Ok(b"abc".to_vec()));
    assert_eq!(make(b"a\n", b"a\n"), Ok(Vec::new()));
    assert_eq!(apply_chain::<&[u8]>(b"abc", &[]), Ok(b"abc".to_vec()));
}

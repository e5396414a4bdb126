//! The order of a walk: by components, so that everything in a directory stands together.

use std::cmp::Ordering;

use hg_types::HgPath;

/// Compares paths component by component: `a/b` stands before `a.c`.
#[must_use]
pub fn compare_by_components(a: &HgPath, b: &HgPath) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = common_prefix(a, b);
    match (a.get(common), b.get(common)) {
        // A slash ends a component, so it stands before every byte of a longer one.
        (Some(x), Some(y)) => (*x != b'/', x).cmp(&(*y != b'/', y)),
        (x, y) => x.is_some().cmp(&y.is_some()),
    }
}

/// How many bytes at the start are the same. Neighbours in a list have most in common.
fn common_prefix(a: &[u8], b: &[u8]) -> usize {
    let (wide_a, wide_b) = (a.as_chunks::<8>().0, b.as_chunks::<8>().0);
    let equal = wide_a.iter().zip(wide_b).take_while(|(x, y)| x == y).count() * 8;
    equal + a[equal..].iter().zip(&b[equal..]).take_while(|(x, y)| x == y).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_components() {
        let paths = [
            "a",
            "a.c",
            "a/b",
            "a/b/c",
            "a/b.c",
            "a b",
            "b",
            "a-",
            "a/\u{1}",
            "a long name/b",
            "a long name.c",
        ];
        for a in paths.map(HgPath::new) {
            for b in paths.map(HgPath::new) {
                let expected = a.components().cmp(b.components());
                assert_eq!(compare_by_components(a, b), expected, "{a} {b}");
            }
        }
    }
}

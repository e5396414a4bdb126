//! The order of a walk: by components, so that everything in a directory stands together.

use std::cmp::Ordering;

use hg_types::HgPath;

/// Compares paths component by component: `a/b` stands before `a.c`.
#[must_use]
pub fn compare_by_components(a: &HgPath, b: &HgPath) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let common = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    match (a.get(common), b.get(common)) {
        // A slash ends a component, so it stands before every byte of a longer one.
        (Some(x), Some(y)) => (*x != b'/', x).cmp(&(*y != b'/', y)),
        (x, y) => x.is_some().cmp(&y.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_components() {
        let paths = ["a", "a.c", "a/b", "a/b/c", "a/b.c", "a b", "b", "a-", "a/\u{1}"];
        for a in paths.map(HgPath::new) {
            for b in paths.map(HgPath::new) {
                let expected = a.components().cmp(b.components());
                assert_eq!(compare_by_components(a, b), expected, "{a} {b}");
            }
        }
    }
}

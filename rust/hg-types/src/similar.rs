//! How alike two words are, for suggestions after a mistyped name.

/// Names that are much like `word`, sorted.
#[must_use]
pub fn similar<'a>(word: &[u8], names: impl IntoIterator<Item = &'a [u8]>) -> Vec<&'a [u8]> {
    let mut out: Vec<_> = names.into_iter().filter(|name| likeness(word, name) > 0.6).collect();
    out.sort_unstable();
    out
}

/// The hint that offers similar names: `did you mean foo?`.
#[must_use]
pub fn suggestion(similar: &[&[u8]]) -> Option<Vec<u8>> {
    match similar {
        [] => None,
        [one] => Some([b"did you mean ", *one, b"?"].concat()),
        many => Some([b"did you mean one of ", &many.join(&b", "[..])[..], b"?"].concat()),
    }
}

/// Twice the length of the common blocks by the length of both: 1 for equal words.
fn likeness(a: &[u8], b: &[u8]) -> f64 {
    let total = a.len() + b.len();
    if total == 0 {
        return 1.0;
    }
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    2.0 * number(common(a, b)) / number(total)
}

/// Length of the longest common block plus that of the blocks on either side of it.
fn common(a: &[u8], b: &[u8]) -> usize {
    let (mut best, mut best_a, mut best_b) = (0, 0, 0);
    for start_a in 0..a.len() {
        for start_b in 0..b.len() {
            let pairs = a[start_a..].iter().zip(&b[start_b..]);
            let length = pairs.take_while(|(x, y)| x == y).count();
            if length > best {
                (best, best_a, best_b) = (length, start_a, start_b);
            }
        }
    }
    if best == 0 {
        return 0;
    }
    best + common(&a[..best_a], &b[..best_b]) + common(&a[best_a + best..], &b[best_b + best..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggestions() {
        let names = [&b"adds"[..], b"remote", b"removes", b"matching", b"all"];
        assert_eq!(similar(b"add", names), [b"adds"]);
        assert_eq!(similar(b"remo", names), [&b"remote"[..], b"removes"]);
        assert_eq!(similar(b"babar", names), [] as [&[u8]; 0]);
        assert_eq!(
            suggestion(&similar(b"remo", names)).as_deref(),
            Some(&b"did you mean one of remote, removes?"[..])
        );
    }
}

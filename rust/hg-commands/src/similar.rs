//! "did you mean": names that look like a mistyped one.

/// `did you mean X?`, `did you mean one of X, Y?`, or nothing when no name is similar enough.
#[must_use]
pub fn suggestion(typed: &[u8], names: &[Vec<u8>]) -> Option<Vec<u8>> {
    let mut similar: Vec<&[u8]> =
        names.iter().map(Vec::as_slice).filter(|name| ratio(typed, name) > 0.6).collect();
    similar.sort_unstable();
    similar.dedup();
    match &*similar {
        [] => None,
        [one] => Some([b"did you mean ", *one, b"?"].concat()),
        many => Some([b"did you mean one of ", &*many.join(&b", "[..]), b"?"].concat()),
    }
}

/// Twice the number of matching bytes over the total, by recursively taking the longest common
/// piece (Ratcliff and Obershelp).
fn ratio(a: &[u8], b: &[u8]) -> f64 {
    let total = a.len() + b.len();
    if total == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "names are short")]
    let value = 2.0 * matching(a, b) as f64 / total as f64;
    value
}

fn matching(a: &[u8], b: &[u8]) -> usize {
    let (mut best, mut at_a, mut at_b) = (0, 0, 0);
    for i in 0..a.len() {
        for j in 0..b.len() {
            let length = a[i..].iter().zip(&b[j..]).take_while(|(x, y)| x == y).count();
            if length > best {
                (best, at_a, at_b) = (length, i, j);
            }
        }
    }
    if best == 0 {
        return 0;
    }
    best + matching(&a[..at_a], &b[..at_b]) + matching(&a[at_a + best..], &b[at_b + best..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suggests() {
        let names = [b"log".to_vec(), b"resolve".to_vec(), b"help".to_vec()];
        assert_eq!(suggestion(b"loog", &names).unwrap(), b"did you mean log?");
        assert_eq!(suggestion(b"rebse", &names).unwrap(), b"did you mean resolve?");
        assert_eq!(suggestion(b"xyzzy", &names), None);
    }
}

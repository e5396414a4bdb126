//! The differences of two lists.

/// What happens to an element on the way from the old list to the new one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It is in both.
    Kept,
    /// It is only in the old list.
    Removed,
    /// It is only in the new list.
    Added,
}

/// The elements of both lists in order, by their longest common subsequence.
#[must_use]
pub fn compare<'a, T: PartialEq>(old: &'a [T], new: &'a [T]) -> Vec<(Change, &'a T)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let ends = old.iter().rev().zip(new.iter().rev()).take(rest);
    let end = ends.take_while(|(a, b)| a == b).count();
    let (old_middle, new_middle) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut out: Vec<_> = old[..start].iter().map(|item| (Change::Kept, item)).collect();
    compare_middle(old_middle, new_middle, &mut out);
    out.extend(old[old.len() - end..].iter().map(|item| (Change::Kept, item)));
    out
}

fn compare_middle<'a, T: PartialEq>(old: &'a [T], new: &'a [T], out: &mut Vec<(Change, &'a T)>) {
    let mut common = vec![vec![0usize; new.len() + 1]; old.len() + 1];
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[i][j] = match a == b {
                true => common[i + 1][j + 1] + 1,
                false => common[i + 1][j].max(common[i][j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            out.push((Change::Kept, &old[i]));
            i += 1;
            j += 1;
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            out.push((Change::Removed, &old[i]));
            i += 1;
        } else {
            out.push((Change::Added, &new[j]));
            j += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        let signs = |old: &[u8], new: &[u8]| -> String {
            let sign = |change| match change {
                Change::Kept => ' ',
                Change::Removed => '-',
                Change::Added => '+',
            };
            compare(old, new)
                .into_iter()
                .flat_map(|(change, item)| [sign(change), char::from(*item)])
                .collect()
        };
        assert_eq!(signs(b"abc", b"axc"), " a-b+x c");
        assert_eq!(signs(b"", b"a"), "+a");
        assert_eq!(signs(b"ab", b"ba"), "-a b+a");
    }
}

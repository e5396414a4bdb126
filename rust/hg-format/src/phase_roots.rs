//! `phaseroots`: the lowest changesets of each phase, `phase SP node LF` each.

use hg_types::{Node, Phase};

/// A line that is not a phase root.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("malformed phase root {0:?}")]
pub struct PhaseRootError(pub Vec<u8>);

/// Reads the roots in the order of the file.
///
/// # Errors
/// When a line is malformed or names an unknown phase.
pub fn decode(text: &[u8]) -> Result<Vec<(Phase, Node)>, PhaseRootError> {
    text.split(|&b| b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| decode_line(line).ok_or_else(|| PhaseRootError(line.to_vec())))
        .collect()
}

fn decode_line(line: &[u8]) -> Option<(Phase, Node)> {
    let at = line.iter().position(|&b| b == b' ')?;
    let number: u64 = std::str::from_utf8(&line[..at]).ok()?.parse().ok()?;
    Some((Phase::from_number(number)?, Node::from_hex(&line[at + 1..])?))
}

/// Writes the roots in the order given.
#[must_use]
pub fn encode(roots: impl IntoIterator<Item = (Phase, Node)>) -> Vec<u8> {
    let line = |(phase, node): (Phase, Node)| format!("{} {node}\n", phase.number()).into_bytes();
    roots.into_iter().flat_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_rejects() {
        let text = format!("1 {}\n2 {}\n", Node::WDIR, Node::NULL).into_bytes();
        assert_eq!(encode(decode(&text).expect("good")), text);
        for bad in ["x", "1", "7 0000000000000000000000000000000000000000", "1 00"] {
            assert!(decode(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}

//! `fncache`, the names of the store's files: a name a line, directories encoded as in every layout
//! (wiki page "fncacheRepoFormat").

/// What is wrong with a name cache.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// The last line is cut off.
    // The words are the oracle's.
    #[error("fncache does not ends with a newline")]
    NoNewline,
    /// A line without a name; they count from 1.
    #[error("invalid entry in fncache, line {0}")]
    EmptyLine(usize),
}

/// The names in the order of the file.
///
/// # Errors
/// Damage.
pub fn decode(text: &[u8]) -> Result<Vec<Vec<u8>>, Error> {
    let Some(lines) = text.strip_suffix(b"\n") else {
        return if text.is_empty() { Ok(Vec::new()) } else { Err(Error::NoNewline) };
    };
    let names: Vec<_> = lines.split(|&b| b == b'\n').map(<[u8]>::to_vec).collect();
    match names.iter().position(Vec::is_empty) {
        Some(bad) => Err(Error::EmptyLine(bad + 1)),
        None => Ok(names),
    }
}

/// The text of the file.
#[must_use]
pub fn encode(names: &[Vec<u8>]) -> Vec<u8> {
    names.iter().flat_map(|name| name.iter().copied().chain([b'\n'])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trips_and_refuses_damage() {
        let names = vec![b"data/a.i".to_vec(), b"data/b.hg/c.i".to_vec()];
        assert_eq!(decode(&encode(&names)), Ok(names));
        assert_eq!(decode(b""), Ok(vec![]));
        assert_eq!(decode(b"a"), Err(Error::NoNewline));
        assert_eq!(decode(b"a\n\nb\n"), Err(Error::EmptyLine(2)));
        assert_eq!(decode(b"\n"), Err(Error::EmptyLine(1)));
    }
}

//! `bookmarks`: `node SP name LF` each, sorted by name.

use std::collections::BTreeMap;

use hg_types::Node;

/// Reads a bookmarks file: what could be read, and the lines that could not.
#[must_use]
pub fn decode(text: &[u8]) -> (BTreeMap<Vec<u8>, Node>, Vec<Vec<u8>>) {
    let mut marks = BTreeMap::new();
    let mut bad = Vec::new();
    for line in text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
    {
        match line.get(..40).and_then(Node::from_hex) {
            Some(node) if line.get(40) == Some(&b' ') && line.len() > 41 => {
                marks.insert(line[41..].to_vec(), node);
            }
            _ => bad.push(line.to_vec()),
        }
    }
    (marks, bad)
}

/// Writes a bookmarks file.
#[must_use]
pub fn encode<'a>(marks: impl IntoIterator<Item = (&'a Vec<u8>, &'a Node)>) -> Vec<u8> {
    marks
        .into_iter()
        .flat_map(|(name, node)| [&node.hex()[..], b" ", name, b"\n"].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_lines_are_kept_apart() {
        let text = format!("{} a b\nnonsense\n{} c\n", Node::WDIR, Node::NULL).into_bytes();
        let (marks, bad) = decode(&text);
        assert_eq!((marks.len(), bad), (2, vec![b"nonsense".to_vec()]));
        assert_eq!(encode(&marks), format!("{} a b\n{} c\n", Node::WDIR, Node::NULL).into_bytes());
    }
}

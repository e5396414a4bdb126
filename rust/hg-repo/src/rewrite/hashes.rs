//! Descriptions that name changesets by id follow them when they are replaced.

use std::collections::HashMap;
use std::ops::Range;

use hg_store::Repo;
use hg_store::revlog::PrefixMatch;
use hg_types::{Node, NodePrefix, Result};

/// How many digits an id in a text has at least.
const SHORTEST: usize = 6;

/// Gives a description in which ids of replaced changesets are those of their replacements; `replaced` are the ones that are
/// replaced just now.
///
/// # Errors
/// When the history cannot be read.
pub fn update_hashes(
    repo: &Repo,
    description: &[u8],
    replaced: &HashMap<Node, Node>,
) -> Result<Vec<u8>> {
    let mut out = Vec::with_capacity(description.len());
    let mut done = 0;
    for word in words(description) {
        let text = &description[word.clone()];
        let Some(node) = replacement(repo, text, replaced)? else { continue };
        out.extend_from_slice(&description[done..word.start]);
        out.extend_from_slice(&node.hex()[..text.len()]);
        done = word.end;
    }
    out.extend_from_slice(&description[done..]);
    Ok(out)
}

/// The words that can be ids.
fn words(text: &[u8]) -> Vec<Range<usize>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let len = text[at..].iter().take_while(|byte| is_word(**byte)).count();
        let word = &text[at..at + len];
        let is_hex = word.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if is_hex && (SHORTEST..=40).contains(&len) {
            out.push(at..at + len);
        }
        at += len.max(1);
    }
    out
}

fn replacement(repo: &Repo, text: &[u8], replaced: &HashMap<Node, Node>) -> Result<Option<Node>> {
    let Some(prefix) = NodePrefix::from_hex(text) else { return Ok(None) };
    let cl = repo.changelog()?;
    let PrefixMatch::One(rev) = cl.find_prefix(&prefix, |_| true) else { return Ok(None) };
    let node = cl.node(rev);
    if let Some(new) = replaced.get(&node) {
        return Ok(Some(*new));
    }
    if !repo.obsstore()?.has_successors(&node) {
        return Ok(None);
    }
    let sets = repo.successors_sets(&node, &mut HashMap::new())?;
    match &sets[..] {
        [set] => match set[..] {
            [new] => Ok(Some(replaced.get(&new).copied().unwrap_or(new))),
            _ => Ok(None),
        },
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn ids_are_whole_words() {
        let text = b"see 0cde1ae39321, xabcdef1 abcdef abcde \xe9abcdef0";
        let found: Vec<&[u8]> = words(text).into_iter().map(|word| &text[word]).collect();
        assert_eq!(found, [&b"0cde1ae39321"[..], b"abcdef"]);
    }
}

//! What a transaction does to tags, for hooks (`experimental.hook-track-tags`).
//!
//! The file `changes/tags.changes` in `.hg` has a line for each tag that was added (`+A`), removed
//! (`-R`) or moved (`-M` with the old and `+M` with the new changeset), by name: sign and letter, node
//! id, name.

use hg_types::{Node, Result, Revision};

use super::History;
use crate::Repo;

/// The name of the file, in `.hg`.
pub(crate) const FILE: &str = "changes/tags.changes";

/// The lines for the difference between two nodes of one tag; null stands for no tag.
fn lines(name: &[u8], old: Node, new: Node, out: &mut Vec<u8>) {
    let mut line = |mark: &str, node: Node| {
        out.extend_from_slice(&[mark.as_bytes(), b" ", &node.hex(), b" ", name, b"\n"].concat());
    };
    match (old.is_null(), new.is_null()) {
        _ if old == new => {}
        (true, _) => line("+A", new),
        (_, true) => line("-R", old),
        _ => {
            line("-M", old);
            line("+M", new);
        }
    }
}

impl Repo {
    /// How the tags of today's heads differ from those of `old_heads`, as the file tells it; empty when
    /// nothing changed.
    pub(crate) fn tag_moves(&self, old_heads: &[Revision]) -> Result<Vec<u8>> {
        let changelog = self.changelog()?;
        let new_heads = self.heads()?;
        let mut out = Vec::new();
        if new_heads == old_heads {
            return Ok(out);
        }
        let old = self.tags_of_heads(&changelog, old_heads)?;
        let new = self.tags_of_heads(&changelog, &new_heads)?;
        let known = |history: &&History| changelog.has_node(&history.node);
        let node = |history: Option<&History>| history.filter(known).map_or(Node::NULL, |h| h.node);
        let mut names: Vec<&Vec<u8>> = old.keys().chain(new.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            lines(name, node(old.get(name)), node(new.get(name)), &mut out);
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_for_each_change() {
        let (a, b) = (Node([0xaa; 20]), Node([0xbb; 20]));
        let text = |old, new| {
            let mut out = Vec::new();
            lines(b"v1", old, new, &mut out);
            String::from_utf8(out).expect("ids and ASCII names")
        };
        assert_eq!(text(a, a), "");
        assert_eq!(text(Node::NULL, a), format!("+A {} v1\n", "aa".repeat(20)));
        assert_eq!(text(a, Node::NULL), format!("-R {} v1\n", "aa".repeat(20)));
        let moved = format!("-M {} v1\n+M {} v1\n", "aa".repeat(20), "bb".repeat(20));
        assert_eq!(text(a, b), moved);
    }
}

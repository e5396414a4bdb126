//! Commands with which clients of long ago find out what is common.

use std::collections::HashSet;

use hg_types::{Error, Node, Result};

use super::Server;
use crate::facts;
use crate::view::View;

impl Server<'_> {
    /// For each node, the first merge or root at or below it along first parents, with its parents.
    pub(super) fn branches(&self, nodes: &[Node]) -> Result<Vec<u8>> {
        let view = facts::served(self.repo)?;
        let mut out = Vec::new();
        for node in nodes {
            let mut at = find(&view, node)?;
            let parents = loop {
                let parents = parents(&view, at);
                match parents.as_slice() {
                    [Some(p1), None] => at = *p1,
                    _ => break parents,
                }
            };
            let parent = |rev: Option<usize>| rev.map_or(Node::NULL, |rev| view.node(rev));
            let mut line = vec![node.hex(), view.node(at).hex()];
            line.extend(parents.into_iter().map(|rev| parent(rev).hex()));
            out.extend(line.join(&b' '));
            out.push(b'\n');
        }
        Ok(out)
    }

    /// For each pair, the nodes between its ends at distances 1, 2, 4, 8, ... from the first.
    pub(super) fn between(&self, pairs: &[u8]) -> Result<Vec<u8>> {
        let view = facts::served(self.repo)?;
        let mut out = Vec::new();
        for pair in pairs.split(|&b| b == b' ') {
            let ends = pair.iter().position(|&b| b == b'-').and_then(|dash| {
                Some((Node::from_hex(&pair[..dash])?, Node::from_hex(&pair[dash + 1..])?))
            });
            let Some((top, bottom)) = ends else {
                return Err(Error::abort("malformed pair of nodes"));
            };
            let mut found = Vec::new();
            let (mut distance, mut wanted) = (0_usize, 1_usize);
            let mut at =
                if top == bottom || top.is_null() { None } else { Some(find(&view, &top)?) };
            while let Some(rev) = at.filter(|&rev| view.node(rev) != bottom) {
                if distance == wanted {
                    found.push(view.node(rev).hex());
                    wanted *= 2;
                }
                at = parents(&view, rev)[0];
                distance += 1;
            }
            out.extend(found.join(&b' '));
            out.push(b'\n');
        }
        Ok(out)
    }

    /// The parents of `roots` that are not among them: what a receiver of `roots` and all above has.
    pub(super) fn below(&self, roots: &[Node]) -> Result<Vec<Node>> {
        let view = facts::served(self.repo)?;
        let mut out = vec![Node::NULL];
        let given: HashSet<&Node> = roots.iter().collect();
        for root in roots.iter().filter(|root| !root.is_null()) {
            let nodes = view.parents(find(&view, root)?).map(|rev| view.node(rev));
            out.extend(nodes.filter(|node| !given.contains(node)));
        }
        Ok(out)
    }
}

fn find(view: &View, node: &Node) -> Result<usize> {
    view.rev(node).ok_or_else(|| super::getbundle::no_node(node))
}

/// Both parents.
fn parents(view: &View, rev: usize) -> [Option<usize>; 2] {
    let mut parents = view.parents(rev);
    [parents.next(), parents.next()]
}

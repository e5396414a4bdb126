use std::collections::HashMap;

use bstr::ByteSlice as _;
use hg_types::Silent;

use super::*;
use crate::view::tests::{id, sample};

#[derive(Default)]
struct Plain {
    branches: HashMap<usize, &'static str>,
    replaced: HashMap<Node, Vec<Node>>,
}

impl Facts for Plain {
    fn branch(&self, rev: usize) -> Result<Vec<u8>> {
        Ok(self.branches.get(&rev).unwrap_or(&"default").as_bytes().to_vec())
    }
    fn closes_branch(&self, _: usize) -> Result<bool> {
        Ok(false)
    }
    fn is_public(&self, _: usize) -> bool {
        false
    }
    fn replacements(&self, node: &Node) -> Vec<Replacement> {
        let found = self.replaced.get(node).cloned();
        found.into_iter().map(|successors| Replacement { successors, parents: vec![] }).collect()
    }
    fn has_replacements(&self) -> bool {
        !self.replaced.is_empty()
    }
    fn has_bookmark(&self, _: usize) -> Option<Vec<u8>> {
        None
    }
}

fn check(facts: &Plain, missing: &[usize], common: &[usize], heads: &[Node]) -> String {
    let view = sample();
    let branches = vec![(b"default".to_vec(), heads.to_vec())];
    let pushed = PushedHeads {
        view: &view,
        facts,
        missing,
        common,
        remote_branches: &branches,
        bookmarked: &HashSet::new(),
        new_branch: false,
    };
    match pushed.check(&Silent, false) {
        Ok(_) => String::new(),
        Err(error) => error.message.as_bstr().to_string(),
    }
}

#[test]
fn new_heads_and_branches() {
    let facts = Plain::default();
    assert_eq!(check(&facts, &[2], &[1], &[id(1)]), "");
    let message = check(&facts, &[3], &[2], &[id(2)]);
    assert!(message.starts_with("push creates new remote head 03"), "{message}");
    let unknown = Node([9; 20]);
    let message = check(&facts, &[1], &[0], &[unknown]);
    assert!(message.starts_with("push creates new remote head 01"), "{message}");
    let facts = Plain { branches: HashMap::from([(2, "x"), (3, "a")]), ..Plain::default() };
    let message = check(&facts, &[2, 3], &[1], &[id(1)]);
    assert_eq!(message, "push creates new remote branches: a, x");
}

#[test]
fn replaced_heads_do_not_count() {
    let replaced = HashMap::from([(id(2), vec![id(3)]), (id(1), vec![id(3)])]);
    let facts = Plain { replaced, ..Plain::default() };
    assert_eq!(check(&facts, &[3], &[2], &[id(2)]), "");
    let facts = Plain { replaced: HashMap::from([(id(2), vec![id(3)])]), ..Plain::default() };
    assert_ne!(check(&facts, &[3], &[2], &[id(2)]), "");
}

//! Orders the parts of a fileset by what asking them costs.

use crate::parser::Tree;

/// Costs: looking at a name, asking anything else, a status, the contents.
const NAME: u32 = 1;
const ORDINARY: u32 = 2;
const STATUS: u32 = 20;
const CONTENTS: u32 = 60;
const THOROUGH: u32 = 100;

fn weight_of(name: &[u8]) -> u32 {
    match name {
        b"added" | b"deleted" | b"hgignore" | b"missing" | b"modified" | b"removed" | b"size"
        | b"resolved" | b"unresolved" | b"clean" | b"status" | b"revs" => STATUS,
        b"binary" | b"encoding" | b"eol" | b"grep" => CONTENTS,
        b"ignored" | b"unknown" => THOROUGH,
        b"portable" => NAME,
        _ => ORDINARY,
    }
}

/// Rewrites an analyzed tree to what gives the same files with less work.
#[must_use]
pub fn optimize(tree: Tree) -> Tree {
    rewrite(tree).1
}

fn rewrite(tree: Tree) -> (u32, Tree) {
    let (kind, children) = match tree {
        Tree::Nothing => return (0, tree),
        Tree::Leaf(..) => return (NAME, tree),
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "kindpat" => (NAME, Tree::Node(kind, children)),
        "and" => intersection(children),
        "or" => union(children),
        "func" => {
            let name = children.first().and_then(Tree::as_symbol).map_or(NAME, weight_of);
            let mut children = children;
            let arguments = children.pop().unwrap_or(Tree::Nothing);
            let (weight, arguments) = rewrite(arguments);
            children.push(arguments);
            (name + weight, Tree::Node(kind, children))
        }
        "list" => {
            let (weights, items): (Vec<u32>, _) = children.into_iter().map(rewrite).unzip();
            (weights.iter().sum(), Tree::Node(kind, items))
        }
        _ => {
            let mut children = children.into_iter();
            let (weight, first) = rewrite(children.next().unwrap_or(Tree::Nothing));
            (weight, Tree::Node(kind, std::iter::once(first).chain(children).collect()))
        }
    }
}

fn intersection(children: Vec<Tree>) -> (u32, Tree) {
    let mut sides: Vec<(u32, Tree)> = children.into_iter().map(rewrite).collect();
    sides.sort_by_key(|(weight, _)| *weight);
    let weight = sides.first().map_or(0, |(weight, _)| *weight);
    let mut trees: Vec<Tree> = sides.into_iter().map(|(_, tree)| tree).collect();
    if let [_, Tree::Node("not", excluded)] = &mut trees[..] {
        let excluded = excluded.pop().unwrap_or(Tree::Nothing);
        trees[1] = excluded;
        return (weight, Tree::Node("minus", trees));
    }
    (weight, Tree::Node("and", trees))
}

/// Plain patterns are matched together.
fn union(children: Vec<Tree>) -> (u32, Tree) {
    let is_pattern =
        |(_, tree): &(u32, Tree)| matches!(tree.kind(), "string" | "symbol" | "kindpat");
    let (patterns, mut parts): (Vec<_>, Vec<_>) =
        children.into_iter().map(rewrite).partition(is_pattern);
    if !patterns.is_empty() {
        let patterns = patterns.into_iter().map(|(_, tree)| tree).collect();
        parts.push((NAME, Tree::Node("patterns", patterns)));
    }
    parts.sort_by_key(|(weight, _)| *weight);
    let weight = parts.last().map_or(0, |(weight, _)| *weight);
    let mut trees: Vec<Tree> = parts.into_iter().map(|(_, tree)| tree).collect();
    match trees.len() {
        1 => (weight, trees.remove(0)),
        _ => (weight, Tree::Node("or", trees)),
    }
}

//! From what was written to what is meant; marks the parts that need the status of files.

use hg_types::{Error, Result};

use crate::parser::Tree;

/// The predicates that ask for the status of files.
pub(super) const STATUS: [&str; 8] =
    ["added", "clean", "deleted", "ignored", "missing", "modified", "removed", "unknown"];

/// Names of status predicates, as they occur.
type Hints = Vec<&'static str>;

/// Rewrites a parsed tree.
///
/// # Errors
/// When an operator stands where it has no meaning.
pub fn analyze(tree: Tree) -> Result<Tree> {
    let (tree, hints) = hinted(simplify(tree)?);
    Ok(with_status(tree, hints))
}

fn simplify(tree: Tree) -> Result<Tree> {
    let (kind, children) = match tree {
        Tree::Nothing | Tree::Leaf(..) => return Ok(tree),
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "negate" => {
            return Err(Error::parse("can't use negate operator in this context", None));
        }
        "kindpat" => {
            let [kind, pattern] = &children[..] else {
                return Ok(Tree::Node(kind, children));
            };
            if kind.as_symbol().is_none() {
                return Err(Error::parse("not a symbol", None));
            }
            if pattern.text().is_none() {
                // Complained about when it is used.
                return Ok(Tree::Node("kindpat", children));
            }
        }
        "func" if children.first().and_then(Tree::as_symbol).is_none() => {
            return Err(Error::parse("not a symbol", None));
        }
        _ => {}
    }
    let mut children = children.into_iter().map(simplify).collect::<Result<Vec<_>>>()?;
    Ok(match kind {
        "group" => children.pop().unwrap_or(Tree::Nothing),
        "minus" => {
            let excluded = children.split_off(1);
            children.push(Tree::Node("not", excluded));
            Tree::Node("and", children)
        }
        _ => Tree::Node(kind, children),
    })
}

/// What a tree needs: the status that it asks for, and how deep below it the node is that has all who ask.
#[derive(Default)]
struct Asked {
    hints: Hints,
    depth: usize,
}

/// Marks the lowest node below which the status is asked for.
fn with_status(tree: Tree, asked: Asked) -> Tree {
    if asked.hints.is_empty() {
        return tree;
    }
    let Asked { hints, depth } = asked;
    if depth == 0 {
        return Tree::Node("withstatus", vec![tree, Tree::string(hints.join(" "))]);
    }
    let Tree::Node(kind, children) = tree else {
        return tree;
    };
    let below = |child: Tree| match asks(&child) {
        true => with_status(child, Asked { hints: hints.clone(), depth: depth - 1 }),
        false => child,
    };
    Tree::Node(kind, children.into_iter().map(below).collect())
}

/// Whether a tree asks for the status, apart from what it asks about other revisions.
fn asks(tree: &Tree) -> bool {
    match tree {
        Tree::Node("func", parts) => parts.first().and_then(status_name).is_some(),
        Tree::Node("and" | "or" | "not", children) => children.iter().any(asks),
        _ => false,
    }
}

fn status_name(tree: &Tree) -> Option<&'static str> {
    let name = tree.as_symbol()?;
    STATUS.iter().copied().find(|status| status.as_bytes() == name)
}

/// Gives the status that a tree needs.
fn hinted(tree: Tree) -> (Tree, Asked) {
    let (kind, children) = match tree {
        Tree::Nothing | Tree::Leaf(..) => return (tree, Asked::default()),
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "func" => function(children),
        "and" | "or" | "not" => {
            let (mut hints, mut deepest, mut asking) = (Hints::new(), 0, 0);
            let children = children.into_iter().map(|child| {
                let (child, asked) = hinted(child);
                if !asked.hints.is_empty() {
                    (asking, deepest) = (asking + 1, asked.depth);
                }
                hints.extend(asked.hints);
                child
            });
            let children = children.collect();
            let depth = if asking == 1 { deepest + 1 } else { 0 };
            (Tree::Node(kind, children), Asked { hints, depth })
        }
        "list" => {
            let each = children.into_iter().map(hinted);
            let children = each.map(|(child, asked)| with_status(child, asked)).collect();
            (Tree::Node(kind, children), Asked::default())
        }
        _ => (Tree::Node(kind, children), Asked::default()),
    }
}

fn function(mut children: Vec<Tree>) -> (Tree, Asked) {
    if let Some(status) = children.first().and_then(status_name) {
        return (Tree::Node("func", children), Asked { hints: vec![status], depth: 0 });
    }
    let (arguments, asked) = hinted(children.pop().unwrap_or(Tree::Nothing));
    children.push(with_status(arguments, asked));
    (Tree::Node("func", children), Asked::default())
}

//! From what was written to what is meant; marks the parts that need the status of files.

use hg_types::{Error, Result};

use crate::parser::Tree;

/// The predicates that ask for the status of files.
pub(super) const STATUS: [&str; 8] =
    ["added", "clean", "deleted", "ignored", "missing", "modified", "removed", "unknown"];

/// Names of status predicates, in the order in which they occur.
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
                return Err(Error::parse("pattern must be a string", None));
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

fn with_status(tree: Tree, hints: Hints) -> Tree {
    if hints.is_empty() {
        return tree;
    }
    match tree {
        Tree::Node("not", mut operand) => {
            let operand = operand.pop().unwrap_or(Tree::Nothing);
            Tree::Node("not", vec![with_status(operand, hints)])
        }
        tree => Tree::Node("withstatus", vec![tree, Tree::string(hints.join(" "))]),
    }
}

fn merge(into: &mut Hints, more: Hints) {
    for hint in more {
        if !into.contains(&hint) {
            into.push(hint);
        }
    }
}

/// Gives the status that the tree needs from outside; where only one part of an intersection or
/// union needs any, it is marked itself.
fn hinted(tree: Tree) -> (Tree, Hints) {
    let (kind, children) = match tree {
        Tree::Nothing | Tree::Leaf(..) => return (tree, Hints::new()),
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "func" => function(children),
        "not" => {
            let mut all = Hints::new();
            let children = children.into_iter().map(|child| {
                let (child, hints) = hinted(child);
                merge(&mut all, hints);
                child
            });
            let children = children.collect();
            (Tree::Node(kind, children), all)
        }
        "and" | "or" => {
            let children: Vec<_> = children.into_iter().map(hinted).collect();
            if children.iter().filter(|(_, hints)| !hints.is_empty()).count() > 1 {
                let mut all = Hints::new();
                let mut parts = Vec::new();
                for (child, hints) in children {
                    merge(&mut all, hints);
                    parts.push(child);
                }
                return (Tree::Node(kind, parts), all);
            }
            let parts = children.into_iter().map(|(child, hints)| with_status(child, hints));
            (Tree::Node(kind, parts.collect()), Hints::new())
        }
        _ => (Tree::Node(kind, children), Hints::new()),
    }
}

fn function(mut children: Vec<Tree>) -> (Tree, Hints) {
    let name = children.first().and_then(Tree::as_symbol).unwrap_or_default().to_vec();
    if let Some(status) = STATUS.iter().find(|status| status.as_bytes() == name) {
        return (Tree::Node("func", children), vec![status]);
    }
    // These have a pattern as their last argument, about other revisions.
    if matches!(&name[..], b"revs" | b"status")
        && children.last().is_some_and(|arguments| arguments.kind() == "list")
        && let Some(Tree::Node("list", mut arguments)) = children.pop()
    {
        if let Some(pattern) = arguments.pop() {
            let (pattern, hints) = hinted(pattern);
            arguments.push(with_status(pattern, hints));
        }
        children.push(Tree::Node("list", arguments));
    }
    (Tree::Node("func", children), Hints::new())
}

//! From what was written to what is meant: operators that are other names for functions become
//! calls, groups disappear.

use hg_types::{Error, Result};

use crate::parser::Tree;

/// A call of a named function.
pub(super) fn call(name: &str, arguments: Tree) -> Tree {
    Tree::Node("func", vec![Tree::symbol(name), arguments])
}

/// Complains about calls of what has no name.
///
/// # Errors
/// When there is one.
pub(super) fn check_calls(tree: &Tree) -> Result<()> {
    if let Tree::Node("func", parts) = tree
        && parts.first().and_then(Tree::as_symbol).is_none()
    {
        return Err(Error::parse("not a symbol", None));
    }
    tree.children().iter().try_for_each(check_calls)
}

/// Rewrites a parsed tree in terms of the operations that can be evaluated.
///
/// # Errors
/// When an operator stands where it has no meaning.
pub fn analyze(tree: Tree) -> Result<Tree> {
    let (kind, children) = match tree {
        Tree::Nothing | Tree::Leaf(..) => return Ok(tree),
        // The name of an argument is no expression.
        Tree::Node("keyvalue", mut parts) => {
            let value = analyze(parts.pop().unwrap_or(Tree::Nothing))?;
            parts.push(value);
            return Ok(Tree::Node("keyvalue", parts));
        }
        Tree::Node("func", mut parts) => {
            let arguments = analyze(parts.pop().unwrap_or(Tree::Nothing))?;
            parts.push(arguments);
            return Ok(Tree::Node("func", parts));
        }
        Tree::Node(kind, children) => (kind, children),
    };
    match kind {
        "dagrangeall" => return Err(Error::parse("can't use '::' in this context", None)),
        "negate" => {
            let text = children.first().and_then(Tree::text);
            let text = text.ok_or_else(|| Error::parse("can't negate that", None))?;
            return Ok(Tree::string([b"-", text].concat()));
        }
        _ => {}
    }
    let mut children = children.into_iter().map(analyze).collect::<Result<Vec<_>>>()?;
    Ok(match kind {
        "group" => children.pop().unwrap_or(Tree::Nothing),
        "minus" => {
            let subtrahend = children.split_off(1);
            children.push(Tree::Node("not", subtrahend));
            Tree::Node("and", children)
        }
        "only" => call("only", Tree::Node("list", children)),
        "onlypost" => call("only", children.pop().unwrap_or(Tree::Nothing)),
        "dagrangepre" => call("ancestors", children.pop().unwrap_or(Tree::Nothing)),
        "dagrangepost" => call("descendants", children.pop().unwrap_or(Tree::Nothing)),
        _ => Tree::Node(kind, children),
    })
}

//! From an optimised tree to a matcher.

use std::sync::Arc;

use hg_match::{Matcher, PatternKind};
use hg_types::{Error, Result};

use crate::parser::Tree;

use super::env::Env;
use super::predicates;

/// The matcher of a tree.
pub(super) fn eval(env: &Env<'_>, tree: &Tree) -> Result<Matcher> {
    match (tree.kind(), tree.children()) {
        ("", _) => Err(Error::parse("missing argument", None)),
        ("string" | "symbol" | "kindpat", _) => patterns(env, std::slice::from_ref(tree)),
        ("patterns", children) => patterns(env, children),
        ("and", [left, right]) => {
            let left = eval(env, left)?;
            let right = eval(&env.narrowed(&left), right)?;
            Ok(Matcher::intersection(left, right))
        }
        ("minus", [left, right]) => {
            let left = eval(env, left)?;
            let right = eval(&env.narrowed(&left), right)?;
            Ok(Matcher::difference(left, right))
        }
        ("or", children) => {
            let parts = children.iter().map(|child| eval(env, child));
            Ok(Matcher::union(parts.collect::<Result<_>>()?))
        }
        ("not", [operand]) => {
            let operand = eval(env, operand)?;
            let mut name = b"<not ".to_vec();
            name.extend(operand.repr());
            name.push(b'>');
            Ok(Matcher::predicate(name, Arc::new(move |path| !operand.matches(path))))
        }
        ("withstatus", [operand, _]) => eval(&env.with_status()?, operand),
        ("list", _) => Err(Error::parse("can't use a list in this context", None)
            .hint("see 'hg help \"filesets.x or y\"'")),
        ("func", [name, arguments]) => {
            let name = name.as_symbol().ok_or_else(|| Error::parse("not a symbol", None))?;
            predicates::call(env, name, arguments)
        }
        (kind, _) => {
            let message = format!("can't use {kind} operator in this context");
            Err(Error::parse(message, None))
        }
    }
}

/// What a pattern says, with its kind in front.
fn pattern_text(tree: &Tree) -> Result<Vec<u8>> {
    if let Some(text) = tree.text() {
        return Ok(text.to_vec());
    }
    let [kind, pattern] = tree.children() else {
        return Err(Error::parse("pattern must be a string", None));
    };
    let kind = kind.as_symbol().ok_or_else(|| Error::parse("not a symbol", None))?;
    let text = pattern.text().ok_or_else(|| Error::parse("pattern must be a string", None))?;
    if PatternKind::from_name(kind).is_none() {
        return Err(Error::parse([b"invalid pattern kind: ", kind].concat(), None));
    }
    Ok([kind, b":", text].concat())
}

fn patterns(env: &Env<'_>, trees: &[Tree]) -> Result<Matcher> {
    let texts = trees.iter().map(pattern_text).collect::<Result<Vec<_>>>()?;
    env.ctx.matcher(&texts, &[], &[], PatternKind::Glob, Some(env.rev))
}

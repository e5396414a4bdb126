//! Conditions.

use hg_types::{ErrorKind, Result};

use super::super::code::Code;
use super::super::engine::Engine;
use super::super::ops::append_plain;
use super::super::raw::{self, unwrap};
use super::super::scope::Scope;
use super::super::value::{ListKind, Value};
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("if", |engine, scope, arguments| {
        let args = expect(arguments, 2, 3, "if expects two or three arguments")?;
        let yes = engine.boolean(&args[0], scope)?;
        choose(engine, scope, yes, &args[1], args.get(2))
    }),
    function("ifcontains", |engine, scope, arguments| {
        let args = expect(arguments, 3, 4, "ifcontains expects three or four arguments")?;
        let haystack = engine.eval(&args[1], scope)?;
        let needle = engine.eval(&args[0], scope);
        let yes = needle.and_then(|needle| contains(engine, scope, &haystack, &needle));
        // What makes no sense is not contained.
        let yes = match yes {
            Err(error) if error.kind == ErrorKind::Parse => false,
            other => other?,
        };
        choose(engine, scope, yes, &args[2], args.get(3))
    }),
    function("ifeq", |engine, scope, arguments| {
        let args = expect(arguments, 3, 4, "ifeq expects three or four arguments")?;
        let yes = engine.string(&args[0], scope)? == engine.string(&args[1], scope)?;
        choose(engine, scope, yes, &args[2], args.get(3))
    }),
];

fn choose(
    engine: &Engine,
    scope: &Scope,
    yes: bool,
    then: &Code,
    otherwise: Option<&Code>,
) -> Result<Value> {
    match (yes, otherwise) {
        (true, _) => engine.eval(then, scope),
        (false, Some(otherwise)) => engine.eval(otherwise, scope),
        (false, None) => Ok(Value::None),
    }
}

/// Whether a list has an item, a dict a key, or a text a part. What cannot be compared is not contained.
fn contains(engine: &Engine, scope: &Scope, haystack: &Value, needle: &Value) -> Result<bool> {
    let comparable = matches!(
        unwrap(needle),
        Value::Bytes(_) | Value::Local(_) | Value::Int(_) | Value::Bool(_)
    );
    if !comparable {
        return Ok(false);
    }
    Ok(match haystack {
        Value::List(list) => {
            let numbers = matches!(list.kind, ListKind::Revisions(_) | ListKind::Changesets)
                || matches!(list.items.first(), Some(Value::Int(_)));
            if numbers {
                let number = as_number(engine, scope, needle)?;
                list.items.iter().any(|item| match unwrap(item) {
                    Value::Int(other) => Some(*other) == number,
                    _ => false,
                })
            } else {
                let needle = engine.text_of(needle, scope)?;
                list.items.iter().any(|item| plain(item) == needle)
            }
        }
        Value::Dict(dict) => {
            let needle = engine.text_of(needle, scope)?;
            dict.pairs.iter().any(|(key, _)| *key == needle)
        }
        Value::Strings(strings) => strings.contains(&engine.text_of(needle, scope)?),
        composed @ Value::Item(_) if raw::is_composed(composed) => false,
        Value::Bytes(_) | Value::Local(_) | Value::Item(_) => {
            let text = engine.text_of(haystack, scope)?;
            let needle = engine.text_of(needle, scope)?;
            bstr::ByteSlice::contains_str(&text[..], needle)
        }
        _ => false,
    })
}

fn plain(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    append_plain(value, &mut out);
    out
}

fn as_number(engine: &Engine, scope: &Scope, value: &Value) -> Result<Option<i64>> {
    match unwrap(value) {
        Value::Int(number) => Ok(Some(*number)),
        Value::Bytes(_) | Value::Local(_) => {
            Ok(hg_config::value::parse_int(&engine.text_of(value, scope)?))
        }
        _ => Ok(None),
    }
}

//! Conditions.

use hg_types::{ErrorKind, Result};

use super::super::code::{Arguments, Code};
use super::super::engine::Engine;
use super::super::ops::append_plain;
use super::super::raw::unwrap;
use super::super::scope::Scope;
use super::super::value::{ListKind, Value};
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("if", |engine, scope, arguments| value_of(engine, scope, arguments, if_)),
    function("ifcontains", |engine, scope, arguments| {
        value_of(engine, scope, arguments, ifcontains)
    }),
    function("ifeq", |engine, scope, arguments| value_of(engine, scope, arguments, ifeq)),
];

type Choice<'a> = Result<Option<&'a Code>>;

/// The argument that a condition called `function` has the value of, if it is one: `Some(None)` when it has none.
pub(in super::super) fn choice<'a>(
    engine: &Engine,
    scope: &Scope,
    function: &[u8],
    arguments: &'a Arguments,
) -> Result<Option<Option<&'a Code>>> {
    Ok(Some(match function {
        b"if" => if_(engine, scope, arguments)?,
        b"ifcontains" => ifcontains(engine, scope, arguments)?,
        b"ifeq" => ifeq(engine, scope, arguments)?,
        _ => return Ok(None),
    }))
}

fn value_of(
    engine: &Engine,
    scope: &Scope,
    arguments: &Arguments,
    choose: for<'a> fn(&Engine, &Scope, &'a Arguments) -> Choice<'a>,
) -> Result<Value> {
    match choose(engine, scope, arguments)? {
        Some(code) => engine.eval(code, scope),
        None => Ok(Value::None),
    }
}

fn if_<'a>(engine: &Engine, scope: &Scope, arguments: &'a Arguments) -> Choice<'a> {
    let args = expect(arguments, 2, 3, "if expects two or three arguments")?;
    let yes = engine.boolean(&args[0], scope)?;
    Ok(if yes { Some(&args[1]) } else { args.get(2) })
}

fn ifcontains<'a>(engine: &Engine, scope: &Scope, arguments: &'a Arguments) -> Choice<'a> {
    let args = expect(arguments, 3, 4, "ifcontains expects three or four arguments")?;
    let haystack = engine.eval_for_function(&args[1], scope)?;
    let needle = engine.eval(&args[0], scope);
    let yes = needle.and_then(|needle| contains(engine, scope, &haystack?, &needle));
    // What makes no sense is not contained.
    let yes = match yes {
        Err(error) if error.kind == ErrorKind::Parse => false,
        other => other?,
    };
    Ok(if yes { Some(&args[2]) } else { args.get(3) })
}

fn ifeq<'a>(engine: &Engine, scope: &Scope, arguments: &'a Arguments) -> Choice<'a> {
    let args = expect(arguments, 3, 4, "ifeq expects three or four arguments")?;
    let yes = engine.string(&args[0], scope)? == engine.string(&args[1], scope)?;
    Ok(if yes { Some(&args[2]) } else { args.get(3) })
}

/// Whether a list has an item, a dict a key, or a text a part. What cannot be compared is not contained.
fn contains(engine: &Engine, scope: &Scope, haystack: &Value, needle: &Value) -> Result<bool> {
    if matches!(unwrap(haystack), Value::Bytes(_) | Value::Local(_)) {
        let text = engine.text_of(haystack, scope)?;
        let needle = engine.text_of(needle, scope)?;
        return Ok(bstr::ByteSlice::contains_str(&text[..], needle));
    }
    let comparable = matches!(
        unwrap(needle),
        Value::Bytes(_) | Value::Local(_) | Value::Int(_) | Value::Bool(_)
    );
    if !comparable {
        return Ok(false);
    }
    Ok(match haystack {
        Value::List(list) => {
            let numbers = list.kind.is_query()
                || matches!(list.kind, ListKind::Changesets)
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

//! Functions on lists and dicts, and integers.

use std::rc::Rc;

use hg_types::{Error, ErrorKind, Result};

use super::super::code::{Arguments, Code};
use super::super::engine::Engine;
use super::super::eval::floor_divide;
use super::super::ops::{
    append_plain, describe, dict_item, dict_of, not_iterable, pair_vars, truth,
};
use super::super::raw::{self, unwrap};
use super::super::scope::Scope;
use super::super::value::{DateForm, Dict, Item, ItemForm, List, ListKind, PairForm, Value, Vars};
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "dict", arguments: Some("*args **kwargs"), run: dict },
    function("filter", filter),
    function("get", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "get() expects two arguments")?;
        let dict = engine.eval_unread(&args[0], scope)?;
        let key = engine.eval_for_filter(&args[1], scope)?;
        // What is no dict is told of before a key that is made while it is read.
        let member = || {
            let dict = dict_of(&dict)?;
            Ok(dict_item(dict, &engine.text_of(&key?, scope)?))
        };
        member().map_err(|error: Error| {
            if error.kind == ErrorKind::Parse {
                error.hint("get() expects a dict as first argument")
            } else {
                error
            }
        })
    }),
    function("join", |engine, scope, arguments| {
        let args = expect(arguments, 1, 2, "join expects one or two arguments")?;
        let list = engine.eval(&args[0], scope)?;
        let separator = match args.get(1) {
            Some(separator) => engine.string(separator, scope)?,
            None => b" ".to_vec(),
        };
        Ok(Value::Bytes(engine.join(&list, &separator, scope)?))
    }),
    function("max", |engine, scope, arguments| extreme(engine, scope, arguments, "max")),
    function("min", |engine, scope, arguments| extreme(engine, scope, arguments, "min")),
    function("mod", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "mod expects two arguments")?;
        let message = "arithmetic only defined on integers";
        let left = engine.integer(&args[0], scope, message)?;
        let right = engine.integer(&args[1], scope, message)?;
        Ok(Value::Int(floor_divide(left, right)?.1))
    }),
];

fn dict(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let mut pairs: Vec<(Vec<u8>, Value)> = Vec::new();
    for code in &arguments.positional {
        let Some(key) = code.symbolic_name() else {
            return Err(Error::parse("dict key cannot be inferred", None));
        };
        let given = arguments.keywords.iter().any(|(name, _)| name == key);
        if given || pairs.iter().any(|(known, _)| known == key) {
            let message = [b"duplicated dict key '", key, b"' inferred"].concat();
            return Err(Error::parse(message, None));
        }
        pairs.push((key.to_vec(), dict_value(engine.eval(code, scope)?)));
    }
    for (key, code) in &arguments.keywords {
        pairs.push((key.clone(), dict_value(engine.eval(code, scope)?)));
    }
    Ok(Value::dict(pairs, "key", "value"))
}

fn dict_value(value: Value) -> Value {
    match value {
        Value::Date(date, _) => Value::Date(date, DateForm::Joined),
        Value::YesNo(answer) => answer.text.clone(),
        other => other,
    }
}

fn filter(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 2, "filter expects one or two arguments")?;
    let value = engine.eval(&args[0], scope)?;
    let condition = args.get(1);
    let keep = |vars: Vars, item: &Value| -> Result<bool> {
        match condition {
            // Values of dicts are what they are shown as.
            None if matches!(&value, Value::Dict(dict) if dict.form != PairForm::Key) => {
                let mut text = Vec::new();
                raw::append_text(item, &mut text);
                let nothing = matches!(unwrap(item), Value::None | Value::NoItem);
                Ok(!nothing && !text.is_empty() && !matches!(unwrap(item), Value::Bool(false)))
            }
            None => Ok(truth(item)),
            Some(condition) => holds(engine, condition, &scope.with(vars)),
        }
    };
    match &value {
        Value::List(list) => {
            let mut items = Vec::new();
            for item in &list.items {
                if keep(engine.item_vars(list, item, scope)?, item)? {
                    items.push(item.clone());
                }
            }
            // What is left has something between its items only.
            let form = match list.form {
                ItemForm::RevNodeBlank => ItemForm::RevNode,
                form => form,
            };
            let kind = match &list.kind {
                ListKind::Revisions(shown) | ListKind::FilteredRevisions(shown) => {
                    let shown = [b"<filteredset ", &shown[..], b">"].concat();
                    ListKind::FilteredRevisions(shown.into())
                }
                kind => kind.clone(),
            };
            let list = List { items, kind, form, shown: None };
            Ok(Value::List(Rc::new(list)))
        }
        Value::Dict(dict) if dict.form == PairForm::Key && condition.is_some() => {
            Err(Error::parse("not filterable by expression", None))
        }
        Value::Dict(dict) => {
            let mut pairs = Vec::new();
            for (key, item) in &dict.pairs {
                if keep(pair_vars(dict, key, item), item)? {
                    pairs.push((key.clone(), item.clone()));
                }
            }
            // What is left has something between its items.
            let form = match dict.form {
                PairForm::Run => PairForm::Equals,
                PairForm::EscapedRun => PairForm::Escaped,
                form => form,
            };
            Ok(Value::Dict(Rc::new(Dict { pairs, shown: None, form, ..Dict::clone(dict) })))
        }
        Value::Mappings(_) => Err(Error::parse("not filterable without template", None)),
        Value::Item(item) if item.value.is_none() => {
            Err(Error::parse("not filterable without template", None))
        }
        Value::Strings(strings) if condition.is_some() && !strings.is_empty() => {
            Err(Error::parse("not filterable by expression", None))
        }
        Value::Strings(strings) => {
            let kept = strings.iter().filter(|text| !text.is_empty()).cloned().collect();
            Ok(Value::Strings(Rc::new(kept)))
        }
        Value::Bytes(_) | Value::Local(_) | Value::Item(_)
            if matches!(unwrap(&value), Value::Bytes(_) | Value::Local(_)) =>
        {
            let text = engine.text_of(&value, scope)?;
            let message = [&crate::parser::quote(&text)[..], b" is not filterable"].concat();
            Err(Error::parse(message, None))
        }
        Value::YesNo(_) => {
            Err(Error::parse([&describe(&value)[..], b" is not filterable"].concat(), None))
        }
        other => Err(not_iterable(other)),
    }
}

fn holds(engine: &Engine, condition: &Code, scope: &Scope) -> Result<bool> {
    Ok(truth(&engine.eval(condition, scope)?))
}

fn extreme(
    engine: &Engine,
    scope: &Scope,
    arguments: &Arguments,
    name: &'static str,
) -> Result<Value> {
    let args = expect(arguments, 1, 1, &format!("{name} expects one argument"))?;
    let value = engine.eval_for_function(&args[0], scope)?;
    let picked = value.and_then(|value| pick(engine, scope, &value, name == "max"));
    picked.map_err(|error| {
        if error.kind == ErrorKind::Parse {
            error.hint(format!("{name} first argument should be an iterable"))
        } else {
            error
        }
    })
}

fn pick(engine: &Engine, scope: &Scope, value: &Value, largest: bool) -> Result<Value> {
    let empty = || Error::parse("empty sequence", None);
    match value {
        Value::YesNo(_) => Err(Error::parse("boolean string", None)),
        Value::List(list) => {
            let items = list.items.iter().map(|item| (sort_key(item), item));
            let best = if largest { items.max_by(by_key) } else { items.rev().min_by(by_key) };
            let (_, item) = best.ok_or_else(empty)?;
            let vars = engine.item_vars(list, item, scope)?;
            let value = Some(unwrap(item).clone());
            Ok(Value::Item(Rc::new(Item { value, vars, template: None })))
        }
        Value::Dict(dict) => {
            let keys = dict.pairs.iter().map(|(key, _)| key);
            let key = if largest { keys.max() } else { keys.min() }.ok_or_else(empty)?;
            let vars = match dict_item(dict, key) {
                Value::Item(item) => item.vars.clone(),
                other => pair_vars(dict, key, &other),
            };
            let value = Some(Value::Bytes(key.clone()));
            Ok(Value::Item(Rc::new(Item { value, vars, template: None })))
        }
        Value::Strings(strings) => {
            let best = if largest { strings.iter().max() } else { strings.iter().min() };
            Ok(Value::Bytes(best.ok_or_else(empty)?.clone()))
        }
        Value::Mappings(_) => Err(Error::parse("not comparable", None)),
        Value::Item(item) if item.value.is_none() => Err(Error::parse("not comparable", None)),
        Value::Bytes(_) | Value::Local(_) | Value::Item(_)
            if matches!(unwrap(value), Value::Bytes(_) | Value::Local(_)) =>
        {
            let text = engine.text_of(value, scope)?;
            let best = if largest { text.iter().max() } else { text.iter().min() };
            let byte = *best.ok_or_else(|| Error::parse("empty string", None))?;
            Ok(Value::Bytes(vec![byte]))
        }
        other => Err(not_iterable(other)),
    }
}

type Keyed<'a> = (SortKey, &'a Value);

fn by_key(left: &Keyed<'_>, right: &Keyed<'_>) -> std::cmp::Ordering {
    left.0.cmp(&right.0)
}

type SortKey = (i64, i32, Vec<u8>);

/// Numbers and dates in their order, texts in theirs.
fn sort_key(value: &Value) -> SortKey {
    let value = unwrap(value);
    match value {
        Value::Int(number) => return (*number, 0, Vec::new()),
        Value::Date(date, _) => return (date.seconds, date.offset, Vec::new()),
        // The date of a marker; no clock goes beyond what a float holds exactly.
        Value::Sequence(sequence) => {
            if let [Value::Float(seconds), Value::Int(offset)] = sequence.parts[..] {
                return (seconds as i64, i32::try_from(offset).unwrap_or_default(), Vec::new());
            }
        }
        _ => {}
    }
    let mut text = Vec::new();
    append_plain(value, &mut text);
    (0, 0, text)
}

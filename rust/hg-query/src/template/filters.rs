//! Filters: functions of one value, `{value|filter}`.

mod dates;
mod texts;

pub use dates::short_age;

use std::rc::Rc;

use hg_types::{Error, Result};

use super::engine::Engine;
use super::json::{JsonStyle, append_cbor, append_json};
use super::raw::{self, unwrap};
use super::scope::Scope;
use super::value::{Item, List, Value, Vars};
use crate::plugins::Input;

/// A filter.
pub struct Filter {
    /// Its name.
    pub name: &'static str,
    /// What it wants.
    pub(super) input: Input,
    pub(super) run: fn(&Engine, &Scope, Value) -> Result<Value>,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// The filter called `name`.
pub(super) fn find(name: &[u8]) -> Option<&'static Filter> {
    let tables = [GENERAL, dates::FILTERS, texts::FILTERS];
    tables.into_iter().flatten().find(|filter| filter.name.as_bytes() == name)
}

const fn any(name: &'static str, run: fn(&Engine, &Scope, Value) -> Result<Value>) -> Filter {
    Filter { name, input: Input::Any, run }
}

const GENERAL: &[Filter] = &[
    any("cbor", |_, _, value| {
        let mut out = Vec::new();
        append_cbor(&value, &mut out)?;
        Ok(Value::Bytes(out))
    }),
    any("commondir", commondir),
    any("count", count),
    any("json", |_, _, value| {
        let mut out = Vec::new();
        append_json(&value, JsonStyle::ForHtml, &mut out)?;
        Ok(Value::Bytes(out))
    }),
    any("reverse", reverse),
    any("stringify", |engine, scope, value| Ok(Value::Bytes(engine.text_of(&value, scope)?))),
    any("utf8", |engine, scope, value| {
        if let Value::Local(text) = unwrap(&value) {
            return Ok(Value::Bytes(text.stored.clone().unwrap_or_else(|| text.local.clone())));
        }
        let text = engine.text_of(&value, scope)?;
        Ok(Value::Bytes(engine.host.encoding().from_local(&text)?.into_owned()))
    }),
];

fn count(_: &Engine, _: &Scope, value: Value) -> Result<Value> {
    let not_countable = || Error::parse("not countable", None);
    Ok(Value::from(raw::len(&value).ok_or_else(not_countable)?))
}

fn reverse(_: &Engine, _: &Scope, value: Value) -> Result<Value> {
    match unwrap(&value) {
        Value::List(list) if !list.kind.is_query() => {
            // The items are not called what they were, nor shown so.
            let items = list.items.iter().rev().cloned().collect();
            Ok(Value::List(List { items, ..List::default() }.into()))
        }
        Value::Sequence(sequence) => {
            let items = sequence.parts.iter().rev().cloned().collect();
            Ok(Value::list(items, "item"))
        }
        Value::Strings(strings) => Ok(Value::text_list(strings.iter().rev().cloned(), "item")),
        Value::Mappings(mappings) => {
            let item = |value, vars| Value::Item(Rc::new(Item { value, vars, template: None }));
            let items = mappings.items.iter().rev();
            let items = items.map(|vars| item(Some(item(None, vars.clone())), Vars::default()));
            Ok(Value::list(items.collect(), "item"))
        }
        _ => Err(Error::parse("not reversible", None)),
    }
}

fn commondir(engine: &Engine, scope: &Scope, value: Value) -> Result<Value> {
    let texts: Vec<Vec<u8>> = match unwrap(&value) {
        Value::List(list) => {
            let texts = list.items.iter().map(|item| engine.text_of(item, scope));
            texts.collect::<Result<_>>()?
        }
        Value::Strings(strings) => strings.to_vec(),
        Value::Dict(dict) => dict.pairs.iter().map(|(key, _)| key.clone()).collect(),
        Value::Item(item) if item.value.is_none() => {
            item.vars.values.iter().map(|(key, _)| key.to_vec()).collect()
        }
        nothing if raw::is_false(nothing) => Vec::new(),
        _ => return Err(Error::parse("argument is not a list of text", None)),
    };
    let directories = |path: &[u8]| -> Vec<Vec<u8>> {
        let start = path.iter().position(|&c| c != b'/').unwrap_or(path.len());
        let mut parts: Vec<_> = path[start..].split(|&c| c == b'/').map(<[u8]>::to_vec).collect();
        parts.pop();
        parts
    };
    let mut all = texts.iter().map(|path| directories(path));
    let mut common = all.next().unwrap_or_default();
    for parts in all {
        let same = common.iter().zip(&parts).take_while(|(a, b)| a == b).count();
        common.truncate(same);
    }
    Ok(Value::Bytes(common.join(&b'/')))
}

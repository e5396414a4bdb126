//! What is written in the changeset itself.

use std::rc::Rc;

use hg_types::Result;

use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{Change, DateForm, Dict, Item, PairForm, Value, Vars};
use super::{Keyword, changeset, local, name, of_changeset, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("author", |engine, scope| Ok(local(engine, changeset(scope)?.entry()?.user()))),
    of_changeset("user", |engine, scope| Ok(local(engine, changeset(scope)?.entry()?.user()))),
    of_changeset("branch", |engine, scope| Ok(local(engine, &changeset(scope)?.entry()?.branch()))),
    of_changeset("branches", branches),
    of_changeset("closesbranch", |_, scope| {
        Ok(Value::yes_no(changeset(scope)?.entry()?.closes_branch()))
    }),
    of_changeset("phase", |_, scope| Ok(Value::from(changeset(scope)?.phase()?.name()))),
    of_changeset("phaseidx", |_, scope| Ok(Value::Int(changeset(scope)?.phase()?.number().into()))),
    of_changeset("date", |_, scope| {
        Ok(Value::Date(changeset(scope)?.entry()?.date(), DateForm::Keyword))
    }),
    of_changeset("desc", |engine, scope| {
        let text = engine.host.encoding().to_local(changeset(scope)?.entry()?.description());
        Ok(match Value::local(text) {
            Value::Local(text) => {
                let mut text = hg_types::LocalText::clone(&text);
                text.local = super::super::text::trim(&text.local).to_vec();
                text.stored = text.stored.map(|stored| super::super::text::trim(&stored).to_vec());
                Value::Local(Rc::new(text))
            }
            Value::Bytes(text) => Value::from(super::super::text::trim(&text)),
            other => other,
        })
    }),
    of_changeset("extras", extras),
    of_changeset("manifest", manifest),
    of_changeset("node", |_, scope| Ok(Value::Bytes(changeset(scope)?.node().hex()))),
    of_changeset("rev", |_, scope| Ok(Value::Int(changeset(scope)?.rev().get().into()))),
    of_changeset("negrev", |_, scope| {
        let changeset = changeset(scope)?;
        if changeset.rev().is_wdir() || changeset.rev().is_null() {
            return Ok(Value::None);
        }
        let len = changeset.repo().changelog()?.len();
        Ok(Value::Int(i64::from(changeset.rev().get()) - i64::try_from(len).unwrap_or(0)))
    }),
];

fn branches(engine: &Engine, scope: &Scope) -> Result<Value> {
    let branch = changeset(scope)?.entry()?.branch();
    let items = if branch == b"default" { Vec::new() } else { vec![local(engine, &branch)] };
    super::names::list(engine, scope, items, "branch", "branches")
}

fn extras(engine: &Engine, scope: &Scope) -> Result<Value> {
    let extra = changeset(scope)?.entry()?.extra();
    let pairs: Vec<(Vec<u8>, Value)> =
        extra.into_iter().map(|(key, value)| (key, Value::Bytes(value))).collect();
    let shown = if style_shows(engine, "extra", "extras") {
        let items = pairs.iter().map(|(key, value)| {
            Vars::new([("key", Value::from(&key[..])), ("value", value.clone())])
        });
        shown_by_style(engine, scope, "extra", "extras", items.collect())?
    } else {
        None
    };
    let (key, value) = (name("key"), name("value"));
    Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form: PairForm::EscapedRun, shown })))
}

fn manifest(engine: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let (rev, node) = changeset.manifest_id()?;
    let vars = Vars {
        values: vec![
            (name("rev"), Value::from(rev.get())),
            (name("node"), Value::Bytes(node.hex())),
        ],
        // The ids of the working directory and of null are also those of their manifests.
        change: if node == changeset.node() { Change::Keep } else { Change::Clear },
    };
    let mut shown = Vec::new();
    if engine.has(b"manifest") {
        engine.render(b"manifest", &scope.with(vars.clone()), &mut shown)?;
    } else {
        let template = engine.builtin("{rev}:{node|formatnode}")?;
        engine.render_code(&template, &scope.with(vars.clone()), &mut shown)?;
    }
    Ok(Value::Item(Rc::new(Item { value: Some(Value::Bytes(shown)), vars, template: None })))
}

//! Parents and children.

use std::rc::Rc;

use hg_types::{Result, Revision};

use super::super::changeset::Changeset;
use super::super::engine::Engine;
use super::super::host::Verbosity;
use super::super::scope::Scope;
use super::super::value::{Item, ItemForm, List, ListKind, Value, Vars};
use super::{Keyword, changeset, of_changeset, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("children", |engine, scope| {
        let changeset = changeset(scope)?;
        let changelog = changeset.repo().changelog()?;

        let children = match changeset.rev().is_wdir() {
            true => Vec::new(),
            false => changelog.children(changeset.rev()),
        };
        let hidden = changeset.repo().hidden_revs()?;
        let visible = children.into_iter().filter(|rev| !hidden.contains(*rev));
        let text = |rev: Revision| {
            let node = changelog.node(rev).short();
            Value::Bytes([format!("{rev}:").into_bytes(), node].concat())
        };
        super::names::list(engine, scope, visible.map(text).collect(), "child", "children")
    }),
    of_changeset("p1", |_, scope| parent(scope, 0)),
    of_changeset("p2", |_, scope| parent(scope, 1)),
    of_changeset("p1rev", |_, scope| parent_rev(scope, 0)),
    of_changeset("p2rev", |_, scope| parent_rev(scope, 1)),
    of_changeset("p1node", |_, scope| parent_node(scope, 0)),
    of_changeset("p2node", |_, scope| parent_node(scope, 1)),
    of_changeset("parents", parents),
];

fn parent(scope: &Scope, at: usize) -> Result<Value> {
    let changeset = changeset(scope)?;
    let parent = Changeset::open(changeset.history(), changeset.parents()[at])?;
    Ok(Value::Item(Rc::new(Item {
        value: None,
        vars: Vars::changeset(Rc::new(parent)),
        template: Some("{rev}:{node|formatnode}"),
    })))
}

fn parent_rev(scope: &Scope, at: usize) -> Result<Value> {
    Ok(Value::Int(changeset(scope)?.parents()[at].get().into()))
}

fn parent_node(scope: &Scope, at: usize) -> Result<Value> {
    let changeset = changeset(scope)?;
    let node = changeset.repo().changelog()?.node(changeset.parents()[at]);
    Ok(Value::Bytes(node.hex()))
}

fn parents(engine: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let debug = engine.host.verbosity() == Verbosity::Debug;
    let parents = changeset.meaningful_parents(debug);
    let shown = if style_shows(engine, "parent", "parents") {
        let mut items = Vec::new();
        for &rev in &parents {
            let parent = Rc::new(Changeset::open(changeset.history(), rev)?);
            items.push(Vars::changeset(parent));
        }
        shown_by_style(engine, scope, "parent", "parents", items)?
    } else {
        None
    };
    let items = parents.iter().map(|rev| Value::Int(rev.get().into())).collect();
    let (kind, form) = (ListKind::Changesets, ItemForm::RevNodeBlank);
    Ok(Value::List(Rc::new(List { items, kind, form, shown })))
}

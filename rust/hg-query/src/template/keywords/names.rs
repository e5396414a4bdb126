//! Names of changesets: bookmarks, tags, branches, and the name spaces they live in.

use std::rc::Rc;

use hg_types::Result;

use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{ItemForm, List, ListKind, Value, Vars};
use super::{Keyword, name, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[];

/// A list of texts, shown by the style if it has templates for it.
pub(super) fn list(
    engine: &Engine,
    scope: &Scope,
    items: Vec<Value>,
    singular: &'static str,
    plural: &'static str,
) -> Result<Value> {
    let shown = if style_shows(engine, singular, plural) {
        let vars = items.iter().map(|item| Vars::one(name(singular), item.clone()));
        shown_by_style(engine, scope, singular, plural, vars.collect())?
    } else {
        None
    };
    let kind = ListKind::Named(name(singular), Vec::new());
    Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Plain, shown })))
}

//! Names of changesets: bookmarks, tags, branches, and the name spaces they live in.

use std::rc::Rc;

use hg_types::Result;

use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{Dict, ItemForm, List, ListKind, PairForm, Value, Vars};
use super::{Keyword, changeset, local, name, of_changeset, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("activebookmark", active_bookmark),
    of_changeset("currentbookmark", active_bookmark),
    of_changeset("bookmarks", |engine, scope| {
        let changeset = changeset(scope)?;
        let items: Vec<Value> =
            changeset.bookmarks()?.iter().map(|name| local(engine, name)).collect();
        let bookmarks = changeset.repo().bookmarks()?;
        let active = bookmarks.active().map_or(Value::None, |active| local(engine, active));
        let constants = vec![(name("active"), active.clone()), (name("current"), active)];
        let shown = if style_shows(engine, "bookmark", "bookmarks") {
            let vars = items.iter().map(|item| Vars::one(name("bookmark"), item.clone()));
            shown_by_style(engine, scope, "bookmark", "bookmarks", vars.collect())?
        } else {
            None
        };
        let kind = ListKind::Named(name("bookmark"), constants);
        Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Plain, shown })))
    }),
    of_changeset("namespaces", |engine, scope| {
        let changeset = changeset(scope)?;
        let list = |names: Vec<Vec<u8>>, singular: &'static str| {
            let items = names.iter().map(|name| local(engine, name)).collect();
            let kind = ListKind::Names(name(singular));
            Value::List(Rc::new(List { items, kind, ..List::default() }))
        };
        let branch = changeset.entry()?.branch();
        // The working directory has the names that were given to it, which no bookmark is.
        let bookmarks = match changeset.rev().is_wdir() {
            true => Vec::new(),
            false => changeset.bookmarks()?,
        };
        let pairs = vec![
            (b"bookmarks".to_vec(), list(bookmarks, "bookmark")),
            (b"tags".to_vec(), list(changeset.tags()?, "tag")),
            (b"branches".to_vec(), list(vec![branch], "branch")),
        ];
        let (key, value) = (name("namespace"), name("names"));
        Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form: PairForm::Key, shown: None })))
    }),
    of_changeset("onelinesummary", |engine, scope| {
        let configured = engine.host.config().get("command-templates", "oneline-summary");
        let mut out = Vec::new();
        match configured.filter(|text| !text.is_empty()) {
            Some(text) => {
                let code = engine.compile(super::super::map::unquote(text))?;
                engine.render_code(&code, scope, &mut out)?;
                out.truncate(out.iter().position(|&c| c == b'\n').unwrap_or(out.len()));
            }
            None => {
                let code = engine.builtin(ONE_LINE_SUMMARY)?;
                engine.render_code(&code, scope, &mut out)?;
            }
        }
        Ok(Value::Bytes(out))
    }),
    of_changeset("tags", |engine, scope| {
        let items = changeset(scope)?.tags()?.iter().map(|name| local(engine, name)).collect();
        list(engine, scope, items, "tag", "tags")
    }),
];

/// Changesets in one line, as several commands mention them.
pub const ONE_LINE_SUMMARY: &str = r#"{separate(" ", label("oneline-summary.changeset", "{rev}:{node|short}"), join(filter(namespaces % "{ifeq(namespace, "branches", "", join(names % "{label("oneline-summary.{namespace}", name)}", " "))}"), " "))} "{label("oneline-summary.desc", desc|firstline)}""#;

fn active_bookmark(engine: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let bookmarks = changeset.repo().bookmarks()?;
    let named = if changeset.rev().is_wdir() {
        changeset.repo().wdir_parents().to_vec()
    } else {
        vec![changeset.node()]
    };
    let active = bookmarks
        .active()
        .filter(|active| bookmarks.get(active).is_some_and(|node| named.contains(&node)));
    Ok(active.map_or(Value::Bytes(Vec::new()), |active| local(engine, active)))
}

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

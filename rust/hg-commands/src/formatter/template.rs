//! Templates as a form of output: the border to the template engine.

use std::borrow::Cow;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hg_query::parser::Tree;
use hg_query::template::spec::{Parts, Spec, available_styles};
use hg_query::template::{
    Change, Changeset, Code, Dict, Engine, JsonStyle, List, ListKind, Mappings, Scope,
    Value as Templated, Vars, append_cbor, append_json, syntax,
};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use super::{Backend, Item, Nested, Value};
use crate::Ui;
use crate::changeset_display::UiHost;

/// The backend for the template that `spec` is or names.
pub(super) fn backend(
    ui: &Arc<Ui>,
    repo: Option<&Repo>,
    topic: &str,
    spec: &[u8],
) -> Result<Box<dyn Backend>> {
    let config = ui.config();
    let spec = Spec::lookup(&config, &ui.cwd(), spec)?;
    if spec == Spec::List {
        ui.write(available_styles());
        return Err(Error::abort("specify a template"));
    }
    let host = Rc::new(UiHost::new(ui, repo.map(Repo::root_bytes)));
    let mut engine = Engine::new(host, repo.cloned());
    engine.with_default_items();
    let item = spec.install(&mut engine, &config, topic)?;
    if let Spec::FormOf(form, call) = &spec {
        return Ok(Box::new(Selected::new(engine, form, call, topic)?));
    }
    let parts = Parts::of(&engine, &spec, item);
    if asks_first(topic) {
        engine.symbols_used(&parts.item)?;
    }
    Ok(Box::new(Template { engine, parts, count: 0 }))
}

/// Whether a command asks what the template uses before it has an item; to the others it is unread until then.
fn asks_first(topic: &str) -> bool {
    ["annotate", "cat", "files"].contains(&topic)
}

/// Renders a template for each item.
struct Template {
    engine: Engine,
    parts: Parts,
    count: usize,
}

impl Template {
    fn write(&self, ui: &Ui, name: Option<&[u8]>, scope: &Scope) -> Result<()> {
        if let Some(name) = name {
            let mut out = Vec::new();
            self.engine.render(name, scope, &mut out)?;
            ui.write(out);
        }
        Ok(())
    }
}

impl Backend for Template {
    fn begin(&mut self, ui: &Ui) -> Result<()> {
        self.write(ui, self.parts.docheader.as_deref(), &Scope::new())
    }

    fn item(&mut self, ui: &Ui, item: &Item, context: Option<Revision>) -> Result<()> {
        if self.count > 0 {
            self.write(ui, self.parts.separator.as_deref(), &Scope::new())?;
        }
        let scope = scope(&self.engine, item, context, self.count)?;
        self.count += 1;
        self.write(ui, Some(&self.parts.item), &scope)
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        self.write(ui, self.parts.docfooter.as_deref(), &Scope::new())
    }

    fn fields(&self) -> Option<Vec<Vec<u8>>> {
        // What is wrong with a template is told when the first item is written.
        let (keywords, functions) = self.engine.symbols_used(&self.parts.item).ok()?;
        Some(keywords.into_iter().chain(functions).collect())
    }
}

/// `json(field, ...)` and `cbor(field, ...)`: some values of each item.
struct Selected {
    engine: Engine,
    is_json: bool,
    asks_first: bool,
    tree: Tree,
    code: Option<Code>,
    count: usize,
}

impl Selected {
    fn new(engine: Engine, form: &str, call: &[u8], topic: &str) -> Result<Self> {
        let tree = syntax::parse_expression(&[b"dict", &call[form.len()..]].concat())?;
        let tree = engine.expand_aliases(tree)?;
        let (is_json, asks_first) = (form == "json", asks_first(topic));
        Ok(Self { engine, is_json, asks_first, tree, code: None, count: 0 })
    }
}

impl Backend for Selected {
    fn begin(&mut self, ui: &Ui) -> Result<()> {
        ui.write(if self.is_json { &b"[\n "[..] } else { b"\x9f" });
        if self.asks_first {
            syntax::symbols_used(&self.tree)?;
        }
        Ok(())
    }

    fn item(&mut self, ui: &Ui, item: &Item, context: Option<Revision>) -> Result<()> {
        let scope = scope(&self.engine, item, context, self.count)?;
        let code = match &self.code {
            Some(code) => code,
            None => self.code.insert(Code::compile(&self.tree, &self.engine)?),
        };
        let value = self.engine.eval(code, &scope)?;
        let mut out = Vec::new();
        if self.is_json {
            out.extend_from_slice(if self.count > 0 { b",\n " } else { b"" });
            append_json(&value, JsonStyle::ForHtml, &mut out)?;
        } else {
            append_cbor(&value, &mut out)?;
        }
        self.count += 1;
        ui.write(out);
        Ok(())
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        ui.write(if self.is_json { &b"\n]\n"[..] } else { b"\xff" });
        Ok(())
    }

    fn fields(&self) -> Option<Vec<Vec<u8>>> {
        let (keywords, _) = syntax::symbols_used(&self.tree).ok()?;
        Some(keywords.into_iter().map(<[u8]>::to_vec).collect())
    }
}

/// The fields of an item as variables, and its changeset.
fn scope(engine: &Engine, item: &Item, context: Option<Revision>, index: usize) -> Result<Scope> {
    let mut vars = vars(engine, item)?;
    vars.values.push((Cow::Borrowed(b"index"), Templated::from(index)));
    // A field with a changeset's id is as good as the changeset.
    let named = || -> Option<Revision> {
        let (_, value) = item.iter().find(|(name, _)| *name == "node")?;
        let Value::Bytes(hex) = value else { return None };
        let changelog = engine.history()?.repo().changelog().ok()?;
        changelog.find(&Node::from_hex(hex)?)
    };
    match (context.or_else(named), engine.history()) {
        (Some(rev), Some(history)) => {
            let changeset = Rc::new(Changeset::open(history, rev)?);
            let mut outer = Vars::changeset(changeset.clone());
            if context.is_some() {
                outer.change = about(changeset, item);
            }
            Ok(Scope::root(outer).with(vars))
        }
        _ => Ok(Scope::root(vars)),
    }
}

/// What an item is about: a changeset, and its file if it has a path.
fn about(changeset: Rc<Changeset>, item: &Item) -> Change {
    match item.iter().find(|(name, _)| *name == "path") {
        Some((_, Value::Bytes(path))) => Change::ChangesetFile(changeset, path.clone()),
        _ => Change::Changeset(changeset),
    }
}

fn vars(engine: &Engine, item: &Item) -> Result<Vars> {
    let values = item.iter().map(|(name, value)| Ok((*name, convert(engine, value)?)));
    Ok(Vars::new(values.collect::<Result<Vec<_>>>()?))
}

/// The items of a field, each about its changeset.
fn mappings(engine: &Engine, nested: &Nested) -> Result<Mappings> {
    let mut items = Vec::with_capacity(nested.items.len());
    let mut known: HashMap<Revision, Rc<Changeset>> = HashMap::new();
    for (item, context) in nested.items.iter().zip(&nested.contexts) {
        let mut vars = vars(engine, item)?;
        if let (Some(rev), Some(history)) = (context, engine.history()) {
            let changeset = match known.get(rev) {
                Some(changeset) => changeset.clone(),
                None => Rc::new(Changeset::open(history, *rev)?),
            };
            known.insert(*rev, changeset.clone());
            vars.change = about(changeset, item);
        }
        items.push(vars);
    }
    Ok(Mappings { items, template: nested.template, separator: "" })
}

fn convert(engine: &Engine, value: &Value) -> Result<Templated> {
    let name = |name: &'static str| Cow::Borrowed(name.as_bytes());
    Ok(match value {
        Value::None => Templated::None,
        Value::Bool(yes) => Templated::Bool(*yes),
        Value::Int(number) => Templated::Int(*number),
        Value::Float(number) => Templated::Float(*number),
        Value::Bytes(bytes) => Templated::Bytes(bytes.clone()),
        Value::Date(date) | Value::FloatDate(date) => Templated::from(*date),
        Value::List { values, name: singular, .. } => Templated::List(Rc::new(List {
            items: values.iter().map(|value| convert(engine, value)).collect::<Result<_>>()?,
            kind: ListKind::Named(name(singular), Vec::new()),
            ..List::default()
        })),
        Value::Dict { pairs, key, value } => Templated::Dict(Rc::new(Dict {
            pairs: pairs
                .iter()
                .map(|(key, value)| Ok((key.clone(), convert(engine, value)?)))
                .collect::<Result<_>>()?,
            key: name(key),
            value: name(value),
            ..Dict::default()
        })),
        Value::Items(nested) => Templated::Mappings(Rc::new(mappings(engine, nested)?)),
    })
}

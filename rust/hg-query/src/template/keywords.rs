//! Keywords: what a template can ask of a changeset and of its surroundings.

mod basic;
mod evolve;
mod files;
mod latest_tag;
mod names;
mod relatives;
mod surroundings;

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use hg_types::{Result, Revision};

use super::changeset::Changeset;
use super::engine::Engine;
use super::scope::Scope;
use super::value::{Name, Value, Vars};

pub(super) use evolve::verb;
pub use evolve::{Fate, Unstable, closest_successors, graph_node};
pub(super) use latest_tag::{changes_since, list as latest_tags};
pub use names::ONE_LINE_SUMMARY;

/// A keyword.
pub(super) struct Keyword {
    /// Its name.
    name: &'static str,
    needs: Needs,
    run: fn(&Engine, &Scope) -> Result<Value>,
}

/// What a keyword speaks of; without it, the keyword does not exist.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    Nothing,
    Repo,
    Changeset,
    File,
}

/// What keywords remember from one changeset to the next.
#[derive(Default)]
pub(super) struct Caches {
    latest_tags: RefCell<latest_tag::Cache>,
    bisection: std::cell::OnceCell<evolve::Bisection>,
    extdata: RefCell<HashMap<Vec<u8>, ExtData>>,
}

/// What a source of `[extdata]` says of each changeset.
type ExtData = Rc<BTreeMap<Revision, Vec<u8>>>;

impl Caches {
    /// The data of a source, read once.
    pub(super) fn extdata(
        &self,
        source: &[u8],
        read: impl FnOnce() -> Result<Vec<(Revision, Vec<u8>)>>,
    ) -> Result<ExtData> {
        if let Some(known) = self.extdata.borrow().get(source) {
            return Ok(Rc::clone(known));
        }
        let found: ExtData = Rc::new(read()?.into_iter().collect());
        self.extdata.borrow_mut().insert(source.to_vec(), Rc::clone(&found));
        Ok(found)
    }
}

impl std::fmt::Debug for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Keyword {
    /// Whether it speaks of a changeset.
    pub(super) fn needs_changeset(&self) -> bool {
        matches!(self.needs, Needs::Changeset | Needs::File)
    }

    /// The value in a scope; [`Value::None`] if the scope lacks what it needs.
    pub(super) fn evaluate(&self, engine: &Engine, scope: &Scope) -> Result<Value> {
        let available = match self.needs {
            Needs::Nothing => true,
            Needs::Repo => engine.history().is_some(),
            Needs::Changeset => scope.changeset().is_some(),
            Needs::File => scope.file().is_some() && scope.changeset().is_some(),
        };
        if available { (self.run)(engine, scope) } else { Ok(Value::None) }
    }
}

const TABLES: [&[Keyword]; 7] = [
    basic::KEYWORDS,
    evolve::KEYWORDS,
    files::KEYWORDS,
    latest_tag::KEYWORDS,
    names::KEYWORDS,
    relatives::KEYWORDS,
    surroundings::KEYWORDS,
];

/// The keyword called `name`.
pub(super) fn find(name: &[u8]) -> Option<&'static Keyword> {
    TABLES.into_iter().flatten().find(|keyword| keyword.name.as_bytes() == name)
}

type Run = fn(&Engine, &Scope) -> Result<Value>;

const fn of_changeset(name: &'static str, run: Run) -> Keyword {
    Keyword { name, needs: Needs::Changeset, run }
}

/// The changeset of the scope, for keywords that need one.
fn changeset(scope: &Scope) -> Result<&Rc<Changeset>> {
    scope.changeset().ok_or_else(|| super::engine::unavailable("ctx"))
}

/// Text from storage in the user's character set.
fn local(engine: &Engine, stored: &[u8]) -> Value {
    Value::local(engine.host.encoding().to_local(stored))
}

/// A list as templates of the style show it that are called after it: `start_files`, `file`, `last_file`,
/// `end_files`, `no_files`. `None` if there are none.
pub(super) fn shown_by_style(
    engine: &Engine,
    scope: &Scope,
    singular: &str,
    plural: &str,
    items: Vec<Vars>,
) -> Result<Option<Vec<u8>>> {
    let template = |prefix: &str, name: &str| [prefix, name].concat().into_bytes();
    let mut out = Vec::new();
    let none = template("no_", plural);
    if items.is_empty() {
        if !engine.has(&none) {
            return Ok(engine.has(singular.as_bytes()).then(Vec::new));
        }
        engine.render(&none, scope, &mut out)?;
        return Ok(Some(out));
    }
    if !engine.has(singular.as_bytes()) {
        return Ok(None);
    }
    let start = template("start_", plural);
    if engine.has(&start) {
        engine.render(&start, scope, &mut out)?;
    }
    let last_name = template("last_", singular);
    let count = items.len();
    for (at, vars) in items.into_iter().enumerate() {
        let is_last = at + 1 == count && engine.has(&last_name);
        let name = if is_last { &last_name[..] } else { singular.as_bytes() };
        engine.render(name, &scope.with(vars), &mut out)?;
    }
    let end = template("end_", plural);
    if engine.has(&end) {
        engine.render(&end, scope, &mut out)?;
    }
    Ok(Some(out))
}

/// Whether a style may show such a list itself; saves making its items.
pub(super) fn style_shows(engine: &Engine, singular: &str, plural: &str) -> bool {
    engine.has(singular.as_bytes()) || engine.has(&["no_", plural].concat().into_bytes())
}

fn name(text: &'static str) -> Name {
    Cow::Borrowed(text.as_bytes())
}

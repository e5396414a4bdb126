//! Predicates, keywords, functions and filters that extensions add to the query languages.

use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

use cpython::{
    NoArgs, ObjectProtocol as _, PyBytes, PyClone as _, PyDict, PyList, PyObject, PyResult,
    PyTuple, Python, PythonObject as _, ToPyObject as _,
};
use hg_match::Matcher;
use hg_query::parser::Tree;
use hg_query::plugins::{
    CustomFileset, CustomFilter, CustomFunction, CustomKeyword, CustomPredicate, FilesetCall,
    Input, Named, Plugins,
};
use hg_query::revset::eval::Order;
use hg_query::revset::{Call, SmartSet};
use hg_query::template::{Arguments, Engine, List, ListKind, Mappings, Scope, Value, Vars};
use hg_types::{HgDate, Result, Revision};

use crate::locks::with_python;
use crate::repo::RepoHandle;

/// What extensions have registered, behind an object with methods `names(kind)`, `revset`, `fileset` and
/// `template`. The names are read once; all else is asked when it is used.
pub(crate) fn read(py: Python<'_>, host: PyObject) -> PyResult<Plugins> {
    let host = Arc::new(host);
    let names = |kind: &'static str| -> PyResult<Vec<Custom>> {
        let names: Vec<PyBytes> = host.call_method(py, "names", (kind,), None)?.extract(py)?;
        let custom =
            |name: &PyBytes| Custom { host: host.clone(), kind, name: name.data(py).to_vec() };
        Ok(names.iter().map(custom).collect())
    };
    let mut plugins = Plugins::default();
    names("revset")?.into_iter().for_each(|custom| plugins.predicates.add(Arc::new(custom)));
    names("fileset")?.into_iter().for_each(|custom| plugins.filesets.add(Arc::new(custom)));
    names("keyword")?.into_iter().for_each(|custom| plugins.keywords.add(Arc::new(custom)));
    names("function")?.into_iter().for_each(|custom| plugins.functions.add(Arc::new(custom)));
    names("filter")?.into_iter().for_each(|custom| plugins.filters.add(Arc::new(custom)));
    Ok(plugins)
}

/// What the extensions of the process have registered; they are loaded once, like the modules they are.
static REGISTERED: RwLock<Option<Arc<Plugins>>> = RwLock::new(None);

/// Lets queries that Python code asks know what extensions have registered.
pub(crate) fn register(plugins: &Arc<Plugins>) {
    *REGISTERED.write().unwrap_or_else(PoisonError::into_inner) = Some(plugins.clone());
}

/// What extensions have registered.
pub(crate) fn registered() -> Arc<Plugins> {
    REGISTERED.read().unwrap_or_else(PoisonError::into_inner).clone().unwrap_or_default()
}

/// Something that an extension has added.
struct Custom {
    host: Arc<PyObject>,
    kind: &'static str,
    name: Vec<u8>,
}

impl Named for Custom {
    fn name(&self) -> &[u8] {
        &self.name
    }
}

impl CustomFileset for Custom {
    fn matcher(&self, call: &FilesetCall<'_>) -> Result<Matcher> {
        let files = with_python(|py| {
            let repo = RepoHandle::wrap(py, call.ctx.repo.clone())?;
            let rev = if call.rev.is_wdir() { None } else { Some(call.rev.get()) };
            let args = (repo, rev, PyBytes::new(py, &self.name), tree(py, call.arguments));
            self.host.call_method(py, "fileset", args, None)
        })?;
        let test = move |path: &hg_types::HgPath| {
            with_python(|py| {
                files.call(py, (PyBytes::new(py, path.as_bytes()),), None)?.is_true(py)
            })
            .unwrap_or(false)
        };
        Ok(Matcher::predicate(String::from_utf8_lossy(&self.name).into_owned(), Arc::new(test)))
    }
}

impl CustomKeyword for Custom {
    fn evaluate(&self, _: &Engine, scope: &Scope) -> Result<Value> {
        self.template(scope, &[])
    }
}

impl CustomFunction for Custom {
    fn call(&self, engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
        let args = arguments.positional.iter().map(|code| engine.eval(code, scope));
        self.template(scope, &args.collect::<Result<Vec<_>>>()?)
    }
}

impl CustomFilter for Custom {
    fn input(&self) -> Input {
        Input::Any
    }

    fn apply(&self, _: &Engine, scope: &Scope, value: Value) -> Result<Value> {
        self.template(scope, &[value])
    }
}

impl Custom {
    /// Evaluates a part of a template: a keyword has no arguments, a filter has one.
    fn template(&self, scope: &Scope, args: &[Value]) -> Result<Value> {
        with_python(|py| {
            let changeset = scope.changeset();
            let repo = match changeset {
                Some(changeset) => RepoHandle::wrap(py, changeset.repo().clone())?.into_object(),
                None => py.None(),
            };
            let file = scope.file().map(|file| PyBytes::new(py, file));
            let args: Vec<PyObject> = args.iter().map(|value| to_object(py, value)).collect();
            let place = (repo, changeset.map(|changeset| changeset.rev().get()), file);
            let call = (self.kind, PyBytes::new(py, &self.name), place, PyList::new(py, &args));
            let value = self.host.call_method(py, "template", call, None)?;
            to_value(py, &value)
        })
    }
}

impl CustomPredicate for Custom {
    fn call<'q>(&self, call: Call<'q, '_>) -> Result<SmartSet<'q>> {
        // A predicate that is not narrowed gets all revisions by their number, not one by one.
        let full = call.subset.is_full();
        let subset = if full { None } else { Some(call.subset.to_vec()?) };
        let length = call.ctx.changelog().len();
        let order = match call.order {
            Order::Define => "define",
            Order::Follow => "follow",
            Order::Any => "any",
        };
        let found: Vec<i32> = with_python(|py| {
            let repo = RepoHandle::wrap(py, call.ctx.repo.clone())?;
            let subset = subset.as_ref().map(|subset| {
                let revs: Vec<PyObject> =
                    subset.iter().map(|rev| rev.get().to_py_object(py).into_object()).collect();
                PyList::new(py, &revs)
            });
            let arguments = tree(py, call.arguments);
            let name = PyBytes::new(py, &self.name);
            let args = (repo, name, (subset, length), arguments, order);
            self.host.call_method(py, "revset", args, None)?.extract(py)
        })?;
        let found: Vec<Revision> = found.into_iter().map(Revision::new).collect();
        Ok(SmartSet::from_list(found))
    }
}

/// A tree as nested tuples: `(b"symbol", b"x")`, `(b"list", ..., ...)`; an absent operand is `None`.
fn tree(py: Python<'_>, node: &Tree) -> PyObject {
    match node {
        Tree::Nothing => py.None(),
        Tree::Leaf(kind, text) => (PyBytes::new(py, kind.as_bytes()), PyBytes::new(py, text))
            .to_py_object(py)
            .into_object(),
        Tree::Node(kind, children) => {
            let mut parts = vec![PyBytes::new(py, kind.as_bytes()).into_object()];
            parts.extend(children.iter().map(|child| tree(py, child)));
            PyTuple::new(py, &parts).into_object()
        }
    }
}

/// A value of a template for Python: bytes, numbers, dates as pairs, lists, dicts.
fn to_object(py: Python<'_>, value: &Value) -> PyObject {
    let list = |items: &[Value]| {
        let items: Vec<PyObject> = items.iter().map(|item| to_object(py, item)).collect();
        PyList::new(py, &items).into_object()
    };
    match value {
        Value::Bool(on) => on.to_py_object(py).into_object(),
        Value::Int(number) => number.to_py_object(py).into_object(),
        Value::Float(number) => number.to_py_object(py).into_object(),
        Value::Bytes(text) => PyBytes::new(py, text).into_object(),
        Value::Local(text) => PyBytes::new(py, &text.local).into_object(),
        Value::Date(date, _) => (date.seconds, date.offset).to_py_object(py).into_object(),
        Value::List(found) => list(&found.items),
        Value::Sequence(found) if found.is_tuple => {
            let parts: Vec<PyObject> = found.parts.iter().map(|part| to_object(py, part)).collect();
            PyTuple::new(py, &parts).into_object()
        }
        Value::Sequence(found) => list(&found.parts),
        Value::Strings(found) => {
            let items: Vec<PyObject> =
                found.iter().map(|item| PyBytes::new(py, item).into_object()).collect();
            PyList::new(py, &items).into_object()
        }
        Value::Dict(found) => {
            let dict = PyDict::new(py);
            for (key, value) in &found.pairs {
                // A key of bytes can always be hashed.
                let _ = dict.set_item(py, PyBytes::new(py, key), to_object(py, value));
            }
            dict.into_object()
        }
        Value::YesNo(answer) => to_object(py, &answer.text),
        Value::Item(item) => item.value.as_ref().map_or_else(|| py.None(), |v| to_object(py, v)),
        Value::None | Value::Mappings(_) | Value::NoItem | Value::Recursive => py.None(),
    }
}

/// What an extension gave as a value. Lists and dicts may say what their items are called (`_item_name`).
pub(crate) fn to_value(py: Python<'_>, object: &PyObject) -> PyResult<Value> {
    if object.is_none(py) {
        return Ok(Value::None);
    }
    if let Ok(text) = object.extract::<PyBytes>(py) {
        return Ok(Value::Bytes(text.data(py).to_vec()));
    }
    if let Ok(on) = object.cast_as::<cpython::PyBool>(py) {
        return Ok(Value::Bool(on.is_true()));
    }
    if let Ok(number) = object.extract::<i64>(py) {
        return Ok(Value::Int(number));
    }
    if let Ok(dict) = object.cast_as::<PyDict>(py) {
        let mut pairs = Vec::new();
        for (key, value) in dict.items(py) {
            let key: PyBytes = key.extract(py)?;
            pairs.push((key.data(py).to_vec(), to_value(py, &value)?));
        }
        return Ok(Value::dict(pairs, "key", "value"));
    }
    if let Ok((seconds, offset)) = date_pair(py, object) {
        return Ok(Value::from(HgDate { seconds, offset }));
    }
    if object.hasattr(py, "_template_value")? {
        let inner = object.call_method(py, "_template_value", NoArgs, None)?;
        let name = object.getattr(py, "_item_name").and_then(|name| name.extract::<PyBytes>(py));
        return match (name, inner.extract::<Vec<PyObject>>(py)) {
            (Ok(name), Ok(items)) if !name.data(py).is_empty() => {
                let items = items.iter().map(|item| to_value(py, item)).collect::<PyResult<_>>()?;
                let name = name.data(py).to_vec().into();
                let kind = ListKind::Named(name, Vec::new());
                Ok(Value::List(Rc::new(List { items, kind, ..List::default() })))
            }
            _ => to_value(py, &inner),
        };
    }
    if object.hasattr(py, "__iter__")? {
        let items = py.import("builtins")?.call(py, "list", (object,), None)?;
        let items: Vec<PyObject> = items.extract(py)?;
        if !items.is_empty() && items.iter().all(|item| item.cast_as::<PyDict>(py).is_ok()) {
            return mappings(py, &items);
        }
        let items = items.iter().map(|item| to_value(py, item)).collect::<PyResult<_>>()?;
        return Ok(Value::list(items, "item"));
    }
    let text = object.clone_ref(py).str(py)?.to_string(py)?.into_owned();
    Ok(Value::Bytes(text.into_bytes()))
}

/// A list of dicts: one set of variables for each.
fn mappings(py: Python<'_>, items: &[PyObject]) -> PyResult<Value> {
    let mut all = Vec::with_capacity(items.len());
    for item in items {
        let mut vars = Vars::default();
        for (name, value) in item.extract::<PyDict>(py)?.items(py) {
            let name: PyBytes = name.extract(py)?;
            vars.values.push((name.data(py).to_vec().into(), to_value(py, &value)?));
        }
        all.push(vars);
    }
    Ok(Value::Mappings(Rc::new(Mappings { items: all, template: None, separator: "" })))
}

/// `(seconds, offset)` with a fraction or a whole number of seconds.
fn date_pair(py: Python<'_>, object: &PyObject) -> PyResult<(i64, i32)> {
    let pair: PyTuple = object.extract(py)?;
    if pair.len(py) != 2 {
        return Err(cpython::PyErr::new::<cpython::exc::TypeError, _>(py, "not a date"));
    }
    let seconds: f64 = pair.get_item(py, 0).extract(py)?;
    let offset: i32 = pair.get_item(py, 1).extract(py)?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds fit")]
    Ok((seconds as i64, offset))
}

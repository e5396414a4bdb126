//! `revset(query, arguments...)` and what else asks queries.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use hg_types::{Error, Result, Revision};

use super::super::changeset::Changeset;
use super::super::code::Arguments;
use super::super::engine::Engine;
use super::super::keywords;
use super::super::raw::{self, unwrap};
use super::super::scope::Scope;
use super::super::value::{Change, ItemForm, List, ListKind, Value, Vars};
use super::{Function, expect, function};
use crate::QueryContext;
use crate::revset::smartset::SmartSet;
use crate::revset::{SpecArg, format_spec};

pub(super) const FUNCTIONS: &[Function] = &[
    function("revset", revset),
    Function { name: "subsetparents", arguments: Some("rev revset"), run: subsetparents },
];

/// Who is asked, and answers that do not depend on a changeset.
#[derive(Default)]
pub(crate) struct Queries {
    context: RefCell<Option<Rc<QueryContext>>>,
    answers: RefCell<HashMap<Vec<u8>, Rc<Answer>>>,
}

/// The revisions of a query, and how upstream shows the set.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) revs: Vec<Revision>,
    shown: Rc<[u8]>,
}

/// The context of queries of an engine.
pub(crate) fn query_context(engine: &Engine) -> Result<Rc<QueryContext>> {
    let mut slot = engine.queries.context.borrow_mut();
    if let Some(known) = &*slot {
        return Ok(Rc::clone(known));
    }
    let repo = engine.need_repo()?;
    let cwd = engine.host.config().environment().cwd.as_os_str().as_encoded_bytes().to_vec();
    let context = QueryContext::new(repo, engine.host.shared_clock(), &cwd)?;
    let context = Rc::new(
        context.with_encoding(engine.host.encoding()).with_plugins(Arc::clone(&engine.plugins)),
    );
    *slot = Some(Rc::clone(&context));
    Ok(context)
}

fn revset(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let message = "revset expects one or more arguments";
    let args = expect(arguments, 1, usize::MAX, message)?;
    engine.need_repo()?;
    let query = engine.string(&args[0], scope)?;
    let answer = if args.len() > 1 {
        let mut values = Vec::new();
        for code in &args[1..] {
            values.push(engine.eval(code, scope)?);
        }
        Rc::new(ask(engine, fill_in(engine, scope, &query, values)?)?)
    } else {
        answer(engine, &query)?
    };
    let mut items = Vec::new();
    if keywords::style_shows(engine, "revision", "revisions") {
        for &rev in &answer.revs {
            let changeset = Rc::new(Changeset::open(engine.need_history()?, rev)?);
            let values = vec![(b"revision"[..].into(), Value::from(rev.get()))];
            items.push(Vars { values, change: Change::Changeset(changeset) });
        }
    }
    let shown = if keywords::style_shows(engine, "revision", "revisions") {
        keywords::shown_by_style(engine, scope, "revision", "revisions", items)?
    } else {
        None
    };
    let items = answer.revs.iter().map(|rev| Value::from(rev.get())).collect();
    let (kind, form) = (ListKind::Revisions(answer.shown.clone()), ItemForm::Plain);
    Ok(Value::List(Rc::new(List { items, kind, form, shown })))
}

/// The revisions of a query that does not depend on a changeset; asked once.
pub(super) fn answer(engine: &Engine, query: &[u8]) -> Result<Rc<Answer>> {
    if let Some(known) = engine.queries.answers.borrow().get(query) {
        return Ok(Rc::clone(known));
    }
    let answer = Rc::new(ask(engine, query.to_vec())?);
    engine.queries.answers.borrow_mut().insert(query.to_vec(), Rc::clone(&answer));
    Ok(answer)
}

fn ask(engine: &Engine, query: Vec<u8>) -> Result<Answer> {
    let context = query_context(engine)?;
    let set = crate::revset::any_revs(&context, &[query], None)?;
    Ok(Answer { revs: set.to_vec()?, shown: set.repr().line().into() })
}

/// Puts values in the places of `%d`, `%s`, ... in a query.
fn fill_in(engine: &Engine, scope: &Scope, format: &[u8], values: Vec<Value>) -> Result<Vec<u8>> {
    let fail = |text: &str| Error::parse(text, None);
    let incomplete = || fail("incomplete revspec format character");
    let mut values = values.into_iter();
    let mut out = Vec::new();
    let mut rest = format.iter();
    // Numbers are looked at last, when all other parts are there.
    let mut number_error = None;
    while let Some(&c) = rest.next() {
        if c != b'%' {
            out.push(c);
            continue;
        }
        let kind = *rest.next().ok_or_else(incomplete)?;
        if kind == b'%' {
            out.push(b'%');
            continue;
        }
        let value = values.next().ok_or_else(|| fail("missing argument for revspec"))?;
        if !matches!(kind, b'l' | b'p') {
            out.extend(part(engine, scope, kind, &value)?);
            continue;
        }
        let item_kind = *rest.next().ok_or_else(incomplete)?;
        let text = list_part(item_kind, &value, kind == b'p');
        let late = kind == b'l' && item_kind == b'd' && !raw::is_nothing(&value);
        match text {
            Err(error) if late => number_error = number_error.or(Some(error)),
            text => out.extend(text?),
        }
    }
    if values.next().is_some() {
        return Err(fail("too many revspec arguments specified"));
    }
    number_error.map_or(Ok(out), Err)
}

fn unexpected(kind: u8) -> Error {
    let kind = char::from(kind);
    Error::parse(format!("unexpected revspec format character {kind}"), None)
}

fn invalid(kind: u8, value: &Value) -> Error {
    let mut shown = Vec::new();
    raw::append_notation(value, &mut shown);
    let start = format!("invalid argument for revspec: %{} != ", char::from(kind));
    Error::parse([start.as_bytes(), &shown[..]].concat(), None)
}

fn part(engine: &Engine, scope: &Scope, kind: u8, value: &Value) -> Result<Vec<u8>> {
    let one = |arg: SpecArg<'_>| format_spec("%", &[arg]);
    let given = value;
    let value = unwrap(value);
    match (kind, value) {
        (b'd', _) => {
            let number = match value {
                Value::Int(number) => Some(*number),
                Value::Bool(yes) => Some(i64::from(*yes)),
                Value::Bytes(_) | Value::Local(_) => {
                    hg_config::value::parse_int(&engine.text_of(value, scope)?)
                }
                _ => None,
            };
            let number = number.ok_or_else(|| invalid(kind, given))?;
            Ok(format!("_rev({number})").into_bytes())
        }
        (b's', _) => {
            let mut text = Vec::new();
            raw::append_text(value, &mut text);
            Ok(one(SpecArg::Text(&text)))
        }
        (b'r', Value::Bytes(text)) => {
            crate::revset::lang::parse(text, None)?;
            Ok(one(SpecArg::Expression(text)))
        }
        (b'n', Value::Bytes(id)) => Ok(one(SpecArg::Text(&hex(id)))),
        (b'n', Value::Local(id)) => Ok(one(SpecArg::Text(&hex(&id.local)))),
        (b'r' | b'n' | b'b', _) => Err(invalid(kind, given)),
        _ => Err(unexpected(kind)),
    }
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// Several values as a set of them, or as arguments of a function.
fn list_part(kind: u8, value: &Value, as_arguments: bool) -> Result<Vec<u8>> {
    let invalid = || Error::parse("invalid argument for revspec", None);
    let items = items_of(value).ok_or_else(invalid)?;
    if items.is_empty() {
        let set = if as_arguments { &b""[..] } else { b"_list('')" };
        return Ok(set.to_vec());
    }
    if kind == b'd' && !as_arguments {
        let revs: Option<Vec<Revision>> = items.iter().map(revision_number).collect();
        return Ok(match &revs.ok_or_else(invalid)?[..] {
            [only] => format!("_rev({only})").into_bytes(),
            several => format_spec("%", &[SpecArg::Revs(several)]),
        });
    }
    let mut parts = Vec::new();
    for item in &items {
        let is_text = matches!(unwrap(item), Value::Bytes(_) | Value::Local(_));
        let is_ok = match kind {
            b'd' => revision_number(item).is_some(),
            b's' => is_text || as_arguments || items.len() == 1,
            b'r' | b'n' => is_text,
            b'b' => false,
            _ => return Err(unexpected(kind)),
        };
        if !is_ok {
            return Err(invalid());
        }
        let mut text = Vec::new();
        raw::append_text(item, &mut text);
        match kind {
            b'r' => drop(crate::revset::lang::parse(&text, None)?),
            b'n' => text = hex(&text),
            _ => {}
        }
        parts.push(text);
    }
    let arg = match (as_arguments, kind) {
        (true, b'r') => {
            let parenthesized = parts.iter().map(|part| [b"(", &part[..], b")"].concat());
            return Ok(parenthesized.collect::<Vec<_>>().join(&b", "[..]));
        }
        (true, b'd') => return Ok(parts.join(&b", "[..])),
        (true, _) => SpecArg::Arguments(&parts),
        (false, b'r') => SpecArg::Expressions(&parts),
        (false, _) => SpecArg::Texts(&parts),
    };
    Ok(format_spec("%", &[arg]))
}

fn items_of(value: &Value) -> Option<Vec<Value>> {
    let bytes = |text: &[u8]| text.iter().map(|&byte| Value::Int(byte.into())).collect();
    Some(match unwrap(value) {
        Value::Bytes(text) => bytes(text),
        Value::Local(text) => bytes(&text.local),
        Value::Date(date, _) => vec![Value::Int(date.seconds), Value::Int(date.offset.into())],
        Value::Item(item) => {
            item.vars.values.iter().map(|(key, _)| Value::from(&key[..])).collect()
        }
        Value::Mappings(mappings) if mappings.items.is_empty() => Vec::new(),
        Value::List(list) => list.items.clone(),
        Value::Sequence(sequence) => sequence.parts.clone(),
        Value::Dict(dict) => dict.pairs.iter().map(|(key, _)| Value::from(&key[..])).collect(),
        Value::Strings(strings) => strings.iter().map(|text| Value::from(&text[..])).collect(),
        _ => return None,
    })
}

fn revision_number(item: &Value) -> Option<Revision> {
    let number = match unwrap(item) {
        Value::Int(number) => *number,
        Value::Bytes(text) => hg_config::value::parse_int(text)?,
        _ => return None,
    };
    i32::try_from(number).ok().map(Revision::new)
}

/// The nearest members of a set of revisions above a changeset.
fn subsetparents(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let (Some(rev), Some(revset)) = (arguments.get("rev"), arguments.get("revset")) else {
        return Err(Error::parse("subsetparents expects two arguments", None));
    };
    let changelog = engine.need_repo()?.changelog()?;
    let rev = engine.integer(rev, scope, "not an integer")?;
    let Value::List(list) = engine.eval(revset, scope)? else {
        return Err(Error::parse("subsetparents expects a queried revset", None));
    };
    if !list.kind.is_query() {
        return Err(Error::parse("subsetparents expects a queried revset", None));
    }
    let number = |item: &Value| match unwrap(item) {
        Value::Int(number) => i32::try_from(*number).map_or(Revision::NULL, Revision::new),
        _ => Revision::NULL,
    };
    let members: HashSet<Revision> = list.items.iter().map(number).collect();
    let rev = i32::try_from(rev).map_or(Revision::NULL, Revision::new);
    let mut found = Vec::new();
    let start = if members.contains(&rev) { changelog.parents(rev).to_vec() } else { Vec::new() };
    let mut todo: Vec<Revision> = start.into_iter().rev().collect();
    let mut seen = HashSet::new();
    while let Some(rev) = todo.pop() {
        if rev.is_null() || !seen.insert(rev) {
            continue;
        }
        if members.contains(&rev) {
            found.push(rev);
        } else {
            todo.extend(changelog.parents(rev).into_iter().rev());
        }
    }
    let all = found.clone();
    found
        .retain(|&rev| !all.iter().any(|&other| other != rev && changelog.is_ancestor(rev, other)));
    let shown = SmartSet::from_list(found.clone()).repr().line();
    let items = found.into_iter().map(|rev| Value::from(rev.get())).collect();
    let (kind, form) = (ListKind::Revisions(shown.into()), ItemForm::Plain);
    Ok(Value::List(Rc::new(List { items, kind, form, shown: None })))
}

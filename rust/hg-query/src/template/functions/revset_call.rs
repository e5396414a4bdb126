//! `revset(query, arguments...)` and what else asks queries.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::sync::Arc;

use hg_types::{Error, ErrorKind, Node, Result, Revision};

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

pub(super) const FUNCTIONS: &[Function] =
    &[function("revset", revset), function("subsetparents", subsetparents)];

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
    let wanted = places(format);
    let too_many = wanted.is_some_and(|wanted| wanted < values.len());
    // What is wrong with single values shows while the text is read, with lists when it is put together.
    let mut list_error = None;
    let mut values = values.into_iter();
    let mut out = Vec::new();
    let mut rest = format.iter();
    while let Some(&c) = rest.next() {
        if c != b'%' {
            out.push(c);
            continue;
        }
        let mut kind = *rest.next().ok_or_else(incomplete)?;
        if kind == b'%' {
            out.push(b'%');
            continue;
        }
        let is_list = kind == b'l';
        if is_list {
            kind = *rest.next().ok_or_else(incomplete)?;
        }
        if !(b"dsrbn".contains(&kind) || is_list && kind == b'p') {
            let kind = char::from(kind);
            return Err(fail(&format!("unexpected revspec format character {kind}")));
        }
        let value = values.next().ok_or_else(|| fail("missing argument for revspec"))?;
        if is_list {
            match list_part(engine, scope, kind, &value) {
                Ok(Some(text)) => out.extend(text),
                Ok(None) => list_error = list_error.or(Some(fail("invalid argument for revspec"))),
                Err(error) => list_error = list_error.or(Some(error)),
            }
        } else {
            let text = part(engine, scope, kind, &value)?;
            out.extend(text.ok_or_else(|| invalid(kind, &value))?);
        }
    }
    if too_many {
        return Err(fail("too many revspec arguments specified"));
    }
    list_error.map_or(Ok(out), Err)
}

/// How many values a query has places for; `None` when it is malformed.
fn places(format: &[u8]) -> Option<usize> {
    let (mut places, mut rest) = (0, format.iter());
    while rest.find(|&&c| c == b'%').is_some() {
        let mut kind = *rest.next()?;
        if kind == b'%' {
            continue;
        }
        let is_list = kind == b'l';
        if is_list {
            kind = *rest.next()?;
        }
        if !(b"dsrbn".contains(&kind) || is_list && kind == b'p') {
            return None;
        }
        places += 1;
    }
    Some(places)
}

fn invalid(kind: u8, value: &Value) -> Error {
    let mut shown = Vec::new();
    raw::append_notation(value, &mut shown);
    let start = format!("invalid argument for revspec: %{} != ", char::from(kind));
    Error::parse([start.as_bytes(), &shown[..]].concat(), None)
}

fn part(engine: &Engine, scope: &Scope, kind: u8, value: &Value) -> Result<Option<Vec<u8>>> {
    let one = |arg: SpecArg<'_>| Some(format_spec("%", &[arg]));
    let value = unwrap(value);
    Ok(match (kind, value) {
        (b'd', _) => {
            let number = match value {
                Value::Int(number) => Some(*number),
                Value::Bool(yes) => Some(i64::from(*yes)),
                Value::Bytes(_) | Value::Local(_) => {
                    hg_config::value::parse_int(&engine.text_of(value, scope)?)
                }
                _ => None,
            };
            match number {
                // A number names a revision here, it does not count from the end.
                Some(-1) => Some(b"null".to_vec()),
                Some(number) if number < 0 => {
                    let message = format!("unknown revision '{number}'");
                    return Err(Error::new(ErrorKind::UnknownRevision, message));
                }
                Some(number) => {
                    check_number(engine, number)?;
                    one(SpecArg::Int(number))
                }
                None => None,
            }
        }
        (b's', _) => {
            let mut text = Vec::new();
            raw::append_text(value, &mut text);
            one(SpecArg::Text(&text))
        }
        (b'r', Value::Bytes(text)) => {
            crate::revset::lang::parse(text, None)?;
            one(SpecArg::Expression(text))
        }
        (b'n', Value::Bytes(text)) => {
            Node::from_slice(text).and_then(|node| one(SpecArg::Node(node)))
        }
        _ => None,
    })
}

/// A number that is none of a revision must not be taken for the start of an id.
fn check_number(engine: &Engine, number: i64) -> Result<()> {
    let changelog = engine.need_repo()?.changelog()?;
    let known = usize::try_from(number).is_ok_and(|number| number < changelog.len());
    if known || number == i64::from(Revision::WDIR.get()) || number == -1 {
        return Ok(());
    }
    let message = format!("unknown revision '{number}'");
    Err(Error::new(ErrorKind::UnknownRevision, message))
}

fn list_part(engine: &Engine, scope: &Scope, kind: u8, value: &Value) -> Result<Option<Vec<u8>>> {
    let items: Vec<Value> = match unwrap(value) {
        Value::Bytes(text) => text.iter().map(|&byte| Value::Int(byte.into())).collect(),
        Value::Local(text) => text.local.iter().map(|&byte| Value::Int(byte.into())).collect(),
        Value::Date(date, _) => vec![Value::Int(date.seconds), Value::Int(date.offset.into())],
        Value::Item(item) => {
            item.vars.values.iter().map(|(key, _)| Value::from(&key[..])).collect()
        }
        Value::Mappings(mappings) if mappings.items.is_empty() => Vec::new(),
        Value::List(list) => list.items.clone(),
        Value::Dict(dict) => dict.pairs.iter().map(|(key, _)| Value::from(&key[..])).collect(),
        Value::Strings(strings) => strings.iter().map(|text| Value::from(&text[..])).collect(),
        _ => return Ok(None),
    };
    let number = |item: &Value| {
        let number = match unwrap(item) {
            Value::Int(number) => *number,
            Value::Bytes(text) => hg_config::value::parse_int(text)?,
            _ => return None,
        };
        i32::try_from(number).ok().map(Revision::new)
    };
    let texts = || -> Result<Vec<Vec<u8>>> {
        items.iter().map(|item| engine.text_of(item, scope)).collect()
    };
    Ok(match kind {
        b'd' => {
            let revs: Option<Vec<Revision>> = items.iter().map(number).collect();
            if let Some([only]) = revs.as_deref() {
                check_number(engine, only.get().into())?;
            }
            revs.map(|revs| format_spec("%", &[SpecArg::Revs(&revs)]))
        }
        b's' => Some(format_spec("%", &[SpecArg::Texts(&texts()?)])),
        b'r' => Some(format_spec("%", &[SpecArg::Expressions(&texts()?)])),
        b'p' => Some(format_spec("%", &[SpecArg::Arguments(&texts()?)])),
        _ => None,
    })
}

/// The nearest members of a set of revisions above a changeset.
fn subsetparents(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 2, 2, "subsetparents expects two arguments")?;
    let changelog = engine.need_repo()?.changelog()?;
    let rev = engine.integer(&args[0], scope, "not an integer")?;
    let Value::List(list) = engine.eval(&args[1], scope)? else {
        return Err(Error::parse("subsetparents expects a queried revset", None));
    };
    if !matches!(list.kind, ListKind::Revisions(_)) {
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

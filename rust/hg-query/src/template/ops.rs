//! What can be done with values: show them, test them, take them apart.

use std::rc::Rc;

use hg_types::{Error, HgDate, Node, Result, Revision};

use super::changeset::Changeset;
use super::code::Code;
use super::engine::Engine;
use super::raw::{self, unwrap};
use super::scope::Scope;
use super::value::{
    Change, DateForm, Dict, Item, ItemForm, List, ListKind, Mappings, PairForm, Value, Vars,
};

impl Engine {
    /// Appends a value as text.
    ///
    /// # Errors
    /// When a template of the value cannot be evaluated, or it has none.
    pub fn show(&self, value: &Value, scope: &Scope, out: &mut Vec<u8>) -> Result<()> {
        match value {
            Value::List(list) => self.show_list(list, scope, out),
            Value::Dict(dict) => {
                // What old-style templates could change has nothing between its items.
                let separator: &[u8] = match dict.form {
                    PairForm::Run | PairForm::EscapedRun | PairForm::Copy | PairForm::Options => {
                        b""
                    }
                    _ => b" ",
                };
                self.show_dict(dict, separator, scope, out)
            }
            Value::Item(item) => self.show_item(item, scope, out),
            Value::Mappings(mappings) => {
                self.show_mappings(mappings, mappings.separator.as_bytes(), scope, out)
            }
            Value::Sequence(sequence) => {
                sequence.parts.iter().try_for_each(|part| self.show(part, scope, out))
            }
            Value::Strings(strings) => {
                strings.iter().for_each(|text| out.extend_from_slice(text));
                Ok(())
            }
            plain => {
                append_plain(plain, out);
                Ok(())
            }
        }
    }

    /// A value as text.
    pub fn text_of(&self, value: &Value, scope: &Scope) -> Result<Vec<u8>> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            value => {
                let mut out = Vec::new();
                self.show(value, scope, &mut out)?;
                Ok(out)
            }
        }
    }

    /// An expression as text.
    pub fn string(&self, code: &Code, scope: &Scope) -> Result<Vec<u8>> {
        match self.eval(code, scope)? {
            Value::Bytes(bytes) => Ok(bytes),
            value => self.text_of(&value, scope),
        }
    }

    /// An expression as text; an unknown name stands for itself.
    pub(super) fn string_literal(&self, code: &Code, scope: &Scope) -> Result<Vec<u8>> {
        let Code::Symbol(symbol) = code else {
            return self.string(code, scope);
        };
        match self.symbol(symbol, scope)? {
            Some(value) => self.text_of(&value, scope),
            None => Ok(symbol.name.clone()),
        }
    }

    /// An expression as integer.
    pub(super) fn integer(&self, code: &Code, scope: &Scope, message: &str) -> Result<i64> {
        let value = self.eval(code, scope)?;
        let bad = || Error::parse(message, None);
        match unwrap(&value) {
            Value::Int(number) => Ok(*number),
            Value::Bool(yes) => Ok((*yes).into()),
            Value::Bytes(_) | Value::Local(_) => {
                let text = self.text_of(&value, scope)?;
                hg_config::value::parse_int(&text).ok_or_else(bad)
            }
            _ => Err(bad()),
        }
    }

    /// An expression as yes or no. A name that is nothing else may be a word for either.
    pub(super) fn boolean(&self, code: &Code, scope: &Scope) -> Result<bool> {
        let Code::Symbol(symbol) = code else {
            return Ok(truth(&self.eval(code, scope)?));
        };
        match self.symbol(symbol, scope)? {
            Some(value) => Ok(truth(&value)),
            None => Ok(hg_config::value::parse_bool(&symbol.name).unwrap_or(false)),
        }
    }

    /// A value as point in time.
    pub(super) fn date_of(
        &self,
        value: &Value,
        scope: &Scope,
        message: Option<&str>,
    ) -> Result<HgDate> {
        let fail = |text: &str| Error::parse(message.unwrap_or(text), None);
        if raw::is_false(value) {
            return Ok(HgDate::default());
        }
        match unwrap(value) {
            Value::Date(date, _) => Ok(*date),
            Value::List(_) | Value::Strings(_) | Value::Dict(_) | Value::Mappings(_) => {
                Err(fail("not a date tuple nor a string"))
            }
            Value::Sequence(pair) => match pair.parts[..] {
                [Value::Float(seconds), Value::Int(offset)] if pair.is_tuple => {
                    Ok(whole_date(seconds, offset))
                }
                _ => Err(fail("not a date tuple nor a string")),
            },
            Value::Item(_) | Value::Int(_) | Value::Float(_) | Value::Bool(_) => {
                Err(fail("not a date tuple nor a string"))
            }
            other => {
                let text = self.text_of(other, scope)?;
                // What is no text is no date either, and says so first.
                self.host.encoding().from_local(&text)?;
                if text.trim_ascii().is_empty() {
                    return Err(fail("invalid date: ''"));
                }
                hg_types::parse_date(&text, self.host.clock()).map_err(|error| match message {
                    Some(message) => Error::parse(message, None),
                    None => Error::parse(error.message, None),
                })
            }
        }
    }

    /// Calls `each` with the variables of every item of a list.
    pub(super) fn for_each_item(
        &self,
        value: &Value,
        scope: &Scope,
        mut each: impl FnMut(Vars) -> Result<()>,
    ) -> Result<()> {
        match value {
            Value::List(list) => {
                for item in &list.items {
                    each(self.item_vars(list, item, scope)?)?;
                }
            }
            Value::Dict(dict) => {
                for (key, value) in &dict.pairs {
                    each(pair_vars(dict, key, value))?;
                }
            }
            Value::Item(item) => each(item.vars.clone())?,
            Value::Date(date, _) => each(date_vars(date))?,
            Value::Mappings(mappings) => {
                for vars in &mappings.items {
                    each(vars.clone())?;
                }
            }
            Value::NoItem => {}
            Value::Strings(_) => {
                return Err(Error::parse("list of strings is not mappable", None));
            }
            other => {
                let what = [&describe(other)[..], b" is not iterable of mappings"].concat();
                return Err(Error::parse(what, None));
            }
        }
        Ok(())
    }

    pub(super) fn item_vars(&self, list: &List, item: &Value, _scope: &Scope) -> Result<Vars> {
        Ok(match &list.kind {
            ListKind::Named(name, constants) => {
                let mut values = constants.clone();
                values.push((name.clone(), item.clone()));
                let change =
                    if &name[..] == b"node" { self.change_to(item)? } else { Change::Keep };
                Vars { values, change }
            }
            ListKind::Changesets | ListKind::FilteredRevisions(_) => {
                let changeset = Changeset::open(self.need_history()?, revision_of(item))?;
                Vars::changeset(Rc::new(changeset))
            }
            ListKind::Revisions(_) => {
                let changeset = Changeset::open(self.need_history()?, revision_of(item))?;
                let values = vec![(b"revision"[..].into(), item.clone())];
                Vars { values, change: Change::Changeset(Rc::new(changeset)) }
            }
            ListKind::Names(name) => {
                let values = vec![(b"name"[..].into(), item.clone()), (name.clone(), item.clone())];
                Vars { values, change: Change::Keep }
            }
            ListKind::Nodes => {
                let mut hex = Vec::new();
                append_plain(item, &mut hex);
                let history = self.need_history()?;
                let node = Node::from_hex(&hex).unwrap_or(Node::NULL);
                let rev = history.repo().changelog()?.rev(&node)?;
                Vars::changeset(Rc::new(Changeset::open(history, rev)?))
            }
            ListKind::LatestTags(rev, distance) => {
                let changes = super::keywords::changes_since(self, *rev, item)?;
                Vars::new([
                    ("latesttag", item.clone()),
                    ("tag", item.clone()),
                    ("distance", Value::from(*distance)),
                    ("changes", Value::from(changes)),
                ])
            }
            ListKind::Files(name) => {
                let mut path = Vec::new();
                append_plain(item, &mut path);
                let values = vec![(name.clone(), item.clone()), (b"path"[..].into(), item.clone())];
                Vars { values, change: Change::File(path) }
            }
        })
    }

    /// Keywords speak of the changeset with an id, if there is one.
    fn change_to(&self, id: &Value) -> Result<Change> {
        let mut hex = Vec::new();
        append_plain(id, &mut hex);
        let (Some(history), Some(node)) = (self.history(), Node::from_hex(&hex)) else {
            return Ok(Change::Keep);
        };
        Ok(match history.repo().changelog()?.find(&node) {
            Some(rev) => Change::Named(Rc::new(Changeset::open(history, rev)?)),
            None => Change::Keep,
        })
    }

    /// The member `name` of a dict or a date.
    pub(super) fn value_member(&self, value: &Value, name: &[u8]) -> Result<Value> {
        Ok(dict_item(dict_of(value)?, name))
    }

    /// The items of a list as text, joined.
    pub(super) fn join(&self, value: &Value, separator: &[u8], scope: &Scope) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        match value {
            Value::List(list) => {
                for (at, item) in list.items.iter().enumerate() {
                    if at > 0 {
                        out.extend_from_slice(separator);
                    }
                    self.show_list_item(list, item, scope, &mut out)?;
                }
            }
            Value::Dict(dict) => {
                let plain = Dict { shown: None, ..(**dict).clone() };
                self.show_dict(&plain, separator, scope, &mut out)?;
            }
            Value::Mappings(mappings) => {
                self.show_mappings(mappings, separator, scope, &mut out)?;
            }
            Value::Strings(strings) => out = strings.join(separator),
            Value::Item(item) if item.value.is_none() => self.show_item(item, scope, &mut out)?,
            Value::Bytes(_) | Value::Local(_) | Value::Item(_)
                if matches!(unwrap(value), Value::Bytes(_) | Value::Local(_)) =>
            {
                let text = self.text_of(value, scope)?;
                out = text.chunks(1).collect::<Vec<_>>().join(separator);
            }
            // Items of what Python calls bytes are numbers.
            Value::YesNo(_) => {
                let text = self.text_of(value, scope)?;
                let numbers: Vec<_> = text.iter().map(|c| c.to_string().into_bytes()).collect();
                out = numbers.join(separator);
            }
            other => return Err(not_iterable(other)),
        }
        Ok(out)
    }

    fn show_list(&self, list: &List, scope: &Scope, out: &mut Vec<u8>) -> Result<()> {
        if let Some(shown) = &list.shown {
            out.extend_from_slice(shown);
            return Ok(());
        }
        let separator = match list.form {
            ItemForm::RevNodeBlank => &b""[..],
            ItemForm::Colons => b":",
            ItemForm::Sets => b"; ",
            _ => b" ",
        };
        for (at, item) in list.items.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(separator);
            }
            self.show_list_item(list, item, scope, out)?;
            if list.form == ItemForm::RevNodeBlank {
                out.push(b' ');
            }
        }
        Ok(())
    }

    fn show_list_item(
        &self,
        list: &List,
        item: &Value,
        scope: &Scope,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if let ListKind::Named(name, _) = &list.kind
            && &name[..] == b"item"
            && matches!(item, Value::List(_) | Value::Sequence(_))
        {
            raw::append_notation(item, out);
            return Ok(());
        }
        if let (Value::Sequence(pair), ItemForm::Date) = (item, list.form)
            && let [Value::Float(seconds), Value::Int(offset)] = pair.parts[..]
        {
            append_plain(&Value::from(whole_date(seconds, offset)), out);
            return Ok(());
        }
        if !matches!(list.form, ItemForm::RevNode | ItemForm::RevNodeBlank) {
            return self.show(item, scope, out);
        }
        let inner = scope.with(self.item_vars(list, item, scope)?);
        let template = self.builtin("{rev}:{node|formatnode}")?;
        self.render_code(&template, &inner, out)
    }

    fn show_dict(
        &self,
        dict: &Dict,
        separator: &[u8],
        scope: &Scope,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if let Some(shown) = &dict.shown {
            out.extend_from_slice(shown);
            return Ok(());
        }
        for (at, (key, value)) in dict.pairs.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(separator);
            }
            self.show_pair(dict.form, key, value, scope, out)?;
        }
        Ok(())
    }

    fn show_pair(
        &self,
        form: PairForm,
        key: &[u8],
        value: &Value,
        scope: &Scope,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.extend_from_slice(key);
        match form {
            PairForm::Key | PairForm::Options => return Ok(()),
            PairForm::Equals
            | PairForm::Run
            | PairForm::Open
            | PairForm::Escaped
            | PairForm::EscapedRun => out.push(b'='),
            PairForm::Copy => out.extend_from_slice(b" ("),
            PairForm::Colon => out.extend_from_slice(b": "),
        }
        if matches!(form, PairForm::Escaped | PairForm::EscapedRun) {
            let text = self.text_of(value, scope)?;
            out.extend_from_slice(&crate::parser::escape(&text));
        } else if form == PairForm::Equals {
            raw::append_text(value, out);
        } else {
            self.show(value, scope, out)?;
        }
        if form == PairForm::Copy {
            out.push(b')');
        }
        Ok(())
    }

    fn show_item(&self, item: &Item, scope: &Scope, out: &mut Vec<u8>) -> Result<()> {
        match (item.template, &item.value) {
            (Some(template), _) => {
                let inner = scope.with(item.vars.clone());
                self.render_code(&*self.builtin(template)?, &inner, out)
            }
            (None, Some(value)) => match value {
                Value::List(list) if let Some(shown) = &list.shown => {
                    out.extend_from_slice(shown);
                    Ok(())
                }
                composed if raw::is_composed(composed) => {
                    raw::append_text(value, out);
                    Ok(())
                }
                plain => self.show(plain, scope, out),
            },
            (None, None) => Err(Error::parse("not displayable without template", None)),
        }
    }

    fn show_mappings(
        &self,
        mappings: &Mappings,
        separator: &[u8],
        scope: &Scope,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let Some(template) = mappings.template else {
            return Err(Error::parse("not displayable without template", None));
        };
        let code = self.builtin(template)?;
        for (at, vars) in mappings.items.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(separator);
            }
            self.render_code(&code, &index_vars(scope, vars, at), out)?;
        }
        Ok(())
    }
}

fn index_vars(scope: &Scope, vars: &Vars, index: usize) -> Scope {
    scope.with(vars.clone()).with(Vars::one(b"index"[..].into(), Value::from(index)))
}

/// The dict that a value is.
pub(super) fn dict_of(value: &Value) -> Result<&Dict> {
    match value {
        Value::Dict(dict) => Ok(dict),
        Value::Item(item) => match &item.value {
            Some(composed) if raw::is_composed(composed) => Err(not_a_dict(value)),
            Some(inner) => dict_of(inner),
            None => Err(Error::parse("not a dictionary", None)),
        },
        Value::List(_) | Value::Mappings(_) | Value::Strings(_) => {
            Err(Error::parse("not a dictionary", None))
        }
        other => Err(not_a_dict(other)),
    }
}

fn not_a_dict(value: &Value) -> Error {
    Error::parse([&describe(value)[..], b" is not a dictionary"].concat(), None)
}

/// An item of a dict as a value with variables; nothing when there is no such key.
pub(super) fn dict_item(dict: &Dict, name: &[u8]) -> Value {
    let Some((key, value)) = dict.pairs.iter().find(|(key, _)| key == name) else {
        return Value::None;
    };
    let wrapped = || {
        let vars = pair_vars(dict, key, value);
        Value::Item(Rc::new(Item { value: Some(value.clone()), vars, template: None }))
    };
    match value {
        // Dicts made in templates forget what their values were like.
        _ if dict.form == PairForm::Equals => wrapped(),
        Value::Item(item) if dict.form == PairForm::Open => {
            Value::Item(Rc::new(Item { vars: pair_vars(dict, key, value), ..Item::clone(item) }))
        }
        Value::List(_) | Value::Dict(_) | Value::Item(_) | Value::Mappings(_) => value.clone(),
        Value::Strings(_) | Value::NoItem => value.clone(),
        _ => wrapped(),
    }
}

pub(super) fn pair_vars(dict: &Dict, key: &[u8], value: &Value) -> Vars {
    let mut values =
        vec![(dict.key.clone(), Value::from(key)), (dict.value.clone(), value.clone())];
    let mut change = Change::Keep;
    match dict.form {
        PairForm::Key => {
            if let Value::List(list) = value
                && let ListKind::Names(color) = &list.kind
            {
                values.push((b"builtin"[..].into(), Value::Bool(true)));
                values.push((b"colorname"[..].into(), Value::from(&color[..])));
            }
        }
        PairForm::Open => {
            if let Value::Item(item) = value {
                values.extend(item.vars.values.iter().cloned());
            }
        }
        PairForm::Copy => change = Change::File(key.to_vec()),
        _ => {}
    }
    Vars { values, change }
}

/// What a date is made of.
pub(super) fn date_vars(date: &HgDate) -> Vars {
    Vars::new([
        ("unixtime", Value::Int(date.seconds)),
        ("tzoffset", Value::Int(date.offset.into())),
    ])
}

/// The date of a marker, whose seconds have fractions.
pub(super) fn whole_date(seconds: f64, offset: i64) -> HgDate {
    #[expect(clippy::cast_possible_truncation, reason = "seconds of any real date fit")]
    let seconds = seconds.trunc() as i64;
    HgDate::new(seconds, i32::try_from(offset).unwrap_or(0))
}

fn revision_of(value: &Value) -> Revision {
    match unwrap(value) {
        Value::Int(number) => i32::try_from(*number).map_or(Revision::NULL, Revision::new),
        _ => Revision::NULL,
    }
}

/// Whether `if` takes it as true. Numbers are true, also zero.
pub(super) fn truth(value: &Value) -> bool {
    match value {
        Value::None | Value::NoItem | Value::Recursive => false,
        Value::Bool(yes) => *yes,
        Value::YesNo(answer) => answer.yes,
        Value::Int(_) | Value::Float(_) | Value::Date(..) => true,
        Value::Bytes(bytes) => !bytes.is_empty(),
        Value::Local(text) => !text.local.is_empty(),
        Value::List(list) => !list.items.is_empty(),
        Value::Dict(dict) => !dict.pairs.is_empty(),
        Value::Item(item) => match &item.value {
            None => true,
            Some(Value::NoItem) => false,
            Some(inner) => raw::is_composed(inner) || truth(inner),
        },
        Value::Mappings(mappings) => !mappings.items.is_empty(),
        Value::Strings(strings) => !strings.is_empty(),
        Value::Sequence(sequence) => !sequence.parts.is_empty(),
    }
}

/// How error messages show a value.
pub(super) fn describe(value: &Value) -> Vec<u8> {
    if let Value::YesNo(answer) = value {
        return if answer.yes { b"'True'".to_vec() } else { b"'False'".to_vec() };
    }
    match unwrap(value) {
        Value::Bytes(bytes) => hg_types::quoted(bytes),
        Value::Local(text) => hg_types::quoted(&text.local),
        Value::None | Value::NoItem => b"None".to_vec(),
        Value::Date(..) => b"date".to_vec(),
        composed if raw::is_composed(composed) => {
            let mut out = Vec::new();
            raw::append_notation(composed, &mut out);
            out
        }
        plain => {
            let mut out = Vec::new();
            append_plain(plain, &mut out);
            out
        }
    }
}

/// The complaint about a value that has no items.
pub(super) fn not_iterable(value: &Value) -> Error {
    Error::parse([&describe(value)[..], b" is not iterable"].concat(), None)
}

/// Appends a value that needs no template to be shown.
pub(super) fn append_plain(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Bool(true) => out.extend_from_slice(b"True"),
        Value::Bool(false) => out.extend_from_slice(b"False"),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(float_text(*number).as_bytes()),
        Value::YesNo(answer) => append_plain(&answer.text, out),
        Value::Bytes(bytes) => out.extend_from_slice(bytes),
        Value::Local(text) => out.extend_from_slice(&text.local),
        Value::Date(date, form) => {
            let text = match form {
                DateForm::Pair => format!("{} {}", date.seconds, date.offset),
                DateForm::Keyword => format!("{}.0{}", date.seconds, date.offset),
                DateForm::Joined => format!("{}{}", date.seconds, date.offset),
            };
            out.extend_from_slice(text.as_bytes());
        }
        Value::Item(item) => {
            if let Some(value) = &item.value {
                append_plain(value, out);
            }
        }
        _ => {}
    }
}

/// A fraction as Python writes it.
pub(super) fn float_text(number: f64) -> String {
    if number.is_finite() && number == number.trunc() && number.abs() < 1e16 {
        return format!("{number:.1}");
    }
    format!("{number}")
}

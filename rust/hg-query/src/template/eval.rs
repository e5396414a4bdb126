//! Evaluation of compiled templates.

use std::rc::Rc;

use hg_types::{Error, ErrorKind, Result};

use super::code::{Code, Operator, Symbol};
use super::engine::Engine;
use super::functions::choice;
use super::ops::date_vars;
use super::resolved::{FilterRef, FunctionRef, KeywordRef};
use super::scope::Scope;
use super::value::{Change, Value, Vars};
use crate::plugins::Input;

impl Engine {
    /// Appends the rendering of a compiled template.
    ///
    /// # Errors
    /// When something in it cannot be evaluated.
    pub fn render_code(&self, code: &Code, scope: &Scope, out: &mut Vec<u8>) -> Result<()> {
        match code {
            Code::Text(text) => out.extend_from_slice(text),
            Code::Template(pieces) => {
                for piece in pieces {
                    self.render_code(piece, scope, out)?;
                }
            }
            Code::Map(list, template) => {
                let operand = self.eval_unread(list, scope)?;
                let (mut count, mut inside) = (0, false);
                self.for_each_item(&operand, scope, |vars| {
                    let inner = index_scope(scope, vars, count);
                    count += 1;
                    let rendered = self.render_code(template, &inner, out);
                    inside = rendered.is_err();
                    rendered
                })
                .map_err(|error| if inside { error } else { hint_keyword(error, list, "map") })?;
            }
            _ => {
                let value = self.eval(code, scope)?;
                self.show(&value, scope, out)?;
            }
        }
        Ok(())
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// When it cannot be evaluated.
    pub fn eval(&self, code: &Code, scope: &Scope) -> Result<Value> {
        match code {
            Code::Text(text) => Ok(Value::Bytes(text.clone())),
            Code::Integer(number) => Ok(Value::Int(*number)),
            Code::Symbol(symbol) => {
                Ok(self.symbol(symbol, scope)?.unwrap_or_else(|| symbol.absent()))
            }
            Code::Template(_) => {
                let mut out = Vec::new();
                self.render_code(code, scope, &mut out)?;
                Ok(Value::Bytes(out))
            }
            Code::Filter(filter, operand) => self.filter(filter, operand, scope),
            Code::Map(list, template) => self.map(list, template, scope),
            Code::Member(operand, member) => self.member(operand, member, scope),
            Code::Negate(operand) => {
                let message = "negation needs an integer argument";
                Ok(Value::Int(self.integer(operand, scope, message)?.wrapping_neg()))
            }
            Code::Arithmetic(operator, left, right) => {
                let message = "arithmetic only defined on integers";
                let left = self.integer(left, scope, message)?;
                let right = self.integer(right, scope, message)?;
                Ok(Value::Int(calculate(*operator, left, right)?))
            }
            Code::Call(function, arguments) => function.call(self, scope, arguments),
        }
    }

    /// A variable, else a keyword, else a template of the style; `None` when there is nothing of that name.
    pub(super) fn symbol(&self, symbol: &Symbol, scope: &Scope) -> Result<Option<Value>> {
        if let Some(value) = self.variable(&symbol.name, symbol.keyword.as_ref(), scope)? {
            return Ok(Some(value));
        }
        let default_item = symbol.keyword.is_none() && self.default_item(&symbol.name).is_some();
        if !self.has(&symbol.name) && !default_item {
            return Ok(None);
        }
        // The name stands for an error inside, so that a template cannot contain itself.
        let inner = scope.with_value(symbol.name.clone().into(), Value::Recursive);
        let mut out = Vec::new();
        self.render(&symbol.name, &inner, &mut out)?;
        Ok(Some(Value::Bytes(out)))
    }

    fn variable(
        &self,
        name: &[u8],
        keyword: Option<&KeywordRef>,
        scope: &Scope,
    ) -> Result<Option<Value>> {
        let of_changeset = keyword.is_some_and(KeywordRef::needs_changeset);
        let set = if of_changeset { scope.get_of_changeset(name) } else { scope.get(name) };
        match set.or_else(|| self.default_of(name)) {
            Some(Value::Recursive) => {
                let message = [b"recursive reference '", name, b"' in template"].concat();
                return Err(Error::abort(message));
            }
            None | Some(Value::None) => {}
            Some(value) => return Ok(Some(value.clone())),
        }
        let Some(keyword) = keyword else {
            return Ok(None);
        };
        match keyword.evaluate(self, scope)? {
            Value::None => Ok(None),
            value => Ok(Some(value)),
        }
    }

    fn filter(&self, filter: &FilterRef, operand: &Code, scope: &Scope) -> Result<Value> {
        let value = self.eval_for_filter(operand, scope)?;
        let run = || match (filter.input(), value?) {
            (Input::Any, value) => filter.apply(self, scope, value),
            (Input::Text, value) => {
                let text = self.text_of(&value, scope)?;
                filter.apply(self, scope, Value::Bytes(text))
            }
            (Input::Date, value) => {
                let date = self.date_of(&value, scope, None)?;
                filter.apply(self, scope, Value::from(date))
            }
        };
        run().map_err(|error| {
            if error.kind != ErrorKind::Parse {
                return error;
            }
            // The names that complaints know these by.
            let name = match filter.name() {
                b"hex" => &b"hexfilter"[..],
                b"user" => b"userfilter",
                name => name,
            };
            let hint = match operand.symbolic_name() {
                Some(keyword) => {
                    let parts: [&[u8]; 5] = [
                        b"template filter '",
                        name,
                        b"' is not compatible with keyword '",
                        keyword,
                        b"'",
                    ];
                    parts.concat()
                }
                None => [b"incompatible use of template filter '", name, b"'"].concat(),
            };
            Error { hint: Some(hint), ..error }
        })
    }

    /// The value of an expression for a filter, which reads it piece by piece. The inner failure is met while it is
    /// read.
    pub(super) fn eval_for_filter(&self, code: &Code, scope: &Scope) -> Result<Result<Value>> {
        let code = self.chosen(code, scope)?;
        match code {
            Some(code) if code.is_piecemeal() => Ok(self.eval(code, scope)),
            _ => self.eval_chosen(code, scope),
        }
    }

    /// The value of an expression for a function that reads its items. The inner failure is what reading them gives.
    pub(super) fn eval_for_function(&self, code: &Code, scope: &Scope) -> Result<Result<Value>> {
        let code = self.chosen(code, scope)?;
        self.eval_chosen(code, scope)
    }

    /// The value of an expression for somebody who does not read the items that `%` makes.
    pub(super) fn eval_unread(&self, code: &Code, scope: &Scope) -> Result<Value> {
        let value = self.eval_for_function(code, scope)?;
        Ok(value.unwrap_or_else(|_| Value::Strings(Rc::default())))
    }

    /// The expression that has the value of `code`: that which a condition chooses.
    fn chosen<'a>(&self, mut code: &'a Code, scope: &Scope) -> Result<Option<&'a Code>> {
        while let Code::Call(FunctionRef::Builtin(function), arguments) = code
            && let Some(chosen) = choice(self, scope, function.name.as_bytes(), arguments)?
        {
            let Some(next) = chosen else { return Ok(None) };
            code = next;
        }
        Ok(Some(code))
    }

    fn eval_chosen(&self, code: Option<&Code>, scope: &Scope) -> Result<Result<Value>> {
        match code {
            None => Ok(Ok(Value::None)),
            // The list is there before anybody reads what is made of it.
            Some(Code::Map(list, template)) => {
                let items = self.eval_unread(list, scope)?;
                Ok(self.map_value(&items, list, template, scope))
            }
            Some(code) => self.eval(code, scope).map(Ok),
        }
    }

    fn map(&self, list: &Code, template: &Code, scope: &Scope) -> Result<Value> {
        let operand = self.eval_unread(list, scope)?;
        self.map_value(&operand, list, template, scope)
    }

    /// A template for each item of a value, which is that of `list`.
    fn map_value(
        &self,
        operand: &Value,
        list: &Code,
        template: &Code,
        scope: &Scope,
    ) -> Result<Value> {
        let mut made = Vec::new();
        let mut inside = false;
        self.for_each_item(operand, scope, |vars| {
            let inner = index_scope(scope, vars, made.len());
            let mut out = Vec::new();
            let rendered = self.render_code(template, &inner, &mut out);
            inside = rendered.is_err();
            made.push(out);
            rendered
        })
        .map_err(|error| if inside { error } else { hint_keyword(error, list, "map") })?;
        Ok(Value::Strings(Rc::new(made)))
    }

    fn member(&self, operand: &Code, member: &Symbol, scope: &Scope) -> Result<Value> {
        let value = self.eval_unread(operand, scope)?;
        let vars = match &value {
            Value::Item(item) => Some(item.vars.clone()),
            Value::Date(date, _) => Some(date_vars(date)),
            _ => None,
        };
        if let Some(vars) = vars {
            let inner = scope.with(vars);
            let found = self.symbol(member, &inner)?;
            return Ok(found.unwrap_or_else(|| member.absent()));
        }
        self.value_member(&value, &member.name)
            .map_err(|error| hint_keyword(error, operand, "member"))
    }
}

/// The scope of an item in `%`, which knows its position.
fn index_scope(scope: &Scope, mut vars: Vars, index: usize) -> Scope {
    vars.values.push((b"index"[..].into(), Value::from(index)));
    scope.with(vars)
}

fn hint_keyword(error: Error, operand: &Code, operation: &str) -> Error {
    match operand.symbolic_name() {
        Some(name) if error.kind == ErrorKind::Parse && error.hint.is_none() => {
            let what = format!("' does not support {operation} operation");
            error.hint([b"keyword '", name, what.as_bytes()].concat())
        }
        _ => error,
    }
}

fn calculate(operator: Operator, left: i64, right: i64) -> Result<i64> {
    Ok(match operator {
        Operator::Add => left.wrapping_add(right),
        Operator::Subtract => left.wrapping_sub(right),
        Operator::Multiply => left.wrapping_mul(right),
        Operator::Divide => floor_divide(left, right)?.0,
    })
}

/// Quotient rounded down, and the remainder with the sign of the divisor.
pub(super) fn floor_divide(left: i64, right: i64) -> Result<(i64, i64)> {
    if right == 0 {
        return Err(Error::abort("division by zero is not defined"));
    }
    let (quotient, remainder) = (left.wrapping_div(right), left.wrapping_rem(right));
    if remainder != 0 && (remainder < 0) != (right < 0) {
        return Ok((quotient - 1, remainder + right));
    }
    Ok((quotient, remainder))
}

impl Vars {
    /// One variable.
    pub(super) fn one(name: super::value::Name, value: Value) -> Self {
        Self { values: vec![(name, value)], change: Change::Keep }
    }
}

//! Functions: `{name(arguments)}`.

mod flow;
mod history;
mod lists;
pub(super) mod regex;
mod revset_call;
mod setup;
mod texts;

use hg_types::{Error, Result};

use super::code::{Arguments, Code};
use super::engine::Engine;
use super::scope::Scope;
use super::value::Value;

/// A function.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// The declaration of its arguments, for those that can be named.
    pub(super) arguments: Option<&'static str>,
    pub(super) run: fn(&Engine, &Scope, &Arguments) -> Result<Value>,
}

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

pub(super) use flow::choice;
pub(crate) use revset_call::{Queries, query_context};

type Run = fn(&Engine, &Scope, &Arguments) -> Result<Value>;

const fn function(name: &'static str, run: Run) -> Function {
    Function { name, arguments: None, run }
}

const TABLES: [&[Function]; 7] = [
    flow::FUNCTIONS,
    history::FUNCTIONS,
    lists::FUNCTIONS,
    regex::FUNCTIONS,
    revset_call::FUNCTIONS,
    setup::FUNCTIONS,
    texts::FUNCTIONS,
];

/// The function called `name`.
pub(super) fn find(name: &[u8]) -> Option<&'static Function> {
    TABLES.into_iter().flatten().find(|function| function.name.as_bytes() == name)
}

/// The arguments, if there are between `low` and `high`.
fn expect<'a>(
    arguments: &'a Arguments,
    low: usize,
    high: usize,
    message: &str,
) -> Result<&'a [Code]> {
    let positional = &arguments.positional[..];
    if (low..=high).contains(&positional.len()) {
        Ok(positional)
    } else {
        Err(Error::parse(message, None))
    }
}

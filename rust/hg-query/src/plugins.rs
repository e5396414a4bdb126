//! What plugins add to the languages: predicates, keywords, functions, filters.
//!
//! What a plugin adds hides what the language has under the same name. Tables are filled once, before
//! anything is asked; a table without entries costs a comparison with zero.

use std::fmt;
use std::sync::Arc;

use hg_match::Matcher;
use hg_types::{Result, Revision};

use crate::context::QueryContext;
use crate::parser::Tree;
use crate::revset::{Call, SmartSet};
use crate::template::{Arguments, Engine, Scope, Value};

/// What is found by its name.
pub trait Named: Send + Sync {
    /// The name.
    fn name(&self) -> &[u8];
}

/// A predicate of revsets.
pub trait CustomPredicate: Named {
    /// What it costs; an ordinary predicate weighs 2.
    fn weight(&self) -> u32 {
        2
    }

    /// Evaluates it.
    ///
    /// # Errors
    /// When the arguments make no sense.
    fn call<'q>(&self, call: Call<'q, '_>) -> Result<SmartSet<'q>>;
}

/// What a predicate of filesets is called with.
pub struct FilesetCall<'a> {
    /// Whom to ask.
    pub ctx: &'a QueryContext,
    /// Against what the status of files is told.
    pub base: Revision,
    /// Whose files are meant.
    pub rev: Revision,
    /// The arguments: nothing, one, or a list.
    pub arguments: &'a Tree,
}

/// A predicate of filesets.
pub trait CustomFileset: Named {
    /// The files it stands for.
    ///
    /// # Errors
    /// When the arguments make no sense.
    fn matcher(&self, call: &FilesetCall<'_>) -> Result<Matcher>;
}

/// A keyword of templates.
pub trait CustomKeyword: Named {
    /// Its value; [`Value::None`] when the scope lacks what it needs.
    ///
    /// # Errors
    /// When it cannot be found out.
    fn evaluate(&self, engine: &Engine, scope: &Scope) -> Result<Value>;
}

/// A function of templates.
pub trait CustomFunction: Named {
    /// The declaration of its arguments, if they can be named (see [`crate::parser::ArgSpec`]).
    fn arguments(&self) -> Option<&'static str> {
        None
    }

    /// Its value.
    ///
    /// # Errors
    /// When the arguments make no sense.
    fn call(&self, engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value>;
}

/// What a filter of templates wants; other values are converted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Input {
    /// [`Value::Bytes`].
    Text,
    /// [`Value::Date`].
    Date,
    /// The value as it is.
    Any,
}

/// A filter of templates.
pub trait CustomFilter: Named {
    /// What it wants.
    fn input(&self) -> Input {
        Input::Any
    }

    /// What becomes of a value.
    ///
    /// # Errors
    /// When the value makes no sense.
    fn apply(&self, engine: &Engine, scope: &Scope, value: Value) -> Result<Value>;
}

/// Things by name; of two with the same name the later one counts.
pub struct Table<T: ?Sized>(Vec<Arc<T>>);

impl<T: ?Sized> Default for Table<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: ?Sized> Clone for Table<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Named + ?Sized> Table<T> {
    /// Adds one.
    pub fn add(&mut self, entry: Arc<T>) {
        self.0.push(entry);
    }

    /// The one called `name`.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<&Arc<T>> {
        self.0.iter().rev().find(|entry| entry.name() == name)
    }

    /// All names, in the order in which they were added.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|entry| entry.name())
    }
}

/// All that plugins add.
#[derive(Clone, Default)]
pub struct Plugins {
    /// Predicates of revsets.
    pub predicates: Table<dyn CustomPredicate>,
    /// Predicates of filesets.
    pub filesets: Table<dyn CustomFileset>,
    /// Keywords of templates.
    pub keywords: Table<dyn CustomKeyword>,
    /// Functions of templates.
    pub functions: Table<dyn CustomFunction>,
    /// Filters of templates.
    pub filters: Table<dyn CustomFilter>,
}

impl fmt::Debug for dyn CustomKeyword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.name()))
    }
}

impl fmt::Debug for dyn CustomFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.name()))
    }
}

impl fmt::Debug for dyn CustomFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.name()))
    }
}

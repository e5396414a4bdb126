//! Names of a template, resolved: what the language has, or what a plugin has added.

use std::sync::Arc;

use hg_types::Result;

use super::code::Arguments;
use super::engine::Engine;
use super::filters::{self, Filter};
use super::functions::{self, Function};
use super::keywords::{self, Keyword};
use super::scope::Scope;
use super::value::Value;
use crate::plugins::{CustomFilter, CustomFunction, CustomKeyword, Input};

/// A keyword.
#[derive(Clone, Debug)]
pub(super) enum KeywordRef {
    /// Of the language.
    Builtin(&'static Keyword),
    /// Of a plugin.
    Custom(Arc<dyn CustomKeyword>),
}

impl KeywordRef {
    /// The keyword called `name`.
    pub(super) fn find(engine: &Engine, name: &[u8]) -> Option<Self> {
        match engine.plugins.keywords.find(name) {
            Some(custom) => Some(Self::Custom(Arc::clone(custom))),
            None => keywords::find(name).map(Self::Builtin),
        }
    }

    /// Whether it speaks of a changeset.
    pub(super) fn needs_changeset(&self) -> bool {
        match self {
            Self::Builtin(keyword) => keyword.needs_changeset(),
            Self::Custom(_) => true,
        }
    }

    /// The value in a scope; [`Value::None`] if the scope lacks what it needs.
    pub(super) fn evaluate(&self, engine: &Engine, scope: &Scope) -> Result<Value> {
        match self {
            Self::Builtin(keyword) => keyword.evaluate(engine, scope),
            Self::Custom(keyword) => keyword.evaluate(engine, scope),
        }
    }
}

/// A function.
#[derive(Clone, Debug)]
pub enum FunctionRef {
    /// Of the language.
    Builtin(&'static Function),
    /// Of a plugin.
    Custom(Arc<dyn CustomFunction>),
}

impl FunctionRef {
    /// The function called `name`.
    pub(super) fn find(engine: &Engine, name: &[u8]) -> Option<Self> {
        match engine.plugins.functions.find(name) {
            Some(custom) => Some(Self::Custom(Arc::clone(custom))),
            None => functions::find(name).map(Self::Builtin),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &[u8] {
        match self {
            Self::Builtin(function) => function.name.as_bytes(),
            Self::Custom(function) => function.name(),
        }
    }

    /// The declaration of its arguments, for those that can be named.
    pub(super) fn arguments(&self) -> Option<&'static str> {
        match self {
            Self::Builtin(function) => function.arguments,
            Self::Custom(function) => function.arguments(),
        }
    }

    /// Its value.
    pub(super) fn call(&self, engine: &Engine, scope: &Scope, args: &Arguments) -> Result<Value> {
        match self {
            Self::Builtin(function) => (function.run)(engine, scope, args),
            Self::Custom(function) => function.call(engine, scope, args),
        }
    }
}

/// A filter.
#[derive(Clone, Debug)]
pub enum FilterRef {
    /// Of the language.
    Builtin(&'static Filter),
    /// Of a plugin.
    Custom(Arc<dyn CustomFilter>),
}

impl FilterRef {
    /// The filter called `name`.
    pub(super) fn find(engine: &Engine, name: &[u8]) -> Option<Self> {
        match engine.plugins.filters.find(name) {
            Some(custom) => Some(Self::Custom(Arc::clone(custom))),
            None => filters::find(name).map(Self::Builtin),
        }
    }

    /// Its name.
    pub(super) fn name(&self) -> &[u8] {
        match self {
            Self::Builtin(filter) => filter.name.as_bytes(),
            Self::Custom(filter) => filter.name(),
        }
    }

    /// What it wants.
    pub(super) fn input(&self) -> Input {
        match self {
            Self::Builtin(filter) => filter.input,
            Self::Custom(filter) => filter.input(),
        }
    }

    /// What becomes of a value.
    pub(super) fn apply(&self, engine: &Engine, scope: &Scope, value: Value) -> Result<Value> {
        match self {
            Self::Builtin(filter) => (filter.run)(engine, scope, value),
            Self::Custom(filter) => filter.apply(engine, scope, value),
        }
    }
}

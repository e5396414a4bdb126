//! Functions that ask the configuration and the user's terminal.

use hg_types::{Error, Result};

use super::super::code::Arguments;
use super::super::engine::Engine;
use super::super::host::Verbosity;
use super::super::scope::Scope;
use super::super::value::Value;
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("config", |engine, scope, arguments| {
        let args = expect(arguments, 2, 3, "config expects two or three arguments")?;
        let section = engine.string(&args[0], scope)?;
        let name = engine.string(&args[1], scope)?;
        if let Some(found) = engine.host.config().get(&section, &name) {
            return Ok(Value::from(found));
        }
        match args.get(2) {
            Some(default) => Ok(Value::Bytes(engine.string(default, scope)?)),
            None => Ok(Value::None),
        }
    }),
    function("configbool", |engine, scope, arguments| {
        let args = expect(arguments, 2, 3, "config expects two or three arguments")?;
        let section = engine.string(&args[0], scope)?;
        let name = engine.string(&args[1], scope)?;
        if let Some(found) = engine.host.config().find_bool(&section, &name)? {
            return Ok(Value::Bool(found));
        }
        match args.get(2) {
            Some(default) => Ok(Value::Bool(engine.boolean(default, scope)?)),
            None => Ok(Value::Bool(false)),
        }
    }),
    function("configint", |engine, scope, arguments| {
        let args = expect(arguments, 2, 3, "config expects two or three arguments")?;
        let section = engine.string(&args[0], scope)?;
        let name = engine.string(&args[1], scope)?;
        if let Some(found) = engine.host.config().find_int(&section, &name)? {
            return Ok(Value::Int(found));
        }
        match args.get(2) {
            Some(default) => {
                let message = "not an integer";
                Ok(Value::Int(engine.integer(default, scope, message)?))
            }
            None => Ok(Value::None),
        }
    }),
    function("formatnode", |engine, scope, arguments| {
        let args = expect(arguments, 1, 1, "formatnode expects one argument")?;
        let mut node = engine.string(&args[0], scope)?;
        if engine.host.verbosity() != Verbosity::Debug {
            node.truncate(12);
        }
        Ok(Value::Bytes(node))
    }),
    function("rstdoc", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "rstdoc expects two arguments")?;
        let text = engine.string(&args[0], scope)?;
        let style = engine.string(&args[1], scope)?;
        Ok(Value::Bytes(engine.host.rst(&text, &style)?))
    }),
    function("relpath", |engine, scope, arguments| {
        let args = expect(arguments, 1, 1, "relpath expects one argument")?;
        engine.need_repo()?;
        let path = engine.string(&args[0], scope)?;
        Ok(Value::Bytes(engine.host.display_path(&path)))
    }),
    function("extdata", extdata),
];

/// `extdata(source)`: what a source says of the changeset.
fn extdata(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 1, "extdata expects one argument")?;
    let source = engine.string(&args[0], scope)?;
    if source.is_empty() {
        let error = Error::parse("empty data source specified", None);
        return Err(match args[0].symbolic_name() {
            Some(name) => error.hint([b"did you mean extdata('", name, b"')?"].concat()),
            None => error,
        });
    }
    let Some(changeset) = scope.changeset() else {
        return Err(super::super::engine::unavailable("ctx"));
    };
    let found = engine
        .caches
        .extdata(&source, || crate::extdata::read(&*super::query_context(engine)?, &source))?;
    Ok(Value::Bytes(found.get(&changeset.rev()).cloned().unwrap_or_default()))
}

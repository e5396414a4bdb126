//! Compiled templates: trees with names resolved to filters, functions and keywords.

use std::rc::Rc;

use hg_types::{Error, Result};

use crate::parser::{ArgSpec, Tree, list_items};

use super::engine::Engine;
use super::resolved::{FilterRef, FunctionRef, KeywordRef};
use super::syntax::{expect_symbol, flatten_arguments};
use super::value::Value;

/// A compiled expression or template.
#[derive(Debug)]
pub enum Code {
    /// Text as it stands.
    Text(Vec<u8>),
    /// An integer.
    Integer(i64),
    /// A variable, a keyword or another template.
    Symbol(Symbol),
    /// Pieces one after the other.
    Template(Vec<Self>),
    /// `operand|filter`.
    Filter(FilterRef, Box<Self>),
    /// `operand % template`.
    Map(Box<Self>, Rc<Self>),
    /// `operand.member`.
    Member(Box<Self>, Symbol),
    /// `-operand`.
    Negate(Box<Self>),
    /// `operand + operand`.
    Arithmetic(Operator, Box<Self>, Box<Self>),
    /// `function(arguments)`.
    Call(FunctionRef, Arguments),
}

/// A name in a template.
#[derive(Debug)]
pub struct Symbol {
    pub(super) name: Vec<u8>,
    pub(super) keyword: Option<KeywordRef>,
}

impl Symbol {
    /// What it stands for when nothing has a value for it.
    pub(super) fn absent(&self) -> Value {
        if self.keyword.is_some() { Value::None } else { Value::Bytes(Vec::new()) }
    }
}

/// An operator on integers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`, rounded down.
    Divide,
}

/// The arguments of a call.
#[derive(Debug, Default)]
pub struct Arguments {
    /// Those without name.
    pub positional: Vec<Code>,
    /// Those of declared names, for functions that declare names.
    pub named: Vec<(&'static str, Code)>,
    /// Further keywords in order.
    pub keywords: Vec<(Vec<u8>, Code)>,
}

impl Arguments {
    /// The argument declared as `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Code> {
        self.named.iter().find(|(known, _)| *known == name).map(|(_, code)| code)
    }
}

/// Where an expression stands: integers on the first level are names, for `{1}` in `{search(..) % "{1}"}`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Top,
    Inner,
}

impl Code {
    /// Compiles a tree.
    ///
    /// # Errors
    /// On unknown filters and functions and on operands that make no sense.
    pub fn compile(tree: &Tree, engine: &Engine) -> Result<Self> {
        compile(tree, engine, Place::Top)
    }

    /// Whether the value is a text that is made piece by piece, while it is read.
    pub(super) fn is_piecemeal(&self) -> bool {
        match self {
            Self::Template(_) => true,
            Self::Call(function, arguments) => match function.name() {
                b"separate" | b"sub" => true,
                b"join" => arguments.positional.first().is_some_and(Self::may_be_mapped),
                // Members of a query are looked at while it is read.
                b"filter" => arguments.positional.first().is_some_and(Self::is_query),
                _ => false,
            },
            _ => false,
        }
    }

    fn is_query(&self) -> bool {
        matches!(self, Self::Call(function, _) if function.name() == b"revset")
    }

    /// Whether the value is what `%` makes, or may be.
    fn may_be_mapped(&self) -> bool {
        let Self::Call(function, arguments) = self else {
            return matches!(self, Self::Map(..));
        };
        let branches = match function.name() {
            b"if" => 1,
            b"ifcontains" | b"ifeq" => 2,
            _ => return false,
        };
        arguments.positional.iter().skip(branches).any(Self::may_be_mapped)
    }

    /// The name of the keyword that this value comes from, through filters.
    pub(super) fn symbolic_name(&self) -> Option<&[u8]> {
        match self {
            Self::Symbol(symbol) => Some(&symbol.name),
            Self::Filter(_, operand) => operand.symbolic_name(),
            _ => None,
        }
    }
}

impl Engine {
    fn symbol_named(&self, name: &[u8]) -> Symbol {
        let keyword = if self.has_keywords() { KeywordRef::find(self, name) } else { None };
        Symbol { name: name.to_vec(), keyword }
    }
}

fn compile(tree: &Tree, engine: &Engine, place: Place) -> Result<Code> {
    let operand = |at: usize, place| -> Result<Box<Code>> {
        let tree = tree.children().get(at).unwrap_or(&Tree::Nothing);
        Ok(Box::new(compile(tree, engine, place)?))
    };
    Ok(match tree {
        Tree::Nothing => return Err(Error::parse("missing argument", None)),
        Tree::Leaf("string", text) => Code::Text(text.clone()),
        Tree::Leaf("integer", text) if place == Place::Inner => {
            let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            Code::Integer(number.ok_or_else(|| Error::parse("integer is too large", None))?)
        }
        Tree::Leaf("integer", text) => Code::Symbol(Symbol { name: text.clone(), keyword: None }),
        Tree::Leaf(_, name) => Code::Symbol(engine.symbol_named(name)),
        Tree::Node("template", pieces) => {
            let pieces = pieces.iter().map(|piece| compile(piece, engine, Place::Top));
            Code::Template(pieces.collect::<Result<_>>()?)
        }
        Tree::Node("group", _) => *operand(0, Place::Inner)?,
        Tree::Node("list", _) => {
            let error = Error::parse("can't use a list in this context", None);
            return Err(error.hint("check place of comma and parens"));
        }
        Tree::Node("keyvalue", _) => {
            return Err(Error::parse("can't use a key-value pair in this context", None));
        }
        Tree::Node(".", parts) => {
            let value = operand(0, Place::Top)?;
            Code::Member(value, engine.symbol_named(expect_symbol(parts.get(1))?))
        }
        Tree::Node("%", parts) => {
            let list = operand(0, Place::Top)?;
            Code::Map(list, template_operand(parts.get(1), engine)?)
        }
        Tree::Node("negate", _) => Code::Negate(operand(0, Place::Inner)?),
        Tree::Node("|", parts) => {
            let name = expect_symbol(parts.get(1))?;
            if let Some(filter) = FilterRef::find(engine, name) {
                Code::Filter(filter, operand(0, Place::Top)?)
            } else {
                call(name, parts.first().unwrap_or(&Tree::Nothing), engine)?
            }
        }
        Tree::Node("func", parts) => {
            let name = expect_symbol(parts.first())?;
            call(name, parts.get(1).unwrap_or(&Tree::Nothing), engine)?
        }
        Tree::Node(kind, _) => match operator(kind) {
            Some(operator) => {
                Code::Arithmetic(operator, operand(0, Place::Inner)?, operand(1, Place::Inner)?)
            }
            None => return Err(Error::parse(format!("unknown method '{kind}'"), None)),
        },
    })
}

fn operator(kind: &str) -> Option<Operator> {
    Some(match kind {
        "+" => Operator::Add,
        "-" => Operator::Subtract,
        "*" => Operator::Multiply,
        "/" => Operator::Divide,
        _ => return None,
    })
}

/// What stands right of `%`: a template, or the name of one.
fn template_operand(tree: Option<&Tree>, engine: &Engine) -> Result<Rc<Code>> {
    match tree {
        Some(tree @ (Tree::Node("template", _) | Tree::Leaf("string", _))) => {
            Ok(Rc::new(compile(tree, engine, Place::Top)?))
        }
        Some(Tree::Leaf("symbol", name)) => engine.template(name),
        _ => Err(Error::parse("expected template specifier", None)),
    }
}

fn call(name: &[u8], arguments: &Tree, engine: &Engine) -> Result<Code> {
    let arguments = &flatten_arguments(arguments.clone());
    if let Some(function) = FunctionRef::find(engine, name) {
        let arguments = compile_arguments(&function, arguments, engine)?;
        return Ok(Code::Call(function, arguments));
    }
    let Some(filter) = FilterRef::find(engine, name) else {
        let message = [b"unknown function '", name, b"'"].concat();
        return Err(Error::parse(message, None));
    };
    let mut operands = list_items(arguments).iter();
    match (operands.next(), operands.next()) {
        (Some(operand), None) => {
            Ok(Code::Filter(filter, Box::new(compile(operand, engine, Place::Inner)?)))
        }
        _ => {
            let message = [b"filter ", filter.name(), b" expects one argument"].concat();
            Err(Error::parse(message, None))
        }
    }
}

fn compile_arguments(
    function: &FunctionRef,
    arguments: &Tree,
    engine: &Engine,
) -> Result<Arguments> {
    let inner = |tree: &Tree| compile(tree, engine, Place::Inner);
    let items = list_items(arguments);
    let Some(declaration) = function.arguments() else {
        let positional = items.iter().map(inner).collect::<Result<_>>()?;
        return Ok(Arguments { positional, ..Arguments::default() });
    };
    let bound = ArgSpec::new(declaration).bind(items, &String::from_utf8_lossy(function.name()))?;
    let mut compiled = Arguments::default();
    for tree in &bound.rest {
        compiled.positional.push(inner(tree)?);
    }
    for (name, tree) in &bound.named {
        compiled.named.push((name, inner(tree)?));
    }
    for (name, tree) in &bound.keywords {
        compiled.keywords.push((name.clone(), inner(tree)?));
    }
    Ok(compiled)
}

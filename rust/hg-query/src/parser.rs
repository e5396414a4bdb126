//! The operator-precedence parser that revsets, filesets and templates share, and its tree.
//!
//! A language supplies tokens (lazily, so that an early syntax error wins over a later lexical
//! one) and a table that gives each kind of token its roles ([`Binding`]).

mod alias;
mod args;
#[cfg(test)]
mod tests;
mod text;

use hg_types::{Error, Result};

pub use alias::{Alias, AliasRules, AliasSyntax};
pub use args::{ArgSpec, Arguments, build_args, list_items};
pub use text::{describe_location, escape, parse_error_hint, quote, string_token, unescape};

/// What the tokenizer found, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Token {
    /// The kind: the operator itself, or `symbol`, `string`, `integer`, `template`, `end`.
    pub kind: &'static str,
    /// The text of a symbol, string or integer; already unescaped.
    pub value: Vec<u8>,
    /// A tree made by the tokenizer itself (a template inside a template).
    pub tree: Option<Tree>,
    /// Offset in the source text.
    pub pos: usize,
}

impl Token {
    /// An operator, or the end.
    #[must_use]
    pub fn op(kind: &'static str, pos: usize) -> Self {
        Self { kind, value: Vec::new(), tree: None, pos }
    }

    /// A token with text.
    #[must_use]
    pub fn text(kind: &'static str, value: impl Into<Vec<u8>>, pos: usize) -> Self {
        Self { kind, value: value.into(), tree: None, pos }
    }
}

/// A parsed expression.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Tree {
    /// An absent operand: `(func (symbol 'f') None)`.
    Nothing,
    /// A symbol, a string, an integer: kind and text.
    Leaf(&'static str, Vec<u8>),
    /// An operator and its operands.
    Node(&'static str, Vec<Self>),
}

/// Operand of a prefix or infix role: how tightly it binds, and the token that must close it.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// Kind of the tree node.
    pub node: &'static str,
    /// Operators weaker than this end the operand.
    pub strength: u8,
    /// The closing bracket.
    pub closing: Option<&'static str>,
}

/// The roles of a kind of token.
#[derive(Clone, Copy, Default, Debug)]
pub struct Binding {
    /// How tightly it binds to what stands left of it.
    pub strength: u8,
    /// Node kind when it stands alone.
    pub primary: Option<&'static str>,
    /// Before one operand.
    pub prefix: Option<Operand>,
    /// Between two operands.
    pub infix: Option<Operand>,
    /// After one operand.
    pub suffix: Option<&'static str>,
}

impl Binding {
    /// A token without roles: a separator or the end.
    pub const NONE: Self =
        Self { strength: 0, primary: None, prefix: None, infix: None, suffix: None };

    /// A token that stands alone.
    #[must_use]
    pub const fn primary(node: &'static str) -> Self {
        Self { primary: Some(node), ..Self::NONE }
    }

    /// A token that binds with `strength` to its left; roles are added to it.
    #[must_use]
    pub const fn strength(strength: u8) -> Self {
        Self { strength, ..Self::NONE }
    }

    /// Adds the role of standing alone.
    #[must_use]
    pub const fn or_primary(self, node: &'static str) -> Self {
        Self { primary: Some(node), ..self }
    }

    /// Adds the role before one operand.
    #[must_use]
    pub const fn or_prefix(
        self,
        node: &'static str,
        strength: u8,
        closing: Option<&'static str>,
    ) -> Self {
        Self { prefix: Some(Operand { node, strength, closing }), ..self }
    }

    /// Adds the role between two operands.
    #[must_use]
    pub const fn or_infix(
        self,
        node: &'static str,
        strength: u8,
        closing: Option<&'static str>,
    ) -> Self {
        Self { infix: Some(Operand { node, strength, closing }), ..self }
    }

    /// Adds the role after one operand.
    #[must_use]
    pub const fn or_suffix(self, node: &'static str) -> Self {
        Self { suffix: Some(node), ..self }
    }

    const fn starts_term(&self) -> bool {
        self.primary.is_some() || self.prefix.is_some()
    }
}

/// Operands nested deeper than this are refused instead of exhausting the stack.
const MAX_DEPTH: usize = 250;

/// Parses one expression. Gives the tree and the position of the token that follows it: the caller
/// complains (`invalid token`) when that is not the end of the text.
///
/// # Errors
/// Those of the tokenizer, and syntax errors with their position.
pub fn parse<I>(tokens: I, bindings: fn(&str) -> Binding) -> Result<(Tree, usize)>
where
    I: Iterator<Item = Result<Token>>,
{
    let mut parser = Parser { tokens, bindings, current: Token::op("end", 0), depth: 0 };
    parser.advance()?;
    let tree = parser.expression(0)?;
    Ok((tree, parser.current.pos))
}

struct Parser<I> {
    tokens: I,
    bindings: fn(&str) -> Binding,
    current: Token,
    depth: usize,
}

impl<I: Iterator<Item = Result<Token>>> Parser<I> {
    /// Takes the current token and reads the next; the end repeats itself.
    fn advance(&mut self) -> Result<Token> {
        let next = match self.tokens.next() {
            Some(next) => next?,
            None => Token::op("end", self.current.pos),
        };
        Ok(std::mem::replace(&mut self.current, next))
    }

    fn expression(&mut self, strength: u8) -> Result<Tree> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::parse("expression is nested too deeply", Some(self.current.pos)));
        }
        let mut tree = self.term()?;
        loop {
            let binding = (self.bindings)(self.current.kind);
            if strength >= binding.strength {
                break;
            }
            tree = self.continue_with(tree, &binding)?;
        }
        self.depth -= 1;
        Ok(tree)
    }

    /// What starts an expression: a token alone or a prefix operator.
    fn term(&mut self) -> Result<Tree> {
        let token = self.advance()?;
        let binding = (self.bindings)(token.kind);
        let alone = binding.prefix.is_none() || !self.at_term();
        match (binding.primary, binding.prefix) {
            (Some(node), _) if alone => Ok(Self::leaf(node, token)),
            (_, Some(operand)) => Ok(Tree::Node(operand.node, vec![self.operand(&operand)?])),
            _ => Err(Error::parse(
                [b"not a prefix: ", token.kind.as_bytes()].concat(),
                Some(token.pos),
            )),
        }
    }

    fn leaf(node: &'static str, token: Token) -> Tree {
        match token.tree {
            Some(tree) => tree,
            None if token.kind == node => Tree::Leaf(node, token.value),
            None => Tree::Node(node, vec![Tree::Nothing]),
        }
    }

    /// An operator after a complete operand.
    fn continue_with(&mut self, left: Tree, binding: &Binding) -> Result<Tree> {
        let token = self.advance()?;
        if let Some(node) = binding.suffix
            && (binding.infix.is_none() || !self.at_term())
        {
            return Ok(Tree::Node(node, vec![left]));
        }
        let Some(operand) = binding.infix else {
            let message = [b"not an infix: ", token.kind.as_bytes()].concat();
            return Err(Error::parse(message, Some(token.pos)));
        };
        Ok(Tree::Node(operand.node, vec![left, self.operand(&operand)?]))
    }

    fn operand(&mut self, operand: &Operand) -> Result<Tree> {
        let Some(closing) = operand.closing else {
            return self.expression(operand.strength);
        };
        let tree = match self.current.kind == closing {
            true => Tree::Nothing,
            false => self.expression(operand.strength)?,
        };
        if self.current.kind != closing {
            let message = [b"unexpected token: ", self.current.kind.as_bytes()].concat();
            return Err(Error::parse(message, Some(self.current.pos)));
        }
        self.advance()?;
        Ok(tree)
    }

    fn at_term(&self) -> bool {
        (self.bindings)(self.current.kind).starts_term()
    }
}

impl Tree {
    /// A symbol.
    #[must_use]
    pub fn symbol(name: impl Into<Vec<u8>>) -> Self {
        Self::Leaf("symbol", name.into())
    }

    /// A string.
    #[must_use]
    pub fn string(text: impl Into<Vec<u8>>) -> Self {
        Self::Leaf("string", text.into())
    }

    /// The kind of node; empty for [`Tree::Nothing`].
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Leaf(kind, _) | Self::Node(kind, _) => kind,
        }
    }

    /// The operands; none for leaves.
    #[must_use]
    pub fn children(&self) -> &[Self] {
        match self {
            Self::Node(_, children) => children,
            _ => &[],
        }
    }

    /// The text of a symbol or a string.
    #[must_use]
    pub fn text(&self) -> Option<&[u8]> {
        match self {
            Self::Leaf(_, text) => Some(text),
            _ => None,
        }
    }

    /// The text of a symbol only.
    #[must_use]
    pub fn as_symbol(&self) -> Option<&[u8]> {
        match self {
            Self::Leaf("symbol", text) => Some(text),
            _ => None,
        }
    }

    /// Name and argument tree of a call.
    #[must_use]
    pub fn as_call(&self) -> Option<(&[u8], &Self)> {
        match self {
            Self::Node("func", parts) if parts.len() == 2 => {
                Some((parts[0].as_symbol()?, &parts[1]))
            }
            _ => None,
        }
    }

    /// Joins nested nodes of each of `kinds` into one: `((a, b), c)` becomes `(a, b, c)`.
    #[must_use]
    pub fn flatten(self, kinds: &[&str]) -> Self {
        match self {
            Self::Node(kind, children) => {
                let joined = if kinds.contains(&kind) { spine(kind, children) } else { children };
                let children = joined.into_iter().map(|child| child.flatten(kinds)).collect();
                Self::Node(kind, children)
            }
            leaf => leaf,
        }
    }

    /// As [`Self::flatten`], but what is inside of other nodes stays as it is.
    #[must_use]
    pub fn flatten_top(self, wanted: &str) -> Self {
        match self {
            Self::Node(kind, children) if kind == wanted => Self::Node(kind, spine(kind, children)),
            other => other,
        }
    }

    /// The indented form that debug commands print, without a final newline.
    #[must_use]
    pub fn pretty(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.pretty_into(0, &mut out);
        out
    }

    fn pretty_into(&self, level: usize, out: &mut Vec<u8>) {
        out.resize(out.len() + 2 * level, b' ');
        match self {
            Self::Nothing => out.extend_from_slice(b"None"),
            Self::Leaf(kind, text) => {
                out.extend_from_slice(&[b"(", kind.as_bytes(), b" ", &quote(text), b")"].concat());
            }
            Self::Node(kind, children) => {
                out.push(b'(');
                out.extend_from_slice(kind.as_bytes());
                for child in children {
                    out.push(b'\n');
                    child.pretty_into(level + 1, out);
                }
                out.push(b')');
            }
        }
    }
}

/// The operands of nodes of one kind that are nested in each other's first operand.
///
/// The nesting may be as deep as the text is long; it is walked, not recursed into.
fn spine(kind: &str, mut children: Vec<Tree>) -> Vec<Tree> {
    let mut operands = Vec::new();
    while !children.is_empty() {
        let first = children.remove(0);
        operands.extend(children.into_iter().rev());
        match first {
            Tree::Node(inner, nested) if inner == kind => children = nested,
            other => {
                operands.push(other);
                break;
            }
        }
    }
    operands.reverse();
    operands
}

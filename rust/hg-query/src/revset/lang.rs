//! The revset grammar: tokens, operators and what is settled right after parsing.
//!
//! Source: `hg help revisions`.

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use crate::parser::{self, AliasRules, AliasSyntax, Binding, Token, Tree};

/// Tells whether a text names a revision, so that names may contain operators.
pub type Lookup<'a> = &'a dyn Fn(&[u8]) -> Result<bool>;

/// How tightly the tokens of the language bind.
fn bindings(kind: &str) -> Binding {
    match kind {
        "(" => {
            Binding::strength(21).or_prefix("group", 1, Some(")")).or_infix("func", 1, Some(")"))
        }
        "[" => Binding::strength(21).or_infix("subscript", 1, Some("]")),
        "#" => Binding::strength(21).or_infix("relation", 21, None),
        "##" => Binding::strength(20).or_infix("_concat", 20, None),
        "~" => Binding::strength(18).or_infix("ancestor", 18, None),
        "^" => Binding::strength(18).or_infix("parent", 18, None).or_suffix("parentpost"),
        "-" => Binding::strength(5).or_prefix("negate", 19, None).or_infix("minus", 5, None),
        "::" | ".." => Binding::strength(17)
            .or_primary("dagrangeall")
            .or_prefix("dagrangepre", 17, None)
            .or_infix("dagrange", 17, None)
            .or_suffix("dagrangepost"),
        ":" => Binding::strength(15)
            .or_primary("rangeall")
            .or_prefix("rangepre", 15, None)
            .or_infix("range", 15, None)
            .or_suffix("rangepost"),
        "not" | "!" => Binding::strength(10).or_prefix("not", 10, None),
        "and" | "&" => Binding::strength(5).or_infix("and", 5, None),
        "%" => Binding::strength(5).or_infix("only", 5, None).or_suffix("onlypost"),
        "or" | "|" | "+" => Binding::strength(4).or_infix("or", 4, None),
        "=" => Binding::strength(3).or_infix("keyvalue", 3, None),
        "," => Binding::strength(2).or_infix("list", 2, None),
        "symbol" => Binding::primary("symbol"),
        "string" => Binding::primary("string"),
        _ => Binding::NONE,
    }
}

/// Single characters that are tokens by themselves.
const OPERATORS: &[(u8, &str)] = &[
    (b'(', "("),
    (b')', ")"),
    (b'[', "["),
    (b']', "]"),
    (b'#', "#"),
    (b':', ":"),
    (b'=', "="),
    (b',', ","),
    (b'-', "-"),
    (b'|', "|"),
    (b'&', "&"),
    (b'+', "+"),
    (b'!', "!"),
    (b'~', "~"),
    (b'^', "^"),
    (b'%', "%"),
];

fn operator(c: u8) -> Option<&'static str> {
    OPERATORS.iter().find(|(op, _)| *op == c).map(|(_, kind)| *kind)
}

/// Which characters make a symbol.
#[derive(Clone, Copy)]
pub(crate) struct SymbolChars {
    /// In an alias declaration or definition symbols may start with `$`.
    dollar: bool,
}

impl SymbolChars {
    pub(crate) const USER: Self = Self { dollar: false };
    const ALIAS: Self = Self { dollar: true };

    pub(crate) fn starts(self, c: u8) -> bool {
        c.is_ascii_alphanumeric()
            || matches!(c, b'.' | b'_' | b'@')
            || c >= 0x80
            || (self.dollar && c == b'$')
    }

    fn continues(self, c: u8) -> bool {
        (c.is_ascii_alphanumeric() || matches!(c, b'.' | b'_' | b'@' | b'-' | b'/')) || c >= 0x80
    }
}

/// Reads the tokens of a text, one at a time.
struct Tokenizer<'a> {
    text: &'a [u8],
    at: usize,
    chars: SymbolChars,
    lookup: Option<Lookup<'a>>,
    /// Tokens found already: the parts of a name with dashes.
    ready: std::collections::VecDeque<Token>,
    started: bool,
    ended: bool,
}

impl<'a> Tokenizer<'a> {
    fn new(text: &'a [u8], chars: SymbolChars, lookup: Option<Lookup<'a>>) -> Self {
        let ready = std::collections::VecDeque::new();
        Self { text, at: 0, chars, lookup, ready, started: false, ended: false }
    }

    fn knows(&self, name: &[u8]) -> Result<bool> {
        self.lookup.map_or(Ok(false), |lookup| lookup(name))
    }

    /// Names that contain operators, alone or on either side of a colon, win over the grammar.
    fn whole_names(&mut self) -> Result<bool> {
        if self.lookup.is_none() || self.text.is_empty() {
            return Ok(false);
        }
        let Some(colon) = self.text.find_byte(b':') else {
            if !self.knows(self.text)? {
                return Ok(false);
            }
            self.ready.push_back(Token::text("symbol", self.text, 0));
            return Ok(true);
        };
        let (start, end) = (&self.text[..colon], &self.text[colon + 1..]);
        for side in [start, end] {
            if !side.is_empty() && !self.knows(side)? {
                return Ok(false);
            }
        }
        if !start.is_empty() {
            self.ready.push_back(Token::text("symbol", start, 0));
        }
        self.ready.push_back(Token::op(":", colon));
        if !end.is_empty() {
            self.ready.push_back(Token::text("symbol", end, colon + 1));
        }
        Ok(true)
    }

    fn scan(&mut self) -> Result<Token> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let rest = &self.text[start..];
        let Some(&c) = rest.first() else {
            self.ended = true;
            return Ok(Token::op("end", start));
        };
        for double in ["::", "..", "##"] {
            if rest.starts_with(double.as_bytes()) {
                self.at += 2;
                return Ok(Token::op(double, start));
            }
        }
        if let Some(kind) = operator(c) {
            self.at += 1;
            return Ok(Token::op(kind, start));
        }
        let raw = c == b'r' && matches!(rest.get(1), Some(b'"' | b'\''));
        if raw || matches!(c, b'"' | b'\'') {
            return self.string(raw);
        }
        if self.chars.starts(c) {
            return self.symbol();
        }
        let message = [b"syntax error in revset '", self.text, b"'"].concat();
        Err(Error::parse(message, Some(start)))
    }

    fn string(&mut self, raw: bool) -> Result<Token> {
        let (token, end) = parser::string_token(self.text, self.at, raw)?;
        self.at = end;
        Ok(token)
    }

    fn symbol(&mut self) -> Result<Token> {
        let start = self.at;
        let mut end = start + 1;
        while let Some(&c) = self.text.get(end) {
            if !self.chars.continues(c) {
                break;
            }
            // `a..b` is a range of two names.
            if c == b'.' && self.text[end - 1] == b'.' {
                end -= 1;
                break;
            }
            end += 1;
        }
        let name = &self.text[start..end];
        self.at = end;
        match name {
            b"and" => return Ok(Token::op("and", start)),
            b"or" => return Ok(Token::op("or", start)),
            b"not" => return Ok(Token::op("not", start)),
            _ => {}
        }
        if !name.contains(&b'-') || self.knows(name)? {
            return Ok(Token::text("symbol", name, start));
        }
        // Not a known name: the dashes are operators.
        let mut pos = start;
        for (index, part) in name.split(|&c| c == b'-').enumerate() {
            if index > 0 {
                self.ready.push_back(Token::op("-", pos));
                pos += 1;
            }
            if !part.is_empty() {
                self.ready.push_back(Token::text("symbol", part, pos));
            }
            pos += part.len();
        }
        self.ready.pop_front().ok_or_else(|| Error::parse("empty query", None))
    }
}

impl Iterator for Tokenizer<'_> {
    type Item = Result<Token>;

    fn next(&mut self) -> Option<Self::Item> {
        if !std::mem::replace(&mut self.started, true) {
            match self.whole_names() {
                Ok(false) => {}
                Ok(true) => self.at = self.text.len(),
                Err(error) => return Some(Err(error)),
            }
        }
        if let Some(token) = self.ready.pop_front() {
            return Some(Ok(token));
        }
        (!self.ended).then(|| self.scan())
    }
}

fn parse_tokens(
    text: &[u8],
    chars: SymbolChars,
    lookup: Option<Lookup<'_>>,
) -> Result<(Tree, usize)> {
    let (tree, end) = parser::parse(Tokenizer::new(text, chars, lookup), bindings)?;
    Ok((settle(tree.flatten(&["list", "or"])), end))
}

fn parse_whole(text: &[u8], chars: SymbolChars, lookup: Option<Lookup<'_>>) -> Result<Tree> {
    let (tree, end) = parse_tokens(text, chars, lookup)?;
    if end != text.len() {
        return Err(Error::parse("invalid token", Some(end)));
    }
    Ok(tree)
}

/// Parses a revset. One that starts and ends as a call of `revset()` is taken strictly: dashes are operators there,
/// whatever names there are.
///
/// # Errors
/// Syntax errors, with the place in the hint.
pub fn parse(text: &[u8], lookup: Option<Lookup<'_>>) -> Result<Tree> {
    let is_strict = text.starts_with(b"revset(") && text.ends_with(b")");
    parse_whole(text, SymbolChars::USER, lookup.filter(|_| !is_strict))
        .map_err(|error| parser::describe_location(error, text, b" "))
}

/// Resolves what the operators alone cannot: `x^:y` is `(x^):y`, `x#y[z]` is one operation, the
/// operands of `or` are a list.
fn settle(tree: Tree) -> Tree {
    let Tree::Node(kind, children) = tree else {
        return tree;
    };
    let mut children: Vec<Tree> = children.into_iter().map(settle).collect();
    if kind == "or" {
        return Tree::Node("or", vec![Tree::Node("list", children)]);
    }
    if kind == "parent"
        && let [_, Tree::Node(range, _)] = &children[..]
        && let Some(resolved) = match *range {
            "rangepre" => Some("range"),
            "rangeall" => Some("rangepost"),
            "dagrangepre" => Some("dagrange"),
            "dagrangeall" => Some("dagrangepost"),
            _ => None,
        }
    {
        let ends = children.split_off(1).pop();
        let mut operands = vec![Tree::Node("parentpost", children)];
        if let Some(Tree::Node("rangepre" | "dagrangepre", end)) = ends {
            operands.extend(end);
        }
        return Tree::Node(resolved, operands);
    }
    if kind == "subscript" && children.first().is_some_and(|child| child.kind() == "relation") {
        let subscript = children.split_off(1);
        if let Some(Tree::Node(_, mut operands)) = children.pop() {
            operands.extend(subscript);
            return Tree::Node("relsubscript", operands);
        }
    }
    Tree::Node(kind, children)
}

/// The aliases of the language, from the section `[revsetalias]`.
pub const ALIAS_SYNTAX: AliasSyntax = AliasSyntax {
    section: "revset alias",
    parse: |text| parse_tokens(text, SymbolChars::ALIAS, None),
    parse_definition: |text| parse_whole(text, SymbolChars::ALIAS, None),
    call: |tree| {
        let (name, arguments) = tree.as_call()?;
        Some((name, parser::list_items(arguments).to_vec()))
    },
};

/// Replaces aliases.
///
/// # Errors
/// Those of [`AliasRules::expand`].
pub fn expand_aliases(tree: Tree, rules: &AliasRules) -> Result<Tree> {
    if rules.is_empty() { Ok(tree) } else { rules.expand(tree) }
}

/// Joins strings and symbols connected by `##`.
///
/// # Errors
/// When something else is joined.
pub fn fold_concat(tree: Tree) -> Result<Tree> {
    let Tree::Node(kind, children) = tree else {
        return Ok(tree);
    };
    if kind != "_concat" {
        let children = children.into_iter().map(fold_concat).collect::<Result<_>>()?;
        return Ok(Tree::Node(kind, children));
    }
    let mut text = Vec::new();
    let mut pending: Vec<Tree> = children.into_iter().rev().collect();
    while let Some(part) = pending.pop() {
        match part {
            Tree::Node("_concat", inner) => pending.extend(inner.into_iter().rev()),
            Tree::Leaf("symbol" | "string", part) => text.extend(part),
            other => {
                let message = format!("\"##\" can't concatenate \"{}\" element", other.kind());
                return Err(Error::parse(message, None));
            }
        }
    }
    Ok(Tree::string(text))
}

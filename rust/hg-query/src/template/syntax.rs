//! From template text to tree: text with `{expressions}`, whose strings are templates again.

use hg_types::{Error, Result};

use crate::parser::{
    self, AliasRules, AliasSyntax, Binding, Token, Tree, describe_location, list_items, unescape,
};

/// Parses a whole template. Errors point into `text`.
///
/// # Errors
/// On syntax errors.
pub fn parse(text: &[u8]) -> Result<Tree> {
    parse_template(text).map_err(|error| describe_location(error, text, br"\n"))
}

/// Parses an expression without braces, as `-T 'json(rev, node)'` has it.
///
/// # Errors
/// On syntax errors, with their position and without a hint.
pub fn parse_expression(text: &[u8]) -> Result<Tree> {
    let (tree, end) = expression(text, 0, None, 0)?;
    if end != text.len() {
        return Err(Error::parse("invalid token", Some(end)));
    }
    Ok(simplify(tree))
}

/// A part of a text with templates in it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Fragment {
    /// As it stands: backslashes mean nothing.
    Text(std::ops::Range<usize>),
    /// An expression with its braces.
    Expression(std::ops::Range<usize>),
}

/// Finds the expressions of a text in which only braces are special, as in the names of files
/// that commands write.
///
/// # Errors
/// On syntax errors in an expression.
pub fn fragments(text: &[u8]) -> Result<Vec<Fragment>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|&c| c == b'{').map(|found| at + found) {
        if found > at {
            out.push(Fragment::Text(at..found));
        }
        let scanned = expression(text, found + 1, Some(b'}'), 0);
        let (_, end) = scanned.map_err(|error| describe_location(error, text, br"\n"))?;
        if text.get(end) != Some(&b'}') {
            let error = Error::parse("invalid token", Some(end));
            return Err(describe_location(error, text, br"\n"));
        }
        out.push(Fragment::Expression(found..end + 1));
        at = end + 1;
    }
    if at < text.len() {
        out.push(Fragment::Text(at..text.len()));
    }
    Ok(out)
}

/// The aliases of the `templatealias` section.
pub fn alias_rules<'a>(definitions: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> AliasRules {
    let syntax = AliasSyntax {
        section: "template alias",
        parse: |text| {
            let (tree, end) = expression(text, 0, None, 0)?;
            Ok((flatten_arguments(tree), end))
        },
        parse_definition: parse_expression,
        call,
    };
    AliasRules::new(syntax, definitions)
}

/// `f(x)` and `x|f` both call `f`.
fn call(tree: &Tree) -> Option<(&[u8], Vec<Tree>)> {
    if let Some((name, arguments)) = tree.as_call() {
        let arguments = arguments.clone().flatten_top("list");
        return Some((name, list_items(&arguments).to_vec()));
    }
    match tree {
        Tree::Node("|", operands) => {
            Some((operands.get(1)?.as_symbol()?, vec![operands[0].clone()]))
        }
        _ => None,
    }
}

/// Names of keywords and of functions used in a tree, sorted, for `debugtemplate`.
///
/// # Errors
/// When something that is no name stands where a function's name belongs.
pub fn symbols_used(tree: &Tree) -> Result<(Vec<&[u8]>, Vec<&[u8]>)> {
    let (mut keywords, mut functions) = (Vec::new(), Vec::new());
    collect_symbols(tree, &mut keywords, &mut functions)?;
    for names in [&mut keywords, &mut functions] {
        names.sort_unstable();
        names.dedup();
    }
    Ok((keywords, functions))
}

/// The name in a symbol; anything else is refused.
pub(super) fn expect_symbol(tree: Option<&Tree>) -> Result<&[u8]> {
    let tree = tree.unwrap_or(&Tree::Nothing);
    tree.as_symbol()
        .ok_or_else(|| Error::parse(format!("expected a symbol, got '{}'", tree.kind()), None))
}

fn collect_symbols<'a>(
    tree: &'a Tree,
    keywords: &mut Vec<&'a [u8]>,
    functions: &mut Vec<&'a [u8]>,
) -> Result<()> {
    let operands: &[Tree] = match tree {
        Tree::Leaf("symbol", name) => {
            keywords.push(name);
            &[]
        }
        Tree::Node("func", parts) => {
            functions.push(expect_symbol(parts.first())?);
            &parts[1..]
        }
        Tree::Node("|", parts) => {
            functions.push(expect_symbol(parts.get(1))?);
            &parts[..1]
        }
        _ => tree.children(),
    };
    operands.iter().try_for_each(|part| collect_symbols(part, keywords, functions))
}

/// Templates nested deeper than this are refused instead of exhausting the stack.
const MAX_DEPTH: usize = 100;

fn bindings(kind: &str) -> Binding {
    match kind {
        "(" => {
            Binding::strength(20).or_prefix("group", 1, Some(")")).or_infix("func", 1, Some(")"))
        }
        "." => Binding::strength(18).or_infix(".", 18, None),
        "%" => Binding::strength(15).or_infix("%", 15, None),
        "|" => Binding::strength(15).or_infix("|", 15, None),
        "*" => Binding::strength(5).or_infix("*", 5, None),
        "/" => Binding::strength(5).or_infix("/", 5, None),
        "+" => Binding::strength(4).or_infix("+", 4, None),
        "-" => Binding::strength(4).or_prefix("negate", 19, None).or_infix("-", 4, None),
        "=" => Binding::strength(3).or_infix("keyvalue", 3, None),
        "," => Binding::strength(2).or_infix("list", 2, None),
        "integer" => Binding::primary("integer"),
        "symbol" => Binding::primary("symbol"),
        "string" => Binding::primary("string"),
        "template" => Binding::primary("template"),
        _ => Binding::NONE,
    }
}

fn parse_template(text: &[u8]) -> Result<Tree> {
    let (pieces, _) = template(text, 0, None, 0)?;
    Ok(simplify(Tree::Node("template", pieces)))
}

/// Unwraps templates that are only a string.
fn simplify(tree: Tree) -> Tree {
    match tree {
        Tree::Node("template", pieces) => {
            let mut pieces: Vec<Tree> = pieces.into_iter().map(simplify).collect();
            match &pieces[..] {
                [] => Tree::string(&b""[..]),
                [Tree::Leaf("string", _)] => pieces.remove(0),
                _ => Tree::Node("template", pieces),
            }
        }
        Tree::Node(kind, operands) => {
            let operands = operands.into_iter().map(simplify).collect();
            Tree::Node(kind, operands)
        }
        leaf => leaf,
    }
}

/// Scans a template from `start` to the closing `quote`, or to the end of the text. Gives its pieces
/// and the position behind.
fn template(
    text: &[u8],
    start: usize,
    quote: Option<u8>,
    depth: usize,
) -> Result<(Vec<Tree>, usize)> {
    if depth > MAX_DEPTH {
        return Err(Error::parse("template is nested too deeply", Some(start)));
    }
    let mut pieces = Vec::new();
    let mut at = start;
    loop {
        let special = |&c: &u8| c == b'{' || Some(c) == quote;
        let Some(found) = text[at..].iter().position(special).map(|found| at + found) else {
            if quote.is_some() {
                return Err(Error::parse("unterminated string", Some(start)));
            }
            push_text(&mut pieces, &text[at..])?;
            return Ok((pieces, text.len()));
        };
        let backslashes = text[at..found].iter().rev().take_while(|&&c| c == b'\\').count();
        if backslashes % 2 == 1 {
            // An escaped brace or quote ends a piece, without its backslash.
            let mut piece = plain_text(&text[at..found - 1])?;
            piece.push(text[found]);
            pieces.push(Tree::string(piece));
            at = found + 1;
            continue;
        }
        push_text(&mut pieces, &text[at..found])?;
        if Some(text[found]) == quote {
            return Ok((pieces, found + 1));
        }
        let (tree, end) = expression(text, found + 1, Some(b'}'), depth)?;
        if text.get(end) != Some(&b'}') {
            return Err(Error::parse("invalid token", Some(end)));
        }
        pieces.push(tree);
        at = end + 1;
    }
}

fn push_text(pieces: &mut Vec<Tree>, text: &[u8]) -> Result<()> {
    if !text.is_empty() {
        pieces.push(Tree::string(plain_text(text)?));
    }
    Ok(())
}

/// Undoes backslash escapes; the complaint starts in lower case here.
fn plain_text(text: &[u8]) -> Result<Vec<u8>> {
    unescape(text).map_err(|mut error| {
        error.message.make_ascii_lowercase();
        error
    })
}

fn expression(text: &[u8], start: usize, term: Option<u8>, depth: usize) -> Result<(Tree, usize)> {
    let tokens = Tokens { text, start, at: start, term, depth, ended: false };
    parser::parse(tokens, bindings)
}

/// Joins the nested lists that commas make.
pub(super) fn flatten_arguments(tree: Tree) -> Tree {
    tree.flatten(&["list"])
}

struct Tokens<'a> {
    text: &'a [u8],
    start: usize,
    at: usize,
    term: Option<u8>,
    depth: usize,
    ended: bool,
}

impl Iterator for Tokens<'_> {
    type Item = Result<Token>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let token = self.token();
        self.ended = token.as_ref().map_or(true, |token| token.kind == "end");
        Some(token)
    }
}

impl Tokens<'_> {
    fn token(&mut self) -> Result<Token> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let pos = self.at;
        let Some(&c) = self.text.get(pos) else {
            return match self.term {
                Some(_) => Err(Error::parse("unterminated template expansion", Some(self.start))),
                None => Ok(Token::op("end", pos)),
            };
        };
        if Some(c) == self.term {
            return Ok(Token::op("end", pos));
        }
        let rest = &self.text[pos..];
        match rest {
            [b'r', b'"' | b'\'', ..] => self.raw_string(),
            [b'"' | b'\'', ..] => {
                let (pieces, end) = template(self.text, pos + 1, Some(c), self.depth + 1)?;
                self.at = end;
                Ok(template_token(pieces, pos + 1))
            }
            [b'\\', b'"' | b'\'', ..] => self.escaped_string(2),
            [b'r', b'\\', b'"' | b'\'', ..] => self.escaped_string(3),
            _ => self.word_or_operator(c),
        }
    }

    fn word_or_operator(&mut self, c: u8) -> Result<Token> {
        let pos = self.at;
        let run = |rest: &[u8], part: fn(&u8) -> bool| {
            rest.iter().position(|c| !part(c)).unwrap_or(rest.len())
        };
        let rest = &self.text[pos..];
        let operator = match c {
            b'(' => "(",
            b')' => ")",
            b'=' => "=",
            b',' => ",",
            b'.' => ".",
            b'%' => "%",
            b'|' => "|",
            b'+' => "+",
            b'-' => "-",
            b'*' => "*",
            b'/' => "/",
            b'0'..=b'9' => {
                let len = run(rest, u8::is_ascii_digit);
                self.at += len;
                return Ok(Token::text("integer", &rest[..len], pos));
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                let len = run(rest, |c| c.is_ascii_alphanumeric() || *c == b'_');
                self.at += len;
                return Ok(Token::text("symbol", &rest[..len], pos));
            }
            _ => return Err(Error::parse("syntax error", Some(pos))),
        };
        self.at += 1;
        Ok(Token::op(operator, pos))
    }

    /// `r'...'`: nothing is special but the closing quote; a backslash keeps the next byte from closing.
    fn raw_string(&mut self) -> Result<Token> {
        let pos = self.at;
        let quote = self.text[pos + 1];
        let start = pos + 2;
        let mut at = start;
        loop {
            match self.text.get(at) {
                None => return Err(Error::parse("unterminated string", Some(start))),
                Some(b'\\') => at += 2,
                Some(&c) if c == quote => break,
                Some(_) => at += 1,
            }
        }
        self.at = at + 1;
        Ok(Token::text("string", &self.text[start..at], start))
    }

    /// `\"...\"` inside a string: templates written for versions that unescaped the outer string before reading
    /// the expressions in it. Escaped once more, quotes in it are `\\\"`.
    fn escaped_string(&mut self, opening: usize) -> Result<Token> {
        let pos = self.at;
        let start = pos + opening;
        let quote = self.text[start - 1];
        let mut at = start;
        loop {
            match &self.text[at..] {
                [] => return Err(Error::parse("unterminated string", Some(start))),
                [b'\\', b'\\', b'\\', c, ..] if *c == quote => at += 4,
                [b'\\', c, ..] if *c == quote => break,
                _ => at += 1,
            }
        }
        self.at = at + 2;
        let content = plain_text(&self.text[start..at])?;
        if opening == 3 {
            return Ok(Token::text("string", content, pos));
        }
        let (pieces, _) = template(&content, 0, None, self.depth + 1)?;
        Ok(template_token(pieces, pos))
    }
}

/// Whether it is only a string shows after [`simplify`].
fn template_token(pieces: Vec<Tree>, pos: usize) -> Token {
    Token { tree: Some(Tree::Node("template", pieces)), ..Token::op("template", pos) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pretty(text: &str) -> String {
        String::from_utf8(parse(text.as_bytes()).expect("parses").pretty()).expect("ascii")
    }

    #[test]
    fn strings_collapse_and_templates_stay() {
        assert_eq!(pretty("x"), "(string 'x')");
        assert_eq!(pretty(""), "(string '')");
        assert_eq!(pretty("{r'a{b}'}"), "(string 'a{b}')");
        assert_eq!(pretty("\\{a}"), "(template\n  (string '{')\n  (string 'a}'))");
        assert_eq!(
            pretty("{\"a{b}\"}"),
            "(template\n  (template\n    (string 'a')\n    (symbol 'b')))"
        );
        assert_eq!(pretty("{()}"), "(template\n  (group\n    None))");
    }

    #[test]
    fn operators_bind() {
        assert_eq!(
            pretty("{-a.b|c % d * 2}"),
            "(template\n  (*\n    (%\n      (|\n        (.\n          (negate\n            (symbol 'a'))\
             \n          (symbol 'b'))\n        (symbol 'c'))\n      (symbol 'd'))\n    (integer '2')))"
        );
    }

    #[test]
    fn quotes_in_nested_templates() {
        assert_eq!(pretty(r#"{f("\"{a}")}"#), pretty(r#"{f("{'\"'}{a}")}"#));
        let deep = r#"{if(rev, "{if(rev, \"\\\"{rev}\")}")}"#;
        assert!(pretty(deep).contains("(string '\"')"));
        assert!(pretty(r#"{r"\""}"#).contains(r#"(string '\\"')"#));
    }

    #[test]
    fn errors_have_positions() {
        let at = |text: &str| {
            let error = parse(text.as_bytes()).expect_err("bad");
            (error.location, error.to_string())
        };
        assert_eq!(at("{date"), (Some(1), "unterminated template expansion".into()));
        assert_eq!(at("{date(}"), (Some(6), "not a prefix: end".into()));
        assert_eq!(at("{date)}"), (Some(5), "invalid token".into()));
        assert_eq!(at("{\"date"), (Some(2), "unterminated string".into()));
        assert_eq!(at("{\"foo{date|?}\"}"), (Some(11), "syntax error".into()));
        assert_eq!(at("a\\"), (None, "trailing \\ in string".into()));
    }
}

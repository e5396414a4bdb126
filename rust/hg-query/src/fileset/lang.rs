//! The grammar of filesets.

use hg_types::{Error, Result};

use crate::parser::{self, Binding, Token, Tree};

fn bindings(kind: &str) -> Binding {
    match kind {
        "(" => {
            Binding::strength(20).or_prefix("group", 1, Some(")")).or_infix("func", 1, Some(")"))
        }
        ":" => Binding::strength(15).or_infix("kindpat", 15, None),
        "-" => Binding::strength(5).or_prefix("negate", 19, None).or_infix("minus", 5, None),
        "not" | "!" => Binding::strength(10).or_prefix("not", 10, None),
        "and" | "&" => Binding::strength(5).or_infix("and", 5, None),
        "or" | "|" | "+" => Binding::strength(4).or_infix("or", 4, None),
        "," => Binding::strength(2).or_infix("list", 2, None),
        "symbol" => Binding::primary("symbol"),
        "string" => Binding::primary("string"),
        _ => Binding::NONE,
    }
}

const OPERATORS: &[(u8, &str)] = &[
    (b'(', "("),
    (b')', ")"),
    (b',', ","),
    (b'-', "-"),
    (b':', ":"),
    (b'|', "|"),
    (b'&', "&"),
    (b'+', "+"),
    (b'!', "!"),
];

fn in_symbol(c: u8) -> bool {
    c.is_ascii_alphanumeric() || b".*{}[]?/\\_".contains(&c) || c >= 0x80
}

struct Tokenizer<'a> {
    text: &'a [u8],
    at: usize,
    ended: bool,
}

impl Tokenizer<'_> {
    fn scan(&mut self) -> Result<Token> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        let start = self.at;
        let Some(&c) = self.text.get(start) else {
            self.ended = true;
            return Ok(Token::op("end", start));
        };
        if let Some((_, kind)) = OPERATORS.iter().find(|(op, _)| *op == c) {
            self.at += 1;
            return Ok(Token::op(kind, start));
        }
        let raw = c == b'r' && matches!(self.text.get(start + 1), Some(b'"' | b'\''));
        if raw || matches!(c, b'"' | b'\'') {
            return self.string(raw);
        }
        if !in_symbol(c) {
            return Err(Error::parse("syntax error", Some(start)));
        }
        let length = self.text[start..].iter().take_while(|c| in_symbol(**c)).count();
        self.at += length;
        Ok(match &self.text[start..self.at] {
            b"and" => Token::op("and", start),
            b"or" => Token::op("or", start),
            b"not" => Token::op("not", start),
            name => Token::text("symbol", name, start),
        })
    }

    fn string(&mut self, raw: bool) -> Result<Token> {
        let (token, end) = parser::string_token(self.text, self.at, raw)?;
        self.at = end;
        Ok(token)
    }
}

impl Iterator for Tokenizer<'_> {
    type Item = Result<Token>;

    fn next(&mut self) -> Option<Self::Item> {
        (!self.ended).then(|| self.scan())
    }
}

/// Parses a fileset.
///
/// # Errors
/// Syntax errors with their position.
pub fn parse(text: &[u8]) -> Result<Tree> {
    let tokens = Tokenizer { text, at: 0, ended: false };
    let (tree, end) = parser::parse(tokens, bindings)?;
    if end != text.len() {
        return Err(Error::parse("invalid token", Some(end)));
    }
    Ok(tree.flatten(&["list", "or"]))
}

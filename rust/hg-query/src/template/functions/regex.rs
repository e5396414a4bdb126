//! `sub` and `search`: regular expressions on bytes, as Python writes them.

use std::rc::Rc;

use hg_types::{Error, Result};
use regex::bytes::{Captures, Regex, RegexBuilder};

use super::super::code::Arguments;
use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{Change, Item, Value, Vars};
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[function("search", search), function("sub", sub)];

/// Names that mean something else in templates and so cannot be groups.
const RESERVED: &[&str] = &["cache", "ctx", "fctx", "repo", "revcache", "templ", "ui"];

/// The regular expression of a pattern on bytes; `None` when it is malformed.
fn compile(pattern: &[u8]) -> Option<Regex> {
    let text = pattern_text(pattern)?;
    RegexBuilder::new(&text).unicode(false).build().ok()
}

/// The pattern as text: bytes beyond ASCII become escapes, and Python's end-of-text mark becomes ours.
fn pattern_text(pattern: &[u8]) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut bytes = pattern.iter();
    while let Some(&c) = bytes.next() {
        match c {
            b'\\' => match bytes.next()? {
                b'Z' => out.push_str("\\z"),
                &next if next.is_ascii() => {
                    out.push('\\');
                    out.push(next.into());
                }
                next => out.push_str(&format!("\\x{next:02x}")),
            },
            c if c.is_ascii() => out.push(c.into()),
            c => out.push_str(&format!("\\x{c:02x}")),
        }
    }
    Some(out)
}

fn sub(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 3, 3, "sub expects three arguments")?;
    let pattern = engine.string(&args[0], scope)?;
    let replacement = engine.string(&args[1], scope)?;
    let text = engine.string(&args[2], scope)?;
    let Some(regex) = compile(&pattern) else {
        return Err(Error::parse([b"sub got an invalid pattern: ", &pattern[..]].concat(), None));
    };
    let Some(pieces) = parse_replacement(&replacement, &regex) else {
        let message = [b"sub got an invalid replacement: ", &replacement[..]].concat();
        return Err(Error::parse(message, None));
    };
    Ok(Value::Bytes(replace_all(&regex, &text, &pieces)))
}

/// Replaces every match of a Python expression in `text`, as `sub()` does. The error is Python's complaint.
///
/// # Errors
/// When the expression is malformed, or the replacement names a group that is not there.
pub fn substitute(pattern: &[u8], replacement: &[u8], text: &[u8]) -> Result<Vec<u8>, String> {
    let Some(regex) = compile(pattern) else {
        return Err(match hg_match::PythonRegex::new(pattern) {
            Err(complaint) => complaint,
            Ok(_) => "bad pattern".to_owned(),
        });
    };
    match parse_replacement(replacement, &regex) {
        Some(pieces) => Ok(replace_all(&regex, text, &pieces)),
        None => {
            let at = replacement.iter().position(|&byte| byte == b'\\').unwrap_or_default();
            let rest = &replacement[(at + 1).min(replacement.len())..];
            let digits: Vec<u8> = rest.iter().copied().take_while(u8::is_ascii_digit).collect();
            Err(match String::from_utf8(digits) {
                Ok(digits) if !digits.is_empty() => {
                    format!("invalid group reference {digits} at position {}", at + 1)
                }
                _ => format!("bad escape at position {at}"),
            })
        }
    }
}

enum Piece {
    Text(Vec<u8>),
    Group(usize),
}

/// Reads `\1`, `\g<name>` and escapes; `None` when a group does not exist or an escape is unknown.
fn parse_replacement(text: &[u8], regex: &Regex) -> Option<Vec<Piece>> {
    let mut pieces = Vec::new();
    let mut plain = Vec::new();
    let mut rest = text;
    while let [c, after @ ..] = rest {
        if *c != b'\\' {
            plain.push(*c);
            rest = after;
            continue;
        }
        let (escape, after) = after.split_first()?;
        rest = after;
        let group = match escape {
            b'g' => {
                let end = rest.iter().position(|&c| c == b'>')?;
                let name = std::str::from_utf8(rest.get(1..end)?).ok()?;
                if rest[0] != b'<' {
                    return None;
                }
                rest = &rest[end + 1..];
                match name.parse::<usize>() {
                    Ok(number) => number,
                    Err(_) => regex.capture_names().position(|known| known == Some(name))?,
                }
            }
            b'1'..=b'9' => {
                let mut number = usize::from(escape - b'0');
                if let Some(digit) = rest.first().filter(|c| c.is_ascii_digit()) {
                    number = number * 10 + usize::from(digit - b'0');
                    rest = &rest[1..];
                }
                number
            }
            _ => {
                let byte = match escape {
                    b'n' => b'\n',
                    b't' => b'\t',
                    b'r' => b'\r',
                    b'a' => 7,
                    b'b' => 8,
                    b'f' => 12,
                    b'v' => 11,
                    b'0' => 0,
                    b'\\' => b'\\',
                    c if c.is_ascii_alphabetic() => return None,
                    c => {
                        plain.push(b'\\');
                        *c
                    }
                };
                plain.push(byte);
                continue;
            }
        };
        if group >= regex.captures_len() {
            return None;
        }
        pieces.push(Piece::Text(std::mem::take(&mut plain)));
        pieces.push(Piece::Group(group));
    }
    pieces.push(Piece::Text(plain));
    Some(pieces)
}

/// Python also replaces an empty match right behind another match.
fn replace_all(regex: &Regex, text: &[u8], pieces: &[Piece]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut copied = 0;
    let mut at = 0;
    let mut last_empty_allowed = true;
    while at <= text.len() {
        let Some(found) = regex.captures_at(text, at) else {
            break;
        };
        let whole = found.get(0).map_or(at..at, |group| group.range());
        if whole.is_empty() && !last_empty_allowed && whole.start < at {
            at += 1;
            continue;
        }
        out.extend_from_slice(&text[copied..whole.start]);
        append_replacement(&found, pieces, &mut out);
        copied = whole.end;
        last_empty_allowed = true;
        if whole.is_empty() {
            if let Some(&byte) = text.get(whole.end) {
                out.push(byte);
                copied += 1;
            }
            at = whole.end + 1;
        } else {
            at = whole.end;
        }
    }
    out.extend_from_slice(text.get(copied..).unwrap_or_default());
    out
}

fn append_replacement(found: &Captures<'_>, pieces: &[Piece], out: &mut Vec<u8>) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out.extend_from_slice(text),
            Piece::Group(group) => {
                out.extend_from_slice(found.get(*group).map_or(b"", |group| group.as_bytes()));
            }
        }
    }
}

fn search(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 2, 2, "search expects two arguments")?;
    let pattern = engine.string(&args[0], scope)?;
    let text = engine.string(&args[1], scope)?;
    let Some(regex) = compile(&pattern) else {
        let message = [b"search got an invalid pattern: ", &pattern[..]].concat();
        return Err(Error::parse(message, None));
    };
    let reserved = regex.capture_names().flatten().filter(|name| RESERVED.contains(name)).min();
    if let Some(name) = reserved {
        let start = format!("invalid group '{name}' in search pattern: ");
        return Err(Error::parse([start.as_bytes(), &pattern].concat(), None));
    }
    let Some(found) = regex.captures(&text) else {
        return Ok(Value::NoItem);
    };
    let group =
        |at: usize| found.get(at).map_or(Value::None, |group| Value::from(group.as_bytes()));
    let mut values = Vec::new();
    for (at, name) in regex.capture_names().enumerate() {
        let name = name.map_or_else(|| at.to_string(), str::to_owned);
        values.push((at.to_string().into_bytes().into(), group(at)));
        if name != at.to_string() {
            values.push((name.into_bytes().into(), group(at)));
        }
    }
    let vars = Vars { values, change: Change::Keep };
    Ok(Value::Item(Rc::new(Item { value: None, vars, template: Some("{0}") })))
}

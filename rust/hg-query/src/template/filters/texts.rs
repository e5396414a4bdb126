//! Filters of texts.

use hg_types::Result;

use super::super::engine::Engine;
use super::super::json;
use super::super::scope::Scope;
use super::super::text::{self, Filling};
use super::super::value::Value;
use super::{Filter, Input};

const fn text(name: &'static str, run: fn(&Engine, &Scope, Value) -> Result<Value>) -> Filter {
    Filter { name, input: Input::Text, run }
}

pub(super) const FILTERS: &[Filter] = &[
    text("addbreaks", |_, _, value| ok(text::replace(&get(value), b"\n", b"<br/>\n"))),
    text("basename", |_, _, value| ok(text::basename(&get(value)))),
    text("dirname", |_, _, value| ok(text::dirname(&get(value)))),
    text("domain", |_, _, value| ok(domain(&get(value)))),
    text("email", |_, _, value| ok(text::email(&get(value)))),
    text("emailuser", |_, _, value| {
        let author = get(value);
        let user = author.split(|&c| c == b'@').next().unwrap_or_default();
        let start = user.iter().position(|&c| c == b'<').map_or(0, |at| at + 1);
        ok(&user[start..])
    }),
    text("escape", |_, _, value| ok(escape(&get(value), false))),
    text("fill68", |engine, _, value| ok(fill(engine, &get(value), 68)?)),
    text("fill76", |engine, _, value| ok(fill(engine, &get(value), 76)?)),
    text("firstline", |_, _, value| ok(text::lines(&get(value)).next().unwrap_or_default())),
    text("hex", |_, _, value| ok(hg_types::to_hex(&get(value)))),
    text("jsonescape", |_, _, value| {
        let mut out = Vec::new();
        json::append_string(&get(value), json::JsonStyle::ForHtml, &mut out);
        ok(&out[1..out.len() - 1])
    }),
    text("lower", |engine, _, value| ok(engine.host.encoding().lower(&get(value)))),
    text("nonempty", |_, _, value| {
        let value = get(value);
        ok(if value.is_empty() { b"(none)".to_vec() } else { value })
    }),
    text("obfuscate", |engine, _, value| {
        let text = engine.host.encoding().decode_lossy(&get(value));
        let entities: String = text.chars().map(|c| format!("&#{};", u32::from(c))).collect();
        ok(entities)
    }),
    text("permissions", |_, _, value| {
        let flags = get(value);
        ok(match (flags.contains(&b'l'), flags.contains(&b'x')) {
            (true, _) => "lrwxrwxrwx",
            (_, true) => "-rwxr-xr-x",
            _ => "-rw-r--r--",
        })
    }),
    text("person", |_, _, value| ok(text::person(&get(value)))),
    text("revescape", |_, _, value| {
        ok(text::replace(&text::percent_encode(&get(value), b"/@"), b"/", b"%252F"))
    }),
    text("short", |_, _, value| {
        let node = get(value);
        ok(&node[..node.len().min(12)])
    }),
    text("shortbisect", |_, _, value| {
        ok(vec![get(value).first().map_or(b' ', u8::to_ascii_uppercase)])
    }),
    text("slashpath", |_, _, value| ok(get(value))),
    text("splitlines", |_, _, value| Ok(Value::text_list(text::lines(&get(value)), "line"))),
    text("stringescape", |_, _, value| ok(crate::parser::escape(&get(value)))),
    text("stripdir", |_, _, value| {
        let path = get(value);
        let directory = text::dirname(&path);
        ok(if directory.is_empty() { text::basename(&path) } else { directory })
    }),
    text("tabindent", |_, _, value| ok(text::indent(&get(value), b"", b"\t"))),
    text("upper", |engine, _, value| ok(engine.host.encoding().upper(&get(value)))),
    text("urlescape", |_, _, value| ok(text::percent_encode(&get(value), b"/"))),
    text("user", |_, _, value| ok(text::short_user(&get(value)))),
    text("xmlescape", |_, _, value| ok(xmlescape(&get(value)))),
];

fn get(value: Value) -> Vec<u8> {
    match value {
        Value::Bytes(bytes) => bytes,
        _ => Vec::new(),
    }
}

fn ok(text: impl Into<Vec<u8>>) -> Result<Value> {
    Ok(Value::Bytes(text.into()))
}

fn domain(author: &[u8]) -> &[u8] {
    let Some(at) = author.iter().position(|&c| c == b'@') else {
        return b"";
    };
    author[at + 1..].split(|&c| c == b'>').next().unwrap_or_default()
}

fn fill(engine: &Engine, text: &[u8], width: i64) -> Result<Vec<u8>> {
    let encoding = engine.host.encoding();
    text::fill(text, &Filling { encoding, width, first: b"", rest: b"" })
}

fn escape(text: &[u8], quotes: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for &c in text {
        match c {
            0 => {}
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\'' if quotes => out.extend_from_slice(b"&#39;"),
            _ => out.push(c),
        }
    }
    out
}

fn xmlescape(text: &[u8]) -> Vec<u8> {
    let blanked: Vec<u8> = text
        .iter()
        .map(|&c| if matches!(c, 0..=8 | 0xb | 0xc | 0xe..=0x1f) { b' ' } else { c })
        .collect();
    escape(&blanked, true)
}

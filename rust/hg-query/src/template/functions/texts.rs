//! Functions on texts and dates.

use hg_types::{Error, HgDate, Result};

use super::super::code::{Arguments, Code};
use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::text::{self, Filling};
use super::super::value::Value;
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("date", date),
    function("fill", fill),
    function("indent", |engine, scope, arguments| {
        let args = expect(arguments, 2, 3, "indent() expects two or three arguments")?;
        let text = engine.string(&args[0], scope)?;
        let rest = engine.string(&args[1], scope)?;
        let first = match args.get(2) {
            Some(first) => engine.string(first, scope)?,
            None => rest.clone(),
        };
        Ok(Value::Bytes(text::indent(&text, &first, &rest)))
    }),
    function("label", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "label expects two arguments")?;
        let text = engine.string(&args[1], scope)?;
        let label = engine.string_literal(&args[0], scope)?;
        Ok(Value::Bytes(engine.host.label(text, &label)))
    }),
    function("localdate", localdate),
    Function { name: "pad", arguments: Some("text width fillchar left truncate"), run: pad },
    Function {
        name: "separate",
        arguments: Some("sep *args"),
        run: |engine, scope, arguments| {
            let separator = match arguments.get("sep") {
                Some(separator) => engine.string(separator, scope)?,
                None => return Err(Error::parse("separate expects at least one argument", None)),
            };
            let mut parts = Vec::new();
            for code in &arguments.positional {
                parts.push(engine.string(code, scope)?);
            }
            parts.retain(|part| !part.is_empty());
            Ok(Value::Bytes(parts.join(&separator[..])))
        },
    },
    function("startswith", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "startswith expects two arguments")?;
        let start = engine.string(&args[0], scope)?;
        let text = engine.string(&args[1], scope)?;
        Ok(Value::Bytes(if text.starts_with(&start) { text } else { Vec::new() }))
    }),
    function("strip", |engine, scope, arguments| {
        let args = expect(arguments, 1, 2, "strip expects one or two arguments")?;
        let text = engine.string(&args[0], scope)?;
        let Some(chars) = args.get(1) else {
            return Ok(Value::from(text::trim(&text)));
        };
        let chars = engine.string(chars, scope)?;
        let start = text.iter().position(|c| !chars.contains(c)).unwrap_or(text.len());
        let end = text.iter().rposition(|c| !chars.contains(c)).map_or(start, |at| at + 1);
        Ok(Value::from(&text[start..end]))
    }),
    function("word", word),
];

fn date(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 2, "date expects one or two arguments")?;
    let value = engine.eval(&args[0], scope)?;
    let date = engine.date_of(&value, scope, Some("date expects a date information"))?;
    let format = match args.get(1) {
        Some(format) => engine.string(format, scope)?,
        None => HgDate::DEFAULT_FORMAT.to_vec(),
    };
    engine.host.encoding().from_local(&format)?;
    Ok(Value::Bytes(date.format(&format)))
}

fn localdate(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 2, "localdate expects one or two arguments")?;
    let value = engine.eval(&args[0], scope)?;
    let date = engine.date_of(&value, scope, Some("localdate expects a date information"))?;
    let offset = match args.get(1) {
        None => engine.host.clock().date().offset,
        Some(zone) => {
            let text = match engine.eval(zone, scope)? {
                Value::Date(..) => return Err(Error::parse("localdate expects a timezone", None)),
                value => engine.text_of(&value, scope)?,
            };
            zone_offset(&text).ok_or_else(|| Error::parse("localdate expects a timezone", None))?
        }
    };
    Ok(Value::from(HgDate::new(date.seconds, offset)))
}

/// `UTC`, `+0200`, or seconds west of Greenwich.
fn zone_offset(text: &[u8]) -> Option<i32> {
    if matches!(text, b"GMT" | b"UTC") {
        return Some(0);
    }
    if let [sign @ (b'+' | b'-'), digits @ ..] = text
        && digits.len() == 4
        && digits.iter().all(u8::is_ascii_digit)
    {
        let number = |digits: &[u8]| digits.iter().fold(0, |n, d| n * 10 + i32::from(d - b'0'));
        let seconds = number(&digits[..2]) * 3600 + number(&digits[2..]) * 60;
        return Some(if *sign == b'+' { -seconds } else { seconds });
    }
    i32::try_from(hg_config::value::parse_int(text)?).ok()
}

fn fill(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 4, "fill expects one to four arguments")?;
    let text = engine.string(&args[0], scope)?;
    let width = match args.get(1) {
        Some(width) => engine.integer(width, scope, "fill expects an integer width")?,
        None => 76,
    };
    let indent = |at: usize| -> Result<Vec<u8>> {
        args.get(at).map_or(Ok(Vec::new()), |code: &Code| engine.string(code, scope))
    };
    let (first, rest) = (indent(2)?, indent(3)?);
    let encoding = engine.host.encoding();
    let filling = Filling { encoding, width, first: &first, rest: &rest };
    Ok(Value::Bytes(text::fill(&text, &filling)?))
}

/// No output is this wide: a larger width is a mistake, and must not take the machine's memory.
const MAX_PADDING: usize = 64 << 20;

fn pad(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let (Some(text), Some(width)) = (arguments.get("text"), arguments.get("width")) else {
        return Err(Error::parse("pad() expects two to four arguments", None));
    };
    let width = engine.integer(width, scope, "pad() expects an integer width")?;
    let width = usize::try_from(width).unwrap_or(0);
    let text = engine.string(text, scope)?;
    let flag =
        |name: &str| arguments.get(name).map_or(Ok(false), |code| engine.boolean(code, scope));
    let (truncate, left) = (flag("truncate")?, flag("left")?);
    let fill = match arguments.get("fillchar") {
        Some(fill) => engine.string(fill, scope)?,
        None => b" ".to_vec(),
    };
    if engine.host.without_effects(&fill).len() != 1 {
        return Err(Error::parse("pad() expects a single fill character", None));
    }
    let encoding = engine.host.encoding();
    let plain = engine.host.without_effects(&text);
    let columns = encoding.width(&plain);
    if columns > width && truncate {
        return Ok(Value::Bytes(trim_columns(engine, &plain, width, left)));
    }
    let missing = width.saturating_sub(columns);
    if missing > MAX_PADDING {
        return Err(Error::abort("out of memory"));
    }
    let padding = fill.repeat(missing);
    Ok(Value::Bytes(if left { [padding, text] } else { [text, padding] }.concat()))
}

/// Cuts a text to `width` columns, at its start if `left`.
fn trim_columns(engine: &Engine, text: &[u8], width: usize, left: bool) -> Vec<u8> {
    let encoding = engine.host.encoding();
    if text.is_ascii() {
        let cut = text.len().saturating_sub(width);
        return if left { text[cut..].to_vec() } else { text[..text.len() - cut].to_vec() };
    }
    let mut chars: Vec<char> = encoding.decode_lossy(text).chars().collect();
    let columns = |chars: &[char]| chars.iter().map(|&c| encoding.char_width(c)).sum::<usize>();
    while columns(&chars) > width {
        if left {
            chars.remove(0);
        } else {
            chars.pop();
        }
    }
    encoding.encode(&chars.into_iter().collect::<String>()).0
}

fn word(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let count = arguments.positional.len();
    let message = format!("word expects two or three arguments, got {count}");
    let args = expect(arguments, 2, 3, &message)?;
    let index = engine.integer(&args[0], scope, "word expects an integer index")?;
    let text = engine.string(&args[1], scope)?;
    let words: Vec<&[u8]> = match args.get(2) {
        None => text.split(|&c| text::is_space(c)).filter(|word| !word.is_empty()).collect(),
        Some(separator) => {
            let separator = engine.string(separator, scope)?;
            if separator.is_empty() {
                return Err(Error::parse("empty separator", None));
            }
            let split: Vec<&[u8]> = bstr::ByteSlice::split_str(&text[..], &separator).collect();
            let found = pick_word(&split, index);
            return Ok(Value::from(found));
        }
    };
    Ok(Value::from(pick_word(&words, index)))
}

fn pick_word<'a>(words: &[&'a [u8]], index: i64) -> &'a [u8] {
    let len = i64::try_from(words.len()).unwrap_or(i64::MAX);
    let at = if index < 0 { index.checked_add(len) } else { Some(index) };
    let at = at.and_then(|at| usize::try_from(at).ok());
    at.and_then(|at| words.get(at).copied()).unwrap_or_default()
}

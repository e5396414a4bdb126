//! JSON and CBOR of values, for filters and for `-T json`.

use hg_types::{Error, Result};

use super::ops::{append_plain, float_text};
use super::raw::unwrap;
use super::value::{Value, Vars};

/// Which characters JSON strings escape.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum JsonStyle {
    /// What JSON requires; other text stays UTF-8.
    Plain,
    /// ASCII only, without what HTML would take as markup.
    ForHtml,
}

/// Appends `value` as JSON.
///
/// # Errors
/// When it is not data.
pub fn append_json(value: &Value, style: JsonStyle, out: &mut Vec<u8>) -> Result<()> {
    match unwrap(value) {
        Value::None | Value::NoItem => out.extend_from_slice(b"null"),
        Value::Bool(yes) => out.extend_from_slice(if *yes { b"true" } else { b"false" }),
        Value::Int(_) => append_plain(value, out),
        Value::Float(number) => out.extend_from_slice(float_text(*number).as_bytes()),
        Value::Bytes(bytes) => append_string(bytes, style, out),
        Value::Local(text) => {
            append_string(text.stored.as_deref().unwrap_or(&text.local), style, out);
        }
        Value::Date(date, _) => {
            let text = format!("[{}, {}]", date.seconds, date.offset);
            out.extend_from_slice(text.as_bytes());
        }
        Value::List(list) => {
            append_array(&list.items, out, |item, out| append_json(item, style, out))?;
        }
        Value::Sequence(sequence) => {
            append_array(&sequence.parts, out, |item, out| append_json(item, style, out))?;
        }
        Value::Strings(strings) => append_array(strings, out, |item, out| {
            append_string(item, style, out);
            Ok(())
        })?,
        Value::Dict(dict) => {
            let pairs = dict.pairs.iter().map(|(key, value)| (&key[..], value));
            append_object(pairs.collect(), style, out)?;
        }
        Value::Item(item) => append_vars(&item.vars, style, out)?,
        Value::Mappings(mappings) => {
            append_array(&mappings.items, out, |vars, out| append_vars(vars, style, out))?;
        }
        Value::Recursive | Value::YesNo(_) => {
            return Err(Error::parse("not serializable", None));
        }
    }
    Ok(())
}

fn append_vars(vars: &Vars, style: JsonStyle, out: &mut Vec<u8>) -> Result<()> {
    let pairs = vars.values.iter().map(|(key, value)| (&key[..], value));
    append_object(pairs.collect(), style, out)
}

fn append_array<T>(
    items: &[T],
    out: &mut Vec<u8>,
    mut each: impl FnMut(&T, &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    out.push(b'[');
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        each(item, out)?;
    }
    out.push(b']');
    Ok(())
}

fn append_object(
    mut pairs: Vec<(&[u8], &Value)>,
    style: JsonStyle,
    out: &mut Vec<u8>,
) -> Result<()> {
    pairs.sort_by_key(|(key, _)| *key);
    out.push(b'{');
    for (at, (key, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        append_string(key, style, out);
        out.extend_from_slice(b": ");
        append_json(value, style, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// The value as JSON, as `-T json` shows it.
///
/// # Errors
/// When it is not data.
pub fn json(value: &Value) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    append_json(value, JsonStyle::Plain, &mut out)?;
    Ok(out)
}

/// Appends a JSON string. Bytes that are not UTF-8 become lone surrogates, from which they can be restored.
pub fn append_string(text: &[u8], style: JsonStyle, out: &mut Vec<u8>) {
    out.push(b'"');
    let unit = |unit: u16, out: &mut Vec<u8>| {
        out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
    };
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '"' => out.extend_from_slice(b"\\\""),
                '\\' => out.extend_from_slice(b"\\\\"),
                '\n' => out.extend_from_slice(b"\\n"),
                '\r' => out.extend_from_slice(b"\\r"),
                '\t' => out.extend_from_slice(b"\\t"),
                '\u{8}' => out.extend_from_slice(b"\\b"),
                '\u{c}' => out.extend_from_slice(b"\\f"),
                '<' | '>' if style == JsonStyle::ForHtml => unit(c as u16, out),
                ' '..='~' => out.push(c as u8),
                c if style == JsonStyle::Plain && c > '\u{7f}' => {
                    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                }
                c => c.encode_utf16(&mut [0; 2]).iter().for_each(|&code| unit(code, out)),
            }
        }
        for &byte in chunk.invalid() {
            match style {
                JsonStyle::ForHtml => unit(0xdc00 | u16::from(byte), out),
                // The same surrogate in the form that UTF-8 would give it, if it did.
                JsonStyle::Plain => {
                    out.extend_from_slice(&[0xed, 0xb0 | (byte >> 6), 0x80 | (byte & 0x3f)]);
                }
            }
        }
    }
    out.push(b'"');
}

/// Appends `value` as CBOR: text as byte strings, dicts in key order.
///
/// # Errors
/// When it is not data.
pub fn append_cbor(value: &Value, out: &mut Vec<u8>) -> Result<()> {
    match unwrap(value) {
        Value::None | Value::NoItem => out.push(0xf6),
        Value::Bool(yes) => out.push(if *yes { 0xf5 } else { 0xf4 }),
        Value::Int(number) => cbor_int(*number, out),
        Value::Float(number) => {
            out.push(0xfb);
            out.extend_from_slice(&number.to_be_bytes());
        }
        Value::Bytes(bytes) => cbor_bytes(bytes, out),
        Value::Local(text) => cbor_bytes(&text.local, out),
        Value::Date(date, _) => {
            cbor_head(4, 2, out);
            cbor_int(date.seconds, out);
            cbor_int(date.offset.into(), out);
        }
        Value::List(list) => {
            cbor_head(4, list.items.len() as u64, out);
            for item in &list.items {
                append_cbor(item, out)?;
            }
        }
        Value::Sequence(sequence) => {
            cbor_head(4, sequence.parts.len() as u64, out);
            for part in &sequence.parts {
                append_cbor(part, out)?;
            }
        }
        Value::Strings(strings) => {
            cbor_head(4, strings.len() as u64, out);
            strings.iter().for_each(|text| cbor_bytes(text, out));
        }
        Value::Dict(dict) => {
            cbor_map(dict.pairs.iter().map(|(key, value)| (&key[..], value)).collect(), out)?;
        }
        Value::Item(item) => cbor_vars(&item.vars, out)?,
        Value::Mappings(mappings) => {
            cbor_head(4, mappings.items.len() as u64, out);
            for vars in &mappings.items {
                cbor_vars(vars, out)?;
            }
        }
        Value::Recursive | Value::YesNo(_) => {
            return Err(Error::parse("not serializable", None));
        }
    }
    Ok(())
}

fn cbor_vars(vars: &Vars, out: &mut Vec<u8>) -> Result<()> {
    cbor_map(vars.values.iter().map(|(key, value)| (&key[..], value)).collect(), out)
}

fn cbor_map(mut pairs: Vec<(&[u8], &Value)>, out: &mut Vec<u8>) -> Result<()> {
    pairs.sort_by_key(|(key, _)| *key);
    cbor_head(5, pairs.len() as u64, out);
    for (key, value) in pairs {
        cbor_bytes(key, out);
        append_cbor(value, out)?;
    }
    Ok(())
}

fn cbor_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    cbor_head(2, bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

fn cbor_int(number: i64, out: &mut Vec<u8>) {
    match u64::try_from(number) {
        Ok(number) => cbor_head(0, number, out),
        Err(_) => cbor_head(1, (-1 - number).unsigned_abs(), out),
    }
}

/// Major type and argument in the shortest form.
fn cbor_head(major: u8, argument: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    match argument {
        0..=23 => out.push(major | bytes[7]),
        24..=0xff => out.extend_from_slice(&[major | 24, bytes[7]]),
        0x100..=0xffff => {
            out.push(major | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..=0xffff_ffff => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_strings() {
        let text = |bytes: &[u8], style| {
            let mut out = Vec::new();
            append_string(bytes, style, &mut out);
            String::from_utf8(out).expect("ascii")
        };
        let html = JsonStyle::ForHtml;
        assert_eq!(text(b"a\tb\x01\x7f<&'\"\\/", html), r#""a\tb\u0001\u007f\u003c&'\"\\/""#);
        assert_eq!(text("é\u{1f600}".as_bytes(), html), r#""\u00e9\ud83d\ude00""#);
        assert_eq!(text(b"\xff", html), r#""\udcff""#);
        assert_eq!(text("<é>\x7f".as_bytes(), JsonStyle::Plain), r#""<é>\u007f""#);
    }

    #[test]
    fn containers_sort_their_keys() {
        let dict = Value::dict(
            vec![(b"b".to_vec(), Value::Int(1)), (b"a".to_vec(), Value::None)],
            "key",
            "value",
        );
        assert_eq!(json(&dict).expect("data"), br#"{"a": null, "b": 1}"#);
        let mut cbor = Vec::new();
        append_cbor(&dict, &mut cbor).expect("data");
        assert_eq!(cbor, b"\xa2\x41a\xf6\x41b\x01");
        let mut cbor = Vec::new();
        append_cbor(&Value::Int(-1000), &mut cbor).expect("data");
        assert_eq!(cbor, b"\x39\x03\xe7");
    }
}

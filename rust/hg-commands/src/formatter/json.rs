//! `-Tjson`: an array of objects, fields sorted by name.

use hg_types::{Result, Revision};

use super::{Backend, Item, Value};
use crate::Ui;

/// Writes JSON.
#[derive(Default)]
pub(super) struct Json {
    started: bool,
}

impl Backend for Json {
    fn item(&mut self, ui: &Ui, item: &Item, _context: Option<Revision>) -> Result<()> {
        let mut out: Vec<u8> = if self.started { b",".to_vec() } else { b"[".to_vec() };
        self.started = true;
        out.extend_from_slice(b"\n {\n");
        let mut fields: Vec<_> = item.iter().collect();
        fields.sort_by_key(|(name, _)| *name);
        for (at, (name, value)) in fields.into_iter().enumerate() {
            out.extend_from_slice(if at == 0 { b"  \"" } else { b",\n  \"" });
            out.extend_from_slice(name.as_bytes());
            out.extend_from_slice(b"\": ");
            encode(ui, value, &mut out);
        }
        out.extend_from_slice(b"\n }");
        ui.write(out);
        Ok(())
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        if !self.started {
            ui.write("[");
        }
        ui.write("\n]\n");
        Ok(())
    }
}

/// Appends a value as JSON.
pub(super) fn encode(ui: &Ui, value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(float(*number).as_bytes()),
        Value::Bytes(text) => string(ui, text, out),
        Value::Date(date) => {
            out.extend_from_slice(format!("[{}, {}]", date.seconds, date.offset).as_bytes());
        }
        Value::List { values, .. } => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                encode(ui, value, out);
            }
            out.push(b']');
        }
        Value::Dict { pairs, .. } => {
            let pairs = pairs.iter().map(|(name, value)| (&**name, value));
            object(ui, pairs, out);
        }
        Value::Items(nested) => {
            out.push(b'[');
            for (at, item) in nested.items.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                let mut fields: Vec<_> = item.iter().collect();
                fields.sort_by_key(|(name, _)| *name);
                object(ui, fields.into_iter().map(|(name, value)| (name.as_bytes(), value)), out);
            }
            out.push(b']');
        }
    }
}

fn object<'a>(ui: &Ui, pairs: impl Iterator<Item = (&'a [u8], &'a Value)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (name, value)) in pairs.enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        string(ui, name, out);
        out.extend_from_slice(b": ");
        encode(ui, value, out);
    }
    out.push(b'}');
}

/// A number the way scripts expect it: always with a fraction or an exponent.
pub(super) fn float(number: f64) -> String {
    if number == number.trunc() && number.abs() < 1e16 {
        format!("{number:.1}")
    } else {
        format!("{number}")
    }
}

/// Appends text as a JSON string; bytes that are no text become lone surrogates.
fn string(ui: &Ui, text: &[u8], out: &mut Vec<u8>) {
    out.push(b'"');
    let text = if ui.encoding().is_utf8() {
        std::borrow::Cow::Borrowed(text)
    } else {
        std::borrow::Cow::Owned(ui.encoding().decode_lossy(text).into_bytes())
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
                ' '..='~' => out.push(c as u8),
                _ => {
                    let mut units = [0; 2];
                    for unit in c.encode_utf16(&mut units) {
                        out.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
                    }
                }
            }
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(format!("\\udc{byte:02x}").as_bytes());
        }
    }
    out.push(b'"');
}

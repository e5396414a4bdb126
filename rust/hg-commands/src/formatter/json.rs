//! `-Tjson`: an array of objects, fields sorted by name.

use hg_query::template::JsonStyle;
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
            encode(value, &mut out);
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
pub(super) fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(float(*number).as_bytes()),
        Value::Bytes(text) => string(text, out),
        Value::Date(date) => {
            out.extend_from_slice(format!("[{}, {}]", date.seconds, date.offset).as_bytes());
        }
        Value::FloatDate(date) => {
            let seconds = float(super::value::seconds(*date));
            out.extend_from_slice(format!("[{seconds}, {}]", date.offset).as_bytes());
        }
        Value::List { values, .. } => {
            out.push(b'[');
            for (at, value) in values.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                encode(value, out);
            }
            out.push(b']');
        }
        Value::Dict { pairs, .. } => {
            let pairs = pairs.iter().map(|(name, value)| (&**name, value));
            object(pairs, out);
        }
        Value::Items(nested) => {
            out.push(b'[');
            for (at, item) in nested.items.iter().enumerate() {
                if at > 0 {
                    out.extend_from_slice(b", ");
                }
                let mut fields: Vec<_> = item.iter().collect();
                fields.sort_by_key(|(name, _)| *name);
                object(fields.into_iter().map(|(name, value)| (name.as_bytes(), value)), out);
            }
            out.push(b']');
        }
    }
}

fn object<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a Value)>, out: &mut Vec<u8>) {
    out.push(b'{');
    for (at, (name, value)) in pairs.enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        string(name, out);
        out.extend_from_slice(b": ");
        encode(value, out);
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

fn string(text: &[u8], out: &mut Vec<u8>) {
    hg_query::template::append_json_string(text, JsonStyle::Plain, out);
}

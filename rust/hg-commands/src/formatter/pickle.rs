//! `-Tpickle`: a list of dictionaries as Python's `pickle` reads them (protocol 4).

use hg_types::{Result, Revision};

use super::{Backend, Item, Nested, Value};
use crate::Ui;

/// Writes a pickle; it has to know all items first.
#[derive(Default)]
pub(super) struct Pickle {
    items: Vec<Item>,
}

impl Backend for Pickle {
    fn item(&mut self, _ui: &Ui, item: &Item, _context: Option<Revision>) -> Result<()> {
        self.items.push(item.clone());
        Ok(())
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        let mut out = vec![0x80, 4];
        let items = std::mem::take(&mut self.items);
        encode(&Value::Items(Nested { items, ..Nested::default() }), &mut out);
        out.push(b'.');
        ui.write(out);
        Ok(())
    }
}

fn bytes(text: &[u8], out: &mut Vec<u8>) {
    match u8::try_from(text.len()) {
        Ok(length) => out.extend_from_slice(&[b'C', length]),
        Err(_) => {
            out.push(0x8e);
            out.extend_from_slice(&(text.len() as u64).to_le_bytes());
        }
    }
    out.extend_from_slice(text);
}

/// `LONG1`: any whole number.
fn int(number: i64, out: &mut Vec<u8>) {
    if let Ok(number) = i32::try_from(number) {
        out.push(b'J');
        out.extend_from_slice(&number.to_le_bytes());
    } else {
        out.extend_from_slice(&[0x8a, 8]);
        out.extend_from_slice(&number.to_le_bytes());
    }
}

fn float(number: f64, out: &mut Vec<u8>) {
    out.push(b'G');
    out.extend_from_slice(&number.to_be_bytes());
}

fn dict<'a>(pairs: impl Iterator<Item = (&'a [u8], &'a Value)>, out: &mut Vec<u8>) {
    out.extend_from_slice(b"}(");
    for (name, value) in pairs {
        bytes(name, out);
        encode(value, out);
    }
    out.push(b'u');
}

fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.push(b'N'),
        Value::Bool(on) => out.push(if *on { 0x88 } else { 0x89 }),
        Value::Int(number) => int(*number, out),
        Value::Float(number) => float(*number, out),
        Value::Bytes(text) => bytes(text, out),
        Value::Date(date) => {
            int(date.seconds, out);
            int(date.offset.into(), out);
            out.push(0x86);
        }
        Value::FloatDate(date) => {
            float(super::value::seconds(*date), out);
            int(date.offset.into(), out);
            out.push(0x86);
        }
        Value::List { values, .. } => {
            out.extend_from_slice(b"](");
            values.iter().for_each(|value| encode(value, out));
            out.push(b'e');
        }
        Value::Dict { pairs, .. } => {
            dict(pairs.iter().map(|(name, value)| (&**name, value)), out);
        }
        Value::Items(nested) => {
            out.extend_from_slice(b"](");
            for item in &nested.items {
                dict(item.iter().map(|(name, value)| (name.as_bytes(), value)), out);
            }
            out.push(b'e');
        }
    }
}

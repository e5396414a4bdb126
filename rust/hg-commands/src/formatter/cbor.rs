//! `-Tcbor`: an array of maps of unknown length (RFC 8949).

use hg_types::{Result, Revision};

use super::{Backend, Item, Value};
use crate::Ui;

/// Writes CBOR.
#[derive(Default)]
pub(super) struct Cbor {
    started: bool,
}

impl Cbor {
    fn begin(&mut self, ui: &Ui) {
        if !self.started {
            self.started = true;
            ui.write(b"\x9f");
        }
    }
}

impl Backend for Cbor {
    fn item(&mut self, ui: &Ui, item: &Item, _context: Option<Revision>) -> Result<()> {
        self.begin(ui);
        let mut out = Vec::new();
        fields(item, &mut out);
        ui.write(out);
        Ok(())
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        self.begin(ui);
        ui.write(b"\xff");
        Ok(())
    }
}

/// Appends the head of an item: its major type and a number.
fn head(major: u8, number: u64, out: &mut Vec<u8>) {
    let major = major << 5;
    let bytes = number.to_be_bytes();
    match number {
        0..24 => out.push(major | bytes[7]),
        24..0x100 => out.extend_from_slice(&[major | 24, bytes[7]]),
        0x100..0x1_0000 => {
            out.push(major | 25);
            out.extend_from_slice(&bytes[6..]);
        }
        0x1_0000..0x1_0000_0000 => {
            out.push(major | 26);
            out.extend_from_slice(&bytes[4..]);
        }
        _ => {
            out.push(major | 27);
            out.extend_from_slice(&bytes);
        }
    }
}

fn bytes(text: &[u8], out: &mut Vec<u8>) {
    head(2, text.len() as u64, out);
    out.extend_from_slice(text);
}

fn int(number: i64, out: &mut Vec<u8>) {
    match u64::try_from(number) {
        Ok(number) => head(0, number, out),
        Err(_) => head(1, number.unsigned_abs() - 1, out),
    }
}

/// A map of values by name.
pub(crate) fn map(item: &Item) -> Vec<u8> {
    let mut out = Vec::new();
    head(5, item.len() as u64, &mut out);
    for (name, value) in item {
        bytes(name.as_bytes(), &mut out);
        encode(value, &mut out);
    }
    out
}

fn fields(item: &Item, out: &mut Vec<u8>) {
    let mut fields: Vec<_> = item.iter().collect();
    fields.sort_by_key(|(name, _)| *name);
    head(5, fields.len() as u64, out);
    for (name, value) in fields {
        bytes(name.as_bytes(), out);
        encode(value, out);
    }
}

fn float(number: f64, out: &mut Vec<u8>) {
    out.push(0xfb);
    out.extend_from_slice(&number.to_be_bytes());
}

fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::None => out.push(0xf6),
        Value::Bool(on) => out.push(if *on { 0xf5 } else { 0xf4 }),
        Value::Int(number) => int(*number, out),
        Value::Float(number) => float(*number, out),
        Value::Bytes(text) => bytes(text, out),
        Value::Date(date) => {
            head(4, 2, out);
            int(date.seconds, out);
            int(date.offset.into(), out);
        }
        Value::FloatDate(date) => {
            head(4, 2, out);
            float(super::value::seconds(*date), out);
            int(date.offset.into(), out);
        }
        Value::List { values, .. } => {
            head(4, values.len() as u64, out);
            values.iter().for_each(|value| encode(value, out));
        }
        Value::Dict { pairs, .. } => {
            let mut pairs: Vec<_> = pairs.iter().collect();
            pairs.sort_by_key(|(name, _)| name);
            head(5, pairs.len() as u64, out);
            for (name, value) in pairs {
                bytes(name, out);
                encode(value, out);
            }
        }
        Value::Items(nested) => {
            head(4, nested.items.len() as u64, out);
            nested.items.iter().for_each(|item| fields(item, out));
        }
    }
}

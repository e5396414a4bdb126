//! `-Tdebug`: the values as Python would show them.

use hg_types::{Result, Revision, python_bytes};

use super::{Backend, Item, Value};
use crate::Ui;

/// Writes Python literals.
pub(super) struct Debug {
    topic: &'static str,
    started: bool,
}

impl Debug {
    pub(super) fn new(topic: &'static str) -> Self {
        Self { topic, started: false }
    }

    fn begin(&mut self, ui: &Ui) {
        if !self.started {
            self.started = true;
            ui.write(format!("{} = [\n", self.topic));
        }
    }
}

impl Backend for Debug {
    fn item(&mut self, ui: &Ui, item: &Item, _context: Option<Revision>) -> Result<()> {
        self.begin(ui);
        let mut out = Vec::new();
        literal_items(item, 4, &mut out);
        out.extend_from_slice(b",\n");
        ui.write(out);
        Ok(())
    }

    fn end(&mut self, ui: &Ui) -> Result<()> {
        self.begin(ui);
        ui.write("]\n");
        Ok(())
    }
}

fn indent(depth: usize, out: &mut Vec<u8>) {
    out.extend(std::iter::repeat_n(b' ', depth));
}

/// A dictionary over several lines, fields sorted by name.
fn literal_items(item: &Item, depth: usize, out: &mut Vec<u8>) {
    let mut fields: Vec<_> = item.iter().map(|(name, value)| (name.as_bytes(), value)).collect();
    fields.sort_by_key(|(name, _)| *name);
    indent(depth, out);
    dict(&fields, depth, out);
}

fn dict(fields: &[(&[u8], &Value)], depth: usize, out: &mut Vec<u8>) {
    if fields.is_empty() {
        out.extend_from_slice(b"{}");
        return;
    }
    out.extend_from_slice(b"{\n");
    for (at, (name, value)) in fields.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b",\n");
        }
        indent(depth + 4, out);
        python_bytes(name, out);
        out.extend_from_slice(b": ");
        literal(value, depth + 4, out);
    }
    out.push(b'\n');
    indent(depth, out);
    out.push(b'}');
}

fn literal(value: &Value, depth: usize, out: &mut Vec<u8>) {
    match value {
        Value::None => out.extend_from_slice(b"None"),
        Value::Bool(on) => out.extend_from_slice(if *on { b"True" } else { b"False" }),
        Value::Int(number) => out.extend_from_slice(number.to_string().as_bytes()),
        Value::Float(number) => out.extend_from_slice(super::json::float(*number).as_bytes()),
        Value::Bytes(text) => python_bytes(text, out),
        Value::Date(date) => {
            let parts = [Value::Int(date.seconds), Value::Int(date.offset.into())];
            sequence(parts.iter(), *b"()", depth, out, literal);
        }
        Value::FloatDate(date) => {
            let parts =
                [Value::Float(super::value::seconds(*date)), Value::Int(date.offset.into())];
            sequence(parts.iter(), *b"()", depth, out, literal);
        }
        Value::List { values, .. } => {
            sequence(values.iter(), *b"[]", depth, out, literal);
        }
        Value::Dict { pairs, .. } => {
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (&**name, value)).collect();
            dict(&pairs, depth, out);
        }
        Value::Items(nested) => {
            sequence(nested.items.iter(), *b"[]", depth, out, |item, depth, out| {
                let mut fields: Vec<_> =
                    item.iter().map(|(name, value)| (name.as_bytes(), value)).collect();
                fields.sort_by_key(|(name, _)| *name);
                dict(&fields, depth, out);
            })
        }
    }
}

fn sequence<T>(
    values: impl ExactSizeIterator<Item = T>,
    brackets: [u8; 2],
    depth: usize,
    out: &mut Vec<u8>,
    mut one: impl FnMut(T, usize, &mut Vec<u8>),
) {
    if values.len() == 0 {
        out.extend_from_slice(&brackets);
        return;
    }
    out.extend_from_slice(&[brackets[0], b'\n']);
    for (at, value) in values.enumerate() {
        if at > 0 {
            out.extend_from_slice(b",\n");
        }
        indent(depth + 4, out);
        one(value, depth + 4, out);
    }
    out.push(b'\n');
    indent(depth, out);
    out.push(brackets[1]);
}

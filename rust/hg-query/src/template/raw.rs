//! Values without what they are shown with: what upstream's functions are given, in the notation of Python where they
//! end up as text.

use super::ops::append_plain;
use super::value::{ListKind, PairForm, Value, Vars};

/// The value inside an item, the text of an answer.
pub(super) fn unwrap(value: &Value) -> &Value {
    match value {
        Value::Item(item) => item.value.as_ref().map_or(value, unwrap),
        Value::YesNo(answer) => &answer.text,
        value => value,
    }
}

/// Whether a value has parts that are values.
pub(super) fn is_composed(value: &Value) -> bool {
    match value {
        Value::List(_) | Value::Dict(_) | Value::Mappings(_) | Value::Strings(_) => true,
        Value::Sequence(_) => true,
        Value::Item(item) => item.value.as_ref().is_none_or(is_composed),
        Value::NoItem => true,
        _ => false,
    }
}

/// How many parts there are; `None` for what has none.
pub(super) fn len(value: &Value) -> Option<usize> {
    Some(match unwrap(value) {
        Value::Bytes(bytes) => bytes.len(),
        Value::Local(text) => text.local.len(),
        Value::Date(..) => 2,
        Value::List(list) => list.items.len(),
        Value::Dict(dict) => dict.pairs.len(),
        Value::Item(item) => item.vars.values.len(),
        Value::Mappings(mappings) => mappings.items.len(),
        Value::Strings(strings) => strings.len(),
        Value::Sequence(sequence) => sequence.parts.len(),
        Value::None | Value::NoItem | Value::Recursive | Value::YesNo(_) => return None,
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => return None,
    })
}

/// Whether it is nothing, or nothing but a false number.
pub(super) fn is_nothing(value: &Value) -> bool {
    len(value).is_none() && is_false(value)
}

/// Whether Python takes it as false.
pub(super) fn is_false(value: &Value) -> bool {
    match unwrap(value) {
        Value::None | Value::NoItem | Value::Recursive | Value::Bool(false) | Value::Int(0) => true,
        Value::Float(number) => *number == 0.0,
        other => len(other) == Some(0),
    }
}

/// Appends a value as the text that Python makes of it.
pub(super) fn append_text(value: &Value, out: &mut Vec<u8>) {
    match unwrap(value) {
        Value::Bytes(bytes) => out.extend_from_slice(bytes),
        Value::Local(text) => out.extend_from_slice(&text.local),
        other => append_notation(other, out),
    }
}

/// Appends a value in the notation of Python.
pub(super) fn append_notation(value: &Value, out: &mut Vec<u8>) {
    match unwrap(value) {
        Value::Bytes(bytes) => append_bytes(bytes, out),
        Value::Local(local) => append_bytes(&local.local, out),
        Value::None | Value::NoItem | Value::Recursive => out.extend_from_slice(b"None"),
        Value::List(list) => match &list.kind {
            ListKind::Revisions(shown) | ListKind::FilteredRevisions(shown) => {
                out.extend_from_slice(shown);
            }
            _ => append_items(&list.items, [b'[', b']'], out, append_notation),
        },
        Value::Strings(strings) => {
            append_items(strings, [b'[', b']'], out, |text, out| append_bytes(text, out));
        }
        Value::Sequence(sequence) if sequence.is_tuple => {
            append_items(&sequence.parts, [b'(', b')'], out, append_notation);
            if sequence.parts.len() == 1 {
                out.insert(out.len() - 1, b',');
            }
        }
        Value::Sequence(sequence) => {
            append_items(&sequence.parts, [b'[', b']'], out, append_notation);
        }
        Value::Mappings(mappings) => {
            append_items(&mappings.items, [b'[', b']'], out, append_vars);
        }
        Value::Dict(dict) if dict.form == PairForm::Options => {
            out.extend_from_slice(b"sortdict(");
            append_items(&dict.pairs, [b'[', b']'], out, |(key, value), out| {
                out.push(b'(');
                append_bytes(key, out);
                out.extend_from_slice(b", ");
                append_notation(value, out);
                out.push(b')');
            });
            out.push(b')');
        }
        Value::Dict(dict) => append_items(&dict.pairs, [b'{', b'}'], out, |(key, value), out| {
            append_pair(key, value, out);
        }),
        Value::Item(item) => append_vars(&item.vars, out),
        Value::Date(date, _) => {
            out.extend_from_slice(format!("({}, {})", date.seconds, date.offset).as_bytes());
        }
        plain => append_plain(plain, out),
    }
}

fn append_vars(vars: &Vars, out: &mut Vec<u8>) {
    append_items(&vars.values, [b'{', b'}'], out, |(key, value), out| append_pair(key, value, out));
}

fn append_pair(key: &[u8], value: &Value, out: &mut Vec<u8>) {
    append_bytes(key, out);
    out.extend_from_slice(b": ");
    append_notation(value, out);
}

fn append_bytes(text: &[u8], out: &mut Vec<u8>) {
    out.push(b'b');
    hg_match::python_bytes(text, out);
}

fn append_items<T>(
    items: &[T],
    [open, close]: [u8; 2],
    out: &mut Vec<u8>,
    mut each: impl FnMut(&T, &mut Vec<u8>),
) {
    out.push(open);
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            out.extend_from_slice(b", ");
        }
        each(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use super::super::value::Item;
    use super::*;

    fn text(value: &Value) -> String {
        let mut out = Vec::new();
        append_text(value, &mut out);
        String::from_utf8(out).expect("ascii")
    }

    #[test]
    fn notation_of_python() {
        let list = Value::text_list(["a", "it's"], "file");
        assert_eq!(text(&list), r#"[b'a', b"it's"]"#);
        let dict = Value::dict(vec![(b"k".to_vec(), list), (b"n".to_vec(), Value::None)], "a", "b");
        assert_eq!(text(&dict), r#"{b'k': [b'a', b"it's"], b'n': None}"#);
        assert_eq!(text(&Value::from("a'b")), "a'b");
        let empty = Item { value: None, vars: Vars::default(), template: None };
        let empty = Value::Item(std::rc::Rc::new(empty));
        assert_eq!(text(&empty), "{}");
        assert!(is_false(&empty) && !is_false(&dict));
        assert_eq!((len(&dict), len(&Value::Int(1))), (Some(2), None));
    }
}

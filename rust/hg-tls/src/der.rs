//! Values of the distinguished encoding rules (ITU-T X.690), as certificates and keys have them.

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BITS: u8 = 0x03;
pub(crate) const OCTETS: u8 = 0x04;
pub(crate) const OID: u8 = 0x06;
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;
pub(crate) const VERSION: u8 = 0xa0;
pub(crate) const EXTENSIONS: u8 = 0xa3;
pub(crate) const DNS_NAME: u8 = 0x82;

/// One value: its tag, what is in it, and its bytes with their header.
#[derive(Clone, Copy)]
pub(crate) struct Value<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    pub(crate) whole: &'a [u8],
}

/// Takes the next value off `input`.
pub(crate) fn next<'a>(input: &mut &'a [u8]) -> Option<Value<'a>> {
    let all = *input;
    let (&tag, rest) = all.split_first()?;
    let (&first, mut rest) = rest.split_first()?;
    let mut length = usize::from(first);
    if first >= 0x80 {
        let count = usize::from(first & 0x7f);
        if !(1..=4).contains(&count) {
            return None;
        }
        let (digits, after) = rest.split_at_checked(count)?;
        length = digits.iter().fold(0, |length, &digit| length << 8 | usize::from(digit));
        rest = after;
    }
    let (content, after) = rest.split_at_checked(length)?;
    *input = after;
    Some(Value { tag, content, whole: &all[..all.len() - after.len()] })
}

/// Takes a value with this tag off `input`.
pub(crate) fn expect<'a>(input: &mut &'a [u8], tag: u8) -> Option<Value<'a>> {
    next(input).filter(|value| value.tag == tag)
}

/// Takes a value off `input` if it has this tag.
pub(crate) fn optional<'a>(input: &mut &'a [u8], tag: u8) -> Option<Value<'a>> {
    if input.first() == Some(&tag) { next(input) } else { None }
}

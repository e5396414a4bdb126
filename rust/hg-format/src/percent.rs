//! Percent encoding of names and values in bundles and capabilities (RFC 3986, as URLs use it).

/// Replaces every byte outside letters, digits, `_.-~` and `safe` by `%XX`.
#[must_use]
pub fn quote(bytes: &[u8], safe: &[u8]) -> Vec<u8> {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        if byte.is_ascii_alphanumeric() || b"_.-~".contains(&byte) || safe.contains(&byte) {
            out.push(byte);
        } else {
            out.extend([b'%', DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 0xf)]]);
        }
    }
    out
}

/// Replaces every `%XX`; a percent sign without two digits stays.
#[must_use]
pub fn unquote(bytes: &[u8]) -> Vec<u8> {
    let digit = |at: usize| bytes.get(at).and_then(|&b| char::from(b).to_digit(16));
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| Some(digit(at + 1)? << 4 | digit(at + 2)?));
        match escaped.flatten().and_then(|value| u8::try_from(value).ok()) {
            Some(value) => {
                out.push(value);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_values() {
        assert_eq!(quote(b"a b/c,\xff~", b"/"), b"a%20b/c%2C%FF~");
        assert_eq!(unquote(b"%41%4g%"), b"A%4g%");
    }

    proptest! {
        #[test]
        fn round_trip(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            prop_assert_eq!(unquote(&quote(&bytes, b"")), bytes);
        }
    }
}

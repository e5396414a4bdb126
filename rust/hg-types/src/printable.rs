//! Byte strings in messages, quoted and escaped as Python prints them.

/// Appends `text` as Python prints a byte string, without the leading `b`: in single quotes (in double
/// ones when it has single quotes only), odd bytes escaped.
pub fn python_bytes(text: &[u8], out: &mut Vec<u8>) {
    let quote = if text.contains(&b'\'') && !text.contains(&b'"') { b'"' } else { b'\'' };
    out.push(quote);
    for &byte in text {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            byte if byte == quote => out.extend_from_slice(&[b'\\', byte]),
            b' '..=b'~' => out.push(byte),
            byte => out.extend_from_slice(format!("\\x{byte:02x}").as_bytes()),
        }
    }
    out.push(quote);
}

/// A byte string as [`python_bytes`] prints it.
#[must_use]
pub fn quoted(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 2);
    python_bytes(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn quotes_like_python() {
        assert_eq!(quoted(b"a'b\\"), br#""a'b\\""#);
        assert_eq!(quoted(b"a'b\"\x80\n"), br#"'a\'b"\x80\n'"#);
    }
}

//! Globs as Python regular expressions, in the form `hg debugignore` prints them.

/// Characters that a regular expression escapes.
const SPECIAL: &[u8] = b"\t\n\x0b\x0c\r #$&()*+-.?[\\]^{|}~";

/// Appends `text` with everything that means something in a regular expression escaped.
pub(crate) fn escape_into(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        escape_byte(byte, out);
    }
}

fn escape_byte(byte: u8, out: &mut Vec<u8>) {
    if SPECIAL.contains(&byte) {
        out.push(b'\\');
    }
    out.push(byte);
}

/// Whether a path component has a character that makes it a glob.
pub(crate) fn is_glob(text: &[u8]) -> bool {
    text.iter().any(|byte| matches!(byte, b'[' | b'{' | b'*' | b'?'))
}

/// Whether `text` means just itself as a glob: no wildcard and no escape.
pub(crate) fn is_literal(text: &[u8]) -> bool {
    !is_glob(text) && !text.contains(&b'\\')
}

/// Translates a glob; `suffix` (what may follow) is appended.
pub(crate) fn to_regex(pattern: &[u8], suffix: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(pattern.len() + suffix.len() + 8);
    let mut at = 0;
    let mut open_groups = 0usize;
    while let Some(&byte) = pattern.get(at) {
        at += 1;
        match byte {
            b'*' if pattern[at..].starts_with(b"*/") => {
                at += 2;
                out.extend_from_slice(b"(?:.*/)?");
            }
            b'*' if pattern.get(at) == Some(&b'*') => {
                at += 1;
                out.extend_from_slice(b".*");
            }
            b'*' => out.extend_from_slice(b"[^/]*"),
            b'?' => out.push(b'.'),
            b'[' => at = class(pattern, at, &mut out),
            b'{' => {
                open_groups += 1;
                out.extend_from_slice(b"(?:");
            }
            b'}' if open_groups > 0 => {
                open_groups -= 1;
                out.push(b')');
            }
            b',' if open_groups > 0 => out.push(b'|'),
            b'\\' => match pattern.get(at) {
                Some(&next) => {
                    at += 1;
                    escape_byte(next, &mut out);
                }
                None => escape_byte(b'\\', &mut out),
            },
            byte => escape_byte(byte, &mut out),
        }
    }
    out.extend_from_slice(suffix);
    out
}

/// Translates a bracket expression that starts before `at`; returns where it ends.
fn class(pattern: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let skip = usize::from(matches!(pattern.get(at), Some(b'!' | b']')));
    let Some(length) =
        pattern.get(at + skip..).and_then(|rest| rest.iter().position(|&b| b == b']'))
    else {
        out.extend_from_slice(b"\\[");
        return at;
    };
    let end = at + skip + length;
    out.push(b'[');
    for (index, &byte) in pattern[at..end].iter().enumerate() {
        match byte {
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'!' if index == 0 => out.push(b'^'),
            b'^' if index == 0 => out.extend_from_slice(b"\\^"),
            byte => out.push(byte),
        }
    }
    out.push(b']');
    end + 1
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;

    use super::*;

    #[test]
    fn as_upstream_prints_them() {
        for (glob, regex) in [
            ("a/{x,b/**}", "a/(?:x|b/.*)"),
            ("a/[!x]*", "a/[^x][^/]*"),
            ("a/[xb", r"a/\[xb"),
            (r"?/x\*", r"./x\*"),
            ("**/c", "(?:.*/)?c"),
            ("***", ".*[^/]*"),
            ("[^a]", r"[\^a]"),
            (r"[a\]b]", r"[a\\]b\]"),
            (r"{a,{b,c},d\,e}", "(?:a|(?:b|c)|d,e)"),
            ("a}b,", r"a\}b,"),
            ("[]a]", "[]a]"),
            ("a\\", r"a\\"),
            ("we ird~", r"we\ ird\~"),
        ] {
            assert_eq!(to_regex(glob.as_bytes(), b"").as_bstr(), regex.as_bytes().as_bstr());
        }
    }
}

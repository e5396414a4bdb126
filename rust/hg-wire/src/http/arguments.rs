//! Arguments of requests: URL-encoded, and cut into headers that are not too long.

use hg_format::wire::Arguments;

/// The longest header line a server takes that says nothing about it.
const DEFAULT_LIMIT: usize = 1024;

/// What of a header line is not its value, for up to 999 headers.
const NUMBERED: usize = "-000: \r\n".len();

/// Writes `arguments` as `application/x-www-form-urlencoded`, sorted by name.
pub(super) fn form_encode(arguments: &Arguments) -> Vec<u8> {
    let mut sorted: Vec<_> = arguments.iter().collect();
    sorted.sort();
    let pair = |(name, value): &(Vec<u8>, Vec<u8>)| [quote(name), quote(value)].join(&b'=');
    sorted.into_iter().map(pair).collect::<Vec<_>>().join(&b'&')
}

fn quote(text: &[u8]) -> Vec<u8> {
    let mut out = hg_format::percent::quote(text, b" ~");
    for byte in &mut out {
        if *byte == b' ' {
            *byte = b'+';
        }
    }
    out
}

/// Reads `application/x-www-form-urlencoded` pairs; what has no `=` or no value is dropped.
#[must_use]
pub fn form_decode(text: &[u8]) -> Arguments {
    let unquote = |text: &[u8]| {
        let spaced: Vec<u8> = text.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
        hg_format::percent::unquote(&spaced)
    };
    let pairs = text.split(|&b| b == b'&').filter_map(|pair| {
        let at = pair.iter().position(|&b| b == b'=')?;
        Some((unquote(&pair[..at]), unquote(&pair[at + 1..])))
    });
    pairs.collect()
}

/// Cuts `value` into headers `name-1`, `name-2`, ... of at most `limit` bytes each.
pub(super) fn in_headers(name: &str, value: &[u8], limit: usize) -> Vec<(String, Vec<u8>)> {
    let room = limit.saturating_sub(name.len() + NUMBERED).max(1);
    let parts = value.chunks(room).enumerate();
    parts.map(|(at, part)| (format!("{name}-{}", at + 1), part.to_vec())).collect()
}

/// The limit that the value of the capability `httpheader` names.
pub(super) fn header_limit(value: &[u8]) -> usize {
    let number = value.split(|&b| b == b',').next().unwrap_or_default();
    let number = std::str::from_utf8(number).ok().and_then(|text| text.trim().parse().ok());
    number.unwrap_or(DEFAULT_LIMIT)
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn arguments_are_sorted_and_spaces_become_plus_signs() {
        let arguments = vec![(b"b".to_vec(), b"x y;~".to_vec()), (b"a".to_vec(), b"%".to_vec())];
        assert_eq!(form_encode(&arguments).as_bstr(), "a=%25&b=x+y%3B~");
    }

    #[test]
    fn headers_are_filled_up() {
        let headers = in_headers("X-HgArg", &[b'x'; 1010], 1024);
        let lengths: Vec<usize> = headers.iter().map(|(_, value)| value.len()).collect();
        assert_eq!(lengths, [1009, 1]);
        assert_eq!(headers[1].0, "X-HgArg-2");
    }

    proptest! {
        #[test]
        fn arguments_come_back(pairs in prop::collection::vec(
            (prop::collection::vec(any::<u8>(), 1..8), prop::collection::vec(any::<u8>(), 0..20)), 0..5)
        ) {
            let mut sorted = pairs.clone();
            sorted.sort();
            prop_assert_eq!(form_decode(&form_encode(&pairs)), sorted);
        }
    }
}

//! Certificates, as far as names, times and keys are concerned (RFC 5280, section 4.1).

use crate::der::{
    BITS, BOOLEAN, DNS_NAME, EXTENSIONS, INTEGER, OCTETS, OID, SEQUENCE, SET, TIME, UTC_TIME,
    VERSION, Value, expect, next, optional,
};

/// What a certificate says. All parts are borrowed from its bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Certificate<'a> {
    /// What is signed, with its header.
    pub(crate) signed: &'a [u8],
    /// Who has signed it.
    pub(crate) issuer: &'a [u8],
    /// Whose it is.
    pub(crate) subject: &'a [u8],
    /// The first second it is valid in, since 1970.
    pub(crate) not_before: i64,
    /// The last one.
    pub(crate) not_after: i64,
    /// The key and its kind, with their header.
    pub(crate) key_info: &'a [u8],
    /// The kind of the key.
    pub(crate) key_algorithm: &'a [u8],
    /// The bits of the key.
    pub(crate) key: &'a [u8],
    /// How it is signed.
    pub(crate) algorithm: &'a [u8],
    /// The signature.
    pub(crate) signature: &'a [u8],
    extensions: &'a [u8],
    /// Whether it says what it may be used for: those of the first version do not.
    has_version: bool,
}

const COMMON_NAME: &[u8] = &[0x55, 4, 3];
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 29, 17];
const BASIC_CONSTRAINTS: &[u8] = &[0x55, 29, 19];

fn bits(value: &[u8]) -> Option<&[u8]> {
    value.split_first().filter(|(unused, _)| **unused == 0).map(|(_, bits)| bits)
}

impl<'a> Certificate<'a> {
    /// Reads a certificate; `None` when it is none.
    pub(crate) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let mut whole = expect(&mut { bytes }, SEQUENCE)?.content;
        let signed = expect(&mut whole, SEQUENCE)?;
        let algorithm = expect(&mut whole, SEQUENCE)?.content;
        let signature = bits(expect(&mut whole, BITS)?.content)?;
        let mut rest = signed.content;
        let version = optional(&mut rest, VERSION);
        expect(&mut rest, INTEGER)?;
        expect(&mut rest, SEQUENCE)?;
        let issuer = expect(&mut rest, SEQUENCE)?.content;
        let mut validity = expect(&mut rest, SEQUENCE)?.content;
        let (not_before, not_after) =
            (seconds(next(&mut validity)?)?, seconds(next(&mut validity)?)?);
        let subject = expect(&mut rest, SEQUENCE)?.content;
        let key_info = expect(&mut rest, SEQUENCE)?;
        let mut parts = key_info.content;
        let key_algorithm = expect(&mut parts, SEQUENCE)?.content;
        let key = bits(expect(&mut parts, BITS)?.content)?;
        let mut extensions: &[u8] = &[];
        while !rest.is_empty() {
            let value = next(&mut rest)?;
            if value.tag == EXTENSIONS {
                extensions = expect(&mut { value.content }, SEQUENCE)?.content;
            }
        }
        Some(Self {
            signed: signed.whole,
            issuer,
            subject,
            not_before,
            not_after,
            key_info: key_info.whole,
            key_algorithm,
            key,
            algorithm,
            signature,
            extensions,
            has_version: version.is_some(),
        })
    }

    /// Whether it is signed by whose it is.
    pub(crate) fn is_self_issued(&self) -> bool {
        self.issuer == self.subject
    }

    /// Whether it may sign others.
    pub(crate) fn is_authority(&self) -> bool {
        let Some(constraints) = self.extension(BASIC_CONSTRAINTS) else {
            return !self.has_version && self.is_self_issued();
        };
        let says = || {
            let mut parts = expect(&mut { constraints }, SEQUENCE)?.content;
            optional(&mut parts, BOOLEAN)
        };
        says().is_some_and(|value| value.content != [0])
    }

    fn extension(&self, wanted: &[u8]) -> Option<&'a [u8]> {
        let mut rest = self.extensions;
        while let Some(extension) = expect(&mut rest, SEQUENCE) {
            let mut parts = extension.content;
            let name = expect(&mut parts, OID)?.content;
            optional(&mut parts, BOOLEAN);
            let value = expect(&mut parts, OCTETS)?.content;
            if name == wanted {
                return Some(value);
            }
        }
        None
    }

    /// The names of hosts it is for; those of the subject only where there are no others.
    pub(crate) fn host_names(&self) -> Vec<&'a [u8]> {
        let mut names = Vec::new();
        if let Some(list) = self.extension(ALTERNATIVE_NAMES)
            && let Some(list) = expect(&mut { list }, SEQUENCE)
        {
            let mut rest = list.content;
            while let Some(name) = next(&mut rest) {
                if name.tag == DNS_NAME {
                    names.push(name.content);
                }
            }
        }
        if names.is_empty() { self.common_names() } else { names }
    }

    fn common_names(&self) -> Vec<&'a [u8]> {
        let (mut names, mut rest) = (Vec::new(), self.subject);
        while let Some(set) = expect(&mut rest, SET) {
            let mut attributes = set.content;
            while let Some(attribute) = expect(&mut attributes, SEQUENCE) {
                let mut parts = attribute.content;
                let name = expect(&mut parts, OID).map(|name| name.content);
                if name == Some(COMMON_NAME)
                    && let Some(value) = next(&mut parts)
                {
                    names.push(value.content);
                }
            }
        }
        names
    }
}

/// A time in seconds since 1970 (`YYMMDDHHMMSSZ` or `YYYYMMDDHHMMSSZ`).
fn seconds(value: Value<'_>) -> Option<i64> {
    let text = value.content.strip_suffix(b"Z")?;
    let digits = |from: usize| -> Option<i64> {
        let pair = text.get(from..from + 2)?;
        pair.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0'))
        })
    };
    let (year, rest) = match value.tag {
        UTC_TIME if text.len() == 12 => {
            let year = digits(0)?;
            (if year < 50 { 2000 + year } else { 1900 + year }, 2)
        }
        TIME if text.len() == 14 => (digits(0)? * 100 + digits(2)?, 4),
        _ => return None,
    };
    let (month, day) = (digits(rest)?, digits(rest + 2)?);
    let (hour, minute, second) = (digits(rest + 4)?, digits(rest + 6)?, digits(rest + 8)?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the civil calendar, counted in years that begin in March.
    let year = if month <= 2 { year - 1 } else { year };
    let (era, month) = (year.div_euclid(400), (month + 9) % 12);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn times_are_seconds_since_1970() {
        let at = |tag, content: &'static [u8]| seconds(Value { tag, content, whole: content });
        assert_eq!(at(UTC_TIME, b"700101000000Z"), Some(0));
        assert_eq!(at(UTC_TIME, b"000229235959Z"), Some(951_868_799));
        assert_eq!(at(UTC_TIME, b"491231000000Z"), Some(2_524_521_600));
        assert_eq!(at(UTC_TIME, b"500101000000Z"), Some(-631_152_000));
        assert_eq!(at(TIME, b"20410304041712Z"), Some(2_245_983_432));
        for text in [&b"7001010000Z"[..], b"701301000000Z", b"x00101000000Z", b"700101000000"] {
            assert_eq!(at(UTC_TIME, text), None);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let inner = [&[SEQUENCE, bytes.len().min(127) as u8], &bytes[..bytes.len().min(127)]].concat();
            for bytes in [&bytes[..], &inner] {
                if let Some(certificate) = Certificate::parse(bytes) {
                    certificate.host_names();
                    certificate.is_authority();
                }
            }
        }
    }
}

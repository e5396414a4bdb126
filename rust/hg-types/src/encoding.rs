//! The user's character set. Changesets, names and messages are stored as UTF-8; users see and type the character
//! set of their terminal (`HGENCODING`, or that of the locale).

use std::borrow::Cow;

use encoding_rs::EncoderResult;

use crate::{Error, Result};

/// How texts are shown and read.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Encoding {
    kind: Kind,
    strict: bool,
    ambiguous_is_wide: bool,
}

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Utf8,
    Ascii,
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

impl Default for Encoding {
    fn default() -> Self {
        Self { kind: Kind::Utf8, strict: true, ambiguous_is_wide: false }
    }
}

/// A stored text as the user sees it, and the stored form where that is another.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LocalText {
    /// In the user's character set.
    pub local: Vec<u8>,
    /// What is stored, when it differs from `local`.
    pub stored: Option<Vec<u8>>,
}

impl Encoding {
    /// The character set called `name` (`utf-8`, `ascii`, `latin-1`, `cp1252`, ...); `None` if unknown.
    #[must_use]
    pub fn named(name: &[u8]) -> Option<Self> {
        let plain: Vec<u8> =
            name.iter().filter(|c| c.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
        let kind = match &plain[..] {
            b"utf8" | b"u8" | b"utf" => Kind::Utf8,
            b"ascii" | b"usascii" | b"646" | b"ansix341968" => Kind::Ascii,
            b"latin1" | b"iso88591" | b"88591" | b"l1" | b"latin" | b"cp819" => Kind::Latin1,
            _ => Kind::Other(foreign(name, &plain)?),
        };
        Some(Self { kind, ..Self::default() })
    }

    /// Whether unreadable bytes are an error (`HGENCODINGMODE`).
    #[must_use]
    pub fn strict(self, strict: bool) -> Self {
        Self { strict, ..self }
    }

    /// Whether characters of ambiguous width fill two columns (`HGENCODINGAMBIGUOUS`).
    #[must_use]
    pub fn ambiguous_is_wide(self, wide: bool) -> Self {
        Self { ambiguous_is_wide: wide, ..self }
    }

    /// Whether it is UTF-8.
    #[must_use]
    pub fn is_utf8(&self) -> bool {
        self.kind == Kind::Utf8
    }

    /// What the user sees of a stored text. Texts that are not UTF-8 are taken as Latin-1.
    #[must_use]
    pub fn to_local(&self, stored: &[u8]) -> LocalText {
        if stored.is_ascii() {
            return LocalText { local: stored.to_vec(), stored: None };
        }
        let text = match std::str::from_utf8(stored) {
            Ok(_) if self.is_utf8() => return LocalText { local: stored.to_vec(), stored: None },
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(stored.iter().copied().map(char::from).collect()),
        };
        let (local, _) = self.encode(&text);
        let stored = (local != stored).then(|| stored.to_vec());
        LocalText { local, stored }
    }

    /// What the user sees of a stored text, without the way back.
    #[must_use]
    pub fn local<'a>(&self, stored: &'a [u8]) -> Cow<'a, [u8]> {
        let same = stored.is_ascii() || (self.is_utf8() && std::str::from_utf8(stored).is_ok());
        if same { Cow::Borrowed(stored) } else { Cow::Owned(self.to_local(stored).local) }
    }

    /// The UTF-8 form of what the user typed.
    ///
    /// # Errors
    /// When bytes mean nothing in this character set and reading is strict.
    pub fn from_local<'a>(&self, local: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        if local.is_ascii() {
            return Ok(Cow::Borrowed(local));
        }
        match self.decode(local) {
            Ok(Cow::Borrowed(text)) => Ok(Cow::Borrowed(text.as_bytes())),
            Ok(Cow::Owned(text)) => Ok(Cow::Owned(text.into_bytes())),
            Err(_) if !self.strict => Ok(Cow::Owned(self.decode_lossy(local).into_bytes())),
            Err(bad) => Err(bad_bytes(local, &bad)),
        }
    }

    /// The text, with U+FFFD for what cannot be read.
    #[must_use]
    pub fn decode_lossy(&self, local: &[u8]) -> String {
        match self.kind {
            Kind::Utf8 => String::from_utf8_lossy(local).into_owned(),
            Kind::Ascii => {
                let read = |&c: &u8| if c < 0x80 { char::from(c) } else { '\u{fffd}' };
                local.iter().map(read).collect()
            }
            Kind::Latin1 => local.iter().copied().map(char::from).collect(),
            Kind::Other(encoding) => encoding.decode_without_bom_handling(local).0.into_owned(),
        }
    }

    /// The text in this character set, `?` for what it lacks, and whether nothing was lacking.
    #[must_use]
    pub fn encode(&self, text: &str) -> (Vec<u8>, bool) {
        let narrow = |limit: u32| {
            let mut whole = true;
            let put = |c: char| match u8::try_from(u32::from(c)) {
                Ok(byte) if u32::from(c) < limit => byte,
                _ => {
                    whole = false;
                    b'?'
                }
            };
            let bytes = text.chars().map(put).collect();
            (bytes, whole)
        };
        match self.kind {
            Kind::Utf8 => (text.as_bytes().to_vec(), true),
            Kind::Ascii => narrow(0x80),
            Kind::Latin1 => narrow(0x100),
            Kind::Other(encoding) => encode_foreign(encoding, text),
        }
    }

    /// Terminal columns of a text.
    #[must_use]
    pub fn width(&self, local: &[u8]) -> usize {
        if local.is_ascii() {
            return local.len();
        }
        match self.decode(local) {
            Ok(text) => text.chars().map(|c| self.char_width(c)).sum(),
            Err(_) => local.len(),
        }
    }

    /// Terminal columns of a character.
    #[must_use]
    pub fn char_width(&self, c: char) -> usize {
        use unicode_width::UnicodeWidthChar as _;
        let width = if self.ambiguous_is_wide { c.width_cjk() } else { c.width() };
        if width == Some(2) { 2 } else { 1 }
    }

    /// Lower case, in as far as the text can be read.
    #[must_use]
    pub fn lower(&self, local: &[u8]) -> Vec<u8> {
        self.change_case(local, <[u8]>::to_ascii_lowercase, str::to_lowercase)
    }

    /// Upper case, in as far as the text can be read.
    #[must_use]
    pub fn upper(&self, local: &[u8]) -> Vec<u8> {
        self.change_case(local, <[u8]>::to_ascii_uppercase, str::to_uppercase)
    }

    fn change_case(
        &self,
        local: &[u8],
        ascii: fn(&[u8]) -> Vec<u8>,
        unicode: fn(&str) -> String,
    ) -> Vec<u8> {
        match self.decode(local) {
            _ if local.is_ascii() => ascii(local),
            Ok(text) => {
                let changed = unicode(&text);
                if changed == text {
                    return local.to_vec();
                }
                // The other case of a character may be none of the character set.
                match self.encode(&changed) {
                    (encoded, true) => encoded,
                    (_, false) => ascii(local),
                }
            }
            Err(_) => ascii(local),
        }
    }

    fn decode<'a>(&self, local: &'a [u8]) -> Result<Cow<'a, str>, Undecodable> {
        match self.kind {
            Kind::Utf8 => std::str::from_utf8(local).map(Cow::Borrowed).map_err(|error| {
                let at = error.valid_up_to();
                Undecodable { codec: "utf-8", at, reason: utf8_reason(local, at, &error) }
            }),
            Kind::Ascii => match local.iter().position(|c| !c.is_ascii()) {
                Some(at) => {
                    let reason = "ordinal not in range(128)";
                    Err(Undecodable { codec: "ascii", at, reason })
                }
                None => Ok(String::from_utf8_lossy(local)),
            },
            Kind::Latin1 => Ok(Cow::Owned(local.iter().copied().map(char::from).collect())),
            Kind::Other(encoding) => encoding
                .decode_without_bom_handling_and_without_replacement(local)
                .ok_or(Undecodable { codec: "charmap", at: 0, reason: "invalid byte sequence" }),
        }
    }
}

/// What Python says about bytes that are not text.
struct Undecodable {
    codec: &'static str,
    at: usize,
    reason: &'static str,
}

fn utf8_reason(bytes: &[u8], at: usize, error: &std::str::Utf8Error) -> &'static str {
    match (error.error_len(), bytes.get(at)) {
        (None, _) => "unexpected end of data",
        (_, Some(0x80..=0xc1 | 0xf5..)) => "invalid start byte",
        _ => "invalid continuation byte",
    }
}

fn bad_bytes(local: &[u8], bad: &Undecodable) -> Error {
    let near = &local[bad.at.saturating_sub(10)..local.len().min(bad.at + 10)];
    let byte = local.get(bad.at).copied().unwrap_or_default();
    let what = format!(
        "': '{}' codec can't decode byte 0x{byte:02x} in position {}: {}!",
        bad.codec, bad.at, bad.reason
    );
    Error::abort([&b"decoding near '"[..], near, what.as_bytes()].concat())
}

/// Character sets by the names that Python and the web give them.
fn foreign(name: &[u8], plain: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    let aliased: Cow<'_, [u8]> = match plain {
        b"cp932" | b"mskanji" | b"sjis" => Cow::Borrowed(b"shift_jis"),
        b"cp949" => Cow::Borrowed(b"euc-kr"),
        b"cp936" => Cow::Borrowed(b"gbk"),
        b"cp950" => Cow::Borrowed(b"big5"),
        b"latin2" => Cow::Borrowed(b"iso-8859-2"),
        _ if plain.starts_with(b"cp125") => Cow::Owned([&b"windows-"[..], &plain[2..]].concat()),
        _ if plain.starts_with(b"iso8859") => Cow::Owned([&b"iso-8859-"[..], &plain[7..]].concat()),
        _ => Cow::Borrowed(name),
    };
    encoding_rs::Encoding::for_label(&aliased).filter(|found| found.is_ascii_compatible())
}

fn encode_foreign(encoding: &'static encoding_rs::Encoding, text: &str) -> (Vec<u8>, bool) {
    let mut encoder = encoding.new_encoder();
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    let mut whole = true;
    loop {
        out.reserve(rest.len() * 2 + 16);
        let (result, read) =
            encoder.encode_from_utf8_to_vec_without_replacement(rest, &mut out, true);
        rest = &rest[read..];
        match result {
            EncoderResult::InputEmpty => return (out, whole),
            EncoderResult::OutputFull => {}
            EncoderResult::Unmappable(_) => {
                out.push(b'?');
                whole = false;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Encoding {
        Encoding::named(name.as_bytes()).expect("a known character set")
    }

    #[test]
    fn stored_texts_survive_a_poor_terminal() {
        let text = named("ascii").to_local("é".as_bytes());
        assert_eq!(text.local, b"?");
        assert_eq!(text.stored.as_deref(), Some("é".as_bytes()));
        assert_eq!(named("latin1").to_local("é".as_bytes()).local, b"\xe9");
        assert_eq!(named("cp1252").to_local("€".as_bytes()).local, b"\x80");
        assert_eq!(named("utf-8").to_local(b"\xe9").local, "é".as_bytes());
    }

    #[test]
    fn typed_texts_become_utf8() {
        assert_eq!(&*named("ISO-8859-1").from_local(b"\xe9").expect("latin"), "é".as_bytes());
        let error = named("ascii").from_local("aé".as_bytes()).expect_err("not ascii");
        assert!(error.to_string().ends_with(
            "'ascii' codec can't decode byte 0xc3 in position 1: ordinal not in range(128)!"
        ));
        let lossy = named("ascii").strict(false);
        assert_eq!(&*lossy.from_local(b"\xe9").expect("lossy"), "\u{fffd}".as_bytes());
    }

    #[test]
    fn columns_and_cases() {
        assert_eq!(named("utf-8").width("日本é".as_bytes()), 5);
        assert_eq!(named("ascii").width("é".as_bytes()), 2);
        assert_eq!(named("utf-8").upper("é".as_bytes()), "É".as_bytes());
        assert_eq!(named("latin-1").upper(b"\xe9a"), b"\xc9A");
        // ÿ has no upper case there.
        assert_eq!(named("latin-1").upper(b"\xe9a\xff"), b"\xe9A\xff");
        assert_eq!(named("ascii").upper(b"\xe9a"), b"\xe9A");
        assert!(Encoding::named(b"no-such-charset").is_none());
    }
}

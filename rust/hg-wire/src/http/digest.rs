//! Proving that one knows a password: the schemes `Basic` (RFC 7617) and `Digest` (RFC 7616 with MD5).

use md5::{Digest as _, Md5};

/// What a server asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// The name of the scheme, in small letters.
    pub(super) scheme: String,
    /// Its parameters, names in small letters.
    parameters: Vec<(String, Vec<u8>)>,
}

impl Challenge {
    /// Reads the value of `WWW-Authenticate`.
    pub(super) fn parse(value: &[u8]) -> Option<Self> {
        let value = value.trim_ascii();
        let end = value.iter().position(|&b| b == b' ').unwrap_or(value.len());
        let scheme = String::from_utf8(value[..end].to_ascii_lowercase()).ok()?;
        let (mut parameters, mut rest) = (Vec::new(), &value[end..]);
        while let Some(at) = rest.iter().position(|&b| b == b'=') {
            let name = rest[..at].trim_ascii().to_ascii_lowercase();
            let (value, after) = match rest[at + 1..].strip_prefix(b"\"") {
                Some(quoted) => {
                    let end = quoted.iter().position(|&b| b == b'"').unwrap_or(quoted.len());
                    (&quoted[..end], quoted.get(end + 1..).unwrap_or_default())
                }
                None => {
                    let bare = &rest[at + 1..];
                    let end = bare.iter().position(|&b| b == b',').unwrap_or(bare.len());
                    (bare[..end].trim_ascii(), &bare[end..])
                }
            };
            parameters.push((String::from_utf8(name).ok()?, value.to_vec()));
            let after = after.trim_ascii_start();
            rest = after.strip_prefix(b",").unwrap_or(after);
        }
        Some(Self { scheme, parameters })
    }

    /// A parameter.
    pub(super) fn get(&self, name: &str) -> Option<&[u8]> {
        let found = self.parameters.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_slice())
    }

    /// The value of `Authorization` for a request, when the scheme is known; `count` requests were
    /// answered with this challenge, this one included.
    pub(super) fn answer(
        &self,
        (user, password): (&[u8], &[u8]),
        (method, target): (&str, &[u8]),
        count: u32,
    ) -> Option<Vec<u8>> {
        match self.scheme.as_str() {
            "basic" => Some(basic(user, password)),
            "digest" => self.digest((user, password), (method, target), count),
            _ => None,
        }
    }

    fn digest(
        &self,
        (user, password): (&[u8], &[u8]),
        (method, target): (&str, &[u8]),
        count: u32,
    ) -> Option<Vec<u8>> {
        if self.get("algorithm").is_some_and(|name| !name.eq_ignore_ascii_case(b"md5")) {
            return None;
        }
        let (realm, nonce) = (self.get("realm")?, self.get("nonce")?);
        let secret = hash(&[user, realm, password]);
        let request = hash(&[method.as_bytes(), target]);
        let protections = self.get("qop").unwrap_or_default();
        let protected = protections.split(|&b| b == b',').any(|name| name.trim_ascii() == b"auth");
        let count = format!("{count:08x}").into_bytes();
        let salt = hash(&[nonce, &count, &salt()]);
        let salt = &salt[..16];
        let response = match protected {
            true => hash(&[&secret, nonce, &count, salt, b"auth", &request]),
            false => hash(&[&secret, nonce, &request]),
        };
        let mut out = b"Digest ".to_vec();
        let mut quoted = |name: &str, value: &[u8]| {
            out.extend([name.as_bytes(), b"=\"", value, b"\", "].concat());
        };
        quoted("username", user);
        quoted("realm", realm);
        quoted("nonce", nonce);
        quoted("uri", target);
        quoted("response", &response);
        if let Some(opaque) = self.get("opaque") {
            quoted("opaque", opaque);
        }
        out.extend_from_slice(b"algorithm=\"MD5\"");
        if protected {
            out.extend([b", qop=auth, nc=", &count[..], b", cnonce=\"", salt, b"\""].concat());
        }
        Some(out)
    }
}

/// Bytes nobody can guess beforehand.
fn salt() -> [u8; 16] {
    use std::hash::{BuildHasher as _, RandomState};
    // The keys of hash maps are random for every process, and differ from one to the next.
    let (a, b) = (RandomState::new().hash_one(0), RandomState::new().hash_one(1));
    let mut out = [0; 16];
    out[..8].copy_from_slice(&a.to_be_bytes());
    out[8..].copy_from_slice(&b.to_be_bytes());
    out
}

/// The hexadecimal MD5 of texts joined by colons.
fn hash(parts: &[&[u8]]) -> Vec<u8> {
    use std::fmt::Write as _;
    let digest = Md5::digest(parts.join(&b':'));
    let hex = digest.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    });
    hex.into_bytes()
}

/// `Basic`: name and password, readable by everybody on the way.
pub(super) fn basic(user: &[u8], password: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = [user, password].join(&b':');
    let encoded = base64::engine::general_purpose::STANDARD.encode(text);
    [b"Basic ", encoded.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use bstr::{ByteSlice as _, ByteVec as _};

    use super::*;

    #[test]
    fn challenges_are_read() {
        let text = b"Digest realm=\"my, realm\", nonce=abc , qop=\"auth,auth-int\"";
        let challenge = Challenge::parse(text).expect("valid");
        assert_eq!(challenge.scheme, "digest");
        assert_eq!(challenge.get("realm"), Some(&b"my, realm"[..]));
        assert_eq!(challenge.get("nonce"), Some(&b"abc"[..]));
        assert_eq!(challenge.get("qop"), Some(&b"auth,auth-int"[..]));
        for text in [&b""[..], b"=", b"x =\"", b"Basic realm=\"unfinished", b"a b=c, =, d"] {
            let _ = Challenge::parse(text);
        }
    }

    #[test]
    fn answers_are_those_of_the_standards() {
        assert_eq!(
            basic(b"Aladdin", b"open sesame").as_bstr(),
            "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        );
        // RFC 2069, 2.4, as corrected by its erratum 749.
        let text =
            b"Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\"";
        let challenge = Challenge::parse(text).expect("valid");
        let account = (&b"Mufasa"[..], &b"CircleOfLife"[..]);
        let answer = challenge.answer(account, ("GET", b"/dir/index.html"), 1).expect("known");
        let answer = answer.into_string().expect("text");
        assert!(answer.contains("response=\"1949323746fe6a43ef61f9606e7febea\""), "{answer}");
    }
}

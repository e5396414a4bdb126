//! Fingerprints of certificates.

use ring::digest;

/// A way to make fingerprints.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Sha1,
    Sha256,
    Sha512,
}

impl Kind {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "sha1",
            Self::Sha256 => "sha256",
            Self::Sha512 => "sha512",
        }
    }

    /// The fingerprint of a certificate, as digits.
    fn of(self, certificate: &[u8]) -> String {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha512 => &digest::SHA512,
        };
        let bytes = digest::digest(algorithm, certificate);
        bytes.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The fingerprint of a certificate as users see it.
    pub(crate) fn shown(self, certificate: &[u8]) -> String {
        with_colons(&self.of(certificate))
    }
}

fn with_colons(digits: &str) -> String {
    let pairs: Vec<&str> =
        (0..digits.len()).step_by(2).filter_map(|at| digits.get(at..at + 2)).collect();
    pairs.join(":")
}

/// A fingerprint that a user has given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Fingerprint {
    pub(crate) kind: Kind,
    digits: Vec<u8>,
}

impl Fingerprint {
    /// A fingerprint of which the digits were given, with or without colons.
    pub(crate) fn new(kind: Kind, digits: &[u8]) -> Self {
        let digits = digits.iter().filter(|&&b| b != b':').map(u8::to_ascii_lowercase).collect();
        Self { kind, digits }
    }

    /// A fingerprint with its kind in front of it.
    pub(crate) fn parse(text: &[u8]) -> Option<Self> {
        let kinds = [Kind::Sha1, Kind::Sha256, Kind::Sha512];
        kinds.into_iter().find_map(|kind| {
            let digits = text.strip_prefix(kind.name().as_bytes())?.strip_prefix(b":")?;
            Some(Self::new(kind, digits))
        })
    }

    /// Whether it is that of a certificate.
    pub(crate) fn is_of(&self, certificate: &[u8]) -> bool {
        self.kind.of(certificate).as_bytes() == self.digits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_compared_without_colons_and_case() {
        let shown = Kind::Sha1.shown(b"abc");
        assert_eq!(shown, "a9:99:3e:36:47:06:81:6a:ba:3e:25:71:78:50:c2:6c:9c:d0:d8:9d");
        for text in [shown.clone(), shown.to_uppercase(), shown.replace(':', "")] {
            let given = Fingerprint::parse(format!("sha1:{text}").as_bytes()).expect("valid");
            assert!(given.is_of(b"abc") && !given.is_of(b"abd"));
        }
        assert_eq!(Fingerprint::parse(b"md5:aa"), None);
        assert_eq!(Fingerprint::parse(b"aa"), None);
    }
}

//! OpenSSL's lists of ciphers, as far as there are any that we have.
//!
//! They choose what connections before TLS 1.3 use; its ciphers are always there.

use rustls::{CipherSuite, SupportedCipherSuite, SupportedProtocolVersion};

/// What a cipher is called, and what it is.
const CIPHERS: [(CipherSuite, &str, &[&str]); 6] = [
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        &["ECDSA", "AES", "AES256", "AESGCM", "SHA384"],
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-RSA-AES256-GCM-SHA384",
        &["aRSA", "AES", "AES256", "AESGCM", "SHA384"],
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        &["ECDSA", "CHACHA20"],
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-RSA-CHACHA20-POLY1305",
        &["aRSA", "CHACHA20"],
    ),
    (
        CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        &["ECDSA", "AES", "AES128", "AESGCM", "SHA256"],
    ),
    (
        CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-RSA-AES128-GCM-SHA256",
        &["aRSA", "AES", "AES128", "AESGCM", "SHA256"],
    ),
];

/// What all of them are.
const COMMON: [&str; 10] =
    ["ALL", "DEFAULT", "HIGH", "TLSv1.2", "ECDHE", "EECDH", "kECDHE", "kEECDH", "AEAD", "FIPS"];

/// The ciphers that a list chooses, in its order; `None` when it chooses none.
pub(crate) fn select(
    list: &[u8],
    all: &[SupportedCipherSuite],
) -> Option<Vec<SupportedCipherSuite>> {
    let chosen = choose(list);
    if chosen.is_empty() {
        return None;
    }
    let is_new = |suite: &&SupportedCipherSuite| is_of(suite, &rustls::version::TLS13);
    let mut out: Vec<SupportedCipherSuite> = all.iter().filter(is_new).copied().collect();
    for suite in chosen {
        out.extend(all.iter().find(|known| known.suite() == suite));
    }
    Some(out)
}

fn is_of(suite: &SupportedCipherSuite, version: &'static SupportedProtocolVersion) -> bool {
    suite.version() == version
}

fn choose(list: &[u8]) -> Vec<CipherSuite> {
    let list = String::from_utf8_lossy(list);
    let (mut chosen, mut never): (Vec<CipherSuite>, Vec<CipherSuite>) = (Vec::new(), Vec::new());
    for word in list.split([':', ',', ' ']).filter(|word| !word.is_empty()) {
        let meant = |words: &str| {
            let fits = |name: &str, traits: &[&str]| {
                words.split('+').all(|word| {
                    word == name
                        || traits.contains(&word)
                        || COMMON.contains(&word)
                        || word == "aECDSA" && traits.contains(&"ECDSA")
                })
            };
            let found = CIPHERS.iter().filter(|(_, name, traits)| fits(name, traits));
            found.map(|(suite, ..)| *suite).collect::<Vec<_>>()
        };
        match word.as_bytes()[0] {
            // The strength of keys is what the ciphers we have already are about.
            b'@' => {}
            b'!' => {
                never.extend(meant(&word[1..]));
                chosen.retain(|suite| !never.contains(suite));
            }
            b'-' => {
                let removed = meant(&word[1..]);
                chosen.retain(|suite| !removed.contains(suite));
            }
            b'+' => {
                let moved = meant(&word[1..]);
                let (last, first): (Vec<_>, Vec<_>) =
                    chosen.into_iter().partition(|suite| moved.contains(suite));
                chosen = [first, last].concat();
            }
            _ => {
                for suite in meant(word) {
                    if !chosen.contains(&suite) && !never.contains(&suite) {
                        chosen.push(suite);
                    }
                }
            }
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_choose_order_and_exclude() {
        assert_eq!(choose(b"HIGH").len(), 6);
        assert_eq!(choose(b"DEFAULT:@SECLEVEL=0").len(), 6);
        assert_eq!(choose(b"HIGH:!AES").len(), 2);
        assert_eq!(choose(b"!ECDSA:ALL").len(), 3);
        assert_eq!(choose(b"ECDHE+AESGCM:-AES256").len(), 2);
        let one = CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
        assert_eq!(choose(b"ECDHE-RSA-AES128-GCM-SHA256"), [one]);
        assert_eq!(choose(b"ALL:+AES128").last(), Some(&one));
        for list in [&b"foo"[..], b"", b"!ALL:HIGH", b"AES256-SHA"] {
            assert_eq!(choose(list), []);
        }
    }
}

//! Private keys, encrypted or not.

use std::num::NonZeroU32;

use aes::cipher::{BlockDecryptMut as _, KeyIvInit as _, block_padding::Pkcs7};
use md5::{Digest as _, Md5};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

use crate::der::{INTEGER, OCTETS, OID, SEQUENCE, expect, optional};
use crate::pem::Block;

/// The most rounds that making a key from a passphrase may take.
const ROUNDS_LIMIT: u32 = 50_000_000;

/// Whether a block has a key in it.
pub(crate) fn is_key(block: &Block) -> bool {
    block.label.ends_with(b"PRIVATE KEY")
}

/// Whether a key can be used only with a passphrase.
pub(crate) fn is_encrypted(block: &Block) -> bool {
    block.encryption.is_some() || block.label == b"ENCRYPTED PRIVATE KEY"
}

/// The key in a block; `None` when there is none that we understand, or the passphrase is wrong.
pub(crate) fn read(block: &Block, passphrase: &[u8]) -> Option<PrivateKeyDer<'static>> {
    let (label, bytes) = match &block.encryption {
        Some(how) => (block.label.as_slice(), decrypt_old(how, &block.bytes, passphrase)?),
        None if block.label == b"ENCRYPTED PRIVATE KEY" => {
            (&b"PRIVATE KEY"[..], decrypt(&block.bytes, passphrase)?)
        }
        None => (block.label.as_slice(), block.bytes.clone()),
    };
    match label {
        b"PRIVATE KEY" => Some(PrivatePkcs8KeyDer::from(bytes).into()),
        b"RSA PRIVATE KEY" => Some(PrivatePkcs1KeyDer::from(bytes).into()),
        b"EC PRIVATE KEY" => Some(PrivateSec1KeyDer::from(bytes).into()),
        _ => None,
    }
}

/// What is encrypted as OpenSSL did it first: the key is hashed from the passphrase.
fn decrypt_old(how: &[u8], bytes: &[u8], passphrase: &[u8]) -> Option<Vec<u8>> {
    let comma = how.iter().position(|&b| b == b',')?;
    let length = match &how[..comma] {
        b"AES-128-CBC" => 16,
        b"AES-192-CBC" => 24,
        b"AES-256-CBC" => 32,
        _ => return None,
    };
    let start = unhex(how[comma + 1..].trim_ascii())?;
    let salt = start.get(..8)?;
    let (mut key, mut last) = (Vec::new(), Vec::new());
    while key.len() < length {
        last = Md5::digest([&last, passphrase, salt].concat()).to_vec();
        key.extend_from_slice(&last);
    }
    decrypt_blocks(&key[..length], &start, bytes)
}

fn unhex(digits: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2);
    pairs.map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

fn decrypt_blocks(key: &[u8], start: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
    macro_rules! with {
        ($cipher:ty) => {{
            let cipher = cbc::Decryptor::<$cipher>::new_from_slices(key, start).ok()?;
            cipher.decrypt_padded_vec_mut::<Pkcs7>(bytes).ok()
        }};
    }
    match key.len() {
        16 => with!(aes::Aes128),
        24 => with!(aes::Aes192),
        _ => with!(aes::Aes256),
    }
}

/// `1.2.840.113549.1.5.13`, `1.2.840.113549.1.5.12`.
const SCHEME: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
const DERIVATION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// `1.2.840.113549.2`: what hashes are below.
const HMAC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2];
/// `2.16.840.1.101.3.4.1`: what ciphers are below.
const AES: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1];

/// What is encrypted as RFC 8018, section 6.2, has it.
fn decrypt(bytes: &[u8], passphrase: &[u8]) -> Option<Vec<u8>> {
    let mut whole = expect(&mut { bytes }, SEQUENCE)?.content;
    let mut algorithm = expect(&mut whole, SEQUENCE)?.content;
    let encrypted = expect(&mut whole, OCTETS)?.content;
    if expect(&mut algorithm, OID)?.content != SCHEME {
        return None;
    }
    let mut scheme = expect(&mut algorithm, SEQUENCE)?.content;
    let mut derivation = expect(&mut scheme, SEQUENCE)?.content;
    let mut cipher = expect(&mut scheme, SEQUENCE)?.content;
    if expect(&mut derivation, OID)?.content != DERIVATION {
        return None;
    }
    let mut derivation = expect(&mut derivation, SEQUENCE)?.content;
    let salt = expect(&mut derivation, OCTETS)?.content;
    let rounds = expect(&mut derivation, INTEGER)?.content;
    let rounds = rounds.iter().try_fold(0_u32, |number, &digit| {
        number.checked_mul(256).map(|number| number + u32::from(digit))
    })?;
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= ROUNDS_LIMIT)?;
    optional(&mut derivation, INTEGER);
    let hash = match optional(&mut derivation, SEQUENCE) {
        Some(hash) => expect(&mut { hash.content }, OID)?.content.strip_prefix(HMAC)?,
        None => &[7],
    };
    let hash = match hash {
        [7] => ring::pbkdf2::PBKDF2_HMAC_SHA1,
        [9] => ring::pbkdf2::PBKDF2_HMAC_SHA256,
        [10] => ring::pbkdf2::PBKDF2_HMAC_SHA384,
        [11] => ring::pbkdf2::PBKDF2_HMAC_SHA512,
        _ => return None,
    };
    let length = match expect(&mut cipher, OID)?.content.strip_prefix(AES)? {
        [2] => 16,
        [22] => 24,
        [42] => 32,
        _ => return None,
    };
    let start = expect(&mut cipher, OCTETS)?.content;
    let mut key = vec![0; length];
    ring::pbkdf2::derive(hash, rounds, salt, passphrase, &mut key);
    decrypt_blocks(&key, start, encrypted)
}

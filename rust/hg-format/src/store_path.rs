//! Names of files in the store: how a tracked path becomes a file name that every file system
//! keeps (wiki page "fncacheRepoFormat").
//!
//! The name given is the logical one, `data/Foo.i`. Directories that look like revlogs (`x.i`,
//! `x.d`, `x.hg`) get `.hg` appended in every layout, so that a file `x` and a directory `x.i` can
//! live side by side.

use sha1::{Digest as _, Sha1};

/// The longest path below the store before hashing sets in.
const MAX_PATH: usize = 120;
/// What is kept of each directory in a hashed name.
const DIR_PREFIX: usize = 8;
/// What the directories of a hashed name may take together.
const MAX_DIRS: usize = 8 * (DIR_PREFIX + 1) - 4;

/// How logical names become names of files.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PathEncoding {
    /// Without a store: only directories that look like revlogs are renamed.
    Flat,
    /// The store without a name cache: upper case and special bytes are escaped.
    Store,
    /// The store with a name cache: also names reserved on Windows, and long names hashed.
    FnCache {
        /// Whether leading dots and spaces are escaped.
        dotencode: bool,
    },
    /// With a name cache, but as plain as without a store.
    Plain,
}

impl PathEncoding {
    /// The file name, below the store, of a logical name.
    #[must_use]
    pub fn encode(self, path: &[u8]) -> Vec<u8> {
        match self {
            Self::Flat | Self::Plain => encode_dirs(path),
            Self::Store => escape(&encode_dirs(path), &ESCAPES),
            Self::FnCache { dotencode } => encode_hybrid(path, dotencode),
        }
    }
}

/// Appends `.hg` to directories that could be mistaken for revlogs or repositories.
#[must_use]
pub fn encode_dirs(path: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len() + 8);
    for (at, &byte) in path.iter().enumerate() {
        let before = &path[..at];
        if byte == b'/' && [&b".hg"[..], b".i", b".d"].iter().any(|end| before.ends_with(end)) {
            out.extend_from_slice(b".hg");
        }
        out.push(byte);
    }
    out
}

/// Undoes [`encode_dirs`].
#[must_use]
pub fn decode_dirs(path: &[u8]) -> Vec<u8> {
    let mut out: Vec<u8> = Vec::with_capacity(path.len());
    for &byte in path {
        let doubled = [&b".hg.hg"[..], b".i.hg", b".d.hg"].iter().any(|end| out.ends_with(end));
        if byte == b'/' && doubled {
            out.truncate(out.len() - 3);
        }
        out.push(byte);
    }
    out
}

/// Undoes the escapes of [`PathEncoding::Store`]; `None` when they are malformed.
#[must_use]
pub fn decode_store(path: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path;
    while let Some((&first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            b'_' => {
                let (&next, tail) = tail.split_first()?;
                out.push(if next == b'_' { b'_' } else { next.to_ascii_uppercase() });
                rest = tail;
            }
            b'~' => {
                let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
                out.push(u8::from_str_radix(digits, 16).ok()?);
                rest = &tail[2..];
            }
            b'A'..=b'Z' => return None,
            other => out.push(other),
        }
    }
    Some(decode_dirs(&out))
}

/// What becomes of one byte.
#[derive(Clone, Copy)]
enum Escape {
    Keep,
    Underscore,
    Lower,
    Hex,
}

/// Escapes that can be undone.
static ESCAPES: [Escape; 256] = escapes(Escape::Underscore);
/// Escapes for hashed names, where case is lost.
static LOSSY: [Escape; 256] = escapes(Escape::Lower);

const fn escapes(upper: Escape) -> [Escape; 256] {
    let mut table = [Escape::Keep; 256];
    let mut at = 0;
    while at < 256 {
        #[expect(clippy::cast_possible_truncation, reason = "the index is below 256")]
        let byte = at as u8;
        table[at] = match byte {
            0..=31 | 126..=255 | b'\\' | b':' | b'*' | b'?' | b'"' | b'<' | b'>' | b'|' => {
                Escape::Hex
            }
            b'A'..=b'Z' => upper,
            b'_' if matches!(upper, Escape::Underscore) => Escape::Underscore,
            _ => Escape::Keep,
        };
        at += 1;
    }
    table
}

fn escape(path: &[u8], table: &[Escape; 256]) -> Vec<u8> {
    let mut out = Vec::with_capacity(path.len() * 2);
    for &byte in path {
        match table[usize::from(byte)] {
            Escape::Keep => out.push(byte),
            Escape::Underscore => out.extend_from_slice(&[b'_', byte.to_ascii_lowercase()]),
            Escape::Lower => out.push(byte.to_ascii_lowercase()),
            Escape::Hex => push_hex(byte, &mut out),
        }
    }
    out
}

fn push_hex(byte: u8, out: &mut Vec<u8>) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| DIGITS[usize::from(nibble)];
    out.extend_from_slice(&[b'~', digit(byte >> 4), digit(byte & 0xf)]);
}

fn encode_hybrid(path: &[u8], dotencode: bool) -> Vec<u8> {
    let path = encode_dirs(path);
    let Some(below) = path.strip_prefix(b"data/").or_else(|| path.strip_prefix(b"meta/")) else {
        return path;
    };
    let mut out = path[..5].to_vec();
    out.extend_from_slice(&join(&protect(&escape(below, &ESCAPES), dotencode)));
    if out.len() > MAX_PATH { hashed(&path, below, dotencode) } else { out }
}

/// Escapes what Windows (or a Mac) cannot have as a component: reserved names, trailing and - with
/// `dotencode` - leading dots and spaces.
fn protect(path: &[u8], dotencode: bool) -> Vec<Vec<u8>> {
    path.split(|&b| b == b'/').map(|part| protect_part(part, dotencode)).collect()
}

fn protect_part(part: &[u8], dotencode: bool) -> Vec<u8> {
    let Some(&first) = part.first() else { return Vec::new() };
    let mut out = Vec::with_capacity(part.len() + 4);
    let mut rest = part;
    if dotencode && matches!(first, b'.' | b' ') {
        push_hex(first, &mut out);
        rest = &part[1..];
    } else if is_reserved(part) {
        out.extend_from_slice(&part[..2]);
        push_hex(part[2], &mut out);
        rest = &part[3..];
    }
    match rest.split_last() {
        Some((&last, middle)) if matches!(last, b'.' | b' ') => {
            out.extend_from_slice(middle);
            push_hex(last, &mut out);
        }
        _ => out.extend_from_slice(rest),
    }
    out
}

fn is_reserved(part: &[u8]) -> bool {
    let stem = part.split(|&b| b == b'.').next().unwrap_or_default();
    matches!(
        stem,
        b"con"
            | b"prn"
            | b"aux"
            | b"nul"
            | [b'c', b'o', b'm', b'1'..=b'9']
            | [b'l', b'p', b't', b'1'..=b'9']
    )
}

/// A name with starts of the directories, start of the base name, and the hash of the whole.
fn hashed(path: &[u8], below: &[u8], dotencode: bool) -> Vec<u8> {
    let digest: [u8; 20] = Sha1::digest(path).into();
    let parts = protect(&escape(below, &LOSSY), dotencode);
    let (base, dirs) = parts.split_last().map_or((&[][..], &[][..]), |(base, dirs)| (base, dirs));
    let mut out = b"dh/".to_vec();
    let mut used = 0;
    for dir in dirs {
        let mut short = dir[..dir.len().min(DIR_PREFIX)].to_vec();
        if let Some(last) = short.last_mut()
            && matches!(last, b'.' | b' ')
        {
            *last = b'_';
        }
        let total = if used == 0 { short.len() } else { used + 1 + short.len() };
        if total > MAX_DIRS {
            break;
        }
        used = total;
        out.extend_from_slice(&short);
        out.push(b'/');
    }
    let extension = extension(base);
    let taken = out.len() + 2 * digest.len() + extension.len();
    out.extend_from_slice(&base[..base.len().min(MAX_PATH.saturating_sub(taken))]);
    out.extend_from_slice(&hg_types::to_hex(&digest));
    out.extend_from_slice(extension);
    out
}

/// The last dot and what follows, empty when only dots come before it.
fn extension(base: &[u8]) -> &[u8] {
    match base.iter().rposition(|&b| b == b'.') {
        Some(at) if base[..at].iter().any(|&b| b != b'.') => &base[at..],
        _ => b"",
    }
}

fn join(parts: &[Vec<u8>]) -> Vec<u8> {
    parts.join(&b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(path: &str) -> String {
        let out = PathEncoding::FnCache { dotencode: true }.encode(path.as_bytes());
        String::from_utf8(out).expect("ascii")
    }

    #[test]
    fn escapes_and_reserved_names() {
        assert_eq!(encoded("data/.AB_c.i"), "data/~2e_a_b__c.i");
        assert_eq!(
            encoded("data/aux/nul.txt/com1.i/xaux.i"),
            "data/au~78/nu~6c.txt/co~6d1.i.hg/xaux.i"
        );
        assert_eq!(encoded("data/a./b /c:\u{1}.i"), "data/a~2e/b~20/c~3a~01.i");
        assert_eq!(encoded("00Changelog.i"), "00Changelog.i");
        assert_eq!(PathEncoding::Flat.encode(b"data/A.d/_x.i"), b"data/A.d.hg/_x.i");
        assert_eq!(PathEncoding::Store.encode(b"data/A_/.x.i"), b"data/_a__/.x.i");
    }

    #[test]
    fn long_names_are_hashed() {
        let name = encoded(&format!("data/{}/X.i", "Directory/".repeat(14)));
        assert!(name.starts_with("dh/director/director/") && name.ends_with(".i"));
        assert_eq!(name.len(), 111, "seven directories, the short base name, hash, extension");
    }

    #[test]
    fn store_escapes_can_be_undone() {
        for path in ["data/.AB_c.i", "data/x.i/y.d/z.hg/q~.i", "data/\u{e9}.i"] {
            let name = PathEncoding::Store.encode(path.as_bytes());
            assert_eq!(decode_store(&name).as_deref(), Some(path.as_bytes()));
        }
        assert_eq!(decode_store(b"data/~zz"), None);
        assert_eq!(decode_store(b"data/_"), None);
    }
}

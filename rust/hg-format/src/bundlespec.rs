//! Bundle specifications, such as `zstd-v2;obsolescence=yes`: what kind of bundle to write.
//!
//! Format: `hg help bundlespec`.

use crate::percent;

/// Why a specification is refused.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Error {
    /// It makes no sense: the message.
    #[error("{}", String::from_utf8_lossy(.0))]
    Invalid(Vec<u8>),
    /// It asks for something this program does not have: the message.
    #[error("{}", String::from_utf8_lossy(.0))]
    Unsupported(Vec<u8>),
}

impl Error {
    /// The message in bytes.
    #[must_use]
    pub fn message(&self) -> &[u8] {
        match self {
            Self::Invalid(message) | Self::Unsupported(message) => message,
        }
    }
}

/// How the bytes of a bundle are compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Compression {
    /// Not at all (`UN`).
    None,
    /// zlib (`GZ`).
    Gzip,
    /// bzip2 (`BZ`).
    #[default]
    Bzip2,
    /// Zstandard (`ZS`).
    Zstd,
}

impl Compression {
    /// All engines.
    pub const ALL: [Self; 4] = [Self::None, Self::Gzip, Self::Bzip2, Self::Zstd];

    /// The name in bundle specifications.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Zstd => "zstd",
        }
    }

    /// The two letters in bundle headers.
    #[must_use]
    pub const fn code(self) -> &'static [u8; 2] {
        match self {
            Self::None => b"UN",
            Self::Gzip => b"GZ",
            Self::Bzip2 => b"BZ",
            Self::Zstd => b"ZS",
        }
    }

    /// The engine called `name` in specifications.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name().as_bytes() == name)
    }

    /// The engine of two letters in a header.
    #[must_use]
    pub fn from_code(code: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.code() == code)
    }
}

/// The container of a bundle.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Container {
    /// HG10: a changegroup 01, compressed.
    V1,
    /// HG20.
    V2,
    /// HGS1: raw store files.
    Packed1,
}

/// A parsed specification.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BundleSpec {
    /// The compression.
    pub compression: Compression,
    /// The container.
    pub container: Container,
    /// The type as written: `v1`, `v2`, `v3`, `packed1`, `streamv2`, ...
    pub version: Vec<u8>,
    /// Whether the changegroup goes in.
    pub changegroup: bool,
    /// Version of the changegroup (`cg.version`); `None` when the specification does not say.
    pub changegroup_version: Option<Vec<u8>>,
    /// Whether obsolescence markers go in.
    pub obsolescence: bool,
    /// Whether a bundle with markers is mandatory to understand (`obsolescence-mandatory`).
    pub obsolescence_mandatory: bool,
    /// Whether phases go in.
    pub phases: bool,
    /// Whether the cache of `.hgtags` file nodes goes in.
    pub tags_fnodes_cache: bool,
    /// Whether the cache of branch names goes in.
    pub rev_branch_cache: bool,
    /// The stream clone version, when the bundle is one.
    pub stream: Option<Vec<u8>>,
    /// All parameters as given, in order.
    pub parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

impl BundleSpec {
    /// A bundle of the container and compression with what they hold by default.
    #[must_use]
    pub fn new(version: &[u8], compression: Compression) -> Self {
        let container = match version {
            b"v1" => Container::V1,
            b"packed1" => Container::Packed1,
            _ => Container::V2,
        };
        let is_stream = version.starts_with(b"stream");
        let full = container == Container::V2 && !is_stream;
        Self {
            compression,
            container,
            version: version.to_vec(),
            changegroup: !is_stream,
            changegroup_version: match version {
                b"v1" => Some(b"01".to_vec()),
                b"v3" => Some(b"03".to_vec()),
                b"v2" => Some(b"02".to_vec()),
                _ => None,
            },
            obsolescence: version == b"v3",
            obsolescence_mandatory: true,
            phases: version == b"v3",
            tags_fnodes_cache: full,
            rev_branch_cache: full,
            stream: version.strip_prefix(b"stream").map(<[u8]>::to_vec),
            parameters: Vec::new(),
        }
    }

    /// The value of a parameter that was given.
    #[must_use]
    pub fn parameter(&self, name: &[u8]) -> Option<&[u8]> {
        let mut given = self.parameters.iter().rev();
        given.find(|(key, _)| key == name).map(|(_, value)| value.as_slice())
    }
}

/// What stands before the container type, which containers exist, in which modes they may be used.
const VERSIONS: [&[u8]; 5] = [b"v1", b"v2", b"v3", b"packed1", b"streamv2"];

/// Parses a specification. When `strict`, both compression and type must be given.
/// `modern` says whether the repository uses delta bases freely, which makes `v2` the default.
pub fn parse(spec: &[u8], strict: bool, modern: bool) -> Result<BundleSpec, Error> {
    let quoted = |before: &str, what: &[u8], after: &str| {
        [before.as_bytes(), what, after.as_bytes()].concat()
    };
    if strict && !spec.contains(&b'-') {
        let message = "invalid bundle specification; must be prefixed with compression: ";
        return Err(Error::Invalid(quoted(message, spec, "")));
    }
    let (head, parameters) = split_parameters(spec)?;
    let head = head.to_ascii_lowercase();
    let (compression, version) = match head.iter().position(|&b| b == b'-') {
        Some(dash) => {
            let (name, version) = (&head[..dash], &head[dash + 1..]);
            let engine = Compression::from_name(name).ok_or_else(|| {
                Error::Unsupported(quoted("", name, " compression is not supported"))
            })?;
            let version = canonical_version(version);
            if !VERSIONS.contains(&version) {
                let message = quoted("", version, " is not a recognized bundle version");
                return Err(Error::Unsupported(message));
            }
            (engine, version.to_vec())
        }
        None => default_rest(&head, modern).ok_or_else(|| {
            Error::Unsupported(quoted("", &head, " is not a recognized bundle specification"))
        })?,
    };
    let mut out = BundleSpec::new(&version, compression);
    if out.container == Container::V1 && compression == Compression::Zstd {
        let message = "compression engine zstd is not supported on v1 bundles";
        return Err(Error::Unsupported(message.into()));
    }
    if out.container == Container::Packed1 {
        check_requirements(&parameters)?;
    }
    for (name, value) in &parameters {
        apply_parameter(&mut out, name, value)?;
    }
    out.parameters = parameters;
    Ok(out)
}

fn canonical_version(version: &[u8]) -> &[u8] {
    if version == b"bundle2" { b"v2" } else { version }
}

/// The missing half of a specification that names only a type or only a compression.
fn default_rest(head: &[u8], modern: bool) -> Option<(Compression, Vec<u8>)> {
    if let Some(engine) = Compression::from_name(head) {
        let new = modern || engine == Compression::Zstd;
        return Some((engine, if new { b"v2".to_vec() } else { b"v1".to_vec() }));
    }
    let version = canonical_version(head);
    let plain = version == b"packed1" || version.starts_with(b"stream");
    let engine = if plain { Compression::None } else { Compression::Bzip2 };
    VERSIONS.contains(&version).then(|| (engine, version.to_vec()))
}

type Pairs = Vec<(Vec<u8>, Vec<u8>)>;

fn split_parameters(spec: &[u8]) -> Result<(&[u8], Pairs), Error> {
    let Some(at) = spec.iter().position(|&b| b == b';') else {
        return Ok((spec, Vec::new()));
    };
    let pairs = spec[at + 1..].split(|&b| b == b';').map(|item| {
        let equals = item.iter().position(|&b| b == b'=').ok_or_else(|| {
            let message = &b"invalid bundle specification: missing \"=\" in parameter: "[..];
            Error::Invalid([message, item].concat())
        })?;
        Ok((percent::unquote(&item[..equals]), percent::unquote(&item[equals + 1..])))
    });
    Ok((&spec[..at], pairs.collect::<Result<_, _>>()?))
}

/// Store features a packed bundle may ask for.
const STREAM_REQUIREMENTS: [&[u8]; 6] = [
    b"generaldelta",
    b"revlogv1",
    b"sparserevlog",
    b"revlog-compression-zstd",
    b"treemanifest",
    b"store",
];

fn check_requirements(parameters: &Pairs) -> Result<(), Error> {
    let Some((_, value)) = parameters.iter().find(|(name, _)| name == b"requirements") else {
        return Ok(());
    };
    let missing: Vec<&[u8]> = value
        .split(|&b| b == b',')
        .filter(|name| !name.is_empty() && !STREAM_REQUIREMENTS.contains(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(&b", "[..]);
    Err(Error::Unsupported([&b"missing support for repository features: "[..], &names].concat()))
}

fn apply_parameter(spec: &mut BundleSpec, name: &[u8], value: &[u8]) -> Result<(), Error> {
    let target = match name {
        b"changegroup" => &mut spec.changegroup,
        b"obsolescence" => &mut spec.obsolescence,
        b"obsolescence-mandatory" => &mut spec.obsolescence_mandatory,
        b"phases" => &mut spec.phases,
        b"tagsfnodescache" => &mut spec.tags_fnodes_cache,
        b"revbranchcache" => &mut spec.rev_branch_cache,
        b"cg.version" => {
            spec.changegroup_version = Some(value.to_vec());
            return Ok(());
        }
        b"stream" => {
            spec.stream = Some(value.to_vec());
            spec.changegroup = false;
            spec.tags_fnodes_cache = false;
            spec.rev_branch_cache = false;
            return Ok(());
        }
        _ => return Ok(()),
    };
    *target = match value.to_ascii_lowercase().as_slice() {
        b"1" | b"yes" | b"true" | b"on" | b"always" => true,
        b"0" | b"no" | b"false" | b"off" | b"never" => false,
        _ => {
            let parts: [&[u8]; 5] = [b"parameter ", name, b" should be a boolean ('", value, b"')"];
            return Err(Error::Invalid(parts.concat()));
        }
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn brief(spec: &[u8]) -> String {
        match parse(spec, false, true) {
            Ok(out) => format!("{}-{}", out.compression.name(), out.version.escape_ascii()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn names_and_defaults() {
        assert_eq!(brief(b"bundle2"), "bzip2-v2");
        assert_eq!(brief(b"gzip"), "gzip-v2");
        assert_eq!(brief(b"v1"), "bzip2-v1");
        assert_eq!(brief(b"GZIP-V3"), "gzip-v3");
        assert_eq!(brief(b"streamv2"), "none-streamv2");
        assert_eq!(brief(b"foo"), "foo is not a recognized bundle specification");
        assert_eq!(brief(b"foo-v2"), "foo compression is not supported");
        assert_eq!(brief(b"gzip-foo"), "foo is not a recognized bundle version");
        assert_eq!(brief(b"zstd-v1"), "compression engine zstd is not supported on v1 bundles");
        let old = parse(b"bzip2", false, false).expect("valid");
        assert_eq!(old.container, Container::V1);
    }

    #[test]
    fn parameters() {
        let spec = parse(b"none-v2;obsolescence=yes;cg.version=03;x=a%3Bb", false, true);
        let spec = spec.expect("valid");
        assert!(spec.obsolescence && spec.changegroup && !spec.phases);
        assert_eq!(spec.changegroup_version.as_deref(), Some(&b"03"[..]));
        assert_eq!(spec.parameter(b"x"), Some(&b"a;b"[..]));
        assert!(parse(b"v2;phases=maybe", false, true).is_err());
        assert!(parse(b"v2;phases", false, true).is_err());
        assert!(parse(b"v2", true, true).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            let _ = parse(&bytes, false, true);
            let _ = parse(&bytes, true, true);
        }
    }
}

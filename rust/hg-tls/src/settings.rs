//! What is configured about a host: versions, ciphers, and how it is known to be the one it says.

use std::path::{Path, PathBuf};

use hg_config::Config;
use hg_types::{Error, ErrorKind, Reporter, Result};

use crate::failure::{self, Place};
use crate::fingerprint::{Fingerprint, Kind};
use crate::pem;
use crate::verify::Store;

const VERSIONS: [&str; 4] = ["tls1.0", "tls1.1", "tls1.2", "tls1.3"];

/// Where systems have the certificates they trust; the first that is there counts.
const BUNDLES: [&str; 9] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
    "/usr/local/etc/openssl/cert.pem",
    "/opt/homebrew/etc/ca-certificates/cert.pem",
    "/usr/lib/ssl/cert.pem",
];

/// How a host proves that it is the one it says.
pub(crate) enum Trust {
    /// By the fingerprint of its certificate.
    Fingerprints,
    /// Not at all.
    Anyone,
    /// By a certificate that these have signed.
    Authorities(Store),
    /// Nobody is trusted.
    Nobody,
}

/// The settings for a host.
pub(crate) struct Settings {
    /// The least version, as it was configured.
    pub(crate) minimum: String,
    /// The list of ciphers, if there is one.
    pub(crate) ciphers: Option<Vec<u8>>,
    pub(crate) fingerprints: Vec<Fingerprint>,
    /// Whether fingerprints come from `[hostfingerprints]`.
    pub(crate) is_legacy: bool,
    pub(crate) trust: Trust,
}

impl Settings {
    /// Reads the settings for `host`, and the certificates that are trusted.
    pub(crate) fn read(
        config: &Config,
        reporter: &dyn Reporter,
        host: &[u8],
        insecure: bool,
    ) -> Result<Self> {
        let of_host = |name: &str| [host, b":", name.as_bytes()].concat();
        let minimum = minimum(config, &of_host("minimumprotocol"))?;
        let ciphers = config.get("hostsecurity", of_host("ciphers"));
        let ciphers = ciphers.or_else(|| config.get("hostsecurity", "ciphers"));
        let ciphers = ciphers.filter(|list| !list.is_empty()).map(<[u8]>::to_vec);
        let mut fingerprints = Vec::new();
        for text in config.get_list("hostsecurity", of_host("fingerprints")) {
            fingerprints.push(Fingerprint::parse(&text).ok_or_else(|| {
                let parts: [&[u8]; 4] = [b"invalid fingerprint for ", host, b": ", &text];
                Error::abort(parts.concat())
                    .hint("must begin with \"sha1:\", \"sha256:\", or \"sha512:\"")
            })?);
        }
        let legacy = config.get_list("hostfingerprints", host);
        let is_legacy = !legacy.is_empty();
        fingerprints.extend(legacy.iter().map(|digits| Fingerprint::new(Kind::Sha1, digits)));
        let file = config.get("hostsecurity", of_host("verifycertsfile"));
        let file = file.filter(|file| !file.is_empty());
        let trust = if !fingerprints.is_empty() {
            if file.is_some() {
                let name = [b"(hostsecurity.", host, b":verifycertsfile"].concat();
                reporter.warn(
                    &[
                        &name[..],
                        b" ignored when host fingerprints defined; using host fingerprints for verification)\n",
                    ]
                    .concat(),
                );
            }
            Trust::Fingerprints
        } else if insecure {
            Trust::Anyone
        } else {
            trust(config, host, file)?
        };
        // Whom nothing is proved to needs no version of the protocol either.
        let minimum = if matches!(trust, Trust::Anyone) { VERSIONS[0] } else { minimum };
        Ok(Self { minimum: minimum.to_owned(), ciphers, fingerprints, is_legacy, trust })
    }
}

fn minimum(config: &Config, of_host: &[u8]) -> Result<&'static str> {
    let mut minimum = VERSIONS[2];
    for name in [&b"minimumprotocol"[..], of_host] {
        let Some(value) = config.get("hostsecurity", name) else { continue };
        let known = VERSIONS.into_iter().find(|version| version.as_bytes() == value);
        minimum = known.ok_or_else(|| {
            let parts: [&[u8]; 4] =
                [b"unsupported protocol from hostsecurity.", name, b": ", value];
            Error::abort(parts.concat()).hint(format!("valid protocols: {}", VERSIONS.join(" ")))
        })?;
    }
    Ok(minimum)
}

fn trust(config: &Config, host: &[u8], file: Option<&[u8]>) -> Result<Trust> {
    let expanded = |file: &[u8]| hg_config::expand_path(config.environment(), file);
    if let Some(file) = file {
        let file = expanded(file);
        if !to_path(&file).exists() {
            let name = [b"path specified by hostsecurity.", host, b":verifycertsfile"].concat();
            return Err(Error::abort([&name[..], b" does not exist: ", &file].concat()));
        }
        return of_file(&file).map(Trust::Authorities);
    }
    let file = config.get("web", "cacerts").filter(|file| !file.is_empty());
    if let Some(file) = file {
        let file = expanded(file);
        if !to_path(&file).exists() {
            return Err(Error::abort([b"could not find web.cacerts: ", &file[..]].concat()));
        }
        return of_file(&file).map(Trust::Authorities);
    }
    if config.get_bool_or("devel", "disableloaddefaultcerts", false)? {
        return Ok(Trust::Nobody);
    }
    Ok(Trust::Authorities(of_system(config)))
}

fn to_path(bytes: &[u8]) -> PathBuf {
    use bstr::ByteSlice as _;
    bytes.to_path_lossy().into_owned()
}

/// The certificates of a file that the user has named.
fn of_file(file: &[u8]) -> Result<Store> {
    let malformed = |text: String| {
        let parts: [&[u8]; 4] = [b"error loading CA file ", file, b": ", text.as_bytes()];
        Error::abort(parts.concat()).hint("file is empty or malformed?")
    };
    let text = std::fs::read(to_path(file)).map_err(|error| {
        let text = error.to_string();
        failure::remote(text.split(" (os error").next().unwrap_or_default()).because(error)
    })?;
    let found =
        pem::certificates(&text).map_err(|_| malformed(failure::malformed(Place::Authorities)))?;
    if found.is_empty() {
        return Err(malformed(failure::empty(Place::Authorities)));
    }
    if found.iter().any(|bytes| crate::certificate::Certificate::parse(bytes).is_none()) {
        return Err(malformed(failure::malformed(Place::Authorities)));
    }
    Ok(Store::new(found))
}

/// The certificates that the system trusts; what cannot be read is not trusted.
fn of_system(config: &Config) -> Store {
    let variable = |name: &str| config.environment().var_nonempty(name).map(to_path);
    let (file, directory) = (variable("SSL_CERT_FILE"), variable("SSL_CERT_DIR"));
    let mut texts = Vec::new();
    match file {
        Some(file) => texts.extend(std::fs::read(file)),
        None if directory.is_none() => {
            texts.extend(BUNDLES.iter().find_map(|file| std::fs::read(Path::new(file)).ok()));
        }
        None => {}
    }
    let listed = directory.and_then(|directory| std::fs::read_dir(directory).ok());
    for entry in listed.into_iter().flatten().flatten() {
        texts.extend(std::fs::read(entry.path()));
    }
    let found = texts.iter().filter_map(|text| pem::certificates(text).ok()).flatten();
    Store::new(found.collect())
}

/// A failure to prove who a host is.
pub(crate) fn unproven(message: impl Into<Vec<u8>>) -> Error {
    Error::new(ErrorKind::Security, message)
}

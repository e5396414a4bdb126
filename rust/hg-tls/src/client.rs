//! Connections to servers.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_types::{Error, Reporter, Result};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned,
    SupportedProtocolVersion,
};

use crate::certificate::Certificate;
use crate::failure::{self, Place};
use crate::fingerprint::Kind;
use crate::settings::{Settings, Trust, unproven};
use crate::verify::{self, Chain, Store};
use crate::{ciphers, key, names, pem, stream};

/// Where the pages about all this are.
const WIKI: &str = "https://mercurial-scm.org/wiki/SecureConnections";

/// What says who the client is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identity {
    /// The file with the certificate and those between it and its authority.
    pub certificate: Vec<u8>,
    /// The file with the key.
    pub key: Vec<u8>,
}

/// Asks for the passphrase of the key in a file; `None` when there is nobody to ask.
pub type AskPassphrase<'a> = &'a dyn Fn(&[u8]) -> Result<Option<Vec<u8>>>;

/// A connection to a server that has proved who it is.
pub struct ClientStream(StreamOwned<ClientConnection, TcpStream>);

impl Read for ClientStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        stream::read(&mut self.0, buffer)
    }
}

impl Write for ClientStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stream::write(&mut self.0, bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Makes connections to one host.
pub struct Tls {
    config: Config,
    reporter: Arc<dyn Reporter + Send + Sync>,
    host: Vec<u8>,
    insecure: bool,
    /// What was read for the first connection.
    ready: Option<Ready>,
}

struct Ready {
    settings: Settings,
    verifier: Arc<Verifier>,
    client: Arc<ClientConfig>,
}

impl Tls {
    /// Makes connections to `host`; `insecure` ones to anybody who says so. Reads nothing yet.
    #[must_use]
    pub fn new(
        config: &Config,
        reporter: Arc<dyn Reporter + Send + Sync>,
        host: &[u8],
        insecure: bool,
    ) -> Self {
        Self { config: config.clone(), reporter, host: host.to_vec(), insecure, ready: None }
    }

    /// Encrypts what goes over a connection, once the host has proved who it is.
    ///
    /// # Errors
    /// When it does not, or there is no way of speaking that both sides know.
    pub fn connect(
        &mut self,
        mut stream: TcpStream,
        identity: Option<&Identity>,
        ask: AskPassphrase<'_>,
    ) -> Result<ClientStream> {
        let mut ready = match self.ready.take() {
            Some(ready) => ready,
            None => self.prepare(identity, ask)?,
        };
        let host = self.host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
        let name = String::from_utf8_lossy(host.unwrap_or(&self.host)).into_owned();
        let name = ServerName::try_from(name)
            .map_err(|error| failure::remote("invalid host name").because(error))?;
        let connection = ClientConnection::new(Arc::clone(&ready.client), name);
        let mut connection = connection.map_err(|error| failure::remote(&error.to_string()))?;
        if let Err(error) = stream::shake(&mut connection, &mut stream) {
            return Err(self.failed(&ready, error));
        }
        let certificate = connection.peer_certificates().and_then(<[_]>::first);
        let Some(certificate) = certificate else {
            let host = &self.host[..];
            return Err(unproven([host, b" certificate error: no certificate received"].concat()));
        };
        self.check(&mut ready.settings, certificate)?;
        self.ready = Some(ready);
        Ok(ClientStream(StreamOwned::new(connection, stream)))
    }

    fn prepare(&self, identity: Option<&Identity>, ask: AskPassphrase<'_>) -> Result<Ready> {
        if let Some(identity) = identity {
            for file in [&identity.key, &identity.certificate] {
                if !Path::new(&*file.to_path_lossy()).exists() {
                    let parts: [&[u8]; 4] = [
                        b"certificate file (",
                        file,
                        b") does not exist; cannot connect to ",
                        &self.host,
                    ];
                    return Err(Error::abort(parts.concat())
                        .hint("restore missing file or fix references in Mercurial config"));
                }
            }
        }
        let mut settings =
            Settings::read(&self.config, &*self.reporter, &self.host, self.insecure)?;
        let mut provider = rustls::crypto::ring::default_provider();
        if let Some(list) = &settings.ciphers {
            provider.cipher_suites =
                ciphers::select(list, &provider.cipher_suites).ok_or_else(|| {
                    Error::abort("could not set ciphers: No cipher can be selected.")
                        .hint([b"change cipher string (", &list[..], b") in config"].concat())
                })?;
        }
        let store = match &mut settings.trust {
            Trust::Authorities(store) => Some(std::mem::take(store)),
            _ => None,
        };
        let verifier = Arc::new(Verifier {
            store,
            algorithms: provider.signature_verification_algorithms,
            refusal: Mutex::new(None),
        });
        let provider = Arc::new(provider);
        let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions(&settings.minimum))
            .map_err(|error| failure::remote(&error.to_string()))?
            .dangerous()
            .with_custom_certificate_verifier(Arc::<Verifier>::clone(&verifier));
        let client = match identity {
            Some(identity) => {
                let known = certified(&provider, (&identity.certificate, &identity.key), ask)
                    .map_err(|broken| match broken {
                        Broken::Said(text) => failure::remote(&text),
                        Broken::Failed(error) => error,
                    })?;
                builder.with_client_cert_resolver(Arc::new(SingleCertAndKey::from(known)))
            }
            None => builder.with_no_client_auth(),
        };
        Ok(Ready { settings, verifier, client: Arc::new(client) })
    }

    /// What is wrong when there was no handshake.
    fn failed(&self, ready: &Ready, error: io::Error) -> Error {
        let refusal = ready.verifier.refusal.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(refusal) = refusal {
            let has_any = ready.verifier.store.as_ref().is_some_and(Store::has_authorities);
            if !has_any {
                let text = "(an attempt was made to load CA certificates but none were loaded; see";
                let rest = "for how to configure Mercurial to avoid this error)";
                self.reporter.warn(format!("{text} {WIKI} {rest}\n").as_bytes());
            }
            let text = format!("certificate verify failed: {refusal}");
            let text = failure::named("CERTIFICATE_VERIFY_FAILED", &text, Place::Handshake);
            return failure::remote(&text).because(error);
        }
        let text = match failure::describe(&error, Place::Handshake) {
            Some(text) => text,
            None if error.kind() == io::ErrorKind::UnexpectedEof => failure::named(
                "UNEXPECTED_EOF_WHILE_READING",
                "EOF occurred in violation of protocol",
                Place::Handshake,
            ),
            None if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                "_ssl.c:989: The handshake operation timed out".to_owned()
            }
            None => {
                let text = error.to_string();
                text.split(" (os error").next().unwrap_or_default().to_owned()
            }
        };
        // Versions before 1.2 are not to be had from us, whatever the user allows.
        if failure::is_about_versions(&text) && !matches!(ready.settings.trust, Trust::Anyone) {
            self.tell_versions(&ready.settings.minimum);
        }
        failure::remote(&text).because(error)
    }

    fn tell_versions(&self, minimum: &str) {
        let host = self.host.to_str_lossy();
        let minimum = if minimum == "tls1.3" { minimum } else { "tls1.2" };
        let lines = [
            format!(
                "(could not negotiate a common security protocol ({minimum}+) with {host}; the \
                 likely cause is Mercurial is configured to be more secure than the server can \
                 support)\n"
            ),
            format!(
                "(consider contacting the operator of this server and ask them to support modern \
                 TLS protocol versions; or, set hostsecurity.{host}:minimumprotocol=tls1.0 to \
                 allow use of legacy, less secure protocols when communicating with this server)\n"
            ),
            format!("(see {WIKI} for more info)\n"),
        ];
        self.reporter.warn(lines.concat().as_bytes());
    }

    /// Checks what was not checked while hands were shaken.
    fn check(&self, settings: &mut Settings, certificate: &CertificateDer<'_>) -> Result<()> {
        let host = self.host.to_str_lossy();
        let sha256 = Kind::Sha256.shown(certificate);
        match &settings.trust {
            Trust::Fingerprints => self.check_fingerprints(settings, certificate),
            Trust::Anyone => {
                let text = format!(
                    "warning: connection security to {host} is disabled per current settings; \
                         communication is susceptible to eavesdropping and tampering\n"
                );
                self.reporter.warn(text.as_bytes());
                Ok(())
            }
            Trust::Nobody => {
                let text = format!(
                    "unable to verify security of {host} (no loaded CA certificates); refusing to connect"
                );
                let hint = format!(
                    "see {WIKI} for how to configure Mercurial to avoid this error or set \
                     hostsecurity.{host}:fingerprints=sha256:{sha256} to trust this server"
                );
                Err(unproven(text).hint(hint))
            }
            Trust::Authorities(_) => {
                let parsed = Certificate::parse(certificate);
                let wrong = match &parsed {
                    Some(parsed) => names::mismatch(parsed, &self.host),
                    None => Some(b"no certificate received".to_vec()),
                };
                let Some(wrong) = wrong else { return Ok(()) };
                let hint = format!(
                    "set hostsecurity.{host}:certfingerprints=sha256:{sha256} config setting or use \
                     --insecure to connect insecurely"
                );
                let text = [&self.host[..], b" certificate error: ", &wrong].concat();
                Err(unproven(text).hint(hint))
            }
        }
    }

    fn check_fingerprints(
        &self,
        settings: &Settings,
        certificate: &CertificateDer<'_>,
    ) -> Result<()> {
        let host = self.host.to_str_lossy();
        let found = settings.fingerprints.iter().find(|known| known.is_of(certificate));
        if let Some(found) = found {
            let (kind, shown) = (found.kind.name(), found.kind.shown(certificate));
            let text = format!("{host} certificate matched fingerprint {kind}:{shown}\n");
            self.reporter.debug(text.as_bytes());
            if settings.is_legacy {
                let sha256 = Kind::Sha256.shown(certificate);
                let text = format!(
                    "(SHA-1 fingerprint for {host} found in legacy [hostfingerprints] section; if you \
                     trust this fingerprint, remove the old SHA-1 fingerprint from [hostfingerprints] \
                     and add the following entry to the new [hostsecurity] section: \
                     {host}:fingerprints=sha256:{sha256})\n"
                );
                self.reporter.warn(text.as_bytes());
            }
            return Ok(());
        }
        let kind = settings.fingerprints.last().map_or(Kind::Sha256, |last| last.kind);
        let shown = kind.shown(certificate);
        let (section, shown) = match settings.is_legacy {
            true => ("hostfingerprint", Kind::Sha1.shown(certificate)),
            false => ("hostsecurity", format!("{}:{shown}", kind.name())),
        };
        let text = format!("certificate for {host} has unexpected fingerprint {shown}");
        Err(unproven(text).hint(format!("check {section} configuration")))
    }
}

/// Version 1.2 of the protocol, and nothing else.
pub(crate) static ONLY_12: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS12];

/// Version 1.3 of the protocol, and nothing else.
pub(crate) static ONLY_13: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS13];

/// The versions of the protocol from `minimum` on that there are.
fn versions(minimum: &str) -> &'static [&'static SupportedProtocolVersion] {
    if minimum == "tls1.3" { &ONLY_13 } else { rustls::ALL_VERSIONS }
}

/// Why a certificate cannot be used with a key.
pub(crate) enum Broken {
    /// They are not what they should be.
    Said(String),
    /// The user was asked, and did not answer.
    Failed(Error),
}

/// The certificates of a file, with the key of the first.
pub(crate) fn certified(
    provider: &CryptoProvider,
    (certificates, key_file): (&[u8], &[u8]),
    ask: AskPassphrase<'_>,
) -> std::result::Result<CertifiedKey, Broken> {
    let said = |place| Broken::Said(failure::malformed(place));
    let read = |file: &[u8]| {
        std::fs::read(file.to_path_lossy()).map_err(|error| {
            let text = error.to_string();
            Broken::Said(text.split(" (os error").next().unwrap_or_default().to_owned())
        })
    };
    let chain = pem::certificates(&read(certificates)?).map_err(|_| said(Place::Certificate))?;
    let first = chain.first().and_then(|first| Certificate::parse(first));
    let first = first.ok_or_else(|| said(Place::Certificate))?;
    let blocks = pem::blocks(&read(key_file)?).map_err(|_| said(Place::Key))?;
    let block = blocks.iter().find(|block| key::is_key(block)).ok_or_else(|| said(Place::Key))?;
    let passphrase = match key::is_encrypted(block) {
        true => ask(key_file).map_err(Broken::Failed)?.unwrap_or_default(),
        false => Vec::new(),
    };
    let loaded: PrivateKeyDer<'static> =
        key::read(block, &passphrase).ok_or_else(|| said(Place::Key))?;
    let signing = provider.key_provider.load_private_key(loaded).map_err(|_| said(Place::Key))?;
    if signing.public_key().is_some_and(|known| known.as_ref() != first.key_info) {
        return Err(Broken::Said(failure::mismatch()));
    }
    let chain = chain.into_iter().map(CertificateDer::from).collect();
    Ok(CertifiedKey::new(chain, signing))
}

/// Decides whether a server is trusted.
#[derive(Debug)]
struct Verifier {
    /// Who is trusted; without it, that is found out later.
    store: Option<Store>,
    algorithms: WebPkiSupportedAlgorithms,
    /// Why the last server was not.
    refusal: Mutex<Option<String>>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        now: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        let Some(store) = &self.store else { return Ok(ServerCertVerified::assertion()) };
        let chain = Chain { leaf, others, now };
        match store.check(chain, webpki::KeyUsage::server_auth(), &self.algorithms) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(refusal) => {
                let mut last = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
                *last = Some(refusal.text().to_owned());
                Err(refusal.alert().into())
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify::check_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify::check_signature13(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

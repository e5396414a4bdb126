//! Connections from clients.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_types::{Error, Result};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::sign::SingleCertAndKey;
use rustls::{
    DigitallySignedStruct, DistinguishedName, ServerConfig, ServerConnection, SignatureScheme,
    StreamOwned, SupportedProtocolVersion,
};

use crate::client::{Broken, ONLY_12, ONLY_13, certified};
use crate::failure::{self, Place};
use crate::verify::{self, Chain, Store};
use crate::{pem, stream};

/// What the first message of a client begins with.
const HANDSHAKE: u8 = 22;

/// Takes connections from clients.
#[derive(Clone)]
pub struct Acceptor(Arc<ServerConfig>);

/// A connection from a client, which may be read and written at the same time.
pub struct ServerStream(Mutex<StreamOwned<ServerConnection, TcpStream>>);

impl Acceptor {
    /// Reads the certificate of a server that listens at `address`, with its key, and what
    /// certificates it wants from clients (`devel.servercafile`, `devel.serverrequirecert`).
    ///
    /// # Errors
    /// When files are not there, or are not what they should be.
    pub fn new(config: &Config, certificate: &[u8], address: &[u8]) -> Result<Self> {
        let cannot = |text: &str| {
            let parts: [&[u8]; 4] = [b"cannot start server at '", address, b"': ", text.as_bytes()];
            Error::abort(parts.concat())
        };
        let expanded = |file: &[u8]| hg_config::expand_path(config.environment(), file);
        let certificate = expanded(certificate);
        let authorities = config.get("devel", "servercafile").filter(|file| !file.is_empty());
        let authorities = authorities.map(expanded);
        for file in [Some(&certificate), authorities.as_ref()].into_iter().flatten() {
            if !Path::new(&*file.to_path_lossy()).exists() {
                let parts: [&[u8]; 3] =
                    [b"referenced certificate file (", file, b") does not exist"];
                return Err(Error::abort(parts.concat()));
            }
        }
        let versions = versions(config)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let known = certified(&provider, (&certificate, &certificate), &|_| Ok(None));
        let known = known.map_err(|broken| match broken {
            Broken::Said(text) => cannot(&text),
            Broken::Failed(error) => error,
        })?;
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .map_err(|error| cannot(&error.to_string()))?;
        let is_required = config.get_bool_or("devel", "serverrequirecert", false)?;
        let builder = match authorities.filter(|_| is_required) {
            None => builder.with_no_client_auth(),
            Some(file) => {
                let text = std::fs::read(file.to_path_lossy())
                    .map_err(|error| cannot(&error.to_string()))?;
                let found = pem::certificates(&text)
                    .map_err(|_| cannot(&failure::malformed(Place::Authorities)))?;
                if found.is_empty() {
                    return Err(cannot(&failure::empty(Place::Authorities)));
                }
                let algorithms = provider.signature_verification_algorithms;
                let store = Store::new(found);
                builder.with_client_cert_verifier(Arc::new(Verifier { store, algorithms }))
            }
        };
        Ok(Self(Arc::new(builder.with_cert_resolver(Arc::new(SingleCertAndKey::from(known))))))
    }

    /// Encrypts what goes over a connection.
    ///
    /// # Errors
    /// When the client does not take part in that.
    pub fn accept(&self, mut stream: TcpStream) -> io::Result<ServerStream> {
        // Whoever speaks plainly would not understand what is wrong with that.
        let mut first = [0];
        if stream.peek(&mut first)? == 0 || first[0] != HANDSHAKE {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let connection = ServerConnection::new(Arc::clone(&self.0));
        let mut connection = connection.map_err(io::Error::other)?;
        if let Err(error) = stream::shake(&mut connection, &mut stream) {
            // What is wrong is told before the connection ends.
            while connection.wants_write() && connection.write_tls(&mut stream).is_ok() {}
            return Err(error);
        }
        Ok(ServerStream(Mutex::new(StreamOwned::new(connection, stream))))
    }
}

/// The versions that a server may be held to.
fn versions(config: &Config) -> Result<&'static [&'static SupportedProtocolVersion]> {
    let exact = config.get("devel", "server-insecure-exact-protocol").unwrap_or_default();
    match exact {
        b"" => Ok(rustls::ALL_VERSIONS),
        b"tls1.2" => Ok(&ONLY_12),
        b"tls1.3" => Ok(&ONLY_13),
        b"tls1.0" | b"tls1.1" => {
            Err(Error::abort([b"serving over ", exact, b" is not supported"].concat()))
        }
        _ => {
            let message = b"invalid value for server-insecure-exact-protocol: ";
            Err(Error::abort([&message[..], exact].concat()))
        }
    }
}

impl ServerStream {
    fn lock(&self) -> MutexGuard<'_, StreamOwned<ServerConnection, TcpStream>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that nothing follows.
    pub fn close(&self) {
        let mut stream = self.lock();
        stream.conn.send_close_notify();
        // Whoever has gone needs no farewell.
        let _ = stream.flush();
    }
}

impl Read for &ServerStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        stream::read(&mut *self.lock(), buffer)
    }
}

impl Write for &ServerStream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        stream::write(&mut *self.lock(), bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lock().flush()
    }
}

/// Decides whether a client is trusted.
#[derive(Debug)]
struct Verifier {
    store: Store,
    algorithms: WebPkiSupportedAlgorithms,
}

impl ClientCertVerifier for Verifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        leaf: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> std::result::Result<ClientCertVerified, rustls::Error> {
        let chain = Chain { leaf, others, now };
        match self.store.check(chain, webpki::KeyUsage::client_auth(), &self.algorithms) {
            Ok(()) => Ok(ClientCertVerified::assertion()),
            Err(refusal) => Err(refusal.alert().into()),
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

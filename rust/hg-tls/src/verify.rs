//! Whether a chain of certificates leads to somebody who is trusted.
//!
//! webpki decides. What it refuses and OpenSSL does not is looked at here: certificates that are
//! themselves among the trusted ones, as those that people sign themselves are; and those of the
//! first version, or of authorities, that one who is trusted has signed himself. What OpenSSL
//! refuses and webpki does not is refused: being trusted takes being signed by oneself.

use rustls::CertificateError;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use crate::certificate::Certificate;

/// The most certificates of a chain that are looked at for telling what is wrong with it.
const CHAIN_LIMIT: usize = 100;

/// Certificates that are trusted.
#[derive(Default, Debug)]
pub(crate) struct Store {
    certificates: Vec<CertificateDer<'static>>,
}

/// What is wrong with a chain.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Refusal {
    Malformed,
    SelfSigned,
    SelfSignedInChain,
    NoLocalIssuer,
    NoIssuer,
    TooLong,
    Expired,
    NotYetValid,
    BadSignature,
    Purpose,
    Other(String),
}

impl Refusal {
    /// What users are told.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Malformed => "certificate rejected",
            Self::SelfSigned => "self-signed certificate",
            Self::SelfSignedInChain => "self-signed certificate in certificate chain",
            Self::NoLocalIssuer => "unable to get local issuer certificate",
            Self::NoIssuer => "unable to get issuer certificate",
            Self::TooLong => "certificate chain too long",
            Self::Expired => "certificate has expired",
            Self::NotYetValid => "certificate is not yet valid",
            Self::BadSignature => "certificate signature failure",
            Self::Purpose => "unsuitable certificate purpose",
            Self::Other(text) => text,
        }
    }

    /// What the other side is told.
    pub(crate) fn alert(&self) -> CertificateError {
        match self {
            Self::Expired => CertificateError::Expired,
            Self::NotYetValid => CertificateError::NotValidYet,
            Self::BadSignature => CertificateError::BadSignature,
            Self::Malformed => CertificateError::BadEncoding,
            Self::Purpose => CertificateError::InvalidPurpose,
            _ => CertificateError::UnknownIssuer,
        }
    }
}

/// A chain as it was sent.
#[derive(Clone, Copy)]
pub(crate) struct Chain<'a> {
    pub(crate) leaf: &'a CertificateDer<'a>,
    pub(crate) others: &'a [CertificateDer<'a>],
    pub(crate) now: UnixTime,
}

impl Store {
    pub(crate) fn new(certificates: Vec<Vec<u8>>) -> Self {
        Self { certificates: certificates.into_iter().map(CertificateDer::from).collect() }
    }

    fn parsed(&self) -> impl Iterator<Item = Certificate<'_>> {
        self.certificates.iter().filter_map(|bytes| Certificate::parse(bytes))
    }

    /// Whether any of them may sign others.
    pub(crate) fn has_authorities(&self) -> bool {
        self.parsed().any(|certificate| certificate.is_authority())
    }

    /// Checks a chain.
    pub(crate) fn check(
        &self,
        chain: Chain<'_>,
        usage: KeyUsage,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<(), Refusal> {
        let leaf = Certificate::parse(chain.leaf).ok_or(Refusal::Malformed)?;
        if leaf.is_self_issued() {
            if !self.certificates.contains(chain.leaf) {
                return Err(Refusal::SelfSigned);
            }
            return check_time(&leaf, chain.now);
        }
        let (mut anchors, mut intermediates) = (Vec::new(), chain.others.to_vec());
        for bytes in &self.certificates {
            match Certificate::parse(bytes) {
                Some(certificate) if certificate.is_self_issued() => {
                    anchors.extend(anchor_from_trusted_cert(bytes).ok());
                }
                _ => intermediates.push(bytes.clone()),
            }
        }
        let found = EndEntityCert::try_from(chain.leaf).and_then(|end| {
            let algorithms = algorithms.all;
            let path = end.verify_for_usage(
                algorithms,
                &anchors,
                &intermediates,
                chain.now,
                usage,
                None,
                None,
            )?;
            Ok(path.anchor().clone().to_owned())
        });
        match found {
            Ok(anchor) => self.check_anchor(&anchor, chain.now),
            Err(webpki::Error::CaUsedAsEndEntity | webpki::Error::UnsupportedCertVersion) => {
                self.check_directly(&leaf, chain, algorithms)
            }
            Err(error) => Err(self.refusal(&error, &leaf, chain)),
        }
    }

    /// Those who are trusted are so for a time only.
    fn check_anchor(&self, anchor: &TrustAnchor<'_>, now: UnixTime) -> Result<(), Refusal> {
        let is_it = |certificate: &Certificate<'_>| {
            certificate.subject == anchor.subject.as_ref()
                && certificate.key_info.ends_with(anchor.subject_public_key_info.as_ref())
        };
        let mut outcome = Ok(());
        for certificate in self.parsed().filter(is_it) {
            outcome = check_time(&certificate, now);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    /// Checks a certificate that one who is trusted has signed himself.
    fn check_directly(
        &self,
        leaf: &Certificate<'_>,
        chain: Chain<'_>,
        algorithms: &WebPkiSupportedAlgorithms,
    ) -> Result<(), Refusal> {
        let mut outcome = Err(self.missing(leaf, chain));
        let issuers = self.parsed().filter(|certificate| {
            certificate.is_self_issued()
                && certificate.is_authority()
                && certificate.subject == leaf.issuer
        });
        for issuer in issuers {
            outcome = match is_signed(leaf, &issuer, algorithms) {
                true => check_time(leaf, chain.now).and_then(|()| check_time(&issuer, chain.now)),
                false => Err(Refusal::BadSignature),
            };
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }

    fn refusal(&self, error: &webpki::Error, leaf: &Certificate<'_>, chain: Chain<'_>) -> Refusal {
        match error {
            webpki::Error::CertExpired { .. } => Refusal::Expired,
            webpki::Error::CertNotValidYet { .. } => Refusal::NotYetValid,
            webpki::Error::UnknownIssuer => self.missing(leaf, chain),
            webpki::Error::InvalidSignatureForPublicKey => Refusal::BadSignature,
            webpki::Error::RequiredEkuNotFoundContext(_) => Refusal::Purpose,
            webpki::Error::BadDer => Refusal::Malformed,
            webpki::Error::NameConstraintViolation => {
                Refusal::Other("permitted subtree violation".to_owned())
            }
            webpki::Error::PathLenConstraintViolated => {
                Refusal::Other("path length constraint exceeded".to_owned())
            }
            other => Refusal::Other(other.to_string()),
        }
    }

    /// Where a chain breaks off.
    fn missing(&self, leaf: &Certificate<'_>, chain: Chain<'_>) -> Refusal {
        let sent: Vec<_> = chain.others.iter().filter_map(|c| Certificate::parse(c)).collect();
        let (mut issuer, mut is_stored) = (leaf.issuer, false);
        for _ in 0..CHAIN_LIMIT {
            let stored = self.parsed().find(|known| known.subject == issuer);
            // From somebody who is trusted on, only others who are count.
            let mut sent = sent.iter().copied().filter(|_| !is_stored);
            let Some(next) = stored.or_else(|| sent.find(|sent| sent.subject == issuer)) else {
                return if is_stored { Refusal::NoIssuer } else { Refusal::NoLocalIssuer };
            };
            is_stored = stored.is_some();
            if next.is_self_issued() {
                return if is_stored { Refusal::BadSignature } else { Refusal::SelfSignedInChain };
            }
            issuer = next.issuer;
        }
        Refusal::TooLong
    }
}

fn check_time(certificate: &Certificate<'_>, now: UnixTime) -> Result<(), Refusal> {
    let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
    match now {
        _ if now < certificate.not_before => Err(Refusal::NotYetValid),
        _ if now > certificate.not_after => Err(Refusal::Expired),
        _ => Ok(()),
    }
}

fn is_signed(
    certificate: &Certificate<'_>,
    issuer: &Certificate<'_>,
    algorithms: &WebPkiSupportedAlgorithms,
) -> bool {
    algorithms.all.iter().any(|algorithm| {
        algorithm.signature_alg_id().as_ref() == certificate.algorithm
            && algorithm.public_key_alg_id().as_ref() == issuer.key_algorithm
            && algorithm
                .verify_signature(issuer.key, certificate.signed, certificate.signature)
                .is_ok()
    })
}

/// Checks what the holder of a certificate's key has signed, whatever version the certificate has.
pub(crate) fn check_signature(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &rustls::DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
    let parsed = Certificate::parse(certificate).ok_or(CertificateError::BadEncoding)?;
    let known = algorithms.mapping.iter().find(|(scheme, _)| *scheme == signed.scheme);
    let fitting = known.map(|(_, list)| *list).unwrap_or_default().iter();
    let mut fitting =
        fitting.filter(|known| known.public_key_alg_id().as_ref() == parsed.key_algorithm);
    let is_valid = fitting
        .any(|known| known.verify_signature(parsed.key, message, signed.signature()).is_ok());
    if is_valid {
        return Ok(rustls::client::danger::HandshakeSignatureValid::assertion());
    }
    Err(CertificateError::BadSignature.into())
}

/// The same for version 1.3, where fewer schemes may be used.
pub(crate) fn check_signature13(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signed: &rustls::DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<rustls::client::danger::HandshakeSignatureValid, rustls::Error> {
    let parsed = Certificate::parse(certificate).ok_or(CertificateError::BadEncoding)?;
    let key = SubjectPublicKeyInfoDer::from(parsed.key_info);
    rustls::crypto::verify_tls13_signature_with_raw_key(message, &key, signed, algorithms)
}

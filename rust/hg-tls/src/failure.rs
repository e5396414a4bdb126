//! What went wrong, in the words that users of OpenSSL know.

use std::io;

use hg_types::{Error, ErrorKind};
use rustls::AlertDescription;

/// Where a failure came from, as Python's module counts its lines: people search for these texts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Place {
    Handshake,
    Read,
    Certificate,
    Key,
    Authorities,
}

impl Place {
    fn line(self) -> u32 {
        match self {
            Self::Handshake => 1006,
            Self::Read => 2580,
            Self::Certificate => 3905,
            Self::Key => 3926,
            Self::Authorities => 4154,
        }
    }
}

/// A failure with the name of its reason, when it has one.
pub(crate) fn named(reason: &str, text: &str, place: Place) -> String {
    format!("[SSL: {reason}] {text} (_ssl.c:{})", place.line())
}

/// A file that is not what it should be.
pub(crate) fn malformed(place: Place) -> String {
    let library = if place == Place::Authorities { "X509" } else { "SSL" };
    format!("[{library}] PEM lib (_ssl.c:{})", place.line())
}

/// A file without certificates.
pub(crate) fn empty(place: Place) -> String {
    let line = place.line();
    format!("[X509: NO_CERTIFICATE_OR_CRL_FOUND] no certificate or crl found (_ssl.c:{line})")
}

/// A key that is not that of a certificate.
pub(crate) fn mismatch() -> String {
    format!("[X509: KEY_VALUES_MISMATCH] key values mismatch (_ssl.c:{})", Place::Key.line())
}

/// A failure of a connection.
pub(crate) fn remote(text: &str) -> Error {
    Error::new(ErrorKind::Remote, format!("error: {text}"))
}

/// Whether the two sides have found no version of the protocol that both take.
pub(crate) fn is_about_versions(text: &str) -> bool {
    text.starts_with("[SSL: UNSUPPORTED_PROTOCOL]")
        || text.starts_with("[SSL: TLSV1_ALERT_PROTOCOL_VERSION]")
}

/// The words for a failure; `None` when it has nothing to do with TLS.
pub(crate) fn describe(error: &io::Error, place: Place) -> Option<String> {
    let error = error.get_ref()?.downcast_ref::<rustls::Error>()?;
    Some(match error {
        rustls::Error::AlertReceived(alert) => {
            let (reason, text) = alert_name(*alert);
            named(reason, text, place)
        }
        rustls::Error::InvalidMessage(_) if place == Place::Handshake => {
            named("WRONG_VERSION_NUMBER", "wrong version number", place)
        }
        rustls::Error::PeerIncompatible(_) => {
            named("UNSUPPORTED_PROTOCOL", "unsupported protocol", place)
        }
        rustls::Error::DecryptError => named(
            "DECRYPTION_FAILED_OR_BAD_RECORD_MAC",
            "decryption failed or bad record mac",
            place,
        ),
        other => format!("[SSL] {other} (_ssl.c:{})", place.line()),
    })
}

fn alert_name(alert: AlertDescription) -> (&'static str, &'static str) {
    use AlertDescription as Alert;
    match alert {
        Alert::UnexpectedMessage => {
            ("SSLV3_ALERT_UNEXPECTED_MESSAGE", "sslv3 alert unexpected message")
        }
        Alert::BadRecordMac => ("SSLV3_ALERT_BAD_RECORD_MAC", "sslv3 alert bad record mac"),
        Alert::RecordOverflow => ("TLSV1_ALERT_RECORD_OVERFLOW", "tlsv1 alert record overflow"),
        Alert::HandshakeFailure => {
            ("SSLV3_ALERT_HANDSHAKE_FAILURE", "sslv3 alert handshake failure")
        }
        Alert::BadCertificate => ("SSLV3_ALERT_BAD_CERTIFICATE", "sslv3 alert bad certificate"),
        Alert::UnsupportedCertificate => {
            ("SSLV3_ALERT_UNSUPPORTED_CERTIFICATE", "sslv3 alert unsupported certificate")
        }
        Alert::CertificateRevoked => {
            ("SSLV3_ALERT_CERTIFICATE_REVOKED", "sslv3 alert certificate revoked")
        }
        Alert::CertificateExpired => {
            ("SSLV3_ALERT_CERTIFICATE_EXPIRED", "sslv3 alert certificate expired")
        }
        Alert::CertificateUnknown => {
            ("SSLV3_ALERT_CERTIFICATE_UNKNOWN", "sslv3 alert certificate unknown")
        }
        Alert::IllegalParameter => {
            ("SSLV3_ALERT_ILLEGAL_PARAMETER", "sslv3 alert illegal parameter")
        }
        Alert::UnknownCA => ("TLSV1_ALERT_UNKNOWN_CA", "tlsv1 alert unknown ca"),
        Alert::AccessDenied => ("TLSV1_ALERT_ACCESS_DENIED", "tlsv1 alert access denied"),
        Alert::DecodeError => ("TLSV1_ALERT_DECODE_ERROR", "tlsv1 alert decode error"),
        Alert::DecryptError => ("TLSV1_ALERT_DECRYPT_ERROR", "tlsv1 alert decrypt error"),
        Alert::ProtocolVersion => ("TLSV1_ALERT_PROTOCOL_VERSION", "tlsv1 alert protocol version"),
        Alert::InsufficientSecurity => {
            ("TLSV1_ALERT_INSUFFICIENT_SECURITY", "tlsv1 alert insufficient security")
        }
        Alert::InternalError => ("TLSV1_ALERT_INTERNAL_ERROR", "tlsv1 alert internal error"),
        Alert::UserCanceled => ("TLSV1_ALERT_USER_CANCELLED", "tlsv1 alert user cancelled"),
        Alert::NoRenegotiation => ("TLSV1_ALERT_NO_RENEGOTIATION", "tlsv1 alert no renegotiation"),
        Alert::UnrecognisedName => ("TLSV1_UNRECOGNIZED_NAME", "tlsv1 unrecognized name"),
        Alert::CertificateRequired => {
            ("TLSV13_ALERT_CERTIFICATE_REQUIRED", "tlsv13 alert certificate required")
        }
        Alert::MissingExtension => {
            ("TLSV13_ALERT_MISSING_EXTENSION", "tlsv13 alert missing extension")
        }
        _ => ("TLSV1_ALERT", "alert received"),
    }
}

//! Certificates and keys as text (RFC 7468, and what OpenSSL writes in front of encrypted keys).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// One block of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Block {
    /// What it is: `CERTIFICATE`, `RSA PRIVATE KEY`, ...
    pub(crate) label: Vec<u8>,
    /// How it is encrypted (`DEK-Info`), if it is.
    pub(crate) encryption: Option<Vec<u8>>,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Text that does not end, or is not encoded as it should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Malformed;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The blocks of a file, in their order; what stands between them is left alone.
pub(crate) fn blocks(text: &[u8]) -> Result<Vec<Block>, Malformed> {
    let mut out = Vec::new();
    let mut lines = text.split(|&b| b == b'\n').map(<[u8]>::trim_ascii_end);
    while let Some(line) = lines.next() {
        let Some(label) =
            line.strip_prefix(b"-----BEGIN ").and_then(|rest| rest.strip_suffix(b"-----"))
        else {
            continue;
        };
        let end = [b"-----END ", label, b"-----"].concat();
        let (mut encoded, mut encryption) = (Vec::new(), None);
        loop {
            let line = lines.next().ok_or(Malformed)?;
            if line == end {
                break;
            }
            if let Some(value) = line.strip_prefix(b"DEK-Info:") {
                encryption = Some(value.trim_ascii().to_vec());
            } else if !line.contains(&b':') {
                encoded.extend_from_slice(line.trim_ascii());
            }
        }
        let bytes = LENIENT.decode(&encoded).map_err(|_| Malformed)?;
        out.push(Block { label: label.to_vec(), encryption, bytes });
    }
    Ok(out)
}

/// The certificates of a file.
pub(crate) fn certificates(text: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let is_one =
        |block: &Block| matches!(block.label.as_slice(), b"CERTIFICATE" | b"X509 CERTIFICATE");
    Ok(blocks(text)?.into_iter().filter(is_one).map(|block| block.bytes).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_between_other_lines() {
        let text = b"x\n-----BEGIN CERTIFICATE-----\r\nYWJj\nZGVm\n-----END CERTIFICATE-----\ny\n\
                     -----BEGIN A KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES,00\n\nYQ==\n-----END A KEY-----";
        let found = blocks(text).expect("well formed");
        assert_eq!(found[0].bytes, b"abcdef");
        assert_eq!(
            (&found[1].bytes[..], found[1].encryption.as_deref()),
            (&b"a"[..], Some(&b"AES,00"[..]))
        );
        assert_eq!(certificates(text), Ok(vec![b"abcdef".to_vec()]));
        assert_eq!(blocks(b"-----BEGIN A-----\nYQ==\n"), Err(Malformed));
        assert_eq!(blocks(b"-----BEGIN A-----\n!!!!\n-----END A-----\n"), Err(Malformed));
    }
}

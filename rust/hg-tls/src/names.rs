//! Whether a certificate is for a host (RFC 6125, section 6.4.3).

use crate::certificate::Certificate;

/// What is wrong with the names of a certificate for `host`; `None` when nothing is.
pub(crate) fn mismatch(certificate: &Certificate<'_>, host: &[u8]) -> Option<Vec<u8>> {
    let names = certificate.host_names();
    if names.iter().any(|name| fits(name, host)) {
        return None;
    }
    if names.is_empty() {
        return Some(b"no commonName or subjectAltName found in certificate".to_vec());
    }
    Some([b"certificate is for ", &names.join(&b", "[..])[..]].concat())
}

/// Whether a name, in whose first label a `*` stands for anything, is that of `host`.
fn fits(name: &[u8], host: &[u8]) -> bool {
    let (name, host) = (name.to_ascii_lowercase(), host.to_ascii_lowercase());
    let split = |text: &[u8]| -> (Vec<u8>, Vec<u8>) {
        let dot = text.iter().position(|&b| b == b'.').unwrap_or(text.len());
        (text[..dot].to_vec(), text[dot..].to_vec())
    };
    let ((label, rest), (host_label, host_rest)) = (split(&name), split(&host));
    let Some(star) = label.iter().position(|&b| b == b'*') else { return name == host };
    if rest != host_rest
        || label.starts_with(b"xn--")
        || host_label.starts_with(b"xn--") && label != b"*"
    {
        return false;
    }
    let (before, after) = (&label[..star], &label[star + 1..]);
    let least = if label == b"*" { 1 } else { before.len() + after.len() };
    !after.contains(&b'*')
        && host_label.len() >= least
        && host_label.starts_with(before)
        && host_label.ends_with(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_one_label_or_part_of_it() {
        for (name, host) in [
            ("a.org", "A.ORG"),
            ("*.a.org", "x.a.org"),
            ("f*.b.org", "f.b.org"),
            ("*g.c.org", "gg.c.org"),
            ("x*y.d.org", "xzy.d.org"),
            ("*", "foo"),
        ] {
            assert!(fits(name.as_bytes(), host.as_bytes()), "{name} {host}");
        }
        for (name, host) in [
            ("*.a.org", "a.org"),
            ("*.a.org", "x.y.a.org"),
            ("*.*.e.org", "x.y.e.org"),
            ("xn--*.g.org", "xn--abc.g.org"),
            ("x*y.d.org", "xy.e.org"),
            ("xy*yx", "xyx"),
            ("a.org", "b.org"),
        ] {
            assert!(!fits(name.as_bytes(), host.as_bytes()), "{name} {host}");
        }
    }
}

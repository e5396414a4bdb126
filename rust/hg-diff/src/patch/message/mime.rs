//! Mail messages, as far as patches come in them: headers, parts, transfer encodings.

use hg_types::Encoding;

use crate::lines;
use crate::patch::chomp;

/// A message or a part of one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Message {
    source: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Vec<u8>,
    parts: Vec<Self>,
}

/// Parts nested deeper than this are left alone.
const MAX_DEPTH: usize = 20;

impl Message {
    /// Reads a message; anything is one.
    pub(super) fn parse(text: &[u8]) -> Self {
        Self::parse_at(text, 0)
    }

    fn parse_at(text: &[u8], depth: usize) -> Self {
        let (headers, body) = parse_headers(text);
        let (source, body) = (text.to_vec(), body.to_vec());
        let mut out = Self { source, headers, body, parts: Vec::new() };
        if depth < MAX_DEPTH
            && out.content_type().starts_with(b"multipart/")
            && let Some(boundary) = out.parameter(b"boundary")
        {
            let parts = split_parts(&out.body, &boundary);
            out.parts = parts.iter().map(|part| Self::parse_at(part, depth + 1)).collect();
        }
        out
    }

    /// Whether it has parts.
    pub(super) fn is_multipart(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The whole text.
    pub(super) fn source(&self) -> &[u8] {
        &self.source
    }

    /// Names and values of all headers.
    pub(super) fn headers(&self) -> &[(Vec<u8>, Vec<u8>)] {
        &self.headers
    }

    /// The value of a header.
    pub(super) fn header(&self, name: &[u8]) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| &value[..])
    }

    /// Kind of content, in lower case.
    pub(super) fn content_type(&self) -> Vec<u8> {
        let value = self.header(b"content-type").unwrap_or(b"text/plain");
        let kind = value.split(|&byte| byte == b';').next().unwrap_or_default();
        let kind = kind.trim_ascii().to_ascii_lowercase();
        let slashes = kind.iter().filter(|&&byte| byte == b'/').count();
        if slashes == 1 { kind } else { b"text/plain".to_vec() }
    }

    /// A parameter of the content type.
    fn parameter(&self, name: &[u8]) -> Option<Vec<u8>> {
        let value = self.header(b"content-type")?;
        for parameter in value.split(|&byte| byte == b';').skip(1) {
            let Some(equals) = parameter.iter().position(|&byte| byte == b'=') else { continue };
            let (key, value) = (parameter[..equals].trim_ascii(), &parameter[equals + 1..]);
            if key.eq_ignore_ascii_case(name) {
                let value = value.trim_ascii();
                let quoted = value.strip_prefix(b"\"").and_then(|v| v.strip_suffix(b"\""));
                return Some(quoted.unwrap_or(value).to_vec());
            }
        }
        None
    }

    /// This message and all its parts, outer ones first.
    pub(super) fn walk(&self) -> Vec<&Self> {
        let mut out = vec![self];
        self.parts.iter().for_each(|part| out.extend(part.walk()));
        out
    }

    /// The content, transfer encoding undone.
    pub(super) fn payload(&self) -> Vec<u8> {
        let encoding = self.header(b"content-transfer-encoding").unwrap_or_default();
        match &encoding.trim_ascii().to_ascii_lowercase()[..] {
            b"quoted-printable" => quoted_printable(&self.body, false),
            b"base64" => base64(&self.body).unwrap_or_else(|| self.body.clone()),
            _ => self.body.clone(),
        }
    }
}

type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// Headers at the start of a text, and what stands behind them.
fn parse_headers(text: &[u8]) -> (Headers, &[u8]) {
    let mut out: Headers = Vec::new();
    let mut at = 0;
    for (number, line) in lines::split(text).enumerate() {
        if chomp(line).is_empty() {
            return (out, &text[at + line.len()..]);
        }
        let colon = line.iter().position(|&byte| byte == b':');
        let is_name = |name: &[u8]| name.iter().all(|byte| matches!(byte, 0x21..=0x7e));
        if matches!(line.first(), Some(b' ' | b'\t')) {
            if let Some((_, value)) = out.last_mut() {
                value.push(b'\n');
                value.extend_from_slice(chomp(line));
            }
        } else if let Some(colon) = colon.filter(|&colon| is_name(&line[..colon])) {
            if colon > 0 {
                let value = chomp(&line[colon + 1..]).trim_ascii_start();
                out.push((line[..colon].to_vec(), value.to_vec()));
            }
        } else if !(number == 0 && line.starts_with(b"From ")) {
            break;
        }
        at += line.len();
    }
    (out, &text[at..])
}

/// The texts between lines with the boundary.
fn split_parts(body: &[u8], boundary: &[u8]) -> Vec<Vec<u8>> {
    let delimiter = [b"--", boundary].concat();
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut inside = false;
    for line in lines::split(body) {
        let rest = line.strip_prefix(&delimiter[..]).map(<[u8]>::trim_ascii_end);
        match rest {
            Some(b"") => {
                inside = true;
                out.push(Vec::new());
            }
            Some(b"--") => break,
            _ => {
                if let Some(part) = out.last_mut().filter(|_| inside) {
                    part.extend_from_slice(line);
                }
            }
        }
    }
    // The line ending before a boundary belongs to it.
    for part in &mut out {
        for ending in [&b"\r\n"[..], b"\n"] {
            if part.ends_with(ending) {
                part.truncate(part.len() - ending.len());
                break;
            }
        }
    }
    out
}

/// Undoes the quoted-printable encoding; in headers an underscore is a space.
fn quoted_printable(text: &[u8], header: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        at += 1;
        match byte {
            b'_' if header => out.push(b' '),
            b'=' => {
                let rest = &text[at..];
                let digits = rest.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
                if rest.starts_with(b"\n") {
                    at += 1;
                } else if rest.starts_with(b"\r\n") {
                    at += 2;
                } else if let Some(value) = digits.and_then(|hex| u8::from_str_radix(hex, 16).ok())
                {
                    out.push(value);
                    at += 2;
                } else {
                    out.push(byte);
                }
            }
            _ => out.push(byte),
        }
    }
    out
}

/// Undoes the base 64 encoding; `None` when it is none.
fn base64(text: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in text {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            byte if byte.is_ascii_whitespace() => continue,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
        }
    }
    Some(out)
}

/// The text of a header in the user's character set: encoded words are read.
pub(super) fn decode_header(value: &[u8], local: &Encoding) -> Vec<u8> {
    let mut parts: Vec<(String, bool)> = Vec::new();
    for line in value.split(|&byte| byte == b'\n') {
        let mut rest = line.trim_ascii_start();
        if find_word(value).is_none() {
            rest = line;
        }
        while let Some((start, end, text)) = find_word(rest) {
            push(&mut parts, plain(&rest[..start]), false);
            push(&mut parts, text, true);
            rest = &rest[end..];
        }
        push(&mut parts, plain(rest), false);
    }
    if parts.iter().all(|(_, encoded)| !encoded) {
        // Nothing is encoded: the text stays as it is, line breaks included.
        return local.encode(&plain(value)).0;
    }
    // White space between two encoded words is no text.
    let mut words: Vec<(String, bool)> = Vec::new();
    for (at, (text, encoded)) in parts.iter().enumerate() {
        let between =
            at > 0 && parts[at - 1].1 && parts.get(at + 1).is_some_and(|(_, encoded)| *encoded);
        if !encoded && between && text.trim().is_empty() {
            continue;
        }
        match words.last_mut() {
            Some((last, true)) if *encoded => last.push_str(text),
            _ => words.push((text.clone(), *encoded)),
        }
    }
    let words: Vec<String> = words.into_iter().map(|(text, _)| text).collect();
    local.encode(&words.join(" ")).0
}

fn push(parts: &mut Vec<(String, bool)>, text: String, encoded: bool) {
    if !text.is_empty() {
        parts.push((text, encoded));
    }
}

/// Text that is not encoded: UTF-8, or else Latin-1.
fn plain(text: &[u8]) -> String {
    match std::str::from_utf8(text) {
        Ok(text) => text.to_owned(),
        Err(_) => text.iter().copied().map(char::from).collect(),
    }
}

/// The first encoded word, `=?charset?q?text?=`: start, end, text.
fn find_word(text: &[u8]) -> Option<(usize, usize, String)> {
    let mut from = 0;
    while let Some(found) = text[from..].windows(2).position(|two| two == b"=?") {
        let start = from + found;
        if let Some((len, word)) = decode_word(&text[start..]) {
            return Some((start, start + len, word));
        }
        from = start + 2;
    }
    None
}

fn decode_word(text: &[u8]) -> Option<(usize, String)> {
    let rest = text.strip_prefix(b"=?")?;
    let first = rest.iter().position(|&byte| byte == b'?')?;
    let (charset, rest) = (&rest[..first], &rest[first + 1..]);
    let (kind, rest) = (rest.first()?.to_ascii_lowercase(), rest.get(1..)?.strip_prefix(b"?")?);
    let end = rest.windows(2).position(|two| two == b"?=")?;
    let data = match kind {
        b'q' => quoted_printable(&rest[..end], true),
        b'b' => base64(&rest[..end])?,
        _ => return None,
    };
    let encoding = Encoding::named(charset);
    let word = encoding.map_or_else(|| plain(&data), |encoding| encoding.decode_lossy(&data));
    Some((2 + first + 1 + 2 + end + 2, word))
}

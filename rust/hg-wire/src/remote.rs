//! A repository that is spoken to in the first version of the wire protocol, over whatever
//! transport (`hg help internals.wireprotocol`).

use std::io::{Read, Write};
use std::sync::Arc;

use hg_format::bundle2::{self, Capabilities, PartHeader, parts as payloads};
use hg_format::bundlespec::Compression;
use hg_format::changegroup::Version;
use hg_format::percent;
use hg_format::wire::{self, Arguments};
use hg_types::{Error, ErrorKind, Node, Reporter, Result};

use crate::bundle::{self, bundle2_error};
use crate::compress::Compressor;
use crate::local::bundle2_capabilities;
use crate::parts::{BundleParts, Part, PartSource, Payload, write_parts};
use crate::peer::{BundleRequest, Keys, Peer, Reply};
use crate::source::{ChangegroupSource, write_changegroup};

/// What stands before the hash of heads: `hashed`.
const HASHED: &[u8] = b"686173686564 ";

/// The heads of a push that checks for itself whether it may go on: `force`.
const FORCE: &[u8] = b"666f726365";

/// The longest answer to a payload of the first format.
const ANSWER_LIMIT: u64 = 1 << 26;

/// How requests get to a server and answers back.
pub(crate) trait Transport {
    /// What the server can do.
    fn capabilities(&self) -> &[Vec<u8>];
    /// Asks and waits for the answer.
    fn call(&mut self, command: &str, arguments: &Arguments) -> Result<Vec<u8>>;
    /// Asks for an answer of any length.
    fn stream<'a>(
        &'a mut self,
        command: &str,
        arguments: &Arguments,
    ) -> Result<Box<dyn Read + Send + 'a>>;
    /// Asks `unbundle` with the payload that `write` writes; the answer.
    fn send_bundle<'a>(
        &'a mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<Box<dyn Read + Send + 'a>>;
    /// Asks `unbundle` with a payload of the first format; the result, and what was said meanwhile.
    fn send_old_bundle(
        &mut self,
        arguments: &Arguments,
        write: &mut dyn FnMut(&mut dyn Write) -> Result<()>,
    ) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut answer = Vec::new();
        let input = self.send_bundle(arguments, write)?;
        input.take(ANSWER_LIMIT).read_to_end(&mut answer).map_err(bundle::read_error)?;
        let end = answer.iter().position(|&b| b == b'\n').unwrap_or(answer.len());
        let said = answer.get(end + 1..).unwrap_or_default().to_vec();
        answer.truncate(end);
        Ok((answer, said))
    }
}

/// A repository behind a transport.
pub struct RemotePeer {
    transport: Box<dyn Transport>,
    url: Vec<u8>,
    reporter: Arc<dyn Reporter + Send + Sync>,
}

/// A named argument of a request.
pub(crate) fn argument(name: &str, value: impl Into<Vec<u8>>) -> (Vec<u8>, Vec<u8>) {
    (name.as_bytes().to_vec(), value.into())
}

/// Whether a server's `capabilities` have a command or feature.
pub(crate) fn has(capabilities: &[Vec<u8>], name: &[u8]) -> bool {
    // Some names have values.
    let named = |known: &Vec<u8>| {
        known.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest[0] == b'=')
    };
    capabilities.iter().any(named)
}

impl RemotePeer {
    /// A peer at `url` behind an open transport.
    pub(crate) fn new(
        transport: Box<dyn Transport>,
        url: &[u8],
        reporter: Arc<dyn Reporter + Send + Sync>,
    ) -> Self {
        Self { transport, url: url.to_vec(), reporter }
    }

    fn has(&self, name: &[u8]) -> bool {
        has(self.transport.capabilities(), name)
    }

    /// Refuses to go on without a command or feature.
    fn require(&self, name: &str, purpose: &str) -> Result<()> {
        if self.has(name.as_bytes()) {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Repo,
            format!("cannot {purpose}; remote repository does not support the '{name}' capability"),
        ))
    }

    fn call(&mut self, command: &str, arguments: &Arguments) -> Result<Vec<u8>> {
        self.transport.call(command, arguments)
    }
}

/// The number that an old server sums up with what it did; what does not fit is as good as the largest.
fn outcome(text: &[u8]) -> Option<i64> {
    let digits = text.trim_ascii();
    let digits = digits.strip_prefix(b"-").or(digits.strip_prefix(b"+")).unwrap_or(digits);
    if digits.len() > 18 && digits.iter().all(u8::is_ascii_digit) {
        return Some(i64::MAX);
    }
    hg_config::value::parse_int(text)
}

/// The failure of a push to an old server, whose answer is shown on a line of its own.
pub(crate) fn push_failed(what: &[u8], answer: &[u8]) -> Error {
    let shown = match answer {
        [] => b" empty string".to_vec(),
        _ => [b"\n", &hg_types::quoted(answer)[..]].concat(),
    };
    Error::new(ErrorKind::Remote, [what, &shown].concat())
}

fn decode_flags(answer: &[u8], count: usize) -> Result<Vec<bool>> {
    if answer.len() == count && answer.iter().all(|b| b"01".contains(b)) {
        return Ok(answer.iter().map(|&b| b == b'1').collect());
    }
    Err(unexpected(answer))
}

fn decode_heads(answer: &[u8]) -> Result<Vec<Node>> {
    let line = answer.strip_suffix(b"\n").unwrap_or(answer);
    wire::decode_nodes(line).map_err(|_| unexpected(answer))
}

fn unexpected(answer: &[u8]) -> Error {
    let parts: [&[u8]; 2] = [b"unexpected response: ", &hg_types::quoted(answer)];
    Error::new(ErrorKind::Remote, parts.concat())
}

impl Peer for RemotePeer {
    fn url(&self) -> &[u8] {
        &self.url
    }

    fn can_push(&self) -> bool {
        true
    }

    fn capabilities(&mut self) -> Result<Vec<Vec<u8>>> {
        let plain = |name: &&Vec<u8>| !name.starts_with(b"bundle2=");
        Ok(self.transport.capabilities().iter().filter(plain).cloned().collect())
    }

    fn bundle2_capabilities(&mut self) -> Result<Capabilities> {
        let blob =
            self.transport.capabilities().iter().find_map(|name| name.strip_prefix(b"bundle2="));
        Ok(blob.map(|blob| Capabilities::decode(&percent::unquote(blob))).unwrap_or_default())
    }

    fn heads(&mut self) -> Result<Vec<Node>> {
        decode_heads(&self.call("heads", &Arguments::new())?)
    }

    fn known(&mut self, nodes: &[Node]) -> Result<Vec<bool>> {
        self.require("known", "look up remote changes")?;
        let arguments = vec![argument("nodes", wire::encode_nodes(nodes))];
        decode_flags(&self.call("known", &arguments)?, nodes.len())
    }

    fn heads_and_known(&mut self, nodes: &[Node]) -> Result<(Vec<Node>, Vec<bool>)> {
        if !self.has(b"batch") {
            return Ok((self.heads()?, self.known(nodes)?));
        }
        let known = vec![argument("nodes", wire::encode_nodes(nodes))];
        let commands = wire::encode_batch(&[("heads", Arguments::new()), ("known", known)]);
        let answer = self.call("batch", &vec![argument("cmds", commands)])?;
        let mut answers = answer.split(|&b| b == b';').map(wire::unescape);
        match (answers.next(), answers.next(), answers.next()) {
            (Some(heads), Some(known), None) => {
                Ok((decode_heads(&heads)?, decode_flags(&known, nodes.len())?))
            }
            _ => Err(Error::abort("unfulfilled batch command response")),
        }
    }

    fn lookup(&mut self, key: &[u8]) -> Result<Node> {
        self.require("lookup", "look up remote revision")?;
        let answer = self.call("lookup", &vec![argument("key", key)])?;
        let line = answer.strip_suffix(b"\n").unwrap_or(&answer);
        match line.split_at_checked(2) {
            Some((b"1 ", hex)) => Node::from_hex(hex).ok_or_else(|| unexpected(&answer)),
            Some((b"0 ", message)) => Err(Error::new(ErrorKind::Repo, message)),
            _ => Err(unexpected(&answer)),
        }
    }

    fn branchmap(&mut self) -> Result<Vec<(Vec<u8>, Vec<Node>)>> {
        let answer = self.call("branchmap", &Arguments::new())?;
        wire::decode_branchmap(&answer).map_err(garbled)
    }

    fn list_keys(&mut self, namespace: &[u8]) -> Result<Keys> {
        if !self.has(b"pushkey") {
            return Ok(Keys::new());
        }
        let text = [b"preparing listkeys for \"", namespace, b"\"\n"].concat();
        self.reporter.debug(&text);
        let answer = self.call("listkeys", &vec![argument("namespace", namespace)])?;
        let size = format!("\": {} bytes\n", answer.len());
        let text = [b"received listkey for \"", namespace, size.as_bytes()].concat();
        self.reporter.debug(&text);
        payloads::decode_keys(&answer).map_err(bundle2_error)
    }

    fn push_key(&mut self, namespace: &[u8], key: &[u8], old: &[u8], new: &[u8]) -> Result<bool> {
        if !self.has(b"pushkey") {
            return Ok(false);
        }
        let name = [namespace, key].join(&b':');
        self.reporter.debug(&[b"preparing pushkey for \"", &name[..], b"\"\n"].concat());
        let arguments = vec![
            argument("namespace", namespace),
            argument("key", key),
            argument("old", old),
            argument("new", new),
        ];
        let answer = self.call("pushkey", &arguments)?;
        let end = answer.iter().position(|&b| b == b'\n').unwrap_or(answer.len());
        let (result, said) = answer.split_at(end);
        let result = outcome(result)
            .ok_or_else(|| push_failed(b"push failed (unexpected response):", result))?;
        let said = said.get(1..).unwrap_or_default();
        crate::apply::tell_remote_output(&*self.reporter, said);
        Ok(result != 0)
    }

    fn get_bundle<'a>(&'a mut self, request: &BundleRequest) -> Result<Box<dyn PartSource + 'a>> {
        self.require("getbundle", "look up remote changes")?;
        let speaks = !self.bundle2_capabilities()?.0.is_empty();
        let arguments = bundle_arguments(request, speaks);
        let reporter = Arc::clone(&self.reporter);
        let opened = bundle::open(self.transport.stream("getbundle", &arguments)?, None)?;
        let inner = BundleParts::new(opened, None)?;
        Ok(Box::new(RemoteParts { inner, reporter, operation: "pull" }))
    }

    fn stream_out<'a>(&'a mut self) -> Result<Box<dyn Read + 'a>> {
        Ok(self.transport.stream("stream_out", &Arguments::new())?)
    }

    fn unbundle(&mut self, parts: &mut dyn PartSource) -> Result<Reply> {
        self.require("unbundle", "push changes")?;
        let capabilities = bundle2_capabilities().encode();
        let mut all = WithReplyCapabilities { first: Some(capabilities), rest: parts };
        let answer = self.transport.send_bundle(&vec![argument("heads", FORCE)], &mut |out| {
            let mut out = out;
            bundle2::write_stream_header(&mut out, &Vec::new()).map_err(bundle2_error)?;
            write_parts(&mut all, out).map(|_| ())
        })?;
        let reporter = Arc::clone(&self.reporter);
        let opened = bundle::open(answer, None)?;
        let inner = BundleParts::new(opened, None)?;
        read_reply(&mut RemoteParts { inner, reporter, operation: "push" })
    }

    fn unbundle_old(
        &mut self,
        heads: Option<&[Node]>,
        source: &mut dyn ChangegroupSource,
    ) -> Result<i64> {
        self.require("unbundle", "push changes")?;
        let heads = match heads {
            None => FORCE.to_vec(),
            Some(heads) if self.has(b"unbundlehash") => hashed(heads),
            Some(heads) => wire::encode_nodes(heads),
        };
        let compression = old_compression(self.transport.capabilities());
        let arguments = vec![argument("heads", heads)];
        let (result, said) = self.transport.send_old_bundle(&arguments, &mut |out| {
            if let Some(compression) = compression {
                out.write_all(b"HG10").map_err(bundle::read_error)?;
                out.write_all(compression.code()).map_err(bundle::read_error)?;
            }
            let compression = compression.unwrap_or(Compression::None);
            let out = Compressor::new(compression, None, out).map_err(bundle::read_error)?;
            let mut out = out;
            write_changegroup(source, &mut out, Version::V1)?;
            out.finish().map(|_| ()).map_err(bundle::read_error)
        })?;
        crate::apply::tell_remote_output(&*self.reporter, &said);
        match outcome(&result) {
            Some(number) => Ok(number),
            None if result.is_empty() => Err(push_failed(b"push failed:", b"")),
            None => Err(push_failed(b"push failed (unexpected response):", &result)),
        }
    }

    fn echo_arguments(&mut self, arguments: &Arguments) -> Result<Vec<u8>> {
        self.call("debugwireargs", arguments)
    }
}

/// The heads of a push, put together as servers compare them.
fn hashed(heads: &[Node]) -> Vec<u8> {
    use sha1::{Digest as _, Sha1};
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    let mut hash = Sha1::new();
    for node in &heads {
        hash.update(node.as_bytes());
    }
    let hex: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    [HASHED, hex.as_bytes()].concat()
}

/// How a server takes bundles of the first format; `None` for changesets without any header, as the
/// oldest do.
fn old_compression(capabilities: &[Vec<u8>]) -> Option<Compression> {
    let types = capabilities.iter().find_map(|name| name.strip_prefix(b"unbundle="))?;
    let known = types.split(|&b| b == b',').find_map(|name| match name {
        b"HG10GZ" => Some(Compression::Gzip),
        b"HG10UN" => Some(Compression::None),
        _ => None,
    });
    Some(known.unwrap_or(Compression::None))
}

/// The arguments of `getbundle`, in the order in which they were always sent.
fn bundle_arguments(request: &BundleRequest, speaks_bundle2: bool) -> Arguments {
    let bool = |value: bool| if value { &b"1"[..] } else { b"0" };
    let mut out = Arguments::new();
    let bundle2 = request.bundle2.as_ref().filter(|_| speaks_bundle2);
    if let Some(capabilities) = bundle2 {
        let blob = percent::quote(&capabilities.encode(), b"");
        out.push(argument("bundlecaps", [b"HG20,bundle2=", &blob[..]].concat()));
    }
    out.push(argument("common", wire::encode_nodes(&request.common)));
    if let Some(heads) = &request.heads {
        out.push(argument("heads", wire::encode_nodes(heads)));
    }
    if bundle2.is_none() {
        return out;
    }
    out.push(argument("cg", bool(request.changegroup)));
    if request.stream {
        out.push(argument("stream", bool(true)));
    }
    if request.phases {
        out.push(argument("phases", bool(true)));
    }
    if request.bookmarks {
        out.push(argument("bookmarks", bool(true)));
    }
    if !request.list_keys.is_empty() {
        out.push(argument("listkeys", request.list_keys.join(&b',')));
    }
    if request.obsmarkers {
        out.push(argument("obsmarkers", bool(true)));
    }
    out
}

/// Parts from a server: its failures become ours.
struct RemoteParts<'a> {
    inner: BundleParts<'a>,
    reporter: Arc<dyn Reporter + Send + Sync>,
    operation: &'static str,
}

impl PartSource for RemoteParts<'_> {
    fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        let part = self.inner.next_part()?;
        if let Some(part) = &part
            && part.header.kind == b"error:abort"
        {
            let value = |name: &[u8]| part.header.parameter(name);
            let message = value(b"message").unwrap_or_default();
            self.reporter.warn(&[b"remote: ", message, b"\n"].concat());
            if let Some(hint) = value(b"hint") {
                self.reporter.warn(&[b"remote: (", hint, b")\n"].concat());
            }
            let message = format!("{} failed on remote", self.operation);
            return Err(Error::new(ErrorKind::Remote, message));
        }
        Ok(part)
    }
}

/// The parts of a push behind what the client understands of the reply.
struct WithReplyCapabilities<'a> {
    first: Option<Vec<u8>>,
    rest: &'a mut dyn PartSource,
}

impl PartSource for WithReplyCapabilities<'_> {
    fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        match self.first.take() {
            Some(bytes) => Ok(Some(Part::bytes(PartHeader::new(b"replycaps", true), bytes))),
            None => self.rest.next_part(),
        }
    }
}

fn read_reply(parts: &mut RemoteParts<'_>) -> Result<Reply> {
    let mut reply = Reply::default();
    let reporter = Arc::clone(&parts.reporter);
    while let Some(Part { header, payload }) = parts.next_part()? {
        let number = |name: &[u8]| {
            let text = header.parameter(name).and_then(|text| std::str::from_utf8(text).ok());
            text.and_then(|text| text.parse::<i64>().ok())
        };
        let part = number(b"in-reply-to").and_then(|id| u32::try_from(id).ok()).unwrap_or_default();
        match header.kind.as_slice() {
            b"reply:changegroup" => {
                reply.changegroups.push((part, number(b"return").unwrap_or_default()));
            }
            b"reply:pushkey" => {
                reply.pushkeys.push((part, number(b"return").unwrap_or_default() != 0));
            }
            b"reply:obsmarkers" => {
                let new = number(b"new").and_then(|new| usize::try_from(new).ok());
                reply.markers.push((part, new.unwrap_or_default()));
            }
            b"output" => {
                if let Payload::Bytes(bytes) = payload {
                    crate::apply::tell_remote_output(&*reporter, &bytes);
                }
            }
            kind if kind.starts_with(b"error:") => return Err(crate::apply::sent_error(&header)),
            kind if header.mandatory => return Err(bundle::unknown_feature(None, kind)),
            _ => {}
        }
    }
    Ok(reply)
}

/// An answer that cannot be understood.
pub(crate) fn garbled(error: wire::Error) -> Error {
    let message = format!("unexpected response from remote: {error}");
    Error::new(ErrorKind::Remote, message).because(error)
}

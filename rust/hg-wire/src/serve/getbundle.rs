//! Sending changesets.

use std::io::Write;

use hg_format::bundle2::{self, Capabilities, PartHeader};
use hg_format::{percent, wire};
use hg_types::{Error, ErrorKind, Node, Result};

use super::{Answer, Given, Server, bad_request, write_error};
use crate::bundle::bundle2_error;
use crate::facts;
use crate::local::bundle_parts;
use crate::parts::{Part, PartList, Payload, write_parts};
use crate::peer::BundleRequest;
use crate::source::write_changegroup;
use crate::stream;

/// The arguments of `getbundle`.
const KNOWN: [&str; 12] = [
    "bookmarks",
    "bundlecaps",
    "cbattempted",
    "cg",
    "common",
    "excludepats",
    "heads",
    "includepats",
    "listkeys",
    "obsmarkers",
    "phases",
    "stream",
];

/// Where clients that are too old are sent.
const TOO_OLD: &str = "see https://www.mercurial-scm.org/wiki/IncompatibleClient";

/// The error for a changeset that is not there.
pub(super) fn no_node(node: &Node) -> Error {
    let message = [b"00changelog@", &node.hex()[..], b": no node"].concat();
    Error::new(ErrorKind::UnknownRevision, message)
}

impl Server<'_> {
    pub(super) fn getbundle(&self, given: &Given, out: &mut impl Write) -> Result<Answer> {
        self.warn_of_others("getbundle", given, |name| {
            KNOWN.iter().any(|known| known.as_bytes() == name)
        });
        let request = request(given)?;
        if request.bundle2.is_none() {
            return self.plain_bundle(given, &request, out);
        }
        let mut header = Vec::new();
        bundle2::write_stream_header(&mut header, &Vec::new()).map_err(bundle2_error)?;
        let made = self.bundle2_parts(&request, given);
        (self.flush)();
        out.write_all(&header).map_err(write_error)?;
        match made {
            Ok(mut parts) => {
                // What fails from here on fails in the middle of the stream.
                write_parts(&mut parts, &mut *out)?;
            }
            Err(error) => {
                write_parts(&mut abort_part(&error), &mut *out)?;
            }
        }
        Ok(Answer::Written)
    }

    fn bundle2_parts(&self, request: &BundleRequest, given: &Given) -> Result<PartList<'_>> {
        if given.find("stream").is_some_and(is_true) {
            if !stream::is_allowed(self.repo)? {
                return Err(stream::refused());
            }
            let known = request.bundle2.as_ref();
            if !known.is_some_and(|known| known.has(b"stream", b"v2")) {
                return Err(Error::abort("no common supported version with the client: v2; "));
            }
        }
        self.refuse_full(request)?;
        let view = facts::served(self.repo)?;
        let mut request = request.clone();
        if let Some(heads) = &mut request.heads {
            heads.retain(|node| node.is_null() || view.rev(node).is_some());
        }
        bundle_parts(self.repo, &request)
    }

    /// Some servers send no complete clones.
    fn refuse_full(&self, request: &BundleRequest) -> Result<()> {
        let config = self.repo.config();
        if !request.changegroup || !config.get_bool_or("server", "disablefullbundle", false)? {
            return Ok(());
        }
        let mut wanted = request.heads.clone().unwrap_or_default();
        let mut all = facts::served(self.repo)?.head_nodes();
        wanted.sort_unstable();
        all.sort_unstable();
        if request.common.iter().all(Node::is_null) && (request.heads.is_none() || wanted == all) {
            return Err(Error::abort("server has pull-based clones disabled")
                .hint("remove --pull if specified or upgrade Mercurial"));
        }
        Ok(())
    }

    /// A changegroup of the first version without a container.
    fn plain_bundle(
        &self,
        given: &Given,
        request: &BundleRequest,
        out: &mut impl Write,
    ) -> Result<Answer> {
        let config = self.repo.config();
        let allowed = match config.find_bool("server", "bundle1.pull")? {
            Some(allowed) => allowed,
            None => config.get_bool_or("server", "bundle1", true)?,
        };
        if !allowed {
            let message = b"abort: incompatible Mercurial client; bundle2 required\n(";
            return Ok(Answer::Refusal([&message[..], TOO_OLD.as_bytes(), b")"].concat()));
        }
        for (name, wrong) in [("cg", !request.changegroup)] {
            if wrong {
                return Err(Error::abort(format!("request for bundle10 must include {name}")));
            }
        }
        let others = given.0.iter().map(|(name, _)| name.as_slice());
        let others: Vec<&[u8]> = others
            .filter(|name| ![&b"heads"[..], b"common", b"bundlecaps", b"cg"].contains(name))
            .filter(|name| KNOWN.iter().any(|known| known.as_bytes() == *name))
            .collect();
        if !others.is_empty() {
            let names = String::from_utf8_lossy(&others.join(&b", "[..])).into_owned();
            return Err(Error::abort(format!("unsupported getbundle arguments: {names}")));
        }
        if let Err(error) = self.refuse_full(request) {
            let hint = error.hint.unwrap_or_default();
            let parts: [&[u8]; 5] = [b"abort: ", &error.message, b"\n(", &hint, b")"];
            return Ok(Answer::Refusal(parts.concat()));
        }
        self.send_changegroup(request, out)
    }

    /// What comes above `roots`, up to `heads`.
    pub(super) fn changegroup(
        &self,
        roots: &[Node],
        heads: Option<Vec<Node>>,
        out: &mut impl Write,
    ) -> Result<Answer> {
        let request = BundleRequest {
            source: b"serve".to_vec(),
            heads,
            common: self.below(roots)?,
            changegroup: true,
            ..BundleRequest::default()
        };
        self.send_changegroup(&request, out)
    }

    fn send_changegroup(&self, request: &BundleRequest, out: &mut impl Write) -> Result<Answer> {
        let view = facts::served(self.repo)?;
        let heads = request.heads.iter().flatten();
        if let Some(node) = heads.into_iter().find(|n| !n.is_null() && view.rev(n).is_none()) {
            return Err(no_node(node));
        }
        let mut parts = bundle_parts(self.repo, request)?;
        (self.flush)();
        match parts.0.pop_front().map(|part| part.payload) {
            Some(Payload::Changegroup(version, mut source)) => {
                write_changegroup(&mut *source, &mut *out, version)?;
            }
            _ => out.write_all(&[0; 12]).map_err(write_error)?,
        }
        Ok(Answer::Written)
    }
}

/// What a failure looks like in an HG20 stream.
pub(super) fn abort_part(error: &Error) -> PartList<'static> {
    let message: &[u8] = &error.message;
    let raced = message.strip_prefix(b"push failed:\n'").and_then(|m| m.strip_suffix(b"'"));
    let mut header = match raced {
        Some(message) => PartHeader::new(b"error:pushraced", true).with(b"message", message),
        None => PartHeader::new(b"error:abort", true).with(b"message", message),
    };
    if let Some(hint) = &error.hint {
        header = header.with_advisory(b"hint", hint);
    }
    let mut parts = PartList::default();
    parts.0.push_back(Part::bytes(header, Vec::new()));
    parts
}

fn is_true(value: &[u8]) -> bool {
    wire::number(value).is_some_and(|number| number != 0)
}

/// What the arguments of `getbundle` ask for.
fn request(given: &Given) -> Result<BundleRequest> {
    let nodes = |name: &str| given.find(name).map(wire::decode_nodes).transpose();
    let flag = |name: &str| given.find(name).is_some_and(is_true);
    let list = |name: &str| -> Vec<Vec<u8>> {
        let items = given.find(name).unwrap_or_default().split(|&b| b == b',');
        items.filter(|item| !item.is_empty()).map(<[u8]>::to_vec).collect()
    };
    let names = list("bundlecaps");
    let bundle2 = names.iter().any(|name| name.starts_with(b"HG2")).then(|| {
        let blob = names.iter().find_map(|name| name.strip_prefix(b"bundle2="));
        blob.map(|blob| Capabilities::decode(&percent::unquote(blob))).unwrap_or_default()
    });
    let obsmarkers = bundle2.as_ref().is_some_and(|known| known.get(b"obsmarkers").is_some());
    Ok(BundleRequest {
        source: b"serve".to_vec(),
        heads: nodes("heads").map_err(bad_request)?,
        common: nodes("common").map_err(bad_request)?.unwrap_or_default(),
        bundle2,
        changegroup: given.find("cg").is_none_or(is_true),
        bookmarks: flag("bookmarks"),
        phases: flag("phases"),
        obsmarkers: obsmarkers && flag("obsmarkers"),
        list_keys: list("listkeys"),
        tags_fnodes: false,
        stream: flag("stream"),
    })
}

//! Receiving changesets.

use std::io::{BufRead, Write};

use hg_format::bundle2::{self, PartHeader};
use hg_format::wire::{self, ChunkReader};
use hg_types::{Error, ErrorKind, Node, Result};
use sha1::{Digest as _, Sha1};

use super::getbundle::abort_part;
use super::{Answer, Given, Server, Transport, write_error};
use crate::apply::{Applied, Operation, apply_parts};
use crate::bundle::{self, Bundle, bundle2_error};
use crate::facts;
use crate::parts::{BundleParts, Part, PartList, write_parts};
use crate::peer::Reply;

/// What a client is told whose idea of the heads is out of date.
const RACED: &[u8] = b"repository changed while preparing changes - please try again";

impl Server<'_> {
    pub(super) fn unbundle(
        &self,
        given: &Given,
        input: &mut (impl BufRead + Send),
        out: &mut impl Write,
    ) -> Result<Answer> {
        if !self.heads_are(given.get("heads")?)? {
            return Ok(Answer::Text(RACED.to_vec()));
        }
        // Now the client sends its payload.
        wire::write_string(out, b"").and_then(|()| out.flush()).map_err(write_error)?;
        let mut payload = ChunkReader::new(input);
        let received = self.receive(&mut payload);
        payload.finish().map_err(bundle::read_error)?;
        match self.reply(received, out)? {
            None => Ok(Answer::Written),
            Some(result) => {
                wire::write_string(out, b"").map_err(write_error)?;
                Ok(Answer::Text(result.to_string().into_bytes()))
            }
        }
    }

    /// Takes a payload that came together with the request.
    pub(super) fn unbundle_payload(
        &self,
        given: &Given,
        payload: &mut (impl BufRead + Send),
        out: &mut impl Write,
    ) -> Result<Answer> {
        if !self.heads_are(given.get("heads")?)? {
            return Ok(Answer::Text([b"0\n", RACED, b"\n"].concat()));
        }
        let received = self.receive(payload);
        Ok(match self.reply(received, out)? {
            None => Answer::Written,
            Some(result) => {
                let said = (self.flush)();
                Answer::Text([format!("{result}\n").as_bytes(), &said].concat())
            }
        })
    }

    /// Answers an HG20 stream; gives the number that answers another bundle.
    fn reply(
        &self,
        received: Result<(bool, Result<Applied>)>,
        out: &mut impl Write,
    ) -> Result<Option<i64>> {
        let (is_bundle2, outcome) = match received {
            Ok(received) => received,
            Err(error) => (false, Err(error)),
        };
        if is_bundle2 {
            let said = (self.flush)();
            bundle2::write_stream_header(&mut *out, &Vec::new()).map_err(bundle2_error)?;
            let mut parts = match &outcome {
                Ok(applied) if applied.wants_reply => reply_parts(&applied.reply),
                Ok(_) => PartList::default(),
                Err(error) => abort_part(error),
            };
            if !said.is_empty() {
                let header = PartHeader::new(b"output", false);
                parts.0.push_front(Part::bytes(header, said));
            }
            write_parts(&mut parts, &mut *out)?;
            return Ok(None);
        }
        let result = match outcome {
            Ok(applied) => applied.results.first().copied().unwrap_or(0),
            Err(error) => {
                self.tell(&error);
                0
            }
        };
        if self.transport == Transport::Ssh {
            (self.flush)();
        }
        Ok(Some(result))
    }

    fn tell(&self, error: &Error) {
        let mut text = [b"abort: ", &error.message[..], b"\n"].concat();
        if let Some(hint) = &error.hint {
            text.extend([b"(", &hint[..], b")\n"].concat());
        }
        self.repo.reporter().warn(&text);
    }

    /// Whether the heads are those the client saw when it made its bundle.
    fn heads_are(&self, expected: &[u8]) -> Result<bool> {
        let words: Vec<&[u8]> = expected.split(|&b| b == b' ').collect();
        // The words come in hexadecimal as nodes do, whatever they are.
        if words == [&b"666f726365"[..]] {
            return Ok(true);
        }
        let mut heads = facts::served(self.repo)?.head_nodes();
        heads.sort_unstable();
        if let [b"686173686564", hash] = words[..] {
            let mut digest = Sha1::new();
            heads.iter().for_each(|node| digest.update(node.0));
            return Ok(Node(digest.finalize().into()).hex() == hash);
        }
        let mut nodes = wire::decode_nodes(expected).map_err(super::bad_request)?;
        nodes.sort_unstable();
        Ok(nodes == heads)
    }

    /// Takes the payload in: whether it was an HG20 stream, and what came of it.
    fn receive(
        &self,
        payload: &mut (impl std::io::Read + Send),
    ) -> Result<(bool, Result<Applied>)> {
        let opened = bundle::open(payload, None)?;
        let is_bundle2 = matches!(opened, Bundle::V2 { .. });
        if !is_bundle2 {
            self.check_plain_allowed()?;
        }
        Ok((is_bundle2, self.apply(opened, is_bundle2)))
    }

    fn apply(&self, opened: Bundle<'_>, is_bundle2: bool) -> Result<Applied> {
        let mut parts = BundleParts::new(opened, None)?;
        let wlock = self.repo.wlock()?;
        let lock = self.repo.lock()?;
        let mut operation = Operation::new(self.repo, "serve", &self.client);
        operation.bundle2 = is_bundle2;
        let applied = apply_parts(&mut parts, &mut operation)?;
        operation.close()?;
        drop(lock);
        drop(wlock);
        Ok(applied)
    }

    /// Some servers take no changesets from old clients.
    fn check_plain_allowed(&self) -> Result<()> {
        let config = self.repo.config();
        let allowed = match config.find_bool("server", "bundle1.push")? {
            Some(allowed) => allowed,
            None => config.get_bool_or("server", "bundle1", true)?,
        };
        if allowed {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Abort, "incompatible Mercurial client; bundle2 required")
            .hint("see https://www.mercurial-scm.org/wiki/IncompatibleClient"))
    }
}

/// What the sender of an HG20 stream is told.
fn reply_parts(reply: &Reply) -> PartList<'static> {
    let part = |kind: &[u8], to: u32, name: &[u8], value: String| {
        let header = PartHeader::new(kind, false)
            .with_advisory(b"in-reply-to", to.to_string().as_bytes())
            .with_advisory(name, value.as_bytes());
        (to, Part::bytes(header, Vec::new()))
    };
    let mut parts = Vec::new();
    for (to, result) in &reply.changegroups {
        parts.push(part(b"reply:changegroup", *to, b"return", result.to_string()));
    }
    for (to, done) in &reply.pushkeys {
        parts.push(part(b"reply:pushkey", *to, b"return", i32::from(*done).to_string()));
    }
    for (to, new) in &reply.markers {
        parts.push(part(b"reply:obsmarkers", *to, b"new", new.to_string()));
    }
    parts.sort_by_key(|(to, _)| *to);
    PartList(parts.into_iter().map(|(_, part)| part).collect())
}

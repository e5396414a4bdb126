//! Pushing to peers that do not know parts: changesets in a bundle of the first format, everything else
//! key by key.

use hg_types::{Node, Result};

use super::{Push, bookmark_verb};
use crate::parts::Payload;
use crate::peer::Peer;

impl Push<'_> {
    /// Sends everything there is to send; the result of the changesets, if there were any.
    pub(super) fn send_old(
        &mut self,
        peer: &mut dyn Peer,
        sends: bool,
        locked: bool,
    ) -> Result<Option<i64>> {
        let mut result = None;
        if sends && let Payload::Changegroup(_, mut source) = self.changegroup()?.payload {
            let heads = (!self.options.force).then_some(self.discovery.remote_heads.as_slice());
            result = Some(peer.unbundle_old(heads, &mut *source)?);
        }
        self.sync_phases(peer, result, locked)?;
        if result == Some(0) {
            return Ok(result);
        }
        self.push_phases(peer)?;
        self.push_bookmarks(peer)?;
        Ok(result)
    }

    /// What a publishing peer has is public anyway.
    fn push_phases(&self, peer: &mut dyn Peer) -> Result<()> {
        if self.phases.publishing {
            return Ok(());
        }
        for node in &self.outdated {
            if !peer.push_key(b"phases", &node.hex(), b"1", b"0")? {
                let short = String::from_utf8_lossy(&node.short()).into_owned();
                let text = format!("updating {short} to public failed!\n");
                self.repo.reporter().warn(text.as_bytes());
            }
        }
        Ok(())
    }

    fn push_bookmarks(&self, peer: &mut dyn Peer) -> Result<()> {
        let hex = |node: &Option<Node>| node.map(|node| node.hex()).unwrap_or_default();
        let reporter = self.repo.reporter();
        for (name, old, new) in &self.bookmarks {
            let verb = bookmark_verb(*old, *new);
            if peer.push_key(b"bookmarks", name, &hex(old), &hex(new))? {
                reporter.status(&[verb, name, b"\n"].concat());
            } else {
                // Unlike refusals of servers that know parts, this does not change the exit code.
                reporter.warn(&[verb, name, b" failed\n"].concat());
            }
        }
        Ok(())
    }
}

//! The commands of the protocol, all but those that carry bundles.

use std::io::Write;

use hg_format::bundle2::parts as payloads;
use hg_format::wire;
use hg_types::{Error, ErrorKind, Node, Result};

use super::{Answer, Given, Server, Transport, bad_request, capabilities};
use crate::facts;
use crate::pushkey;
use crate::stream::{self, Snapshot};

/// The commands with their arguments.
pub(super) const NAMES: [(&str, &[&str]); 20] = [
    ("batch", &["cmds", "*"]),
    ("between", &["pairs"]),
    ("branches", &["nodes"]),
    ("branchmap", &[]),
    ("capabilities", &[]),
    ("changegroup", &["roots"]),
    ("changegroupsubset", &["bases", "heads"]),
    ("clonebundles", &[]),
    ("debugwireargs", &["one", "two", "*"]),
    ("getbundle", &["*"]),
    ("heads", &[]),
    ("hello", &[]),
    ("known", &["nodes", "*"]),
    ("listkeys", &["namespace"]),
    ("lookup", &["key"]),
    ("protocaps", &["caps"]),
    ("pushkey", &["namespace", "key", "old", "new"]),
    ("stream_out", &[]),
    ("unbundle", &["heads"]),
    ("upgrade", &[]),
];

/// The largest manifest of clone bundles that is sent.
const MANIFEST_LIMIT: usize = 1 << 24;

/// The options of `debugwireargs` and of the commands that take any, which none of them knows.
const ECHOED: [&str; 3] = ["one", "two", "three"];

impl Server<'_> {
    pub(super) fn run_command(
        &self,
        name: &str,
        given: &Given,
        out: &mut impl Write,
    ) -> Result<Answer> {
        match name {
            "batch" => self.batch(given).map(Answer::Text),
            "changegroup" => self.changegroup(&given.nodes("roots")?, None, out),
            "changegroupsubset" => {
                let heads = given.nodes("heads")?;
                self.changegroup(&given.nodes("bases")?, Some(heads), out)
            }
            "getbundle" => self.getbundle(given, out),
            "stream_out" => self.stream_out(out),
            _ => self.text(name, given).map(Answer::Text),
        }
    }

    /// Sends the files of the store, without frame around them.
    fn stream_out(&self, out: &mut impl Write) -> Result<Answer> {
        (self.flush)();
        if stream::is_allowed(self.repo)? {
            Snapshot::take(self.repo, stream::Version::V1)?.answer(out)?;
        } else {
            out.write_all(b"1\n").map_err(super::write_error)?;
        }
        Ok(Answer::Written)
    }

    /// Answers the commands whose answer is a text.
    fn text(&self, name: &str, given: &Given) -> Result<Vec<u8>> {
        match name {
            "between" => self.between(given.get("pairs")?),
            "branches" => self.branches(&given.nodes("nodes")?),
            "branchmap" => {
                let branches = facts::branch_heads(self.repo, hg_store::View::Served)?;
                Ok(wire::encode_branchmap(&branches))
            }
            "capabilities" => capabilities::line(self.repo, self.transport),
            "clonebundles" => self.clone_bundles(),
            "debugwireargs" => Ok(self.echo(given)),
            "heads" => {
                let heads = facts::served(self.repo)?.head_nodes();
                Ok([&wire::encode_nodes(&heads)[..], b"\n"].concat())
            }
            "hello" => {
                let line = capabilities::line(self.repo, self.transport)?;
                Ok([b"capabilities: ", &line[..], b"\n"].concat())
            }
            "known" => {
                let view = facts::served(self.repo)?;
                let known = |node: &Node| node.is_null() || view.rev(node).is_some();
                let nodes = given.nodes("nodes")?;
                Ok(nodes.iter().map(|node| if known(node) { b'1' } else { b'0' }).collect())
            }
            "listkeys" => {
                Ok(payloads::encode_keys(&pushkey::list(self.repo, given.get("namespace")?)?))
            }
            "lookup" => Ok(self.look_up(given.get("key")?)),
            "protocaps" => Ok(b"OK".to_vec()),
            "pushkey" => self.push_key(given),
            _ => Ok(Vec::new()),
        }
    }

    fn batch(&self, given: &Given) -> Result<Vec<u8>> {
        let commands = wire::decode_batch(given.get("cmds")?).map_err(bad_request)?;
        let mut answers = Vec::new();
        for (name, arguments) in commands {
            let known = NAMES.iter().find(|(known, _)| known.as_bytes() == name);
            let Some((name, names)) = known else {
                let message = [&b"unknown command in batch: "[..], &name].concat();
                return Err(Error::abort(message));
            };
            if matches!(
                *name,
                "batch"
                    | "changegroup"
                    | "changegroupsubset"
                    | "getbundle"
                    | "stream_out"
                    | "unbundle"
            ) {
                let message = format!("command '{name}' cannot be part of a batch");
                return Err(Error::abort(message));
            }
            let arguments = Given(arguments);
            if let Some(missing) = names.iter().find(|n| **n != "*" && arguments.find(n).is_none())
            {
                return Err(Error::abort(format!("missing parameter '{missing}'")));
            }
            answers.push(wire::escape(&self.text(name, &arguments)?));
        }
        Ok(answers.join(&b';'))
    }

    fn look_up(&self, key: &[u8]) -> Vec<u8> {
        match crate::local::lookup_served(self.repo, &self.lookup, key) {
            Ok(node) => [b"1 ", &node.hex()[..], b"\n"].concat(),
            Err(error) => [b"0 ", &error.message[..], b"\n"].concat(),
        }
    }

    fn push_key(&self, given: &Given) -> Result<Vec<u8>> {
        let (namespace, key) = (given.get("namespace")?, given.get("key")?);
        let (old, new) = (given.get("old")?, given.get("new")?);
        let reporter = self.repo.reporter();
        let text = [b"pushing key for \"", namespace, b":", key, b"\"\n"].concat();
        reporter.debug(&text);
        let change = pushkey::Change { namespace, key, old, new };
        let done = match pushkey::push(self.repo, &change) {
            Err(error) if error.kind == ErrorKind::Hook => {
                reporter.warn(&[b"pushkey-abort: ", &error.message[..], b"\n"].concat());
                if let Some(hint) = &error.hint {
                    reporter.warn(&[b"(", &hint[..], b")\n"].concat());
                }
                false
            }
            other => other?,
        };
        let said = if self.transport == Transport::Http { (self.flush)() } else { Vec::new() };
        Ok([format!("{}\n", i32::from(done)).as_bytes(), &said].concat())
    }

    /// The list of bundles that somebody prepared for clones.
    fn clone_bundles(&self) -> Result<Vec<u8>> {
        let text = self.repo.vfs().try_read("clonebundles.manifest")?.unwrap_or_default();
        if text.len() > MANIFEST_LIMIT {
            return Err(Error::abort("clonebundles.manifest is too long"));
        }
        let lines = text.split_inclusive(|&b| b == b'\n');
        // Bundles that are no location a client could open are not for clients.
        Ok(lines
            .filter(|line| !line.starts_with(b"peer-bundle-cache://"))
            .flatten()
            .copied()
            .collect())
    }

    /// What has arrived of some arguments; others than the known ones are told of.
    fn echo(&self, given: &Given) -> Vec<u8> {
        let known = |name: &[u8]| ECHOED.iter().chain(&["four"]).any(|k| k.as_bytes() == name);
        self.warn_of_others("debugwireargs", given, known);
        let mut arguments = given.0.clone();
        arguments.retain(|(name, _)| known(name));
        crate::peer::echo(&arguments)
    }

    /// Tells of arguments that a command does not know.
    pub(super) fn warn_of_others(
        &self,
        command: &str,
        given: &Given,
        known: impl Fn(&[u8]) -> bool,
    ) {
        let mut others: Vec<&[u8]> =
            given.0.iter().map(|(name, _)| name.as_slice()).filter(|name| !known(name)).collect();
        others.sort_unstable();
        if !others.is_empty() {
            let text = format!("warning: {command} ignored unexpected arguments ");
            let text = [text.as_bytes(), &others.join(&b','), b"\n"].concat();
            self.repo.reporter().warn(&text);
        }
    }
}

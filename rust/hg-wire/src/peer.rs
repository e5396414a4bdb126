//! Other repositories, as far as exchange needs them.

use hg_format::bundle2::Capabilities;
use hg_format::wire;
use hg_types::{Error, Node, Result};

use crate::parts::PartSource;
use crate::source::ChangegroupSource;

/// Keys and values of a namespace (`bookmarks`, `phases`, `obsolete`, `namespaces`).
pub type Keys = Vec<(Vec<u8>, Vec<u8>)>;

/// What a pull asks for.
#[derive(Clone, Debug, Default)]
pub struct BundleRequest {
    /// Who asks: `pull`, `clone`, ...
    pub source: Vec<u8>,
    /// Wanted heads; `None` for all.
    pub heads: Option<Vec<Node>>,
    /// What the receiver has.
    pub common: Vec<Node>,
    /// What the receiver understands of HG20; `None` for a plain HG10 changegroup.
    pub bundle2: Option<Capabilities>,
    /// Whether changesets are wanted.
    pub changegroup: bool,
    /// Whether bookmarks are wanted.
    pub bookmarks: bool,
    /// Whether phases are wanted.
    pub phases: bool,
    /// Whether obsolescence markers are wanted.
    pub obsmarkers: bool,
    /// Namespaces whose keys are wanted as well.
    pub list_keys: Vec<Vec<u8>>,
    /// Whether the cache of `.hgtags` file nodes is wanted.
    pub tags_fnodes: bool,
    /// Whether a copy of the store's files is wanted instead of changesets.
    pub stream: bool,
}

/// How a pushed changegroup was received.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PushOutcome {
    /// Nothing was sent.
    Nothing,
    /// Received; the number of heads changed by this much.
    Received {
        /// Heads added (removed when negative).
        heads: i64,
    },
    /// Refused by the receiver.
    Failed,
}

/// What came back from [`Peer::unbundle`].
#[derive(Clone, Debug, Default)]
pub struct Reply {
    /// The result of each changegroup part, by part number.
    pub changegroups: Vec<(u32, i64)>,
    /// The result of each pushkey part, by part number.
    pub pushkeys: Vec<(u32, bool)>,
    /// The number of new markers of each part of markers, by part number.
    pub markers: Vec<(u32, usize)>,
}

/// A repository to exchange with.
pub trait Peer {
    /// Where it is, as messages show it.
    fn url(&self) -> &[u8];
    /// The repository itself when it is on this machine.
    fn local(&self) -> Option<&hg_store::Repo> {
        None
    }
    /// Whether the peer takes pushes.
    fn can_push(&self) -> bool {
        true
    }
    /// Names of the commands and features it has.
    fn capabilities(&mut self) -> Result<Vec<Vec<u8>>>;
    /// What it understands of HG20; empty when nothing.
    fn bundle2_capabilities(&mut self) -> Result<Capabilities>;
    /// Its heads that it shows to others.
    fn heads(&mut self) -> Result<Vec<Node>>;
    /// Which of `nodes` it has and shows.
    fn known(&mut self, nodes: &[Node]) -> Result<Vec<bool>>;
    /// Its heads, and which of `nodes` it has: one question where the peer can be asked so.
    fn heads_and_known(&mut self, nodes: &[Node]) -> Result<(Vec<Node>, Vec<bool>)> {
        Ok((self.heads()?, self.known(nodes)?))
    }
    /// The changeset a symbol names there.
    fn lookup(&mut self, key: &[u8]) -> Result<Node>;
    /// Its branches with their open and closed heads, sorted by name.
    fn branchmap(&mut self) -> Result<Vec<(Vec<u8>, Vec<Node>)>>;
    /// The keys of a namespace; empty when it does not know it.
    fn list_keys(&mut self, namespace: &[u8]) -> Result<Keys>;
    /// Changes a key; whether it did.
    fn push_key(&mut self, namespace: &[u8], key: &[u8], old: &[u8], new: &[u8]) -> Result<bool>;
    /// Parts that bring the receiver what it asks for.
    fn get_bundle<'a>(&'a mut self, request: &BundleRequest) -> Result<Box<dyn PartSource + 'a>>;
    /// All files of its store, as the oldest way of sending them has it.
    fn stream_out<'a>(&'a mut self) -> Result<Box<dyn std::io::Read + 'a>> {
        Err(Error::abort("operation forbidden by server"))
    }
    /// Receives parts.
    fn unbundle(&mut self, parts: &mut dyn PartSource) -> Result<Reply>;
    /// Receives changesets as peers did before there were parts: those whose heads, as the sender
    /// knows them, are `heads` (`None`: whatever they are). Gives what the changegroup part of a
    /// [`Reply`] would.
    fn unbundle_old(&mut self, _: Option<&[Node]>, _: &mut dyn ChangegroupSource) -> Result<i64> {
        Err(Error::abort("destination does not support push"))
    }
    /// What arrives there of arguments by name, for finding out what gets lost on the way.
    fn echo_arguments(&mut self, arguments: &wire::Arguments) -> Result<Vec<u8>> {
        Ok(echo(arguments))
    }
}

/// The values of the arguments `one` to `five` as they are shown.
#[must_use]
pub fn echo(arguments: &wire::Arguments) -> Vec<u8> {
    let value = |name: &str| {
        let found = arguments.iter().find(|(known, _)| known == name.as_bytes());
        found.map_or(&b"None"[..], |(_, value)| value)
    };
    ["one", "two", "three", "four", "five"].map(value).join(&b' ')
}

/// The error for ways to reach a repository that this program does not have yet.
pub fn unsupported_scheme(scheme: &[u8]) -> Error {
    Error::abort([scheme, b" repositories are not supported yet"].concat())
}

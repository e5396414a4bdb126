//! What an interrupted unshelve remembers: `.hg/shelvedstate`, a version and lines `key=value`.

use std::collections::BTreeMap;

use hg_store::Repo;
use hg_types::{Error, Node, Result};

/// The file, below `.hg`.
pub const STATE_FILE: &str = "shelvedstate";

const VERSION: &[u8] = b"2";

/// The version that had just values, in the order of [`KEYS`].
const OLD_VERSION: &[u8] = b"1";

const KEYS: [&str; 8] = [
    "name",
    "originalwctx",
    "pendingctx",
    "parents",
    "nodestoremove",
    "branchtorestore",
    "keep",
    "activebook",
];

/// What stands for no bookmark.
const NO_BOOKMARK: &[u8] = b":no-active-bookmark";

/// An interrupted unshelve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The name of the shelved change.
    pub name: Vec<u8>,
    /// Where the working directory was.
    pub original: Node,
    /// The changeset with the changes that were pending, or `original`.
    pub pending: Node,
    /// The parents of the working directory meanwhile.
    pub parents: [Node; 2],
    /// The changesets to take away in the end.
    pub remove: Vec<Node>,
    /// The branch that the working directory gets, if any.
    pub branch: Vec<u8>,
    /// Whether the shelved change stays.
    pub keep: bool,
    /// The bookmark that was active.
    pub bookmark: Option<Vec<u8>>,
    /// Whether the user chooses what is taken.
    pub interactive: bool,
}

impl State {
    /// Reads it.
    ///
    /// # Errors
    /// When it is of another version or damaged.
    pub fn read(repo: &Repo) -> Result<Option<Self>> {
        let Some(text) = repo.vfs().try_read(STATE_FILE)? else { return Ok(None) };
        let version = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let known = [VERSION, OLD_VERSION].contains(&version);
        if !known && version.iter().all(u8::is_ascii_digit) && !version.is_empty() {
            let message =
                "this version of shelve is incompatible with the version used in this repo";
            return Err(Error::abort(message));
        }
        Self::decode(&text).map(Some).ok_or_else(|| {
            let hint = "please run hg unshelve --abort to abort unshelve operation";
            Error::abort("corrupted shelved state file").hint(hint)
        })
    }

    fn decode(text: &[u8]) -> Option<Self> {
        let mut fields = BTreeMap::new();
        let mut lines = text.split(|&byte| byte == b'\n');
        let old = match lines.next() {
            Some(VERSION) => false,
            Some(OLD_VERSION) => true,
            _ => return None,
        };
        for (line, key) in lines.clone().zip(KEYS).filter(|_| old) {
            fields.insert(key.as_bytes(), line);
        }
        for line in lines.filter(|_| !old) {
            if let Some(at) = line.iter().position(|&byte| byte == b'=') {
                fields.insert(&line[..at], &line[at + 1..]);
            }
        }
        let get = |key: &str| fields.get(key.as_bytes()).copied();
        let nodes = |key: &str| -> Option<Vec<Node>> {
            let words = get(key)?.split(|&byte| byte == b' ').filter(|word| !word.is_empty());
            words.map(Node::from_hex).collect()
        };
        let parents = nodes("parents")?;
        let bookmark = get("activebook").unwrap_or_default();
        let active = !bookmark.is_empty() && bookmark != NO_BOOKMARK;
        Some(Self {
            name: get("name")?.to_vec(),
            original: Node::from_hex(get("originalwctx")?)?,
            pending: Node::from_hex(get("pendingctx")?)?,
            parents: [*parents.first()?, parents.get(1).copied().unwrap_or(Node::NULL)],
            remove: nodes("nodestoremove")?,
            branch: get("branchtorestore").unwrap_or_default().to_vec(),
            keep: get("keep") == Some(b"keep"),
            bookmark: active.then(|| bookmark.to_vec()),
            interactive: get("interactive").is_some(),
        })
    }

    fn encode(&self) -> Vec<u8> {
        let hex = |nodes: &[Node]| nodes.iter().map(Node::hex).collect::<Vec<_>>().join(&b' ');
        let mut out = [VERSION, b"\n"].concat();
        let mut line = |key: &str, value: &[u8]| {
            out.extend_from_slice(&[key.as_bytes(), b"=", value, b"\n"].concat());
        };
        line("name", &self.name);
        line("originalwctx", &self.original.hex());
        line("pendingctx", &self.pending.hex());
        line("parents", &hex(&self.parents));
        line("nodestoremove", &hex(&self.remove));
        line("branchtorestore", &self.branch);
        line("keep", if self.keep { b"keep" } else { b"nokeep" });
        line("activebook", self.bookmark.as_deref().unwrap_or(NO_BOOKMARK));
        if self.interactive {
            line("interactive", b"interactive");
        }
        out
    }

    /// Writes it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, repo: &Repo) -> Result<()> {
        Ok(repo.vfs().write_atomic(STATE_FILE, &self.encode())?)
    }

    /// Forgets it.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn clear(repo: &Repo) -> Result<()> {
        repo.vfs().try_remove(STATE_FILE)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_the_file() {
        let state = State {
            name: b"default".to_vec(),
            original: Node::NULL,
            pending: Node::WDIR,
            parents: [Node::WDIR, Node::NULL],
            remove: vec![Node::WDIR],
            branch: b"a=b".to_vec(),
            keep: true,
            bookmark: Some(b"book".to_vec()),
            interactive: false,
        };
        assert_eq!(State::decode(&state.encode()), Some(state));
        assert_eq!(State::decode(b"2\nname=x\n"), None);
    }
}

//! The files that tell what an unfinished operation had done: a version line, then a CBOR map.
//!
//! The format is what the oracle leaves in `.hg/graftstate` and others like it: the text `1`, a newline,
//! and a map with byte strings for keys, sorted by key.

use ciborium::Value;
use hg_store::Repo;
use hg_types::{Error, Node, Result};

/// No file of this kind is longer: hundreds of thousands of changesets fit.
const MAX_LEN: usize = 64 << 20;

/// The facts of one unfinished operation.
#[derive(Clone, Debug, Default)]
pub struct StateFile {
    entries: Vec<(Vec<u8>, Value)>,
}

impl StateFile {
    /// Reads `name` below `.hg`; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read, is damaged, or is of a version that is not known.
    pub fn read(repo: &Repo, name: &str) -> Result<Option<Self>> {
        let Some(bytes) = repo.vfs().try_read(name)? else { return Ok(None) };
        Self::decode(&bytes)
            .map(Some)
            .ok_or_else(|| Error::storage(format!("corrupted state file '{name}'")))
    }

    /// The facts in the bytes of a file; `None` when it is damaged, or of a version that is not known.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"1\n").filter(|rest| rest.len() <= MAX_LEN)?;
        let Ok(Value::Map(map)) = ciborium::from_reader(rest) else { return None };
        let entry = |(key, value): (Value, Value)| Some((key.into_bytes().ok()?, value));
        Some(Self { entries: map.into_iter().map(entry).collect::<Option<_>>()? })
    }

    /// Writes `name` below `.hg`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, repo: &Repo, name: &str) -> Result<()> {
        repo.vfs().write_atomic(name, &self.encode()?)?;
        Ok(())
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// When they cannot be made.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let mut entries: Vec<_> = self.entries.iter().collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        let map =
            entries.into_iter().map(|(key, value)| (Value::Bytes(key.clone()), value.clone()));
        let mut out = b"1\n".to_vec();
        ciborium::into_writer(&Value::Map(map.collect()), &mut out)
            .map_err(|error| Error::abort(error.to_string()))?;
        Ok(out)
    }

    fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|(at, _)| at == key.as_bytes()).map(|(_, value)| value)
    }

    fn set(&mut self, key: &str, value: Value) {
        self.entries.retain(|(at, _)| at != key.as_bytes());
        self.entries.push((key.as_bytes().to_vec(), value));
    }

    /// A byte string.
    #[must_use]
    pub fn bytes(&self, key: &str) -> Option<&[u8]> {
        self.get(key)?.as_bytes().map(Vec::as_slice)
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    /// Changesets: as 20 bytes or as 40 digits; ones that are neither are left out.
    #[must_use]
    pub fn nodes(&self, key: &str) -> Vec<Node> {
        let read = |value: &Value| {
            let bytes = value.as_bytes()?;
            Node::from_slice(bytes).or_else(|| Node::from_hex(bytes))
        };
        let items = self.get(key).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(read).collect()
    }

    /// Sets a byte string.
    pub fn set_bytes(&mut self, key: &str, value: &[u8]) {
        self.set(key, Value::Bytes(value.to_vec()));
    }

    /// Sets a flag.
    pub fn set_flag(&mut self, key: &str, value: bool) {
        self.set(key, Value::Bool(value));
    }

    /// Sets changesets, as 20 bytes each.
    pub fn set_nodes(&mut self, key: &str, nodes: &[Node]) {
        let list = nodes.iter().map(|node| Value::Bytes(node.as_bytes().to_vec()));
        self.set(key, Value::Array(list.collect()));
    }

    /// Sets changesets, as 40 digits each.
    pub fn set_hex_nodes(&mut self, key: &str, nodes: &[Node]) {
        let list = nodes.iter().map(|node| Value::Bytes(node.hex()));
        self.set(key, Value::Array(list.collect()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_survives_the_file() {
        let mut state = StateFile::default();
        let nodes = [Node::NULL, Node::WDIR];
        state.set_nodes("newnodes", &nodes);
        state.set_hex_nodes("nodes", &nodes[..1]);
        state.set_bytes("user", b"me");
        state.set_flag("log", true);
        let text = state.encode().expect("encodes");
        let read = StateFile::decode(&text).expect("decodes");
        assert_eq!(read.nodes("newnodes"), nodes);
        assert_eq!(read.nodes("nodes"), nodes[..1]);
        assert_eq!(read.bytes("user"), Some(&b"me"[..]));
        assert!(read.flag("log") && !read.flag("no_commit"));
    }

    #[test]
    fn damaged_states_are_refused() {
        for text in
            [&b""[..], b"2\n\xa0", b"1\n", b"1\n\x9f", b"1\n\xbb\xff\xff\xff\xff\xff\xff\xff\xff"]
        {
            assert!(StateFile::decode(text).is_none(), "{text:?}");
        }
    }
}

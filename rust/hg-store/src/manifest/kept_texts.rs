//! Manifest texts kept in the cache of the working directory: the file `manifestfulltextcache`.

use hg_types::{Node, Result};
use hg_vfs::Vfs;

const FILE: &str = "manifestfulltextcache";
/// More than these are not kept.
const MOST: usize = 4;
/// A node id and a length go before each text.
const HEADER: usize = 24;

/// Texts of manifests, the one used last in front.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KeptTexts {
    texts: Vec<(Node, Vec<u8>)>,
    changed: bool,
}

impl KeptTexts {
    /// Reads what is kept in `wcache`; a file that cannot be read or ends early holds as much as it
    /// shows, as caches do.
    #[must_use]
    pub fn read(wcache: &Vfs) -> Self {
        let bytes = wcache.read(FILE).unwrap_or_default();
        let mut texts = Vec::new();
        let mut rest = &bytes[..];
        while let Some((node, text, behind)) = split(rest) {
            texts.insert(0, (node, text.to_vec()));
            texts.truncate(MOST);
            rest = behind;
        }
        Self { texts, changed: false }
    }

    /// The node ids with their texts.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Node, &[u8])> {
        self.texts.iter().map(|(node, text)| (*node, &text[..]))
    }

    /// How many bytes they take in the file.
    #[must_use]
    pub fn size(&self) -> usize {
        self.texts.iter().map(|(_, text)| HEADER + text.len()).sum()
    }

    /// Puts a manifest in front; `text` gives what it says when it is not there yet.
    ///
    /// # Errors
    /// When the text cannot be had.
    pub fn add(&mut self, node: Node, text: impl FnOnce() -> Result<Vec<u8>>) -> Result<()> {
        match self.texts.iter().position(|(kept, _)| *kept == node) {
            Some(0) => return Ok(()),
            Some(at) => self.texts[..=at].rotate_right(1),
            None => self.texts.insert(0, (node, text()?)),
        }
        self.texts.truncate(MOST);
        self.changed = true;
        Ok(())
    }

    /// Removes all.
    pub fn clear(&mut self) {
        self.texts.clear();
        self.changed = true;
    }

    /// Writes the file if something changed.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&self, wcache: &Vfs) -> Result<()> {
        if !self.changed {
            return Ok(());
        }
        let mut out = Vec::with_capacity(self.size());
        for (node, text) in self.texts.iter().rev() {
            // A text that long is none that the file has room for.
            let Ok(len) = u32::try_from(text.len()) else { continue };
            out.extend_from_slice(node.as_bytes());
            out.extend_from_slice(&len.to_be_bytes());
            out.extend_from_slice(text);
        }
        Ok(wcache.write_atomic(FILE, &out)?)
    }

    /// How large the file is, if there is one.
    #[must_use]
    pub fn size_on_disk(wcache: &Vfs) -> u64 {
        wcache.stat(FILE).ok().flatten().map_or(0, |found| found.len())
    }
}

/// The first entry, and what is behind it.
fn split(bytes: &[u8]) -> Option<(Node, &[u8], &[u8])> {
    let (header, rest) = bytes.split_at_checked(HEADER)?;
    let (node, len) = header.split_first_chunk::<20>()?;
    let len = usize::try_from(u32::from_be_bytes(len.try_into().ok()?)).ok()?;
    let (text, rest) = rest.split_at_checked(len)?;
    Some((Node(*node), text, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_four_are_kept() -> Result<()> {
        let dir = tempfile::tempdir().expect("a directory");
        let vfs = Vfs::new(dir.path());
        let node = |n: u8| Node([n; 20]);
        let mut kept = KeptTexts::read(&vfs);
        for n in 1..=5 {
            kept.add(node(n), || Ok(vec![n; usize::from(n)]))?;
        }
        kept.add(node(3), || unreachable!("it is there"))?;
        kept.write(&vfs)?;
        vfs.append(FILE, b"too short")?;
        let read = KeptTexts::read(&vfs);
        let order: Vec<_> = read.iter().map(|(node, text)| (node, text.len())).collect();
        assert_eq!(order, [(node(3), 3), (node(5), 5), (node(4), 4), (node(2), 2)]);
        assert_eq!(KeptTexts::size_on_disk(&vfs), read.size() as u64 + 9);
        Ok(())
    }
}

//! Manifests: which files a changeset holds, in which revision.

mod changes;
mod diff;
mod kept_texts;
mod log;
mod tree;

use std::sync::Arc;

use hg_format::manifest::{self, Entries, ManifestEntry, ManifestError};
use hg_types::{FileFlags, HgPath, Node};

pub use self::changes::{ManifestChanges, apply_changes};
pub use self::diff::ManifestDiff;
pub use self::kept_texts::KeptTexts;
pub use self::log::ManifestLog;

/// The files of one changeset: sorted text, searched and read in place. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Manifest {
    text: Arc<Vec<u8>>,
}

impl Manifest {
    /// Takes a flat manifest text.
    ///
    /// # Errors
    /// When a line is malformed or out of order.
    pub fn new(text: Arc<Vec<u8>>) -> Result<Self, ManifestError> {
        manifest::check(&text)?;
        Ok(Self { text })
    }

    /// A manifest of the given entries, which need not be sorted; of equal paths the last counts.
    pub fn from_entries<'a>(entries: impl IntoIterator<Item = ManifestEntry<'a>>) -> Self {
        let mut sorted: Vec<_> = entries.into_iter().collect();
        sorted.sort_by(|a, b| a.path.cmp(b.path));
        let mut text = Vec::with_capacity(sorted.len() * 80);
        for (at, entry) in sorted.iter().enumerate() {
            if sorted.get(at + 1).is_none_or(|next| next.path != entry.path) {
                entry.encode(&mut text);
            }
        }
        Self { text: Arc::new(text) }
    }

    /// The whole text.
    #[must_use]
    pub fn text(&self) -> &Arc<Vec<u8>> {
        &self.text
    }

    /// Whether there are no files.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Number of files; counts lines.
    #[must_use]
    pub fn len(&self) -> usize {
        bstr::ByteSlice::find_iter(&self.text[..], b"\n").count()
    }

    /// The entry of a file.
    #[must_use]
    pub fn get(&self, path: &HgPath) -> Option<ManifestEntry<'_>> {
        let range = manifest::search(&self.text, path).ok()?;
        ManifestEntry::decode(&self.text[range.start..range.end - 1])
    }

    /// Looks files up one after the other, cheaply when each is near the one before it.
    #[must_use]
    pub fn finder(&self) -> ManifestFinder<'_> {
        ManifestFinder { text: &self.text, at: 0 }
    }

    /// The node id of a file's revision.
    #[must_use]
    pub fn node(&self, path: &HgPath) -> Option<Node> {
        self.get(path).map(|entry| entry.node)
    }

    /// The flags of a file; regular when it is not there.
    #[must_use]
    pub fn flags(&self, path: &HgPath) -> FileFlags {
        self.get(path).map_or(FileFlags::Regular, |entry| entry.flags)
    }

    /// Whether a file is there.
    #[must_use]
    pub fn contains(&self, path: &HgPath) -> bool {
        manifest::search(&self.text, path).is_ok()
    }

    /// Whether there is a file below a directory; true for the root of any manifest.
    #[must_use]
    pub fn has_dir(&self, directory: &HgPath) -> bool {
        directory.is_empty() || self.below(directory).next().is_some()
    }

    /// All entries, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = ManifestEntry<'_>> + Clone {
        // The text was checked when it was taken.
        Entries::new(&self.text).map_while(Result::ok)
    }

    /// The paths, sorted.
    pub fn paths(&self) -> impl Iterator<Item = &HgPath> + Clone {
        self.iter().map(|entry| entry.path)
    }

    /// The entries below a directory, sorted; all of them for the root.
    pub fn below<'a>(&'a self, directory: &HgPath) -> impl Iterator<Item = ManifestEntry<'a>> {
        let mut prefix = directory.as_bytes().to_vec();
        if !prefix.is_empty() {
            prefix.push(b'/');
        }
        let start = match manifest::search(&self.text, HgPath::new(&prefix)) {
            Ok(range) => range.start,
            Err(at) => at,
        };
        Entries::new(&self.text[start..])
            .map_while(Result::ok)
            .take_while(move |entry| entry.path.as_bytes().starts_with(&prefix))
    }
}

/// Looks files up in a manifest: see [`Manifest::finder`].
#[derive(Clone, Debug)]
pub struct ManifestFinder<'a> {
    text: &'a [u8],
    /// The line where the last search ended.
    at: usize,
}

impl<'a> ManifestFinder<'a> {
    /// The entry of a file.
    pub fn get(&mut self, path: &HgPath) -> Option<ManifestEntry<'a>> {
        let onwards =
            manifest::line_path(self.text, self.at).is_some_and(|last| last <= path.as_bytes());
        match manifest::search_from(self.text, if onwards { self.at } else { 0 }, path) {
            Ok(range) => {
                self.at = range.start;
                ManifestEntry::decode(&self.text[range.start..range.end - 1])
            }
            Err(at) => {
                self.at = at;
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;

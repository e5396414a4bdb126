//! The revlog of manifests; with the requirement `treemanifest` one for each directory.

use std::sync::{Arc, Mutex};

use hg_format::manifest::ManifestEntry;
use hg_types::{Error, FileFlags, HgPath, HgPathBuf, Node, Result, Revision};

use super::{Manifest, ManifestChanges, apply_changes};
use crate::revlog::{
    NewRevision, Revlog, RevlogFiles, RevlogName, RevlogOptions, RevlogTransaction,
};

/// Manifests kept because they are likely to be asked for again.
const KEPT: usize = 4;
/// Directories inside directories: more than any file system allows.
const MAX_DEPTH: usize = 2048;

/// Manifests read or written last.
type Kept = Vec<(Node, Arc<Manifest>)>;

/// All manifests; cheap to clone.
#[derive(Clone, Debug)]
pub struct ManifestLog {
    revlog: Revlog,
    files: Arc<dyn RevlogFiles>,
    tree: bool,
    kept: Arc<Mutex<Kept>>,
}

impl ManifestLog {
    /// Opens the manifests; `tree` is the requirement `treemanifest`.
    ///
    /// # Errors
    /// When the index cannot be read or is damaged.
    pub fn open(
        files: Arc<dyn RevlogFiles>,
        options: Arc<RevlogOptions>,
        tree: bool,
    ) -> Result<Self> {
        let revlog = Revlog::open(Arc::clone(&files), RevlogName::new("00manifest"), options)?;
        Ok(Self { revlog, files, tree, kept: Arc::default() })
    }

    /// The revlog (of the root directory).
    #[must_use]
    pub fn revlog(&self) -> &Revlog {
        &self.revlog
    }

    /// The revlog (of the root directory), to append to.
    pub fn revlog_mut(&mut self) -> &mut Revlog {
        &mut self.revlog
    }

    /// Whether each directory has a revlog of its own.
    #[must_use]
    pub fn is_tree(&self) -> bool {
        self.tree
    }

    /// The revlog of a directory in a repository with tree manifests.
    ///
    /// # Errors
    /// When the index cannot be read or is damaged.
    pub fn directory(&self, directory: &HgPath) -> Result<Revlog> {
        if directory.is_empty() {
            return Ok(self.revlog.clone());
        }
        let radix = [b"meta/", directory.as_bytes(), b"/00manifest"].concat();
        let options = Arc::new(self.revlog.options().clone());
        Revlog::open(Arc::clone(&self.files), RevlogName::new(radix), options)
    }

    /// The manifest with a node id; empty for null.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn read(&self, node: &Node) -> Result<Arc<Manifest>> {
        if node.is_null() {
            return Ok(Arc::default());
        }
        if let Some(kept) = self.find_kept(node) {
            return Ok(kept);
        }
        self.read_rev(self.revlog.rev(node)?)
    }

    /// The manifest of a revision; empty for null.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn read_rev(&self, rev: Revision) -> Result<Arc<Manifest>> {
        let node = self.revlog.node(rev);
        if let Some(kept) = self.find_kept(&node) {
            return Ok(kept);
        }
        let text = self.revlog.revision(rev)?;
        let manifest = if self.tree {
            let mut flat = Vec::new();
            self.flatten(&text, &mut HgPathBuf::default(), 0, &mut flat)?;
            self.parse(Arc::new(flat))?
        } else {
            self.parse(text)?
        };
        let manifest = Arc::new(manifest);
        self.keep(node, &manifest);
        Ok(manifest)
    }

    fn parse(&self, text: Arc<Vec<u8>>) -> Result<Manifest> {
        Manifest::new(text).map_err(|source| {
            let message = match source {
                hg_format::manifest::ManifestError::NotSorted(_) => {
                    "Manifest lines not in sorted order."
                }
                hg_format::manifest::ManifestError::InvalidLine(_) => "invalid manifest line",
            };
            Error::storage(message).because(source)
        })
    }

    /// Appends the lines of a directory's manifest, those of its directories in their places.
    fn flatten(
        &self,
        text: &Arc<Vec<u8>>,
        prefix: &mut HgPathBuf,
        depth: usize,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        if depth > MAX_DEPTH {
            return Err(Error::storage("manifest directories are nested too deeply"));
        }
        // Directories sort here as `name/`, which is where their files belong.
        let listing = self.parse(Arc::clone(text))?;
        let mut entries: Vec<_> = listing.iter().collect();
        let key = |entry: &ManifestEntry<'_>| {
            let slash: &[u8] = if entry.flags == FileFlags::Tree { b"/" } else { b"" };
            [entry.path.as_bytes(), slash].concat()
        };
        entries.sort_by_cached_key(key);
        for entry in entries {
            let path = prefix.join(entry.path.as_bytes());
            if entry.flags == FileFlags::Tree {
                let log = self.directory(&path)?;
                let text = log.revision(log.rev(&entry.node)?)?;
                self.flatten(&text, &mut path.clone(), depth + 1, out)?;
            } else {
                ManifestEntry { path: &path, ..entry }.encode(out);
            }
        }
        Ok(())
    }

    /// Stores the manifest that `changes` make of `p1`, and gives its node id.
    ///
    /// # Errors
    /// When a parent is unknown, a path cannot be stored, or writing fails.
    pub fn add(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        parents: [Node; 2],
        changes: &ManifestChanges,
        linkrev: Revision,
    ) -> Result<Node> {
        let [p1, p2] = [self.revlog.rev(&parents[0])?, self.revlog.rev(&parents[1])?];
        let old = self.read(&parents[0])?;
        let (text, delta) = apply_changes(old.text(), changes)?;
        let text = Arc::new(text);
        if self.tree {
            let manifest = Manifest { text };
            let node = self.add_tree(tr, &manifest, parents, linkrev)?;
            self.keep(node, &Arc::new(manifest));
            return Ok(node);
        }
        let new = NewRevision {
            text: Arc::clone(&text),
            delta: (!p1.is_null()).then_some((p1, &delta[..])),
            ..NewRevision::new(Vec::new(), p1, p2, linkrev)
        };
        let rev = self.revlog.add_revision(tr, &new)?;
        let node = self.revlog.node(rev);
        self.keep(node, &Arc::new(Manifest { text }));
        Ok(node)
    }

    fn find_kept(&self, node: &Node) -> Option<Arc<Manifest>> {
        let kept = self.kept.lock().ok()?;
        kept.iter().find(|(at, _)| at == node).map(|(_, manifest)| Arc::clone(manifest))
    }

    fn keep(&self, node: Node, manifest: &Arc<Manifest>) {
        if let Ok(mut kept) = self.kept.lock() {
            kept.retain(|(at, _)| *at != node);
            if kept.len() >= KEPT {
                kept.remove(0);
            }
            kept.push((node, Arc::clone(manifest)));
        }
    }
}

//! A version of all tracked files: a changeset, or the working directory. What is compared with
//! what is told to diff, annotate and copy tracing as snapshots.

use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_format::manifest::ManifestEntry;
use hg_store::{Manifest, Repo};
use hg_types::{FileFlags, HgDate, HgPath, Node, Result, Revision};

use crate::WorkingDir;

/// One version of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileVersion {
    /// The content; a symbolic link's target.
    pub content: Vec<u8>,
    /// Kind of file.
    pub flags: FileFlags,
    /// When it was committed, or last written in the working directory.
    pub date: HgDate,
}

/// A version of all tracked files.
pub trait Snapshot: Sync {
    /// The changeset; [`Revision::WDIR`] for the working directory.
    fn rev(&self) -> Revision;

    /// The changeset's id; [`Node::WDIR`] for the working directory.
    fn node(&self) -> Node;

    /// Kind of a file; `None` when it is not tracked here.
    fn flags(&self, path: &HgPath) -> Option<FileFlags>;

    /// Reads a file; `None` when it is not tracked here.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, path: &HgPath) -> Result<Option<FileVersion>>;

    /// This as a changeset of the store, if it is one.
    fn as_revision(&self) -> Option<&RevisionSnapshot> {
        None
    }
}

/// Reads two versions of a file. Where both are stored, its filelog is opened once, and the second
/// version is built from the first as far as they have deltas in common.
///
/// # Errors
/// When one cannot be read.
pub fn read_both(
    [old, new]: [&dyn Snapshot; 2],
    path: &HgPath,
) -> Result<[Option<FileVersion>; 2]> {
    let (Some(first), Some(second)) = (old.as_revision(), new.as_revision()) else {
        return Ok([old.read(path)?, new.read(path)?]);
    };
    let same_store = first.repo.root_bytes() == second.repo.root_bytes();
    let [Some(before), Some(after)] = [first, second].map(|side| side.manifest.get(path)) else {
        return Ok([old.read(path)?, new.read(path)?]);
    };
    if !same_store {
        return Ok([old.read(path)?, new.read(path)?]);
    }
    let log = first.repo.filelog(path)?;
    let read = |side: &RevisionSnapshot, entry: &ManifestEntry<'_>| -> Result<_> {
        let content = log.read_node(&entry.node)?.into_vec();
        Ok(Some(FileVersion { content, flags: entry.flags, date: side.entry.date() }))
    };
    Ok([read(first, &before)?, read(second, &after)?])
}

/// A changeset's files.
#[derive(Clone)]
pub struct RevisionSnapshot {
    repo: Repo,
    rev: Revision,
    node: Node,
    entry: ChangesetEntry,
    manifest: Arc<Manifest>,
}

impl RevisionSnapshot {
    /// The files of a changeset; none for null.
    ///
    /// # Errors
    /// When the changeset or its manifest cannot be read.
    pub fn new(repo: &Repo, rev: Revision) -> Result<Self> {
        let changelog = repo.changelog()?;
        let entry = changelog.entry(rev)?;
        let manifest = repo.manifest(&entry.manifest())?;
        Ok(Self { repo: repo.clone(), rev, node: changelog.node(rev), entry, manifest })
    }

    /// The changeset.
    #[must_use]
    pub fn entry(&self) -> &ChangesetEntry {
        &self.entry
    }

    /// Its manifest.
    #[must_use]
    pub fn manifest(&self) -> &Arc<Manifest> {
        &self.manifest
    }
}

impl Snapshot for RevisionSnapshot {
    fn rev(&self) -> Revision {
        self.rev
    }

    fn node(&self) -> Node {
        self.node
    }

    fn flags(&self, path: &HgPath) -> Option<FileFlags> {
        self.manifest.get(path).map(|entry| entry.flags)
    }

    fn read(&self, path: &HgPath) -> Result<Option<FileVersion>> {
        let Some(entry) = self.manifest.get(path) else { return Ok(None) };
        let content = self.repo.filelog(path)?.read_node(&entry.node)?.into_vec();
        Ok(Some(FileVersion { content, flags: entry.flags, date: self.entry.date() }))
    }

    fn as_revision(&self) -> Option<&RevisionSnapshot> {
        Some(self)
    }
}

/// The tracked files of the working directory.
pub struct WorkingSnapshot {
    wdir: WorkingDir,
    date: HgDate,
}

impl WorkingSnapshot {
    /// The files of a working directory; `date` is now.
    #[must_use]
    pub fn new(wdir: WorkingDir, date: HgDate) -> Self {
        Self { wdir, date }
    }
}

impl Snapshot for WorkingSnapshot {
    fn rev(&self) -> Revision {
        Revision::WDIR
    }

    fn node(&self) -> Node {
        Node::WDIR
    }

    fn flags(&self, path: &HgPath) -> Option<FileFlags> {
        let tracked = self.wdir.dirstate().is_tracked(path).unwrap_or(false);
        self.wdir.file_flags(path).ok().flatten().filter(|_| tracked)
    }

    fn read(&self, path: &HgPath) -> Result<Option<FileVersion>> {
        let file = self.wdir.read_file(path)?;
        Ok(file.map(|(flags, content)| FileVersion { content, flags, date: self.date }))
    }
}

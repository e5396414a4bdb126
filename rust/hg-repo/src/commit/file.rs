//! Storing one file of a changeset.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_store::filelog::NewFile;
use hg_store::{Filelog, Manifest, Repo, Transaction};
use hg_types::{FileFlags, HgPath, HgPathBuf, Node, Result, Revision};

use super::removed::Inherited;

/// A file as it is to be committed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileVersion {
    /// The content; a symbolic link's target.
    pub content: Vec<u8>,
    /// What kind of file it is.
    pub flags: FileFlags,
    /// The path it was copied or renamed from.
    pub copied_from: Option<HgPathBuf>,
}

/// Where the files of a changeset come from.
pub trait FileSource {
    /// The file at `path`, `None` when it is (to be) removed. Asked once for each path.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self, path: &HgPath) -> Result<Option<FileVersion>>;

    /// Whether the files are those of the working directory.
    fn is_working(&self) -> bool {
        false
    }
}

/// Files in memory: `None` for removed ones.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles(pub BTreeMap<HgPathBuf, Option<FileVersion>>);

impl MemoryFiles {
    /// Leaves of a status what is about these files.
    pub fn restrict(&self, status: &mut hg_wdir::Status) {
        for list in [&mut status.modified, &mut status.added, &mut status.removed] {
            list.retain(|path| self.0.contains_key(path));
        }
    }
}

impl FileSource for MemoryFiles {
    fn read(&mut self, path: &HgPath) -> Result<Option<FileVersion>> {
        Ok(self.0.get(path).cloned().flatten())
    }
}

impl<F: FnMut(&HgPath) -> Result<Option<FileVersion>>> FileSource for F {
    fn read(&mut self, path: &HgPath) -> Result<Option<FileVersion>> {
        self(path)
    }
}

/// One file of a changeset.
pub(super) struct FileCommit<'a> {
    pub(super) repo: &'a Repo,
    pub(super) path: &'a HgPath,
    pub(super) linkrev: Revision,
    pub(super) manifests: [&'a Arc<Manifest>; 2],
    /// Its history does not name the source of a copy: that stands elsewhere.
    pub(super) without_source: bool,
    /// The result of the merge is the other parent's revision.
    pub(super) from_other: bool,
    /// The merge keeps a file that a parent removed: told where that is the first parent.
    pub(super) salvaged: bool,
}

/// The parents of a file revision and where it was copied from.
struct Ancestry {
    parents: [Node; 2],
    copy: Option<(HgPathBuf, Node)>,
    /// The file is not the first parent's even if the content is: both sides' history joins here.
    merges: bool,
}

impl FileCommit<'_> {
    /// Stores the file, if its content is new; gives its node id and whether the changeset lists it.
    pub(super) fn store(
        &self,
        tr: &Transaction,
        version: &FileVersion,
        inherited: &mut Inherited<'_>,
    ) -> Result<(Node, bool)> {
        let mut log = self.repo.filelog(self.path)?;
        let [first, second] = self.manifests.map(|manifest| manifest.node(self.path));
        let ancestry = self.ancestry(&log, version, first, second, inherited)?;
        let [p1, p2] = [log.rev(&ancestry.parents[0])?, log.rev(&ancestry.parents[1])?];
        let unchanged = !ancestry.merges
            && ancestry.copy.is_none()
            && !p1.is_null()
            && !log.cmp(p1, &version.content)?;
        if unchanged {
            // Only the mode may differ, or nothing at all.
            let flags = self.manifests[0].flags(self.path);
            return Ok((ancestry.parents[0], flags != version.flags));
        }
        let copy = ancestry.copy.as_ref().map(|(path, node)| (&**path, *node));
        if let Some((source, node)) = copy {
            let (path, source) = (self.path.as_bytes(), source.as_bytes());
            let parts = [&b" "[..], path, b": copy ", source, b":", &node.hex(), b"\n"];
            self.repo.reporter().debug(&parts.concat());
        }
        let copy = copy.filter(|_| !self.without_source);
        let new = NewFile { content: &version.content, copy, p1, p2, linkrev: self.linkrev };
        let (_, node) = log.add(&mut &*tr, &new)?;
        Ok((node, true))
    }

    fn ancestry(
        &self,
        log: &Filelog,
        version: &FileVersion,
        first: Option<Node>,
        second: Option<Node>,
        inherited: &mut Inherited<'_>,
    ) -> Result<Ancestry> {
        let first = first.unwrap_or(Node::NULL);
        let second = second.unwrap_or(Node::NULL);
        let source = version.copied_from.as_deref().filter(|source| *source != self.path);
        if let Some(source) = source {
            if let Some(ancestry) = self.copied(source, first, second) {
                return Ok(ancestry);
            }
            let mut warning = b"warning: can't find ancestor for '".to_vec();
            warning.extend_from_slice(self.path.as_bytes());
            warning.extend_from_slice(b"' copied from '");
            warning.extend_from_slice(source.as_bytes());
            warning.extend_from_slice(b"'!\n");
            self.repo.reporter().warn(&warning);
        }
        let (parents, merges) = if first.is_null() {
            ([second, Node::NULL], self.salvaged)
        } else if second.is_null() {
            ([first, Node::NULL], false)
        } else {
            self.merged(log, first, second, inherited)?
        };
        Ok(Ancestry { parents, copy: None, merges })
    }

    /// The ancestry of a copy: the revision it was copied from goes into the metadata, and the first
    /// parent stays null so that readers look there.
    fn copied(&self, source: &HgPath, first: Node, second: Node) -> Option<Ancestry> {
        let [local, other] = self.manifests.map(|manifest| manifest.node(source));
        let is_merge = !self.manifests[1].is_empty();
        let mut copied = local;
        let mut parent = second;
        // In a merge the other side may be the one that still has, or made, the source.
        if is_merge
            && (second.is_null() || copied.is_none())
            && let Some(other) = other
        {
            copied = Some(other);
            parent = first;
        }
        let node = copied?;
        Some(Ancestry {
            parents: [Node::NULL, parent],
            copy: Some((source.to_owned(), node)),
            merges: true,
        })
    }

    /// The parents of a file that both sides have: one alone where it descends from the other.
    /// What one side has as the common ancestors had it was replaced by the other side.
    fn merged(
        &self,
        log: &Filelog,
        first: Node,
        second: Node,
        inherited: &mut Inherited<'_>,
    ) -> Result<([Node; 2], bool)> {
        if self.from_other {
            return Ok(([second, Node::NULL], false));
        }
        let [a, b] = [log.rev(&first)?, log.rev(&second)?];
        let common = log.common_ancestor_heads(&[a, b]);
        Ok(if common.contains(&a) {
            ([second, Node::NULL], false)
        } else if common.contains(&b) || inherited.is_ancestral(self.path, second)? {
            ([first, Node::NULL], false)
        } else if inherited.is_ancestral(self.path, first)? {
            ([second, Node::NULL], false)
        } else {
            ([first, second], true)
        })
    }
}

//! Writing manifests where each directory has a revlog of its own (requirement `treemanifest`).

use std::sync::Arc;

use hg_format::manifest::{self, ManifestEntry};
use hg_types::{FileFlags, HgPath, HgPathBuf, Node, Result, Revision};

use super::{Manifest, ManifestLog};
use crate::revlog::{NewRevision, RevlogTransaction};

/// What the directories of one new manifest are written from.
struct TreeWriter<'a> {
    log: &'a mut ManifestLog,
    tr: &'a mut dyn RevlogTransaction,
    new: &'a Manifest,
    /// The flat manifests of the parents.
    parents: [Arc<Manifest>; 2],
    linkrev: Revision,
}

/// A directory in the parents: its manifest's node, null where there is none.
type ParentNodes = [Node; 2];

impl ManifestLog {
    /// Stores a manifest with one revision for each directory that changed; gives the root's node.
    pub(super) fn add_tree(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        new: &Manifest,
        nodes: [Node; 2],
        linkrev: Revision,
    ) -> Result<Node> {
        let parents = [self.read(&nodes[0])?, self.read(&nodes[1])?];
        let mut writer = TreeWriter { log: self, tr, new, parents, linkrev };
        writer.write(HgPath::new(""), nodes)
    }
}

impl TreeWriter<'_> {
    fn write(&mut self, directory: &HgPath, mut nodes: ParentNodes) -> Result<Node> {
        if nodes[0].is_null() && !directory.is_empty() {
            nodes.swap(0, 1);
            self.parents.swap(0, 1);
            let written = self.write_changed(directory, nodes);
            self.parents.swap(0, 1);
            return written;
        }
        self.write_changed(directory, nodes)
    }

    fn write_changed(&mut self, directory: &HgPath, nodes: ParentNodes) -> Result<Node> {
        let is_root = directory.is_empty();
        if !is_root {
            let new = lines_below(self.new, directory);
            let same = |(parent, node): &(&Arc<Manifest>, Node)| {
                !node.is_null() && lines_below(parent, directory) == new
            };
            if let Some((_, node)) = self.parents.iter().zip(nodes).find(same) {
                return Ok(node);
            }
        }
        let mut log =
            if is_root { self.log.revlog().clone() } else { self.log.directory(directory)? };
        let revs = [log.rev(&nodes[0])?, log.rev(&nodes[1])?];
        let old = [log.revision(revs[0])?, log.revision(revs[1])?];
        let text = self.listing(directory, &old)?;
        if !is_root
            && let Some((_, node)) =
                old.iter().zip(nodes).find(|(old, node)| !node.is_null() && ***old == text)
        {
            return Ok(node);
        }
        let new = NewRevision::new(text, revs[0], revs[1], self.linkrev);
        let rev = log.add_revision(self.tr, &new)?;
        let node = log.node(rev);
        if is_root {
            *self.log.revlog_mut() = log;
        }
        Ok(node)
    }

    /// The text of a directory's manifest, after writing the directories in it.
    fn listing(&mut self, directory: &HgPath, old: &[Arc<Vec<u8>>; 2]) -> Result<Vec<u8>> {
        let skip = if directory.is_empty() { 0 } else { directory.len() + 1 };
        let new = self.new;
        let mut files = Vec::new();
        let mut directories: Vec<HgPathBuf> = Vec::new();
        for entry in new.below(directory) {
            let name = &entry.path.as_bytes()[skip..];
            match name.iter().position(|&b| b == b'/') {
                None => files.push(ManifestEntry { path: HgPath::new(name), ..entry }),
                Some(slash) => {
                    let name = &name[..slash];
                    if directories.last().is_none_or(|last| last.as_bytes() != name) {
                        directories.push(HgPathBuf::from(name));
                    }
                }
            }
        }
        let mut nodes = Vec::with_capacity(directories.len());
        for name in &directories {
            let parents = [0, 1].map(|at| node_in(&old[at], name));
            nodes.push(self.write(&directory.join(name.as_bytes()), parents)?);
        }
        let flags = FileFlags::Tree;
        let trees = directories.iter().zip(nodes);
        files.extend(trees.map(|(path, node)| ManifestEntry { path, node, flags }));
        Ok(Manifest::from_entries(files).text().to_vec())
    }
}

/// The node of a directory in its parent's listing; null when it is not there.
fn node_in(listing: &[u8], name: &HgPath) -> Node {
    let entry = manifest::search(listing, name)
        .ok()
        .and_then(|range| ManifestEntry::decode(&listing[range.start..range.end - 1]));
    entry.filter(|entry| entry.flags == FileFlags::Tree).map_or(Node::NULL, |entry| entry.node)
}

/// The lines of a flat manifest that lie below a directory.
fn lines_below<'a>(manifest: &'a Manifest, directory: &HgPath) -> &'a [u8] {
    let place = |end: u8| {
        let name = [directory.as_bytes(), &[end]].concat();
        match manifest::search(manifest.text(), HgPath::new(&name)) {
            Ok(range) => range.start,
            Err(at) => at,
        }
    };
    // `0` is what follows the slash.
    &manifest.text()[place(b'/')..place(b'/' + 1)]
}

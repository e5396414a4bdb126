//! Changegroups made from a store, one delta at a time.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use hg_format::changegroup::{Delta, DeltaHeader, Version};
use hg_format::changeset::ChangesetEntry;
use hg_format::manifest;
use hg_format::revlog::FLAG_HAS_COPIES;
use hg_store::changelog::Changelog;
use hg_store::filelog::Filelog;
use hg_store::manifest::ManifestLog;
use hg_store::revlog::Revlog;
use hg_types::{Error, HgPath, HgPathBuf, Node, Reporter, Result, Revision};

use crate::source::ChangegroupSource;

/// Where revisions come from.
pub trait Stores {
    /// The changelog.
    fn changelog(&self) -> Result<Arc<Changelog>>;
    /// The manifests.
    fn manifests(&self) -> Result<Arc<ManifestLog>>;
    /// The history of a file.
    fn filelog(&self, path: &HgPath) -> Result<Filelog>;
}

/// Which changesets go into a changegroup.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// The changesets, in order.
    pub missing: Vec<Revision>,
    /// One flag a revision: what the receiver has.
    pub common: Vec<bool>,
}

/// A changegroup of some changesets of a repository.
pub struct StoreSource<'a> {
    stores: &'a dyn Stores,
    version: Version,
    outgoing: Outgoing,
    /// One flag a revision: what is sent.
    is_missing: Vec<bool>,
    /// Whether no changeset is left out, so that link revisions tell all.
    complete: bool,
    changelog: Arc<Changelog>,
    manifestlog: Arc<ManifestLog>,
    stage: Stage,
    /// Manifests to send, by revision, with the changesets that introduce them.
    manifests: BTreeMap<Revision, Revision>,
    /// Files the changesets touch.
    files: BTreeSet<HgPathBuf>,
    /// When link revisions do not tell all: file nodes with their changesets.
    file_nodes: HashMap<HgPathBuf, HashMap<Node, Revision>>,
    group: Option<Group>,
    /// Who hears how big the pieces are.
    sizes: Option<Arc<dyn Reporter + Send + Sync>>,
    /// The file of the running group.
    path: Vec<u8>,
    /// Bytes of the running group as they would be written.
    size: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stage {
    Changelog(usize),
    Manifests,
    Directories,
    Files,
}

/// Revisions of one revlog on their way.
struct Group {
    revlog: Revlog,
    /// What to send, in order, with the changesets it belongs to.
    revs: std::vec::IntoIter<(Revision, Revision)>,
    /// What was sent.
    sent: Vec<bool>,
    previous: Option<Revision>,
}

impl Group {
    fn new(revlog: Revlog, revs: Vec<(Revision, Revision)>) -> Self {
        let sent = vec![false; revlog.len()];
        Self { revlog, revs: revs.into_iter(), sent, previous: None }
    }
}

impl<'a> StoreSource<'a> {
    /// The changesets of `outgoing` in `stores`.
    pub fn new(stores: &'a dyn Stores, outgoing: Outgoing, version: Version) -> Result<Self> {
        let changelog = stores.changelog()?;
        let manifests = stores.manifests()?;
        if manifests.is_tree() {
            return Err(Error::abort("tree manifests cannot be sent yet"));
        }
        let mut is_missing = vec![false; changelog.len()];
        for rev in &outgoing.missing {
            if let Some(flag) = rev.index().and_then(|at| is_missing.get_mut(at)) {
                *flag = true;
            }
        }
        let covered = |(&missing, &common): (&bool, &bool)| missing || common;
        let complete = outgoing.common.len() == is_missing.len()
            && is_missing.iter().zip(&outgoing.common).all(covered);
        Ok(Self {
            stores,
            version,
            outgoing,
            is_missing,
            complete,
            changelog,
            manifestlog: manifests,
            stage: Stage::Changelog(0),
            manifests: BTreeMap::new(),
            files: BTreeSet::new(),
            file_nodes: HashMap::new(),
            group: None,
            sizes: None,
            path: Vec::new(),
            size: 0,
        })
    }

    /// Has the sizes of the pieces told to `reporter`.
    #[must_use]
    pub fn report_sizes(mut self, reporter: Arc<dyn Reporter + Send + Sync>) -> Self {
        self.sizes = Some(reporter);
        self
    }

    /// Counts what was just made, and tells the size of a group that ended.
    fn count(&mut self, delta: Option<&Delta>, what: &[u8]) {
        const LENGTH_FIELD: usize = 4;
        self.size += LENGTH_FIELD;
        if let Some(delta) = delta {
            self.size += self.version.header_len() + delta.data.len();
            return;
        }
        if let Some(reporter) = &self.sizes {
            let size = std::mem::take(&mut self.size);
            reporter.note(&[format!("{size:8} ").as_bytes(), what, b"\n"].concat());
        }
    }

    fn flag(flags: &[bool], rev: Revision) -> bool {
        rev.index().and_then(|at| flags.get(at)).copied().unwrap_or(false)
    }

    /// Whether the receiver has a revision of a manifest or file.
    fn receiver_has(&self, revlog: &Revlog, rev: Revision) -> bool {
        Self::flag(&self.outgoing.common, revlog.linkrev(rev))
    }

    fn next_changeset(&mut self, at: usize) -> Result<Option<Delta>> {
        let Some(&rev) = self.outgoing.missing.get(at) else {
            self.stage = Stage::Manifests;
            return Ok(None);
        };
        self.stage = Stage::Changelog(at + 1);
        let changelog = Arc::clone(&self.changelog);
        let revlog: &Revlog = &changelog;
        let entry = self.changelog.entry(rev)?;
        self.collect(rev, &entry)?;
        let previous = at.checked_sub(1).map(|at| self.outgoing.missing[at]);
        let header = self.header(revlog, rev, rev, previous);
        if self.version == Version::V1 && !header.base.is_null() {
            let base = revlog.rev(&header.base)?;
            return Ok(Some(Delta { header, data: diff(revlog, base, rev)? }));
        }
        let text = revlog.raw_revision(rev)?;
        let header = DeltaHeader { base: Node::NULL, ..header };
        Ok(Some(Delta { header, data: whole(&text) }))
    }

    /// Remembers what a changeset brings with it.
    fn collect(&mut self, rev: Revision, entry: &ChangesetEntry) -> Result<()> {
        self.files.extend(entry.files().map(HgPath::to_owned));
        let node = entry.manifest();
        if node.is_null() {
            return Ok(());
        }
        let manifests = Arc::clone(&self.manifestlog);
        let revlog = manifests.revlog();
        let manifest = revlog.rev(&node)?;
        if !self.receiver_has(revlog, manifest) {
            self.manifests.entry(manifest).or_insert(rev);
        }
        Ok(())
    }

    /// The header of a revision; its base is what version 1 prescribes.
    fn header(
        &self,
        revlog: &Revlog,
        rev: Revision,
        link: Revision,
        previous: Option<Revision>,
    ) -> DeltaHeader {
        let [p1, p2] = revlog.parent_nodes(rev);
        DeltaHeader {
            node: revlog.node(rev),
            p1,
            p2,
            base: previous.map_or(p1, |previous| revlog.node(previous)),
            link: self.changelog.node(link),
            // Side data stays here: whoever wants it makes it.
            flags: revlog.flags(rev) & !FLAG_HAS_COPIES,
        }
    }

    /// The next revision of the running group.
    fn next_of_group(&mut self) -> Result<Option<Delta>> {
        let Some(mut group) = self.group.take() else {
            return Ok(None);
        };
        let Some((rev, link)) = group.revs.next() else {
            return Ok(None);
        };
        let revlog = &group.revlog;
        let mut header = self.header(revlog, rev, link, group.previous);
        let parent = revlog.delta_parent(rev)?;
        let available = |rev: Revision| {
            !rev.is_null() && (Self::flag(&group.sent, rev) || self.receiver_has(revlog, rev))
        };
        let data = if self.version == Version::V1 {
            let base =
                if header.base.is_null() { Revision::NULL } else { revlog.rev(&header.base)? };
            // The first parent may be something the receiver lacks: then nothing can be said.
            if base == parent && !base.is_null() {
                revlog.chunk(rev)?.into_owned()
            } else {
                diff(revlog, base, rev)?
            }
        } else if parent.is_null() {
            header.base = Node::NULL;
            whole(&revlog.raw_revision(rev)?)
        } else if available(parent) {
            header.base = revlog.node(parent);
            revlog.chunk(rev)?.into_owned()
        } else {
            let base = revlog.parents(rev).into_iter().find(|&rev| available(rev));
            let base = base.unwrap_or(Revision::NULL);
            header.base = revlog.node(base);
            diff(revlog, base, rev)?
        };
        if let Some(flag) = rev.index().and_then(|at| group.sent.get_mut(at)) {
            *flag = true;
        }
        group.previous = Some(rev);
        self.group = Some(group);
        Ok(Some(Delta { header, data }))
    }

    fn start_manifests(&mut self) -> Result<()> {
        let manifests = Arc::clone(&self.manifestlog);
        let revlog = manifests.revlog();
        let revs: Vec<(Revision, Revision)> =
            std::mem::take(&mut self.manifests).into_iter().collect();
        if !self.complete {
            self.collect_file_nodes(revlog, &revs)?;
        }
        self.group = Some(Group::new(revlog.clone(), revs));
        Ok(())
    }

    /// Finds the file revisions each manifest brings, when some link revisions may name
    /// changesets that are not sent.
    fn collect_file_nodes(&mut self, revlog: &Revlog, revs: &[(Revision, Revision)]) -> Result<()> {
        // In the order of changesets, so that the first one to bring a file revision is found.
        let mut ordered = revs.to_vec();
        ordered.sort_by_key(|&(_, link)| link);
        for (rev, link) in ordered {
            let base = revlog.delta_parent(rev)?;
            let base_link = if base.is_null() { Revision::NULL } else { revlog.linkrev(base) };
            let usable = Self::flag(&self.is_missing, base_link)
                || Self::flag(&self.outgoing.common, base_link);
            if usable {
                let delta = revlog.chunk(rev)?;
                for text in inserted_texts(&delta) {
                    self.collect_lines(text, link);
                }
            } else {
                self.collect_lines(&revlog.revision(rev)?, link);
            }
        }
        Ok(())
    }

    fn collect_lines(&mut self, text: &[u8], link: Revision) {
        for line in text.split(|&b| b == b'\n') {
            let Some(entry) = manifest::ManifestEntry::decode(line) else {
                continue;
            };
            if self.files.contains(entry.path) {
                let nodes = self.file_nodes.entry(entry.path.to_owned()).or_default();
                nodes.entry(entry.node).or_insert(link);
            }
        }
    }

    /// What to send of a file.
    fn file_revisions(
        &mut self,
        path: &HgPath,
        revlog: &Revlog,
    ) -> Result<Vec<(Revision, Revision)>> {
        if self.complete {
            let all = revlog.revs().map(|rev| (rev, revlog.linkrev(rev)));
            return Ok(all.filter(|&(_, link)| Self::flag(&self.is_missing, link)).collect());
        }
        let mut out = Vec::new();
        for (node, link) in self.file_nodes.remove(path).unwrap_or_default() {
            let rev = revlog.rev(&node)?;
            if !self.receiver_has(revlog, rev) {
                let own = revlog.linkrev(rev);
                out.push((rev, if Self::flag(&self.is_missing, own) { own } else { link }));
            }
        }
        out.sort_unstable();
        Ok(out)
    }
}

impl ChangegroupSource for StoreSource<'_> {
    fn next_delta(&mut self) -> Result<Option<Delta>> {
        match self.stage {
            Stage::Changelog(at) => {
                if at == 0
                    && let Some(reporter) = &self.sizes
                {
                    reporter.note(b"uncompressed size of bundle content:\n");
                }
                let delta = self.next_changeset(at)?;
                self.count(delta.as_ref(), b"(changelog)");
                Ok(delta)
            }
            Stage::Manifests => {
                if self.group.is_none() {
                    self.start_manifests()?;
                }
                let delta = self.next_of_group()?;
                if delta.is_none() {
                    self.stage = Stage::Directories;
                }
                self.count(delta.as_ref(), b"(manifests)");
                Ok(delta)
            }
            Stage::Directories | Stage::Files => {
                let delta = self.next_of_group()?;
                let path = std::mem::take(&mut self.path);
                self.count(delta.as_ref(), &[b" ", path.as_slice()].concat());
                self.path = path;
                Ok(delta)
            }
        }
    }

    fn next_path(&mut self) -> Result<Option<Vec<u8>>> {
        if self.stage == Stage::Directories {
            self.stage = Stage::Files;
            return Ok(None);
        }
        while let Some(path) = self.files.pop_first() {
            let filelog = self.stores.filelog(&path)?;
            let revlog: &Revlog = &filelog;
            let revs = self.file_revisions(&path, revlog)?;
            if revs.is_empty() {
                continue;
            }
            self.group = Some(Group::new(revlog.clone(), revs));
            self.path = path.into_vec();
            self.size = 4 + self.path.len();
            return Ok(Some(self.path.clone()));
        }
        Ok(None)
    }

    fn changeset_count(&self) -> Option<usize> {
        Some(self.outgoing.missing.len())
    }
}

/// A delta that replaces everything.
fn whole(text: &[u8]) -> Vec<u8> {
    let mut out = vec![0; 8];
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(text);
    out
}

/// The texts a delta inserts.
pub(crate) fn inserted_texts(mut delta: &[u8]) -> Vec<&[u8]> {
    let mut out = Vec::new();
    while let Some((head, rest)) = delta.split_at_checked(12) {
        let length = u32::from_be_bytes([head[8], head[9], head[10], head[11]]);
        let Some((text, rest)) =
            usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length))
        else {
            break;
        };
        out.push(text);
        delta = rest;
    }
    out
}

/// The delta from one revision to another.
fn diff(revlog: &Revlog, base: Revision, rev: Revision) -> Result<Vec<u8>> {
    let new = revlog.raw_revision(rev)?;
    if base.is_null() {
        return Ok(whole(&new));
    }
    let old = revlog.raw_revision(base)?;
    hg_diff::delta::make(&old, &new).map_err(|error| Error::abort(error.to_string()).because(error))
}

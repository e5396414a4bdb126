//! Taking a changegroup into a store, or into memory on top of one.

use std::collections::HashSet;
use std::sync::Arc;

use hg_format::manifest::ManifestEntry;
use hg_store::changelog::Changelog;
use hg_store::filelog::Filelog;
use hg_store::manifest::ManifestLog;
use hg_store::revlog::{GroupOutcome, IncomingRevision, Revlog, RevlogTransaction};
use hg_types::{Error, HgPath, HgPathBuf, Node, Reporter, Result, Revision};

use crate::generate::Stores;
use crate::source::ChangegroupSource;

/// Where what was taken is put, so that readers see it.
pub trait Sink: Stores {
    /// Takes the changelog with new changesets.
    fn put_changelog(&mut self, changelog: Changelog);
    /// Takes the manifests with new ones.
    fn put_manifests(&mut self, manifests: ManifestLog);
    /// Takes the history of a file with new revisions.
    fn put_filelog(&mut self, path: &HgPath, filelog: Filelog);
}

/// What was taken.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// The length of the changelog before: new changesets have this number and those above.
    pub first_new: usize,
    /// Number of changesets that were new.
    pub changesets: usize,
    /// Changesets of the group that were there already.
    pub duplicates: Vec<Revision>,
    /// Number of changesets in the group.
    pub received: usize,
    /// Number of new file revisions.
    pub changes: usize,
    /// Number of files with revisions in the group.
    pub files: usize,
}

/// File revisions that new manifests name, for checking that no other ones and all of them come.
#[derive(Default)]
struct Needed(std::collections::BTreeMap<HgPathBuf, HashSet<Node>>);

impl Needed {
    /// Notes what a new manifest names that its delta's base does not.
    fn add(&mut self, revlog: &Revlog, rev: Revision) -> Result<()> {
        if revlog.delta_parent(rev)?.is_null() {
            self.add_lines(&revlog.revision(rev)?);
            return Ok(());
        }
        let delta = revlog.chunk(rev)?;
        crate::generate::inserted_texts(&delta).into_iter().for_each(|text| self.add_lines(text));
        Ok(())
    }

    fn add_lines(&mut self, text: &[u8]) {
        let lines = text.split(|&b| b == b'\n');
        for entry in lines.filter_map(ManifestEntry::decode) {
            self.0.entry(entry.path.to_owned()).or_default().insert(entry.node);
        }
    }

    /// Checks that new revisions of a file were called for.
    fn check_file(&mut self, path: &HgPath, added: &[Node]) -> Result<()> {
        let mut nothing = HashSet::new();
        let needed = self.0.get_mut(path).unwrap_or(&mut nothing);
        for node in added {
            if !needed.remove(node) {
                return Err(Error::abort("received spurious file revlog entry"));
            }
        }
        Ok(())
    }

    /// Checks that what has not come was there before.
    fn check_rest(self, sink: &dyn Sink) -> Result<()> {
        for (path, nodes) in self.0 {
            if nodes.is_empty() {
                continue;
            }
            let filelog = sink.filelog(&path)?;
            let mut nodes: Vec<Node> = nodes.into_iter().collect();
            nodes.sort_unstable();
            if let Some(node) = nodes.iter().find(|node| !filelog.has_node(node)) {
                let parts: [&[u8]; 5] = [
                    b"missing file data for ",
                    path.as_bytes(),
                    b":",
                    &node.hex(),
                    b" - run hg verify",
                ];
                return Err(Error::abort(parts.concat()));
            }
        }
        Ok(())
    }
}

/// Takes everything `source` has. Without `tr` nothing is written.
pub fn take_changegroup(
    sink: &mut dyn Sink,
    mut tr: Option<&mut dyn RevlogTransaction>,
    source: &mut dyn ChangegroupSource,
    reporter: &dyn Reporter,
    validate: bool,
) -> Result<Taken> {
    reporter.status(b"adding changesets\n");
    let mut taken = Taken::default();
    let changelog = take_changesets(sink, reborrow(&mut tr), source, reporter, &mut taken)?;
    reporter.status(b"adding manifests\n");
    let mut manifests = (*sink.manifests()?).clone();
    if manifests.is_tree() {
        return Err(Error::abort("tree manifests cannot be received yet"));
    }
    let link = |node: &Node, _| changelog.rev(node);
    let mut needed = validate.then(Needed::default);
    let added = |revlog: &Revlog, rev| needed.as_mut().map_or(Ok(()), |n| n.add(revlog, rev));
    add_group(manifests.revlog_mut(), reborrow(&mut tr), source, link, added)?;
    sink.put_manifests(manifests);
    if source.next_path()?.is_some() {
        return Err(Error::abort("tree manifests cannot be received yet"));
    }
    reporter.status(b"adding file changes\n");
    take_files(sink, tr, source, reporter, &changelog, &mut taken, needed.as_mut())?;
    if let Some(needed) = needed {
        needed.check_rest(sink)?;
    }
    Ok(taken)
}

fn reborrow<'a>(
    tr: &'a mut Option<&mut dyn RevlogTransaction>,
) -> Option<&'a mut dyn RevlogTransaction> {
    match tr {
        Some(tr) => Some(&mut **tr),
        None => None,
    }
}

fn take_changesets(
    sink: &mut dyn Sink,
    tr: Option<&mut dyn RevlogTransaction>,
    source: &mut dyn ChangegroupSource,
    reporter: &dyn Reporter,
    taken: &mut Taken,
) -> Result<Arc<Changelog>> {
    let mut changelog = (*sink.changelog()?).clone();
    taken.first_new = changelog.len();
    let total = source.changeset_count().map(|count| count as u64);
    let mut position = 0_u64;
    let outcome = add_group(
        &mut changelog,
        tr,
        source,
        |_, next| Ok(next),
        |revlog, rev| {
            let text = [&b"add changeset "[..], &revlog.node(rev).short(), b"\n"];
            reporter.debug(&text.concat());
            position += 1;
            reporter.progress("changesets", Some(position), b"", "chunks", total);
            Ok(())
        },
    )?;
    reporter.progress("changesets", None, b"", "chunks", total);
    taken.received = outcome.received;
    taken.changesets = outcome.added;
    taken.duplicates = outcome.duplicates;
    if outcome.received == 0 {
        return Err(Error::abort("received changelog group is empty"));
    }
    let shared = Arc::new(changelog.clone());
    sink.put_changelog(changelog);
    Ok(shared)
}

fn take_files(
    sink: &mut dyn Sink,
    mut tr: Option<&mut dyn RevlogTransaction>,
    source: &mut dyn ChangegroupSource,
    reporter: &dyn Reporter,
    changelog: &Changelog,
    taken: &mut Taken,
    mut needed: Option<&mut Needed>,
) -> Result<()> {
    while let Some(path) = source.next_path()? {
        let path = HgPathBuf::from_vec(path);
        let text = [&b"adding "[..], path.as_bytes(), b" revisions\n"];
        reporter.debug(&text.concat());
        let mut filelog = sink.filelog(&path)?;
        let link = |node: &Node, _| changelog.rev(node);
        let mut new = Vec::new();
        let collects = needed.is_some();
        let added = |revlog: &Revlog, rev| {
            if collects {
                new.push(revlog.node(rev));
            }
            Ok(())
        };
        let outcome = add_group(&mut filelog, reborrow(&mut tr), source, link, added)?;
        if let Some(needed) = &mut needed {
            needed.check_file(&path, &new)?;
        }
        if outcome.received == 0 {
            return Err(Error::abort("received file revlog group is empty"));
        }
        taken.changes += outcome.added;
        taken.files += 1;
        reporter.progress("files", Some(taken.files as u64), path.as_bytes(), "files", None);
        sink.put_filelog(&path, filelog);
    }
    reporter.progress("files", None, b"", "files", None);
    Ok(())
}

/// Adds the next group of `source` to a revlog.
fn add_group(
    revlog: &mut Revlog,
    tr: Option<&mut dyn RevlogTransaction>,
    source: &mut dyn ChangegroupSource,
    link: impl FnMut(&Node, Revision) -> Result<Revision>,
    added: impl FnMut(&Revlog, Revision) -> Result<()>,
) -> Result<GroupOutcome> {
    // Fused: behind the end of this group the next one begins.
    let group = std::iter::from_fn(|| {
        let delta = source.next_delta().transpose()?;
        Some(delta.map(|delta| IncomingRevision {
            node: delta.header.node,
            p1: delta.header.p1,
            p2: delta.header.p2,
            link: delta.header.link,
            delta_base: delta.header.base,
            delta: delta.data,
            flags: delta.header.flags,
        }))
    })
    .fuse();
    match tr {
        Some(tr) => revlog.add_group(tr, group, link, added),
        None => revlog.overlay_group(group, link, added),
    }
}

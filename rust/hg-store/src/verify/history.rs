//! Checking changesets and manifests.

use std::collections::{BTreeMap, HashMap};

use hg_diff::delta;
use hg_format::manifest::{Entries, ManifestEntry};
use hg_types::{Error, FileFlags, HgPath, Node, Result, Revision};
use rayon::prelude::*;

use super::entries::{EntryCheck, Links};
use super::{FileLinks, FileNodes, Findings, Verifier};
use crate::revlog::Revlog;

/// Changesets read at once.
const BATCH: usize = 1024;

/// The changesets (or parent directories' changesets) that name a manifest.
pub(super) type ManifestLinks = HashMap<Node, Vec<Option<Revision>>>;
/// The same for each directory, in the order in which they were met.
type Directories = Vec<(Vec<u8>, ManifestLinks)>;

impl Verifier<'_> {
    pub(super) fn check_changesets(&mut self) -> (ManifestLinks, FileLinks) {
        self.reporter.status(b"checking changesets\n");
        let changelog = self.changelog.clone();
        let mut findings = Findings::about(b"changelog");
        self.check_log(&mut findings, &changelog, b"changelog");
        let mut manifest_links = ManifestLinks::new();
        let mut file_links = FileLinks::new();
        let mut entries = EntryCheck::default();
        let revs: Vec<_> = changelog.revs().collect();
        for batch in revs.chunks(BATCH) {
            let read: Vec<_> = batch.par_iter().map(|&rev| changelog.entry(rev)).collect();
            for (&rev, read) in batch.iter().zip(read) {
                let links = Links { revs: &[Some(rev)], file: None };
                entries.check(self, &mut findings, &changelog, rev, &links);
                let entry = match read {
                    Ok(entry) => entry,
                    Err(error) => {
                        self.refers_to_manifests = true;
                        let node = changelog.node(rev).short();
                        let what = [b"unpacking changeset ", &node[..], b": ", &error.message];
                        findings.error_of_no_file(Some(rev), what.concat());
                        continue;
                    }
                };
                if !entry.manifest().is_null() {
                    self.refers_to_manifests = true;
                    manifest_links.entry(entry.manifest()).or_default().push(Some(rev));
                }
                for file in entry.files() {
                    file_links.entry(file.as_bytes().to_vec()).or_default().push(rev);
                }
            }
            self.progress("changesets", batch.last(), revs.len());
        }
        self.tell(findings);
        self.reporter.progress("checking", None, b"", "changesets", None);
        (manifest_links, file_links)
    }

    fn progress(&self, unit: &str, at: Option<&Revision>, total: usize) {
        let at = at.and_then(|rev| rev.index()).map(|at| at as u64);
        self.reporter.progress("checking", at, b"", unit, Some(total as u64));
    }

    /// What is wrong with a revlog of the history as a whole.
    fn check_log(&self, findings: &mut Findings, log: &Revlog, name: &[u8]) {
        if log.is_empty() && (self.has_changesets() || self.has_manifests()) {
            let text = [b"empty or missing ", name].concat();
            findings.error_of_no_file(Some(Revision::new(0)), text);
            return;
        }
        match log.data_excess() {
            Ok(0) => {}
            Ok(excess) => findings.error(None, format!("data length off by {excess} bytes")),
            Err(error) => findings.failure(None, "data length", &error),
        }
        let version = log.header().version;
        if version != self.changelog.header().version {
            let text = format!("' uses revlog format {version}");
            findings.warning([b"warning: `", name, text.as_bytes()].concat());
        }
    }

    pub(super) fn check_manifests(&mut self, links: ManifestLinks) -> Result<FileNodes> {
        self.reporter.status(b"checking manifests\n");
        let log = self.manifests.revlog().clone();
        let mut file_nodes = FileNodes::new();
        let mut findings = Findings::about(b"manifest");
        if self.refers_to_manifests {
            self.check_log(&mut findings, &log, b"manifest");
        }
        let directories = self.check_manifest_log(findings, &log, b"", links, &mut file_nodes);
        if !directories.is_empty() {
            self.reporter.status(b"checking directory manifests\n");
            self.check_directories(directories, &mut file_nodes)?;
            self.tell_orphans(b"meta/");
        }
        self.reporter.progress("checking", None, b"", "manifests", None);
        Ok(file_nodes)
    }

    fn check_directories(
        &mut self,
        directories: Directories,
        file_nodes: &mut FileNodes,
    ) -> Result<()> {
        let mut stack: Vec<_> = directories.into_iter().rev().collect();
        while let Some((directory, links)) = stack.pop() {
            let path = directory.strip_suffix(b"/").unwrap_or(&directory);
            let log = self.manifests.directory(HgPath::new(path))?;
            if let Some(unclaimed) = &mut self.unclaimed {
                for name in log.file_names() {
                    unclaimed.remove(&name);
                }
            }
            let mut findings = Findings::about(&directory);
            self.check_log(&mut findings, &log, &directory);
            let below = self.check_manifest_log(findings, &log, &directory, links, file_nodes);
            stack.extend(below.into_iter().rev());
        }
        Ok(())
    }

    /// Checks the manifests of one directory (the root: `""`, others end with a slash); gives the
    /// directories it names.
    fn check_manifest_log(
        &mut self,
        mut findings: Findings,
        log: &Revlog,
        directory: &[u8],
        mut links: ManifestLinks,
        file_nodes: &mut FileNodes,
    ) -> Directories {
        let mut entries = EntryCheck::default();
        let mut directories = Directories::new();
        let mut positions = HashMap::new();
        for rev in log.revs() {
            let node = log.node(rev);
            let named = links.remove(&node);
            let revs = named.as_deref().unwrap_or_default();
            let lr = entries.check(self, &mut findings, log, rev, &Links { revs, file: None });
            let short = node.short();
            let say = |text: &str| [&short[..], text.as_bytes()].concat();
            if named.is_none() {
                let text = match directory {
                    b"" => " not in changesets",
                    _ => " not in parent-directory manifest",
                };
                findings.error(lr, say(text));
            }
            let added = |entry: ManifestEntry<'_>| {
                let path = [directory, entry.path.as_bytes()].concat();
                if entry.flags != FileFlags::Tree {
                    file_nodes.entry(path).or_default().entry(entry.node).or_insert(lr);
                    return;
                }
                let path = [&path[..], b"/"].concat();
                let at = *positions.entry(path.clone()).or_insert_with(|| {
                    directories.push((path, ManifestLinks::new()));
                    directories.len() - 1
                });
                directories[at].1.entry(entry.node).or_default().push(lr);
            };
            if let Err(error) = each_new_entry(log, rev, added) {
                let what = [b"reading delta ", &short[..], b": ", &error.message];
                findings.error(lr, what.concat());
            }
            if directory.is_empty()
                && self.options.full
                && let Err(error) = log.revision(rev)
            {
                let what = [b"reading full manifest ", &short[..], b": ", &error.message];
                findings.error(lr, what.concat());
            }
            if rev.get() % 1024 == 0 {
                self.progress("manifests", Some(&rev), log.len());
            }
        }
        self.report_unknown(&mut findings, directory, links);
        self.tell(findings);
        directories
    }

    /// The manifests that are named but are not there.
    fn report_unknown(&self, findings: &mut Findings, directory: &[u8], links: ManifestLinks) {
        if !self.has_manifests() {
            return;
        }
        let missing: BTreeMap<_, _> = links
            .into_iter()
            .flat_map(|(node, revs)| revs.into_iter().map(move |rev| ((rev, node), ())))
            .collect();
        for (rev, node) in missing.into_keys() {
            let who: &[u8] =
                if directory.is_empty() { b"changeset" } else { b"parent-directory manifest" };
            let text = [who, b" refers to unknown revision ", &node.short()].concat();
            findings.error(rev, text);
        }
    }

    pub(super) fn crosscheck(&mut self, file_links: &FileLinks, file_nodes: &FileNodes) {
        self.reporter.status(b"crosschecking files in changesets and manifests\n");
        let mut findings = Findings::default();
        if self.has_manifests() {
            for (path, revs) in file_links {
                if !file_nodes.contains_key(path) {
                    findings.name = Some(path[..].into());
                    findings.error(revs.first().copied(), "in changeset but not in manifest");
                }
            }
        }
        if self.has_changesets() {
            for (path, nodes) in file_nodes {
                if !file_links.contains_key(path) {
                    findings.name = Some(path[..].into());
                    let linkrev = self.first_link(path, nodes.keys());
                    findings.error(linkrev, "in manifest but not in changeset");
                }
            }
        }
        self.tell(findings);
    }

    /// The first changeset that the filelog names for any of these revisions.
    fn first_link<'n>(
        &self,
        path: &[u8],
        nodes: impl Iterator<Item = &'n Node>,
    ) -> Option<Revision> {
        let log = self.repo.filelog(HgPath::new(path)).ok()?;
        let mut first = None;
        for node in nodes {
            let linkrev = log.linkrev(log.find(node)?);
            first = Some(first.map_or(linkrev, |first: Revision| first.min(linkrev)));
        }
        first
    }
}

/// Calls `added` for the entries that a manifest has and the one its delta is against has not.
fn each_new_entry(
    log: &Revlog,
    rev: Revision,
    mut added: impl FnMut(ManifestEntry<'_>),
) -> Result<()> {
    let chunk = log.chunk(rev)?;
    let mut each = |text: &[u8]| {
        for entry in Entries::new(text) {
            let entry = entry.map_err(|source| Error::storage(source.to_string()))?;
            if entry.path.as_bytes() != b"/dev/null" {
                added(entry);
            }
        }
        Ok(())
    };
    if log.stores_text(rev)? {
        return each(&chunk);
    }
    for hunk in delta::hunks(&chunk) {
        let hunk = hunk.map_err(|source| Error::storage(source.to_string()).because(source))?;
        each(hunk.data)?;
    }
    Ok(())
}

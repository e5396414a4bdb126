//! Checking filelogs, many at a time.

use std::collections::{BTreeMap, BTreeSet};

use hg_types::{HgPath, Node, Result, Revision};
use rayon::prelude::*;

use super::entries::{EntryCheck, Links};
use super::{FileLinks, FileNodes, Finding, Findings, Verifier};
use crate::Filelog;

/// Filelogs checked between two reports.
const BATCH: usize = 256;

/// What came out of checking one filelog.
struct Checked {
    findings: Findings,
    revisions: usize,
    files: Vec<Vec<u8>>,
    opened: bool,
}

impl Verifier<'_> {
    pub(super) fn check_files(
        &mut self,
        file_nodes: &mut FileNodes,
        file_links: &FileLinks,
    ) -> Result<()> {
        self.reporter.status(b"checking files\n");
        let paths: BTreeSet<&[u8]> =
            file_nodes.keys().chain(file_links.keys()).map(|path| &path[..]).collect();
        let paths: Vec<_> = paths.into_iter().collect();
        self.report.files = paths.len();
        let none = BTreeMap::new();
        for (at, batch) in paths.chunks(BATCH).enumerate() {
            let at = Some((at * BATCH) as u64);
            self.reporter.progress("checking", at, b"", "files", Some(paths.len() as u64));
            let this = &*self;
            let checked: Vec<_> = batch
                .par_iter()
                .map(|&path| {
                    let links = file_links.get(path).map(Vec::as_slice).unwrap_or_default();
                    this.check_file(path, file_nodes.get(path).unwrap_or(&none), links)
                })
                .collect();
            for mut checked in checked {
                let late = checked.findings.list.split_off(0);
                if checked.opened {
                    self.claim(&mut checked);
                }
                checked.findings.list.extend(late);
                self.report.changes += checked.revisions;
                self.tell(checked.findings);
            }
        }
        self.reporter.progress("checking", None, b"", "files", None);
        self.tell_orphans(b"data/");
        Ok(())
    }

    /// Takes a filelog's files off the list of those that nobody has claimed.
    fn claim(&mut self, checked: &mut Checked) {
        let Some(unclaimed) = &mut self.unclaimed else { return };
        for file in &checked.files {
            if !unclaimed.remove(file) {
                checked.findings.list.push(Finding::NotInFncache(file.clone()));
            }
        }
    }

    fn check_file(
        &self,
        path: &[u8],
        nodes: &BTreeMap<Node, Option<Revision>>,
        links: &[Revision],
    ) -> Checked {
        let mut findings = Findings::about(path);
        let path = HgPath::new(path);
        let first = links.first().copied();
        let log = match self.repo.filelog(path) {
            Ok(log) => log,
            Err(error) => {
                let text = [b"broken revlog! (", &error.message[..], b")"].concat();
                findings.error(first, text);
                return Checked { findings, revisions: 0, files: Vec::new(), opened: false };
            }
        };
        let unreadable = if log.is_empty() && (self.has_changesets() || self.has_manifests()) {
            let text = [b"empty or missing ", path.as_bytes()].concat();
            findings.error_of_no_file(first, text);
            BTreeSet::new()
        } else {
            self.check_texts(&mut findings, &log)
        };
        let links: Vec<_> = links.iter().copied().map(Some).collect();
        let links = Links { revs: &links, file: Some(path) };
        let mut entries = EntryCheck::default();
        let mut met = BTreeSet::new();
        for rev in log.revs() {
            let node = log.node(rev);
            let linkrev = entries.check(self, &mut findings, &log, rev, &links);
            if !nodes.is_empty() {
                if self.has_manifests() && !nodes.contains_key(&node) {
                    let text = [&node.short()[..], b" not in manifests"].concat();
                    findings.error(linkrev, text);
                }
                met.insert(node);
            }
            if !unreadable.contains(&rev) {
                self.check_copy(&mut findings, &log, rev, linkrev);
            }
        }
        let mut missing: Vec<_> = nodes
            .iter()
            .filter(|(node, _)| !met.contains(*node))
            .map(|(n, rev)| (rev, n))
            .collect();
        missing.sort_unstable();
        for (linkrev, node) in missing {
            let text = [b"manifest refers to unknown revision ", &node.short()[..]].concat();
            findings.error(*linkrev, text);
        }
        Checked { findings, revisions: log.len(), files: log.file_names(), opened: true }
    }

    /// Checks the content of every revision; gives those that cannot be read.
    fn check_texts(&self, findings: &mut Findings, log: &Filelog) -> BTreeSet<Revision> {
        let mut unreadable = BTreeSet::new();
        match log.data_excess() {
            Ok(0) => {}
            Ok(excess) => findings.error(None, format!("data length off by {excess} bytes")),
            Err(error) => findings.failure(None, "data length", &error),
        }
        let version = log.header().version;
        let expected = self.changelog.header().version;
        if version != expected {
            let text = format!("' uses revlog format {version}; expected {expected}");
            let path = log.path().as_bytes();
            findings.warning([b"warning: '", path, text.as_bytes()].concat());
        }
        log.each_text(|rev, text| {
            let linkrev = Some(log.linkrev(rev));
            let text = match text {
                _ if log.is_censored(rev) => {
                    if !log.ignores_censored() {
                        findings.error(linkrev, "censored file data");
                    }
                    unreadable.insert(rev);
                    return;
                }
                Ok(text) => text,
                Err(error) => {
                    let node = log.node(rev).short();
                    let text = [b"unpacking ", &node[..], b": ", &error.message].concat();
                    findings.error(linkrev, text);
                    unreadable.insert(rev);
                    return;
                }
            };
            let claimed = log.entry(rev).map_or(-1, |entry| entry.text_len);
            if usize::try_from(claimed).is_ok_and(|claimed| claimed != text.len()) {
                let text = format!("unpacked size is {}, {claimed} expected", text.len());
                findings.error(linkrev, text);
            }
        });
        unreadable
    }

    fn check_copy(
        &self,
        findings: &mut Findings,
        log: &Filelog,
        rev: Revision,
        linkrev: Option<Revision>,
    ) {
        let mut check = || -> Result<()> {
            let Some((source, node)) = log.renamed(rev)? else { return Ok(()) };
            if let Some(linkrev) = linkrev.filter(|_| self.options.verbose)
                && !self.in_parents(linkrev, &source)?
            {
                let place = self.changelog.node(linkrev).short();
                let parts = [
                    b"warning: copy source of '",
                    log.path().as_bytes(),
                    b"' not in parents of ",
                    &place,
                ];
                findings.list.push(Finding::Remark(parts.concat()));
            }
            let from = self.repo.filelog(&source)?;
            let shown = [source.as_bytes(), b":", &node.short()].concat();
            if from.is_empty() {
                let text = [b"empty or missing copy source revlog ", &shown[..]].concat();
                findings.error(linkrev, text);
            } else if node.is_null() {
                let place = linkrev.map_or_else(|| "None".to_owned(), |rev| rev.to_string());
                let parts = [
                    b"warning: ",
                    log.path().as_bytes(),
                    b"@",
                    place.as_bytes(),
                    b": copy source revision is nullid ",
                    &shown,
                ];
                findings.list.push(Finding::Note(parts.concat()));
            } else {
                from.rev(&node)?;
            }
            Ok(())
        };
        if let Err(error) = check() {
            let node = log.node(rev).short();
            let text = [b"checking rename of ", &node[..], b": ", &error.message].concat();
            findings.error(linkrev, text);
        }
    }

    fn in_parents(&self, changeset: Revision, path: &HgPath) -> Result<bool> {
        for parent in self.changelog.parents(changeset) {
            let manifest = self.changelog.entry(parent)?.manifest();
            if self.manifests.read(&manifest)?.contains(path) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

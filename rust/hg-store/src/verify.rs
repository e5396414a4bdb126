//! Checking that a repository is whole: hashes, sizes, and that changesets, manifests and filelogs
//! agree with each other.

mod entries;
mod files;
mod history;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hg_types::{Node, Reporter, Result, Revision};

use crate::repo::Repo;
use crate::{Changelog, ManifestLog};

/// How thorough to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct VerifyOptions {
    /// Read every manifest in full, not only what changed.
    pub full: bool,
    /// Mention copies whose source is in no parent.
    pub verbose: bool,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct VerifyReport {
    /// Number of changesets.
    pub changesets: usize,
    /// Number of file revisions.
    pub changes: usize,
    /// Number of files.
    pub files: usize,
    /// Number of errors, those of the dirstate included.
    pub errors: usize,
    /// Number of warnings.
    pub warnings: usize,
    /// Number of errors in the dirstate.
    pub dirstate_errors: usize,
}

/// One thing that is not as it should be.
#[derive(Debug)]
enum Finding {
    Error {
        linkrev: Option<Revision>,
        message: Vec<u8>,
        name: Option<Arc<[u8]>>,
    },
    Warning(Vec<u8>),
    /// A warning that does not count.
    Remark(Vec<u8>),
    Note(Vec<u8>),
    /// A file is missing in the name cache.
    NotInFncache(Vec<u8>),
}

/// Findings about one revlog.
#[derive(Debug, Default)]
struct Findings {
    list: Vec<Finding>,
    name: Option<Arc<[u8]>>,
}

impl Findings {
    fn about(name: &[u8]) -> Self {
        Self { list: Vec::new(), name: Some(Arc::from(name)) }
    }

    fn error(&mut self, linkrev: Option<Revision>, message: impl Into<Vec<u8>>) {
        let name = self.name.clone();
        self.list.push(Finding::Error { linkrev, message: message.into(), name });
    }

    fn error_of_no_file(&mut self, linkrev: Option<Revision>, message: impl Into<Vec<u8>>) {
        self.list.push(Finding::Error { linkrev, message: message.into(), name: None });
    }

    fn failure(&mut self, linkrev: Option<Revision>, what: &str, error: &hg_types::Error) {
        self.error(linkrev, [what.as_bytes(), b": ", &error.message].concat());
    }

    fn warning(&mut self, message: impl Into<Vec<u8>>) {
        self.list.push(Finding::Warning(message.into()));
    }
}

/// The changelog revisions that introduced file revisions, by path and node.
type FileNodes = BTreeMap<Vec<u8>, BTreeMap<Node, Option<Revision>>>;
/// The changelog revisions that touch a path.
type FileLinks = BTreeMap<Vec<u8>, Vec<Revision>>;

/// What is known while checking.
struct Verifier<'a> {
    repo: &'a Repo,
    reporter: &'a dyn Reporter,
    options: VerifyOptions,
    changelog: Arc<Changelog>,
    manifests: Arc<ManifestLog>,
    /// Names of store files that no revlog has claimed; `None` where the store has no list.
    unclaimed: Option<BTreeSet<Vec<u8>>>,
    refers_to_manifests: bool,
    bad: BTreeSet<Revision>,
    fncache_is_stale: bool,
    report: VerifyReport,
}

/// Checks everything; what is found is said through `reporter` as it is found.
///
/// `dirstate` checks the dirstate against the manifests when the store is sound: it is given a place
/// to put its errors, one line each without newline.
///
/// # Errors
/// When the changelog or the list of manifests cannot be opened at all.
pub fn verify(
    repo: &Repo,
    reporter: &dyn Reporter,
    options: VerifyOptions,
    dirstate: impl FnOnce(&mut Vec<Vec<u8>>) -> Result<()>,
) -> Result<VerifyReport> {
    let unclaimed = match repo.store_vfs().fncache() {
        Some(fncache) if repo.requires(hg_format::requirements::name::FNCACHE) => {
            Some(fncache.names()?.into_iter().collect())
        }
        _ => None,
    };
    let mut verifier = Verifier {
        repo,
        reporter,
        options,
        changelog: repo.changelog()?,
        manifests: repo.manifest_log()?,
        unclaimed,
        refers_to_manifests: false,
        bad: BTreeSet::new(),
        fncache_is_stale: false,
        report: VerifyReport::default(),
    };
    verifier.run(dirstate)?;
    Ok(verifier.report)
}

impl Verifier<'_> {
    fn run(&mut self, dirstate: impl FnOnce(&mut Vec<Vec<u8>>) -> Result<()>) -> Result<()> {
        if self.repo.store_vfs().exists("journal") {
            self.reporter.warn(b"abandoned transaction found - run hg recover\n");
        }
        let version = self.changelog.header().version;
        if version == 0 {
            self.reporter.status(b"repository uses revlog format 0\n");
        } else {
            self.reporter.note(format!("repository uses revlog format {version}\n").as_bytes());
        }
        let (manifest_links, file_links) = self.check_changesets();
        let mut file_nodes = self.check_manifests(manifest_links)?;
        self.crosscheck(&file_links, &file_nodes);
        self.check_files(&mut file_nodes, &file_links)?;
        if self.report.errors > 0 {
            self.reporter.warn(b"not checking dirstate because of previous errors\n");
        } else {
            self.reporter.status(b"checking dirstate\n");
            let mut lines = Vec::new();
            dirstate(&mut lines)?;
            for line in &lines {
                self.reporter.warn(&[&line[..], b"\n"].concat());
            }
            self.report.dirstate_errors = lines.len();
            self.report.errors += lines.len();
        }
        self.report.changesets = self.changelog.len();
        self.summarize();
        Ok(())
    }

    fn summarize(&self) {
        let VerifyReport { changesets, changes, files, errors, warnings, dirstate_errors } =
            self.report;
        let checked =
            format!("checked {changesets} changesets with {changes} changes to {files} files\n");
        self.reporter.status(checked.as_bytes());
        if warnings > 0 {
            self.reporter.warn(format!("{warnings} warnings encountered!\n").as_bytes());
        }
        if self.fncache_is_stale {
            self.reporter
                .warn(b"hint: run \"hg debugrebuildfncache\" to recover from corrupt fncache\n");
        }
        if errors > 0 {
            self.reporter.warn(format!("{errors} integrity errors encountered!\n").as_bytes());
        }
        if let Some(first) = self.bad.first() {
            let text = format!("(first damaged changeset appears to be {first})\n");
            self.reporter.warn(text.as_bytes());
        }
        if dirstate_errors > 0 {
            self.reporter.warn(b"dirstate inconsistent with current parent's manifest\n");
            self.reporter.warn(format!("{dirstate_errors} dirstate errors\n").as_bytes());
        }
    }

    /// Says what was found and counts it.
    fn tell(&mut self, findings: Findings) {
        for finding in findings.list {
            match finding {
                Finding::Error { linkrev, message, name } => {
                    self.bad.extend(linkrev);
                    self.report.errors += 1;
                    let rev = linkrev.map_or_else(|| "?".to_owned(), |rev| rev.to_string());
                    let place = match &name {
                        Some(name) => [&name[..], b"@", rev.as_bytes()].concat(),
                        None => rev.into_bytes(),
                    };
                    self.reporter.warn(&[b" ", &place[..], b": ", &message, b"\n"].concat());
                }
                Finding::Warning(text) => {
                    self.report.warnings += 1;
                    self.reporter.warn(&[&text[..], b"\n"].concat());
                }
                Finding::Remark(text) => self.reporter.warn(&[&text[..], b"\n"].concat()),
                Finding::Note(text) => self.reporter.note(&[&text[..], b"\n"].concat()),
                Finding::NotInFncache(file) => {
                    self.fncache_is_stale = true;
                    self.report.warnings += 1;
                    let text = [b" warning: revlog '", &file[..], b"' not in fncache!\n"];
                    self.reporter.warn(&text.concat());
                }
            }
        }
    }

    fn tell_orphans(&mut self, prefix: &[u8]) {
        let orphans: Vec<_> = self.unclaimed.iter().flatten().cloned().collect();
        let mut findings = Findings::default();
        for file in orphans.iter().filter(|file| file.starts_with(prefix)) {
            findings.warning([b"warning: orphan data file '", &file[..], b"'"].concat());
        }
        self.tell(findings);
    }

    fn has_changesets(&self) -> bool {
        !self.changelog.is_empty()
    }

    fn has_manifests(&self) -> bool {
        !self.manifests.revlog().is_empty()
    }
}

//! Shelved changes: where they are kept, how they are made into changesets and bundles, and what an
//! interrupted unshelve remembers.
//!
//! A shelved change `NAME` is up to three files in `.hg/shelved`: `NAME.hg` (a bundle with the changeset
//! and everything below it that is not public), `NAME.patch` (for people) and `NAME.shelve` (facts as
//! lines `key=value`; `node` is the changeset).

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use hg_format::bundlespec::{BundleSpec, Compression};
use hg_store::{Repo, Transaction};
use hg_types::{Error, HgDate, HgPathBuf, Node, Phase, Result, Silent};
use hg_wdir::{Status, WorkingDir};
use hg_wire::apply::{Operation, apply_parts};
use hg_wire::bundle_write::BundleWriter;
use hg_wire::facts;
use hg_wire::outgoing::OutgoingSet;
use hg_wire::parts::BundleParts;

use crate::commit::{MemoryFiles, NewCommit, commit};
use crate::working::{WorkingFiles, changed_paths, follow};

mod remember;
mod state;

pub use remember::Remembered;
pub use state::{STATE_FILE, State};

/// Who makes the changesets that hold shelved changes.
pub const USER: &[u8] = b"shelve@localhost";

/// Where shelved changes are, in `.hg`.
const DIRECTORY: &str = "shelved";

/// Where they go when they are not needed any more.
const BACKUPS: &str = "shelve-backup";

/// The files of a shelved change.
const EXTENSIONS: [&str; 3] = ["hg", "patch", "shelve"];

/// The extra that lists files which were not tracked, separated by zeros.
const UNKNOWN: &[u8] = b"shelve_unknown";

/// A shelved change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// Its name, in local encoding.
    pub name: Vec<u8>,
}

impl Shelf {
    /// The shelved change of that name, which need not exist.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        Self { name: name.to_vec() }
    }

    fn path(&self, directory: &str, extension: &str) -> Vec<u8> {
        [directory.as_bytes(), b"/", &self.name, b".", extension.as_bytes()].concat()
    }

    /// Whether it exists.
    #[must_use]
    pub fn exists(&self, repo: &Repo) -> bool {
        let has = |extension| repo.vfs().exists(self.path(DIRECTORY, extension));
        has("patch") && (has("hg") || has("shelve"))
    }

    /// Whether any of its files is there.
    fn is_taken(&self, repo: &Repo) -> bool {
        EXTENSIONS.iter().any(|ext| repo.vfs().exists(self.path(DIRECTORY, ext)))
    }

    /// When it was made.
    ///
    /// # Errors
    /// When its file cannot be looked at.
    pub fn modified(&self, repo: &Repo) -> Result<SystemTime> {
        let stat = repo.vfs().stat(self.path(DIRECTORY, "patch"))?;
        Ok(stat.and_then(|stat| stat.modified().ok()).unwrap_or(SystemTime::UNIX_EPOCH))
    }

    /// The patch.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn patch(&self, repo: &Repo) -> Result<Vec<u8>> {
        Ok(repo.vfs().read(self.path(DIRECTORY, "patch"))?)
    }

    /// Where the patch is.
    #[must_use]
    pub fn patch_path(&self, repo: &Repo) -> Vec<u8> {
        repo.vfs().join(self.path(DIRECTORY, "patch")).into_os_string().into_encoded_bytes()
    }

    /// Writes the patch and the facts.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, repo: &Repo, node: Node, patch: &[u8]) -> Result<()> {
        repo.vfs().write_atomic(self.path(DIRECTORY, "patch"), patch)?;
        self.write_facts(repo, node)
    }

    /// Writes the facts.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_facts(&self, repo: &Repo, node: Node) -> Result<()> {
        let text = [b"node=", &node.hex()[..], b"\n"].concat();
        Ok(repo.vfs().write_atomic(self.path(DIRECTORY, "shelve"), &text)?)
    }

    /// The changeset that the facts name.
    fn node(&self, repo: &Repo) -> Result<Option<Node>> {
        let Some(text) = repo.vfs().try_read(self.path(DIRECTORY, "shelve"))? else {
            return Ok(None);
        };
        let lines = text.split(|&byte| byte == b'\n');
        Ok(lines.filter_map(|line| line.strip_prefix(b"node=")).find_map(Node::from_hex))
    }

    /// Writes the changeset and everything below it that is not public to the bundle.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_bundle(&self, repo: &Repo, node: Node) -> Result<()> {
        let cl = repo.changelog()?;
        let phases = repo.phases()?;
        let mut todo = vec![cl.rev(&node)?];
        let mut missing = std::collections::BTreeSet::new();
        let mut common = std::collections::BTreeSet::new();
        while let Some(rev) = todo.pop() {
            if !missing.insert(rev) {
                continue;
            }
            for parent in cl.parents(rev).into_iter().filter(|parent| !parent.is_null()) {
                match phases.phase(parent) {
                    Phase::Public => {
                        common.insert(parent);
                    }
                    _ => todo.push(parent),
                }
            }
        }
        let view = facts::unfiltered(repo)?;
        let indexes = |set: std::collections::BTreeSet<hg_types::Revision>| {
            set.into_iter().filter_map(hg_types::Revision::index).collect::<Vec<_>>()
        };
        let outgoing = OutgoingSet {
            missing: indexes(missing),
            missing_heads: vec![node],
            common_heads: view.heads_of(&indexes(common)),
            excluded: Vec::new(),
        };
        let mut spec = BundleSpec::new(b"v2", Compression::Bzip2);
        spec.tags_fnodes_cache = false;
        spec.rev_branch_cache = false;
        let deltas = repo.requires("generaldelta");
        if !deltas {
            spec = BundleSpec::new(b"v1", Compression::Bzip2);
        }
        let reporter = repo.reporter();
        hg_wire::local::report_found(repo, &outgoing, &*reporter, false)?;
        repo.vfs().create_dirs(DIRECTORY)?;
        let file = repo.vfs().create(self.path(DIRECTORY, "hg"))?;
        let writer = BundleWriter { repo, spec: &spec, outgoing: &outgoing, reporter, level: None };
        let mut out = writer.write(std::io::BufWriter::new(file))?;
        out.flush().map_err(|error| Error::abort(format!("cannot write bundle: {error}")))
    }

    /// Brings the changeset into the repository, if it is not there, and gives it.
    ///
    /// # Errors
    /// When the bundle cannot be read or taken in, or does not hold what the facts say.
    pub fn open(&self, repo: &Repo) -> Result<Node> {
        let named = self.node(repo)?;
        if let Some(node) = named
            && repo.changelog()?.find(&node).is_some()
        {
            return Ok(node);
        }
        let before = repo.changelog()?.len();
        let name = self.path(DIRECTORY, "hg");
        let file = repo.vfs().open(&name)?;
        let loud = repo.reporter();
        repo.set_reporter(Arc::new(crate::strip::quiet::Quiet(loud.clone())));
        let outcome = take_bundle(repo, file, &repo.vfs().join(&name));
        repo.set_reporter(loud);
        outcome?;
        let cl = repo.changelog()?;
        let tip = cl.node(hg_types::Revision::from_index(cl.len().saturating_sub(1)));
        if named.is_none() && cl.len() == before {
            let parts = [b"shelved change '", &self.name[..], b"' does not name its changeset"];
            return Err(Error::abort(parts.concat()));
        }
        let node = named.unwrap_or(tip);
        cl.rev(&node)?;
        if named.is_none() {
            self.write_facts(repo, node)?;
        }
        Ok(node)
    }

    /// Moves it to the backups.
    ///
    /// # Errors
    /// When a file cannot be moved.
    pub fn retire(&self, repo: &Repo) -> Result<()> {
        let vfs = repo.vfs();
        vfs.create_dirs(BACKUPS)?;
        for extension in EXTENSIONS {
            let from = self.path(DIRECTORY, extension);
            if !vfs.exists(&from) {
                continue;
            }
            let mut to = self.path(BACKUPS, extension);
            let mut count = 1;
            while vfs.exists(&to) {
                let number = format!("-{count}");
                let numbered = Self::new(&[&self.name[..], number.as_bytes()].concat());
                to = numbered.path(BACKUPS, extension);
                count += 1;
            }
            vfs.rename(&from, &to)?;
        }
        Ok(())
    }
}

fn take_bundle(repo: &Repo, file: std::fs::File, path: &std::path::Path) -> Result<()> {
    let name = path.as_os_str().as_encoded_bytes();
    let opened = hg_wire::bundle::open(file, Some(name))?;
    let url = [b"bundle:", name].concat();
    let mut operation = Operation::new(repo, "unshelve", &url);
    operation.bundle2 = matches!(opened, hg_wire::bundle::Bundle::V2 { .. });
    operation.target_phase = Phase::Draft;
    let mut parts = BundleParts::new(opened, Some(name))?;
    apply_parts(&mut parts, &mut operation)?;
    operation.close()
}

/// The shelved changes, newest first.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(repo: &Repo) -> Result<Vec<(SystemTime, Shelf)>> {
    let mut out = Vec::new();
    for name in names_with_patch(repo, DIRECTORY)? {
        let shelf = Shelf { name };
        if shelf.exists(repo) {
            out.push((shelf.modified(repo)?, shelf));
        }
    }
    out.sort_by(|a, b| (b.0, &b.1.name).cmp(&(a.0, &a.1.name)));
    Ok(out)
}

fn names_with_patch(repo: &Repo, directory: &str) -> Result<Vec<Vec<u8>>> {
    if !repo.vfs().is_dir(directory) {
        return Ok(Vec::new());
    }
    let entries = repo.vfs().read_dir(directory)?;
    let names = entries.iter().filter_map(|entry| entry.name.strip_suffix(b".patch"));
    Ok(names.map(<[u8]>::to_vec).collect())
}

/// A name that is free: `label`, or with a number.
///
/// # Errors
/// When there are too many.
pub fn free_name(repo: &Repo, label: &[u8]) -> Result<Vec<u8>> {
    let mut label: Vec<u8> =
        label.iter().map(|&byte| if byte == b'/' { b'_' } else { byte }).collect();
    if label.first() == Some(&b'.') {
        label[0] = b'_';
    }
    let numbered = (1..100).map(|number| format!("-{number:02}"));
    std::iter::once(String::new())
        .chain(numbered)
        .map(|end| [&label[..], end.as_bytes()].concat())
        .find(|name| !Shelf::new(name).is_taken(repo))
        .ok_or_else(|| {
            Error::abort([b"too many shelved changes named '", &label[..], b"'"].concat())
        })
}

/// Checks a name that the user gave.
///
/// # Errors
/// When it is taken or cannot be a name.
pub fn check_name(repo: &Repo, name: &[u8]) -> Result<()> {
    if Shelf::new(name).is_taken(repo) {
        let parts = [&b"a shelved change named '"[..], name, b"' already exists"];
        return Err(Error::abort(parts.concat()));
    }
    if name.contains(&b'/') || name.contains(&b'\\') {
        return Err(Error::abort("shelved change names can not contain slashes"));
    }
    if name.starts_with(b".") {
        return Err(Error::abort("shelved change names can not start with '.'"));
    }
    Ok(())
}

/// Removes the oldest backups but `max`; those as old as the oldest that stays are kept as well.
///
/// # Errors
/// When they cannot be read or removed.
pub fn trim_backups(repo: &Repo, max: usize) -> Result<()> {
    let mut backups = Vec::new();
    for name in names_with_patch(repo, BACKUPS)? {
        let shelf = Shelf { name };
        let stat = repo.vfs().stat(shelf.path(BACKUPS, "patch"))?;
        let modified = stat.and_then(|stat| stat.modified().ok());
        let age = modified.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        backups.push((age.map_or(0, |age| age.as_secs()), shelf));
    }
    backups.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
    let extra = backups.len().saturating_sub(max);
    let border = backups.get(extra).filter(|_| max > 0).map(|(age, _)| *age);
    for (age, shelf) in backups.iter().take(extra) {
        if Some(*age) != border {
            for extension in EXTENSIONS {
                repo.vfs().try_remove(shelf.path(BACKUPS, extension))?;
            }
        }
    }
    Ok(())
}

/// A changeset that holds changes for a while.
#[derive(Clone, Debug)]
pub struct Temporary {
    /// Its description.
    pub description: Vec<u8>,
    /// When it was made.
    pub date: HgDate,
    /// Who made it.
    pub user: Vec<u8>,
    /// The branch it is on, in UTF-8.
    pub branch: Vec<u8>,
    /// Files of it that are not tracked.
    pub unknown: Vec<HgPathBuf>,
}

impl Temporary {
    /// Stores what `status` says of the working directory; the dirstate follows.
    ///
    /// # Errors
    /// When a file cannot be read or stored.
    pub fn store(
        &self,
        tr: &Transaction,
        wdir: &mut WorkingDir,
        status: &Status,
        chosen: Option<MemoryFiles>,
    ) -> Result<Node> {
        let repo = wdir.repo().clone();
        let mut extra = BTreeMap::new();
        extra.insert(b"branch".to_vec(), self.branch.clone());
        extra.insert(b"internal".to_vec(), b"shelve".to_vec());
        if !self.unknown.is_empty() {
            let names: Vec<&[u8]> = self.unknown.iter().map(|path| path.as_bytes()).collect();
            extra.insert(UNKNOWN.to_vec(), names.join(&0));
        }
        let new = NewCommit {
            parents: [wdir.dirstate().p1(), Node::NULL],
            paths: changed_paths(status),
            user: self.user.clone(),
            date: self.date,
            description: self.description.clone(),
            extra,
            phase: Some(temporary_phase(&repo)),
            ..NewCommit::default()
        };
        let node = commit(&repo, tr, &new, &mut WorkingFiles::new(wdir, status, chosen)?)?;
        follow(wdir, status, node)?;
        Ok(node)
    }
}

/// Whether shelved changes stay in the repository, in a phase of their own.
#[must_use]
pub fn is_internal(repo: &Repo) -> bool {
    repo.requires(hg_format::requirements::name::INTERNAL_PHASE)
        && repo.config().get("shelve", "store") != Some(b"strip")
}

fn temporary_phase(repo: &Repo) -> Phase {
    if is_internal(repo) { Phase::Internal } else { Phase::Secret }
}

/// The files of a shelved changeset that were not tracked.
///
/// # Errors
/// When it cannot be read.
pub fn unknown_files(repo: &Repo, node: &Node) -> Result<Vec<HgPathBuf>> {
    let cl = repo.changelog()?;
    let extra = cl.entry_of(node)?.extra();
    let Some(names) = extra.get(UNKNOWN) else { return Ok(Vec::new()) };
    Ok(names.split(|&byte| byte == 0).map(HgPathBuf::from).collect())
}

/// Closes a transaction; what it says is a detail.
///
/// # Errors
/// When it cannot be closed.
pub fn close_quietly(repo: &Repo, tr: Transaction) -> Result<()> {
    let loud = repo.reporter();
    repo.set_reporter(Arc::new(crate::strip::quiet::Quiet(loud.clone())));
    let outcome = tr.close();
    repo.set_reporter(loud);
    outcome
}

/// Undoes a transaction without a word: that was its purpose.
pub fn undo(repo: &Repo, tr: Transaction) {
    let loud = repo.reporter();
    repo.set_reporter(Arc::new(Silent));
    tr.abort();
    repo.set_reporter(loud);
}

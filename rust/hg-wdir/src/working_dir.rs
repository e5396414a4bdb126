//! The working directory of an open repository.

use std::collections::HashSet;
use std::sync::Arc;

use hg_config::Config;
use hg_match::{IgnoreMatcher, Matcher};
use hg_store::{Location, Manifest, Repo};
use hg_types::{FileFlags, HgPath, Node, Result};
use hg_vfs::{IoResultExt as _, NodeKind, NodeStat, PathAuditor, Vfs, is_a_directory};

use crate::Dirstate;
use crate::copies::{Copies, Side, WorkingSide};
use crate::dirstate::{DataUpdate, Format};
use crate::status::file_text;

/// The working directory of an open repository: its dirstate, and what is ignored.
pub struct WorkingDir {
    repo: Repo,
    dirstate: Dirstate,
    ignore: Option<Arc<IgnoreMatcher>>,
    ignore_digest: Option<[u8; 20]>,
    check_exec: Option<bool>,
    p1_manifest: Option<(Node, Arc<Manifest>)>,
    /// Plugins are not asked.
    plain: bool,
    /// What a status finds is written with what else will change.
    pub(crate) writes_later: bool,
}

/// How the dirstate of `repo` is kept.
#[must_use]
pub fn dirstate_format(repo: &Repo) -> Format {
    Format {
        v2: repo.requires("dirstate-v2"),
        tracked_hint: repo.requires("dirstate-tracked-key-v1"),
        pending: repo.sees_pending(),
        update: DataUpdate::named(repo.config().get("devel", "dirstate.v2.data_update_mode")),
    }
}

/// The parents of the working directory, without reading more than them.
///
/// # Errors
/// When the dirstate cannot be read or is damaged.
pub fn parents(repo: &Repo) -> Result<[Node; 2]> {
    Ok(repo.wdir_parents())
}

/// Reads the dirstate, as the running transaction will leave it.
fn load_dirstate(repo: &Repo) -> Result<Dirstate> {
    let transaction = repo.current_transaction();
    let pending = transaction.map(|tr| tr.pending_file(Location::Hg, "dirstate")).transpose()?;
    crate::sync::wait(repo, "dirstate.pre-read-file")?;
    let after_docket = || crate::sync::wait(repo, "dirstate.post-docket-read-file");
    Dirstate::load_pending(repo.vfs(), dirstate_format(repo), pending.flatten(), &after_docket)
}

impl WorkingDir {
    /// Reads the dirstate.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn open(repo: &Repo) -> Result<Self> {
        let dirstate = load_dirstate(repo)?;
        Ok(Self {
            repo: repo.clone(),
            dirstate,
            ignore: None,
            ignore_digest: None,
            check_exec: None,
            p1_manifest: None,
            plain: false,
            writes_later: false,
        })
    }

    /// Asks no plugin that has replaced the methods of this: what replacements build upon.
    #[must_use]
    pub fn plainly(mut self) -> Self {
        self.plain = true;
        self
    }

    /// Whether plugins are asked.
    pub(crate) fn is_plain(&self) -> bool {
        self.plain
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The dirstate.
    #[must_use]
    pub fn dirstate(&self) -> &Dirstate {
        &self.dirstate
    }

    /// The dirstate, to be changed. The caller holds the lock of the working directory, and writes
    /// it with [`WorkingDir::write`].
    #[must_use]
    pub fn dirstate_mut(&mut self) -> &mut Dirstate {
        &mut self.dirstate
    }

    /// Writes the dirstate if it was changed: at once, or with the running transaction.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self) -> Result<()> {
        self.repo.note_wdir_parents(self.dirstate.parents());
        match self.repo.current_transaction() {
            Some(transaction) => self.dirstate.write_in(&transaction),
            None => self.dirstate.write(),
        }
    }

    /// Reads the dirstate again, forgetting changes.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn reload(&mut self) -> Result<()> {
        self.dirstate = load_dirstate(&self.repo)?;
        self.ignore = None;
        self.ignore_digest = None;
        Ok(())
    }

    /// What is ignored.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub fn ignore(&mut self) -> Result<Arc<IgnoreMatcher>> {
        if let Some(ignore) = &self.ignore {
            return Ok(ignore.clone());
        }
        let reporter = self.repo.reporter();
        let files = ignore_files(&self.repo.config(), self.repo.wvfs());
        if self.repo.requires("dirstate-v2") {
            // Before the rules are read: when they change meanwhile, it will show.
            self.ignore_digest = hg_match::ignore_digest(self.repo.root_bytes(), &files);
        }
        let warn = |text: &[u8]| reporter.warn(text);
        let loaded = IgnoreMatcher::load(self.repo.root_bytes(), files, &warn)?;
        let loaded = Arc::new(loaded);
        self.ignore = Some(loaded.clone());
        Ok(loaded)
    }

    /// What is ignored, or nothing when it does not matter.
    pub(crate) fn ignore_for(&mut self, matters: bool) -> Result<Arc<IgnoreMatcher>> {
        if matters { self.ignore() } else { Ok(Arc::new(IgnoreMatcher::nothing())) }
    }

    /// The digest of what is ignored, when it was read and is to be kept.
    pub(crate) fn ignore_digest(&self) -> Option<[u8; 20]> {
        self.ignore_digest.filter(|_| self.ignore.is_some())
    }

    /// The same, computed again.
    pub(crate) fn ignore_digest_now(&self) -> Option<[u8; 20]> {
        let files = ignore_files(&self.repo.config(), self.repo.wvfs());
        hg_match::ignore_digest(self.repo.root_bytes(), &files)
    }

    /// The manifest of the first parent.
    ///
    /// # Errors
    /// When the store is damaged.
    pub fn p1_manifest(&mut self) -> Result<Arc<Manifest>> {
        let p1 = self.dirstate.p1();
        if let Some((node, manifest)) = &self.p1_manifest
            && *node == p1
        {
            return Ok(manifest.clone());
        }
        let manifest = manifest_of(&self.repo, &p1)?;
        self.p1_manifest = Some((p1, manifest.clone()));
        Ok(manifest)
    }

    /// Whether the executable bit means anything on this file system.
    pub fn check_exec(&mut self) -> bool {
        // A file that is never executable tells nothing on the systems that are supported; where
        // permissions cannot be set, the answer is kept as upstream keeps it.
        *self.check_exec.get_or_insert(true)
    }

    /// The flags and content of a file of the working directory; `None` when it is not there or is
    /// neither a file nor a symbolic link.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_file(&self, path: &HgPath) -> Result<Option<(FileFlags, Vec<u8>)>> {
        // A status that lists nothing looks through links; nothing is read there.
        PathAuditor::new(self.repo.wvfs().clone()).check(path.as_bytes())?;
        let Some(flags) = self.file_flags(path)? else {
            return Ok(None);
        };
        let text = file_text(&self.repo, path, flags == FileFlags::Symlink)?;
        Ok(text.map(|text| (flags, text)))
    }

    /// The flags and content of a file of the working directory that should be there.
    ///
    /// # Errors
    /// When it is not there, is something else, or cannot be read.
    pub fn read_existing(&self, path: &HgPath) -> Result<(FileFlags, Vec<u8>)> {
        if let Some(read) = self.read_file(path)? {
            return Ok(read);
        }
        self.lstat_existing(path)?;
        Ok(Err(is_a_directory()).when("reading", self.repo.wvfs().join(path))?)
    }

    /// The flags of a file of the working directory; `None` as for [`WorkingDir::read_file`].
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn file_flags(&self, path: &HgPath) -> Result<Option<FileFlags>> {
        Ok(self.lstat(path)?.and_then(|stat| flags_of(&stat)))
    }

    /// Whether a file of the working directory differs from a revision of it.
    ///
    /// # Errors
    /// When the store is damaged or the file cannot be read.
    pub fn differs_from(&self, path: &HgPath, node: Node, flags: FileFlags) -> Result<bool> {
        let Some((now, text)) = self.read_file(path)? else {
            return Ok(true);
        };
        if now != flags {
            return Ok(true);
        }
        let filelog = self.repo.filelog(path)?;
        filelog.cmp(filelog.rev(&node)?, &text)
    }

    /// The recorded copies of tracked files that match, whose source the first parent has.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged.
    pub fn copies(&mut self, matcher: &Matcher) -> Result<Copies> {
        let manifest = self.p1_manifest()?;
        self.recorded_copies(matcher, &[manifest])
    }

    /// The recorded copies of tracked files that match, whose source one of the parents has.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged.
    pub fn copies_from_parents(&mut self, matcher: &Matcher) -> Result<Copies> {
        let mut manifests = vec![self.p1_manifest()?];
        if self.dirstate.in_merge() {
            manifests.push(manifest_of(&self.repo, &self.dirstate.p2())?);
        }
        self.recorded_copies(matcher, &manifests)
    }

    fn recorded_copies(&self, matcher: &Matcher, parents: &[Arc<Manifest>]) -> Result<Copies> {
        let mut out = Copies::new();
        for (path, source) in self.dirstate.copies()? {
            if matcher.matches(&path)
                && parents.iter().any(|manifest| manifest.contains(&source))
                && self.dirstate.is_tracked(&path)?
            {
                out.insert(path, source);
            }
        }
        Ok(out)
    }

    /// What copy tracing must know about this working directory.
    ///
    /// # Errors
    /// When the dirstate or the store is damaged.
    pub fn copies_side(&mut self) -> Result<Side> {
        let p1 = self.repo.changelog()?.rev(&self.dirstate.p1())?;
        let mut files = HashSet::new();
        let mut copies = Copies::new();
        self.dirstate.for_each(&mut |item| {
            if item.entry.tracked {
                files.insert(item.path.to_owned());
                if let Some(source) = item.copy_source {
                    copies.insert(item.path.to_owned(), source.to_owned());
                }
            }
            Ok(())
        })?;
        Ok(Side::Working(WorkingSide { p1, copies, files: Arc::new(files) }))
    }
}

/// The flags of a file that looks so; `None` when it cannot be tracked.
#[must_use]
pub fn flags_of(stat: &NodeStat) -> Option<FileFlags> {
    Some(match stat.kind {
        NodeKind::Symlink => FileFlags::Symlink,
        NodeKind::File if stat.is_executable() => FileFlags::Executable,
        NodeKind::File => FileFlags::Regular,
        _ => return None,
    })
}

/// The manifest of a changeset; empty for the null revision.
///
/// # Errors
/// When the store is damaged, or there is no such changeset.
pub fn manifest_of(repo: &Repo, node: &Node) -> Result<Arc<Manifest>> {
    if node.is_null() {
        return Ok(Arc::new(Manifest::default()));
    }
    let entry = repo.changelog()?.entry_of(node)?;
    repo.manifest(&entry.manifest())
}

/// The ignore files: `.hgignore` when there is one, then `ui.ignore` and `ui.ignore.*`.
#[must_use]
pub fn ignore_files(config: &Config, wvfs: &Vfs) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let full = |name: &[u8]| hg_match::join_path(wvfs.base_bytes(), name);
    if wvfs.lexists(".hgignore") {
        out.push(full(b".hgignore"));
    }
    for (name, value) in config.items("ui") {
        if name == b"ignore" || name.starts_with(b"ignore.") {
            let path = hg_config::expand_path(config.environment(), value);
            out.push(full(&path));
        }
    }
    out
}

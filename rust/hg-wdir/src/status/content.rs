//! Comparing the content of files whose size and time tell nothing.

use hg_format::dirstate::v2::DirectoryCache;
use hg_format::dirstate::{Metadata, Timestamp};
use hg_format::manifest::ManifestEntry;
use hg_store::{Manifest, Repo, RepoLock};
use hg_types::{FileFlags, HgPath, HgPathBuf, Result};
use hg_vfs::{DirHandle, IoResultExt as _, NodeKind, NodeStat};
use rayon::prelude::*;

use super::Status;
use crate::WorkingDir;
use crate::dirstate::{Findings, Written};
use crate::filter::encode;
use crate::time::FileClock;

/// What comparing a file's content gave.
enum Verdict {
    Modified,
    Deleted,
    /// Unchanged, and how it looked before it was read.
    Clean(NodeStat),
}

/// What a walk leaves to be settled.
pub(super) struct Seen<'a> {
    /// Files of which only content tells, in order.
    pub(super) unsure: Vec<&'a HgPath>,
    /// Directories that need not be listed again.
    pub(super) caches: Vec<(HgPathBuf, DirectoryCache)>,
    /// Whether clean files are reported.
    pub(super) list_clean: bool,
    /// Whether the executable bit means anything on this file system.
    pub(super) check_exec: bool,
}

/// What became of what was found clean.
pub(super) enum Noted {
    /// Nothing.
    Nothing,
    /// It is in the file, which nobody else changes as long as the lock is held.
    Written(Written, RepoLock),
    /// The dirstate is to know it, whoever writes that.
    ToBeKept(Vec<(HgPathBuf, Metadata, Option<Timestamp>)>),
}

/// So many files are compared before their verdicts are sorted: what is in hand at one time is bounded.
const BATCH: usize = 4096;
/// So many files are one processor's at a time.
const NEIGHBOURS: usize = 8;

impl WorkingDir {
    /// Sorts the unsure files into `status`, and writes down which are clean, with the directories
    /// that need not be listed again.
    pub(super) fn settle(&self, seen: Seen<'_>, status: &mut Status) -> Result<Noted> {
        let Seen { unsure, caches, list_clean, check_exec } = seen;
        if unsure.is_empty() {
            return self.note(Vec::new(), caches, &status.unknown);
        }
        // Taken before anything is read: what was changed later cannot be vouched for.
        let clock = FileClock::now(self.repo());
        let repo = self.repo();
        let manifest = crate::manifest_of(repo, &self.dirstate().p1())?;
        let root = DirHandle::open(repo.root()).when("opening", repo.root())?;
        let comparer = Comparer { repo, root, manifest: &manifest, check_exec };
        let mut clean = Vec::new();
        for batch in unsure.chunks(BATCH) {
            let verdicts: Vec<Vec<Verdict>> = if batch.len() <= NEIGHBOURS {
                // Not worth waking a second processor.
                vec![comparer.compare_all(batch)?]
            } else {
                let chunks = batch.par_chunks(NEIGHBOURS);
                chunks.map(|paths| comparer.compare_all(paths)).collect::<Result<_>>()?
            };
            for (&path, verdict) in batch.iter().zip(verdicts.into_iter().flatten()) {
                match verdict {
                    Verdict::Modified => status.modified.push(path.to_owned()),
                    Verdict::Deleted => status.deleted.push(path.to_owned()),
                    Verdict::Clean(stat) => {
                        if list_clean {
                            status.clean.push(path.to_owned());
                        }
                        let time = clock.and_then(|clock| clock.reliable(&stat));
                        clean.push((path, metadata_of(&stat), time));
                    }
                }
            }
        }
        status.modified.sort_unstable();
        status.deleted.sort_unstable();
        status.clean.sort_unstable();
        drop(unsure);
        self.note(clean, caches, &status.unknown)
    }

    /// Writes down what was found clean, if nobody has written since and nobody holds the lock.
    fn note(
        &self,
        clean: Vec<(&HgPath, Metadata, Option<Timestamp>)>,
        caches: Vec<(HgPathBuf, DirectoryCache)>,
        unknown: &[HgPathBuf],
    ) -> Result<Noted> {
        if clean.is_empty() && caches.is_empty() {
            return Ok(Noted::Nothing);
        }
        let repo = self.repo();
        crate::sync::wait(repo, "status.pre-dirstate-write-file")?;
        let Ok(lock) = repo.wlock_with(false) else {
            return Ok(Noted::Nothing);
        };
        if !self.dirstate().is_current() {
            repo.reporter().debug(b"skip updating dirstate: identity mismatch\n");
            return Ok(Noted::Nothing);
        }
        if self.writes_later || self.dirstate().is_dirty() || repo.current_transaction().is_some() {
            // Whoever made the other changes writes them all.
            let owned =
                |(path, metadata, mtime): (&HgPath, _, _)| (path.to_owned(), metadata, mtime);
            return Ok(Noted::ToBeKept(clean.into_iter().map(owned).collect()));
        }
        let mut found = Findings::new(clean);
        if let Some(digest) = self.ignore_digest().filter(|_| !caches.is_empty())
            && self.ignore_digest_now() == Some(digest)
        {
            found.add_directories(digest, caches, unknown);
        }
        if found.is_empty() {
            return Ok(Noted::Nothing);
        }
        match self.dirstate().write_found(&found) {
            // A repository that cannot be written to can be read all the same.
            Err(error) if error.kind == hg_types::ErrorKind::Io => Ok(Noted::Nothing),
            other => other.map(|written| Noted::Written(written, lock)),
        }
    }

    /// Brings the dirstate in memory up to date.
    pub(super) fn take_note(&mut self, noted: Noted) -> Result<()> {
        match noted {
            Noted::Nothing => Ok(()),
            Noted::Written(written, _lock) => self.dirstate_mut().take_written(written),
            Noted::ToBeKept(clean) => clean.iter().try_for_each(|(path, metadata, mtime)| {
                self.dirstate_mut().set_clean(path, *metadata, *mtime)
            }),
        }
    }
}

/// What the dirstate keeps about a file that looks so.
pub(crate) fn metadata_of(stat: &NodeStat) -> Metadata {
    Metadata {
        size: u32::try_from(stat.size & 0x7fff_ffff).unwrap_or_default(),
        executable: stat.is_executable(),
        symlink: stat.kind == NodeKind::Symlink,
    }
}

/// What comparing needs.
struct Comparer<'a> {
    repo: &'a Repo,
    root: DirHandle,
    manifest: &'a Manifest,
    check_exec: bool,
}

impl Comparer<'_> {
    /// Compares files that stand near each other.
    fn compare_all(&self, paths: &[&HgPath]) -> Result<Vec<Verdict>> {
        let mut finder = self.manifest.finder();
        paths.iter().map(|path| self.compare(path, finder.get(path))).collect()
    }

    fn compare(&self, path: &HgPath, entry: Option<ManifestEntry>) -> Result<Verdict> {
        let full = || self.repo.wvfs().join(path);
        let read = match self.root.read_file(path.as_bytes()) {
            Ok(read) => read.filter(|(stat, _)| stat.kind == NodeKind::File),
            Err(error) => return Ok(Err(error).when("reading", full())?),
        };
        let (stat, text) = match read {
            Some((stat, text)) => (stat, Some(text)),
            None => match NodeStat::of(&full()).when("reading", full())? {
                Some(stat) => (stat, None),
                None => return Ok(Verdict::Deleted),
            },
        };
        let Some(entry) = entry else {
            return Ok(Verdict::Modified);
        };
        let flags = match stat.kind {
            NodeKind::Symlink => FileFlags::Symlink,
            NodeKind::File if !self.check_exec && entry.flags != FileFlags::Symlink => entry.flags,
            NodeKind::File if stat.is_executable() => FileFlags::Executable,
            NodeKind::File => FileFlags::Regular,
            _ => return Ok(Verdict::Deleted),
        };
        if flags != entry.flags {
            return Ok(Verdict::Modified);
        }
        let text = match text {
            Some(text) => encode(self.repo, path, text.into())?.into_owned(),
            None => match file_text(self.repo, path, stat.kind == NodeKind::Symlink)? {
                Some(text) => text,
                None => return Ok(Verdict::Deleted),
            },
        };
        let filelog = self.repo.filelog(path)?;
        let differs = filelog.cmp(filelog.rev(&entry.node)?, &text)?;
        Ok(if differs { Verdict::Modified } else { Verdict::Clean(stat) })
    }
}

/// The content of a file of the working directory as it would be stored, the target of a symbolic link;
/// `None` when it is not there.
pub(crate) fn file_text(repo: &Repo, path: &HgPath, symlink: bool) -> Result<Option<Vec<u8>>> {
    let read = if symlink { repo.wvfs().readlink(path) } else { repo.wvfs().read(path) };
    match read {
        Ok(text) => Ok(Some(encode(repo, path, text.into())?.into_owned())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

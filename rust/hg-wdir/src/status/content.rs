//! Comparing the content of files whose size and time tell nothing.

use hg_format::dirstate::v2::DirectoryCache;
use hg_format::dirstate::{Metadata, Timestamp};
use hg_store::Manifest;
use hg_store::Repo;
use hg_types::{FileFlags, HgPath, HgPathBuf, Result};
use hg_vfs::{IoResultExt as _, NodeKind, NodeStat};
use rayon::prelude::*;

use super::Status;
use crate::WorkingDir;
use crate::time::FileClock;

/// What comparing a file's content gave.
enum Verdict {
    Modified,
    Deleted,
    /// Unchanged, and how it looked before it was read.
    Clean(NodeStat),
}

impl WorkingDir {
    /// Sorts the unsure files into `status`, and notes the clean ones in the dirstate, with the
    /// directories that need not be listed again.
    pub(super) fn settle(
        &mut self,
        unsure: Vec<HgPathBuf>,
        caches: Vec<(HgPathBuf, DirectoryCache)>,
        list_clean: bool,
        status: &mut Status,
    ) -> Result<()> {
        if unsure.is_empty() {
            return self.note(&[], caches);
        }
        // Taken before anything is read: what was changed later cannot be vouched for.
        let clock = FileClock::now(self.repo());
        let manifest = self.p1_manifest()?;
        let repo = self.repo().clone();
        let check_exec = self.check_exec();
        let judge = |path: HgPathBuf| -> Result<(HgPathBuf, Verdict)> {
            let verdict = compare_content(&repo, &manifest, &path, check_exec)?;
            Ok((path, verdict))
        };
        let verdicts: Vec<_> = if unsure.len() < 8 {
            unsure.into_iter().map(judge).collect::<Result<_>>()?
        } else {
            unsure.into_par_iter().map(judge).collect::<Result<_>>()?
        };
        let mut clean = Vec::new();
        for (path, verdict) in verdicts {
            match verdict {
                Verdict::Modified => status.modified.push(path),
                Verdict::Deleted => status.deleted.push(path),
                Verdict::Clean(stat) => {
                    if list_clean {
                        status.clean.push(path.clone());
                    }
                    clean.push((path, metadata_of(&stat), clock.and_then(|c| c.reliable(&stat))));
                }
            }
        }
        status.modified.sort_unstable();
        status.deleted.sort_unstable();
        status.clean.sort_unstable();
        self.note(&clean, caches)
    }

    /// Writes down what was found clean, if nobody has written since and nobody holds the lock.
    fn note(
        &mut self,
        clean: &[(HgPathBuf, Metadata, Option<Timestamp>)],
        caches: Vec<(HgPathBuf, DirectoryCache)>,
    ) -> Result<()> {
        if clean.is_empty() && caches.is_empty() {
            return Ok(());
        }
        let repo = self.repo().clone();
        crate::sync::wait(&repo, "status.pre-dirstate-write-file")?;
        let was_dirty = self.dirstate().is_dirty();
        let Ok(_lock) = repo.wlock_with(false) else {
            return Ok(());
        };
        if !self.dirstate().is_current() {
            repo.reporter().debug(b"skip updating dirstate: identity mismatch\n");
            return Ok(());
        }
        for (path, metadata, mtime) in clean {
            self.dirstate_mut().set_clean(path, *metadata, *mtime)?;
        }
        if was_dirty || repo.current_transaction().is_some() {
            // Whoever made the other changes writes them all.
            return Ok(());
        }
        if let Some(digest) = self.ignore_digest().filter(|_| !caches.is_empty())
            && self.ignore_digest_now() == Some(digest)
        {
            self.dirstate_mut().note_directories(digest, caches);
        }
        match self.dirstate_mut().write() {
            // A repository that cannot be written to can be read all the same.
            Err(error) if error.kind == hg_types::ErrorKind::Io => Ok(()),
            other => other,
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

fn compare_content(
    repo: &Repo,
    manifest: &Manifest,
    path: &HgPath,
    check_exec: bool,
) -> Result<Verdict> {
    let full = repo.wvfs().join(path);
    let Some(stat) = NodeStat::of(&full).when("reading", &full)? else {
        return Ok(Verdict::Deleted);
    };
    let Some(entry) = manifest.get(path) else {
        return Ok(Verdict::Modified);
    };
    let flags = match stat.kind {
        NodeKind::Symlink => FileFlags::Symlink,
        NodeKind::File if !check_exec && entry.flags != FileFlags::Symlink => entry.flags,
        NodeKind::File if stat.is_executable() => FileFlags::Executable,
        NodeKind::File => FileFlags::Regular,
        _ => return Ok(Verdict::Deleted),
    };
    if flags != entry.flags {
        return Ok(Verdict::Modified);
    }
    let Some(text) = file_text(repo, path, stat.kind == NodeKind::Symlink)? else {
        return Ok(Verdict::Deleted);
    };
    let filelog = repo.filelog(path)?;
    let differs = filelog.cmp(filelog.rev(&entry.node)?, &text)?;
    Ok(if differs { Verdict::Modified } else { Verdict::Clean(stat) })
}

/// The content of a file of the working directory as it would be stored, the target of a symbolic link;
/// `None` when it is not there.
pub(crate) fn file_text(repo: &Repo, path: &HgPath, symlink: bool) -> Result<Option<Vec<u8>>> {
    let read = if symlink { repo.wvfs().readlink(path) } else { repo.wvfs().read(path) };
    match read {
        Ok(text) => Ok(Some(crate::filter::encode(repo, path, text.into())?.into_owned())),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

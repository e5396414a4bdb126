//! Contents and kinds of files, from history or the working directory, for any thread.

use std::sync::Arc;

use hg_store::{Manifest, Repo};
use hg_types::{FileFlags, HgPath, Result};
use hg_wdir::WorkingDir;

use crate::changes;

use super::env::Env;

/// Reads the files of a revision or of the working directory.
#[derive(Clone)]
pub(super) struct Contents {
    repo: Repo,
    /// `None` for the working directory.
    manifest: Option<Arc<Manifest>>,
    wdir: Arc<std::sync::Mutex<WorkingDir>>,
}

impl Contents {
    pub(super) fn of(env: &Env<'_>) -> Result<Self> {
        let manifest = match env.rev.is_wdir() {
            true => None,
            false => Some(changes::manifest(env.ctx, env.rev)?),
        };
        let wdir = Arc::new(std::sync::Mutex::new(WorkingDir::open(&env.ctx.repo)?));
        Ok(Self { repo: env.ctx.repo.clone(), manifest, wdir })
    }

    /// The kind of a file; `None` when it is not there.
    pub(super) fn flags(&self, path: &HgPath) -> Option<FileFlags> {
        match &self.manifest {
            Some(manifest) => manifest.contains(path).then(|| manifest.flags(path)),
            None => self.wdir.lock().ok()?.file_flags(path).ok().flatten(),
        }
    }

    /// The content of a file; `None` when it is not there or cannot be read.
    pub(super) fn read(&self, path: &HgPath) -> Option<Vec<u8>> {
        match &self.manifest {
            Some(manifest) => {
                let node = manifest.node(path)?;
                let log = self.repo.filelog(path).ok()?;
                log.read_node(&node).ok().map(hg_store::filelog::FileContent::into_vec)
            }
            None => {
                let file = self.wdir.lock().ok()?.read_file(path).ok()?;
                file.map(|(_, content)| content)
            }
        }
    }

    /// The size of a file; `None` when it is not there.
    pub(super) fn size(&self, path: &HgPath) -> Option<u64> {
        match &self.manifest {
            Some(manifest) => {
                let node = manifest.node(path)?;
                let log = self.repo.filelog(path).ok()?;
                u64::try_from(log.size(log.rev(&node).ok()?).ok()?).ok()
            }
            None => {
                self.flags(path)?;
                std::fs::symlink_metadata(self.repo.wvfs().join(path)).ok().map(|stat| stat.len())
            }
        }
    }
}

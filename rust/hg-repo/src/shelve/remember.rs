//! How files are tracked, kept over the end of a transaction that is undone.

use std::collections::BTreeSet;

use hg_store::Repo;
use hg_types::{HgPathBuf, Result};
use hg_wdir::WorkingDir;
use hg_wdir::dirstate::{FileUpdate, Record};

/// What the dirstate says about some files.
pub struct Remembered {
    records: Vec<(HgPathBuf, Option<Record>)>,
    branch: Vec<u8>,
}

impl Remembered {
    /// Notes how `paths` are tracked.
    ///
    /// # Errors
    /// When the dirstate cannot be read.
    pub fn look(repo: &Repo, paths: BTreeSet<HgPathBuf>) -> Result<Self> {
        let wdir = WorkingDir::open(repo)?;
        let mut records = Vec::new();
        for path in paths {
            let record = wdir.dirstate().record(&path)?;
            records.push((path, record));
        }
        Ok(Self { records, branch: hg_wdir::branch::read(repo)? })
    }

    /// The same, for what is tracked without `unknown`.
    ///
    /// # Errors
    /// When the dirstate cannot be read or written.
    pub fn without(repo: &Repo, paths: BTreeSet<HgPathBuf>, unknown: &[HgPathBuf]) -> Result<Self> {
        let mut wdir = WorkingDir::open(repo)?;
        for path in unknown {
            wdir.dirstate_mut().set_untracked(path)?;
        }
        wdir.write()?;
        Self::look(repo, paths)
    }

    /// Remembers the branch as it is now.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn on_branch(self, repo: &Repo) -> Result<Self> {
        Ok(Self { branch: hg_wdir::branch::read(repo)?, ..self })
    }

    /// Makes the dirstate say so again. The parents are what they are now.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn restore(self, repo: &Repo) -> Result<()> {
        let mut wdir = WorkingDir::open(repo)?;
        let p1 = wdir.p1_manifest()?;
        for (path, record) in self.records {
            let tracked = record.as_ref().is_some_and(|record| record.entry.tracked);
            let update = FileUpdate {
                tracked,
                p1_tracked: p1.contains(&path),
                possibly_dirty: true,
                ..FileUpdate::default()
            };
            wdir.dirstate_mut().update_file(&path, update)?;
            let source = record.and_then(|record| record.copy_source);
            if tracked {
                wdir.dirstate_mut().set_copy(&path, source.as_deref())?;
            }
        }
        wdir.write()?;
        hg_wdir::branch::write(repo, &self.branch)
    }
}

//! A dirstate as it is on disk, kept for putting it back.

use hg_format::dirstate::v2::Docket;
use hg_store::Repo;
use hg_types::{Node, Result};

use super::Dirstate;
use super::file::{FILE, data_name};

/// What the files of a dirstate hold at one moment.
pub struct SavedDirstate {
    file: Option<Vec<u8>>,
    /// For version 2, the name of the data file and what is in it.
    data: Option<(Vec<u8>, Vec<u8>)>,
    parents: [Node; 2],
}

impl SavedDirstate {
    /// Keeps the dirstate of a working directory whose lock is held.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn take(repo: &Repo) -> Result<Self> {
        let file = repo.vfs().try_read(FILE)?;
        let docket = file.as_deref().and_then(|bytes| Docket::decode(bytes).ok());
        let data = match docket {
            Some(docket) => {
                let name = data_name(&docket.id);
                repo.vfs().try_read(&name)?.map(|bytes| (name, bytes))
            }
            None => None,
        };
        Ok(Self { file, data, parents: Dirstate::read_parents(repo.vfs())? })
    }

    /// Puts it back, unless the working directory has other parents by now.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn restore(self, repo: &Repo) -> Result<()> {
        let vfs = repo.vfs();
        if Dirstate::read_parents(vfs)? != self.parents || vfs.try_read(FILE)? == self.file {
            return Ok(());
        }
        if let Some((name, bytes)) = &self.data
            && !vfs.lexists(name)
        {
            vfs.write_atomic(name, bytes)?;
        }
        match self.file {
            Some(file) => vfs.write_atomic(FILE, &file)?,
            None => {
                vfs.try_remove(FILE)?;
            }
        }
        Ok(())
    }
}

//! The changelog: the revlog of changesets, the last to be written in every transaction.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use hg_format::changeset::{ChangesetEntry, NewChangeset};
use hg_format::side_data::ChangedFiles;
use hg_types::{Error, Node, Result, Revision};
use rayon::prelude::*;

use crate::revlog::{
    NewRevision, Revlog, RevlogFiles, RevlogName, RevlogOptions, RevlogTransaction,
};

/// Fewer changesets are not worth a thread.
const READ_TOGETHER: usize = 64;
/// Name of the changelog's files without their extensions.
const RADIX: &[u8] = b"00changelog";

/// All changesets; cheap to clone. Graph questions and the rest of [`Revlog`] are there by
/// dereferencing.
#[derive(Clone, Debug)]
pub struct Changelog {
    revlog: Revlog,
}

impl Changelog {
    /// Opens the changelog. With `pending`, what a running transaction of another process has
    /// made visible to its hooks is read too.
    ///
    /// # Errors
    /// When the index cannot be read or is damaged.
    pub fn open(
        files: Arc<dyn RevlogFiles>,
        options: &RevlogOptions,
        pending: bool,
    ) -> Result<Self> {
        let options = RevlogOptions { changelog: true, pending, ..options.clone() };
        let name = RevlogName::new(RADIX);
        let mut index_file = name.index_file();
        if pending {
            let pending_file = [&index_file[..], b".a"].concat();
            if files.try_map(&pending_file)?.is_some() {
                index_file = pending_file;
            }
        }
        let revlog = Revlog::open_index(files, name, Arc::new(options), &index_file)?;
        Ok(Self { revlog })
    }

    /// A changelog that is kept elsewhere, such as in a bundle.
    #[must_use]
    pub fn from_revlog(revlog: Revlog) -> Self {
        Self { revlog }
    }

    /// The changeset of a revision; the empty one for null.
    ///
    /// # Errors
    /// When it cannot be read or is no changeset.
    pub fn entry(&self, rev: Revision) -> Result<ChangesetEntry> {
        let text = self.revlog.revision(rev)?;
        ChangesetEntry::decode(text).map_err(|source| {
            let message = format!("cannot read changeset {rev}: {source}");
            Error::storage(message).because(source)
        })
    }

    /// The changesets of some revisions, read in parallel.
    pub fn entries(&self, revs: &[Revision]) -> Vec<Result<ChangesetEntry>> {
        revs.par_iter().with_min_len(READ_TOGETHER).map(|&rev| self.entry(rev)).collect()
    }

    /// The changeset with a node id.
    ///
    /// # Errors
    /// When there is none or it cannot be read.
    pub fn entry_of(&self, node: &Node) -> Result<ChangesetEntry> {
        self.entry(self.revlog.rev(node)?)
    }

    /// Stores a changeset, with what it does to files where such side data is kept; it becomes visible to other processes when the transaction closes.
    ///
    /// # Errors
    /// When the user name cannot be stored, or writing fails.
    pub fn add(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        changeset: &NewChangeset,
        [p1, p2]: [Revision; 2],
        files: Option<&ChangedFiles>,
    ) -> Result<(Revision, Node)> {
        check_user(&changeset.user)?;
        let linkrev = Revision::from_index(self.revlog.len());
        let new = NewRevision::new(changeset.encode(), p1, p2, linkrev);
        let rev = match files {
            None => self.revlog.add_revision(tr, &new)?,
            Some(files) => self.revlog.add_with_side_data(tr, &new, files)?,
        };
        Ok((rev, self.revlog.node(rev)))
    }
}

fn check_user(user: &[u8]) -> Result<()> {
    if user.is_empty() {
        return Err(Error::storage("empty username"));
    }
    if user.contains(&b'\n') {
        let user = user.escape_ascii().to_string();
        return Err(Error::storage(format!("username '{user}' contains a newline")));
    }
    Ok(())
}

impl Deref for Changelog {
    type Target = Revlog;
    fn deref(&self) -> &Revlog {
        &self.revlog
    }
}

impl DerefMut for Changelog {
    fn deref_mut(&mut self) -> &mut Revlog {
        &mut self.revlog
    }
}

//! Files as changesets have them, for changesets that are made of others.

use hg_match::Matcher;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, Node, Result};
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::manifest_of;

use super::file::{FileSource, FileVersion};

/// The files of a changeset, with the copies that were made since another one.
pub struct StoredFiles {
    repo: Repo,
    manifest: std::sync::Arc<Manifest>,
    copies: Copies,
}

impl StoredFiles {
    /// The files of `node`, copied since `base`.
    ///
    /// # Errors
    /// When a changeset or its manifest cannot be read.
    pub fn new(repo: &Repo, base: Node, node: Node) -> Result<Self> {
        let cl = repo.changelog()?;
        let sides = [Side::Revision(cl.rev(&base)?), Side::Revision(cl.rev(&node)?)];
        let copies = path_copies(repo, &sides[0], &sides[1], &Matcher::always())?;
        Ok(Self { repo: repo.clone(), manifest: manifest_of(repo, &node)?, copies })
    }
}

impl FileSource for StoredFiles {
    fn read(&mut self, path: &HgPath) -> Result<Option<FileVersion>> {
        let Some(entry) = self.manifest.get(path) else { return Ok(None) };
        let content = self.repo.filelog(path)?.read_node(&entry.node)?.into_vec();
        let copied_from = self.copies.get(path).cloned();
        Ok(Some(FileVersion { content, flags: entry.flags, copied_from }))
    }
}

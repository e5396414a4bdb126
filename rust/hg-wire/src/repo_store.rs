//! The store of an open repository as source and sink of changegroups.

use std::sync::Arc;

use hg_store::{Changelog, Filelog, ManifestLog, Repo};
use hg_types::{HgPath, Result};

use crate::generate::Stores;
use crate::take::Sink;

impl Stores for Repo {
    fn changelog(&self) -> Result<Arc<Changelog>> {
        Self::changelog(self)
    }

    fn manifests(&self) -> Result<Arc<ManifestLog>> {
        self.manifest_log()
    }

    fn filelog(&self, path: &HgPath) -> Result<Filelog> {
        Self::filelog(self, path)
    }
}

/// The store of a repository with a running transaction.
pub struct RepoSink<'a>(pub &'a Repo);

impl Stores for RepoSink<'_> {
    fn changelog(&self) -> Result<Arc<Changelog>> {
        self.0.changelog()
    }

    fn manifests(&self) -> Result<Arc<ManifestLog>> {
        self.0.manifest_log()
    }

    fn filelog(&self, path: &HgPath) -> Result<Filelog> {
        self.0.filelog(path)
    }
}

impl Sink for RepoSink<'_> {
    fn put_changelog(&mut self, changelog: Changelog) {
        self.0.set_changelog(changelog);
    }

    fn put_manifests(&mut self, manifests: ManifestLog) {
        self.0.set_manifest_log(manifests);
    }

    // Filelogs are read from their files again when somebody asks.
    fn put_filelog(&mut self, _: &HgPath, _: Filelog) {}
}

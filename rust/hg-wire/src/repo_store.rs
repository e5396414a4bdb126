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

/// The store of a repository as a sink: with a running transaction, or with something in memory on top.
pub struct RepoSink<'a> {
    repo: &'a Repo,
    keeps_filelogs: bool,
}

impl<'a> RepoSink<'a> {
    /// Over a running transaction: filelogs are read from their files again when somebody asks.
    #[must_use]
    pub const fn new(repo: &'a Repo) -> Self {
        Self { repo, keeps_filelogs: false }
    }

    /// In memory: nothing is in files, so that filelogs are kept too.
    #[must_use]
    pub const fn overlay(repo: &'a Repo) -> Self {
        Self { repo, keeps_filelogs: true }
    }
}

impl Stores for RepoSink<'_> {
    fn changelog(&self) -> Result<Arc<Changelog>> {
        self.repo.changelog()
    }

    fn manifests(&self) -> Result<Arc<ManifestLog>> {
        self.repo.manifest_log()
    }

    fn filelog(&self, path: &HgPath) -> Result<Filelog> {
        self.repo.filelog(path)
    }
}

impl Sink for RepoSink<'_> {
    fn put_changelog(&mut self, changelog: Changelog) {
        self.repo.set_changelog(changelog);
    }

    fn put_manifests(&mut self, manifests: ManifestLog) {
        self.repo.set_manifest_log(manifests);
    }

    fn put_filelog(&mut self, _: &HgPath, filelog: Filelog) {
        if self.keeps_filelogs {
            self.repo.overlay_filelog(filelog);
        }
    }
}

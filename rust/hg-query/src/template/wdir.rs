//! The working directory as a changeset that is yet to be made.

use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_store::manifest::Manifest;
use hg_store::{Changelog, Repo};
use hg_types::{HgPath, Result, Revision};

use super::changeset::{Copied, FileLists};

pub(super) fn parents(repo: &Repo, changelog: &Changelog) -> Result<[Revision; 2]> {
    let _ = (repo, changelog);
    Ok([Revision::NULL; 2])
}

pub(super) fn entry(_: &Repo) -> Result<ChangesetEntry> {
    Ok(ChangesetEntry::null())
}

pub(super) fn manifest(_: &Repo) -> Result<Arc<Manifest>> {
    Ok(Arc::default())
}

pub(super) fn file_lists(_: &Repo) -> Result<FileLists> {
    Ok(FileLists::default())
}

pub(super) fn copies(_: &Repo) -> Result<Vec<Copied>> {
    Ok(Vec::new())
}

pub(super) fn size(_: &Repo, _: &HgPath) -> Option<i64> {
    None
}

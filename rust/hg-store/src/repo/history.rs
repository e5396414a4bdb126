//! Changelog, manifests and filelogs of the open repository.

use std::sync::{Arc, PoisonError};

use hg_format::requirements::name;
use hg_format::revlog::Compression;
use hg_types::{Error, HgPath, Node, Result};

use super::Repo;
use super::parts::{FilelogOptions, Key};
use crate::revlog::{RevlogFiles, RevlogOptions};
use crate::{Changelog, Filelog, Manifest, ManifestLog};

impl Repo {
    /// The files of the store as revlogs want them.
    #[must_use]
    pub fn revlog_files(&self) -> Arc<dyn RevlogFiles> {
        Arc::new(self.store_vfs().clone())
    }

    /// How revlogs of this repository are written.
    ///
    /// # Errors
    /// When an item of the configuration is malformed.
    pub fn revlog_options(&self) -> Result<RevlogOptions> {
        let config = self.config();
        if let Some(size) = config.find_bytes("format", "chunkcachesize")? {
            check_chunk_cache_size(size)?;
        }
        let mut options = RevlogOptions {
            general_delta: self.requires(name::GENERALDELTA),
            sparse: self.requires(name::SPARSE_REVLOG),
            compression: if self.requires(name::ZSTD) {
                Compression::Zstd(level(config.find_int("storage", "revlog.zstd.level")?, 3))
            } else if self.requires(name::NO_COMPRESSION) {
                Compression::None
            } else {
                Compression::Zlib(level(config.find_int("storage", "revlog.zlib.level")?, 6))
            },
            ..RevlogOptions::default()
        };
        if let Some(longest) = config.find_int("format", "maxchainlen")? {
            options.max_chain_len = usize::try_from(longest).unwrap_or(options.max_chain_len);
        }
        options.reuse_external_delta =
            config.get_bool_or("storage", "revlog.reuse-external-delta", true)?;
        Ok(options)
    }

    /// How the changelog and the manifests are written.
    fn history_options(&self) -> Result<RevlogOptions> {
        let persistent_nodemap = self.requires(name::PERSISTENT_NODEMAP);
        let changelog_v2 = self.requires(name::CHANGELOG_V2);
        Ok(RevlogOptions { persistent_nodemap, changelog_v2, ..self.revlog_options()? })
    }

    /// The changelog, with what the running transaction has added.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn changelog(&self) -> Result<Arc<Changelog>> {
        self.0.parts.changelog.get(
            || self.changelog_key(),
            || {
                let options = self.history_options()?;
                Changelog::open(self.revlog_files(), &options, self.sees_pending())
            },
        )
    }

    /// Gives back a changelog that was appended to through the running transaction.
    pub fn set_changelog(&self, changelog: Changelog) {
        self.0.parts.changelog.put(Arc::new(changelog), self.changelog_key());
    }

    /// The manifests, with what the running transaction has added.
    ///
    /// # Errors
    /// When they cannot be read or are damaged.
    pub fn manifest_log(&self) -> Result<Arc<ManifestLog>> {
        self.0.parts.manifest_log.get(
            || self.manifest_key(),
            || {
                let tree = self.requires(name::TREE_MANIFEST);
                ManifestLog::open(self.revlog_files(), Arc::new(self.history_options()?), tree)
            },
        )
    }

    /// Gives back manifests that were appended to through the running transaction.
    pub fn set_manifest_log(&self, log: ManifestLog) {
        self.0.parts.manifest_log.put(Arc::new(log), self.manifest_key());
    }

    /// The manifest with a node id; empty for null.
    ///
    /// # Errors
    /// When there is none, or it is damaged.
    pub fn manifest(&self, node: &Node) -> Result<Arc<Manifest>> {
        self.manifest_log()?.read(node)
    }

    /// The filelog of a path; it has no revisions when the path was never stored.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn filelog(&self, path: &HgPath) -> Result<Filelog> {
        let overlay = self.0.overlay.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(filelog) = overlay.get(path) {
            return Ok(filelog.clone());
        }
        drop(overlay);
        let options = self.filelog_options()?;
        let filelog = Filelog::open(self.revlog_files(), path, options.revlog)?;
        Ok(filelog.ignore_censored(options.ignore_censored))
    }

    /// What the configuration says about filelogs, looked up once for all of them.
    fn filelog_options(&self) -> Result<FilelogOptions> {
        let (config, requirements) = (self.config(), self.requirements());
        let known = self.0.parts.filelog_options.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = &*known
            && Arc::ptr_eq(&known.config, &config)
            && Arc::ptr_eq(&known.requirements, &requirements)
        {
            return Ok(known.clone());
        }
        drop(known);
        let ignore_censored = config.get("censor", "policy") == Some(b"ignore");
        let revlog = Arc::new(self.revlog_options()?);
        let options = FilelogOptions { config, requirements, revlog, ignore_censored };
        let mut known =
            self.0.parts.filelog_options.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some(options.clone());
        Ok(options)
    }

    /// Notes that changesets from `start` on lie in memory only.
    pub fn set_overlay_start(&self, start: usize) {
        // Laying a second thing over the first moves nothing: the first start counts.
        let _ = self.0.overlay_start.set(start);
    }

    /// The first changeset that lies in memory only, when a bundle lies over the repository.
    #[must_use]
    pub fn overlay_start(&self) -> Option<usize> {
        self.0.overlay_start.get().copied()
    }

    /// Lays a history of a file over the stored one, in memory only: for looking into bundles.
    pub fn overlay_filelog(&self, filelog: Filelog) {
        let mut overlay = self.0.overlay.write().unwrap_or_else(PoisonError::into_inner);
        overlay.insert(filelog.path().to_owned(), filelog);
    }

    /// The files of loaded parts have been written by this process: they are still good.
    pub(super) fn renew_history_keys(&self) {
        self.0.parts.changelog.renew(self.changelog_key());
        self.0.parts.manifest_log.renew(self.manifest_key());
    }

    fn changelog_key(&self) -> Key {
        let store = self.store_vfs();
        let pending = self.sees_pending().then(|| store.file_stat("00changelog.i.a")).flatten();
        [store.file_stat("00changelog.i"), pending, None]
    }

    fn manifest_key(&self) -> Key {
        [self.store_vfs().file_stat("00manifest.i"), None, None]
    }
}

fn level(configured: Option<i64>, default: i32) -> i32 {
    configured.and_then(|level| i32::try_from(level).ok()).unwrap_or(default)
}

/// The item has no effect here, but nonsense in it is told as everywhere.
fn check_chunk_cache_size(size: i64) -> Result<()> {
    if size <= 0 {
        let text = format!("revlog chunk cache size {size} is not greater than 0");
        return Err(Error::storage(text));
    }
    if size & (size - 1) != 0 {
        let text = format!("revlog chunk cache size {size} is not a power of 2");
        return Err(Error::storage(text));
    }
    Ok(())
}

//! Finding and opening a repository.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock, Weak};

use hg_config::{Config, RepoLayers};
use hg_format::requirements::{self, Requirements, is_working_dir, name};
use hg_format::store_path::PathEncoding;
use hg_types::{Error, ErrorKind, Reporter, Result};
use hg_vfs::{Lock, LockOptions, Vfs, bytes_to_path, path_to_bytes};

use super::{Inner, Locks, Parts, Repo, no_hooks, silent};
use crate::hooks::HookRunner;
use crate::nested::NestedRepos;
use crate::overrides::Overrides;
use crate::store_vfs::StoreVfs;

/// The requirements this program knows.
pub const SUPPORTED: [&str; 25] = [
    name::REVLOG_V1,
    name::STORE,
    name::FNCACHE,
    name::DOTENCODE,
    name::PLAIN_STORE,
    name::SHARED,
    name::RELATIVE_SHARED,
    name::SHARE_SAFE,
    name::GENERALDELTA,
    name::SPARSE_REVLOG,
    name::DIRSTATE_V2,
    name::DIRSTATE_TRACKED_HINT,
    name::SPARSE,
    name::BOOKMARKS_IN_STORE,
    name::PERSISTENT_NODEMAP,
    name::TREE_MANIFEST,
    name::INTERNAL_PHASE,
    name::INTERNAL_PHASE_OLD,
    name::ARCHIVED_PHASE,
    name::ZSTD,
    name::NO_COMPRESSION,
    name::CHANGELOG_V2,
    name::SIDE_DATA_COPIES,
    "revlog-compression-zlib",
    "revlog-compression-none",
];

/// How a repository is opened.
#[derive(Clone, Default)]
pub struct OpenOptions {
    /// The configuration; the repository's own files are read on top unless
    /// [`OpenOptions::config_is_complete`].
    pub config: Config,
    /// The configuration holds the repository's layers already.
    pub config_is_complete: bool,
    /// Whoever hears what there is to say.
    pub reporter: Option<Arc<dyn Reporter + Send + Sync>>,
    /// Whoever runs hooks.
    pub hooks: Option<Arc<dyn HookRunner>>,
    /// What is done about nested repositories.
    pub nested: Option<Arc<dyn NestedRepos>>,
    /// How the user named the root, for messages; the absolute path when absent.
    pub display_root: Option<Vec<u8>>,
    /// Further requirements that extensions know.
    pub extra_requirements: Vec<Vec<u8>>,
}

/// The root of the repository that holds the directory `cwd`.
#[must_use]
pub fn find_root(cwd: &Path) -> Option<PathBuf> {
    cwd.ancestors().find(|above| above.join(".hg").is_dir()).map(Path::to_path_buf)
}

impl Repo {
    /// Opens the repository whose working directory is `root`, an absolute path.
    ///
    /// # Errors
    /// When there is none, or it needs what this program lacks, or its configuration is bad.
    pub fn open(root: &Path, options: OpenOptions) -> Result<Self> {
        let hg = root.join(".hg");
        if !hg.is_dir() {
            let shown = options.display_root.as_deref().unwrap_or(path_to_bytes(root));
            return Err(Error::abort([b"repository ", shown, b" not found"].concat()));
        }
        let OpenOptions {
            mut config,
            config_is_complete,
            reporter,
            hooks,
            nested,
            extra_requirements,
            display_root,
        } = options;
        let display_root = display_root.unwrap_or_else(|| path_to_bytes(root).to_vec());
        if !config_is_complete {
            config.load_repo(&RepoLayers::of(root))?;
        }
        let reporter = reporter.unwrap_or_else(silent);
        let vfs = Vfs::with_mode_of(&hg, &hg);
        let layout = Layout::read(&vfs, &config, &*reporter)?;
        check_supported(&layout.requirements, &extra_requirements)?;
        let pending = config.environment().var("HG_PENDING") == Some(path_to_bytes(root));
        let store_dir = store_dir(&layout.shared, &layout.requirements);
        let store_raw = Vfs::with_mode_of(&store_dir, &store_dir);
        let vfs = vfs_with_mode(&hg, &store_raw);
        Ok(Self(Arc::new(Inner {
            display_root,
            root: root.to_path_buf(),
            config: RwLock::new(Arc::new(config)),
            store_vfs: StoreVfs::new(store_raw, encoding(&layout.requirements)),
            requirements: RwLock::new(Arc::new(layout.requirements)),
            wvfs: Vfs::new(root),
            vfs,
            shared_vfs: Vfs::with_mode_of(&layout.shared, &store_dir),
            shared_bookmarks: layout.shares_bookmarks,
            pending,
            hooks: RwLock::new(hooks.unwrap_or_else(no_hooks)),
            extension: RwLock::default(),
            overrides: Overrides::default(),
            nested: RwLock::new(nested),
            reporter: RwLock::new(reporter),
            locks: Locks::default(),
            parts: Parts::default(),
            transaction: Mutex::new(Weak::new()),
            carried: Mutex::default(),
            late_failure: Mutex::default(),
            overlay_start: std::sync::OnceLock::new(),
            overlay: RwLock::default(),
        })))
    }

    /// Opens the repository that holds the store: the source of a share, else this one.
    ///
    /// # Errors
    /// Those of [`Repo::open`].
    pub fn open_source(&self) -> Result<Self> {
        if !self.is_shared() {
            return Ok(self.clone());
        }
        let root = self.shared_vfs().base().parent().unwrap_or(Path::new("/")).to_path_buf();
        let options = OpenOptions {
            config: (*self.config()).clone(),
            reporter: Some(self.reporter()),
            hooks: Some(self.hooks()),
            nested: None,
            extra_requirements: self.requirements().iter().cloned().collect(),
            config_is_complete: false,
            display_root: None,
        };
        Self::open(&root, options)
    }
}

fn vfs_with_mode(hg: &Path, store: &Vfs) -> Vfs {
    Vfs::with_mode_of(hg, store.base())
}

/// What the requirements say about where things are.
struct Layout {
    requirements: Requirements,
    /// The `.hg` that holds the store.
    shared: PathBuf,
    shares_bookmarks: bool,
}

impl Layout {
    fn read(vfs: &Vfs, config: &Config, reporter: &dyn Reporter) -> Result<Self> {
        let mut requirements = read_requirements(vfs, false)?;
        let has = |set: &Requirements, name: &str| set.contains(name.as_bytes());
        let is_share =
            has(&requirements, name::SHARED) || has(&requirements, name::RELATIVE_SHARED);
        let shared =
            if is_share { shared_path(vfs, &requirements)? } else { vfs.base().to_path_buf() };
        if is_share {
            reconcile_share(vfs, &shared, &mut requirements, config, reporter)?;
        } else if has(&requirements, name::SHARE_SAFE) {
            let more = read_requirements(&vfs.at("store"), true)?;
            requirements.extend(more);
        }
        let shares_bookmarks = is_share
            && is_extension_on(config, "share")
            && vfs.try_read("shared")?.is_some_and(|text| {
                text.split(|&b| b == b'\n').any(|line| line.trim_ascii() == b"bookmarks")
            });
        Ok(Self { requirements, shared, shares_bookmarks })
    }
}

/// Sharing bookmarks is the extension's doing: without it a share has its own.
fn is_extension_on(config: &Config, name: &str) -> bool {
    [name.to_owned(), format!("hgext.{name}")]
        .iter()
        .any(|name| config.get("extensions", name).is_some_and(|value| !value.starts_with(b"!")))
}

fn read_requirements(vfs: &Vfs, must_exist: bool) -> Result<Requirements> {
    let text = if must_exist {
        vfs.read("requires")?
    } else {
        vfs.try_read("requires")?.unwrap_or_default()
    };
    requirements::decode(&text)
        .map_err(|_| Error::new(ErrorKind::Requirement, ".hg/requires file is corrupt"))
}

fn shared_path(vfs: &Vfs, requirements: &Requirements) -> Result<PathBuf> {
    let text = vfs.read("sharedpath")?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let relative = requirements.contains(name::RELATIVE_SHARED.as_bytes());
    let path = if relative { vfs.join(text) } else { bytes_to_path(text).to_path_buf() };
    let path = normalize(&path);
    if !path.exists() {
        let text =
            [b".hg/sharedpath points to nonexistent directory ", path_to_bytes(&path)].concat();
        return Err(Error::abort(text));
    }
    Ok(path)
}

/// Removes `.` and `..` by name alone.
fn normalize(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

/// Takes over the source's requirements, when both sides agree that they are shared.
fn reconcile_share(
    vfs: &Vfs,
    shared: &Path,
    requirements: &mut Requirements,
    config: &Config,
    reporter: &dyn Reporter,
) -> Result<()> {
    let source = Vfs::new(shared);
    let source_requirements = read_requirements(&source, false)?;
    let source_safe = source_requirements.contains(name::SHARE_SAFE.as_bytes());
    let share_safe = requirements.contains(name::SHARE_SAFE.as_bytes());
    if share_safe != source_safe {
        let mismatch = ShareMismatch { vfs, source: &source_requirements, source_safe };
        mismatch.resolve(requirements, config, reporter)?;
    }
    if requirements.contains(name::SHARE_SAFE.as_bytes()) {
        let kept = source_requirements.into_iter().filter(|name| !is_working_dir(name));
        requirements.extend(kept);
        requirements.extend(read_requirements(&source.at("store"), true)?);
    }
    Ok(())
}

/// One side keeps its requirements in the store, the other does not.
struct ShareMismatch<'a> {
    vfs: &'a Vfs,
    source: &'a Requirements,
    source_safe: bool,
}

impl ShareMismatch<'_> {
    fn resolve(
        &self,
        requirements: &mut Requirements,
        config: &Config,
        reporter: &dyn Reporter,
    ) -> Result<()> {
        let (item, change) = if self.source_safe {
            ("safe-mismatch.source-safe", "upgrade")
        } else {
            ("safe-mismatch.source-not-safe", "downgrade")
        };
        let action = config.get("share", item).unwrap_or(b"abort").to_vec();
        let hint = "see `hg help config.format.use-share-safe` for more information";
        let text = String::from_utf8_lossy(&action).into_owned();
        if text == "abort" {
            let text = if self.source_safe {
                "version mismatch: source uses share-safe functionality while the current share \
                 does not"
            } else {
                "share source does not support share-safe requirement"
            };
            return Err(Error::abort(text).hint(hint));
        }
        let (abort, allow) = (format!("{change}-abort"), format!("{change}-allow"));
        if text == abort || text == allow {
            match self.convert(requirements) {
                Ok(()) => {
                    if config.get_bool_or("share", format!("{item}:verbose-upgrade"), true)? {
                        let way = if self.source_safe { "use" } else { "not use" };
                        let text = format!("repository {change}d to {way} share-safe mode\n");
                        reporter.warn(text.as_bytes());
                    }
                    return Ok(());
                }
                Err(error) => {
                    let text = format!("failed to {change} share, got error: {error}");
                    if action == abort.as_bytes() {
                        return Err(Error::abort(text).hint(hint));
                    }
                    if config.get_bool_or("share", format!("{item}.warn"), true)? {
                        reporter.warn(format!("{text}\n").as_bytes());
                    }
                }
            }
        } else if text != "allow" {
            let text = format!(
                "share-safe mismatch with source.\nUnrecognized value '{text}' of `share.{item}` set."
            );
            return Err(Error::abort(text).hint(hint));
        }
        *requirements = self.converted(requirements);
        Ok(())
    }

    /// The requirements that `.hg/requires` has once it is as the source is.
    fn converted(&self, requirements: &Requirements) -> Requirements {
        let share_safe = name::SHARE_SAFE.as_bytes();
        let mut out = requirements.clone();
        if self.source_safe {
            out.retain(|name| is_working_dir(name));
            out.insert(share_safe.to_vec());
        } else {
            out.remove(share_safe);
            out.extend(self.source.iter().filter(|name| !is_working_dir(name)).cloned());
        }
        out
    }

    fn convert(&self, requirements: &mut Requirements) -> Result<()> {
        let options = LockOptions::default();
        let lock =
            Lock::acquire(self.vfs, "wlock", &options, &hg_types::Silent).map_err(|error| {
                match error {
                    hg_vfs::Error::LockHeld { .. } => Error::new(ErrorKind::LockHeld, "Lock held"),
                    other => other.into(),
                }
            })?;
        let new = self.converted(requirements);
        self.vfs.write_atomic("requires", &requirements::encode(&new))?;
        lock.release();
        *requirements = new;
        Ok(())
    }
}

fn check_supported(requirements: &Requirements, extra: &[Vec<u8>]) -> Result<()> {
    let unknown: Vec<&[u8]> = requirements
        .iter()
        .filter(|name| {
            !SUPPORTED.iter().any(|known| known.as_bytes() == *name) && !extra.contains(name)
        })
        .map(Vec::as_slice)
        .collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let text =
        [b"repository requires features unknown to this Mercurial: ", &unknown.join(&b' ')[..]]
            .concat();
    Err(Error::new(ErrorKind::Requirement, text)
        .hint("see https://mercurial-scm.org/wiki/MissingRequirement for more information"))
}

fn store_dir(shared: &Path, requirements: &Requirements) -> PathBuf {
    if requirements.contains(name::STORE.as_bytes()) {
        shared.join("store")
    } else {
        shared.to_path_buf()
    }
}

pub(super) fn encoding(requirements: &Requirements) -> PathEncoding {
    let has = |name: &str| requirements.contains(name.as_bytes());
    match (has(name::STORE), has(name::FNCACHE)) {
        (false, _) => PathEncoding::Flat,
        (true, false) => PathEncoding::Store,
        (true, true) if has(name::PLAIN_STORE) => PathEncoding::Plain,
        (true, true) => PathEncoding::FnCache { dotencode: has(name::DOTENCODE) },
    }
}

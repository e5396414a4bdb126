//! Making a new repository.

use std::path::Path;

use hg_config::Config;
use hg_format::requirements::{self, Requirements, is_working_dir, name};
use hg_types::{Error, ErrorKind, Result};
use hg_vfs::{Vfs, path_to_bytes};

use super::Repo;
use super::open::OpenOptions;

/// What stands in `.hg/00changelog.i` so that programs from before the store refuse.
const DUMMY_CHANGELOG: &[u8] = b"\0\0\xff\xff dummy changelog to prevent using the old repo layout";

/// How a repository is made.
#[derive(Clone, Default, Debug)]
pub struct InitOptions {
    /// The requirements, `None` for what the configuration says.
    pub requirements: Option<Requirements>,
    /// The `.hg` whose store is to be shared, with whether the path is kept relative.
    pub share_of: Option<(std::path::PathBuf, bool)>,
    /// Share the bookmarks too.
    pub share_bookmarks: bool,
}

/// The requirements of a new repository by the configuration.
///
/// # Errors
/// When an item is malformed or asks for what this program cannot make.
pub fn default_requirements(config: &Config) -> Result<Requirements> {
    let on = |item: &str| config.get_bool("format", item);
    let mut out = Requirements::new();
    let mut add = |name: &str| {
        out.insert(name.as_bytes().to_vec());
    };
    refuse_unsupported(config)?;
    add(name::REVLOG_V1);
    let store = on("usestore")?;
    if store {
        add(name::STORE);
        if on("usefncache")? {
            add(name::FNCACHE);
            if on("dotencode")? {
                add(name::DOTENCODE);
            }
        }
    }
    let insisted: &[u8] = b"enable-unstable-format-and-corrupt-my-data";
    if config.get("format", "exp-use-changelog-v2") == Some(insisted) {
        add(name::CHANGELOG_V2);
    }
    if on("exp-use-copies-side-data-changeset")? {
        add(name::CHANGELOG_V2);
        add(name::SIDE_DATA_COPIES);
    }
    match compression(config)?.as_slice() {
        b"zstd" => add(name::ZSTD),
        b"none" => add(name::NO_COMPRESSION),
        _ => {}
    }
    let sparse = on("sparse-revlog")?;
    let generaldelta = sparse_or_general(config)?;
    if generaldelta {
        add(name::GENERALDELTA);
        if sparse {
            add(name::SPARSE_REVLOG);
        }
    }
    let simple = [
        ("use-dirstate-v2", name::DIRSTATE_V2, false),
        ("use-dirstate-tracked-hint", name::DIRSTATE_TRACKED_HINT, false),
        ("use-internal-phase", name::INTERNAL_PHASE, false),
        ("exp-archived-phase", name::ARCHIVED_PHASE, false),
        ("use-persistent-nodemap", name::PERSISTENT_NODEMAP, false),
        ("bookmarks-in-store", name::BOOKMARKS_IN_STORE, true),
        ("use-share-safe", name::SHARE_SAFE, true),
    ];
    for (item, requirement, needs_store) in simple {
        if on(item)? && (store || !needs_store) {
            add(requirement);
        }
    }
    Ok(out)
}

/// General deltas, which sparse revlogs need, too; by themselves these are not a wish for them.
fn sparse_or_general(config: &Config) -> Result<bool> {
    let on = |item: &str| config.get_bool("format", item);
    let sparse = config.has("format", "sparse-revlog") && on("sparse-revlog")?;
    Ok(sparse || on("usegeneraldelta")? || on("generaldelta")?)
}

fn compression(config: &Config) -> Result<Vec<u8>> {
    let wanted = config.get_list("format", "revlog-compression");
    for engine in &wanted {
        if matches!(&engine[..], b"zstd" | b"zlib" | b"none") {
            return Ok(engine.clone());
        }
    }
    if wanted.is_empty() {
        return Ok(b"zstd".to_vec());
    }
    let names = wanted.iter().map(|name| [b"\"", &name[..], b"\""].concat()).collect::<Vec<_>>();
    let text = [
        b"compression engines ",
        &names.join(&b", "[..])[..],
        b" defined by format.revlog-compression not available",
    ]
    .concat();
    Err(Error::new(ErrorKind::Abort, text)
        .hint("run \"hg debuginstall\" to list available compression engines"))
}

/// Formats that only upstream can make: better no repository than another one than asked for.
fn refuse_unsupported(config: &Config) -> Result<()> {
    let items = [
        ("experimental", "treemanifest", "treemanifest"),
        ("format", "use-fileindex-v1", "fileindex-v1"),
    ];
    for (section, item, requirement) in items {
        if config.get_bool_or(section, item, false)? {
            let text = format!("repository format {requirement} is not supported");
            return Err(Error::abort(text).hint(format!("unset {section}.{item}")));
        }
    }
    Ok(())
}

impl Repo {
    /// Makes an empty repository in `root` and opens it.
    ///
    /// # Errors
    /// When there is one already, or a directory cannot be made.
    pub fn init(root: &Path, options: OpenOptions, init: &InitOptions) -> Result<Self> {
        let hg = root.join(".hg");
        if hg.exists() {
            let shown = options.display_root.as_deref().unwrap_or(path_to_bytes(root));
            return Err(Error::abort([b"repository ", shown, b" already exists"].concat()));
        }
        let requirements = match &init.requirements {
            Some(given) => given.clone(),
            None => default_requirements(&options.config)?,
        };
        let plain = Vfs::new(root);
        plain.create_dirs("")?;
        plain.create_dirs(".hg")?;
        let vfs = Vfs::with_mode_of(&hg, &hg);
        let has = |name: &str| requirements.contains(name.as_bytes());
        match &init.share_of {
            None => make_store(&vfs, has(name::STORE))?,
            Some((source, relative)) => {
                let path = if *relative {
                    relative_path(source, &hg)
                } else {
                    path_to_bytes(source).to_vec()
                };
                vfs.write("sharedpath", &path)?;
            }
        }
        vfs.create_dirs("wcache")?;
        write_requirements(&vfs, &requirements, init.share_of.is_some())?;
        if init.share_bookmarks {
            vfs.write("shared", b"bookmarks\n")?;
        }
        Self::open(root, options)
    }

    /// Writes the requirements of a repository whose `.hg` is `vfs` and that shares nobody's history.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_own_requirements(vfs: &Vfs, requirements: &Requirements) -> Result<()> {
        write_requirements(vfs, requirements, false)
    }

    /// Writes changed requirements to where they belong.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_requirements(&self, requirements: Requirements) -> Result<()> {
        if self.is_shared() && requirements.contains(name::SHARE_SAFE.as_bytes()) {
            let own: Requirements =
                requirements.iter().filter(|name| is_working_dir(name)).cloned().collect();
            self.vfs().write_atomic("requires", &requirements::encode(&own))?;
            let rest: Requirements =
                requirements.iter().filter(|name| !is_working_dir(name)).cloned().collect();
            self.store_vfs().raw().write_atomic("requires", &requirements::encode(&rest))?;
        } else {
            write_requirements(self.vfs(), &requirements, self.is_shared())?;
        }
        *self.0.requirements.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            std::sync::Arc::new(requirements);
        Ok(())
    }
}

fn make_store(vfs: &Vfs, store: bool) -> Result<()> {
    vfs.create_dirs("cache")?;
    if store {
        vfs.create_dirs("store")?;
        vfs.append("00changelog.i", DUMMY_CHANGELOG)?;
    }
    Ok(())
}

fn write_requirements(vfs: &Vfs, requirements: &Requirements, share: bool) -> Result<()> {
    if !requirements.contains(name::SHARE_SAFE.as_bytes()) {
        return Ok(vfs.write_atomic("requires", &requirements::encode(requirements))?);
    }
    let (own, rest): (Requirements, Requirements) =
        requirements.iter().cloned().partition(|name| is_working_dir(name));
    if !share {
        vfs.write_atomic("store/requires", &requirements::encode(&rest))?;
    }
    Ok(vfs.write_atomic("requires", &requirements::encode(&own))?)
}

/// The way from the directory `from` to `to`, both absolute.
fn relative_path(to: &Path, from: &Path) -> Vec<u8> {
    let to: Vec<_> = to.components().collect();
    let from: Vec<_> = from.components().collect();
    let same = to.iter().zip(&from).take_while(|(a, b)| a == b).count();
    let mut out = std::path::PathBuf::new();
    from[same..].iter().for_each(|_| out.push(".."));
    to[same..].iter().for_each(|part| out.push(part));
    path_to_bytes(&out).to_vec()
}

//! Changing the format of a repository in place.
//!
//! What concerns the working directory and the requirements alone is done here; `store` writes
//! histories again.

use std::path::PathBuf;

use hg_config::Config;
use hg_format::requirements::{Requirements, name};
use hg_store::{Repo, default_requirements};
use hg_types::{Error, Reporter, Result};
use hg_vfs::path_to_bytes;
use hg_wdir::WorkingDir;

mod store;

pub use self::store::Histories;

/// A property of a repository that can be switched on and off.
#[derive(Debug, PartialEq, Eq)]
pub struct Feature {
    /// What users call it.
    pub name: &'static str,
    /// The requirement that says it is there.
    pub requirement: &'static str,
    /// The configuration item that asks for it.
    pub item: &'static str,
    /// What of the store must be written again when it changes.
    pub touches: Touches,
    /// Whether a repository can do without it once it has it.
    pub removable: bool,
}

/// Which histories a change concerns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Touches {
    /// None.
    Nothing,
    /// Those of files.
    Filelogs,
    /// That of changesets.
    Changelog,
    /// All.
    Everything,
}

const fn feature(
    name: &'static str,
    requirement: &'static str,
    item: &'static str,
    touches: Touches,
) -> Feature {
    Feature { name, requirement, item, touches, removable: true }
}

const fn lasting(
    name: &'static str,
    requirement: &'static str,
    item: &'static str,
    touches: Touches,
) -> Feature {
    Feature { name, requirement, item, touches, removable: false }
}

/// All features, in the order in which they are listed.
pub static FEATURES: [Feature; 11] = [
    lasting("fncache", name::FNCACHE, "usefncache", Touches::Everything),
    feature("dirstate-v2", name::DIRSTATE_V2, "use-dirstate-v2", Touches::Nothing),
    feature(
        "tracked-hint",
        name::DIRSTATE_TRACKED_HINT,
        "use-dirstate-tracked-hint",
        Touches::Nothing,
    ),
    feature("dotencode", name::DOTENCODE, "dotencode", Touches::Filelogs),
    lasting("generaldelta", name::GENERALDELTA, "usegeneraldelta", Touches::Everything),
    feature("share-safe", name::SHARE_SAFE, "use-share-safe", Touches::Nothing),
    feature("sparserevlog", name::SPARSE_REVLOG, "sparse-revlog", Touches::Everything),
    feature(
        "persistent-nodemap",
        name::PERSISTENT_NODEMAP,
        "use-persistent-nodemap",
        Touches::Everything,
    ),
    feature(
        "copies-sdc",
        name::SIDE_DATA_COPIES,
        "exp-use-copies-side-data-changeset",
        Touches::Changelog,
    ),
    feature("changelog-v2", name::CHANGELOG_V2, "exp-use-changelog-v2", Touches::Changelog),
    feature("compression", name::ZSTD, "revlog-compression", Touches::Everything),
];

/// What an upgrade would do to the requirements.
#[derive(Clone, Debug)]
pub struct Upgrade {
    /// What the repository has.
    pub old: Requirements,
    /// What it will have.
    pub new: Requirements,
}

impl Upgrade {
    /// The upgrade to what the configuration asks for.
    ///
    /// # Errors
    /// When the repository has or lacks something that no upgrade can give or take.
    pub fn plan(repo: &Repo) -> Result<Self> {
        let old = (*repo.requirements()).clone();
        if !old.contains(name::REVLOG_V1.as_bytes()) {
            return Err(Error::abort("cannot upgrade repository; missing a revlog version"));
        }
        if !old.contains(name::STORE.as_bytes()) {
            return Err(Error::abort("cannot upgrade repository; requirement missing: store"));
        }
        if repo.is_shared() && !old.contains(name::SHARE_SAFE.as_bytes()) {
            return Err(Error::abort("cannot upgrade shared repository"));
        }
        let wanted = default_requirements(&repo.config())?;
        let mut new = old.clone();
        for feature in &FEATURES {
            if feature.name != "compression" {
                set(&mut new, feature.requirement, wanted.contains(feature.requirement.as_bytes()));
            }
        }
        for engine in [name::ZSTD, name::NO_COMPRESSION] {
            set(&mut new, engine, wanted.contains(engine.as_bytes()));
        }
        let upgrade = Self { old, new };
        for feature in FEATURES.iter().filter(|feature| !feature.removable) {
            if upgrade.removes(feature.requirement) {
                let text = "cannot upgrade repository; requirement would be removed: ";
                return Err(Error::abort([text, feature.requirement].concat()));
            }
        }
        Ok(upgrade)
    }

    /// The part that concerns the working directory alone.
    fn of_working_dir(&self) -> Self {
        let mut new = self.old.clone();
        for requirement in [name::DIRSTATE_V2, name::DIRSTATE_TRACKED_HINT] {
            set(&mut new, requirement, self.new.contains(requirement.as_bytes()));
        }
        Self { old: self.old.clone(), new }
    }

    /// Whether a requirement comes.
    #[must_use]
    pub fn adds(&self, requirement: &str) -> bool {
        let requirement = requirement.as_bytes();
        self.new.contains(requirement) && !self.old.contains(requirement)
    }

    /// Whether a requirement goes.
    #[must_use]
    pub fn removes(&self, requirement: &str) -> bool {
        let requirement = requirement.as_bytes();
        self.old.contains(requirement) && !self.new.contains(requirement)
    }

    /// The features that change, in order.
    pub fn changed(&self) -> impl Iterator<Item = &'static Feature> + '_ {
        let engine = |set: &Requirements| {
            [name::ZSTD, name::NO_COMPRESSION].map(|engine| set.contains(engine.as_bytes()))
        };
        FEATURES.iter().filter(move |feature| match feature.name {
            "compression" => engine(&self.old) != engine(&self.new),
            _ => self.adds(feature.requirement) || self.removes(feature.requirement),
        })
    }
}

fn set(requirements: &mut Requirements, name: &str, present: bool) {
    if present {
        requirements.insert(name.as_bytes().to_vec());
    } else {
        requirements.remove(name.as_bytes());
    }
}

/// Does what a plan says, and writes `histories` again.
///
/// # Errors
/// When the repository cannot be locked or written.
pub fn run(
    repo: &Repo,
    upgrade: &Upgrade,
    histories: Histories,
    backup: bool,
    reporter: &dyn Reporter,
) -> Result<()> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    reporter.status(b"beginning upgrade...\nrepository locked and read-only\n");
    // Even when nothing is staged there, whoever looks for an upgrade that goes on finds it.
    let staging = Staging::new(repo)?;
    let path = path_to_bytes(&staging.0).to_vec();
    let text = [b"creating temporary repository to stage upgraded data: ", &path[..], b"\n"];
    reporter.status(&text.concat());
    let safe: &[u8] =
        b"(it is safe to interrupt this process any time before data migration completes)\n";
    reporter.status(safe);
    let mut kept = None;
    if histories.any() {
        // The working directory first: its part is the same whatever the store is like.
        let near = upgrade.of_working_dir();
        if near.old != near.new {
            convert(repo, &near, backup, reporter)?;
        }
        let upgrade = Upgrade { old: (*repo.requirements()).clone(), new: upgrade.new.clone() };
        if backup {
            let name = unused_name(repo, "upgradebackup")?;
            repo.vfs().create_dirs(&name)?;
            kept = Some(repo.vfs().join(&name));
        }
        let migration = store::Migration { repo, upgrade: &upgrade, histories, reporter };
        if let Err(error) = migration.run(&staging.0, kept.as_deref()) {
            // Nothing was put there before the swap.
            kept.and_then(|kept| std::fs::remove_dir(kept).ok());
            return Err(error);
        }
        if upgrade.removes(name::SHARE_SAFE) {
            repo.store_vfs().raw().try_remove("requires")?;
        }
    } else {
        convert(repo, upgrade, backup, reporter)?;
    }
    reporter.status(&[b"removing temporary repository ", &path[..], b"\n"].concat());
    drop(staging);
    if let Some(kept) = kept
        && !repo.config().get_bool("ui", "quiet")?
    {
        let shown = path_to_bytes(&kept);
        reporter.warn(&[b"copy of old repository backed up at ", shown, b"\n"].concat());
        reporter.warn(
            b"the old repository will not be deleted; remove it to free up disk space once the \
              upgraded repository is verified\n",
        );
    }
    if upgrade.adds(name::SHARE_SAFE) {
        reporter.warn(
            b"repository upgraded to share safe mode, existing shares will still work in old \
              non-safe mode. Re-share existing shares to use them in safe mode New shares will be \
              created in safe mode.\n",
        );
    } else if upgrade.removes(name::SHARE_SAFE) {
        reporter.warn(
            b"repository downgraded to not use share safe mode, existing shares will not work and \
              need to be reshared.\n",
        );
    }
    Ok(())
}

/// A directory that goes when the upgrade is over.
struct Staging(PathBuf);

impl Staging {
    fn new(repo: &Repo) -> Result<Self> {
        let name = unused_name(repo, "upgrade")?;
        repo.vfs().create_dirs(&name)?;
        Ok(Self(repo.vfs().join(&name)))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Left behind it does no harm.
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// A name in `.hg` that is not taken.
fn unused_name(repo: &Repo, prefix: &str) -> Result<Vec<u8>> {
    let id = hg_wdir::dirstate::random_hex(4)?;
    let name = [prefix.as_bytes(), b".", &id].concat();
    if repo.vfs().lexists(&name) { unused_name(repo, prefix) } else { Ok(name) }
}

/// Changes the dirstate, the tracked hint and the requirements, so that whoever comes in
/// between can read what is there.
fn convert(repo: &Repo, upgrade: &Upgrade, backup: bool, reporter: &dyn Reporter) -> Result<()> {
    let mut requirements = (*repo.requirements()).clone();
    for v2 in [true, false] {
        let changes =
            if v2 { upgrade.adds(name::DIRSTATE_V2) } else { upgrade.removes(name::DIRSTATE_V2) };
        if !changes {
            continue;
        }
        let text: &[u8] = match v2 {
            true => b"upgrading to dirstate-v2 from v1\n",
            false => b"downgrading from dirstate-v2 to v1\n",
        };
        reporter.status(text);
        if backup {
            back_up(repo, reporter)?;
        }
        set(&mut requirements, name::DIRSTATE_V2, v2);
        // Version 1 is read in a repository of version 2, not the other way round.
        let mut wdir = WorkingDir::open(repo)?;
        if v2 {
            repo.write_requirements(requirements.clone())?;
        }
        wdir.dirstate_mut().convert(v2)?;
        if !v2 {
            repo.write_requirements(requirements.clone())?;
        }
    }
    if upgrade.adds(name::DIRSTATE_TRACKED_HINT) {
        reporter.status(b"create dirstate-tracked-hint file\n");
        hg_wdir::dirstate::write_tracked_hint(repo.vfs())?;
    } else if upgrade.removes(name::DIRSTATE_TRACKED_HINT) {
        reporter.status(b"remove dirstate-tracked-hint file\n");
    }
    if upgrade.adds(name::SHARE_SAFE) || upgrade.removes(name::SHARE_SAFE) {
        reporter.status(b"upgrading repository requirements\n");
    }
    repo.write_requirements(upgrade.new.clone())?;
    if upgrade.removes(name::SHARE_SAFE) {
        repo.store_vfs().raw().try_remove("requires")?;
    }
    if upgrade.removes(name::DIRSTATE_TRACKED_HINT) {
        hg_wdir::dirstate::remove_tracked_hint(repo.vfs())?;
    }
    Ok(())
}

/// Keeps the files that are about to be replaced.
fn back_up(repo: &Repo, reporter: &dyn Reporter) -> Result<()> {
    let name = unused_name(repo, "upgradebackup")?;
    let vfs = repo.vfs();
    vfs.create_dirs(&name)?;
    let full = vfs.join(&name);
    let text = [b"replaced files will be backed up at ", path_to_bytes(&full), b"\n"];
    reporter.status(&text.concat());
    for file in ["requires", "dirstate"] {
        if let Some(content) = vfs.try_read(file)? {
            vfs.write([&name[..], b"/", file.as_bytes()].concat(), &content)?;
        }
    }
    Ok(())
}

/// Brings the repository to the format that the configuration insists on
/// (`format.use-NAME.automatic-upgrade-of-mismatching-repositories`); says so to the user.
///
/// # Errors
/// When the configuration is malformed, or the repository cannot be written.
pub fn upgrade_automatically(repo: &Repo) -> Result<()> {
    let config = repo.config();
    let mut new = (*repo.requirements()).clone();
    let mut changes = Vec::new();
    for feature in ["dirstate-v2", "share-safe", "tracked-hint"] {
        let Some(feature) = FEATURES.iter().find(|known| known.name == feature) else { continue };
        let has = new.contains(feature.requirement.as_bytes());
        if insists(&config, feature, "")? && config.get_bool("format", feature.item)? != has {
            set(&mut new, feature.requirement, !has);
            changes.push((feature, !has));
        }
    }
    if changes.is_empty() || repo.is_shared() {
        return Ok(());
    }
    let reporter = repo.reporter();
    // Somebody else may hold the lock: the command works with the old format, too.
    let Ok(_wlock) = repo.wlock_with(false) else { return Ok(()) };
    let _lock = repo.lock()?;
    let upgrade = Upgrade { old: (*repo.requirements()).clone(), new };
    for (feature, up) in changes {
        if insists(&config, feature, ":quiet")? {
            continue;
        }
        let what = if up { "upgrading repository to" } else { "downgrading repository from" };
        let text = format!(
            "automatically {what} the `{}` feature\n(see `hg help config.format.{}` for details)\n",
            feature.name, feature.item
        );
        reporter.warn(text.as_bytes());
    }
    convert(repo, &upgrade, false, &hg_types::Silent)
}

fn insists(config: &Config, feature: &Feature, suffix: &str) -> Result<bool> {
    let item = format!("{}.automatic-upgrade-of-mismatching-repositories{suffix}", feature.item);
    config.get_bool_or("format", &item, false)
}

//! The name cache: the logical names of the store's files, since hashed names cannot be undone.

use std::collections::{BTreeSet, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use hg_format::store_path::{decode_dirs, encode_dirs};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_vfs::Vfs;

use crate::Repo;

/// The name of the file in the store.
pub const FILE: &str = "fncache";

/// The name cache of an open store; loaded when a name is added or asked for.
#[derive(Debug)]
pub struct FnCache {
    vfs: Vfs,
    state: Mutex<State>,
}

/// The names in order, and as a set.
type Names = (Vec<Vec<u8>>, HashSet<Vec<u8>>);

#[derive(Default, Debug)]
struct State {
    /// Names in the order of the file, new ones at the end; encoded directories.
    names: Option<Names>,
    dirty: bool,
}

/// The logical names of all files that hold histories of files and directories.
///
/// # Errors
/// When the cache of names, or the changelog where there is none, cannot be read.
pub fn history_names(repo: &Repo) -> Result<Vec<Vec<u8>>> {
    match repo.store_vfs().fncache() {
        Some(fncache) => fncache.names(),
        None => Ok(stored_names(repo)?.into_iter().collect()),
    }
}

impl FnCache {
    /// The name cache in the store `vfs`.
    #[must_use]
    pub fn new(vfs: Vfs) -> Self {
        Self { vfs, state: Mutex::default() }
    }

    /// Whether a file of this name belongs into the cache.
    #[must_use]
    pub fn covers(name: &[u8]) -> bool {
        (name.starts_with(b"data/") || name.starts_with(b"meta/"))
            && [&b".i"[..], b".d", b".n", b".nd", b".s", b".idx", b".dat", b".sda"]
                .iter()
                .any(|end| name.ends_with(end))
    }

    /// Adds a logical name.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn add(&self, name: &[u8]) -> Result<()> {
        let mut state = self.load()?;
        let State { names: Some((order, set)), dirty } = &mut *state else { return Ok(()) };
        let name = encode_dirs(name);
        if set.insert(name.clone()) {
            order.push(name);
            *dirty = true;
        }
        Ok(())
    }

    /// Forgets logical names.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn remove(&self, gone: &HashSet<Vec<u8>>) -> Result<()> {
        let mut state = self.load()?;
        let State { names: Some((order, set)), dirty } = &mut *state else { return Ok(()) };
        let gone: HashSet<Vec<u8>> = gone.iter().map(|name| encode_dirs(name)).collect();
        let before = order.len();
        order.retain(|name| !gone.contains(name));
        set.retain(|name| !gone.contains(name));
        *dirty |= order.len() != before;
        Ok(())
    }

    /// Replaces all names (`debugrebuildfncache`).
    pub fn replace(&self, names: impl IntoIterator<Item = Vec<u8>>) {
        let order: Vec<Vec<u8>> = names.into_iter().map(|name| encode_dirs(&name)).collect();
        let set = order.iter().cloned().collect();
        *self.lock() = State { names: Some((order, set)), dirty: true };
    }

    /// All logical names, in the order of the file.
    ///
    /// # Errors
    /// When the cache cannot be read or is damaged.
    pub fn names(&self) -> Result<Vec<Vec<u8>>> {
        let state = self.load()?;
        let order = state.names.as_ref().map(|(order, _)| &order[..]).unwrap_or_default();
        Ok(order.iter().map(|name| decode_dirs(name)).collect())
    }

    /// Whether the name is known.
    ///
    /// # Errors
    /// When the cache cannot be read.
    pub fn contains(&self, name: &[u8]) -> Result<bool> {
        let state = self.load()?;
        Ok(state.names.as_ref().is_some_and(|(_, set)| set.contains(&encode_dirs(name))))
    }

    /// The new text of the file, `None` when nothing changed since it was read.
    #[must_use]
    pub fn changed_text(&self) -> Option<Vec<u8>> {
        let state = self.lock();
        let (order, _) = state.names.as_ref().filter(|_| state.dirty)?;
        Some(hg_format::fncache::encode(order))
    }

    /// Says that the text has been written.
    pub fn written(&self) {
        self.lock().dirty = false;
    }

    /// Forgets what is in memory; it is read again when it is needed.
    pub fn invalidate(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<MutexGuard<'_, State>> {
        let mut state = self.lock();
        if state.names.is_none() {
            let text = self.vfs.try_read(FILE)?.unwrap_or_default();
            let order =
                hg_format::fncache::decode(&text).map_err(|error| damaged(&error.to_string()))?;
            let set = order.iter().cloned().collect();
            state.names = Some((order, set));
        }
        Ok(state)
    }
}

/// What [`rebuild`] changed.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Rebuilt {
    /// Logical names that were missing, sorted.
    pub added: Vec<Vec<u8>>,
    /// Logical names of files that are not there, sorted.
    pub removed: Vec<Vec<u8>>,
}

/// Makes the name cache again from what changesets touched and what files are there. With
/// `only_data`, only looks for data files beside known indexes.
///
/// # Errors
/// When changesets cannot be read, or the file not be written.
pub fn rebuild(repo: &Repo, only_data: bool) -> Result<Option<Rebuilt>> {
    let store = repo.store_vfs();
    let Some(fncache) = store.fncache() else { return Ok(None) };
    let _lock = repo.lock()?;
    // A damaged cache is what this is for.
    let old: BTreeSet<Vec<u8>> = fncache.names().unwrap_or_default().into_iter().collect();
    let new = if only_data {
        let data = |name: &Vec<u8>| Some([name.strip_suffix(b".i")?, b".d"].concat());
        let found = old.iter().filter_map(data).filter(|name| store.exists(name));
        old.iter().cloned().chain(found).collect()
    } else {
        stored_names(repo)?
    };
    let out = Rebuilt {
        added: new.difference(&old).cloned().collect(),
        removed: old.difference(&new).cloned().collect(),
    };
    if out != Rebuilt::default() {
        let tr = repo.transaction("fncache")?;
        fncache.replace(new);
        tr.close()?;
    }
    Ok(Some(out))
}

/// The names of all files that filelogs (and manifests of directories) are made of.
fn stored_names(repo: &Repo) -> Result<BTreeSet<Vec<u8>>> {
    use rayon::prelude::*;
    let (store, changelog) = (repo.store_vfs(), repo.changelog()?);
    let revs: Vec<_> = changelog.revs().collect();
    let paths: BTreeSet<HgPathBuf> = revs
        .par_iter()
        .map(|&rev| -> Result<BTreeSet<HgPathBuf>> {
            Ok(changelog.entry(rev)?.files().map(HgPath::to_owned).collect())
        })
        .try_reduce(BTreeSet::new, |mut all: BTreeSet<HgPathBuf>, more| {
            all.extend(more);
            Ok(all)
        })?;
    let mut radixes: BTreeSet<Vec<u8>> =
        paths.iter().map(|path| [b"data/", path.as_bytes()].concat()).collect();
    if repo.requires(hg_format::requirements::name::TREE_MANIFEST) {
        for path in &paths {
            for above in path.ancestors().filter(|above| !above.is_empty()) {
                radixes.insert([b"meta/", above.as_bytes(), b"/00manifest"].concat());
            }
        }
    }
    let names =
        radixes.into_iter().flat_map(|radix| [b".i", b".d"].map(|end| [&radix[..], end].concat()));
    Ok(names.filter(|name| store.exists(name)).collect())
}

fn damaged(message: &str) -> Error {
    Error::abort(message).hint("use 'hg debugrebuildfncache' to rebuild the fncache")
}

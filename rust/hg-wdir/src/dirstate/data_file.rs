//! Writing version 2: changes are appended to the data file, until too much of it is unused.

use std::collections::HashSet;
use std::fs::OpenOptions;
use std::os::unix::fs::FileExt as _;

use hg_format::dirstate::Error as FormatError;
use hg_format::dirstate::v2::{self, Change, Docket, TreeWriter, What, append_to_tree};
use hg_store::Transaction;
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::IoResultExt as _;

use super::file::{FILE, data_name, random_hex};
use super::flat::damaged;
use super::{Base, Cached, Dirstate, Findings, Item, compare_by_components};

/// Data files below this size are written anew: that costs no more than bytes nobody uses.
const APPEND_FROM: usize = 64 * 1024;
/// More than one in so many entries changed: their directories are most of the tree.
const MANY_CHANGES: usize = 8;

/// How data files are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DataUpdate {
    /// Appended to until half of the file is unused.
    #[default]
    Auto,
    /// Always appended to.
    Append,
    /// Always anew.
    New,
}

impl DataUpdate {
    /// The mode of this name, as `devel.dirstate.v2.data_update_mode` has it.
    #[must_use]
    pub fn named(name: Option<&[u8]>) -> Self {
        match name {
            Some(b"force-append") => Self::Append,
            Some(b"force-new") => Self::New,
            _ => Self::Auto,
        }
    }
}

impl Dirstate {
    /// The digest of what was ignored when directories were last cached; zeros for never.
    pub(crate) fn ignore_digest(&self) -> &[u8; 20] {
        &self.ignore_digest
    }

    fn docket_on_disk(&self) -> Result<Option<Docket>> {
        Ok(self.vfs.try_read(FILE)?.and_then(|bytes| Docket::decode(&bytes).ok()))
    }

    pub(super) fn write_v2(&self, found: &Findings) -> Result<()> {
        let old = self.docket_on_disk()?;
        let docket = match self.append_data(old.as_ref(), found)? {
            Some(docket) => docket,
            None => self.new_data_file(found)?,
        };
        self.vfs.write_atomic_checked(FILE, &docket.encode().map_err(damaged)?)?;
        // Readers that still have the old data file mapped keep it; others find the new one.
        let replaced = old.filter(|old| old.id != docket.id);
        if let Some(old) = replaced.filter(|old| !old.id.is_empty() && !old.id.contains(&b'/')) {
            self.vfs.try_remove(data_name(&old.id))?;
        }
        Ok(())
    }

    /// Writes data that the old docket does not name, and gives the new docket.
    pub(super) fn write_v2_data(&mut self, transaction: &Transaction) -> Result<Vec<u8>> {
        let old = self.docket_on_disk()?;
        // What is behind the part that a docket speaks of counts for nothing, should it come to that.
        let found = Findings::default();
        if let Some(docket) = self.append_data(old.as_ref(), &found)? {
            return docket.encode().map_err(damaged);
        }
        let docket = self.new_data_file(&found)?;
        // What an earlier call of the same transaction left is not named by anything.
        if let Some(unused) = self.pending_data.replace(docket.id.clone()) {
            self.vfs.try_remove(data_name(&unused))?;
        }
        let drop_data = |id: Vec<u8>| {
            move |transaction: &Transaction| -> Result<()> {
                if !id.is_empty() && !id.contains(&b'/') {
                    transaction.repo().vfs().try_remove(data_name(&id))?;
                }
                Ok(())
            }
        };
        let unique = format!("dirstate-data-{}", String::from_utf8_lossy(&docket.id));
        transaction.add_abort(&unique, drop_data(docket.id.clone()))?;
        if let Some(old) = old {
            transaction.add_post_close("dirstate-old-data", drop_data(old.id))?;
        }
        docket.encode().map_err(damaged)
    }

    /// Appends what has changed to the data file; `None` when a new one is to be written.
    fn append_data(&self, old: Option<&Docket>, found: &Findings) -> Result<Option<Docket>> {
        let (Base::Tree(base), Some(old)) = (&self.base, old) else { return Ok(None) };
        let ours = self.pending_data.as_ref() == Some(&base.id)
            || (old.id == base.id && usize::try_from(old.data_size).is_ok_and(|o| o <= base.used));
        let anew = match self.format.update {
            DataUpdate::New => true,
            DataUpdate::Append => false,
            DataUpdate::Auto => {
                let entries = usize::try_from(base.metadata.entries).unwrap_or(usize::MAX);
                let changes = self.changes.len() + found.clean().len();
                base.used < APPEND_FROM || changes > entries / MANY_CHANGES
            }
        };
        let anew = anew
            || !ours
            // Directories cached by other rules would have to be visited one by one.
            || found.digest_or(self.ignore_digest) != base.metadata.ignore_digest;
        if anew {
            return Ok(None);
        }
        let changes = self.sorted_changes(found);
        let (tail, tree) = match changes.is_empty() {
            true => (Vec::new(), base.metadata),
            false => append_to_tree(&base.tree(), &base.metadata, &changes).map_err(damaged)?,
        };
        let Ok(data_size) = u32::try_from(base.used + tail.len()) else { return Ok(None) };
        if self.format.update == DataUpdate::Auto && tree.unreachable > data_size / 2 {
            return Ok(None);
        }
        let path = self.vfs.join(data_name(&base.id));
        match OpenOptions::new().write(true).open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            file => file
                .and_then(|file| file.write_all_at(&tail, base.used as u64))
                .when("writing", &path)?,
        }
        Ok(Some(Docket { parents: self.parents, tree, data_size, id: base.id.clone() }))
    }

    /// Files and directories to be changed, in order of components.
    fn sorted_changes<'a>(&'a self, found: &'a Findings) -> Vec<Change<'a>> {
        let files = self.changes.iter().map(|(path, record)| Change {
            path,
            what: match record {
                Some(record) => What::File(record.entry, record.copy_source.as_deref()),
                None => What::Forget,
            },
        });
        let clean =
            found.clean().map(|(path, entry)| Change { path, what: What::File(entry, None) });
        let directories =
            found.caches().iter().filter(|(path, _)| !self.changes.contains_key(path)).map(
                |(path, cached)| Change {
                    path,
                    what: match cached {
                        Cached::Directory(cache) => What::Directory(*cache),
                        Cached::Untracked => What::Untracked,
                    },
                },
            );
        let mut all: Vec<Change> = files.chain(clean).chain(directories).collect();
        all.sort_unstable_by(|a, b| compare_by_components(a.path, b.path));
        all
    }

    /// The cached directories that were read, as far as they still hold, and those that were noted
    /// since, with the untracked files in them.
    fn all_caches(&self, found: &Findings) -> Result<Vec<(HgPathBuf, Cached)>> {
        let mut all = Vec::new();
        if let Base::Tree(base) = &self.base
            && base.metadata.ignore_digest == found.digest_or(self.ignore_digest)
        {
            collect_caches(&base.tree().root().map_err(damaged)?, false, &mut all)?;
        }
        // What is known no more may be unknown from now on: its directory must be listed.
        let forgotten = self.changes.iter().filter(|(_, record)| record.is_none());
        let lost: HashSet<&HgPath> = forgotten.flat_map(|(path, _)| path.ancestors()).collect();
        let noted: HashSet<&HgPath> = found.caches().iter().map(|(path, _)| &**path).collect();
        all.retain(|(path, cached)| {
            let directory = match cached {
                Cached::Directory(_) => path,
                Cached::Untracked => path.parent().unwrap_or(HgPath::new("")),
            };
            !lost.contains(directory) && !noted.contains(directory)
        });
        all.extend(found.caches().iter().cloned());
        all.sort_unstable_by(|a, b| compare_by_components(&a.0, &b.0));
        Ok(all)
    }

    fn new_data_file(&self, found: &Findings) -> Result<Docket> {
        let (data, mut tree) = self.encode_v2(found)?;
        // Without caches there is nothing that rules would have to be the same for.
        tree.ignore_digest = found.digest_or(self.ignore_digest);
        let id = random_hex(4)?;
        self.vfs.write(data_name(&id), &data)?;
        let data_size = u32::try_from(data.len()).map_err(|_| damaged(FormatError::TooLarge))?;
        Ok(Docket { parents: self.parents, tree, data_size, id })
    }

    fn encode_v2(&self, found: &Findings) -> Result<(Vec<u8>, v2::TreeMetadata)> {
        let caches = self.all_caches(found)?;
        let mut caches = caches.iter().peekable();
        let mut writer = TreeWriter::with_capacity(match &self.base {
            Base::Tree(base) => base.used,
            Base::Flat(_) => 0,
        });
        let directory = |cached: &Cached| match cached {
            Cached::Directory(cache) => Some(*cache),
            Cached::Untracked => None,
        };
        self.for_each_found(found, &mut |item| {
            let Item { path, entry, copy_source } = item;
            while let Some((path, cached)) =
                caches.next_if(|(cached, _)| compare_by_components(cached, path).is_lt())
            {
                let directory = directory(cached);
                let item = v2::Item { path, entry: None, copy_source: None, directory };
                writer.add(&item).map_err(damaged)?;
            }
            // A file has taken the place of the directory, or is tracked by now.
            caches.next_if(|(cached, _)| **cached == *path);
            let entry = Some(entry);
            writer.add(&v2::Item { path, entry, copy_source, directory: None }).map_err(damaged)
        })?;
        for (path, cached) in caches {
            let directory = directory(cached);
            let item = v2::Item { path, entry: None, copy_source: None, directory };
            writer.add(&item).map_err(damaged)?;
        }
        writer.finish().map_err(damaged)
    }
}

fn collect_caches(
    directory: &v2::Children,
    is_cached: bool,
    out: &mut Vec<(HgPathBuf, Cached)>,
) -> Result<()> {
    for node in directory.iter() {
        let node = node.map_err(damaged)?;
        // Most nodes are files.
        if node.mere_entry().is_some() {
            continue;
        }
        let cache = node.directory_cache();
        if let Some(cache) = cache {
            out.push((node.path().to_owned(), Cached::Directory(cache)));
        } else if is_cached && node.is_untracked_file() {
            out.push((node.path().to_owned(), Cached::Untracked));
        }
        collect_caches(&node.children().map_err(damaged)?, cache.is_some(), out)?;
    }
    Ok(())
}

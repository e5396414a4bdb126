//! The branch of each changeset, from the cache where it knows and from the changelog where not.

use std::collections::HashMap;

use hg_format::rev_branch_cache::{self as format, RECORD_LEN, RevBranch};
use hg_types::{Result, Revision};
use hg_vfs::Vfs;

use crate::changelog::Changelog;

const NAMES_FILE: &str = "rbc-names-v2";
const REVS_FILE: &str = "rbc-revs-v2";

/// Branches by revision. Never trusted: a record counts only for the node it was made for.
#[derive(Debug, Default)]
pub struct RevBranches {
    names: Vec<Vec<u8>>,
    by_name: HashMap<Vec<u8>, u32>,
    revs: Vec<u8>,
    /// How many names, and how many bytes of records, the files hold already.
    written: (usize, usize),
    /// The lowest record that changed since.
    changed_from: usize,
}

impl RevBranches {
    /// Reads the cache from `.hg/cache`; starts empty when it is absent or unreadable.
    #[must_use]
    pub fn load(cache: &Vfs) -> Self {
        let read = |name| cache.try_read(name).ok().flatten();
        let (Some(names), Some(mut revs)) = (read(NAMES_FILE), read(REVS_FILE)) else {
            return Self::default();
        };
        let names = format::decode_names(&names);
        revs.truncate(revs.len() / RECORD_LEN * RECORD_LEN);
        let positions = names.iter().cloned().zip(0..);
        let written = (names.len(), revs.len());
        Self { by_name: positions.collect(), names, changed_from: revs.len(), revs, written }
    }

    /// The branch of a changeset, in UTF-8, and whether the changeset closes it.
    ///
    /// # Errors
    /// When the changeset is not in the cache and cannot be read.
    pub fn get(&mut self, cl: &Changelog, rev: Revision) -> Result<(&[u8], bool)> {
        let Some(position) = rev.index() else { return Ok((b"default", false)) };
        let node = cl.node(rev);
        let known = format::decode(&self.revs, position, &node);
        let known = known.filter(|found| (found.name as usize) < self.names.len());
        let found = match known {
            Some(found) => found,
            None => {
                let entry = cl.entry(rev)?;
                let found =
                    RevBranch { name: self.intern(entry.branch()), closes: entry.closes_branch() };
                self.put(position, |out| format::encode(&node, found, out));
                found
            }
        };
        Ok((&self.names[found.name as usize], found.closes))
    }

    fn intern(&mut self, name: Vec<u8>) -> u32 {
        if let Some(&position) = self.by_name.get(&name) {
            return position;
        }
        let position = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.clone());
        self.by_name.insert(name, position);
        position
    }

    fn put(&mut self, position: usize, encode: impl FnOnce(&mut Vec<u8>)) {
        let at = position * RECORD_LEN;
        if self.revs.len() < at + RECORD_LEN {
            self.revs.resize(at + RECORD_LEN, 0);
        }
        let mut record = Vec::with_capacity(RECORD_LEN);
        encode(&mut record);
        self.revs[at..at + RECORD_LEN].copy_from_slice(&record);
        self.changed_from = self.changed_from.min(at);
    }

    /// Writes what was learned. A cache that cannot be written is no error: nothing depends on it.
    pub fn save(&mut self, cache: &Vfs) {
        let dirty = self.changed_from < self.revs.len() || self.names.len() > self.written.0;
        if !dirty || cache.create_dirs("").is_err() {
            return;
        }
        // Names first: a record must never point at a name that is not there.
        let names = format::encode_names(&self.names);
        let done = cache.write_atomic(NAMES_FILE, &names).is_ok()
            && cache.write_atomic(REVS_FILE, &self.revs).is_ok();
        if done {
            self.written = (self.names.len(), self.revs.len());
            self.changed_from = self.revs.len();
        }
    }
}

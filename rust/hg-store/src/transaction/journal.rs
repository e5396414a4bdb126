//! The journal files of a running transaction.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::Write as _;

use hg_format::journal::{self, Appended, BACKUP_HEADER, Backup};
use hg_types::Result;
use hg_vfs::{IoResultExt as _, Vfs};

use super::Location;
use crate::Repo;

/// The journal; lies in the store.
pub(super) const JOURNAL: &str = "journal";
/// The list of copies; lies in the store.
pub(super) const BACKUPS: &str = "journal.backupfiles";
/// What the transaction is for; lies in `.hg`.
pub(super) const DESCRIPTION: &str = "journal.desc";

/// The journal being written.
pub(super) struct Journal {
    vfs: Vfs,
    file: File,
    backup_file: File,
    pub(super) appended: Vec<Appended>,
    lengths: HashMap<Vec<u8>, usize>,
    pub(super) backups: Vec<Backup>,
    seen: HashSet<(Vec<u8>, Vec<u8>)>,
}

impl Journal {
    /// Begins a journal in the store `vfs`.
    pub(super) fn create(vfs: &Vfs) -> Result<Self> {
        // First the list that the journal makes valid: without a journal it is ignored.
        let mut backup_file = vfs.create(BACKUPS)?;
        backup_file.write_all(BACKUP_HEADER).when("writing", vfs.join(BACKUPS))?;
        let file = vfs.create(JOURNAL)?;
        Ok(Self {
            vfs: vfs.clone(),
            file,
            backup_file,
            appended: Vec::new(),
            lengths: HashMap::new(),
            backups: Vec::new(),
            seen: HashSet::new(),
        })
    }

    pub(super) fn length_of(&self, name: &[u8]) -> Option<u64> {
        self.lengths.get(name).map(|&at| self.appended[at].length)
    }

    pub(super) fn add(&mut self, name: &[u8], length: u64) -> Result<()> {
        let backed = self.seen.contains(&(Vec::new(), name.to_vec()));
        if self.lengths.contains_key(name) || backed {
            return Ok(());
        }
        self.write(Appended { name: name.to_vec(), length })
    }

    /// Notes several lengths at once, lower than any noted before.
    pub(super) fn add_cuts(&mut self, cuts: &[(Vec<u8>, u64)]) -> Result<()> {
        for (name, length) in cuts {
            self.lengths.insert(name.clone(), self.appended.len());
            self.appended.push(Appended { name: name.clone(), length: *length });
        }
        let mut text = Vec::new();
        for entry in &self.appended {
            journal::encode(entry, &mut text);
        }
        self.vfs.write_atomic(JOURNAL, &text)?;
        self.file = self.vfs.open_append(JOURNAL)?;
        Ok(())
    }

    /// Everything noted so far, for the next transaction of a chain; temporary files are removed
    /// by the caller.
    pub(super) fn hand_over(&mut self) -> Result<Self> {
        Ok(Self {
            vfs: self.vfs.clone(),
            file: self.vfs.open_append(JOURNAL)?,
            backup_file: self.vfs.open_append(BACKUPS)?,
            appended: std::mem::take(&mut self.appended),
            lengths: std::mem::take(&mut self.lengths),
            backups: std::mem::take(&mut self.backups),
            seen: std::mem::take(&mut self.seen),
        })
    }

    fn write(&mut self, entry: Appended) -> Result<()> {
        let mut text = Vec::new();
        journal::encode(&entry, &mut text);
        self.file.write_all(&text).when("writing", self.vfs.join(JOURNAL))?;
        self.lengths.insert(entry.name.clone(), self.appended.len());
        self.appended.push(entry);
        Ok(())
    }

    pub(super) fn backup(&mut self, repo: &Repo, location: Location, name: &[u8]) -> Result<()> {
        let key = (location.as_bytes().to_vec(), name.to_vec());
        if self.seen.contains(&key)
            || location == Location::Store && self.lengths.contains_key(name)
        {
            return Ok(());
        }
        let vfs = location.vfs(repo);
        let backup = if vfs.lexists(location.encode(repo, name)) {
            let copy = backup_name("journal", name);
            vfs.link_or_copy(location.encode(repo, name), location.encode(repo, &copy))?;
            copy
        } else {
            Vec::new()
        };
        let location = key.0.clone();
        self.seen.insert(key);
        self.write_backup(Backup { location, name: name.to_vec(), backup, cache: false })
    }

    pub(super) fn temporary(&mut self, location: Location, name: &[u8]) -> Result<()> {
        let location = location.as_bytes().to_vec();
        let entry = Backup { location, name: Vec::new(), backup: name.to_vec(), cache: false };
        if self.backups.contains(&entry) {
            return Ok(());
        }
        self.write_backup(entry)
    }

    fn write_backup(&mut self, entry: Backup) -> Result<()> {
        let mut text = Vec::new();
        journal::encode_backup(&entry, &mut text);
        self.backup_file.write_all(&text).when("writing", self.vfs.join(BACKUPS))?;
        self.backups.push(entry);
        Ok(())
    }

    /// Whether there is anything that undoing would have to tell about.
    pub(super) fn has_work(&self) -> bool {
        !self.appended.is_empty() || self.backups.iter().any(|entry| !entry.name.is_empty())
    }
}

/// The name of the copy of a file: `dir/PREFIX.backup.NAME.bck`.
pub(super) fn backup_name(prefix: &str, name: &[u8]) -> Vec<u8> {
    let slash = name.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    [&name[..slash], prefix.as_bytes(), b".backup.", &name[slash..], b".bck"].concat()
}

/// The name that a copy of the journal gets once the transaction is over.
pub(super) fn undo_name(backup: &[u8]) -> Vec<u8> {
    let slash = backup.iter().rposition(|&b| b == b'/').map_or(0, |at| at + 1);
    match backup[slash..].strip_prefix(b"journal") {
        Some(rest) => [&backup[..slash], b"undo", rest].concat(),
        None => backup.to_vec(),
    }
}

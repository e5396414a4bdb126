//! Reading and writing `.hg/dirstate`, and what stands beside it.

use std::collections::BTreeMap;

use hg_format::dirstate::v2::Docket;
use hg_format::dirstate::{Error as FormatError, v1};
use hg_store::{Location, Stage, Transaction};
use hg_types::{Error, Node, Result, to_hex};
use hg_vfs::{FileBytes, Vfs};

use super::base::MappedTree;
use super::flat::damaged;
use super::{Base, Dirstate, Findings, Flat, Format};

/// What was written: the text of version 1.
pub(crate) struct Written(Option<Vec<u8>>);

/// The file of version 1, the docket of version 2.
pub(crate) const FILE: &str = "dirstate";
/// What hooks of a running transaction see.
const PENDING: &str = "dirstate.pending";
/// Changes whenever the set of tracked files does.
const TRACKED_HINT: &str = "dirstate-tracked-hint";
/// Readers that find a docket whose data file was just replaced try again this often.
const DOCKET_RETRIES: usize = 5;

impl Dirstate {
    /// Reads the dirstate in `vfs` (`.hg`); an absent one is empty.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn load(vfs: &Vfs, format: Format) -> Result<Self> {
        Self::load_pending(vfs, format, None, &|| Ok(()))
    }

    /// The same, where a running transaction will write the file: `pending` is its text.
    /// `after_docket` is called between the two files of version 2.
    ///
    /// # Errors
    /// Those of [`Dirstate::load`].
    pub fn load_pending(
        vfs: &Vfs,
        format: Format,
        pending: Option<Vec<u8>>,
        after_docket: &dyn Fn() -> Result<()>,
    ) -> Result<Self> {
        for _ in 0..DOCKET_RETRIES {
            let identity = vfs.file_stat(FILE).filter(|_| pending.is_none());
            let bytes = match &pending {
                Some(text) => Some(FileBytes::from_vec(text.clone())),
                None => on_disk(vfs, format)?,
            };
            let read = read(vfs, bytes, format, after_docket)?;
            let Some((parents, base)) = read else { continue };
            let ignore_digest = base.ignore_digest();
            return Ok(Self {
                vfs: vfs.clone(),
                format,
                parents,
                base,
                changes: BTreeMap::new(),
                parents_changed: false,
                tracked_changed: false,
                identity,
                merged: None,
                ignore_digest,
                pending_data: None,
            });
        }
        Err(Error::abort("dirstate read race happened too many times"))
    }

    /// The parents alone, without reading the entries.
    ///
    /// # Errors
    /// When the file cannot be read or is damaged.
    pub fn read_parents(vfs: &Vfs) -> Result<[Node; 2]> {
        let Some(bytes) = vfs.try_map(FILE)? else {
            return Ok([Node::NULL; 2]);
        };
        if bytes.starts_with(b"dirstate-v2\n") {
            return Ok(Docket::decode(&bytes).map_err(damaged)?.parents);
        }
        v1::parents(&bytes).map_err(damaged)
    }

    /// Whether the file is still the one that was read.
    #[must_use]
    pub fn is_current(&self) -> bool {
        self.vfs.file_stat(FILE) == self.identity
    }

    /// The version of the file that was read.
    #[must_use]
    pub fn identity(&self) -> Option<&hg_vfs::FileStat> {
        self.identity.as_ref()
    }

    /// Writes what has changed, if anything. The caller holds the lock of the working directory.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&mut self) -> Result<()> {
        if !self.is_dirty() {
            return Ok(());
        }
        self.write_always()
    }

    /// Writes what was found about files that did not change; to be loaded again afterwards. The
    /// caller holds the lock of the working directory.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub(crate) fn write_found<'a>(&'a self, found: &Findings<'a>) -> Result<Written> {
        if self.format.v2 {
            self.write_v2(found)?;
            return Ok(Written(None));
        }
        let bytes = self.encode_v1(found)?;
        self.vfs.write_atomic_checked(FILE, &bytes)?;
        Ok(Written(Some(bytes)))
    }

    /// Takes what was written as what was read. The lock is still held: it is the same.
    pub(crate) fn take_written(&mut self, written: Written) -> Result<()> {
        let Written(Some(bytes)) = written else {
            *self = Self::load(&self.vfs.clone(), self.format)?;
            return Ok(());
        };
        self.base = Base::Flat(Flat::from_written_v1(bytes)?);
        self.identity = self.vfs.file_stat(FILE);
        self.ignore_digest = self.base.ignore_digest();
        self.changes.clear();
        self.parents_changed = false;
        self.tracked_changed = false;
        self.merged = None;
        self.pending_data = None;
        Ok(())
    }

    /// Writes the whole dirstate, changed or not.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_always(&mut self) -> Result<()> {
        if self.tracked_changed && self.format.tracked_hint {
            write_tracked_hint(&self.vfs)?;
        }
        let written = self.write_found(&Findings::default())?;
        self.take_written(written)
    }

    /// Writes everything in the given version, whatever the repository required so far.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn convert(&mut self, v2: bool) -> Result<()> {
        let old = self.vfs.try_read(FILE)?.and_then(|bytes| Docket::decode(&bytes).ok());
        self.format.v2 = v2;
        self.write_always()?;
        match old.filter(|old| !v2 && !old.id.is_empty() && !old.id.contains(&b'/')) {
            Some(old) => Ok(self.vfs.try_remove(data_name(&old.id)).map(drop)?),
            None => Ok(()),
        }
    }

    /// Has what has changed written when `transaction` closes. What is in memory counts as written
    /// from now on; whoever reads the file before that sees the old one.
    ///
    /// # Errors
    /// When the data file of version 2 cannot be written.
    pub fn write_in(&mut self, transaction: &Transaction) -> Result<()> {
        if !self.is_dirty() {
            return Ok(());
        }
        let bytes = if self.format.v2 {
            self.write_v2_data(transaction)?
        } else {
            self.encode_v1(&Findings::default())?
        };
        let appended = match self.format.v2 {
            true => {
                read(&self.vfs, Some(FileBytes::from_vec(bytes.clone())), self.format, &|| Ok(()))?
            }
            false => None,
        };
        let appended = appended.map(|(_, base)| base);
        let hint =
            (self.tracked_changed && self.format.tracked_hint).then(hint_text).transpose()?;
        if let Some(hint) = hint {
            transaction.add_file(Location::Hg, TRACKED_HINT, Stage::AfterFinalize, move |_| {
                Ok(hint.clone())
            })?;
        }
        transaction
            .add_file(Location::Hg, FILE, Stage::AfterFinalize, move |_| Ok(bytes.clone()))?;
        self.base = match appended {
            Some(base) => base,
            None => {
                let mut flat = Flat::default();
                self.for_each(&mut |item| flat.push(item))?;
                Base::Flat(flat)
            }
        };
        self.merged = None;
        self.changes.clear();
        self.parents_changed = false;
        // The file is not what is in memory any more.
        self.identity = None;
        Ok(())
    }

    fn encode_v1<'a>(&'a self, found: &Findings<'a>) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        v1::write_parents(&self.parents, &mut out);
        self.for_each_found(found, &mut |item| {
            let super::Item { path, entry, copy_source } = item;
            v1::write_item(&v1::Item { path, entry, copy_source }, &mut out).map_err(damaged)
        })?;
        Ok(out)
    }
}

pub(super) fn data_name(id: &[u8]) -> Vec<u8> {
    [b"dirstate.", id].concat()
}

/// Makes the tracked hint, or changes it.
///
/// # Errors
/// When it cannot be written.
pub fn write_tracked_hint(vfs: &Vfs) -> Result<()> {
    Ok(vfs.write_atomic(TRACKED_HINT, &hint_text()?)?)
}

/// Removes the tracked hint, if it is there.
///
/// # Errors
/// When it cannot be removed.
pub fn remove_tracked_hint(vfs: &Vfs) -> Result<()> {
    Ok(vfs.try_remove(TRACKED_HINT).map(drop)?)
}

/// A text that the tracked hint never had before.
fn hint_text() -> Result<Vec<u8>> {
    Ok([&random_hex(16)?[..], b"\n"].concat())
}

/// The file, or what a hook of a running transaction sees of it.
fn on_disk(vfs: &Vfs, format: Format) -> Result<Option<FileBytes>> {
    let pending = if format.pending { vfs.try_map(PENDING)? } else { None };
    Ok(pending.map_or_else(|| vfs.try_map(FILE), |found| Ok(Some(found)))?)
}

/// Reads parents and entries; `None` when the data file of version 2 was replaced meanwhile.
fn read(
    vfs: &Vfs,
    bytes: Option<FileBytes>,
    format: Format,
    after_docket: &dyn Fn() -> Result<()>,
) -> Result<Option<([Node; 2], Base)>> {
    let Some(bytes) = bytes else {
        return Ok(Some(([Node::NULL; 2], Base::Flat(Flat::default()))));
    };
    if !format.v2 || !bytes.starts_with(b"dirstate-v2\n") {
        // A repository of version 2 may have been left with a file of version 1.
        let hint = |error: Error| match format.v2 {
            true => error.hint("falling back to dirstate-v1 from v2 also failed"),
            false => error,
        };
        let parents = v1::parents(&bytes).map_err(damaged).map_err(hint)?;
        return Ok(Some((parents, Base::Flat(Flat::from_v1(bytes).map_err(hint)?))));
    }
    let docket = Docket::decode(&bytes).map_err(damaged)?;
    after_docket()?;
    if docket.id.contains(&b'/') {
        return Err(damaged(FormatError::Corrupt("identifier of the data file")));
    }
    let used = usize::try_from(docket.data_size).unwrap_or(usize::MAX);
    if used == 0 {
        return Ok(Some((docket.parents, Base::Flat(Flat::default()))));
    }
    let data = vfs.try_map(data_name(&docket.id))?.filter(|data| data.len() >= used);
    let (metadata, id) = (docket.tree, docket.id);
    let tree = data.map(|data| Base::Tree(MappedTree { data, used, metadata, id }));
    Ok(tree.map(|tree| (docket.parents, tree)))
}

/// Random bytes in hexadecimal: names that nobody else chooses.
///
/// # Errors
/// When the system has none.
pub fn random_hex(bytes: usize) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut random = vec![0; bytes];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .map_err(|error| Error::abort("no random numbers available").because(error))?;
    Ok(to_hex(&random))
}

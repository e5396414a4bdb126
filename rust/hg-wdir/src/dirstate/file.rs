//! Reading and writing `.hg/dirstate`, and what stands beside it.

use hg_format::dirstate::v2::{self, Docket};
use hg_format::dirstate::{Error as FormatError, v1};
use hg_types::{Error, HgPath, Node, Result, to_hex};
use hg_vfs::{FileStat, Vfs};

use super::base::MappedTree;
use super::flat::damaged;
use super::{Base, Dirstate, Flat, Format};

/// The file of version 1, the docket of version 2.
pub(crate) const FILE: &str = "dirstate";
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
        let mut last = None;
        for _ in 0..DOCKET_RETRIES {
            match Self::load_once(vfs, &format) {
                Err(Race(error)) => last = Some(error),
                Ok(loaded) => return loaded,
            }
        }
        Err(last.unwrap_or_else(|| Error::abort("dirstate read race happened too many times")))
    }

    fn load_once(vfs: &Vfs, format: &Format) -> Result<Result<Self>, Race> {
        let identity = vfs.file_stat(FILE);
        let empty = |parents, base, ignore_digest| Self {
            vfs: vfs.clone(),
            format: format.clone(),
            parents,
            base,
            changes: std::collections::HashMap::new(),
            parents_changed: false,
            tracked_changed: false,
            identity,
            ignore_digest,
        };
        let read = || -> Result<(Result<Self>, Option<Error>)> {
            let Some(bytes) = vfs.try_map(FILE)? else {
                return Ok((
                    Ok(empty([Node::NULL; 2], Base::Flat(Flat::default()), [0; 20])),
                    None,
                ));
            };
            if !format.v2 || !bytes.starts_with(b"dirstate-v2\n") {
                let parents = v1::parents(&bytes).map_err(damaged)?;
                let flat = Flat::from_v1(bytes)?;
                return Ok((Ok(empty(parents, Base::Flat(flat), [0; 20])), None));
            }
            let docket = Docket::decode(&bytes).map_err(damaged)?;
            let used = docket.data_size as usize;
            let name = [b"dirstate.", &docket.id[..]].concat();
            if docket.id.contains(&b'/') {
                return Err(damaged(FormatError::Corrupt("identifier of the data file")));
            }
            let data = if docket.id.is_empty() || used == 0 { None } else { vfs.try_map(&name)? };
            let data = match data {
                Some(data) if data.len() >= used => data,
                _ if used == 0 => {
                    return Ok((
                        Ok(empty(docket.parents, Base::Flat(Flat::default()), [0; 20])),
                        None,
                    ));
                }
                _ => {
                    let message = "dirstate read race happened";
                    let error = Error::abort(message);
                    return Ok((Err(Error::abort(message)), Some(error)));
                }
            };
            let mapped = MappedTree { data, used, metadata: docket.tree };
            let digest = docket.tree.ignore_digest;
            Ok((Ok(empty(docket.parents, Base::Tree(mapped), digest)), None))
        };
        match read() {
            Ok((_, Some(race))) => Err(Race(race)),
            Ok((loaded, None)) => Ok(loaded),
            Err(error) => Ok(Err(error)),
        }
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
    pub fn identity(&self) -> Option<&FileStat> {
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

    /// Writes the whole dirstate, changed or not.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_always(&mut self) -> Result<()> {
        if self.tracked_changed && self.format.tracked_hint {
            self.vfs.write_atomic(TRACKED_HINT, &[random_hex(16)?, b"\n".to_vec()].concat())?;
        }
        if self.format.v2 {
            self.write_v2()?;
        } else {
            let bytes = self.encode_v1()?;
            self.vfs.write_atomic_checked(FILE, &bytes)?;
        }
        let format = self.format.clone();
        // What was written becomes what was read.
        *self = Self::load(&self.vfs.clone(), format)?;
        Ok(())
    }

    fn encode_v1(&self) -> Result<Vec<u8>> {
        let mut out = Vec::new();
        v1::write_parents(&self.parents, &mut out);
        self.for_each(&mut |item| {
            let super::Item { path, entry, copy_source } = item;
            v1::write_item(&v1::Item { path, entry, copy_source }, &mut out).map_err(damaged)
        })?;
        Ok(out)
    }

    fn write_v2(&self) -> Result<()> {
        let old = self.vfs.try_read(FILE)?.and_then(|bytes| Docket::decode(&bytes).ok());
        let (data, mut tree) = self.encode_v2()?;
        tree.ignore_digest = self.ignore_digest;
        let id = random_hex(4)?;
        let data_name = |id: &[u8]| [b"dirstate.", id].concat();
        self.vfs.write(data_name(&id), &data)?;
        let data_size = u32::try_from(data.len()).map_err(|_| damaged(FormatError::TooLarge))?;
        let docket = Docket { parents: self.parents, tree, data_size, id };
        let bytes = docket.encode().map_err(damaged)?;
        self.vfs.write_atomic_checked(FILE, &bytes)?;
        // Readers that still have the old data file mapped keep it; others find the new one.
        if let Some(old) = old.filter(|old| !old.id.is_empty() && !old.id.contains(&b'/')) {
            self.vfs.try_remove(data_name(&old.id))?;
        }
        Ok(())
    }

    fn encode_v2(&self) -> Result<(Vec<u8>, v2::TreeMetadata)> {
        // The writer takes an iterator, so the entries are gathered first.
        let mut paths: Vec<u8> = Vec::new();
        let mut places = Vec::new();
        self.for_each(&mut |item| {
            let start = paths.len();
            paths.extend_from_slice(item.path.as_bytes());
            let middle = paths.len();
            paths.extend_from_slice(item.copy_source.map_or(b"", HgPath::as_bytes));
            places.push((start, middle, paths.len(), item.entry));
            Ok(())
        })?;
        let items = places.iter().map(|&(start, middle, end, entry)| v2::Item {
            path: HgPath::new(&paths[start..middle]),
            entry: Some(entry),
            copy_source: (end > middle).then(|| HgPath::new(&paths[middle..end])),
            directory: None,
        });
        v2::write_tree(items).map_err(damaged)
    }
}

/// The data file vanished between reading the docket and opening it.
struct Race(Error);

/// Random bytes in hexadecimal: names that nobody else chooses.
fn random_hex(bytes: usize) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut random = vec![0; bytes];
    std::fs::File::open("/dev/urandom")
        .and_then(|mut source| source.read_exact(&mut random))
        .map_err(|error| Error::abort("no random numbers available").because(error))?;
    Ok(to_hex(&random))
}

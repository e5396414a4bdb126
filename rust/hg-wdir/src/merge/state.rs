//! The merge state on disk: what a merge still has to settle, and the local versions it saved.

use hg_format::mergestate::{
    Conflict, ContentConflict, FileState, MergeFile, MergeStateError, MergeStateRecords,
    NO_LOCAL_KEY, decode_records, records_agree_with_v1,
};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, Result, to_hex};
use hg_vfs::Vfs;
use sha1::{Digest as _, Sha1};

/// Labels of the sides when none are given: local, other, base.
pub const DEFAULT_LABELS: [&[u8]; 3] = [b"working copy", b"merge rev", b"common ancestor"];

/// The merge state of a working directory; changes reach the disk with [`MergeState::commit`].
#[derive(Clone, Debug)]
pub struct MergeState {
    records: MergeStateRecords,
    vfs: Vfs,
    dirty: bool,
}

/// Which of the two files of the state are there: `state2`, and `state` for old programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StateFiles {
    /// Neither.
    None,
    /// Only the one for old programs.
    OnlyFirst,
    /// Both, in agreement.
    Same,
    /// Both, but an old program has gone on since `state2` was written.
    Different,
}

impl MergeState {
    /// Reads the state; an empty one when no merge goes on.
    ///
    /// # Errors
    /// When it is damaged or needs a newer program.
    pub fn read(repo: &Repo) -> Result<Self> {
        let vfs = repo.vfs().at("merge");
        let first = vfs.try_read("state")?.filter(|text| !text.is_empty());
        let second = match vfs.try_read("state2")? {
            Some(bytes) => Some(decode_records(&bytes).map_err(unreadable)?),
            None => None,
        };
        let records = match (first, second) {
            (Some(first), Some(second)) if !records_agree_with_v1(&second, &first) => {
                read_first(repo, &first)?
            }
            (_, Some(second)) => MergeStateRecords::from_records(&second).map_err(unreadable)?,
            (Some(first), None) => read_first(repo, &first)?,
            (None, None) => MergeStateRecords::default(),
        };
        Ok(Self { records, vfs, dirty: false })
    }

    /// As [`Self::read`]; where records are of types that only a newer program knows, the letters of these types
    /// instead.
    ///
    /// # Errors
    /// When the state is damaged.
    pub fn read_known(repo: &Repo) -> Result<std::result::Result<Self, Vec<u8>>> {
        let error = match Self::read(repo) {
            Ok(state) => return Ok(Ok(state)),
            Err(error) => error,
        };
        match error.source.as_deref().and_then(|cause| cause.downcast_ref()) {
            Some(MergeStateError::Unsupported(types)) => Ok(Err(types.clone())),
            _ => Err(error),
        }
    }

    /// Which files there are.
    ///
    /// # Errors
    /// When one is damaged or needs a newer program.
    pub fn stored(repo: &Repo) -> Result<StateFiles> {
        let vfs = repo.vfs().at("merge");
        let first = vfs.try_read("state")?;
        let Some(second) = vfs.try_read("state2")? else {
            return Ok(if first.is_some() { StateFiles::OnlyFirst } else { StateFiles::None });
        };
        let second = decode_records(&second).map_err(unreadable)?;
        let same = first.is_none_or(|first| records_agree_with_v1(&second, &first));
        Ok(if same { StateFiles::Same } else { StateFiles::Different })
    }

    /// A fresh state for merging `other` into `local`; what was there is removed.
    ///
    /// # Errors
    /// When the old state cannot be removed.
    pub fn start(repo: &Repo, local: Node, other: Node, labels: &[Vec<u8>]) -> Result<Self> {
        Self::clear(repo)?;
        let records = MergeStateRecords {
            local: Some(local),
            other: Some(other),
            labels: labels.to_vec(),
            ..MergeStateRecords::default()
        };
        Ok(Self { records, vfs: repo.vfs().at("merge"), dirty: false })
    }

    /// Removes the state from disk.
    ///
    /// # Errors
    /// When files cannot be removed.
    pub fn clear(repo: &Repo) -> Result<()> {
        if repo.vfs().lexists("merge") {
            repo.vfs().remove_tree("merge")?;
        }
        Ok(())
    }

    /// Whether a merge (or an operation that merges) left anything to settle or to know.
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.records.local.is_some()
    }

    /// The local changeset.
    #[must_use]
    pub fn local(&self) -> Node {
        self.records.local.unwrap_or_default()
    }

    /// The other changeset.
    #[must_use]
    pub fn other(&self) -> Node {
        self.records.other.unwrap_or_default()
    }

    /// Labels of local, other and base.
    #[must_use]
    pub fn labels(&self) -> [Vec<u8>; 3] {
        let given = &self.records.labels;
        std::array::from_fn(|at| {
            given.get(at).cloned().unwrap_or_else(|| DEFAULT_LABELS[at].to_vec())
        })
    }

    /// The labels as given, possibly none.
    #[must_use]
    pub fn given_labels(&self) -> &[Vec<u8>] {
        &self.records.labels
    }

    /// Facts about files that are not being merged.
    #[must_use]
    pub fn other_extras(&self) -> &[(HgPathBuf, Vec<(Vec<u8>, Vec<u8>)>)] {
        &self.records.other_extras
    }

    /// The files, in order of path.
    #[must_use]
    pub fn files(&self) -> &[MergeFile] {
        &self.records.files
    }

    /// Everything that is stored.
    #[must_use]
    pub fn records(&self) -> &MergeStateRecords {
        &self.records
    }

    /// A file of the merge.
    #[must_use]
    pub fn get(&self, path: &HgPath) -> Option<&MergeFile> {
        self.records.files.iter().find(|file| *file.path == *path)
    }

    /// The files that are not resolved, path conflicts included, in order.
    pub fn unresolved(&self) -> impl Iterator<Item = &MergeFile> {
        let open = |state| matches!(state, FileState::Unresolved | FileState::UnresolvedPath);
        self.records.files.iter().filter(move |file| open(file.state))
    }

    /// Adds a file to be merged and saves its local content, `None` when the local side has none.
    ///
    /// # Errors
    /// When the content cannot be saved.
    pub fn add(
        &mut self,
        path: &HgPath,
        local_content: Option<&[u8]>,
        mut sides: ContentConflict,
        ancestor_link: Node,
    ) -> Result<()> {
        sides.local_key = NO_LOCAL_KEY.to_vec();
        if let Some(content) = local_content {
            sides.local_key = to_hex(&Sha1::digest(&sides.local_path));
            self.vfs.create_dirs("")?;
            self.vfs.write(&sides.local_key, content)?;
        }
        let extras = vec![(b"ancestorlinknode".to_vec(), ancestor_link.hex())];
        self.put(MergeFile {
            path: path.to_owned(),
            state: FileState::Unresolved,
            conflict: Conflict::Content(sides),
            extras,
        });
        Ok(())
    }

    /// Adds a conflict between a file and a directory.
    pub fn add_path_conflict(&mut self, path: &HgPath, renamed_to: &HgPath, origin: u8) {
        self.put(MergeFile {
            path: path.to_owned(),
            state: FileState::UnresolvedPath,
            conflict: Conflict::Path {
                renamed_to: renamed_to.as_bytes().to_vec(),
                origin: vec![origin],
            },
            extras: Vec::new(),
        });
    }

    fn put(&mut self, file: MergeFile) {
        self.dirty = true;
        let files = &mut self.records.files;
        match files.binary_search_by(|probe| probe.path.cmp(&file.path)) {
            Ok(at) => files[at] = file,
            Err(at) => files.insert(at, file),
        }
    }

    fn get_mut(&mut self, path: &HgPath) -> Option<&mut MergeFile> {
        self.records.files.iter_mut().find(|file| *file.path == *path)
    }

    /// Marks a file.
    pub fn mark(&mut self, path: &HgPath, state: FileState) {
        if let Some(file) = self.get_mut(path)
            && file.state != state
        {
            file.state = state;
            self.dirty = true;
        }
    }

    /// Sets a fact about a file, whether it is being merged or not.
    pub fn set_extra(&mut self, path: &HgPath, key: &[u8], value: &[u8]) {
        self.dirty = true;
        let loose = &mut self.records.other_extras;
        let extras = match self.records.files.iter_mut().find(|file| *file.path == *path) {
            Some(file) => &mut file.extras,
            None => {
                let at = loose.iter().position(|(at, _)| **at == *path);
                let at = at.unwrap_or_else(|| {
                    loose.push((path.to_owned(), Vec::new()));
                    loose.len() - 1
                });
                &mut loose[at].1
            }
        };
        extras.retain(|(at, _)| at != key);
        extras.push((key.to_vec(), value.to_vec()));
    }

    /// A fact about a file.
    #[must_use]
    pub fn extra(&self, path: &HgPath, key: &[u8]) -> Option<&[u8]> {
        let of_file = self.get(path).map(|file| &file.extras);
        let loose = self.records.other_extras.iter().find(|(at, _)| **at == *path);
        let extras = of_file.or(loose.map(|(_, extras)| extras))?;
        extras.iter().find(|(at, _)| at == key).map(|(_, value)| value.as_slice())
    }

    /// The paths whose result is the other side's file revision as it is.
    pub fn from_other(&self) -> impl Iterator<Item = &HgPathBuf> {
        self.with_extra(b"filenode-source", b"other")
    }

    /// The paths of which a fact is known, merged or not.
    pub fn with_extra<'a>(
        &'a self,
        key: &'a [u8],
        value: &'a [u8],
    ) -> impl Iterator<Item = &'a HgPathBuf> {
        let known = move |extras: &[(Vec<u8>, Vec<u8>)]| {
            extras.iter().any(|(name, at)| name == key && at == value)
        };
        let files = self.records.files.iter().map(|file| (&file.path, &file.extras));
        let loose = self.records.other_extras.iter().map(|(path, extras)| (path, extras));
        files.chain(loose).filter(move |(_, extras)| known(extras)).map(|(path, _)| path)
    }

    /// The saved local content of a file.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn local_content(&self, sides: &ContentConflict) -> Result<Option<Vec<u8>>> {
        if sides.local_key == NO_LOCAL_KEY {
            return Ok(None);
        }
        // The key comes from disk and becomes a file name: only what we make is taken.
        if sides.local_key.len() != 40 || !sides.local_key.iter().all(u8::is_ascii_hexdigit) {
            return Err(Error::storage("merge state names an impossible file"));
        }
        Ok(Some(self.vfs.read(&sides.local_key)?))
    }

    /// Writes what changed.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn commit(&mut self) -> Result<()> {
        if self.dirty {
            self.vfs.create_dirs("")?;
            self.vfs.write_atomic("state", &self.records.encode_v1())?;
            self.vfs.write_atomic("state2", &self.records.encode())?;
            self.dirty = false;
        }
        Ok(())
    }
}

/// Reads what a program before `state2` left; it knew the other side only as the last parent.
fn read_first(repo: &Repo, text: &[u8]) -> Result<MergeStateRecords> {
    let mut records = MergeStateRecords::decode_v1(text).map_err(unreadable)?;
    let [p1, p2] = repo.wdir_parents();
    let other = if p2.is_null() { p1 } else { p2 };
    records.other = Some(other);
    let manifest = crate::manifest_of(repo, &other)?;
    for file in &mut records.files {
        if let Conflict::Content(sides) = &mut file.conflict {
            sides.other_node = manifest.node(&sides.other_path).unwrap_or_default();
        }
    }
    Ok(records)
}

fn unreadable(error: MergeStateError) -> Error {
    let out = match &error {
        MergeStateError::Unsupported(_) => Error::new(ErrorKind::Abort, error.to_string())
            .hint("see https://mercurial-scm.org/wiki/MergeStateRecords for more information"),
        MergeStateError::Damaged(_) => Error::storage(error.to_string()),
    };
    Error { source: Some(Box::new(error)), ..out }
}

//! Requirements: the features that a program must know to use a repository
//! (`hg help internals.requirements`).

use std::collections::BTreeSet;

/// A set of requirements, in the order of the file.
pub type Requirements = BTreeSet<Vec<u8>>;

/// Names of requirements.
pub mod name {
    /// Revlogs are of version 1.
    pub const REVLOG_V1: &str = "revlogv1";
    /// History lives in `.hg/store`.
    pub const STORE: &str = "store";
    /// The store has a name cache.
    pub const FNCACHE: &str = "fncache";
    /// Leading dots are escaped in names.
    pub const DOTENCODE: &str = "dotencode";
    /// Names are not escaped although there is a name cache.
    pub const PLAIN_STORE: &str = "exp-very-fragile-and-unsafe-plain-store-encoding";
    /// The store belongs to another repository, named by an absolute path.
    pub const SHARED: &str = "shared";
    /// The store belongs to another repository, named by a relative path.
    pub const RELATIVE_SHARED: &str = "relshared";
    /// Requirements of the store are listed in the store.
    pub const SHARE_SAFE: &str = "share-safe";
    /// Deltas may be against any revision.
    pub const GENERALDELTA: &str = "generaldelta";
    /// Delta chains may have holes.
    pub const SPARSE_REVLOG: &str = "sparserevlog";
    /// Manifests are one per directory.
    pub const TREE_MANIFEST: &str = "treemanifest";
    /// The dirstate is of version 2.
    pub const DIRSTATE_V2: &str = "dirstate-v2";
    /// A file changes whenever the set of tracked files does.
    pub const DIRSTATE_TRACKED_HINT: &str = "dirstate-tracked-key-v1";
    /// The working directory holds a part of the files.
    pub const SPARSE: &str = "exp-sparse";
    /// Bookmarks live in the store.
    pub const BOOKMARKS_IN_STORE: &str = "bookmarksinstore";
    /// The node map is kept on disk.
    pub const PERSISTENT_NODEMAP: &str = "persistent-nodemap";
    /// There may be changesets in the internal phase.
    pub const INTERNAL_PHASE: &str = "internal-phase-2";
    /// There may be changesets in the internal phase (first attempt).
    pub const INTERNAL_PHASE_OLD: &str = "internal-phase";
    /// There may be changesets in the archived phase.
    pub const ARCHIVED_PHASE: &str = "exp-archived-phase";
    /// Revlogs may be compressed with zstd.
    pub const ZSTD: &str = "revlog-compression-zstd";
    /// Revlogs are not compressed.
    pub const NO_COMPRESSION: &str = "exp-compression-none";
    /// The changelog is of its second format.
    pub const CHANGELOG_V2: &str = "exp-changelog-v2";
    /// Changesets have side data that says what they do to files, copies included.
    pub const SIDE_DATA_COPIES: &str = "exp-copies-sidedata-changeset";
    /// Large files are kept elsewhere.
    pub const LFS: &str = "lfs";
    /// The largefiles extension is in use.
    pub const LARGEFILES: &str = "largefiles";
}

/// Requirements of the working directory: they stay in `.hg/requires` when the rest is kept in
/// the store.
pub const WORKING_DIR: [&str; 6] = [
    name::SPARSE,
    name::DIRSTATE_V2,
    name::DIRSTATE_TRACKED_HINT,
    name::SHARED,
    name::RELATIVE_SHARED,
    name::SHARE_SAFE,
];

/// Reads a `requires` file.
///
/// # Errors
/// The damaged entry (empty, or one that does not begin with a letter or digit).
pub fn decode(text: &[u8]) -> Result<Requirements, Vec<u8>> {
    let mut out = Requirements::new();
    for line in text.split_inclusive(|&b| b == b'\n') {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.first().is_some_and(u8::is_ascii_alphanumeric) {
            return Err(line.to_vec());
        }
        out.insert(line.to_vec());
    }
    Ok(out)
}

/// Writes a `requires` file: one a line, sorted.
#[must_use]
pub fn encode<'a>(requirements: impl IntoIterator<Item = &'a Vec<u8>>) -> Vec<u8> {
    requirements.into_iter().flat_map(|name| name.iter().copied().chain([b'\n'])).collect()
}

/// Whether a requirement is of the working directory, not of the store.
#[must_use]
pub fn is_working_dir(requirement: &[u8]) -> bool {
    WORKING_DIR.iter().any(|name| name.as_bytes() == requirement)
}

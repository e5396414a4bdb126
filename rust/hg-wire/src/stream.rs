//! Stream clones, the sending side: the files of a store as they are, without looking into them.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Cursor, Read, Take, Write};
use std::path::{Path, PathBuf};

use hg_format::bundle2::PartHeader;
use hg_format::percent;
use hg_format::requirements::{Requirements, name};
use hg_format::streamclone::{self, FileHeader, HeaderV1, Place};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Phase, Result};

use crate::bundle::read_error;
use crate::parts::{Part, Payload};

/// Requirements that say how the files of a store are to be read. The others concern where files
/// are, or the working directory, and each repository has its own.
const FORMATS: [&str; 7] = [
    name::REVLOG_V1,
    name::GENERALDELTA,
    name::SPARSE_REVLOG,
    name::ZSTD,
    name::NO_COMPRESSION,
    name::TREE_MANIFEST,
    name::INTERNAL_PHASE,
];

/// Caches that go along with the second version.
const CACHES: [&str; 5] = ["branch2-base", "branch2-immutable", "branch2-served", "rbc-", "tags2"];

/// The versions of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Version {
    /// Histories alone.
    V1,
    /// Phases, markers and caches as well.
    V2,
}

/// Whether what a repository requires concerns the format of histories.
#[must_use]
pub fn is_format(requirement: &[u8]) -> bool {
    FORMATS.iter().any(|known| known.as_bytes() == requirement)
}

/// What a receiver must understand, sorted, separated by commas.
#[must_use]
pub fn requirements(repo: &Repo) -> Vec<u8> {
    let all: Requirements = (*repo.requirements()).clone();
    let formats: Vec<Vec<u8>> = all.into_iter().filter(|name| is_format(name)).collect();
    formats.join(&b',')
}

/// Whether the files of `repo` may be sent: never where that would show secret changesets.
///
/// # Errors
/// When the configuration is malformed.
pub fn is_allowed(repo: &Repo) -> Result<bool> {
    if !is_enabled(repo)? {
        return Ok(false);
    }
    let config = repo.config();
    Ok(config.get_bool_or("server", "uncompressedallowsecret", false)? || !has_secrets(repo)?)
}

/// Whether the configuration lets files be sent at all.
///
/// # Errors
/// When the configuration is malformed.
pub fn is_enabled(repo: &Repo) -> Result<bool> {
    repo.config().get_bool_or("server", "uncompressed", true)
}

/// Whether a repository has changesets that are not for others.
///
/// # Errors
/// When the phases cannot be read.
pub fn has_secrets(repo: &Repo) -> Result<bool> {
    let phases = repo.phases()?;
    let mut secret = phases.mutable_revs(|phase| phase >= Phase::Secret);
    Ok(secret.next().is_some())
}

/// The error of whoever asks for files that are not to be sent.
#[must_use]
pub fn refused() -> Error {
    Error::abort("stream data requested but server does not allow this feature")
        .hint("the client seems buggy")
}

/// The files of a store at one moment. They only grow: what is appended later is not sent.
#[derive(Debug)]
pub struct Snapshot {
    files: Vec<(FileHeader, PathBuf)>,
    version: Version,
    requirements: Vec<u8>,
}

impl Snapshot {
    /// Looks at the sizes of all files while nobody writes.
    ///
    /// # Errors
    /// When the repository is locked for too long, or cannot be read.
    pub fn take(repo: &Repo, version: Version) -> Result<Self> {
        let _lock = match repo.lock() {
            Ok(lock) => Some(lock),
            Err(error) if error.kind == ErrorKind::LockHeld => return Err(error),
            // Who may not write may read.
            Err(_) => None,
        };
        let mut this = Self { files: Vec::new(), version, requirements: requirements(repo) };
        let store = repo.store_vfs();
        let mut names = hg_store::fncache::history_names(repo)?;
        names.sort_unstable();
        // To others, everything that a publishing repository has is public.
        let phases = if repo.is_publishing()? { None } else { Some("phaseroots") };
        let roots = phases.iter().chain(&["obsstore"]).filter(|_| version == Version::V2);
        let logs = ["00manifest.d", "00manifest.i", "00changelog.d", "00changelog.i"];
        names.extend(roots.chain(&logs).map(|name| name.as_bytes().to_vec()));
        let changelog = repo.changelog()?;
        if changelog.has_side_data() {
            let index = names.pop();
            names.extend(changelog.file_names().into_iter().skip(1));
            names.extend(index);
        }
        for name in names {
            let path = store.join(&name);
            this.add(Place::Store, name, path);
        }
        if version == Version::V2 {
            this.add_caches(repo.cache_vfs().base());
        }
        Ok(this)
    }

    fn add(&mut self, place: Place, name: Vec<u8>, path: PathBuf) {
        let size = path.metadata().map_or(0, |metadata| metadata.len());
        if size > 0 {
            self.files.push((FileHeader { place, name, size }, path));
        }
    }

    fn add_caches(&mut self, directory: &Path) {
        let Ok(entries) = std::fs::read_dir(directory) else { return };
        let mut names: Vec<Vec<u8>> =
            entries.flatten().map(|entry| entry.file_name().into_encoded_bytes()).collect();
        names.sort_unstable();
        for name in names {
            let text = String::from_utf8_lossy(&name).into_owned();
            let hidden = text.ends_with(".hidden") || text.contains('~');
            if CACHES.iter().any(|known| text.starts_with(known)) && !hidden {
                let path = directory.join(&text);
                self.add(Place::Cache, name, path);
            }
        }
    }

    /// Number of files.
    #[must_use]
    pub fn file_count(&self) -> usize {
        self.files.len()
    }

    /// Bytes of all files.
    #[must_use]
    pub fn byte_count(&self) -> u64 {
        self.files.iter().map(|(header, _)| header.size).sum()
    }

    /// What a receiver must understand.
    #[must_use]
    pub fn requirements(&self) -> &[u8] {
        &self.requirements
    }

    /// Writes the answer to `stream_out`.
    ///
    /// # Errors
    /// When a file cannot be read, or the stream cannot be written.
    pub fn answer(self, out: &mut impl Write) -> Result<()> {
        let head = format!("0\n{} {}\n", self.file_count(), self.byte_count());
        out.write_all(head.as_bytes()).map_err(read_error)?;
        io::copy(&mut self.reader(), out).map_err(read_error)?;
        Ok(())
    }

    /// Writes a bundle of the first version.
    ///
    /// # Errors
    /// When a file cannot be read, or the bundle cannot be written.
    pub fn write_bundle(self, out: &mut impl Write) -> Result<()> {
        let header = HeaderV1 {
            files: self.file_count() as u64,
            bytes: self.byte_count(),
            requirements: self.requirements.clone(),
        };
        out.write_all(b"HGS1UN").map_err(read_error)?;
        header.write(out).map_err(stream_error)?;
        io::copy(&mut self.reader(), out).map_err(read_error)?;
        Ok(())
    }

    /// The part of a bundle that carries all files.
    #[must_use]
    pub fn part(self) -> Part<'static> {
        let header = PartHeader::new(b"stream2", true)
            .with(b"bytecount", self.byte_count().to_string().as_bytes())
            .with(b"filecount", self.file_count().to_string().as_bytes())
            .with(b"requirements", &percent::quote(&self.requirements, b""));
        Part { header, payload: Payload::Raw(Box::new(self.reader())) }
    }

    fn reader(self) -> SnapshotReader {
        SnapshotReader {
            files: self.files.into(),
            version: self.version,
            head: Cursor::default(),
            body: None,
        }
    }
}

/// A stream that ends too early or says something else than it should.
pub(crate) fn stream_error(error: streamclone::Error) -> Error {
    Error::abort(error.to_string()).because(error)
}

/// The bytes of a stream, file by file.
struct SnapshotReader {
    files: VecDeque<(FileHeader, PathBuf)>,
    version: Version,
    head: Cursor<Vec<u8>>,
    body: Option<Take<File>>,
}

impl SnapshotReader {
    fn start(&mut self, header: &FileHeader, path: &Path) -> io::Result<()> {
        let mut head = Vec::new();
        let written = match self.version {
            Version::V1 => streamclone::write_file_v1(&mut head, header),
            Version::V2 => streamclone::write_file_v2(&mut head, header),
        };
        written.map_err(io::Error::other)?;
        self.head = Cursor::new(head);
        self.body = Some(File::open(path)?.take(header.size));
        Ok(())
    }
}

impl Read for SnapshotReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.head.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            if let Some(body) = &mut self.body {
                let read = body.read(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
                if body.limit() > 0 {
                    return Err(io::Error::other("a file became shorter while it was sent"));
                }
                self.body = None;
            }
            let Some((header, path)) = self.files.pop_front() else { return Ok(0) };
            self.start(&header, &path)?;
        }
    }
}

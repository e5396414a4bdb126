//! Writing many files of a revision at once: directory by directory, on all processors.
//!
//! A file's content lives only while it is written, so memory is bounded by the biggest files that
//! are in hand at one time. What stands at a name is removed first: nothing is ever written through
//! a link or into a file that has other names.

use std::borrow::Cow;
use std::cell::Cell;
use std::path::Path;

use hg_store::{Manifest, Repo};
use hg_types::{FileFlags, HgPath, Result};
use hg_vfs::{DirHandle, IoResultExt as _, NodeStat};
use rayon::prelude::*;

use crate::filter::{decode_to_write, decodes};

/// A file to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Get<'a> {
    pub(super) path: &'a HgPath,
    /// The name it has in the manifest.
    pub(super) from: &'a HgPath,
    pub(super) flags: FileFlags,
}

/// How files looked right after they were written, in order of their paths.
#[derive(Default)]
pub(super) struct Written<'a> {
    files: Vec<(&'a HgPath, NodeStat)>,
    /// Where the next question will most likely be answered: they come in order, too.
    next: Cell<usize>,
}

impl Written<'_> {
    /// How a file looked, if it was written.
    pub(super) fn stat(&self, path: &HgPath) -> Option<&NodeStat> {
        let next = self.next.get();
        let at = match self.files.get(next) {
            Some((file, _)) if *file == path => next,
            _ => self.files.binary_search_by(|(file, _)| (*file).cmp(path)).ok()?,
        };
        self.next.set(at + 1);
        Some(&self.files[at].1)
    }
}

/// Below this many files, a second processor is not worth waking.
const PARALLEL_FROM: usize = 16;
/// Files of one directory that one processor takes at a time.
const BATCH: usize = 64;

/// Writes files as `manifest` has them. Files of one directory should stand together.
pub(super) fn check_out<'a>(
    repo: &Repo,
    manifest: &Manifest,
    gets: &[Get<'a>],
) -> Result<Written<'a>> {
    let root = DirHandle::open(repo.root()).when("opening", repo.root())?;
    let batch = |files: &&[Get<'a>]| write_batch(repo, &root, manifest, files);
    let batches: Vec<&[Get<'a>]> = gets
        .chunk_by(|a, b| a.path.parent() == b.path.parent())
        .flat_map(|files| files.chunks(BATCH))
        .collect();
    let written: Vec<Vec<NodeStat>> = if gets.len() < PARALLEL_FROM || decodes(repo) {
        batches.iter().map(batch).collect::<Result<_>>()?
    } else {
        batches.par_iter().map(batch).collect::<Result<_>>()?
    };
    let mut files: Vec<_> =
        gets.iter().map(|get| get.path).zip(written.into_iter().flatten()).collect();
    files.sort_by(|a, b| a.0.cmp(b.0));
    Ok(Written { files, next: Cell::default() })
}

/// Writes files of one directory.
fn write_batch(
    repo: &Repo,
    root: &DirHandle,
    manifest: &Manifest,
    files: &[Get],
) -> Result<Vec<NodeStat>> {
    let Some(first) = files.first() else { return Ok(Vec::new()) };
    let wvfs = repo.wvfs();
    // Directories may have changed since the paths were audited, by this very update.
    hg_vfs::check_links(wvfs, first.path.as_bytes())?;
    let directory = first.path.parent().unwrap_or(HgPath::new(""));
    if !directory.is_empty() {
        wvfs.create_dirs(directory).map_err(|error| {
            // Where a file stands in the place of a directory, the name that it hides says more.
            let hidden = wvfs.join(first.path);
            let looked = std::fs::symlink_metadata(&hidden).when("writing", &hidden);
            looked.err().filter(|why| !is_missing(why)).unwrap_or(error)
        })?;
    }
    let full = wvfs.join(directory);
    let handle = root.open_at(directory.as_bytes()).when("opening", &full)?;
    let mut out = Vec::with_capacity(files.len());
    let mut finder = manifest.finder();
    for get in files {
        hg_vfs::check_path(get.path.as_bytes())?;
        let node = finder.get(get.from).map(|entry| entry.node).unwrap_or_default();
        let stored = repo.filelog(get.from)?.read_node(&node)?;
        let content = decode_to_write(repo, get.path, Cow::Borrowed(&stored), Some(node))?;
        let name = get.path.file_name();
        let path = || wvfs.join(get.path);
        match handle.try_remove(name) {
            // A directory without files makes room.
            Err(error) if error.kind() == std::io::ErrorKind::IsADirectory => {
                remove_empty(&path()).when("removing", path())?;
            }
            Err(error) => Err(error).when("removing", path())?,
            Ok(()) => {}
        }
        let stat = match get.flags {
            FileFlags::Symlink => handle.create_link(name, &content),
            flags => handle.create_file(name, &content, flags == FileFlags::Executable),
        };
        match stat {
            Ok(stat) => out.push(stat),
            Err(error) => Err(error).when("writing", path())?,
        }
    }
    Ok(out)
}

/// Whether something is just not there.
fn is_missing(error: &hg_vfs::Error) -> bool {
    error.io().is_some_and(|source| source.kind() == std::io::ErrorKind::NotFound)
}

/// Removes a directory with all directories below; fails when there is a file in one of them.
fn remove_empty(path: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            // What keeps it from going keeps this one, too.
            remove_empty(&entry.path()).ok();
        }
    }
    std::fs::remove_dir(path)
}

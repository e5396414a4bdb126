//! Applying patches to the working directory, or to a changeset in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hg_diff::patch::{ApplyOptions, Backend, EolMode, Outcome, PatchError, apply};
use hg_match::Matcher;
use hg_repo::commit::{FileVersion, MemoryFiles};
use hg_store::{Manifest, Repo};
use hg_types::{Error, FileFlags, HgPath, HgPathBuf, Result};
use hg_vfs::PathAuditor;
use hg_wdir::WorkingDir;
use hg_wdir::merge::write_file;

use crate::CommandContext;
use crate::commands::addremove::AddRemove;
use crate::scope::Naming;

/// How patches are applied, as the configuration says.
///
/// # Errors
/// When an item is malformed.
pub fn options(ctx: &CommandContext, strip: usize, prefix: Vec<u8>) -> Result<ApplyOptions> {
    let config = ctx.config();
    let eol = config.get("patch", "eol").unwrap_or(b"strict");
    let eol = EolMode::from_config(eol).map_err(|error| Error::abort(error.to_string()))?;
    let fuzz = usize::try_from(config.get_int("patch", "fuzz")?).unwrap_or(0);
    Ok(ApplyOptions { strip, prefix, fuzz, eol })
}

/// What the user is told about a patch that cannot be applied.
#[must_use]
pub fn patch_error(error: PatchError) -> Error {
    match error {
        PatchError::Parse(message) => {
            Error::input(message).hint("check that whitespace in the patch has not been mangled")
        }
        PatchError::Apply(message) => Error::state(message),
        PatchError::Backend(error) => error,
    }
}

type PatchResult<T> = std::result::Result<T, PatchError>;

/// The working directory as what is patched.
struct WorkingBackend<'a> {
    repo: &'a Repo,
    wdir: &'a mut WorkingDir,
    auditor: PathAuditor,
    changed: BTreeSet<HgPathBuf>,
    removed: BTreeSet<HgPathBuf>,
    /// Sources and targets.
    copied: Vec<(HgPathBuf, HgPathBuf)>,
    keep_directories: bool,
}

impl WorkingBackend<'_> {
    fn audit(&self, path: &HgPath) -> Result<()> {
        Ok(self.auditor.check(path.as_bytes())?)
    }

    /// Refuses a directory where a file should be.
    fn check_no_directory(&self, path: &HgPath) -> Result<()> {
        let wvfs = self.repo.wvfs();
        if wvfs.lstat(path)?.is_some_and(|found| found.is_dir()) {
            let name = hg_vfs::path_to_bytes(&wvfs.join(path)).to_vec();
            return Err(Error::abort([b"Is a directory: '", &name[..], b"'"].concat()));
        }
        Ok(())
    }

    /// Refuses a file that is there and not tracked.
    fn check_known(&mut self, path: &HgPath) -> PatchResult<()> {
        self.check_no_directory(path)?;
        if self.wdir.dirstate().get(path)?.is_none() && self.exists(path)? {
            let parts = [b"cannot patch ", path.as_bytes(), b": file is not tracked"];
            return Err(PatchError::Apply(parts.concat()));
        }
        Ok(())
    }
}

impl Backend for WorkingBackend<'_> {
    fn read(&mut self, path: &HgPath) -> PatchResult<Option<(Vec<u8>, FileFlags)>> {
        self.audit(path)?;
        self.check_no_directory(path)?;
        let wvfs = self.repo.wvfs();
        Ok(match self.wdir.file_flags(path)? {
            None => None,
            Some(FileFlags::Symlink) => {
                Some((wvfs.readlink(path).map_err(Error::from)?, FileFlags::Symlink))
            }
            Some(flags) => Some((wvfs.read(path).map_err(Error::from)?, flags)),
        })
    }

    // Any name may be asked about: what is read or written is audited.
    fn exists(&mut self, path: &HgPath) -> PatchResult<bool> {
        Ok(self.repo.wvfs().lexists(path))
    }

    fn write(
        &mut self,
        path: &HgPath,
        content: Option<&[u8]>,
        flags: FileFlags,
        source: Option<&HgPath>,
    ) -> PatchResult<()> {
        self.check_known(path)?;
        match content {
            Some(content) => write_file(self.repo, path, content, flags)?,
            None => {
                let link = flags == FileFlags::Symlink;
                let exec = flags == FileFlags::Executable;
                self.repo.wvfs().set_flags(path, link, exec).map_err(Error::from)?;
            }
        }
        if let Some(source) = source {
            self.copied.push((source.to_owned(), path.to_owned()));
        }
        self.changed.insert(path.to_owned());
        Ok(())
    }

    fn remove(&mut self, path: &HgPath) -> PatchResult<()> {
        self.audit(path)?;
        self.check_known(path)?;
        let wvfs = self.repo.wvfs();
        if wvfs.try_remove(path).map_err(Error::from)? && !self.keep_directories {
            wvfs.remove_empty_parents(path);
        }
        self.removed.insert(path.to_owned());
        self.changed.insert(path.to_owned());
        Ok(())
    }

    fn write_rejects(
        &mut self,
        path: &HgPath,
        failed: usize,
        total: usize,
        text: &[u8],
    ) -> PatchResult<()> {
        Ok(save_rejects(self.repo, path, [failed, total], text)?)
    }
}

/// Writes hunks that do not fit to a file beside the one they are for.
fn save_rejects(
    repo: &Repo,
    path: &HgPath,
    [failed, total]: [usize; 2],
    text: &[u8],
) -> Result<()> {
    let name = [path.as_bytes(), b".rej"].concat();
    let start = format!("{failed} out of {total} hunks FAILED -- saving rejects to file ");
    repo.reporter().warn(&[start.as_bytes(), &name, b"\n"].concat());
    let wvfs = repo.wvfs();
    if let Some(parent) = HgPath::new(&name).parent().filter(|parent| !parent.is_empty()) {
        wvfs.create_dirs(parent)?;
    }
    Ok(wvfs.write(&name, text)?)
}

/// What a patch did.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Patched {
    /// The files it touched.
    pub files: BTreeSet<HgPathBuf>,
    /// Hunks that did not fit.
    pub rejected: usize,
}

/// Applies a patch to the working directory and marks what it adds, removes and copies; renames
/// are looked for from `similarity` (0 to 1) on. Nothing is written to the dirstate file.
///
/// # Errors
/// When the patch is malformed or a file cannot be written. Whatever was done stays.
pub fn patch_working(
    ctx: &CommandContext,
    wdir: &mut WorkingDir,
    patch: &[u8],
    options: &ApplyOptions,
    similarity: f64,
) -> PatchResult<Patched> {
    let repo = ctx.repo()?;
    if let Some(program) = ctx.config().get("ui", "patch").filter(|program| !program.is_empty()) {
        let files = external::run(ctx, program, patch, options.strip)?;
        mark_touched(ctx, wdir, &files, similarity)?;
        return Ok(Patched { files, rejected: 0 });
    }
    let mut backend = WorkingBackend {
        repo,
        wdir,
        auditor: PathAuditor::new(repo.wvfs().clone()),
        changed: BTreeSet::new(),
        removed: BTreeSet::new(),
        copied: Vec::new(),
        keep_directories: !ctx.config().get_bool("experimental", "removeemptydirs")?,
    };
    let outcome = apply(patch, &mut backend, options, &*ctx.ui);
    let WorkingBackend { changed, removed, copied, .. } = backend;
    finish(ctx, wdir, &changed, &removed, &copied, similarity)?;
    let Outcome { rejected, .. } = outcome?;
    Ok(Patched { files: changed, rejected })
}

/// Tells the dirstate what a patch did.
fn finish(
    ctx: &CommandContext,
    wdir: &mut WorkingDir,
    changed: &BTreeSet<HgPathBuf>,
    removed: &BTreeSet<HgPathBuf>,
    copied: &[(HgPathBuf, HgPathBuf)],
    similarity: f64,
) -> Result<()> {
    let repo = ctx.repo()?;
    let reporter = repo.reporter();
    let naming = Naming::relative(ctx, repo);
    let name_of = |path: &HgPath| naming.name(path);
    for (source, target) in copied {
        wdir.record_copy(source, target, ctx.ui.is_quiet(), &*reporter, &name_of)?;
    }
    let mut touched = changed.clone();
    let removed: Vec<HgPathBuf> = removed.iter().cloned().collect();
    wdir.forget(&removed, &*reporter, &name_of)?;
    for path in &removed {
        // What was added and is gone again is no business of the dirstate any more.
        if wdir.dirstate().get(path)?.is_none() {
            touched.remove(path);
        }
    }
    mark_touched(ctx, wdir, &touched, similarity)
}

/// Adds and removes files that a patch touched.
fn mark_touched(
    ctx: &CommandContext,
    wdir: &mut WorkingDir,
    touched: &BTreeSet<HgPathBuf>,
    similarity: f64,
) -> Result<()> {
    if touched.is_empty() {
        return Ok(());
    }
    let naming = Naming::relative(ctx, ctx.repo()?);
    let matcher = Matcher::exact_files(touched.iter().cloned().collect());
    AddRemove { similarity, dry_run: false, naming: &naming }.run(ctx, wdir, &matcher)?;
    Ok(())
}

/// A changeset's files as what is patched, in memory.
struct MemoryBackend<'a> {
    repo: &'a Repo,
    manifest: Arc<Manifest>,
    files: BTreeMap<HgPathBuf, Option<FileVersion>>,
    rejects: Rejects,
}

/// What becomes of hunks that do not fit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rejects {
    /// Nothing.
    Drop,
    /// They are written to files in the working directory.
    Save,
}

impl MemoryBackend<'_> {
    fn check_known(&self, path: &HgPath) -> PatchResult<()> {
        if self.manifest.contains(path) {
            return Ok(());
        }
        let parts = [b"cannot patch ", path.as_bytes(), b": file is not tracked"];
        Err(PatchError::Apply(parts.concat()))
    }
}

impl Backend for MemoryBackend<'_> {
    fn read(&mut self, path: &HgPath) -> PatchResult<Option<(Vec<u8>, FileFlags)>> {
        let Some(entry) = self.manifest.get(path) else { return Ok(None) };
        if matches!(self.files.get(path), Some(None)) {
            return Ok(None);
        }
        let content = self.repo.filelog(path)?.read_node(&entry.node)?.into_vec();
        Ok(Some((content, entry.flags)))
    }

    fn exists(&mut self, path: &HgPath) -> PatchResult<bool> {
        Ok(self.manifest.contains(path))
    }

    fn write(
        &mut self,
        path: &HgPath,
        content: Option<&[u8]>,
        flags: FileFlags,
        source: Option<&HgPath>,
    ) -> PatchResult<()> {
        hg_vfs::check_path(path.as_bytes()).map_err(Error::from)?;
        let content = match content {
            Some(content) => content.to_vec(),
            None => {
                self.check_known(path)?;
                self.read(path)?.map(|(content, _)| content).unwrap_or_default()
            }
        };
        let copied_from = source.map(ToOwned::to_owned);
        self.files.insert(path.to_owned(), Some(FileVersion { content, flags, copied_from }));
        Ok(())
    }

    fn remove(&mut self, path: &HgPath) -> PatchResult<()> {
        self.check_known(path)?;
        self.files.insert(path.to_owned(), None);
        Ok(())
    }

    fn write_rejects(
        &mut self,
        path: &HgPath,
        failed: usize,
        total: usize,
        text: &[u8],
    ) -> PatchResult<()> {
        if self.rejects == Rejects::Save {
            save_rejects(self.repo, path, [failed, total], text)?;
        }
        Ok(())
    }
}

/// Applies a patch to a manifest's files: gives the new ones, `None` for those it removes.
///
/// # Errors
/// When the patch is malformed or does not fit.
pub fn patch_memory(
    ctx: &CommandContext,
    manifest: &Arc<Manifest>,
    patch: &[u8],
    options: &ApplyOptions,
    rejects: Rejects,
) -> PatchResult<MemoryFiles> {
    let repo = ctx.repo()?;
    let files = BTreeMap::new();
    let mut backend = MemoryBackend { repo, manifest: manifest.clone(), files, rejects };
    let outcome = apply(patch, &mut backend, options, &*ctx.ui)?;
    if outcome.rejected > 0 {
        return Err(PatchError::Apply(b"patch failed to apply".to_vec()));
    }
    Ok(MemoryFiles(backend.files))
}

mod external;

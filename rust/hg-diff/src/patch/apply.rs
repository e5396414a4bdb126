//! Applying a patch to the files of a backend.

use std::collections::HashMap;

use hg_types::{FileFlags, HgPath, HgPathBuf, Reporter};

use super::file::{Fit, PatchedFile};
use super::hunk::Hunk;
use super::parse::{Event, GitChange, GitPatch, Parser};
use super::strip::strip_path;
use super::{Result, apply_error, parse_error};
use crate::file_diff::DEV_NULL;

/// What becomes of line endings.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum EolMode {
    /// They must fit.
    #[default]
    Strict,
    /// They are ignored, and all become LF.
    Lf,
    /// They are ignored, and all become CRLF.
    Crlf,
    /// They are ignored, and stay what they were in the file.
    Auto,
}

impl EolMode {
    /// Reads the value of `patch.eol`.
    ///
    /// # Errors
    /// When there is no such mode.
    pub fn from_config(text: &[u8]) -> Result<Self> {
        Ok(match &text.to_ascii_lowercase()[..] {
            b"strict" => Self::Strict,
            b"lf" => Self::Lf,
            b"crlf" => Self::Crlf,
            b"auto" => Self::Auto,
            _ => return apply_error([b"unsupported line endings type: ", text].concat()),
        })
    }
}

/// How a patch is applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApplyOptions {
    /// Leading components to take off names.
    pub strip: usize,
    /// What stands before names then, with a slash at its end.
    pub prefix: Vec<u8>,
    /// Lines of context that need not fit.
    pub fuzz: usize,
    /// Line endings.
    pub eol: EolMode,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self { strip: 1, prefix: Vec::new(), fuzz: 2, eol: EolMode::Strict }
    }
}

/// Where patched files come from and go.
pub trait Backend {
    /// Content and kind of a file; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&mut self, path: &HgPath) -> Result<Option<(Vec<u8>, FileFlags)>>;

    /// Whether something has this name.
    ///
    /// # Errors
    /// When that cannot be told.
    fn exists(&mut self, path: &HgPath) -> Result<bool>;

    /// Writes a file, or only its kind when there is no content; `source` is what it was copied
    /// from.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(
        &mut self,
        path: &HgPath,
        content: Option<&[u8]>,
        flags: FileFlags,
        source: Option<&HgPath>,
    ) -> Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// When it cannot be removed.
    fn remove(&mut self, path: &HgPath) -> Result<()>;

    /// Takes hunks that do not fit: `failed` of `total`, as text.
    ///
    /// # Errors
    /// When they cannot be written.
    fn write_rejects(
        &mut self,
        path: &HgPath,
        failed: usize,
        total: usize,
        text: &[u8],
    ) -> Result<()>;
}

/// What came of a patch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// Hunks that did not fit.
    pub rejected: usize,
    /// Whether some hunks fit only without some of their context.
    pub fuzzy: bool,
}

/// Applies a patch.
///
/// # Errors
/// When it is malformed, or a file cannot be read or written. What does not fit is no error.
pub fn apply(
    patch: &[u8],
    backend: &mut dyn Backend,
    options: &ApplyOptions,
    reporter: &dyn Reporter,
) -> Result<Outcome> {
    let mut parser = Parser::new(patch);
    let mut run =
        Run { backend, options, reporter, sources: HashMap::new(), outcome: Outcome::default() };
    let mut current: Option<PatchedFile<'_>> = None;
    while let Some(event) = parser.next()? {
        match event {
            Event::Copies(patches) => run.keep_sources(&patches)?,
            Event::File { old, new, first, git } => {
                run.close(current.take())?;
                current = run.file(&old, &new, first.as_ref(), git)?;
            }
            Event::Hunk(hunk) => {
                if let Some(file) = &mut current {
                    let fit = file.apply(&hunk, run.backend)?;
                    run.outcome.fuzzy |= matches!(fit, Fit::Fits(fuzz) if fuzz > 0);
                }
            }
        }
    }
    run.close(current)?;
    Ok(run.outcome)
}

struct Run<'a> {
    backend: &'a mut dyn Backend,
    options: &'a ApplyOptions,
    reporter: &'a dyn Reporter,
    /// Sources of copies as they were before the patch.
    sources: HashMap<HgPathBuf, (Vec<u8>, FileFlags)>,
    outcome: Outcome,
}

impl<'a> Run<'a> {
    fn close(&mut self, file: Option<PatchedFile<'_>>) -> Result<()> {
        if let Some(file) = file {
            self.outcome.rejected += file.close(self.backend)?;
        }
        Ok(())
    }

    /// A name of a git header as a path of the repository.
    fn git_path(&self, name: &[u8]) -> Result<Vec<u8>> {
        // These have lost their `a/` or `b/` already.
        let strip = self.options.strip.saturating_sub(1);
        Ok(strip_path(name, strip, &self.options.prefix)?.1)
    }

    fn keep_sources(&mut self, patches: &[GitPatch]) -> Result<()> {
        for patch in patches {
            let Some(source) = &patch.old_path else { continue };
            let path = HgPathBuf::from(&self.git_path(source)?[..]);
            if let Some(found) = self.backend.read(&path)? {
                self.sources.insert(path, found);
            }
        }
        Ok(())
    }

    fn source(&self, patch: &GitPatch) -> Option<(Vec<u8>, FileFlags)> {
        let path = HgPathBuf::from(&patch.old_path.as_ref()?[..]);
        self.sources.get(&path).cloned()
    }

    /// Begins a file; `None` when it has no hunks.
    fn file(
        &mut self,
        old: &[u8],
        new: &[u8],
        first: Option<&Hunk>,
        git: Option<GitPatch>,
    ) -> Result<Option<PatchedFile<'a>>> {
        let git = match git {
            Some(mut git) => {
                git.path = self.git_path(&git.path)?;
                git.old_path = git.old_path.map(|path| self.git_path(&path)).transpose()?;
                git
            }
            None => self.guess(old, new, first)?,
        };
        if git.change == GitChange::Rename
            && let Some(source) = &git.old_path
        {
            self.backend.remove(HgPath::new(source))?;
        }
        if first.is_none() {
            self.without_hunks(&git)?;
            return Ok(None);
        }
        let source = self.source(&git);
        let file = PatchedFile::open(&git, self.backend, source, self.options, self.reporter)?;
        Ok(Some(file))
    }

    /// A file of which only the header changes something.
    fn without_hunks(&mut self, git: &GitPatch) -> Result<()> {
        let path = HgPath::new(&git.path);
        if git.change == GitChange::Delete {
            return self.backend.remove(path);
        }
        let mut content = None;
        let mut flags = None;
        if matches!(git.change, GitChange::Copy | GitChange::Rename) {
            let Some((found, kind)) = self.source(git) else {
                let source = git.old_path.clone().unwrap_or_default();
                let parts = [b"source file '", &source[..], b"' does not exist"];
                return apply_error(parts.concat());
            };
            (content, flags) = (Some(found), Some(kind));
        }
        if git.mode.is_some() {
            flags = git.mode;
            if git.change == GitChange::Add {
                content = Some(Vec::new());
            }
        }
        let Some(flags) = flags else { return Ok(()) };
        if !matches!(git.change, GitChange::Modify) && self.backend.exists(path)? {
            let parts = [b"cannot create ", &git.path[..], b": destination already exists"];
            return apply_error(parts.concat());
        }
        let source = git.old_path.as_ref().map(HgPath::new);
        self.backend.write(path, content.as_deref(), flags, source)
    }

    /// Which file a classic patch is for, and whether it makes or removes it.
    fn guess(&mut self, old: &[u8], new: &[u8], first: Option<&Hunk>) -> Result<GitPatch> {
        let (no_old, no_new) = (old == DEV_NULL, new == DEV_NULL);
        let range = match first {
            Some(Hunk::Text(hunk)) => hunk.clone(),
            _ => Default::default(),
        };
        let starts_empty = range.old_start == 0 && range.old_len == 0;
        let ends_empty = range.new_start == 0 && range.new_len == 0;
        let mut create = no_old && starts_empty;
        let ApplyOptions { strip, prefix, .. } = self.options;
        let (old_base, old) = strip_path(old, *strip, prefix)?;
        let (new_base, new) = strip_path(new, *strip, prefix)?;
        let good_old = !no_old && self.backend.exists(HgPath::new(&old))?;
        let good_new = if old == new {
            good_old
        } else {
            !no_new && self.backend.exists(HgPath::new(&new))?
        };
        let mut missing = !good_old && !good_new && !create;
        let directory = |path: &[u8]| path[..slash(path)].to_vec();
        // Some programs write the name of a backup for a file that does not exist yet.
        if missing && directory(&old) == directory(&new) && old.starts_with(&new) && starts_empty {
            create = true;
            missing = false;
        }
        let is_backup = old_base == new_base && new.starts_with(&old);
        let name = if !missing && good_old && (!good_new || is_backup) {
            old
        } else if !missing && good_old {
            new
        } else if !no_new {
            if is_backup { old } else { new }
        } else if !no_old {
            old
        } else {
            return parse_error("undefined source and destination files");
        };
        let mut git = GitPatch::new(name);
        if create {
            git.change = GitChange::Add;
        } else if no_new && ends_empty {
            git.change = GitChange::Delete;
        }
        Ok(git)
    }
}

/// Behind the last slash.
fn slash(path: &[u8]) -> usize {
    path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1)
}

//! `hg copy`, and what it shares with `hg rename`.

mod changeset;
mod target;

use std::collections::HashMap;

use hg_match::{PatternKind, canonical_path};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_vfs::{PathAuditor, bytes_to_path, path_to_bytes};
use hg_wdir::portable::Portability;
use hg_wdir::{StatusOptions, WorkingDir, manifest_of};

use crate::scope::{Naming, match_arguments, match_patterns, warn_bad};
use crate::{Command, CommandContext, spec};

use target::Targets;

/// `hg copy`.
pub static COMMAND: Command = Command {
    spec: &spec::content::COPY,
    help: "Copy files and have the copies recorded with the next commit. When DEST is a directory,\n\
the copies go there; otherwise there must be one source.\n\n\
With --after nothing is copied: a copy that exists already is recorded. --forget takes the record\n\
of a copy back and leaves the file. With --at-rev, both are about a changeset, which is replaced.\n\nReturns 0 on success, 1 if errors are encountered.",
    run: |ctx| run(ctx, false),
};

/// Copies, or renames.
pub(super) fn run(ctx: &CommandContext, rename: bool) -> Result<i32> {
    if let Some(rev) = changeset::asked_for(ctx)? {
        changeset::run(ctx, rev)?;
        return Ok(0);
    }
    let repo = ctx.repo()?;
    let _lock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    if ctx.opts.flag("forget") {
        unmark(ctx, &mut wdir)?;
        wdir.write()?;
        return Ok(0);
    }
    let failed = Copying::new(ctx, &mut wdir, rename)?.run()?;
    wdir.write()?;
    Ok(i32::from(failed))
}

/// `--forget`.
fn unmark(ctx: &CommandContext, wdir: &mut WorkingDir) -> Result<()> {
    check_unmark(ctx)?;
    let repo = ctx.repo()?;
    let naming = Naming::relative(ctx, repo);
    let matcher = match_arguments(ctx)?;
    let (files, bad) = wdir.walk_files(&matcher, StatusOptions::with_unknown())?;
    warn_bad(ctx, &naming, &bad);
    for file in files {
        if wdir.dirstate().copy_source(&file)?.is_some() {
            if ctx.ui.is_verbose() {
                let text = [b"unmarking ", &naming.name(&file)[..], b" as copy\n"].concat();
                ctx.ui.status(text);
            }
            wdir.dirstate_mut().set_copy(&file, None)?;
        } else if matcher.exact(&file) {
            let why = b": not unmarking as copy - file is not marked as copied\n";
            ctx.ui.warn([&naming.name(&file)[..], why].concat());
        }
    }
    Ok(())
}

fn check_unmark(ctx: &CommandContext) -> Result<()> {
    match ctx.opts.flag("dry-run") {
        true => Err(Error::input("cannot specify both --forget and --dry-run")),
        false => Ok(()),
    }
}

/// The destination and the sources, as written.
fn words(ctx: &CommandContext) -> Result<(&[u8], &[Vec<u8>])> {
    let Some((destination, patterns)) = ctx.args.split_last() else {
        return Err(Error::input("no source or destination specified"));
    };
    match patterns {
        [] => Err(Error::input("no destination specified")),
        _ => Ok((destination, patterns)),
    }
}

/// A file to be copied.
struct Source {
    path: HgPathBuf,
    /// As the user names it.
    shown: Vec<u8>,
    /// Whether the user named it itself.
    exact: bool,
}

struct Copying<'a> {
    ctx: &'a CommandContext,
    wdir: &'a mut WorkingDir,
    rename: bool,
    after: bool,
    force: bool,
    dry_run: bool,
    cwd: Vec<u8>,
    naming: Naming,
    /// How sources are named.
    uses: Naming,
    /// Where each target comes from.
    done: HashMap<HgPathBuf, HgPathBuf>,
    portability: Portability,
}

impl<'a> Copying<'a> {
    fn new(ctx: &'a CommandContext, wdir: &'a mut WorkingDir, rename: bool) -> Result<Self> {
        let repo = ctx.repo()?;
        Ok(Self {
            ctx,
            wdir,
            rename,
            after: ctx.opts.flag("after"),
            force: ctx.opts.flag("force"),
            dry_run: ctx.opts.flag("dry-run"),
            cwd: path_to_bytes(&ctx.cwd()).to_vec(),
            naming: Naming::relative(ctx, repo),
            uses: Naming::configured(ctx, repo, true)?,
            done: HashMap::new(),
            portability: Portability::configured(&ctx.config())?,
        })
    }

    fn run(mut self) -> Result<bool> {
        let (destination, patterns) = words(self.ctx)?;
        let full = hg_match::join_path(&self.cwd, destination);
        let link = bytes_to_path(&full).is_symlink();
        let is_directory = bytes_to_path(&full).is_dir() && !link;
        if !is_directory {
            if patterns.len() > 1 || PatternKind::is_given(&patterns[0]) {
                let message = "with multiple sources, destination must be an existing directory";
                return Err(Error::input(message));
            }
            if destination.ends_with(b"/") {
                let parts = [b"destination ", destination, b" is not a directory"];
                return Err(Error::input(parts.concat()));
            }
        }
        let mut list = Vec::new();
        for pattern in patterns {
            let sources = self.sources(pattern)?;
            if !sources.is_empty() {
                let targets = self.targets(pattern, destination, is_directory, &sources)?;
                list.push((targets, sources));
            }
        }
        if list.is_empty() {
            let error = Error::input("no files to copy");
            let hint = "maybe you meant to use --after --at-rev=.";
            return Err(if self.rename { error.hint(hint) } else { error });
        }
        let mut failed = false;
        for (targets, sources) in list {
            for source in sources {
                failed |= !self.copy(&source, &targets.of(&source.path))?;
            }
        }
        Ok(failed)
    }

    fn targets(
        &self,
        pattern: &[u8],
        destination: &[u8],
        is_directory: bool,
        sources: &[Source],
    ) -> Result<Targets> {
        let root = self.ctx.repo()?.root_bytes().to_vec();
        let canonical = || canonical_path(&root, &self.cwd, pattern, &|_| Ok(()));
        let request = target::Request { cwd: &self.cwd, pattern, destination, is_directory };
        let paths: Vec<&HgPath> = sources.iter().map(|source| &*source.path).collect();
        if self.after {
            Targets::after(&request, &paths, canonical)
        } else {
            Targets::plain(&request, canonical)
        }
    }

    /// The tracked files that a pattern names.
    fn sources(&mut self, pattern: &[u8]) -> Result<Vec<Source>> {
        let matcher = match_patterns(self.ctx, std::slice::from_ref(&pattern.to_vec()))?;
        let (files, bad) = self.wdir.walk_files(&matcher, StatusOptions::with_unknown())?;
        warn_bad(self.ctx, &self.naming, &bad);
        let mut out = Vec::new();
        for path in files {
            let shown = self.uses.name(&path);
            let exact = matcher.exact(&path);
            let why = match self.wdir.dirstate().get(&path)? {
                Some(entry) if entry.tracked => {
                    out.push(Source { path, shown, exact });
                    continue;
                }
                Some(_) if self.after => {
                    out.push(Source { path, shown, exact });
                    continue;
                }
                Some(_) => "file has been marked for remove",
                None => "file is not managed",
            };
            if exact {
                self.warn(&[&shown, b": not copying - ", why.as_bytes(), b"\n"]);
            }
        }
        Ok(out)
    }

    fn warn(&self, parts: &[&[u8]]) {
        self.ctx.ui.warn(parts.concat());
    }

    /// Copies one file to `target`, relative to the current directory; says whether that worked.
    fn copy(&mut self, source: &Source, target: &[u8]) -> Result<bool> {
        let repo = self.ctx.repo()?;
        let auditor = PathAuditor::new(repo.wvfs().clone());
        let audit = |path: &HgPath| Ok(auditor.check(path.as_bytes())?);
        let path = canonical_path(repo.root_bytes(), &self.cwd, target, &audit)?;
        let shown = self.naming.name(&path);
        self.portability.check(&path, &*repo.reporter())?;
        if let Some(previous) = self.done.get(&path) {
            let (from, previous) = (self.naming.name(&source.path), self.naming.name(previous));
            let middle = b": not overwriting - ";
            self.warn(&[&shown, middle, &from, b" collides with ", &previous, b"\n"]);
            return Ok(false);
        }
        let exists = repo.wvfs().lexists(&path);
        let entry = self.wdir.dirstate().get(&path)?.unwrap_or_default();
        let committed = entry.tracked && !entry.is_added();
        let in_the_way = if self.after { committed } else { exists };
        if in_the_way && !self.force {
            self.refuse(source, &path, &shown, committed)?;
            return Ok(false);
        }
        let mut source_exists = true;
        if self.after {
            if !exists {
                let what: &[u8] = if self.rename { b"move" } else { b"copy" };
                let middle = [b": not recording ", what, b" - "].concat();
                self.warn(&[&source.shown, &middle, &shown, b" does not exist\n"]);
                return Ok(false);
            }
        } else if !self.dry_run {
            match copy_file(repo, &source.path, &path, (exists, self.rename)) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                    self.warn(&[&source.shown, b": deleted in working directory\n"]);
                    source_exists = false;
                }
                Err(error) => {
                    let why = hg_vfs::os_message(&error);
                    self.warn(&[&source.shown, b": cannot copy - ", &why, b"\n"]);
                    return Ok(false);
                }
            }
        }
        if self.ctx.ui.is_verbose() || !source.exact {
            let verb: &[u8] = if self.rename { b"moving " } else { b"copying " };
            self.ctx.ui.status([verb, &source.shown, b" to ", &shown, b"\n"].concat());
        }
        self.done.insert(path.clone(), source.path.clone());
        self.record(&source.path, &path)?;
        if self.rename && !self.dry_run {
            if !self.after && source_exists {
                repo.wvfs().try_remove(&source.path)?;
                if self.ctx.config().get_bool("experimental", "removeemptydirs")? {
                    repo.wvfs().remove_empty_parents(&source.path);
                }
            }
            self.wdir.dirstate_mut().set_untracked(&source.path)?;
        }
        Ok(true)
    }

    /// Tells why a target is not overwritten, and what to do.
    fn refuse(
        &mut self,
        source: &Source,
        path: &HgPath,
        shown: &[u8],
        committed: bool,
    ) -> Result<()> {
        let name = if self.rename { "rename" } else { "copy" };
        let hint = if !committed {
            format!("('hg {name} --after' to record the {name})\n")
        } else if self.parent_looks_like_copy(&source.path, path)? {
            let what = format!("record the {name} in the parent of the working copy");
            format!("('hg {name} --at-rev .' to {what})\n")
        } else {
            let flags = if self.after { "--after --force" } else { "--force" };
            format!("('hg {name} {flags}' to replace the file by recording a {name})\n")
        };
        let why: &[u8] = if committed {
            b": not overwriting - file already committed\n"
        } else {
            b": not overwriting - file exists\n"
        };
        self.warn(&[shown, why]);
        self.ctx.ui.warn(hint);
        Ok(())
    }

    /// Whether the parent added `target` while `source` was there before.
    fn parent_looks_like_copy(&mut self, source: &HgPath, target: &HgPath) -> Result<bool> {
        if !self.wdir.p1_manifest()?.contains(target) {
            return Ok(false);
        }
        let repo = self.ctx.repo()?;
        let changelog = repo.changelog()?;
        let p1 = changelog.rev(&self.wdir.dirstate().p1())?;
        for node in changelog.parent_nodes(p1) {
            let manifest = manifest_of(repo, &node)?;
            if manifest.contains(source) && !manifest.contains(target) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn record(&mut self, source: &HgPath, target: &HgPath) -> Result<()> {
        if self.dry_run {
            return Ok(());
        }
        let name_of = |path: &HgPath| self.naming.name(path);
        let reporter = self.ctx.repo()?.reporter();
        self.wdir.record_copy(source, target, self.ctx.ui.is_quiet(), &*reporter, &name_of)
    }
}

/// Copies content and mode, replacing the target; links stay links.
fn copy_file(
    repo: &hg_store::Repo,
    source: &HgPath,
    target: &HgPath,
    (exists, keep_time): (bool, bool),
) -> std::io::Result<()> {
    let (from, to) = (repo.wvfs().join(source), repo.wvfs().join(target));
    let meta = std::fs::symlink_metadata(&from)?;
    if meta.is_dir() {
        return Err(hg_vfs::is_a_directory());
    }
    if !meta.is_file() && !meta.is_symlink() {
        // Reading a pipe would wait for ever.
        return Err(std::io::Error::other("unsupported file type"));
    }
    if exists {
        std::fs::remove_file(&to)?;
    }
    if let Some(directory) = to.parent() {
        std::fs::create_dir_all(directory)?;
    }
    if meta.is_symlink() {
        return std::os::unix::fs::symlink(std::fs::read_link(&from)?, &to);
    }
    std::fs::copy(&from, &to)?;
    if keep_time {
        let times = std::fs::FileTimes::new().set_modified(meta.modified()?);
        std::fs::File::options().append(true).open(&to)?.set_times(times)?;
    }
    Ok(())
}

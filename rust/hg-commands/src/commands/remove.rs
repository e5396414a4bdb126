//! `hg remove`.

use hg_match::Matcher;
use hg_repo::subrepo::{self, Of};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::nested::{self, Which};
use crate::scope::{Naming, match_own, match_tree, status_label, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg remove`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::REMOVE,
    help: "Stop tracking files with the next commit and delete them from the working directory.\n\n\
Files that were changed or just added are refused; --force removes changed ones and forgets added\n\
ones. With --after nothing is deleted: files that are gone already are recorded as removed. With\n\
both, files are recorded as removed and left where they are.\n\n\
Returns 0 on success, 1 if any warnings encountered.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let after = ctx.opts.flag("after");
    if !after && ctx.args.is_empty() && ctx.opts.list("include").is_empty() {
        return Err(Error::input("no files specified"));
    }
    let mut warnings = Vec::new();
    let good = remove(ctx, &mut warnings)?;
    for warning in &warnings {
        ctx.ui.warn(warning);
    }
    Ok(i32::from(!good))
}

/// Removes files of a repository and its subrepositories; says whether all went well.
fn remove(ctx: &CommandContext, warnings: &mut Vec<Vec<u8>>) -> Result<bool> {
    let repo = ctx.repo()?;
    let states = subrepo::states(repo, Of::Working)?;
    let which = Which::from_opts(ctx);
    let mut good = true;
    let tree = match_tree(ctx)?;
    nested::for_each(ctx, states, (&tree, which), &mut |inner| {
        if let Some(hg) = inner.sub.as_hg() {
            good &= inner.forgive_with(remove(&inner.enter(hg), warnings), true)?;
        }
        Ok(())
    })?;
    Ok(remove_own(ctx, &match_own(ctx, &tree)?, warnings)? && good)
}

fn remove_own(
    ctx: &CommandContext,
    matcher: &Matcher,
    warnings: &mut Vec<Vec<u8>>,
) -> Result<bool> {
    let (after, force) = (ctx.opts.flag("after"), ctx.opts.flag("force"));
    let repo = ctx.repo()?;
    let naming = Naming::configured(ctx, repo, true)?;
    let _lock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let options = StatusOptions { clean: true, ..StatusOptions::default() };
    let status = wdir.status(matcher, options)?;
    warn_bad(ctx, &Naming::relative(ctx, repo), &status.bad);
    let mut removal = Removal { ctx, naming: &naming, warnings: Vec::new(), failed: false };
    let named = matcher.files();
    removal
        .progress("deleting", &named, |removal, file| removal.check_named(file, &wdir, &status))?;
    let added = status.added.clone();
    let mut files = if force {
        [status.modified, status.deleted, status.clean, status.added].concat()
    } else if after {
        removal.refuse_existing(status, &named)?
    } else {
        removal.refuse_changed(status)?
    };
    files.sort_unstable();
    // Progress counts what is told of, out of all that goes.
    let told: Vec<HgPathBuf> =
        files.iter().filter(|file| ctx.ui.is_verbose() || !matcher.exact(file)).cloned().collect();
    removal.progress_of("deleting", &told, files.len(), |_, file| {
        let text = [b"removing ", &naming.name(file)[..], b"\n"].concat();
        status_label(ctx, &text, "ui.addremove.removed");
        Ok(())
    })?;
    if !ctx.opts.flag("dry-run") {
        if !after {
            // Added files were never committed: they are forgotten, not deleted.
            let delete = files.iter().filter(|file| added.binary_search(file).is_err());
            unlink(ctx, delete)?;
        }
        let reporter = repo.reporter();
        wdir.forget(&files, &*reporter, &|path: &HgPath| naming.name(path))?;
        wdir.write()?;
    }
    let Removal { warnings: told, failed, .. } = removal;
    warnings.extend(told);
    Ok(!failed)
}

fn unlink<'a>(ctx: &CommandContext, files: impl Iterator<Item = &'a HgPathBuf>) -> Result<()> {
    let repo = ctx.repo()?;
    let empty_directories = ctx.config().get_bool("experimental", "removeemptydirs")?;
    let auditor = hg_vfs::PathAuditor::new(repo.wvfs().clone());
    for file in files {
        auditor.check(file.as_bytes())?;
        match repo.wvfs().remove(file) {
            Ok(()) if empty_directories => repo.wvfs().remove_empty_parents(file),
            // What a file hides is not gone: then nothing is removed.
            Err(error) if !error.is_absent() => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

struct Removal<'a> {
    ctx: &'a CommandContext,
    naming: &'a Naming,
    warnings: Vec<Vec<u8>>,
    failed: bool,
}

impl Removal<'_> {
    fn warn(&mut self, file: &HgPath, why: &str) {
        let name = self.naming.name(file);
        self.warnings.push([b"not removing ", &name[..], b": ", why.as_bytes(), b"\n"].concat());
        self.failed = true;
    }

    /// Complains about a name that is not tracked and holds nothing tracked.
    fn check_named(&mut self, file: &HgPath, wdir: &WorkingDir, status: &Status) -> Result<()> {
        let holds_deleted = || status.deleted.iter().any(|gone| gone.is_below(file));
        let wvfs = wdir.repo().wvfs();
        if file.is_empty()
            || wdir.dirstate().get(file)?.is_some()
            || holds_deleted()
            || (wvfs.is_dir(file) && wdir.dirstate().has_tracked_below(file)?)
        {
            return Ok(());
        }
        if wvfs.exists(file) {
            let why = if wvfs.is_dir(file) { "no tracked files" } else { "file is untracked" };
            self.warn(file, why);
        }
        self.failed = true;
        Ok(())
    }

    fn refuse_existing(&mut self, status: Status, named: &[HgPathBuf]) -> Result<Vec<HgPathBuf>> {
        let remaining = [status.modified, status.added, status.clean].concat();
        self.progress("skipping", &remaining, |removal, file| {
            if removal.ctx.ui.is_verbose() || named.iter().any(|name| **name == *file) {
                removal.warn(file, "file still exists");
            }
            removal.failed = true;
            Ok(())
        })?;
        Ok(status.deleted)
    }

    /// Does something with each file, telling how far it has come.
    fn progress(
        &mut self,
        topic: &str,
        files: &[HgPathBuf],
        with: impl FnMut(&mut Self, &HgPath) -> Result<()>,
    ) -> Result<()> {
        self.progress_of(topic, files, files.len(), with)
    }

    /// As [`Self::progress`], where the files are a part of `total`.
    fn progress_of(
        &mut self,
        topic: &str,
        files: &[HgPathBuf],
        total: usize,
        mut with: impl FnMut(&mut Self, &HgPath) -> Result<()>,
    ) -> Result<()> {
        let reporter = self.ctx.repo()?.reporter();
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let total = Some(count(total));
        for (index, file) in files.iter().enumerate() {
            let position = Some(count(index + 1));
            reporter.progress(topic, position, file.as_bytes(), "files", total);
            with(self, file)?;
        }
        reporter.progress(topic, None, b"", "files", total);
        Ok(())
    }

    fn refuse_changed(&mut self, status: Status) -> Result<Vec<HgPathBuf>> {
        self.progress("skipping", &status.modified, |removal, file| {
            removal.warn(file, "file is modified (use -f to force removal)");
            Ok(())
        })?;
        self.progress("skipping", &status.added, |removal, file| {
            removal.warn(file, "file has been marked for add (use 'hg forget' to undo add)");
            Ok(())
        })?;
        Ok([status.deleted, status.clean].concat())
    }
}

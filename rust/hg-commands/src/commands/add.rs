//! `hg add`.

use hg_match::Matcher;
use hg_repo::subrepo::{self, GitAdded, Of};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::PathAuditor;
use hg_wdir::portable::{CaseCollisions, Portability};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::nested::{self, Which};
use crate::scope::{Naming, match_own, match_tree, status_label, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg add`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::ADD,
    help: "Have files put under version control with the next commit. Without names, all files that\n\
are neither tracked nor ignored are added; a file that is named is added even when it is ignored.\n\
To undo this before the commit, use :hg:`forget`.\n\n\
Returns 0 if all files are successfully added.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let explicit_only = false;
    Ok(i32::from(!add(ctx, explicit_only)?))
}

/// Adds files of a repository and its subrepositories; with `explicit_only`, those that were named. Says whether
/// all went well.
pub(crate) fn add(ctx: &CommandContext, explicit_only: bool) -> Result<bool> {
    let repo = ctx.repo()?;
    let _lock = repo.wlock()?;
    let matcher = match_tree(ctx)?;
    let own = Own::choose(ctx, match_own(ctx, &matcher)?, explicit_only)?;
    let mut good = true;
    // What is added here, after what is inside, names no subrepositories yet.
    let states = subrepo::states(repo, Of::Working)?;
    let all = ctx.opts.flag("subrepos");
    let tree = (&matcher, Which::All);
    nested::for_each(ctx, states, tree, &mut |inner| {
        if let Some(git) = inner.sub.as_git() {
            let naming = inner.naming(&Naming::configured(ctx, repo, true)?);
            let flags = (explicit_only || !all, ctx.opts.flag("dry-run"));
            good &= told(ctx, &naming, &git.add(&inner.matcher, flags)?);
            return Ok(());
        }
        if let Some(hg) = inner.sub.as_hg() {
            good &= inner.forgive_with(add(&inner.enter(hg), explicit_only || !all), true)?;
        }
        Ok(())
    })?;
    Ok(own.add(ctx)? && good)
}

/// Says what was added in a Git repository, and whether all went well.
fn told(ctx: &CommandContext, naming: &Naming, added: &[GitAdded]) -> bool {
    for file in added {
        let name = naming.name(&file.path);
        if ctx.ui.is_verbose() || !file.exact {
            ctx.ui.status([b"adding ", &name[..], b"\n"].concat());
        }
        if file.known && file.exact {
            ctx.ui.warn([&name[..], b" already tracked!\n"].concat());
        }
    }
    !added.iter().any(|file| file.known && file.exact)
}

/// What is to be added in the repository itself.
struct Own {
    wdir: WorkingDir,
    matcher: Matcher,
    naming: Naming,
    names: Vec<HgPathBuf>,
    failed: bool,
}

impl Own {
    /// Finds what is to be added, and says so.
    fn choose(ctx: &CommandContext, matcher: Matcher, explicit_only: bool) -> Result<Self> {
        let repo = ctx.repo()?;
        let naming = Naming::configured(ctx, repo, true)?;
        let mut wdir = WorkingDir::open(repo)?;
        let (files, bad) = wdir.walk_files(&matcher, StatusOptions::with_unknown())?;
        warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
        let failed = !bad.is_empty();
        let reporter = repo.reporter();
        let portability = Portability::configured(&ctx.config())?;
        let auditor = PathAuditor::new(repo.wvfs().clone());
        let mut collisions = None;
        let mut names = Vec::new();
        for file in files {
            let exact = matcher.exact(&file);
            let tracked = wdir.dirstate().is_tracked(&file)?;
            let there = || auditor.allows(file.as_bytes()) && repo.wvfs().lexists(&file);
            if !exact && (tracked || explicit_only || !there()) {
                continue;
            }
            if collisions.is_none() {
                collisions = Some(CaseCollisions::new(portability, wdir.dirstate())?);
            }
            if let Some(collisions) = &mut collisions {
                collisions.check(&file, wdir.dirstate(), &*reporter)?;
            }
            if ctx.ui.is_verbose() || !exact {
                let text = [b"adding ", &naming.name(&file)[..], b"\n"].concat();
                status_label(ctx, &text, "ui.addremove.added");
            }
            names.push(file);
        }
        Ok(Self { wdir, matcher, naming, names, failed })
    }

    /// Adds it; says whether all went well.
    fn add(mut self, ctx: &CommandContext) -> Result<bool> {
        if !ctx.opts.flag("dry-run") {
            let reporter = self.wdir.repo().reporter();
            let naming = &self.naming;
            let name_of = |path: &HgPath| naming.name(path);
            let rejected = self.wdir.add(&self.names, &*reporter, &name_of)?;
            self.failed |= rejected.iter().any(|file| self.matcher.exact(file));
            self.wdir.write()?;
        }
        Ok(!self.failed)
    }
}

//! `hg forget`.

use hg_match::Matcher;
use hg_repo::subrepo::{self, Of};
use hg_types::{Error, HgPath, HgPathBuf, Result};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::nested::{self, Which};
use crate::scope::{Naming, match_own, match_tree, status_label, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg forget`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::FORGET,
    help: "Stop tracking files with the next commit, and leave them in the working directory. This\n\
also undoes :hg:`add`; to delete files as well, use :hg:`remove`.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(Error::input("no files specified"));
    }
    let interactive = ctx.opts.flag("interactive");
    if interactive && ctx.opts.flag("dry-run") {
        return Err(Error::input("cannot specify both --dry-run and --interactive"));
    }
    Ok(i32::from(!forget(ctx, interactive)?))
}

/// Forgets files of a repository, and those that were named in subrepositories; says whether all went well.
fn forget(ctx: &CommandContext, interactive: bool) -> Result<bool> {
    let repo = ctx.repo()?;
    let states = subrepo::states(repo, Of::Working)?;
    let matcher = match_tree(ctx)?;
    let mut good = forget_own(ctx, &match_own(ctx, &matcher)?, interactive)?;
    let tree = (&matcher, Which::Named);
    nested::for_each(ctx, states, tree, &mut |inner| {
        if let Some(hg) = inner.sub.as_hg() {
            good &= inner.forgive_with(forget(&inner.enter(hg), interactive), true)?;
        }
        Ok(())
    })?;
    Ok(good)
}

fn forget_own(ctx: &CommandContext, matcher: &Matcher, interactive: bool) -> Result<bool> {
    let repo = ctx.repo()?;
    let naming = Naming::configured(ctx, repo, true)?;
    let _lock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let options = StatusOptions { clean: true, ..StatusOptions::default() };
    let status = wdir.status(matcher, options)?;
    let mut failed = warn_bad(ctx, &Naming::relative(ctx, repo), &status.bad) > 0;
    let mut files: Vec<HgPathBuf> =
        [status.modified, status.added, status.deleted, status.clean].concat();
    files.sort_unstable();
    for file in matcher.files() {
        let known = wdir.dirstate().get(&file)?.is_some();
        if file.is_empty() || known || repo.wvfs().is_dir(&file) {
            continue;
        }
        if repo.wvfs().exists(&file) {
            let shown = naming.name(&file);
            let message = [b"not removing ", &shown[..], b": file is already untracked\n"];
            ctx.ui.warn(message.concat());
        }
        failed = true;
    }
    if interactive {
        files = chosen(ctx, &naming, &wdir, files)?;
    }
    for file in &files {
        if ctx.ui.is_verbose() || !matcher.exact(file) || interactive {
            let text = [b"removing ", &naming.name(file)[..], b"\n"].concat();
            status_label(ctx, &text, "ui.addremove.removed");
        }
    }
    if !ctx.opts.flag("dry-run") {
        let reporter = repo.reporter();
        let name_of = |path: &HgPath| naming.name(path);
        let rejected = wdir.forget(&files, &*reporter, &name_of)?;
        failed |= rejected.iter().any(|file| matcher.exact(file));
        wdir.write()?;
    }
    Ok(!failed)
}

/// Asks about each file.
fn chosen(
    ctx: &CommandContext,
    naming: &Naming,
    wdir: &WorkingDir,
    files: Vec<HgPathBuf>,
) -> Result<Vec<HgPathBuf>> {
    let responses = "[Ynsa?]$$ &Yes, forget this file $$ &No, skip this file\
        $$ &Skip remaining files $$ Include &all remaining files $$ &? (display help)";
    let mut out = Vec::new();
    let mut all = false;
    'files: for file in files {
        if all {
            out.push(file);
            continue;
        }
        loop {
            let name = naming.name(&file);
            let question = if wdir.dirstate().get(&file)?.is_some_and(|entry| entry.is_added()) {
                [b"forget added file ", &name[..], b" "].concat()
            } else {
                [b"forget ", &name[..], b" "].concat()
            };
            match ctx.ui.prompt_choice([&question[..], responses.as_bytes()].concat(), 0)? {
                0 => out.push(file),
                1 => {}
                2 => break 'files,
                3 => {
                    all = true;
                    out.push(file);
                }
                _ => {
                    ctx.ui.write(
                        "y - yes, forget this file\nn - no, skip this file\n\
                        s - skip remaining files\na - include all remaining files\n\
                        ? - ? (display help)\n",
                    );
                    continue;
                }
            }
            break;
        }
    }
    Ok(out)
}

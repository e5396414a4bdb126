//! `hg files`.

use hg_match::{Matcher, PatternKind};
use hg_repo::subrepo::{self, Of};
use hg_types::{HgPathBuf, Result, Revision};
use hg_wdir::{WorkingDir, manifest_of};

use crate::formatter::Value;
use crate::nested::{self, Which};
use crate::revision::{self, Target};
use crate::scope::{Naming, files_in, match_own, match_stored_tree, match_tree, warn_bad};
use crate::{Command, CommandContext, Formatter, spec};

/// `hg files`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::FILES,
    help: "List the files under version control that match, in the working directory or in the\n\
revision given with --rev. Files that are marked as removed are left out.\n\n\
Returns 0 if a match is found, 1 otherwise.",
    run,
};

/// A file with what else may be shown of it.
struct Listed {
    path: HgPathBuf,
    size: u64,
    flags: &'static [u8],
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let target = match ctx.opts.nonempty("rev") {
        Some(rev) => revision::single(ctx, rev)?,
        None => Target::WorkingDirectory,
    };
    let mut fm = ctx.formatter("files")?;
    let any = list(ctx, target, &mut fm)?;
    fm.end()?;
    Ok(i32::from(!any))
}

/// Lists the files of a repository and of its subrepositories; says whether there are any.
fn list(ctx: &CommandContext, target: Target, fm: &mut Formatter) -> Result<bool> {
    let tree = tree(ctx, target)?;
    let mut any = list_own(ctx, target, &tree, fm)?;
    let repo = ctx.repo()?;
    let states = subrepo::states(repo, nested::of(repo, target)?)?;
    let which = Which::from_opts(ctx);
    nested::for_each(ctx, states, (&tree, which), &mut |inner| {
        let Some(hg) = inner.sub.as_hg() else { return Ok(()) };
        let found = match target {
            Target::WorkingDirectory => Ok(Target::WorkingDirectory),
            Target::Changeset(_) => nested::sides(hg, None).map(|(rev, _)| rev),
        };
        match found.and_then(|rev| list(&inner.enter_at(hg, rev)?, rev, fm)) {
            Err(error) if nested::is_lookup(&error) => {
                let shown = Naming::relative(ctx, repo).name(inner.sub.path());
                let text = [b"skipping missing subrepository: ", &shown[..], b"\n"].concat();
                ctx.ui.status(text);
            }
            found => any |= found?,
        }
        Ok(())
    })?;
    Ok(any)
}

/// Which files of the whole tree are meant.
fn tree(ctx: &CommandContext, target: Target) -> Result<Matcher> {
    match target {
        Target::WorkingDirectory => match_tree(ctx),
        Target::Changeset(_) => match_stored_tree(ctx, &ctx.args, PatternKind::RelPath),
    }
}

fn list_own(
    ctx: &CommandContext,
    target: Target,
    tree: &Matcher,
    fm: &mut Formatter,
) -> Result<bool> {
    let repo = ctx.repo()?;
    let naming = Naming::configured(ctx, repo, true)?;
    let end: &[u8] = if ctx.opts.flag("print0") { b"\0" } else { b"\n" };
    let details = ctx.ui.is_verbose() || fm.names(&["size", "flags"]);
    let files = match target {
        Target::WorkingDirectory => tracked(ctx, tree)?,
        Target::Changeset(_) => stored(ctx, target, tree, details)?,
    };
    repo.check_late()?;
    let wdir = match target {
        Target::WorkingDirectory if details => Some(WorkingDir::open(repo)?),
        _ => None,
    };
    let context = match target {
        Target::Changeset(rev) => rev,
        Target::WorkingDirectory => Revision::WDIR,
    };
    let any = !files.is_empty();
    for mut file in files {
        fm.start_item();
        if let Some(wdir) = &wdir {
            fm.check()?;
            let stat = wdir.lstat_existing(&file.path)?;
            file.size = stat.size;
            file.flags = match hg_wdir::flags_of(&stat) {
                Some(flags) => flags.as_bytes(),
                None if stat.is_executable() => b"x",
                None => b"",
            };
        }
        fm.context(context);
        if details {
            fm.cond_write(
                ctx.ui.is_verbose(),
                &[
                    ("size", Value::Int(i64::try_from(file.size).unwrap_or(i64::MAX))),
                    ("flags", Value::from(file.flags)),
                ],
                format!("{:>10} {:<1} ", file.size, String::from_utf8_lossy(file.flags)),
                "",
            );
        }
        let text = [&naming.name(&file.path)[..], end].concat();
        fm.write(&[("path", Value::from(file.path.as_bytes()))], text, "");
    }
    Ok(any)
}

fn tracked(ctx: &CommandContext, tree: &Matcher) -> Result<Vec<Listed>> {
    let matcher = match_own(ctx, tree)?;
    let wdir = WorkingDir::open(ctx.repo()?)?;
    let mut out = Vec::new();
    wdir.dirstate().for_each(&mut |item| {
        if item.entry.tracked && matcher.matches(item.path) {
            out.push(Listed { path: item.path.to_owned(), size: 0, flags: b"" });
        }
        Ok(())
    })?;
    out.sort_unstable_by(|a, b| a.path.cmp(&b.path));
    Ok(out)
}

fn stored(
    ctx: &CommandContext,
    target: Target,
    tree: &Matcher,
    details: bool,
) -> Result<Vec<Listed>> {
    let repo = ctx.repo()?;
    let node = target.node(repo)?;
    let subrepos = nested::paths(repo, Of::Changeset(node))?;
    let matcher = tree.outside(subrepos);
    let manifest = manifest_of(repo, &node)?;
    let (paths, bad) = files_in(&manifest, &node, &matcher);
    warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
    let mut out = Vec::with_capacity(paths.len());
    for path in paths {
        let mut file = Listed { path, size: 0, flags: b"" };
        if let Some(entry) = manifest.get(&file.path).filter(|_| details) {
            let filelog = repo.filelog(&file.path)?;
            let size = filelog.size(filelog.rev(&entry.node)?)?;
            file.size = u64::try_from(size).unwrap_or(u64::MAX);
            file.flags = entry.flags.as_bytes();
        }
        out.push(file);
    }
    Ok(out)
}

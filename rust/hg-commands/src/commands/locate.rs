//! `hg locate`.

use hg_match::PatternKind;
use hg_types::Result;
use hg_wdir::{WorkingDir, manifest_of};

use crate::revision::{self, Target};
use crate::scope::{Naming, files_in, match_stored, match_with};
use crate::{Command, CommandContext, spec};

/// `hg locate`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::LOCATE,
    help: "List the files under version control whose names match, in all directories of the\n\
working directory. Use :hg:`files` instead, which knows more patterns.\n\n\
Returns 0 if a match is found, 1 otherwise.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let target = match ctx.opts.nonempty("rev") {
        Some(rev) => revision::single(ctx, rev)?,
        None => Target::WorkingDirectory,
    };
    let kind = PatternKind::RelGlob;
    let mut files = Vec::new();
    match target {
        Target::WorkingDirectory => {
            let matcher = match_with(ctx, &ctx.args, kind)?;
            let wdir = WorkingDir::open(repo)?;
            wdir.dirstate().for_each(&mut |item| {
                if matcher.matches(item.path) {
                    files.push(item.path.to_owned());
                }
                Ok(())
            })?;
            files.sort_unstable();
        }
        Target::Changeset(_) => {
            let matcher = match_stored(ctx, &ctx.args, kind)?;
            let node = target.node(repo)?;
            files = files_in(&*manifest_of(repo, &node)?, &node, &matcher).0;
        }
    }
    let naming = Naming::configured(ctx, repo, !ctx.args.is_empty())?;
    let end: &[u8] = if ctx.opts.flag("print0") { b"\0" } else { b"\n" };
    for file in &files {
        let name = if ctx.opts.flag("fullpath") {
            hg_match::join_path(repo.root_bytes(), file.as_bytes())
        } else {
            naming.name(file)
        };
        ctx.ui.write([&name[..], end].concat());
    }
    Ok(i32::from(files.is_empty()))
}

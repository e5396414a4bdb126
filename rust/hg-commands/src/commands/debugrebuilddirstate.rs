//! `hg debugrebuilddirstate`.

use hg_types::{HgPath, HgPathBuf, Node, Result};
use hg_wdir::dirstate::FileUpdate;
use hg_wdir::{WorkingDir, manifest_of};

use crate::revision;
use crate::{Command, CommandContext, spec};

/// `hg debugrebuilddirstate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGREBUILDDIRSTATE,
    help: "Make the dirstate what it would be after an update to the given revision, by default the\n\
first parent. Files on disk are not looked at, and what was marked as added or removed is\n\
forgotten.\n\n\
With --minimal, only files are changed that the dirstate takes for tracked and the revision does\n\
not have, or the other way round.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let target = revision::single(ctx, ctx.opts.nonempty("rev").unwrap_or(b"."))?;
    let node = target.node(repo)?;
    let manifest = manifest_of(repo, &node)?;
    let _lock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    if ctx.opts.flag("minimal") {
        let mut stray: Vec<HgPathBuf> = Vec::new();
        wdir.dirstate().for_each(&mut |item| {
            if !manifest.contains(item.path) && !item.entry.is_added() {
                stray.push(item.path.to_owned());
            }
            Ok(())
        })?;
        for path in &stray {
            wdir.dirstate_mut().drop_file(path)?;
        }
        let tracked = FileUpdate {
            tracked: true,
            p1_tracked: true,
            possibly_dirty: true,
            ..FileUpdate::default()
        };
        let known =
            |wdir: &WorkingDir, path: &HgPath| wdir.dirstate().get(path).map(|e| e.is_some());
        for path in manifest.paths() {
            if !known(&wdir, path)? {
                wdir.dirstate_mut().update_file(path, tracked)?;
            }
        }
    } else {
        wdir.dirstate_mut().rebuild(manifest.paths());
    }
    wdir.dirstate_mut().set_parents(node, Node::NULL)?;
    wdir.write()?;
    Ok(0)
}

//! `hg debugpathcomplete`.

use std::collections::BTreeSet;

use hg_format::dirstate::FileState;
use hg_match::{join_path, normalize_path};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::{bytes_to_path, path_to_bytes};
use hg_wdir::WorkingDir;

use crate::scope::Naming;
use crate::{Command, CommandContext, spec};

/// `hg debugpathcomplete`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGPATHCOMPLETE,
    help: "Complete names of tracked files for shells, up to the next directory, or with --full to\n\
whole names.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let wdir = WorkingDir::open(repo)?;
    let wanted = wanted_states(ctx);
    let empty = [Vec::new()];
    let specs: &[Vec<u8>] = if ctx.args.is_empty() { &empty } else { &ctx.args };
    let mut found: BTreeSet<HgPathBuf> = BTreeSet::new();
    for spec in specs {
        let full = normalize_path(&join_path(path_to_bytes(&ctx.cwd()), spec));
        let root = repo.root_bytes();
        let Some(rest) = full.strip_prefix(root) else { continue };
        let Some(mut rest) =
            rest.strip_prefix(b"/").or(rest.is_empty().then_some(rest)).map(<[u8]>::to_vec)
        else {
            continue;
        };
        if !rest.is_empty() && bytes_to_path(&full).is_dir() {
            rest.push(b'/');
        }
        wdir.dirstate().for_each(&mut |item| {
            let path = item.path.as_bytes();
            if path.starts_with(&rest) && wanted.contains(&item.entry.state()) {
                let slash = path[rest.len()..].iter().position(|&byte| byte == b'/');
                let end = slash.filter(|_| !ctx.opts.flag("full")).map(|at| rest.len() + at);
                found.insert(HgPath::new(&path[..end.unwrap_or(path.len())]).to_owned());
            }
            Ok(())
        })?;
    }
    let naming = Naming::relative(ctx, repo);
    for path in found {
        ctx.ui.write([&naming.name(&path)[..], b"\n"].concat());
    }
    Ok(0)
}

fn wanted_states(ctx: &CommandContext) -> Vec<FileState> {
    let mut states = Vec::new();
    if ctx.opts.flag("normal") {
        states.extend([FileState::Normal, FileState::Merged]);
    }
    if ctx.opts.flag("added") {
        states.push(FileState::Added);
    }
    if ctx.opts.flag("removed") {
        states.push(FileState::Removed);
    }
    if states.is_empty() {
        states = vec![FileState::Normal, FileState::Merged, FileState::Added, FileState::Removed];
    }
    states
}

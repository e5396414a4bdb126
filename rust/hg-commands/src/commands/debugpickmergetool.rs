//! `hg debugpickmergetool`.

use hg_match::PatternKind;
use hg_store::Repo;
use hg_types::{FileFlags, HgPath, Node, Result};
use hg_wdir::merge::{Demands, ToolPicker};
use hg_wdir::{WorkingDir, manifest_of};

use crate::scope::{Naming, files_in, match_stored, warn_bad};
use crate::{Command, CommandContext, merge_tool, revision, spec};

/// `hg debugpickmergetool`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGPICKMERGETOOL,
    help: "Print for each file of the first parent of the working directory, or of ``--rev``, which \
           tool would merge it. With ``--verbose``, also which settings come before all others; with \
           ``--debug``, also why tools were not taken.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let tool = ctx.opts.nonempty("tool");
    let config = ctx.config();
    let say = |what: &[u8], value: &[u8]| {
        ctx.ui.note([b"with ", what, b"'", value, b"'\n"].concat());
    };
    if let Some(tool) = tool {
        say(b"--tool ", tool);
    }
    merge_tool::force(ctx, tool)?;
    if let Some(value) = config.environment().var("HGMERGE") {
        say(b"HGMERGE=", value);
    }
    if let Some(value) = config.get("ui", "merge").filter(|value| !value.is_empty()) {
        say(b"ui.merge=", value);
    }
    let node = match ctx.opts.nonempty("rev") {
        Some(rev) => revision::single(ctx, rev)?.node(repo)?,
        None => WorkingDir::open(repo)?.dirstate().parents()[0],
    };
    let manifest = manifest_of(repo, &node)?;
    let matcher = match_stored(ctx, &ctx.args, PatternKind::RelPath)?;
    let (paths, bad) = files_in(&manifest, &node, &matcher);
    warn_bad(ctx, &Naming::relative(ctx, repo), &bad);
    for path in paths {
        let Some(entry) = manifest.get(&path) else { continue };
        let demands = demands(repo, &path, entry.node, entry.flags, ctx.opts.flag("changedelete"))?;
        let name = pick(ctx, repo, &path, demands)?;
        ctx.ui.write([path.as_bytes(), b" = ", &name, b"\n"].concat());
    }
    Ok(0)
}

fn demands(
    repo: &Repo,
    path: &HgPath,
    node: Node,
    flags: FileFlags,
    change_delete: bool,
) -> Result<Demands> {
    let filelog = repo.filelog(path)?;
    let content = filelog.read(filelog.rev(&node)?)?;
    let symlink = flags == FileFlags::Symlink;
    Ok(Demands { binary: hg_diff::binary::is_binary(&content), symlink, change_delete })
}

/// The tool's name as the user gave it. Complaints are for `--debug`.
fn pick(ctx: &CommandContext, repo: &Repo, path: &HgPath, demands: Demands) -> Result<Vec<u8>> {
    let config = repo.config();
    let picker = ToolPicker { config: &config, root: repo.root_bytes(), interaction: &*ctx.ui };
    if ctx.ui.is_debug() {
        return Ok(picker.pick(path, demands)?.given);
    }
    ctx.ui.push_buffer(true);
    let picked = picker.pick(path, demands);
    ctx.ui.pop_buffer();
    Ok(picked?.given)
}

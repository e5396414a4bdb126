//! `hg debugignore`.

use hg_types::{HgPath, HgPathBuf, Result};
use hg_wdir::WorkingDir;

use crate::scope::{Naming, match_arguments};
use crate::{Command, CommandContext, spec};

/// `hg debugignore`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGIGNORE,
    help: "Without names, show the combined pattern of all ignore files.\n\n\
For each name, tell whether it is ignored, and which line of which file says so.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut wdir = WorkingDir::open(repo)?;
    let ignore = wdir.ignore()?;
    if ctx.args.is_empty() {
        ctx.ui.write([&ignore.matcher().pretty()[..], b"\n"].concat());
        return Ok(0);
    }
    let naming = Naming::relative(ctx, repo);
    for file in match_arguments(ctx)?.files() {
        let above: Vec<HgPathBuf> = std::iter::once(&*file)
            .chain(file.ancestors())
            .filter(|path| !path.is_empty())
            .map(HgPath::to_owned)
            .collect();
        let shown = naming.name(&file);
        let Some(hit) = above.into_iter().find(|path| ignore.matches(path)) else {
            ctx.ui.write([&shown[..], b" is not ignored\n"].concat());
            continue;
        };
        if hit == file {
            ctx.ui.write([&shown[..], b" is ignored\n"].concat());
        } else {
            let why = b" is ignored because of containing directory ";
            ctx.ui.write([&shown[..], why, hit.as_bytes(), b"\n"].concat());
        }
        if let Some(rule) = ignore.rule_for(&hit)? {
            let line = format!(", line {}: '", rule.line);
            let start = [b"(ignore rule in ", &rule.file[..], line.as_bytes()].concat();
            ctx.ui.write([&start[..], &rule.pattern, b"')\n"].concat());
        }
    }
    Ok(0)
}

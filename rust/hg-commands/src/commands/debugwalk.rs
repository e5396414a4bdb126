//! `hg debugwalk`.

use hg_types::Result;
use hg_wdir::{StatusOptions, WorkingDir};

use crate::scope::{Naming, match_arguments, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg debugwalk`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGWALK,
    help: "Show which files the given patterns match; with --verbose also the matcher.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let matcher = match_arguments(ctx)?;
    if ctx.ui.is_verbose() {
        ctx.ui.write([b"* matcher:\n", &matcher.pretty()[..], b"\n"].concat());
    }
    let mut wdir = WorkingDir::open(repo)?;
    let (files, bad) = wdir.walk_files(&matcher, StatusOptions::with_unknown())?;
    let naming = Naming::relative(ctx, repo);
    warn_bad(ctx, &naming, &bad);
    let rows: Vec<_> = files.iter().map(|file| (file, naming.name(file))).collect();
    let width = rows.iter().map(|(file, _)| file.len()).max().unwrap_or(0);
    let shown_width = rows.iter().map(|(_, shown)| shown.len()).max().unwrap_or(0);
    for (file, shown) in rows {
        let mut line = b"f  ".to_vec();
        line.extend_from_slice(file.as_bytes());
        line.resize(3 + width + 2, b' ');
        line.extend_from_slice(&shown);
        if matcher.exact(file) {
            line.resize(3 + width + 2 + shown_width + 2, b' ');
            line.extend_from_slice(b"exact");
        }
        let mut line = line.trim_ascii_end().to_vec();
        line.push(b'\n');
        ctx.ui.write(line);
    }
    Ok(0)
}

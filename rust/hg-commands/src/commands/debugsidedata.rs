//! `hg debugsidedata` and `hg debugchangedfiles`.

use hg_format::side_data::{Action, Parent};
use hg_types::{Error, Result};

use crate::storage::open_storage;
use crate::{Command, CommandContext, revision, spec};

/// `hg debugsidedata`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSIDEDATA,
    help: "Show the side data of a revision: its entries, with --verbose their content, too.",
    run,
};

/// `hg debugchangedfiles`.
pub static CHANGED_FILES: Command = Command {
    spec: &spec::debug_a_m::DEBUGCHANGEDFILES,
    help: "Show what the side data of a changeset says of files, or with --compute what it would have to\n\
say.",
    run: run_changed_files,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let chosen = ["changelog", "manifest"].iter().any(|name| ctx.opts.flag(name))
        || ctx.opts.nonempty("dir").is_some();
    let (file, rev) = match (&ctx.args[..], chosen) {
        ([rev], true) => (None, rev),
        ([file, rev], false) => (Some(&file[..]), rev),
        _ => return Err(ctx.usage_error()),
    };
    let storage = open_storage(ctx, file)?;
    let rev = storage.lookup(rev)?;
    let blocks = storage.revlog.side_data(rev)?;
    if blocks.is_empty() {
        return Ok(0);
    }
    ctx.ui.write(format!("{} sidedata entries\n", blocks.len()));
    for (key, block) in &blocks {
        ctx.ui.write(format!(" entry-{key:04o} size {}\n", block.len()));
        if ctx.ui.is_verbose() {
            ctx.ui.write(format!("  '{}'\n", as_literal(block)));
        }
    }
    Ok(0)
}

/// Bytes as they stand between quotes in a program.
fn as_literal(bytes: &[u8]) -> String {
    let mut out = String::new();
    for &byte in bytes {
        match byte {
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            b'\\' => out.push_str("\\\\"),
            b' '..=b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out
}

fn run_changed_files(ctx: &CommandContext) -> Result<i32> {
    let [spec] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let repo = ctx.repo()?;
    let revision::Target::Changeset(rev) = revision::single(ctx, spec)? else {
        return Err(Error::abort("the working directory has no side data"));
    };
    let files = match ctx.opts.flag("compute") {
        true => repo.compute_changed_files(rev)?,
        false => match repo.changelog()?.stored_changed_files(rev)? {
            Some(files) => files,
            None => return Ok(0),
        },
    };
    for (path, change) in &files.0 {
        let Some(action) = change.action else { continue };
        let action = match action {
            Action::Added => "added",
            Action::Merged => "merged",
            Action::Removed => "removed",
            Action::Salvaged => "salvaged",
            Action::Touched => "touched",
        };
        let (parent, source) = match &change.copy {
            None => ("  ", &b""[..]),
            Some((Parent::First, from)) => ("p1", from.as_bytes()),
            Some((Parent::Second, from)) => ("p2", from.as_bytes()),
        };
        let start = format!("{action:<8} {parent}: ");
        ctx.ui.write([start.as_bytes(), path.as_bytes(), b", ", source, b";\n"].concat());
    }
    Ok(0)
}

//! `hg root`.

use std::path::Path;

use hg_types::Result;

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg root`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::ROOT,
    help: "Print the root directory of the current repository.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let bytes = |path: &Path| Value::from(path.as_os_str().as_encoded_bytes());
    let mut fm = ctx.formatter_without_history("root")?;
    fm.start_item();
    let text = repo.root_bytes();
    fm.write(&[("reporoot", text.into())], [text, b"\n"].concat(), "");
    fm.data(&[
        ("hgpath", bytes(repo.vfs().base())),
        ("storepath", bytes(repo.store_vfs().raw().base())),
    ]);
    fm.end()?;
    Ok(0)
}

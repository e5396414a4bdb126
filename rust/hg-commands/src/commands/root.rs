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
    let own = ctx.repo()?;
    let source;
    let mut directory = own.vfs().base().to_path_buf();
    let repo = if ctx.opts.flag("share-source") && own.is_shared() {
        source = own.open_source()?;
        // The way to a source is shown as it is joined, with a slash at its end.
        directory = source.vfs().base().join("");
        &source
    } else {
        own
    };
    let bytes = |path: &Path| Value::from(path.as_os_str().as_encoded_bytes());
    let mut fm = ctx.formatter_without_history("root")?;
    fm.start_item();
    let text = repo.root_bytes();
    fm.write(&[("reporoot", text.into())], [text, b"\n"].concat(), "");
    fm.data(&[("hgpath", bytes(&directory)), ("storepath", bytes(repo.store_vfs().raw().base()))]);
    fm.end()?;
    Ok(0)
}

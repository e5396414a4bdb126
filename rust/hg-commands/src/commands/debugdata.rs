//! `hg debugdata`.

use hg_types::{Error, Result};

use crate::storage::open_storage;
use crate::{Command, CommandContext, spec};

/// `hg debugdata`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDATA,
    help: "Write the stored text of a revision.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let chosen = ctx.opts.flag("changelog")
        || ctx.opts.flag("manifest")
        || ctx.opts.nonempty("dir").is_some();
    let (file, rev) = match (&ctx.args[..], chosen) {
        ([], _) => return Err(ctx.usage_error()),
        ([rev], true) => (None, rev),
        (_, true) => {
            return Err(Error::input("cannot specify a revision with other arguments"));
        }
        ([file, rev], false) => (Some(&file[..]), rev),
        ([_], false) => return Err(Error::input("please specify a revision")),
        _ => return Err(ctx.usage_error()),
    };
    let storage = open_storage(ctx, file)?;
    let rev = storage.lookup(rev)?;
    ctx.ui.write(&*storage.revlog.revision(rev)?);
    Ok(0)
}

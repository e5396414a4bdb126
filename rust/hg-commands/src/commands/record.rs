//! `hg record`: `hg commit --interactive`.

use hg_types::{Error, Result};

use crate::{Command, CommandContext, spec};

/// `hg record`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::RECORD,
    help: "Commit some of the changes of the working directory: each is shown, and asked about. See\n\
:hg:`commit --interactive`, which does the same.\n\n\
Returns 0 on success, 1 if nothing was chosen.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.ui.is_interactive() {
        return Err(Error::abort("running non-interactively, use commit instead"));
    }
    super::commit::run(ctx)
}

//! `hg debugcheckstate`.

use hg_types::{Error, Result};
use hg_wdir::verify_dirstate;

use crate::{Command, CommandContext, spec};

/// `hg debugcheckstate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGCHECKSTATE,
    help: "Tell where the dirstate contradicts the manifests of its parents.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    ctx.ui.status("checking dirstate\n");
    let mut found = Vec::new();
    verify_dirstate(ctx.repo()?, &mut found)?;
    for line in &found {
        ctx.ui.error([&line[..], b"\n"].concat());
    }
    if found.is_empty() {
        return Ok(0);
    }
    Err(Error::abort("dirstate inconsistent with current parent's manifest"))
}

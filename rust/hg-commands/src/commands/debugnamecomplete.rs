//! `hg debugnamecomplete` and its old name `hg debuglabelcomplete`.

use std::collections::BTreeSet;

use hg_types::Result;

use crate::{Command, CommandContext, spec};

/// `hg debugnamecomplete`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGNAMECOMPLETE,
    help: "Print the tags, bookmarks and open branches that start with any of the names.",
    run,
};

/// `hg debuglabelcomplete`.
pub static OLD_COMMAND: Command =
    Command { spec: &spec::debug_a_m::DEBUGLABELCOMPLETE, help: COMMAND.help, run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut names: BTreeSet<Vec<u8>> = BTreeSet::new();
    names.extend(repo.tags()?.iter().map(|(name, ..)| name.to_vec()));
    names.extend(repo.bookmarks()?.iter().map(|(name, _)| name.to_vec()));
    let branches = repo.branchmap()?;
    for name in branches.names() {
        if branches.open_heads(name).next().is_some() {
            names.insert(name.to_vec());
        }
    }
    let wanted = |name: &Vec<u8>| {
        ctx.args.is_empty() || ctx.args.iter().any(|start| name.starts_with(start))
    };
    for name in names.iter().filter(|name| wanted(name)) {
        ctx.ui.write([&ctx.ui.encoding().local(name)[..], b"\n"].concat());
    }
    Ok(0)
}

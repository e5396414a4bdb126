//! `hg debugbuilddag`.

use hg_repo::dag::{DagFiles, build, parse};
use hg_types::{Error, Result};

use crate::{Command, CommandContext, spec};

/// `hg debugbuilddag`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGBUILDDAG,
    help: "Fill an empty repository with changesets whose graph TEXT, or else the standard input,\n\
describes by a row of these elements:\n\n\
``+n``     n changesets, one on the other\n\n``.``      one changeset\n\n\
``$``      what follows starts anew\n\n``<p``     what follows starts from p\n\n\
``*p``     a child of p\n\n``*p1/p2`` a merge of p1 and p2\n\n``/p2``    a merge of the last and p2\n\n\
``:tag``   a local tag for the last\n\n``@branch`` the branch of what follows\n\n\
``#``      a comment, up to the end of the line\n\n\
p is a number (so many changesets back), a tag, or nothing (the last changeset). Names that are not\n\
letters and digits stand in double quotes.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let text = match ctx.args.as_slice() {
        [] => {
            ctx.ui.status("reading DAG from stdin\n");
            ctx.ui.read_all()?
        }
        [text] => text.clone(),
        _ => return Err(ctx.usage_error()),
    };
    let repo = ctx.repo()?;
    if !repo.changelog()?.is_empty() && !ctx.opts.flag("from-existing") {
        return Err(Error::abort("repository is not empty"));
    }
    let files = DagFiles {
        mergeable: ctx.opts.flag("mergeable-file"),
        overwritten: ctx.opts.flag("overwritten-file"),
        new: ctx.opts.flag("new-file"),
    };
    build(repo, &parse(&text)?, files)?;
    Ok(0)
}
